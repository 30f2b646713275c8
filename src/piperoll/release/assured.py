"""How far the sources of an edition are assured, and what came of the deliveries that it rests on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from piperoll.collect.owed import owed_slots
from piperoll.derive import inputs_of, plan
from piperoll.desk import Desk
from piperoll.periods import Period
from piperoll.quality.assessed import judge
from piperoll.register.model.facts.atoms import Succession
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register, Source
from piperoll.store.parts import Part
from piperoll.tabulate import Missing


_RELATIONS = {
    "replaces": "It replaces {}.",
    "replaced_by": "It is replaced by {}.",
    "draws_history_from": "Its history is drawn from {}.",
    "supplier_became": "A body that supplies it became {}.",
}


@dataclass(frozen=True)
class Trust:
    """How far a source is assured.

    Attributes:
        source: Its title.
        sentences: The level required, what is reached, what is still to do; that it is not assessed where it is not.
        caveats: What its entry says that a user of series has to know: systems that it followed, or that follow it.
    """

    source: str
    sentences: tuple[str, ...]
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Response:
    """Deliveries of a dataset for the edition's own period.

    Attributes:
        dataset: Title of the dataset and its source.
        owed, came: Deliveries.
        rows, refused: Rows in the deliveries that came, and those of them that were refused.
    """

    dataset: str
    owed: int
    came: int
    rows: int
    refused: int


@dataclass(frozen=True)
class Assured:
    """All of it.

    Attributes:
        trust: By source, in the order in which the publication names them.
        responses: By dataset, in order of source and dataset.
    """

    trust: tuple[Trust, ...] = ()
    responses: tuple[Response, ...] = ()


def assured_of(
    desk: Desk, publication: Publication, period: Period, parts: Sequence[Part], missing: Iterable[Missing], on: dt.date
) -> Assured:
    """What is known of the quality behind an edition.

    Args:
        parts: The vintage.
        missing: Deliveries owed and not there.
        on: Day of publication: reviews due before it are overdue.
    """
    register = desk.register
    sources = [register.sources[key] for key in publication.sources if key in register.sources]
    datasets = inputs_of(plan(register, publication, desk.cache), register)
    gone = {(each.dataset, each.supplier, each.period) for each in missing}
    owed: dict[str, list[bool]] = defaultdict(list)
    for slot in owed_slots(register, period.end):
        if slot.key in datasets and _within(slot.period, period):
            owed[slot.key].append((slot.key, slot.supplier, slot.period) not in gone)
    held = {each.delivery: each for each in parts if each.dataset in datasets and _within(each.period, period)}
    rows: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for delivery in desk.journal.deliveries() if held else ():
        if delivery.id in held:
            rows[held[delivery.id].dataset].append((delivery.rows_in, delivery.rows_in - delivery.rows_kept))
    return Assured(
        tuple(_trust(register, source, on) for source in sources),
        tuple(
            Response(
                _title(register, key),
                len(came),
                sum(came),
                sum(given for given, _ in rows[key]),
                sum(refused for _, refused in rows[key]),
            )
            for key, came in sorted(owed.items())
        ),
    )


def _within(written: str, period: Period) -> bool:
    slot = Period.parse(written)
    return period.start <= slot.start and slot.end <= period.end


def _title(register: Register, key: str) -> str:
    source = register.sources[key.partition(".")[0]]
    return f"{source.title}: {register.dataset(key).title[:1].lower()}{register.dataset(key).title[1:]}"


def _trust(register: Register, source: Source, on: dt.date) -> Trust:
    assessment = register.assessments.get(source.key)
    said = judge(assessment, on).sentences if assessment is not None else ("It has not been assessed.",)
    entry = source.entry
    followed = entry.successions if entry is not None else ()
    return Trust(source.title, said, tuple(_succession(register, each) for each in followed))


def _succession(register: Register, each: Succession) -> str:
    other = register.sources[each.other].title if each.other in register.sources else each.other
    return _RELATIONS[each.relation].format(other)
