"""Certificates: what the checker accepts, what it refuses, and searches that go on where they stopped."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

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
from piperoll.protect.proof.certificate import canonical, pattern_digest
from piperoll.protect.proof.checkpoint import Checkpoint


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


def table() -> Table:
    return Table("t", pl.DataFrame({"part": ["T", "a", "b", "c"]}))


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
    assert certificate.open_cells == ()
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
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_false_proof_under_a_true_seal_is_refused(name: str) -> None:
    data = proven(small())[0].data
    with pytest.raises(Faulty):
        check(resealed(data, CHANGES[name]))


def test_a_seal_alone_changes_nothing() -> None:
    data = proven(small())[0].data
    assert resealed(data, lambda _: None) == data


def test_an_insider_who_can_rule_a_table_out_is_noticed() -> None:
    data = proven(small(insiders=True))[0].data
    insider = json.loads(data)["insiders"][0]
    assert insider["alone"]
    # The tables for the insider are taken away: those for everyone move the insider's own cell.
    with pytest.raises(Faulty, match="can rule out"):
        check(resealed(data, lambda c: c["insiders"][0].__setitem__("pairs", [])))
    assert insider["pairs"]


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
    assert certificate.open_cells == ()
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
    alone = [sys.executable, "-I", "-S", str(checker.__file__)]
    good = subprocess.run(
        [*alone, "good.json", certificate.sha256], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    bad = subprocess.run([*alone, "bad.json"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (good.returncode, bad.returncode) == (0, 1)
    assert "'cells': 2" in good.stdout
    assert "certificate" in bad.stderr


# --- checkpoints ------------------------------------------------------------------------------------------------------


def kept(problem: Problem, path: Path) -> tuple[Certificate, Outcome]:
    return prove(problem, secure(problem), checkpoint=path)


def test_a_stopped_search_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, path = small(), tmp_path / "tables.json"
    first, _ = kept(problem, path)
    assert json.loads(path.read_text())["tables"]

    def never(*_: object) -> None:
        raise AssertionError("searched although every table was there")

    monkeypatch.setattr(witness.Search, "_block", never)
    again, _ = kept(problem, path)
    assert again.open_cells == ()
    check(again.data)
    assert check(again.data)["cells"] == check(first.data)["cells"]


def spoilt(text: str) -> list[str]:
    read = json.loads(text)
    wrong = {**read, "tables": [[cells, [by + 1 for by in changes]] for cells, changes in read["tables"]]}
    return ["", "{", "[]", "{}", text[:-9], json.dumps({**read, "of": "0" * 64}), json.dumps(wrong)]


def test_a_damaged_or_foreign_file_is_left_aside(tmp_path: Path) -> None:
    problem, path = small(), tmp_path / "tables.json"
    kept(problem, path)
    outcome = secure(problem)
    assert Checkpoint(path, problem, outcome.pattern).tables()
    assert Checkpoint(path, problem, np.zeros(4, bool)).tables() == []
    for text in spoilt(path.read_text()):
        path.write_text(text)
        assert Checkpoint(path, problem, outcome.pattern).tables() == []
        certificate, _ = kept(problem, path)
        check(certificate.data)


def test_without_a_path_nothing_is_kept(tmp_path: Path) -> None:
    problem = small()
    nothing = Checkpoint(None, problem, np.zeros(4, bool))
    nothing.save([(np.zeros(0, np.int64), np.zeros(0, np.int64))])
    assert nothing.tables() == []
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_of_other_counts_is_another(tmp_path: Path) -> None:
    problem, path = small(), tmp_path / "tables.json"
    kept(problem, path)
    changed = replace(problem, values=problem.values + np.array([1, 1, 0, 0]))
    pattern = secure(problem).pattern
    assert Checkpoint(path, changed, pattern).tables() == []


def test_the_seal_is_the_digest_of_the_rest() -> None:
    data = proven(small())[0].data
    read = json.loads(data)
    seal = read.pop("seal")
    assert seal == hashlib.sha256(json.dumps(read, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
