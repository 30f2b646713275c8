"""A release held against the ledger of the home that made it: one changed character shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from piperoll.desk import Desk
from piperoll.errors import Problem
from piperoll.journal import PublishedCell, cells_hash
from piperoll.ledger.importing import cells_in
from piperoll.ledger.report import Check
from piperoll.ledger.seal import CODE
from piperoll.release import manifest


NAMED = 20


def check_release(desk: Desk, directory: Path) -> tuple[Check, ...]:
    """A release directory against the ledger of the home in which it was made.

    The manifest holds the hash of the cells entered; the ledger's cells have to give it, and to be those of the tables.
    """
    content = manifest.read(directory)
    name = f"{content['publication']}/{content['period']}/{content['edition']}"
    desk.act("ledger.verify", f"release {name}")
    own = manifest.file_hash(directory / manifest.MANIFEST)
    entry = next((each for each in desk.journal.releases() if each.id == name), None)
    if entry is None:
        text = "the ledger of this home does not hold this release."
        return (Check("ledger", 1, (Problem(CODE, text, name, fix="Use the --home in which it was made."),)),)
    cells = list(desk.journal.published_cells(name))
    found = []
    if entry.manifest_sha256 != own:
        found.append("the release was recorded with another manifest.")
    said = content.get("ledger")
    if not isinstance(said, dict) or not isinstance(said.get("sha256"), str):
        found.append("the manifest does not say which cells were entered.")
    elif cells_hash(cells) != said["sha256"] or len(cells) != said.get("cells"):
        found.append("its cells in the ledger are not those that were entered.")
    if entry.cells_sha256 != cells_hash(cells):
        found.append("its cells in the ledger are not those that were recorded with it.")
    problems = tuple(Problem(CODE, text, name) for text in found)
    return Check("ledger", len(cells), problems), _tables(desk, directory, content, cells)


def _tables(desk: Desk, directory: Path, content: Mapping[str, Any], cells: list[PublishedCell]) -> Check:
    """The written tables show what the ledger holds, cell by cell."""
    publication = desk.publication(content["publication"])
    held = {(cell.table, cell.identity.text): _form(cell) for cell in cells}
    problems: list[Problem] = []
    seen = set()
    for table in content["tables"]:
        for each in cells_in(desk.register, publication, table["name"], _frame(directory / table["csv"])):
            if isinstance(each, Problem):
                problems.append(Problem(CODE, each.message, each.where, each.key))
                continue
            key = (each.table, each.identity.text)
            if key not in held and _form(each) == ("", ("z",)):
                continue  # a measure that the table does not give for this row
            seen.add(key)
            if held.get(key) != _form(each):
                problems.append(Problem(CODE, f"the ledger holds another figure for {key[1]}.", table["csv"]))
    problems += [
        Problem(CODE, f"the table does not show {identity}, which the ledger holds.", f"tables/{table}.csv")
        for table, identity in held
        if (table, identity) not in seen
    ]
    more = len(problems) - NAMED
    rest = [Problem(CODE, f"and {more:,} more.")] if more > 0 else []
    return Check("ledger and tables", len(cells), (*problems[:NAMED], *rest))


def _form(cell: PublishedCell) -> tuple[str, tuple[str, ...]]:
    return cell.value, tuple(sorted(cell.marks.replace("]", " ").replace("[", " ").split()))


def _frame(path: Path) -> pl.DataFrame:
    """A table of our own writing, as text; empty if it cannot be read, which the other checks tell."""
    try:
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error):
        rows = []
    names = rows[0] if rows else ["period"]
    fitting = [row for row in rows[1:] if len(row) == len(names)]
    return pl.DataFrame(fitting, schema=dict.fromkeys(names, pl.String), orient="row")
