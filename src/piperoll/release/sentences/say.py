"""What a reference says: one function for each kind, from cells as published to words.

The functions see cells and what the reference says of itself (`Given`), nothing else, so that a sentence can be said
again from the files of a release, by whoever holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from piperoll.periods import Period
from piperoll.present.words import Change, change, joined, number, rounded
from piperoll.release.sentences.cells import Known
from piperoll.release.sentences.variation import ordinary


LEAST_BASE = 30  # Below it a percentage says less than the two figures.
_MANY_TIED = 3


@dataclass(frozen=True)
class Given:
    """What a reference says of itself, beside its cells.

    Attributes:
        places: Decimals of the figures.
        unit: Put directly after a figure: ``%``, a space and a word, or nothing.
        judge: Whether a change is held against the variation of its series.
        plural: Whether the subject of a verb is.
        first: How many names of the highest or lowest.
        by, level, without: Dimension and level whose codes are compared, and the code that is none of them.
        kind: What the codes that are compared are, within a sentence (``region``).
        word: Word before the names (``in``), or after a number of them (``areas``).
        period, dimension, text: What is said as it stands: a period, a code's name (``text`` is the code), a text.
        subject: What a figure is of, where it is told apart from a sentence.
    """

    places: int = 0
    unit: str = ""
    judge: bool = False
    plural: bool = True
    first: int = 1
    by: str = ""
    level: str = ""
    without: str = ""
    kind: str = ""
    word: str = ""
    period: str = ""
    dimension: str = ""
    text: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Said:
    """Words.

    Attributes:
        text: The words; empty where there is nothing to say.
        value: The figure for machines; empty if the words hold none or several.
        quoted: Places, among the cells, of those whose figures or names stand in the words.
        used: Places of the cells that the words rest on.
        hidden: Whether a figure that is needed cannot be given: the sentence has to be told another way.
    """

    text: str = ""
    value: str = ""
    quoted: tuple[int, ...] = ()
    used: tuple[int, ...] = ()
    hidden: bool = False


Cells = Sequence[Known]
_HIDDEN = Said(hidden=True)


def say(op: str, cells: Cells, given: Given) -> Said:
    """The words of a reference.

    Args:
        op: One of `OPERATIONS`.
        cells: Of ``figure`` and ``told`` one; of ``share`` part and whole; of ``change`` and ``moved`` now, then and
            the other earlier ones, newest first; of ``record`` now and the earlier ones, newest first; of ``highest``
            and ``lowest`` one for each code; of ``spread`` two for each code, now and then.
        given: What the reference says of itself.
    """
    return OPERATIONS[op](cells, given)


def shown(value: Decimal, given: Given) -> str:
    """A figure as it stands in a sentence."""
    return f"{number(value, given.places)}{given.unit}"


def _figure(cells: Cells, given: Given) -> Said:
    (cell,) = cells
    if cell.value is None:
        return _HIDDEN
    return Said(shown(cell.value, given), str(rounded(cell.value, given.places)), (0,), (0,))


def _told(cells: Cells, given: Given) -> Said:
    """What there is to say of one figure where the sentence that was to hold it cannot be said."""
    (cell,) = cells
    what = f"{given.subject}, {cell.ref.when.words}"
    if cell.value is None:
        return Said(f"{what}: cannot be given {cell.brackets}", "", (0,), (0,))
    return Said(f"{what}: {shown(cell.value, given)}", str(rounded(cell.value, given.places)), (0,), (0,))


def _withheld(cells: Cells, given: Given) -> Said:
    """The same where none of many figures can be given; not true if one can."""
    if any(cell.value is not None for cell in cells):
        return Said()
    return Said(
        f"{given.subject}, {cells[0].ref.when.words}: no figure can be given {cells[0].brackets}", used=_used(cells)
    )


def _share(cells: Cells, given: Given) -> Said:
    part, whole = cells
    if part.value is None or not whole.value:
        return _HIDDEN
    share = part.value / whole.value * 100
    value = rounded(share, given.places)
    text = f"{number(share, given.places)}%" if value or not part.value else "less than 1%"
    return Said(text, str(value), (0, 1), (0, 1))


def _broken(cells: Cells) -> Known | None:
    """The first cell after a break in the series that lies between the two compared."""
    now, then = cells[0].ref.when, cells[1].ref.when
    later = [cell for cell in cells if then.start < cell.ref.when.start <= now.start]
    return next((cell for cell in later if "b" in cell.marks), None)


def _ordinary(cells: Cells, given: Given) -> bool:
    if not given.judge:
        return False
    values = {cell.ref.when: cell.value for cell in cells}
    now, then = cells[0].ref.when, cells[1].ref.when
    period, lag = now, 0
    while period > then:
        period, lag = period.shift(-1), lag + 1
    oldest, series = min(values), []
    period = now
    while period >= oldest:
        series.append(values.get(period))
        period = period.shift(-1)
    return ordinary(series[::-1], lag) is True


def _used(cells: Cells) -> tuple[int, ...]:
    return tuple(range(len(cells)))


def _size(compared: Change, given: Given) -> str:
    """How large a change is: per cent, percentage points of a percentage, or cases where there were few."""
    if given.unit == "%":
        points = number(compared.difference, given.places)
        return f"{points} percentage point{'' if points == '1' else 's'}"
    if given.places == 0 and compared.earlier < LEAST_BASE:
        return number(compared.difference)
    if compared.percent is None:
        return number(compared.difference, given.places)
    return f"{number(compared.percent)}%" if rounded(compared.percent) else "less than 1%"


def _change(cells: Cells, given: Given) -> Said:
    now, then = cells[0], cells[1] if len(cells) > 1 else None
    if now.value is None:
        return _HIDDEN
    if then is None or not then.there:
        return Said("for which these tables have no earlier figure to compare with", "", (), (0,))
    when = then.ref.when.words
    if then.value is None:
        return Said(f"which cannot be compared with {when} {then.brackets}", "", (1,), (0, 1))
    if _broken(cells) is not None:
        return Said(f"which a break in the series [b] keeps from being compared with {when}", "", (1,), _used(cells))
    before = shown(then.value, given)
    compared = change(then.value, now.value, given.places)
    if compared.direction == "unchanged":
        return Said(f"the same as in {when}", "", (0, 1), _used(cells))
    if _ordinary(cells, given):
        return Said(f"little changed from {before} in {when}", "", (0, 1), _used(cells))
    way = "an increase" if compared.direction == "increased" else "a decrease"
    return Said(f"{way} of {_size(compared, given)} from {before} in {when}", "", (0, 1), _used(cells))


def _moved(cells: Cells, given: Given) -> Said:
    now, then = cells[0], cells[1] if len(cells) > 1 else None
    if now.value is None:
        return _HIDDEN
    after, when = shown(now.value, given), now.ref.when.words
    if then is None or not then.there:
        return Said(f"stood at {after} in {when}", str(rounded(now.value, given.places)), (0,), (0,))
    if then.value is None:
        text = f"stood at {after} in {when}; no figure for {then.ref.when.words} can be given {then.brackets}"
        return Said(text, "", (0, 1), (0, 1))
    if _broken(cells) is not None:
        text = f"stood at {after} in {when}, after a break in the series [b], which allows no comparison with "
        return Said(f"{text}{then.ref.when.words}", "", (0, 1), _used(cells))
    before = f"{shown(then.value, given)} in {then.ref.when.words}"
    verb = "were" if given.plural else "was"
    compared = change(then.value, now.value, given.places)
    if compared.direction == "unchanged":
        return Said(f"{verb} unchanged between {then.ref.when.words} and {when}, at {after}", "", (0, 1), _used(cells))
    if _ordinary(cells, given):
        return Said(f"{verb} little changed, at {after} in {when} and {before}", "", (0, 1), _used(cells))
    text = f"{compared.direction} by {_size(compared, given)}, from {before} to {after} in {when}"
    return Said(text, "", (0, 1), _used(cells))


def _record(cells: Cells, given: Given) -> Said:
    """The run of earlier figures that are all lower, or all higher; told if it is a year at least."""
    now = cells[0]
    nothing = Said("", "", (0,), (0,))
    if now.value is None or "b" in now.marks or len(cells) < 2:
        return nothing
    least = max(4, 12 // now.ref.when.months)
    for word, beyond in (("highest", 1), ("lowest", -1)):
        for place in range(1, len(cells)):
            earlier = cells[place]
            if earlier.value is None or "b" in earlier.marks or earlier.ref.when != cells[place - 1].ref.when.shift(-1):
                break
            if (now.value - earlier.value) * beyond <= 0:
                if place > least:
                    text = f", the {word} since {earlier.ref.when.words}"
                    return Said(text, "", (0, place), tuple(range(place + 1)))
                break
        else:
            if len(cells) > least:
                text = f", the {word} of all periods shown, from {cells[-1].ref.when.words} on"
                return Said(text, "", (0,), _used(cells))
    return nothing


def _extreme(sign: int, word: str) -> Callable[[Cells, Given], Said]:
    def extreme(cells: Cells, given: Given) -> Said:
        known = [(cell.value * sign, -place) for place, cell in enumerate(cells) if cell.value is not None]
        if not known:
            return _HIDDEN
        ordered = [(-place, value * sign) for value, place in sorted(known, reverse=True)]
        last = ordered[min(given.first, len(ordered)) - 1][1]
        chosen = [(place, value) for place, value in ordered if value * sign >= last * sign]
        names = [cells[place].names[given.by] for place, _ in chosen]
        values = {shown(value, given) for _, value in chosen}
        head = f"{word} {given.word or 'in'} "
        if len(chosen) > given.first + _MANY_TIED:
            text = f"{head}{len(chosen)} of {len(cells)} (at {shown(last, given)} or {'more' if sign > 0 else 'less'})"
            if len(values) == 1:
                text = f"{head}{len(chosen)} of {len(cells)} ({shown(last, given)} each)"
        elif len(values) == 1 and len(chosen) > 1:
            text = f"{head}{joined(names)} ({'both' if len(chosen) == 2 else 'each'} {shown(last, given)})"
        else:
            text = head + joined(
                [f"{name} ({shown(value, given)})" for name, (_, value) in zip(names, chosen, strict=True)]
            )
        if len(known) < len(cells):
            text += " among those that can be shown"
        value = str(rounded(last, given.places)) if len(chosen) == 1 else ""
        return Said(text, value, tuple(place for place, _ in chosen[:5]), _used(cells))

    return extreme


def _spread(cells: Cells, given: Given) -> Said:
    ways = {"decreased": 0, "increased": 0, "unchanged": 0}
    unknown = 0
    for now, then in zip(cells[::2], cells[1::2], strict=True):
        if now.value is None or then.value is None or "b" in now.marks:
            unknown += 1
        else:
            ways[change(then.value, now.value, given.places).direction] += 1
    total = len(cells) // 2
    among = f"{total}{f' {given.word}' if given.word else ''}"
    if not total:
        return _HIDDEN
    if unknown == total:
        return Said(f"could not be compared in any of {among}", used=_used(cells))
    told = sorted((-count, way) for way, count in ways.items() if count)
    texts = []
    for place, (count, way) in enumerate(told):
        where = f"{-count} of {among}" if place == 0 else f"{-count}"
        texts.append(f"{'stayed the same' if way == 'unchanged' else way} in {where}")
    text = joined(texts)
    if unknown:
        text += f" (for {unknown} no comparison can be given)"
    return Said(text, "", (), _used(cells))


def _period(cells: Cells, given: Given) -> Said:
    return Said(Period.parse(given.period).words)


def _text(cells: Cells, given: Given) -> Said:
    return Said(given.text)


def _label(cells: Cells, given: Given) -> Said:
    return Said(given.subject)


OPERATIONS: dict[str, Callable[[Cells, Given], Said]] = {
    "figure": _figure,
    "told": _told,
    "withheld": _withheld,
    "share": _share,
    "change": _change,
    "moved": _moved,
    "record": _record,
    "highest": _extreme(1, "highest"),
    "lowest": _extreme(-1, "lowest"),
    "spread": _spread,
    "period": _period,
    "label": _label,
    "name": _text,
}
