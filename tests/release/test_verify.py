"""Verification finds whatever was done to a release after it was made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.release import verify
from piperoll.release.manifest import MANIFEST, file_hash
from tests.searches import Released


@pytest.fixture
def copy(released: Released, tmp_path: Path) -> Path:
    target = tmp_path / "copy"
    shutil.copytree(released.directory, target)
    return target


def codes(directory: Path) -> set[str]:
    return {problem.code for problem in verify(directory).problems}


def rehash(directory: Path) -> None:
    """What a forger would do: change the manifest along with the file."""
    path = directory / MANIFEST
    content = json.loads(path.read_text(encoding="utf-8"))
    content["files"] = {name: file_hash(directory / name) for name in content["files"]}
    path.write_text(json.dumps(content), encoding="utf-8")


def test_a_release_verifies_wherever_it_lies(copy: Path) -> None:
    report = verify(copy)
    assert report.holds
    assert report.manifest_sha256 == file_hash(copy / MANIFEST)


def test_a_manifest_is_held_against_the_one_published(copy: Path) -> None:
    published = file_hash(copy / MANIFEST)
    assert verify(copy, published.upper()).holds
    (problem,) = verify(copy, "0" * 64).problems
    assert problem.code == "PR-E016" and "not the manifest expected" in problem.message


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: m.update(period="2020Q2"), "workbooks are not named"),
        (lambda m: m["inputs"].pop(), "deliveries it lists"),
        (lambda m: m.pop("vintage"), "deliveries it lists"),
    ],
)
def test_a_manifest_that_contradicts_itself(copy: Path, change: Callable[[dict[str, object]], None], says: str) -> None:
    content = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    change(content)
    (copy / MANIFEST).write_text(json.dumps(content), encoding="utf-8")
    assert [p.code for p in verify(copy).problems if says in p.message] == ["PR-E016"]


def _append(name: str) -> Callable[[Path], None]:
    def change(directory: Path) -> None:
        with (directory / name).open("ab") as file:
            file.write(b" ")

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_append("tables/searches.csv"), "PR-E012"),
        (_append("index.html"), "PR-E012"),
        (_append("charts/by_month.svg"), "PR-E012"),
        (lambda d: (d / "charts" / "by_month.svg").unlink(), "PR-E010"),
        (lambda d: (d / "more.txt").write_text("x", encoding="utf-8"), "PR-E011"),
        (lambda d: (d / "stop_and_search_2020Q3.ods").write_bytes(b"PK"), "PR-E013"),
    ],
)
def test_a_changed_file_is_found(copy: Path, change: Callable[[Path], None], code: str) -> None:
    change(copy)
    assert code in codes(copy)


def test_a_forged_figure_is_found_though_the_manifest_was_forged_too(copy: Path) -> None:
    path = copy / "tables" / "searches.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if line.rstrip().endswith(",,c"))
    lines[at] = lines[at].rstrip()[: -len(",,c") + 1] + "3,\r\n"
    path.write_text("".join(lines), encoding="utf-8", newline="")
    rehash(copy)
    found = codes(copy)
    assert "PR-P011" in found  # not a multiple of five
    assert "PR-E014" in found  # not what the workbooks show
    assert "PR-E012" not in found


def test_a_manifest_that_does_not_say_what_was_done_does_not_pass(copy: Path) -> None:
    path = copy / MANIFEST
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["disclosure"]["statement"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert codes(copy) == {"PR-E015"}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": "other/1"}', '{"format": "piperoll-manifest/1"}', "[" * 100_000]
)
def test_what_is_no_manifest_is_said_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="PR-E002"):
        verify(tmp_path)


def test_a_directory_without_a_manifest_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="PR-E001"):
        verify(tmp_path)
