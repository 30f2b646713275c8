"""A certificate is of the release it is given for: swapped, thinned and loosened ones are found though they are sealed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from piperoll.errors import Problem
from piperoll.protect import check
from piperoll.protect.proof.certificate import canonical
from piperoll.protect.proof.checker import leaf_sums
from piperoll.release import make, manifest, verify
from piperoll.release.manifest import MANIFEST, file_hash
from piperoll.release.reread import disclosed
from piperoll.release.workbooks import rows_of
from piperoll.workspace import Workspace
from tests.searches import AT, deliverer


NAME = "stop_and_search"
Content = dict[str, Any]


@dataclass(frozen=True)
class Proven:
    """A release with its proof, to be copied."""

    directory: Path
    certificate: Path


def prove(register: Path, place: Path, **delivered: Any) -> Proven:
    place.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", AT.isoformat())
        desk = Workspace(register, place / "home")
        deliverer(desk, place)(**delivered)
        make(desk, NAME, "2020Q3", place / "out", prove=True)
    said = json.loads((place / "out" / MANIFEST).read_text(encoding="utf-8"))["disclosure"]
    return Proven(place / "out", desk.home / "certificates" / f"{said['certificate']}.json")


@pytest.fixture(scope="module")
def proven(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Proven:
    return prove(register, tmp_path_factory.mktemp("proven"))


@pytest.fixture
def copy(proven: Proven, tmp_path: Path) -> Path:
    return Path(shutil.copytree(proven.directory, tmp_path / "copy"))


def forged(proven: Proven, copy: Path, change: Callable[[Content], object]) -> list[Problem]:
    """What is found of a certificate with another content, a fitting seal, and its hash put into the manifest."""
    content = json.loads(proven.certificate.read_bytes())
    del content["seal"]
    change(content)
    data = canonical(content)
    return held_against(copy, data)


def held_against(copy: Path, data: bytes) -> list[Problem]:
    path = copy.parent / "certificate.json"
    path.write_bytes(data)
    _manifest(copy, lambda m: m["disclosure"].update(certificate=hashlib.sha256(data).hexdigest()))
    content = manifest.read(copy)
    tables = {table["name"]: table for table in content["tables"]}
    written = {name: rows_of(copy / table["csv"]) for name, table in tables.items()}
    return [each for found in disclosed(content, tables, written, path) for each in found.problems]


def _manifest(copy: Path, change: Callable[[Content], object]) -> None:
    content = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    change(content)
    (copy / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


def unlisted(content: Content, cell: int) -> None:
    """Take a small cell out of what has to be proven, tables and all."""
    content["required"] = [need for need in content["required"] if need[0] != cell]
    content["pairs"] = [pair for pair in content["pairs"] if pair[0] != cell]
    for insider in content["insiders"]:
        insider["pairs"] = [pair for pair in insider["pairs"] if pair[0] != cell]


def undefined(content: Content, row: int) -> None:
    """Let a row define nothing: what followed for its total is written into the tables, which stay the same."""
    if row not in content["define"]:
        return
    spans = pairwise(content["start"])
    rows = [(content["cell"][a:b], content["coef"][a:b], 0, 0) for a, b in spans]
    shape = len(rows), len(content["values"])
    matrix = sp.csr_array((content["coef"], content["cell"], content["start"]), shape)
    derive = leaf_sums(matrix, np.array(content["define"]))
    cells, coefs, *_ = rows[row]
    total = cells[coefs.index(-1)]
    for leaves, by in content["tables"]:
        more = int((derive[[total]][:, leaves] @ np.array(by, np.int64))[0])
        if more:
            leaves.append(total)
            by.append(more)
    content["define"].remove(row)


def looser_sum(content: Content) -> None:
    undefined(content, 0)
    content["row_high"][0] = 10**6


def without_row(content: Content, row: int) -> None:
    undefined(content, row)
    content["define"] = [other - (other > row) for other in content["define"]]
    a, b = content["start"][row : row + 2]
    for name in ("cell", "coef"):
        del content[name][a:b]
    content["start"] = [*content["start"][: row + 1], *(at - (b - a) for at in content["start"][row + 2 :])]
    for name in ("row_low", "row_high"):
        del content[name][row]


def first(content: Content, state: str) -> int:
    """A cell that is shown with some spread, or suppressed."""
    return next(
        cell
        for cell, letter in enumerate(content["states"])
        if letter == state and content["low"][cell] < content["high"][cell]
    )


def another(content: Content, cell: int, state: str) -> None:
    content["states"] = content["states"][:cell] + state + content["states"][cell + 1 :]


def least(content: Content) -> None:
    for need in content["required"]:
        need[3] = 1


FORGERIES: dict[str, tuple[Callable[[Content], object], str]] = {
    "a sum left out": (lambda c: without_row(c, 0), "a sum of the release is not in it"),
    "the last sum left out": (lambda c: without_row(c, len(c["row_low"]) - 1), "a sum of the release is not in it"),
    "a looser sum": (looser_sum, "a sum of the release is not in it"),
    "a looser figure": (
        lambda c: c["high"].__setitem__(first(c, "s"), c["high"][first(c, "s")] + 1),
        "1 figures of the release say more than it takes for known",
    ),
    "a lower figure": (
        lambda c: c["low"].__setitem__(first(c, "s"), c["low"][first(c, "s")] - 1),
        "1 figures of the release say more than it takes for known",
    ),
    "a small count not known to be small": (
        lambda c: c["high"].__setitem__(first(c, "p"), 99),
        "of 1 suppressed cells less is taken for known than the rule tells",
    ),
    "a figure said to be suppressed": (
        lambda c: another(c, first(c, "s"), "c"),
        "1 cells that the release shows are suppressed in it",
    ),
    "a suppressed cell said to be shown": (
        lambda c: another(c, first(c, "p"), "s"),
        "1 suppressed cells of the release are shown in it",
    ),
    "a cell left out of the proof": (
        lambda c: unlisted(c, c["required"][0][0]),
        "for 1 small counts it shows less than the manifest says",
    ),
    "less shown of every cell": (least, "small counts it shows less than the manifest says"),
    "a cell of another name": (
        lambda c: c["names"].__setitem__(first(c, "p"), "measure=other"),
        "1 cells of the release are not in it",
    ),
    "two cells of one name": (lambda c: c["names"].__setitem__(0, c["names"][1]), "does not name each of its cells"),
    "cells without names": (lambda c: c.pop("names"), "it is damaged"),
    "an older format": (lambda c: c.update(format="piperoll certificate 1"), "another version"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_sealed_forgery_is_found(proven: Proven, copy: Path, name: str) -> None:
    change, says = FORGERIES[name]
    content = json.loads(proven.certificate.read_bytes())
    del content["seal"]
    change(content)
    assert check(canonical(content))["cells"] > 0, "by itself it proves something"
    (problem,) = forged(proven, copy, change)
    assert problem.code == "PR-E019" and problem.message.startswith("the certificate does not hold: ")
    assert says in problem.message


def test_more_knowledge_is_as_good(proven: Proven, copy: Path) -> None:
    """A row that holds for every table, and the true one untouched, is sealed and passes."""
    assert forged(proven, copy, lambda content: None) == []

    def known_besides(content: Content) -> None:
        # That a shown cell is no larger than its bound says nothing new, in the form of a row.
        cell = first(content, "s")
        content["cell"].append(cell)
        content["coef"].append(1)
        content["start"].append(len(content["cell"]))
        content["row_low"].append(0)
        content["row_high"].append(content["high"][cell])

    assert forged(proven, copy, known_besides) == []


def test_the_certificate_of_another_release_is_found(
    proven: Proven, copy: Path, register: Path, tmp_path: Path
) -> None:
    other = prove(register, tmp_path / "other", rows=2900, seed=2)
    data = other.certificate.read_bytes()
    assert verify(other.directory, certificate=other.certificate).holds
    (problem,) = held_against(copy, data)
    assert problem.code == "PR-E019" and "; the first is [" in problem.message


def test_each_of_several_editions_holds_with_its_own_certificate_alone(desk: Workspace, tmp_path: Path) -> None:
    """What an earlier release told is in the certificate beside the release's own cells."""
    deliver = deliverer(desk, tmp_path)
    deliver()
    deliver(seed=3, period="2020Q2")
    certificates = {}
    for name, period in (("a", "2020Q2"), ("b", "2020Q3")):
        make(desk, NAME, period, tmp_path / name, prove=True)
        said = manifest.read(tmp_path / name)["disclosure"]
        certificates[name] = desk.home / "certificates" / f"{said['certificate']}.json"
        assert verify(tmp_path / name, certificate=certificates[name]).problems == ()
    (problem,) = held_against(tmp_path / "a", certificates["b"].read_bytes())
    assert "cells of the release are not in it; the first is [" in problem.message


def rewritten(copy: Path, table: str, change: Callable[[list[dict[str, str]]], object]) -> None:
    """Change the rows of a table and put the new hash into the manifest."""
    path = copy / "tables" / f"{table}.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    change(rows)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    _manifest(copy, lambda m: m["files"].update({name: file_hash(copy / name) for name in m["files"]}))


def shown_instead(rows: list[dict[str, str]]) -> None:
    row = next(row for row in rows if row["searches_status"] == "c")
    row.update(searches="5", searches_status="")


def hidden_instead(rows: list[dict[str, str]]) -> None:
    row = next(row for row in rows if row["searches_status"] == "" and row["searches"] not in ("", "0"))
    row.update(searches="", searches_status="c")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (shown_instead, "1 cells that the release shows are suppressed in it"),
        (hidden_instead, "1 suppressed cells of the release are shown in it"),
    ],
)
def test_another_pattern_is_found(
    proven: Proven, copy: Path, change: Callable[[list[dict[str, str]]], object], says: str
) -> None:
    rewritten(copy, "searches", change)
    problems = verify(copy, certificate=proven.certificate).problems
    assert {"PR-E014", "PR-E019"} <= {each.code for each in problems}
    assert [says in each.message for each in problems if each.code == "PR-E019"] == [True]


def test_a_release_that_cannot_be_read_ties_to_nothing(proven: Proven, copy: Path) -> None:
    _manifest(copy, lambda m: m["disclosure"].update(relations={"ways": []}))
    problems = verify(copy, certificate=proven.certificate).problems
    assert [each.code for each in problems] == ["PR-E017", "PR-E019"]
