"""Verify a release from its files and its manifest alone: no register, no journal, no store."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from piperoll.errors import Problem
from piperoll.present.lint import lint_file
from piperoll.present.lint.files import SUFFIXES, lint_book, read_spreadsheet
from piperoll.present.lint.model import ReadBook, ReadSheet, Unreadable
from piperoll.protect import WrittenCell, check_written
from piperoll.register.model.policy import Policy
from piperoll.release import manifest
from piperoll.release.report import Check, Report
from piperoll.release.reread import disclosed


def verify(directory: Path, expected: str = "", certificate: Path | None = None) -> Report:
    """Check a release directory: hashes, the written formats, agreement between them, and the disclosure rules.

    Args:
        directory: The release.
        expected: SHA-256 of its manifest as it was published elsewhere. Whoever can write the directory can write a
            manifest too, so without it a verification says only that the files agree with each other.

        certificate: The proof of the release's protection, as the home keeps it.

    Raises:
        UserError: ``PR-E001`` or ``PR-E002`` if there is no readable manifest.
    """
    content = manifest.read(directory)
    tables = {table["name"]: table for table in content["tables"]}
    written = {name: _rows(directory / table["csv"]) for name, table in tables.items()}
    books: dict[str, ReadBook] = {}
    own = manifest.file_hash(directory / manifest.MANIFEST)
    checks = [
        _manifest(content, own, expected),
        _hashes(directory, content["files"]),
        _formats(directory, books),
        _agreement(content, tables, written, books),
        _disclosure(content.get("policy"), tables, written),
        *disclosed(content, tables, written, certificate),
    ]
    return Report(
        f"{content['publication']}/{content['period']}/{content['edition']}",
        own,
        tuple(checks),
    )


def _manifest(content: Mapping[str, Any], own: str, expected: str) -> Check:
    """The manifest is the one expected, and agrees with itself."""
    found = []
    if expected and expected.strip().casefold() != own:
        found.append("it is not the manifest expected: its SHA-256 is another.")
    stem = f"{content['publication']}_{content['period'].replace('/', '-')}"
    if any(Path(name).stem != stem for name in content.get("workbooks", [])):
        found.append("the workbooks are not named for its publication and period.")
    vintage = content.get("vintage")
    if not isinstance(vintage, dict) or vintage.get("inputs") != manifest.hash_of(content.get("inputs")):
        found.append("the deliveries it lists are not those that its hash of them was made from.")
    return Check("manifest", 1, tuple(Problem("PR-E016", each, manifest.MANIFEST) for each in found))


def _hashes(directory: Path, expected: Mapping[str, str]) -> Check:
    found = manifest.files_of(directory)
    problems = []
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            problems.append(Problem("PR-E010", "a file of the release is missing.", name))
        elif name not in expected:
            problems.append(Problem("PR-E011", "a file lies here that the manifest does not list.", name))
        elif found[name] != expected[name]:
            problems.append(Problem("PR-E012", "the file is not the one that was released: its hash differs.", name))
    return Check("hashes", len(expected), tuple(problems))


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return []  # told by the checks of hashes and formats
    return [
        {key: value or "" for key, value in row.items() if isinstance(key, str) and not isinstance(value, list)}
        for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def _formats(directory: Path, books: dict[str, ReadBook]) -> Check:
    """The guidance's checklist on every file; spreadsheets that were read are put into ``books`` by name."""
    problems: list[Problem] = []
    paths = [path for path in sorted(directory.rglob("*")) if path.suffix.lower() in SUFFIXES and path.is_file()]
    for path in paths:
        suffix = path.suffix.lower()
        if suffix not in (".ods", ".xlsx"):
            problems += lint_file(path)
            continue
        data = path.read_bytes()
        try:
            book = read_spreadsheet(suffix, data)
        except Unreadable:
            problems += lint_file(path)
            continue
        books[path.relative_to(directory).as_posix()] = book
        problems += lint_book(path.name, book, data)
    return Check("formats", len(paths), tuple(problems))


def _agreement(
    content: Mapping[str, Any],
    tables: Mapping[str, Mapping[str, Any]],
    written: Mapping[str, list[dict[str, str]]],
    books: Mapping[str, ReadBook],
) -> Check:
    """The ODS and the XLSX show the figures and marks of the CSVs, row by row."""
    problems: list[Problem] = []
    compared = 0
    for name in content.get("workbooks", []):
        book = books.get(name)
        if book is None:
            problems.append(Problem("PR-E013", "the workbook cannot be read, so its figures cannot be compared.", name))
            continue
        sheets = {sheet.name: sheet for sheet in book.sheets}
        for table_name, table in tables.items():
            sheet = sheets.get(table["sheet"])
            if sheet is None or not sheet.tables:
                problems.append(Problem("PR-E013", f"the workbook has no table {table['sheet']}.", name))
                continue
            count, differing = _differences(sheet, written[table_name], table)
            compared += count
            if differing:
                where = f"{name} {table['sheet']}"
                problems.append(
                    Problem("PR-E014", f"{differing} figures differ from {table['csv']}.", where, str(table_name))
                )
    return Check("agreement of formats", compared, tuple(problems))


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


def _disclosure(
    policy: Mapping[str, Any] | None,
    tables: Mapping[str, Mapping[str, Any]],
    written: Mapping[str, list[dict[str, str]]],
) -> Check:
    cells = [cell for name, table in tables.items() for cell in written_cells(table, written[name])]
    if policy is None:
        return Check("disclosure rules", len(cells))
    return Check("disclosure rules", len(cells), check_written(cells, policy_of(policy)))


def written_cells(table: Mapping[str, Any], rows: Iterable[Mapping[str, str]]) -> Iterator[WrittenCell]:
    """The cells of a written table, with what the manifest says of its shape."""
    for number, row in enumerate(rows, start=2):
        national = all(row.get(column, "") in values for column, values in table["national"].items())
        for measure, kind in table["measures"].items():
            marks = "".join(f"[{mark}]" for mark in row.get(f"{measure}_status", "").split())
            yield WrittenCell(f"{table['csv']} row {number}", measure, kind, national, row.get(measure, ""), marks)


def policy_of(content: Mapping[str, Any]) -> Policy:
    """The policy as the manifest holds it."""
    known = Policy.__dataclass_fields__
    values: dict[str, Any] = {
        name: tuple(v) if isinstance(v, list) else v for name, v in content.items() if name in known
    }
    return Policy(**values)
