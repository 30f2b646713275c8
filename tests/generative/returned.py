"""Returned templates as people give them back: lines, cells, looks and words changed, or the file itself damaged.

A return is its lines, and a page that is changed after they are written. Names of the page's columns are letters.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from tests.collect.returns_tools import HEADER, book, rows
from tests.generative.mutations import ARCHIVE, BYTES, HOSTILE


SECRETS = ("Canarina",)
Lines = list[list[Any]]
Line = Callable[[Lines, random.Random], None]
Page = Callable[[Any, random.Random], None]
Maker = Callable[[str, dt.date, random.Random], tuple[Lines, bytes]]
FIRST = 1  # where the rows begin among the lines


def lines_of(force: str, month: dt.date) -> Lines:
    """The lines of a good return."""
    return [list(HEADER), *([*each[:9], "Canarina says"] for each in rows(month, force))]


# --- lines --------------------------------------------------------------------------------------------------------------


def _above(lines: Lines, rng: random.Random) -> None:
    said = (
        ["Cumbria Constabulary"],
        ["FTA warrants"],
        [],
        ["Prepared by", "Canarina"],
        ["x"] * 40,
        [None, None, "Note"],
        ["=1+1"],
    )
    lines[0:0] = [list(each) for each in rng.sample(said, rng.choice((1, 3, 6)))] * rng.choice((1, 1, 9))


def _header(lines: Lines, rng: random.Random) -> None:
    header = lines[0]
    at, which = rng.randrange(len(header)), rng.randrange(6)
    if which == 0:
        header[at] = rng.choice(
            (None, "", " ", *HOSTILE[:8], 7, dt.date(2012, 5, 1), header[at].upper(), f" {header[at]} ")
        )
    elif which == 1:
        header[at] = header[rng.randrange(len(header))]
    elif which == 2:
        del lines[0]
    elif which == 3:
        lines.insert(rng.randrange(1, len(lines) + 1), list(header))
    elif which == 4:
        lines[0:1] = [[each.split("_")[0] for each in header], [each.split("_")[-1] for each in header]]
    else:
        lines.insert(1, ["text", "date", *["number"] * 8])


def _columns(lines: Lines, rng: random.Random) -> None:
    at, which = rng.randrange(len(HEADER)), rng.randrange(4)
    for n, line in enumerate(lines):
        if which == 0:
            line[0:0] = [None] * 3
        elif which == 1:
            line.insert(at, "other" if n == 0 else n)
        elif which == 2:
            del line[at]
        else:
            line += [None, *line]


def _rows(lines: Lines, rng: random.Random) -> None:
    """Rows twice, in another order, half empty, apart, or far below."""
    which, at = rng.randrange(6), rng.randrange(FIRST, len(lines))
    if which == 0:
        lines.append(list(lines[at]))
    elif which == 1:
        lines[FIRST:] = lines[:0:-1]
    elif which == 2:
        lines[at] = lines[at][: rng.randrange(1, 6)]
    elif which == 3:
        lines[at:at] = [[]] * rng.choice((1, 30))
    elif which == 4:
        lines += [[]] * 2000 + [list(lines[at])]
    else:
        del lines[rng.randrange(0, FIRST + 1) :]


def _totals(lines: Lines, rng: random.Random) -> None:
    data = lines[FIRST:]
    sums = [sum(each[n] for each in data) + rng.choice((0, 0, 1)) for n in range(3, 8)]
    label = rng.choice(
        (["Total"], [None, None, "TOTALS"], ["03", None, "Sub-total"], [None], ["Total: "], ["Grand", "total"])
    )
    lines.insert(rng.choice((len(lines), FIRST + 1)), [*(label + [None, None])[:3], *sums])


def _notes(lines: Lines, rng: random.Random) -> None:
    said = rng.choice(
        (
            ["Note 1: Canarina was away."],
            ["*"],
            [None, None, None, "see below"],
            ["Signed", "Canarina"],
            ["x" * 40_000],
            [0],
            [" "],
        )
    )
    lines.insert(rng.choice((FIRST + 1, len(lines))), list(said))


def _tables(lines: Lines, rng: random.Random) -> None:
    lines += (
        [[], *[list(each) for each in lines]]
        if rng.random() < 0.5
        else [[], ["Court", "Number"], ["Canarina", 3], ["Other", 4]]
    )


# --- cells --------------------------------------------------------------------------------------------------------------

CELLS = (
    *(each for each in HOSTILE if "\x00" not in each), "1,200", "1 200", "1.200,5", "12%", "£7", "(5)", "5-", "about 5", "n/a", "-", "..", "nil",
    "#REF!", "#N/A", "=SUM(D2:D4)", "=1/0", "=HYPERLINK(\"http://x\")", True, 1.5, -3, 1e300, 2**60, 0.1 + 0.2, dt.date(1900, 1, 1),
    dt.datetime(2012, 5, 1, 12, 30), dt.time(1, 2), "01/05/2012", "May-12", "2012-05-32", " ", "\u00a05", "\u0661\u0662", "5\n6", "x" * 32_000,
    "_x0000_", "'5", None,
)  # fmt: skip


def _cells(lines: Lines, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 4))):
        lines[rng.randrange(FIRST, len(lines))][rng.randrange(len(HEADER))] = rng.choice(CELLS)


def _column_of(lines: Lines, rng: random.Random) -> None:
    """A whole column as texts, or of one value."""
    at, value = rng.randrange(9), rng.choice((None, str, *CELLS[:20]))
    for line in lines[FIRST:]:
        line[at] = str(line[at]) if value is str else value


# --- looks --------------------------------------------------------------------------------------------------------------


def _hidden(page: Any, rng: random.Random) -> None:
    page.row_dimensions[rng.randrange(1, 6)].hidden = True
    page.column_dimensions[rng.choice("ABDEJ")].hidden = rng.random() < 0.7
    if rng.random() < 0.3:
        page.auto_filter.ref = "A1:J4"


def _merged(page: Any, rng: random.Random) -> None:
    page.merge_cells(rng.choice(("A2:A4", "A1:C1", "D2:E3", "A2:J2", "A3:A9000", "B2:C4", "J4:XFD4", "A1:J4")))


def _sheets(page: Any, rng: random.Random) -> None:
    made = page.parent
    which = rng.randrange(6)
    if which == 0:
        made.copy_worksheet(page)
    elif which == 1:
        made.create_sheet(rng.choice(("Lists", "Apr 2012", "x" * 31, "=1+1")), rng.choice((0, 1))).append(
            ["Canarina", 3]
        )
    elif which == 2:
        made.create_sheet("Other")
        page.sheet_state = rng.choice(("hidden", "veryHidden"))
    elif which == 3:
        page.title = rng.choice(("Apr 2012", "Sheet1", "Kent", "x" * 31, "<b>", "2012-05"))
    elif which == 4:
        for n in range(200):
            made.create_sheet(f"S{n}")
    else:
        page.protection.sheet = True
        page.protection.password = "x"


def _formats(page: Any, rng: random.Random) -> None:
    form = rng.choice(("0.00%", '"Canarina"', "dd/mm/yyyy", ";;;", "[h]:mm", "@", "0.0,,", "[Red]General", "yyyy" * 60))
    for line in page.iter_rows(min_row=2):
        line[rng.randrange(len(line))].number_format = form


def _far(page: Any, rng: random.Random) -> None:
    page[rng.choice(("XFD1048576", "A1048576", "XFD1", "J60000", "ZZ3"))] = rng.choice(("x", " ", 0))


# --- words --------------------------------------------------------------------------------------------------------------


def _said(lines: Lines, rng: random.Random) -> None:
    word = rng.choice(
        (["Month", "April 2012"], ["Period", "this month"], ["Force", "Kent Police"], ["Force", "Canarina"], ["Dataset", "pnd.cohort_count"],
         ["Month", 41000], ["Month", "x" * 30_000], ["Period:", "9999-99"], ["Force:", "\u202e30"], ["Year", -5], ["Month"], ["Period", "2012-13"])
    )  # fmt: skip
    lines[0:0] = [word]


def _line(change: Line) -> Maker:
    def make(force: str, month: dt.date, rng: random.Random) -> tuple[Lines, bytes]:
        lines = lines_of(force, month)
        change(lines, rng)
        return lines, book(lines)

    return make


def _page(change: Page) -> Maker:
    def make(force: str, month: dt.date, rng: random.Random) -> tuple[Lines, bytes]:
        lines = lines_of(force, month)
        return lines, book(lines, lambda page: change(page, rng))

    return make


def _file(change: Callable[[bytes, random.Random], bytes]) -> Maker:
    """The file itself: what lines it holds then is not known."""
    return lambda force, month, rng: ([], change(book(lines_of(force, month)), rng))


def _several(force: str, month: dt.date, rng: random.Random) -> tuple[Lines, bytes]:
    """More than one of all that people do."""
    lines = lines_of(force, month)
    for change in rng.sample((_rows, _totals, _notes, _above, _said), 2):
        if all(len(each) >= 8 and isinstance(each[3], int) for each in lines[FIRST:]) or change is not _totals:
            change(lines, rng)
    return lines, book(lines, lambda page: rng.choice((_hidden, _formats, _merged))(page, rng))


FAMILIES: dict[str, dict[str, Maker]] = {
    "lines": {
        "lines above": _line(_above), "header": _line(_header), "columns": _line(_columns), "rows": _line(_rows),
        "totals": _line(_totals), "notes": _line(_notes), "tables": _line(_tables), "several": _several,
    },
    "cells": {"cells": _line(_cells), "cells, again": _line(_cells), "a column": _line(_column_of)},
    "looks": {
        "hidden": _page(_hidden), "merged": _page(_merged), "sheets": _page(_sheets), "formats": _page(_formats), "far cells": _page(_far),
    },
    "words of the slot": {"words": _line(_said)},
    "inside the archive": {name: _file(change) for name, change in ARCHIVE.items() if "bomb" not in name},
    "by bytes": {name: _file(change) for name, change in BYTES.items()},
}  # fmt: skip


def kinds() -> list[tuple[str, str, str, Maker]]:
    """Each change of a return: ``returns``, family, name, maker. What people do comes thrice as often as damage."""
    return [
        ("returns", family, name, make)
        for family, makers in FAMILIES.items()
        for name, make in makers.items()
        for _ in range(1 if family in ("inside the archive", "by bytes") else 3)
    ]
