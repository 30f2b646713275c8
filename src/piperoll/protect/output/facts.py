"""What tables and earlier releases say, as one system: a value or bounds for each cell, and totals as sums of parts.

A cell is what it counts: a measure and the codes of its dimensions, totals left out. So "A, all types" of one table is
"A" of another, and what the ledger holds of it. Names and codes are compared without regard to case. Categories across
the top of a table have no variable's name in the file; they take that of a variable elsewhere that has all of them, or
the header above them. Tables that count different cases under the same names are told apart (`families`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from piperoll.protect.output.families import Apart, Bounds, agreeing, compare, families, variables
from piperoll.protect.output.rules import Released
from piperoll.protect.output.tables import Figure, Table, is_total


Codes = frozenset[tuple[str, str]]
Cell = tuple[str, Codes]
# Parts the measure of a cell from the number of its family.
_FAMILY = "\x00"
_COUNT_WORDS = {"", "count", "counts", "n", "number", "freq", "frequency", "cases", "total", "records", "all", "obs"}


@dataclass(frozen=True)
class Fact:
    """One figure for a cell, or that it is hidden (``low`` and ``high`` bound it).

    Attributes:
        where: File and cell, or release, for people.
        low, high: What is known; ``high`` is None where there is no bound.
        shown: As written; empty where it is hidden.
        new: Whether it is of the output that is checked.
        source: The table or release that it stands in.
        absent: Whether it is marked as not there rather than hidden.
    """

    where: str
    low: int
    high: int | None
    shown: str
    new: bool
    source: str = ""
    absent: bool = False

    @property
    def hidden(self) -> bool:
        """Whether no figure is shown."""
        return not self.shown


@dataclass(frozen=True)
class Sum:
    """A total and its parts along an axis, as the layout of a table says."""

    total: Cell
    parts: tuple[Cell, ...]
    where: str
    axis: str = ""


@dataclass
class Facts:
    """Everything known of every cell."""

    of: dict[Cell, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    sums: list[Sum] = field(default_factory=list)
    # Totals that only add up what is shown: no figure of the cell itself.
    partial: list[tuple[Cell, Fact]] = field(default_factory=list)
    # Tables that count different cases under the same names, by what they are called.
    apart: list[tuple[str, str, Apart]] = field(default_factory=list)
    # Names and codes as they were first written.
    words: dict[str, str] = field(default_factory=dict)

    def note(self, text: str) -> str:
        """A name or code as it is compared; how it was written is kept."""
        key = _norm(text)
        self.words.setdefault(key, " ".join(text.split()))
        return key

    def name(self, cell: Cell) -> str:
        """A cell in words."""
        measure, codes = cell[0].partition(_FAMILY)[0], cell[1]
        pairs = [(self.words.get(name, name), self.words.get(code, code)) for name, code in sorted(codes)]
        said = ", ".join(f"{name} {code}" if name else code for name, code in pairs) or "the whole"
        return f"{said} ({measure})" if measure else said


@dataclass(frozen=True)
class _Laid:
    """A table as cells, with what lies under what."""

    name: str
    file: str
    sheet: str
    new: bool
    cells: dict[Cell, Figure]
    sums: list[Sum]

    @property
    def partial(self) -> set[Cell]:
        return {each.total for each in self.sums if each.total in self.cells and _only_shown(each, self.cells)}

    def bounds(self) -> dict[str, dict[Cell, Bounds]]:
        """Exact figures by measure; totals of what is shown left out."""
        out: dict[str, dict[Cell, Bounds]] = defaultdict(dict)
        partial = self.partial
        for cell, figure in self.cells.items():
            if figure.whole and cell not in partial:
                out[cell[0]][cell] = (int(figure.number or 0), int(figure.number or 0))
        return out

    def added_up(self) -> dict[str, dict[Cell, Bounds]]:
        """The same with totals that are not given, as the sums of their parts."""
        out = self.bounds()
        for each in self.sums:
            given = out[each.total[0]]
            parts = [given.get(part) for part in each.parts]
            if each.total not in self.cells and all(parts):
                total = sum(part[0] for part in parts if part)
                given.setdefault(each.total, (total, total))
        return out


def gather(
    tables: Sequence[tuple[Table, bool]],
    released: Iterable[Released],
    about: Mapping[str, str],
    measure: str,
    threshold: int = 10,
) -> Facts:
    """Put tables and earlier releases together.

    Args:
        tables: Each with whether it is of the output checked (else of one released before).
        released: Figures released before.
        about: Dimension to code that all tables are about (``period: 2012Q2``).
        measure: Name that plain counts have in what was released; empty takes its only one.
        threshold: Figures below it do not show whether two tables count the same.
    """
    facts = Facts()
    known = list(released)
    measures = {_norm(each.measure) for each in known}
    plain = _norm(measure) or (next(iter(measures)) if len(measures) == 1 else "")
    out: dict[str, dict[Cell, Bounds]] = defaultdict(dict)
    for each in known:
        cell = (_measure(each.measure, plain), frozenset((facts.note(n), facts.note(c)) for n, c in each.codes))
        half = each.base // 2
        value = each.value
        source = each.source.split(" ")[0]
        if value is None:
            facts.of[cell].append(Fact(each.source, 0, None, "", False, source))
        else:
            bounds = (max(0, value - half), value + (each.base - 1) // 2)
            out[cell[0]][cell] = bounds
            facts.of[cell].append(Fact(each.source, *bounds, str(value), False, source))
    across = _across_all(facts, [table for table, _ in tables], known)
    here = {facts.note(n): facts.note(c) for n, c in about.items()}
    laid = [_lay(facts, table, new, here, name, plain) for (table, new), name in zip(tables, across, strict=True)]
    family = _families(facts, out, laid, threshold)
    for one, number in zip(laid, family, strict=True):
        _add(facts, one, number)
    return facts


def _families(
    facts: Facts, released: Mapping[str, Mapping[Cell, Bounds]], laid: Sequence[_Laid], threshold: int
) -> list[dict[str, int]]:
    """For each table and measure the number of its family; what was released is of the first."""
    out: list[dict[str, int]] = [{} for _ in laid]
    shown = [each.bounds() for each in laid]
    added: list[dict[str, dict[Cell, Bounds]]] = []
    for measure in dict.fromkeys(m for each in laid for m, _ in each.cells):
        parts = [released.get(measure, {}), *(each.get(measure, {}) for each in shown)]
        apart = compare(parts, threshold)
        names = ["what was released before", *(each.name for each in laid)]
        fresh = [False, *(each.new for each in laid)]
        facts.apart += [(names[a.one], names[a.two], a) for a in apart if fresh[a.one] or fresh[a.two]]

        def alike(one: int, two: int, measure: str = measure) -> int:
            if not added:
                added.extend([{m: dict(c) for m, c in released.items()}, *(t.added_up() for t in laid)])
            return agreeing(added[one].get(measure, {}), added[two].get(measure, {}), threshold)

        for number, family in enumerate(families(len(parts), apart, alike)[1:]):
            out[number][measure] = family
    return out


def _across_all(facts: Facts, tables: Sequence[Table], known: Sequence[Released]) -> list[str]:
    """For each table the name of the variable across its top."""
    named = _variables(tables, known)
    codes = [frozenset(_norm(_last(c.name)) for c in table.columns if c.category and not c.total) for table in tables]
    fitting = [_across(table, own, named) for table, own in zip(tables, codes, strict=True)]
    alike = variables(codes)
    first: dict[int, str] = {}
    for table, fits, group in zip(tables, fitting, alike, strict=True):
        first.setdefault(group, fits or _header(facts, table))
        first[group] = first[group] or fits or _header(facts, table)
    taken: dict[str, int] = {}
    out = []
    for fits, group in zip(fitting, alike, strict=True):
        name = fits or first[group]
        # Variables without a name, or under one header, are told apart.
        while taken.setdefault(name, group) != group and not fits:
            name += "\x00"
            facts.words.setdefault(name, first[group])
        out.append(name)
    return out


def _header(facts: Facts, table: Table) -> str:
    """The header above all categories across the top; empty where they have none."""
    above = {c.name.rpartition(" / ")[0] for c in table.columns if c.category and not c.total}
    return facts.note(above.pop()) if len(above) == 1 else ""


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


def _across(table: Table, codes: frozenset[str], variables: Mapping[str, set[str]]) -> str:
    """Name of the variable whose categories stand across the top; empty where none, or several, have them all."""
    fitting = [name for name, known in sorted(variables.items()) if codes and codes <= known]
    fitting = [name for name in fitting if name not in {_norm(each) for each in table.names}]
    return fitting[0] if len(fitting) == 1 else ""


def _last(name: str) -> str:
    return name.rpartition(" / ")[2]


def _lay(facts: Facts, table: Table, new: bool, about: dict[str, str], across: str, plain: str) -> _Laid:
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
    name = f"{table.place.file} {table.place.sheet + ' ' if table.place.sheet else ''}{table.place.table}"
    sums = _sums(cells, groups, set(about), name)
    return _Laid(name, table.place.file, table.place.sheet, new, cells, sums)


def _add(facts: Facts, laid: _Laid, family: Mapping[str, int]) -> None:
    """Put a table's figures and sums to the others of its family."""

    def own(cell: Cell) -> Cell:
        number = family.get(cell[0], 0)
        return (f"{cell[0]}{_FAMILY}{number}" if number else cell[0], cell[1])

    partial = laid.partial
    for cell, figure in laid.cells.items():
        where = f"{laid.file} {laid.sheet + '!' if laid.sheet else ''}{figure.at}"
        if figure.number is None:
            high = figure.under - 1 if figure.under is not None else None
            facts.of[own(cell)].append(Fact(where, 0, high, "", laid.new, laid.name, figure.absent))
        elif figure.whole:
            value = int(figure.number)
            fact = Fact(where, value, value, str(value), laid.new, laid.name)
            if cell in partial:
                facts.partial.append((own(cell), fact))
            else:
                facts.of[own(cell)].append(fact)
    facts.sums += [Sum(own(s.total), tuple(own(part) for part in s.parts), s.where, s.axis) for s in laid.sums]


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
        out.append(Sum(total, tuple((total[0], rest | {(axis, code)}) for code in sorted(every)), where, axis))
    return out


def _order(cell: Cell) -> tuple[str, list[tuple[str, str]]]:
    return cell[0], sorted(cell[1])


def _only_shown(each: Sum, cells: Mapping[Cell, Figure]) -> bool:
    """Whether a total with hidden parts is the sum of the others: made after hiding."""
    total = cells[each.total]
    figures = [cells.get(part) for part in each.parts]
    shown = [f.number for f in figures if f is not None and f.number is not None]
    return total.number is not None and len(shown) < len(figures) and sum(shown) == total.number
