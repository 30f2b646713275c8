"""From a reference of a template to the cells of an edition that it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from piperoll.periods import Period
from piperoll.protect.primary import COUNTS
from piperoll.register.model.publication import Measure, Publication
from piperoll.register.model.register import Register
from piperoll.register.narrative import Call
from piperoll.register.refer import Choice, choices
from piperoll.release.sentences.cells import Known, Ref, Tables
from piperoll.release.sentences.say import Given
from piperoll.release.sentences.variation import YEARS
from piperoll.tabulate.spans import edition_of


_PERCENT = ("change", "share", "progression")
_TIMED = ("mean", "median", "percentile", "maximum")  # Their unit is said with the figure, as in 12.3 weeks.
_COMPARED = ("change", "moved", "spread")
_RANKED = ("highest", "lowest", "spread")


@dataclass(frozen=True)
class Meant:
    """What a reference means in an edition.

    Attributes:
        op: What is said of the cells.
        cells: In the order that it needs them.
        given: What the reference says of itself.
    """

    op: str
    cells: tuple[Known, ...]
    given: Given


@dataclass(frozen=True)
class Referee:
    """Finds the cells of references.

    Attributes:
        period: Of the edition.
        tables: As published.
    """

    register: Register
    publication: Publication
    period: Period
    tables: Tables

    def meant(self, call: Call) -> Meant | None:
        """What a call means; None if no table of the edition can say."""
        if call.function == "name":
            return Meant("name", (), Given(text=call.first))
        if call.function == "period":
            return Meant("period", (), Given(period=str(self._period(call))))
        if call.function == "label":
            ((dimension, code),) = call.codes.items()
            name = self.tables.name(dimension, code) or code
            return Meant("label", (), Given(dimension=dimension, text=code, subject=name))
        choice = self._choice(call)
        if choice is None:
            return None
        measure = self.measure(call.first)
        now = self._now(call, choice)
        given = self._given(call, choice, measure)
        if call.function in _RANKED:
            return self._ranked(call, now, given)
        if call.function == "share":
            return Meant("share", (self.tables.find(now), self.tables.find(self._whole(call, now))), Given(places=0))
        cells = [now]
        if call.function in _COMPARED:
            then = now.at(_before(now.when, call.get("against")))
            if then.when == now.when.year_before:  # From one quarter to the next there is season, too.
                given = self._judged(now, measure, given)
            earlier = [each for each in self._earlier(now) if each.when >= then.when or given.judge]
            cells += [then, *(each for each in earlier if each != then)]
        elif call.function == "record":
            cells += self._earlier(now)
        return Meant(call.function, tuple(self.tables.find(each) for each in cells), given)

    def measure(self, name: str) -> Measure:
        """The measure of this name."""
        return next(each for each in self.publication.measures if each.name == name)

    def subject(self, call: Call) -> str:
        """What a call is about, in words: the measure, and the codes that it names, but for totals."""
        whole = {each.name: each.total for each in self.publication.dimensions}
        named = ((dimension, code) for dimension, code in call.codes.items() if code != whole.get(dimension))
        names = [self.tables.name(dimension, code) or code for dimension, code in named]
        return self.measure(call.first).label + (f" ({', '.join(names)})" if names else "")

    def _choice(self, call: Call) -> Choice | None:
        """The first table that shows the figure and what it is compared with; else the first that shows the figure."""
        found, _ = choices(self.publication, self.register.codes.get, call)
        found = [each for each in found if each.table.name in self.tables]
        alone = None
        for each in found:
            now = self._now(call, each)
            if not self._there(call, now):
                continue
            then = now.at(_before(now.when, call.get("against")))
            if call.function not in _COMPARED or self._there(call, then):
                return each
            alone = alone or each
        return alone or (found[0] if found else None)

    def _there(self, call: Call, ref: Ref) -> bool:
        by, level, without = self._level(call)
        return bool(self.tables.beside(ref, by, level, without) if by else self.tables.find(ref).there)

    def _now(self, call: Call, choice: Choice) -> Ref:
        last = edition_of(choice.table, self.period)
        asked = call.get("period", "now")
        when = last if asked == "now" else _before(last, asked) if asked.startswith("previous") else Period.parse(asked)
        return Ref.of(choice.table.name, call.first, when, choice.codes)

    def _period(self, call: Call) -> Period:
        table = next((each for each in self.publication.tables if each.name == call.get("table")), None)
        when = edition_of(table, self.period) if table is not None else self.period
        return _before(when, call.get("at")) if call.get("at") else when

    def _given(self, call: Call, choice: Choice, measure: Measure) -> Given:
        by, level, without = self._level(call)
        unit = "%" if measure.kind in _PERCENT or measure.unit.startswith("per cent") else ""
        if measure.kind in _TIMED and call.function != "figure" and measure.unit.isalpha():
            unit = f" {measure.unit}"
        plural = call.get("plural", "yes" if measure.kind in COUNTS else "no") == "yes"
        return Given(
            places=measure.decimals,
            unit=unit,
            plural=plural if call.function == "moved" else True,
            first=int(call.get("first", "1")),
            by=by,
            level=level if len(choice.table.rows.get(by, ())) > 1 else "",
            without=without,
            kind=level[:1].lower() + level[1:],
            word=call.get("word"),
        )

    def _level(self, call: Call) -> tuple[str, str, str]:
        """Dimension and level of ``by`` as the tables call them, and its code for what is not known."""
        by, _, name = call.get("by").partition(".")
        dimension = next((each for each in self.publication.dimensions if each.name == by), None)
        if dimension is None:
            return "", "", ""
        label = next((each.label for each in dimension.levels if each.name == name), "") or name
        return by, label, dimension.unknown or ""

    def _whole(self, call: Call, now: Ref) -> Ref:
        if call.get("of"):
            return now._replace(measure=call.get("of"))
        ((dimension, _),) = call.codes.items()
        return Ref.of(now.table, now.measure, now.period, {**dict(now.codes), dimension: call.get("among")})

    def _ranked(self, call: Call, now: Ref, given: Given) -> Meant:
        cells = self.tables.beside(now, given.by, given.level, given.without)
        if call.function == "spread":
            then = [each.ref.at(_before(now.when, call.get("against"))) for each in cells]
            cells = [each for now, ref in zip(cells, then, strict=True) for each in (now, self.tables.find(ref))]
        return Meant(call.function, tuple(cells), given)

    def _earlier(self, now: Ref) -> Iterator[Ref]:
        """The cell in earlier periods, newest first."""
        return (now.at(each) for each in reversed(self.tables.periods(now)) if each < now.when)

    def _judged(self, now: Ref, measure: Measure, given: Given) -> Given:
        """Changes of counts are held against the variation of the series, where it has years enough and no overlaps."""
        if measure.kind not in ("count", "distinct") or now.when.kind == "rolling_year":
            return given
        earlier = sum(1 for _ in self._earlier(now))
        return replace(given, judge=earlier * now.when.months >= 12 * YEARS)


def _before(period: Period, against: str) -> Period:
    return period.shift(-1) if against == "previous_period" else period.year_before
