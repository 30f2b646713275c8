"""Verify the workbooks of a release: the guidance's checklist, and agreement with the CSVs, figure by figure.

    python -m piperoll.release.workbooks DIRECTORY NAME

Large ones are looked at by processes of their own, one each, beside the other checks.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from piperoll.errors import Problem
from piperoll.present.lint import lint_file
from piperoll.present.lint.files import lint_book, read_spreadsheet
from piperoll.present.lint.model import ReadBook, ReadSheet, Unreadable
from piperoll.release import manifest


LARGE = 1_000_000  # bytes from which a process of its own pays


@dataclass(frozen=True)
class Looked:
    """What was found in a workbook.

    Attributes:
        formats: Against the checklist.
        compared: Figures that were compared with the CSVs.
        agreement: Where they differ.
    """

    formats: tuple[Problem, ...]
    compared: int
    agreement: tuple[Problem, ...]

    def as_json(self) -> str:
        """For another process."""
        found = [[astuple(problem) for problem in problems] for problems in (self.formats, self.agreement)]
        return json.dumps([found[0], self.compared, found[1]])

    @classmethod
    def of_json(cls, text: str) -> Looked:
        """From another process."""
        formats, compared, agreement = json.loads(text)
        return cls(tuple(Problem(*p) for p in formats), compared, tuple(Problem(*p) for p in agreement))


class Workbooks:
    """The workbooks below a directory; large ones are begun at once, the others looked at when asked for."""

    def __init__(self, directory: Path, names: list[str]) -> None:
        self._directory = directory
        self._begun = {name: self._begin(name) for name in names if (directory / name).stat().st_size >= LARGE}

    def looked(self, name: str, content: Mapping[str, Any], written: Mapping[str, list[dict[str, str]]]) -> Looked:
        """What was found in one of them."""
        process = self._begun.pop(name, None)
        if process is not None:
            told, _ = process.communicate()
            if process.returncode == 0:
                return Looked.of_json(told)
            # Whatever kept it from ending: looked at here, the same comes to light as an error.
        return look(self._directory, name, content, written)

    def __enter__(self) -> Workbooks:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._begun.values():
            process.kill()
            process.communicate()

    def _begin(self, name: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", __name__, str(self._directory.resolve()), name]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV; none if it cannot be read, which the checks of hashes and formats tell."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    return [
        {key: value or "" for key, value in row.items() if isinstance(key, str) and not isinstance(value, list)}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def look(directory: Path, name: str, content: Mapping[str, Any], written: Mapping[str, list[dict[str, str]]]) -> Looked:
    """Look at one workbook.

    Args:
        name: Its path below the directory.
        content: The manifest.
        written: Rows of the CSVs, by table.
    """
    path = directory / name
    data = path.read_bytes()
    try:
        book = read_spreadsheet(path.suffix.lower(), data)
    except Unreadable:
        unreadable = Problem("PR-E013", "the workbook cannot be read, so its figures cannot be compared.", name)
        return Looked(lint_file(path), 0, (unreadable,))
    compared, differing = _agreement(content, written, name, book)
    return Looked(lint_book(path.name, book, data), compared, differing)


def _agreement(
    content: Mapping[str, Any], written: Mapping[str, list[dict[str, str]]], name: str, book: ReadBook
) -> tuple[int, tuple[Problem, ...]]:
    """Figures compared, and problems: the workbook shows the figures and marks of the CSVs, row by row."""
    problems: list[Problem] = []
    compared = 0
    sheets = {sheet.name: sheet for sheet in book.sheets}
    for table in content["tables"]:
        sheet = sheets.get(table["sheet"])
        if sheet is None or not sheet.tables:
            problems.append(Problem("PR-E013", f"the workbook has no table {table['sheet']}.", name))
            continue
        count, differing = _differences(sheet, written[table["name"]], table)
        compared += count
        if differing:
            where = f"{name} {table['sheet']}"
            problems.append(
                Problem("PR-E014", f"{differing} figures differ from {table['csv']}.", where, str(table["name"]))
            )
    return compared, tuple(problems)


def _differences(sheet: ReadSheet, rows: list[dict[str, str]], table: Mapping[str, Any]) -> tuple[int, int]:
    """Figures compared, and those whose number or marks differ."""
    place = sheet.tables[0]
    columns: list[str] = table["columns"]
    compared = differing = 0
    if place.bottom - place.top != len(rows):
        return 0, abs(place.bottom - place.top - len(rows))
    for offset, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            if column not in table["measures"]:
                continue
            cell = sheet.cells.get((place.top + offset, place.left + index))
            number = cell.value if cell else ""
            text = cell.text if cell else ""
            marks = "".join(f"[{mark}]" for mark in row.get(f"{column}_status", "").split())
            compared += 1
            same = _number(number) == _number(row.get(column, "")) and (not marks or marks in text)
            differing += not same
    return compared, differing


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _main(directory: Path, name: str) -> None:
    content = manifest.read(directory)
    written = {table["name"]: rows_of(directory / table["csv"]) for table in content["tables"]}
    print(look(directory, name, content, written).as_json())


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2])
