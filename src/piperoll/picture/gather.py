"""The picture of a source, gathered from register and journal. No record is opened for it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from piperoll.collect.owed import SlotState, counts, slots
from piperoll.desk import Desk
from piperoll.govern import Action
from piperoll.journal import Delivery
from piperoll.periods import Period
from piperoll.picture.uses import FieldUse, uses
from piperoll.quality import Emptiness, Judged, Volume, emptiness, judge, volumes
from piperoll.quality.burden import CAP, Asked, asked
from piperoll.register.declared import require_declared
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register, Source
from piperoll.register.sql import names_in
from piperoll.statement.document import EntryText, Line
from piperoll.statement.render import render


@dataclass(frozen=True)
class Held:
    """A dataset of the source and what came of it.

    Attributes:
        slots: Every slot owed up to today.
        volumes: By period.
        fields: Missingness of each field by period.
    """

    dataset: Dataset
    key: str
    slots: tuple[SlotState, ...]
    volumes: tuple[Volume, ...]
    fields: tuple[Emptiness, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Slots by state."""
        return counts(self.slots)

    @property
    def wanting(self) -> tuple[SlotState, ...]:
        """Slots that are late or refused, latest first."""
        found = [each for each in self.slots if each.state in ("late", "refused")]
        return tuple(sorted(found, key=lambda each: (each.due, each.slot.supplier), reverse=True))

    @property
    def delivered(self) -> tuple[Volume, ...]:
        """Periods from the first to the last of which anything came."""
        there = [n for n, each in enumerate(self.volumes) if each.deliveries]
        return self.volumes[there[0] : there[-1] + 1] if there else ()


@dataclass(frozen=True)
class Served:
    """Something that is made from the source.

    Attributes:
        kind: ``publication`` (made here), ``linkage``, ``dataset`` (made of a linkage), ``measures`` or ``forecast``.
        reads: Datasets of the source that it reads.
    """

    kind: str
    key: str
    title: str
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """Everything there is to see of a source.

    Attributes:
        entry: Its entry in the Statement as sentences; None in a register that keeps no Statement.
        asked: What is asked of its suppliers.
        served: What is made from it here.
        names: Name of each supplier, by key.
    """

    register: Register
    source: Source
    today: dt.date
    entry: EntryText | None
    held: tuple[Held, ...]
    judged: Judged | None
    asked: tuple[Asked, ...]
    served: tuple[Served, ...]
    names: dict[str, str]

    @cached_property
    def uses(self) -> tuple[FieldUse, ...]:
        """Every field and what reads it."""
        return tuple(uses(self.register, self.source.key))

    @property
    def unused(self) -> tuple[FieldUse, ...]:
        """Fields that nothing reads."""
        return tuple(each for each in self.uses if not each.users)

    def lines(self, heading: str) -> tuple[Line, ...]:
        """What the Statement says under a heading."""
        parts = self.entry.parts if self.entry else ()
        return next((part.lines for part in parts if part.key == heading), ())


def picture(desk: Desk, key: str, *, cap: int = CAP) -> Picture:
    """Gather the picture of a source.

    Args:
        desk: Register, home and actor; the acts are recorded.
        key: Of the source.
        cap: Questions put to one supplier at a time.

    Raises:
        UserError: ``PR-W005`` for a source that the register does not declare.
    """
    require_declared(desk.register, source=key)
    register, today = desk.register, desk.now().date()
    desk.act(Action.SOURCE_PICTURE, f"source {key}")
    desk.act(Action.DELIVERY_LIST, "journal", details={"source": key})
    desk.act(Action.QUERY_LIST, "journal", details={"source": key})
    source = register.sources[key]
    every = [each for each in desk.journal.deliveries() if each.source == key]
    force = [each for each in desk.deliveries() if each.source == key]
    states = slots(register, every, today, source=key)
    assessment = register.assessments.get(key)
    queries = desk.journal.queries(states=("open", "answered"), source=key)
    return Picture(
        register=register,
        source=source,
        today=today,
        entry=_entry(register, key, today),
        held=tuple(_held(key, each, states, force) for each in source.datasets if not each.linkage),
        judged=judge(assessment, today) if assessment else None,
        asked=tuple(asked(queries, every, cap)),
        served=tuple(served(register, key)),
        names=register.supplier_names,
    )


def _entry(register: Register, key: str, today: dt.date) -> EntryText | None:
    if register.frame is None:
        return None
    return next((each for each in render(register, today).entries if each.key == key), None)


def _held(source: str, dataset: Dataset, states: Sequence[SlotState], force: Sequence[Delivery]) -> Held:
    mine = tuple(each for each in states if each.slot.dataset == dataset.name)
    owing: dict[Period, set[str]] = defaultdict(set)
    for each in mine:
        owing[Period.parse(each.slot.period)].add(each.slot.supplier)
    came = [each for each in force if each.dataset == dataset.name]
    names = [each.name for each in dataset.fields]
    return Held(
        dataset,
        f"{source}.{dataset.name}",
        mine,
        tuple(volumes(came, {period: frozenset(each) for period, each in owing.items()})),
        tuple(emptiness(came, names)),
    )


def served(register: Register, key: str) -> list[Served]:
    """Publications, linkages, measures and forecasts that read datasets of a source."""
    own = {f"{key}.{each.name}" for each in register.sources[key].datasets}
    out = []
    for name, publication in register.publications.items():
        # Where the inputs are not listed, they are those that the models name.
        texts = [register.root / register.model_file(name, model) for model in publication.models]
        named = {each for path in texts for each in names_in(path.read_text(encoding="utf-8"))}
        reads = own & (set(publication.inputs) or {each.replace("__", ".", 1) for each in named})
        if reads or key in publication.sources:
            out.append(Served("publication", name, publication.title, tuple(sorted(reads))))
    for name, declared in register.linkages.items():
        reads = own & {
            dataset for each in declared.inputs for dataset in (each.dataset, *(b.dataset for b in each.beside))
        }
        if reads:
            out.append(Served("linkage", name, declared.linkage, tuple(sorted(reads))))
            out += [Served("dataset", made, register.dataset(made).title) for made in register.linked(name)]
    for name, monitor in register.monitors.items():
        reads = own & {each.replace("__", ".", 1) for m in monitor.measures for each in names_in(m.sql)}
        if reads:
            title = f"{len(monitor.measures)} operational measures of {register.sources[name].title}"
            out.append(Served("measures", name, title, tuple(sorted(reads))))
    for name, forecast in register.forecasts.items():
        named = {each for text in register.forecast_queries(forecast) for each in names_in(text)}
        if reads := own & {each.replace("__", ".", 1) for each in named}:
            out.append(Served("forecast", name, forecast.title, tuple(sorted(reads))))
    return out
