"""Which table and which codes a reference of a template means, from what is declared alone.

A reference names a measure and codes of some dimensions. It means the cells of the first table that shows the measure
by these dimensions, whose other dimensions have a code for everything (`Table` order; ``table=`` names another).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.codes import CodeList
from piperoll.register.model.publication import Dimension, Publication, Table
from piperoll.register.narrative import FUNCTIONS, Call


Codes = Callable[[str], CodeList | None]
TOTAL, WITHIN = "total", "within"


@dataclass(frozen=True)
class Choice:
    """A table that a reference can mean.

    Attributes:
        codes: Code of each dimension of the table; that of ``by`` is left out.
    """

    table: Table
    codes: dict[str, str]


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a reference.

    Attributes:
        what: Kind of name that is not known (``measure``, ``dimension``, ``code``); empty for a whole sentence.
        word, names: The name, and those there are.
    """

    message: str = ""
    fix: str = ""
    what: str = ""
    word: str = ""
    names: tuple[str, ...] = ()


def choices(publication: Publication, codes: Codes, call: Call) -> tuple[list[Choice], Wrong | None]:
    """Tables that a call about a measure can mean, in order; if there is none, why."""
    wrong = _names(publication, codes, call)
    if wrong is not None:
        return [], wrong
    measures = {call.first, call.get("of")} - {""}
    pinned = call.get("table")
    shown = [each for each in publication.tables if (not pinned or each.name == pinned)]
    shown = [each for each in shown if measures <= set(each.measures)]
    if not shown:
        said = f"No table shows {' and '.join(f'`{each}`' for each in sorted(measures))} together."
        if pinned:
            said = f"The table `{pinned}` does not show `{call.first}`."
        return [], Wrong(said, "Refer to a measure that a table of the publication shows.")
    found, lacks = [], Wrong()
    for table in shown:
        fitting = _fitting(publication, codes, table, call)
        if isinstance(fitting, Wrong):
            # What can be mended by naming a code says more than that a table is by something else.
            lacks = fitting if not lacks.message or (fitting.fix and not lacks.fix) else lacks
        else:
            found.append(Choice(table, fitting))
    return found, None if found else lacks


def _names(publication: Publication, codes: Codes, call: Call) -> Wrong | None:
    """The first name of a call that is not declared."""
    dimensions = {each.name: each for each in publication.dimensions}
    measures = tuple(each.name for each in publication.measures)
    for word in (call.first, call.get("of")):
        if word and FUNCTIONS[call.function].measure and word not in measures:
            return Wrong(what="measure", word=word, names=measures)
    pinned = call.get("table")
    if pinned and pinned not in (tables := tuple(each.name for each in publication.tables)):
        return Wrong(what="table", word=pinned, names=tables)
    for name, code in call.codes.items():
        if name not in dimensions:
            known = (*dimensions, *sorted(FUNCTIONS[call.function].options))
            return Wrong(what="dimension or option", word=name, names=known)
        every = codes_of(dimensions[name], codes)
        if every and code not in every:
            return Wrong(what=f"code of {name}", word=code, names=tuple(every))
    return _options(publication, dimensions, call)


def _options(publication: Publication, dimensions: dict[str, Dimension], call: Call) -> Wrong | None:
    if call.get("by"):
        name, _, level = call.get("by").partition(".")
        if name not in dimensions:
            return Wrong(what="dimension", word=name, names=tuple(dimensions))
        levels = (WITHIN,) if dimensions[name].steps else tuple(each.name for each in dimensions[name].levels)
        if level not in levels:
            return Wrong(what=f"level of {name}", word=level, names=levels)
        if name in call.codes:
            return Wrong(f"`{name}` is what it goes by, so that no code of it can be named, too.")
    if call.get("among") and len(call.codes) != 1:
        return Wrong("`among` stands for the code of the one dimension that is named.", "Name that dimension alone.")
    period = call.get("period")
    if period and period not in ("now", "previous_year", "previous_period"):
        try:
            Period.parse(period)
        except UserError:
            names = ("now", "previous_year", "previous_period")
            return Wrong(what="period", word=period, names=names)
    return None


def _fitting(publication: Publication, codes: Codes, table: Table, call: Call) -> dict[str, str] | Wrong:
    """Codes of the table's dimensions for this call, or why the table does not do."""
    by, _, level = call.get("by").partition(".")
    lost = [name for name in (*call.codes, *([by] if by else [])) if name not in table.rows]
    if lost:
        return Wrong(f"The table `{table.name}` has no rows by `{lost[0]}`.")
    if by and level not in levels_of(next(_dimensions(publication, table, by)), table):
        return Wrong(f"The table `{table.name}` does not show the level `{level}` of `{by}`.")
    period = call.get("period")
    if period[:1].isdigit() and Period.parse(period).kind != table.period:
        return Wrong(f"The table `{table.name}` is by {table.period.replace('_', ' ')}, and `{period}` is none.")
    found = {}
    for dimension in _dimensions(publication, table):
        if dimension.name == by:
            continue
        written = call.codes.get(dimension.name)
        shown = dict(shown_codes(dimension, levels_of(dimension, table), codes))
        if written is not None and shown and written not in shown:
            return Wrong(f"The table `{table.name}` does not show the code `{written}` of `{dimension.name}`.")
        other = call.get("among")
        if other and written is not None and shown and other not in shown:
            return Wrong(f"The table `{table.name}` does not show the code `{other}` of `{dimension.name}`.")
        code = written if written is not None else top_of(dimension, table, codes)
        if code is None:
            said = f"The table `{table.name}` is by `{dimension.name}`, too, which has no code for everything."
            return Wrong(said, f"Name one, as {dimension.name}=code.")
        found[dimension.name] = code
    return found


def _dimensions(publication: Publication, table: Table, only: str = "") -> Iterator[Dimension]:
    by_name = {each.name: each for each in publication.dimensions if only in ("", each.name)}
    return (by_name[name] for name in table.rows if name in by_name)


def levels_of(dimension: Dimension, table: Table) -> tuple[str, ...]:
    """Levels of a dimension that a table shows: the headline alone, where it is made for that alone."""
    national = tuple(each.name for each in dimension.levels if each.national)
    return national if table.national_only and national else table.rows[dimension.name]


def shown_codes(dimension: Dimension, levels: tuple[str, ...], codes: Codes) -> Iterator[tuple[str, str]]:
    """Codes that a table shows of a dimension at these levels, each with its level."""
    if dimension.steps:
        yield from ((str(step), WITHIN) for step in dimension.steps)
        return
    for place, level in enumerate(dimension.levels):
        if level.name in levels:
            held = codes(level.codes)
            yield from ((each.code, level.name) for each in (held.codes if held else ()))
            if dimension.unknown is not None and (place + 1 < len(dimension.levels) or dimension.total is not None):
                yield dimension.unknown, level.name
    if dimension.total is not None and TOTAL in levels:
        yield dimension.total, TOTAL


def codes_of(dimension: Dimension, codes: Codes) -> list[str]:
    """Every code of a dimension at any level."""
    levels = (*(each.name for each in dimension.levels), TOTAL)
    return list(dict.fromkeys(code for code, _ in shown_codes(dimension, levels, codes)))


def top_of(dimension: Dimension, table: Table, codes: Codes) -> str | None:
    """The code for all that a table shows of a dimension: its total, or the one code of the coarsest level shown."""
    levels = levels_of(dimension, table)
    if dimension.total is not None:
        return dimension.total if TOTAL in levels else None
    shown = [each for each in dimension.levels if each.name in levels]
    held = codes(shown[-1].codes) if shown else None
    if held is None or len({each.code for each in held.codes}) != 1:
        return None
    return held.codes[0].code
