"""Certificates: what the checker accepts, what it refuses, and searches that go on where they stopped."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp

from piperoll.errors import UserError
from piperoll.protect import (
    Attacker,
    Certificate,
    Dimension,
    Faulty,
    Hierarchy,
    Outcome,
    Problem,
    Requirement,
    Shown,
    Table,
    check,
    link,
    pose,
    prove,
    secure,
    singletons,
)
from piperoll.protect.proof import checker, witness
from piperoll.protect.proof.certificate import canonical, clashing, compose, pattern_digest
from piperoll.protect.proof.checkpoint import Checkpoint
from piperoll.protect.proof.walker import Walker


def small(insiders: bool = False) -> Problem:
    """Three parts, of which two are small; 38 = 25 + 7 + 6."""
    parts = ("a", "b", "c")
    linked = link([Dimension("part", (Hierarchy("all", {"T": parts}),), top="none")], [table()])
    values = np.array([38, 25, 7, 6])
    primary = values < 8
    attacker = Attacker()
    if insiders:
        values = np.array([33, 25, 7, 1])
        attacker = Attacker(Shown.EXACT, threshold=None, insiders=singletons(values, primary))
    return pose(linked.relations, values, primary, attacker, Requirement.width(4))


def table(*parts: str) -> Table:
    return Table("t", pl.DataFrame({"part": ["T", *(parts or ("a", "b", "c"))]}))


def nested() -> Problem:
    """A total of a total: T = r + c + d and r = a + b, of which a and c are small."""
    ways = {"T": ("r", "c", "d"), "r": ("a", "b")}
    linked = link(
        [Dimension("part", (Hierarchy("all", ways),), top="none")],
        [table("r", "a", "b", "c", "d")],
    )
    values = np.array([61, 26, 6, 20, 5, 30])
    attacker = Attacker(Shown.EXACT, threshold=None)
    return pose(linked.relations, values, values < 8, attacker, Requirement.width(len(values)))


def proven(problem: Problem) -> tuple[Certificate, Outcome]:
    return prove(problem, secure(problem))


def resealed(data: bytes, change: Callable[[dict], object]) -> bytes:
    """A certificate with another content and a seal that fits it."""
    read = json.loads(data)
    del read["seal"]
    change(read)
    return canonical(read)


@pytest.mark.parametrize("insiders", [False, True])
def test_a_whole_proof_is_accepted(insiders: bool) -> None:
    certificate, _ = proven(small(insiders))
    told = check(certificate.data, certificate.sha256)
    assert told["cells"] == 2
    assert told["tables"] >= 2
    assert told["insiders"] == int(insiders)


def test_any_changed_byte_is_refused() -> None:
    data = proven(small())[0].data
    for place in range(len(data)):
        for other in {data[place] ^ 1, data[place] ^ 0x20, 0x30, 0x39, 0x00, 0xFF} - {data[place]}:
            with pytest.raises(Faulty):
                check(data[:place] + bytes([other]) + data[place + 1 :])


def test_a_lost_or_an_added_byte_is_refused() -> None:
    data = proven(small())[0].data
    for place in range(len(data)):
        with pytest.raises(Faulty):
            check(data[:place] + data[place + 1 :])
        for more in (b" ", b"0", b","):
            with pytest.raises(Faulty):
                check(data[:place] + more + data[place:])


@pytest.mark.parametrize("data", [b"", b"{}\n", b"[]\n", b"1\n", b"null\n", b"\xff\n", b'{"seal":1}\n', b"{" * 9])
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(Faulty):
        check(data)


def test_another_certificate_than_the_recorded_one_is_refused() -> None:
    one, other = proven(small())[0], proven(small(insiders=True))[0]
    with pytest.raises(Faulty, match="recorded"):
        check(one.data, other.sha256)


def moving(content: dict) -> list[list[int]]:
    """The first table that differs from the true one: cells and differences."""
    return next(table for table in content["tables"] if table[0])


CHANGES: dict[str, Callable[[dict], object]] = {
    "a table that breaks a total": lambda c: moving(c)[1].__setitem__(0, 99),
    "a true table that breaks a total": lambda c: c["values"].__setitem__(0, c["values"][0] + 1),
    "a bound below the true count": lambda c: c["high"].__setitem__(3, c["values"][3] - 1),
    "a bound that a table breaks": lambda c: [c["low"].__setitem__(k, c["values"][k]) for k in (2, 3)],
    "tables too near": lambda c: c.__setitem__("pairs", [[cell, 0, 0] for cell, *_ in c["pairs"]]),
    "a higher requirement": lambda c: c["required"][0].__setitem__(3, 8),
    "a requirement of nothing": lambda c: c["required"][0].__setitem__(slice(1, 4), [0, 0, 0]),
    "a requirement turned round": lambda c: c["required"][0].__setitem__(1, -1),
    "a cell without tables": lambda c: c["pairs"].pop(),
    "a cell left out of the requirement": lambda c: c["required"].pop(),
    "a table counted from the end": lambda c: c["pairs"][0].__setitem__(1, -1),
    "a table that is not there": lambda c: c["pairs"][0].__setitem__(1, 99),
    "a cell that is not there": lambda c: c["cell"].__setitem__(0, 99),
    "a fraction": lambda c: moving(c)[1].__setitem__(0, moving(c)[1][0] + 0.5),
    "a truth value": lambda c: moving(c)[0].__setitem__(0, True),
    "a row too few": lambda c: c["row_low"].pop(),
    "values too few": lambda c: c["values"].pop(),
    "a narrower row": lambda c: c["row_low"].__setitem__(0, 1),
    "no list of insiders": lambda c: c.pop("insiders"),
    "a total given beside its parts": lambda c: [moving(c)[k].append(0) for k in (0, 1)],
    "no list of definitions": lambda c: c.pop("define"),
    "a definition that is not there": lambda c: c["define"].append(9),
    "a total defined twice": lambda c: c["define"].append(c["define"][0]),
    "a definition that leaves room": lambda c: c["row_high"].__setitem__(c["define"][0], 1),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_false_proof_under_a_true_seal_is_refused(name: str) -> None:
    data = proven(small())[0].data
    with pytest.raises(Faulty):
        check(resealed(data, CHANGES[name]))


def test_a_seal_alone_changes_nothing() -> None:
    data = proven(small())[0].data
    assert resealed(data, lambda _: None) == data


def test_totals_follow_from_their_leaves() -> None:
    """What the tables say of the totals, by adding up in another way."""
    problem = nested()
    certificate, _ = proven(problem)
    assert check(certificate.data)["cells"] == 2
    read = json.loads(certificate.data)
    system = problem.relations
    defined = [int(system.cell[system.entries(row)][system.coef[system.entries(row)] == -1][0]) for row in range(2)]
    assert len(read["define"]) == 2
    rows = sp.csr_array((read["coef"], read["cell"], read["start"]), (2, 6))
    derive = checker.leaf_sums(rows, np.array(read["define"]))
    for leaves, by in read["tables"]:
        assert not set(leaves) & set(defined)
        change = derive[:, leaves] @ np.array(by, np.int64)
        assert change[leaves].tolist() == by
        assert system.sums(change).tolist() == [0, 0]


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["define"].reverse(),
        lambda c: c["define"].pop(0),
        lambda c: [c["tables"].append([[0], [0]]), c["pairs"][0].__setitem__(1, len(c["tables"]) - 1)],
    ],
    ids=["a total before its parts", "a total that moves alone", "a total said not to move"],
)
def test_definitions_that_do_not_hold_are_refused(change: Callable[[dict], object]) -> None:
    """Totals of totals: the order counts, and a total that is left out of the definitions moves only if said."""
    data = resealed(proven(nested())[0].data, through_totals)
    assert check(data)["tables"] == 2
    with pytest.raises(Faulty):
        check(resealed(data, change))


def through_totals(content: dict) -> None:
    """Tables in which a moves against c, and with it the total of a."""
    cell = {name.rpartition("=")[2]: at for at, name in enumerate(content["names"])}
    content["low"][cell["r"]], content["high"][cell["r"]] = 0, 99
    content["tables"] = [[[cell["a"], cell["c"]], [4, -4]], [[], []]]
    content["pairs"] = [[cell["a"], 1, 0], [cell["c"], 0, 1]]


def ruled_out(content: dict) -> None:
    """The table for everyone moves the insider's own cell, the one for the insider does not."""
    _, a, b, own = range(4)
    content["tables"] = [[[b, own], [-4, 4]], [[], []], [[a, b], [4, -4]]]
    content["pairs"] = [[b, 0, 1], [own, 1, 0]]
    content["insiders"][0]["pairs"] = [[b, 2, 1]]


def test_an_insider_who_can_rule_a_table_out_is_noticed() -> None:
    data = resealed(proven(small(insiders=True))[0].data, ruled_out)
    (insider,) = json.loads(data)["insiders"]
    assert (insider["alone"], insider["known"]) == ([3], [[3, 1, 1]])
    assert check(data)["insiders"] == 1
    # Without the insider's own tables only those for everyone are left.
    with pytest.raises(Faulty, match="cell 2 has a table that the only case in cell 3 can rule out"):
        check(resealed(data, lambda c: c["insiders"][0].__setitem__("pairs", [])))
    # Nor may the insider be given a table for everyone as its own.
    with pytest.raises(Faulty, match="can rule out"):
        check(resealed(data, lambda c: c["insiders"][0].__setitem__("pairs", [[2, 0, 1]])))


def test_an_insider_gets_own_tables_where_those_for_everyone_can_be_ruled_out() -> None:
    problem = small(insiders=True)
    pattern = secure(problem).pattern
    search = witness.Search(problem, pattern)
    leaf = search.forms.column
    search.pool.add(np.array([leaf[2], leaf[3]]), np.array([-4, 4]))
    (clash,) = clashing(problem, [{3: (1, 1)}], search.pool)
    assert clash.tolist() == [1]
    own = witness.Search(problem, pattern, own={3: (1, 1)})
    assert own.run(np.array([2])).tolist() == []
    insiders = {"i": ({3: (1, 1)}, (3,), own.pool)}
    data = compose(problem, pattern, search.pool, insiders, None)
    assert check(data) == {"cells": 2, "tables": len(json.loads(data)["tables"]), "insiders": 1}
    (insider,) = json.loads(data)["insiders"]
    ((cell, low, high),) = insider["pairs"]
    assert cell == 2
    for number in (low, high):
        assert 3 not in json.loads(data)["tables"][number][0]


def test_it_names_its_relations_and_pattern() -> None:
    problem = small()
    certificate, outcome = proven(problem)
    read = json.loads(certificate.data)
    assert read["relations"] == problem.relations.digest
    assert read["pattern"] == pattern_digest(problem, outcome.pattern)
    assert read["pattern"] != pattern_digest(problem, ~outcome.pattern & problem.free())
    parts = ("a", "b")
    other = link([Dimension("part", (Hierarchy("all", {"T": parts}),), top="none")], [table()])
    assert other.relations.digest != problem.relations.digest
    renamed = link(
        [Dimension("place", (Hierarchy("all", {"T": ("a", "b", "c")}),), top="none")],
        [Table("t", table().cells.rename({"part": "place"}))],
    )
    assert renamed.relations.digest != problem.relations.digest


def test_the_same_problem_gives_the_same_bytes() -> None:
    assert proven(small())[0].data == proven(small())[0].data


def test_an_unsafe_pattern_gets_no_certificate_that_holds() -> None:
    problem = small()
    outcome = secure(problem)
    assert outcome.pattern.any()
    bare = replace(outcome, pattern=np.zeros(4, bool), cost=0.0)
    with pytest.raises(UserError, match="PR-P048"):
        prove(problem, bare, repairs=0)


def test_a_pattern_that_cannot_be_proven_is_widened() -> None:
    problem = small()
    bare = replace(secure(problem), pattern=np.zeros(4, bool), cost=0.0)
    certificate, widened = prove(problem, bare)
    assert widened.pattern.any()
    assert widened.cost == problem.values[widened.pattern].sum()
    check(certificate.data)


def test_widening_is_paid_in_the_costs_that_were_given() -> None:
    problem = small()
    bare = replace(secure(problem), pattern=np.zeros(4, bool), cost=0.0, again=None)
    _, widened = prove(problem, bare, cost=np.full(4, 3.0))
    assert widened.cost == 3.0 * widened.pattern.sum()


def test_the_checker_stands_alone(tmp_path: Path) -> None:
    certificate, _ = proven(small())
    (tmp_path / "good.json").write_bytes(certificate.data)
    (tmp_path / "bad.json").write_bytes(certificate.data.replace(b"38", b"39", 1))
    alone = [sys.executable, "-I", str(shutil.copy(str(checker.__file__), tmp_path))]
    good = subprocess.run(
        [*alone, "good.json", certificate.sha256], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    bad = subprocess.run([*alone, "bad.json"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (good.returncode, bad.returncode) == (0, 1)
    assert "'cells': 2" in good.stdout
    assert "certificate" in bad.stderr


def test_the_checker_needs_nothing_of_this_project() -> None:
    tree = ast.parse(Path(str(checker.__file__)).read_text(encoding="utf-8"))
    named = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} - sys.stdlib_module_names == {"numpy", "scipy"}


# --- checkpoints ------------------------------------------------------------------------------------------------------


def kept(problem: Problem, path: Path) -> tuple[Certificate, Outcome]:
    return prove(problem, secure(problem), checkpoint=path)


def test_a_stopped_search_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, path = small(), tmp_path / "tables.npz"
    first, _ = kept(problem, path)
    assert [found.name for found in tmp_path.iterdir()] == ["tables.npz"]
    assert Checkpoint(path, problem, secure(problem).pattern).tables()

    def never(*_: object) -> None:
        raise AssertionError("searched although every table was there")

    monkeypatch.setattr(Walker, "_turn", never)
    monkeypatch.setattr(witness.Search, "_block", never)
    again, _ = kept(problem, path)
    assert check(again.data)["cells"] == check(first.data)["cells"]


def test_a_checkpoint_holds_the_tables_as_they_were_found(tmp_path: Path) -> None:
    problem, path = small(), tmp_path / "tables.npz"
    pattern = secure(problem).pattern
    search = witness.Search(problem, pattern)
    search.run(problem.targets)
    found = search.pool.tables()
    Checkpoint(path, problem, pattern).save(search.pool)
    read = Checkpoint(path, problem, pattern).tables()
    assert len(read) == len(found) > 0
    for (leaves, by), (same, also) in zip(read, found, strict=True):
        assert leaves.tolist() == same.tolist()
        assert by.tolist() == also.tolist()
    again = witness.Search(problem, pattern, read)
    assert again.open(problem.targets).tolist() == []


def written(path: Path, **changes: np.ndarray) -> bytes:
    """The file with other arrays; the seal stays."""
    with np.load(path) as read:
        arrays = {name: read[name] for name in ("of", "seal", "begin", "leaf", "by")}
    out = io.BytesIO()
    np.savez(out, **(arrays | changes))
    return out.getvalue()


def flipped(path: Path) -> bytes:
    """The file with a bit of each change turned; the archive's own checksum does not fit any more."""
    with np.load(path) as read:
        by = read["by"].tobytes()
    assert path.read_bytes().count(by) == 1
    return path.read_bytes().replace(by, bytes(byte ^ 1 for byte in by))


def packed(path: Path) -> bytes:
    """The file with a method of compression that does not exist (offset 10 of an entry of the zip directory)."""
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 10] = 99
    return bytes(data)


SPOILT: dict[str, Callable[[Path], bytes]] = {
    "nothing": lambda path: b"",
    "no archive": lambda path: b"[]",
    "an empty archive": lambda path: b"PK\x05\x06" + bytes(18),
    "the beginning alone": lambda path: path.read_bytes()[:9],
    "the end is lost": lambda path: path.read_bytes()[:-9],
    "unlike its checksum": flipped,
    "of another problem": lambda path: written(path, of=np.array("0" * 64)),
    "unlike its seal": lambda path: written(path, by=np.ones(99, np.int32)),
    "packed in no known way": packed,
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_damaged_or_foreign_file_is_left_aside(tmp_path: Path, name: str) -> None:
    problem, path = small(), tmp_path / "tables.npz"
    kept(problem, path)
    outcome = secure(problem)
    assert Checkpoint(path, problem, outcome.pattern).tables()
    assert Checkpoint(path, problem, np.zeros(4, bool)).tables() == []
    path.write_bytes(SPOILT[name](path))
    assert Checkpoint(path, problem, outcome.pattern).tables() == []
    certificate, _ = kept(problem, path)
    check(certificate.data)


def test_without_a_path_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    problem = small()
    pattern = secure(problem).pattern
    search = witness.Search(problem, pattern)
    search.run(problem.targets)
    nothing = Checkpoint(None, problem, pattern)
    nothing.save(search.pool)
    assert nothing.tables() == []
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_of_other_counts_is_another(tmp_path: Path) -> None:
    problem, path = small(), tmp_path / "tables.npz"
    kept(problem, path)
    changed = replace(problem, values=problem.values + np.array([1, 1, 0, 0]))
    pattern = secure(problem).pattern
    assert Checkpoint(path, changed, pattern).tables() == []


def test_the_seal_is_the_digest_of_the_rest() -> None:
    data = proven(small())[0].data
    read = json.loads(data)
    seal = read.pop("seal")
    assert seal == hashlib.sha256(json.dumps(read, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
