"""Verify a release from its files and its manifest alone: no register, no journal, no store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from piperoll.errors import Problem, UserError
from piperoll.ledger.report import Check, Report
from piperoll.present.lint import lint_file
from piperoll.present.lint.files import SUFFIXES
from piperoll.protect import WrittenCell, check_written
from piperoll.register.model.policy import Policy
from piperoll.release import manifest
from piperoll.release.kept import check_kept
from piperoll.release.reread import disclosed
from piperoll.release.sentences import check_sentences
from piperoll.release.workbooks import Looked, Workbooks, rows_of


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
    written = {name: rows_of(directory / table["csv"]) for name, table in tables.items()}
    own = manifest.file_hash(directory / manifest.MANIFEST)
    paths = [
        path
        for path in sorted(directory.rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.is_file() and not manifest.earlier(directory, path)
    ]
    books = [path.relative_to(directory).as_posix() for path in paths if path.suffix.lower() in (".ods", ".xlsx")]
    with Workbooks(directory, books) as workbooks:
        # What the processes that look at large workbooks leave time for.
        before = [_manifest(content, own, expected), _hashes(directory, content["files"])]
        before += _editions(directory, content)
        after = [
            _disclosure(content.get("policy"), tables, written),
            *check_sentences(directory, content["files"], written),
            *disclosed(content, tables, written, certificate),
        ]
        others = {path: lint_file(path) for path in paths if path.suffix.lower() not in (".ods", ".xlsx")}
        looked = {name: workbooks.looked(name, content, written) for name in books}
    formats = [
        problem
        for path in paths
        for problem in (others[path] if path in others else looked[path.relative_to(directory).as_posix()].formats)
    ]
    checks = [*before, Check("formats", len(paths), tuple(formats)), _agreement(content, looked), *after]
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


def _editions(directory: Path, content: Mapping[str, Any]) -> list[Check]:
    """Earlier editions of the same period lie beside it as they were released; nothing else does."""
    try:
        looked, problems = check_kept(directory, content)
    except (KeyError, TypeError, ValueError, AttributeError, UserError):
        text = "what the manifest says of earlier editions cannot be read."
        return [Check("earlier editions", 1, (Problem("PR-E016", text, manifest.MANIFEST),))]
    return [Check("earlier editions", looked, problems)] if looked or problems else []


def _agreement(content: Mapping[str, Any], looked: Mapping[str, Looked]) -> Check:
    """The workbooks that the manifest names show the figures and marks of the CSVs, row by row."""
    problems: list[Problem] = []
    compared = 0
    for name in content.get("workbooks", []):
        found = looked.get(name)
        if found is None:
            problems.append(Problem("PR-E013", "the workbook cannot be read, so its figures cannot be compared.", name))
            continue
        compared += found.compared
        problems += found.agreement
    return Check("agreement of formats", compared, tuple(problems))


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
