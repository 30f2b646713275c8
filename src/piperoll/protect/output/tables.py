"""Find the tables of a sheet: header rows, label columns, columns of figures, totals. Nothing is declared.

A table is a block of rows without an empty row between them. Rows of one cell above and below are titles and notes. A
header is what stands above the first row with figures; a row of years is a header. Columns of figures whose headers
name no measure (count, n, mean, % ...) are the categories of a variable: a cross-tabulation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from piperoll.protect.output.reading import Cell, Sheet
from piperoll.protect.output.rules import Place


# What stands for a figure that is not shown.
MARKS = frozenset({
    "*", "**", "***", "-", "--", "..", ".", ":", "c", "[c]", "(c)", "s", "[s]", "x", "[x]", "z", "[z]", "n/a", "na",
    "nan", "none", "null", "suppressed", "hidden", "confidential", "[low]", "#", "redacted",
})  # fmt: skip
# Of these, what says that there is no figure rather than that it is hidden.
ABSENT = frozenset({"..", ".", ":", "x", "[x]", "z", "[z]", "n/a", "na", "nan", "none", "null"})
_TOTALS = re.compile(r"(grand |sub|sub-)?totals?( .*)?|all( .*)?|overall|sum|margins?|everyone|any", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?=\.?\d)(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(e[-+]?\d+)?", re.IGNORECASE)
_UNDER = re.compile(r"(?:<|less than|under|fewer than)\s*(\d+)", re.IGNORECASE)
_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("percent", re.compile(r"%|\b(percent|percentage|pct|per cent|proportion|share|prop)\b")),
    ("freedom", re.compile(r"\b(df|dof|d\.f\.|degrees of freedom|df resid|df_resid)\b")),
    ("largest", re.compile(r"\b(top 1|largest( contribution| contributor)?( 1)?|x1|biggest)\b")),
    ("second", re.compile(r"\b(top 2|second( largest)?( contribution| contributor)?|largest( contribution)? 2|x2)\b")),
    ("sum", re.compile(r"\b(sum|total (value|amount|turnover|expenditure|cost)|turnover|expenditure|amount|value)\b")),
    ("least", re.compile(r"\b(min|minimum|smallest|lowest)\b")),
    ("most", re.compile(r"\b(max|maximum|highest)\b")),
    ("spread", re.compile(r"\b(sd|std|stdev|standard deviation|variance|var)\b")),
    ("statistic", re.compile(
        r"\b(mean|average|avg|median|quartile|percentile|quantile|p25|p50|p75|se|std err|coef|coefficient|odds|ratio|"
        r"rate|t value|z value|p value|pvalue|ci|lower|upper|index|r2|adjusted)\b")),
    ("count", re.compile(
        r"\b(count|counts|n|obs|observations|number|freq|frequency|cases|total|totals|records|people|persons|base|all)\b")),
)  # fmt: skip
_LABELS = re.compile(
    r"\b(code|codes|year|period|quarter|month|week|age|band|group|area|id|decile|quintile|table|sheet|worksheet|order|"
    r"rank)\b"
)


@dataclass(frozen=True)
class Figure:
    """A cell of a table's body.

    Attributes:
        at: Its name in the sheet (``B4``).
        row, column: Position in the table's body and among its value columns.
        number: None where it is not shown.
        under: Where it says "fewer than": the number it stays below.
        percent: Whether it is written with a per cent sign.
        decimals: Places after the point, as written.
        blank: Whether the cell is empty.
        absent: Whether its mark says that there is no figure.
    """

    at: str
    row: int
    column: int
    number: float | None
    under: int | None = None
    percent: bool = False
    decimals: int = 0
    blank: bool = False
    absent: bool = False

    @property
    def hidden(self) -> bool:
        """Whether no figure is shown."""
        return self.number is None

    @property
    def whole(self) -> bool:
        """Whether it may be a count."""
        return self.number is not None and self.number >= 0 and float(self.number).is_integer()


@dataclass(frozen=True)
class Column:
    """A column of figures: its header, its role (`_ROLES`, else ``count`` or ``statistic`` by its figures), and whether
    its header is a category of a variable. ``total`` is a category for the whole."""

    name: str
    role: str
    category: bool
    total: bool


@dataclass(frozen=True)
class Table:
    """A table as found: ``labels[row]`` has a label for each of ``names``; ``figures[row][column]`` its figures."""

    place: Place
    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    figures: tuple[tuple[Figure, ...], ...]

    def of(self, *roles: str) -> Iterator[tuple[Column, list[Figure]]]:
        """Columns of a role with their figures."""
        for place, column in enumerate(self.columns):
            if column.role in roles:
                yield column, [row[place] for row in self.figures]

    def total_row(self, row: int) -> bool:
        """Whether a row is a total: its last label says so, or any."""
        return any(is_total(label) for label in self.labels[row])


def is_total(text: str) -> bool:
    """Whether a label stands for the whole."""
    return bool(_TOTALS.fullmatch(text.strip()))


def find_tables(file: str, sheet: Sheet) -> list[Table]:
    """The tables of a sheet, from top to bottom."""
    found = []
    for first, block in _blocks(sheet.rows):
        table = _table(file, sheet.name, first, block)
        if table is not None:
            found.append(table)
    return found


def parse(cell: Cell) -> tuple[float | None, int | None, bool, int]:
    """A cell as number, "fewer than", per cent sign and decimals; all empty where it is text."""
    if isinstance(cell, int | float):
        text = repr(cell)
        return float(cell), None, False, len(text.partition(".")[2]) if "e" not in text else 0
    text = (cell or "").strip()
    if under := _UNDER.fullmatch(text):
        return None, int(under[1]), False, 0
    bare = text.removesuffix("%").strip()
    if bare and bare not in "+-" and _NUMBER.fullmatch(bare):
        return float(bare.replace(",", "")), None, text.endswith("%"), len(bare.partition(".")[2])
    return None, None, False, 0


def is_figure(cell: Cell) -> bool:
    """Whether a cell is a number, or a mark that stands for one."""
    number, under, _, _ = parse(cell)
    return number is not None or under is not None or (isinstance(cell, str) and cell.strip().casefold() in MARKS)


def name_of(row: int, column: int) -> str:
    """A cell's name as a spreadsheet has it; both from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _blocks(rows: Sequence[Sequence[Cell]]) -> Iterator[tuple[int, list[Sequence[Cell]]]]:
    block: list[Sequence[Cell]] = []
    first = 0
    for number, row in enumerate([*rows, ()]):
        if any(cell is not None for cell in row):
            if not block:
                first = number
            block.append(row)
        elif block:
            yield first, block
            block = []


def _table(file: str, sheet: str, first: int, block: list[Sequence[Cell]]) -> Table | None:
    # Titles above, notes below.
    while block and _filled(block[0]) <= 1 and any(_filled(row) > 1 for row in block):
        block, first = block[1:], first + 1
    while len(block) > 1 and _filled(block[-1]) <= 1 and not any(is_figure(cell) for cell in block[-1]):
        block = block[:-1]
    width = max((len(row) for row in block), default=0)
    if width < 2 or len(block) < 2:
        return None
    grid = [list(row) + [None] * (width - len(row)) for row in block]
    heads = next((n for n, row in enumerate(grid) if _is_body(row, first=n == 0)), len(grid))
    if heads == len(grid):
        return None
    body = grid[heads:]
    headers = _headers(grid[:heads], width)
    left = _label_columns(headers, body)
    values = [
        c
        for c in range(left, width)
        if sum(is_figure(row[c]) for row in body) * 2 > sum(row[c] is not None for row in body)
    ]
    if not values:
        return None
    labels = _fill([[_said(row[c]) for c in range(left)] for row in body])
    figures = [
        [_figure(row[c], first + heads + r, c, r, v) for v, c in enumerate(values)] for r, row in enumerate(body)
    ]
    told = [header or f"column {name_of(0, c)[:-1]}" for c, header in enumerate(headers)]
    columns = _columns([told[c] for c in values], figures)
    names = tuple(told[:left])
    span = f"{name_of(first, 0)}:{name_of(first + len(grid) - 1, width - 1)}"
    return Table(
        Place(file, sheet, span), names, tuple(map(tuple, labels)), columns, tuple(tuple(row) for row in figures)
    )


def _filled(row: Sequence[Cell]) -> int:
    return sum(cell is not None for cell in row)


def _said(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()


def _is_body(row: Sequence[Cell], *, first: bool) -> bool:
    numbers = [number for cell in row if (number := parse(cell)[0]) is not None]
    if not numbers:
        # A row of marks alone is body, where a header stands above it: categories may be called x and z.
        rest = [cell for cell in row[1:] if cell is not None]
        return not first and bool(rest) and all(is_figure(cell) for cell in rest) and _said(row[0]) != ""
    return not all(number.is_integer() and 1900 <= number <= 2100 for number in numbers) or len(numbers) == 1


def _headers(rows: list[list[Cell]], width: int) -> list[str]:
    """For each column the texts above it; in upper rows a text spans the empty cells to its right."""
    filled = []
    for place, row in enumerate(rows):
        texts = [_said(cell) for cell in row]
        if place < len(rows) - 1:
            for column in range(1, width):
                texts[column] = texts[column] or texts[column - 1]
        filled.append(texts)
    return [" / ".join(dict.fromkeys(texts[c] for texts in filled if texts[c])) for c in range(width)]


def _label_columns(headers: list[str], body: list[list[Cell]]) -> int:
    """How many columns on the left are labels."""
    left = 0
    for column, header in enumerate(headers[:-1]):
        cells = [row[column] for row in body if row[column] is not None]
        texts = sum(not is_figure(cell) for cell in cells)
        numbers = any(parse(cell)[0] is not None for cell in cells)
        own = _plain(header.rpartition(" / ")[2])
        named = bool(_LABELS.search(own)) and not any(p.search(own) for _, p in _ROLES[:-2])
        # Codes of categories may look like marks: S, x.
        if not cells or texts * 2 > len(cells) or named or (not numbers and (texts or not column)):
            left = column + 1
        else:
            break
    return left


def _plain(name: str) -> str:
    return re.sub(r"[_\W]+", " ", name.casefold().replace("%", " percent ")).strip()


def _fill(labels: list[list[str]]) -> list[list[str]]:
    """A label spans the empty cells below it, in every column but the last."""
    for above, row in pairwise(labels):
        for place in range(len(row) - 1):
            row[place] = row[place] or above[place]
    return labels


def _figure(cell: Cell, row: int, column: int, at: int, place: int) -> Figure:
    number, under, percent, decimals = parse(cell)
    absent = isinstance(cell, str) and cell.strip().casefold() in ABSENT
    return Figure(name_of(row, column), at, place, number, under, percent, decimals, cell is None, absent)


def _columns(headers: list[str], figures: list[list[Figure]]) -> tuple[Column, ...]:
    said = [next((role for role, pattern in _ROLES if pattern.search(_plain(header))), "") for header in headers]
    # A total among categories says nothing of measures: "x, y, z, All" is a cross-tabulation.
    totals = [is_total(header.split(" / ")[-1]) for header in headers]
    unnamed = [place for place, role in enumerate(said) if not role]
    cross = len(unnamed) >= 2 or (len(unnamed) == 1 and any(totals[p] for p in range(len(headers)) if p not in unnamed))
    out = []
    for place, header in enumerate(headers):
        shown = [row[place] for row in figures if not row[place].hidden]
        whole = all(f.whole for f in shown)
        role = said[place]
        category = cross and (not role or totals[place])
        if any(f.percent for f in shown):
            role = "percent"
        elif not role or category or (role == "count" and not whole):
            role = "count" if whole else "statistic"
        out.append(Column(header, role, category, category and totals[place]))
    return tuple(out)
