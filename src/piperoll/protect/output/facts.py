"""What tables and earlier releases say, as one system: a value or bounds for each cell, and totals as sums of parts.

A cell is what it counts: a measure and the codes of its dimensions, totals left out. So "A, all types" of one table is
"A" of another, and what the ledger holds of it. Names and codes are compared without regard to case. Categories across
the top of a table have no variable's name in the file; they take that of a variable elsewhere that has all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from piperoll.protect.output.rules import Released
from piperoll.protect.output.tables import Figure, Table, is_total


Codes = frozenset[tuple[str, str]]
Cell = tuple[str, Codes]
_COUNT_WORDS = {"", "count", "counts", "n", "number", "freq", "frequency", "cases", "total", "records", "all", "obs"}


@dataclass(frozen=True)
class Fact:
    """One figure for a cell, or that it is hidden (``low`` and ``high`` bound it).

    Attributes:
        where: File and cell, or release, for people.
        low, high: What is known; ``high`` is None where there is no bound.
        shown: As written; empty where it is hidden.
        new: Whether it is of the output that is checked.
    """

    where: str
    low: int
    high: int | None
    shown: str
    new: bool

    @property
    def hidden(self) -> bool:
        """Whether no figure is shown."""
        return not self.shown


@dataclass(frozen=True)
class Sum:
    """A total and its parts, as the layout of a table says."""

    total: Cell
    parts: tuple[Cell, ...]
    where: str


@dataclass
class Facts:
    """Everything known of every cell."""

    of: dict[Cell, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    sums: list[Sum] = field(default_factory=list)
    # Totals that only add up what is shown: no figure of the cell itself.
    partial: list[tuple[Cell, Fact]] = field(default_factory=list)
    # Names and codes as they were first written.
    words: dict[str, str] = field(default_factory=dict)

    def note(self, text: str) -> str:
        """A name or code as it is compared; how it was written is kept."""
        key = _norm(text)
        self.words.setdefault(key, " ".join(text.split()))
        return key

    def name(self, cell: Cell) -> str:
        """A cell in words."""
        measure, codes = cell
        pairs = [(self.words.get(name, name), self.words.get(code, code)) for name, code in sorted(codes)]
        said = ", ".join(f"{name} {code}" if name else code for name, code in pairs) or "the whole"
        return f"{said} ({measure})" if measure else said


def gather(
    tables: Sequence[tuple[Table, bool]],
    released: Iterable[Released],
    about: Mapping[str, str],
    measure: str,
) -> Facts:
    """Put tables and earlier releases together.

    Args:
        tables: Each with whether it is of the output checked (else of one released before).
        released: Figures released before.
        about: Dimension to code that all tables are about (``period: 2012Q2``).
        measure: Name that plain counts have in what was released; empty takes its only one.
    """
    facts = Facts()
    known = list(released)
    measures = {_norm(each.measure) for each in known}
    plain = _norm(measure) or (next(iter(measures)) if len(measures) == 1 else "")
    for each in known:
        cell = (_measure(each.measure, plain), frozenset((facts.note(n), facts.note(c)) for n, c in each.codes))
        half = each.base // 2
        value = each.value
        if value is None:
            facts.of[cell].append(Fact(each.source, 0, None, "", False))
        else:
            facts.of[cell].append(
                Fact(each.source, max(0, value - half), value + (each.base - 1) // 2, str(value), False)
            )
    variables = _variables([table for table, _ in tables], known)
    for table, new in tables:
        _add_table(facts, table, new, {facts.note(n): facts.note(c) for n, c in about.items()}, variables, plain)
    return facts


def _norm(text: str) -> str:
    return " ".join(text.casefold().split())


def _measure(name: str, plain: str) -> str:
    said = _norm(name)
    return "" if said in _COUNT_WORDS or said == plain else said


def _variables(tables: Sequence[Table], released: Sequence[Released]) -> dict[str, set[str]]:
    """Codes of each named variable."""
    out: dict[str, set[str]] = defaultdict(set)
    for each in released:
        for name, code in each.codes:
            out[_norm(name)].add(_norm(code))
    for table in tables:
        for place, name in enumerate(table.names):
            out[_norm(name)] |= {_norm(row[place]) for row in table.labels if not is_total(row[place])}
    return out


def _across(table: Table, variables: Mapping[str, set[str]]) -> str:
    """Name of the variable whose categories stand across the top; empty where none, or several, have them all."""
    codes = {_norm(_last(c.name)) for c in table.columns if c.category and not c.total}
    fitting = [name for name, known in sorted(variables.items()) if codes and codes <= known]
    fitting = [name for name in fitting if name not in {_norm(each) for each in table.names}]
    return fitting[0] if len(fitting) == 1 else ""


def _last(name: str) -> str:
    return name.rpartition(" / ")[2]


def _add_table(
    facts: Facts, table: Table, new: bool, about: dict[str, str], variables: Mapping[str, set[str]], plain: str
) -> None:
    across = _across(table, variables)
    rows = [
        {facts.note(n): facts.note(c) for n, c in zip(table.names, labels, strict=True) if c and not is_total(c)}
        for labels in table.labels
    ]
    above = _above(rows)
    sizes = {name: len({row[name] for row in rows if name in row}) for name in _names(rows)}
    cells: dict[Cell, Figure] = {}
    groups: dict[tuple[str, str], Codes] = {}
    for row, labels in enumerate(rows):
        codes = {name: code for name, code in labels.items() if not any(n in labels for n in above.get(name, ()))}
        for name, code in codes.items():
            wider = {n: labels[n] for n in labels if name in above.get(n, ()) and sizes[n] < sizes[name]}
            groups[name, code] = frozenset(_finest(wider, above).items())
        for place, column in enumerate(table.columns):
            if column.role != "count":
                continue
            here = dict(about) | codes
            if column.category and not column.total:
                here[across] = facts.note(_last(column.name))
            measure = "" if column.category else _measure(column.name, plain)
            cells.setdefault((measure, frozenset(here.items())), table.figures[row][place])
    sums = _sums(cells, groups, set(about), f"{table.place.file} {table.place.table}")
    partial = {each.total for each in sums if each.total in cells and _only_shown(each, cells)}
    for cell, figure in cells.items():
        where = f"{table.place.file} {table.place.sheet + '!' if table.place.sheet else ''}{figure.at}"
        if figure.number is None:
            high = figure.under - 1 if figure.under is not None else None
            facts.of[cell].append(Fact(where, 0, high, "", new))
        elif figure.whole:
            fact = Fact(where, int(figure.number), int(figure.number), str(int(figure.number)), new)
            if cell in partial:
                facts.partial.append((cell, fact))
            else:
                facts.of[cell].append(fact)
    facts.sums += sums


def _above(rows: Sequence[Mapping[str, str]]) -> dict[str, set[str]]:
    """For each column of labels the columns that determine it: the region of an authority, the name of a code.

    Such a column says nothing more of a cell. Of two that determine each other, the first stays.
    """
    names = _names(rows)
    out: dict[str, set[str]] = {}
    for place, name in enumerate(names):
        for other in names:
            if other == name:
                continue
            pairs = {(row[other], row[name]) for row in rows if name in row and other in row}
            ours, theirs = len({code for _, code in pairs}), len({code for code, _ in pairs})
            if ours < 2 or len(pairs) > theirs:
                continue
            if theirs > ours or names.index(other) < place:
                out.setdefault(name, set()).add(other)
    return out


def _names(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """Names of the columns of labels, from left to right."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _finest(codes: Mapping[str, str], above: Mapping[str, set[str]]) -> dict[str, str]:
    """Codes without those that others of them determine."""
    return {name: code for name, code in codes.items() if not any(n in codes for n in above.get(name, ()))}


def _sums(
    cells: Mapping[Cell, Figure], groups: Mapping[tuple[str, str], Codes], about: set[str], where: str
) -> list[Sum]:
    """Along each axis, and within what it lies under: the cell without it is the sum of the cells along it."""
    lines: dict[tuple[str, Cell], set[str]] = defaultdict(set)
    along: dict[tuple[str, Codes], set[str]] = defaultdict(set)
    for measure, codes in cells:
        for axis, code in codes:
            if axis in about:
                continue
            under = groups.get((axis, code), frozenset())
            lines[axis, (measure, (codes - {(axis, code)}) | under)].add(code)
            along[axis, under].add(code)
    out = []
    for (axis, total), present in sorted(lines.items(), key=lambda item: (item[0][0], _order(item[0][1]))):
        under = next(iter(groups.get((axis, code), frozenset()) for code in sorted(present)))
        every = along[axis, under]
        # A category without a cell in a line is hidden as well: rows that are left out are. Where most are missing, the
        # labels do not cross each other.
        if len(every) < 2 or len(present) * 2 < len(every):
            continue
        rest = total[1] - under
        out.append(Sum(total, tuple((total[0], rest | {(axis, code)}) for code in sorted(every)), where))
    return out


def _order(cell: Cell) -> tuple[str, list[tuple[str, str]]]:
    return cell[0], sorted(cell[1])


def _only_shown(each: Sum, cells: Mapping[Cell, Figure]) -> bool:
    """Whether a total with hidden parts is the sum of the others: made after hiding."""
    total = cells[each.total]
    figures = [cells.get(part) for part in each.parts]
    shown = [f.number for f in figures if f is not None and f.number is not None]
    return total.number is not None and len(shown) < len(figures) and sum(shown) == total.number
