"""Counting rules' examples: ``rules/<id>.md``, Markdown with tables of rows that are given and of rows that follow.

A second-level heading begins an example. ``Given `source.dataset`:`` stands before rows of a dataset (columns not
named are null, an empty cell is null); ``Then `model`:`` before all rows of a model (columns not named do not matter,
nor does order); ``Then table `name` for `period`:`` before cells of a table in the edition of that period.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from piperoll.errors import UserError


_GIVEN = re.compile(r"Given `(\w+\.\w+)`:\s*\Z")
_MODEL = re.compile(r"Then `(\w+)`:\s*\Z")
_TABLE = re.compile(r"Then table `(\w+)` for `([\w/-]+)`:\s*\Z")

Rows = list[dict[str, str]]


@dataclass
class Example:
    """One example.

    Attributes:
        rule: Id of the rule.
        title: Its heading.
        given: Rows by dataset (``source.dataset``).
        models: Rows that follow, by model.
        tables: Cells that follow, by table and period.
    """

    rule: str
    title: str
    given: dict[str, Rows] = field(default_factory=dict)
    models: dict[str, Rows] = field(default_factory=dict)
    tables: dict[tuple[str, str], Rows] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"


def read_examples(path: Path) -> list[Example]:
    """Every example of a rule's file.

    Raises:
        UserError: ``PR-D011`` with the line that is not understood.
    """
    examples: list[Example] = []
    lines = path.read_text(encoding="utf-8").splitlines()
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        if line.startswith("## "):
            examples.append(Example(path.stem, line[3:].strip()))
        elif line.startswith(("Given ", "Then ")):
            rows, end = _rows(lines, place, path)
            if not examples:
                raise _not_understood(path, place, "it stands before the first second-level heading")
            if found := _GIVEN.match(line):
                examples[-1].given[found[1]] = rows
            elif found := _MODEL.match(line):
                examples[-1].models[found[1]] = rows
            elif found := _TABLE.match(line):
                examples[-1].tables[(found[1], found[2])] = rows
            else:
                raise _not_understood(path, place, "it is none of the three forms")
            place = end
    return examples


def _rows(lines: list[str], place: int, path: Path) -> tuple[Rows, int]:
    start = place
    while place < len(lines) and not lines[place].strip():
        place += 1
    cells: list[list[str]] = []
    while place < len(lines) and lines[place].startswith("|"):
        cells.append([each.strip() for each in lines[place].strip().removeprefix("|").removesuffix("|").split("|")])
        place += 1
    if len(cells) < 2 or any(set(each) - set("-:") or not each for each in cells[1]):
        raise _not_understood(path, start, "no table with a header follows it")
    header = cells[0]
    for number, row in enumerate(cells[2:]):
        if len(row) != len(header):
            raise _not_understood(
                path, place - len(cells) + 3 + number, f"the row has {len(row)} cells and the header {len(header)}"
            )
    return [dict(zip(header, row, strict=True)) for row in cells[2:]], place


def _not_understood(path: Path, line: int, reason: str) -> UserError:
    return UserError(
        "PR-D011",
        f"this line of a counting rule's examples is not understood: {reason}.",
        where=f"{path.name}:{line}",
        fix="Write Given `source.dataset`:, Then `model`: or Then table `name` for `period`:, and a table below it.",
    )
