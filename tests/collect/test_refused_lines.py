"""Refused rows cut out of the file by line are the ones DuckDB would read; where that is not certain, DuckDB reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.collect import check, check_stage, refused_lines, split_vault
from piperoll.collect.refused_lines import lines_at, refused_texts
from tests.collect.check_tools import Bench, register, rows, text


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each check cut its refused rows out by line."""
    told: list[bool] = []

    def noting(staged: check_stage.Stage) -> object:
        found = refused_texts(staged)
        told.append(found is not None)
        return found

    monkeypatch.setattr(split_vault, "refused_texts", noting)
    return told


def without_cutting(bench: Bench, monkeypatch: pytest.MonkeyPatch, data: str | bytes, **more: object) -> object:
    with monkeypatch.context() as patch:
        patch.setattr(split_vault, "refused_texts", lambda staged: None)
        bench.check(bench.prepare(data, **more))
        return bench.refused()


FAULTS = ({}, {"court": "ZZ"}, {"name": ""}, {"amount": "1,5", "colour": "n/k"}, {"name": 'He said "no"', "day": "x"})


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_cut_and_read_agree(bench: Bench, cut: list[bool], monkeypatch: pytest.MonkeyPatch, newline: str) -> None:
    data = text(rows(*FAULTS)).replace("\n", newline)
    result = bench.check(bench.prepare(data, newline=newline))
    found = bench.refused()
    assert cut == [True]
    assert [(r["_row"], r["court"], r["name"]) for r in found] == [
        (3, "ZZ", "Canary Smith"), (4, "CC", None), (5, "CC", "Canary Smith"), (6, "CC", 'He said "no"'),
    ]  # fmt: skip
    assert result.rows_refused == 4
    assert found == without_cutting(bench, monkeypatch, data, newline=newline)


def test_broken_lines_between_are_counted(bench: Bench, cut: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = text(rows(*FAULTS)).splitlines()
    lines.insert(2, "too,few")
    data = "\n".join(lines) + "\n"
    bench.check(data)
    found = bench.refused()
    assert cut == [True] and [r["_row"] for r in found] == [3, 4, 5, 6, 7]
    assert found == without_cutting(bench, monkeypatch, data)


def test_a_line_break_in_quotes_is_left_to_the_reader(
    bench: Bench, cut: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines after it are not the rows of that number: their hashes tell, and no other row's text is kept."""
    data = text(rows({"name": "Two\nlines"}, {"court": "ZZ"}, {}, {"name": ""}))
    bench.check(data)
    found = bench.refused()
    assert cut == [False] and [(r["court"], r["name"]) for r in found] == [("ZZ", "Canary Smith"), ("CC", None)]
    assert found == without_cutting(bench, monkeypatch, data)


def test_as_many_lines_as_rows_yet_not_the_same(bench: Bench, cut: list[bool]) -> None:
    """An identical line in the wrong place would do no harm; a different one is noticed."""
    data = text(rows({"name": "Two\nlines", "court": "ZZ"}, {"court": "YY"}, {"court": "XX"}))
    bench.check(data)
    assert cut == [False] and [r["court"] for r in bench.refused()] == ["ZZ", "YY", "XX"]


def test_too_many_are_left_to_the_reader(bench: Bench, cut: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused_lines, "MOST", 2)
    bench.check(text(rows(*FAULTS)))
    assert cut == [False] and len(bench.refused()) == 4


def test_codes_of_a_large_file_are_stored_as_they_are(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    data = text(rows({}, {"colour": ""}, {"colour": "B", "postcode": "M1 1AA"}))
    bench.check(data)
    small = bench.kept()
    monkeypatch.setattr(check_stage, "MANY_ROWS", 0)
    bench.check(data)
    assert bench.kept() == small and [row["colour"] for row in small] == ["R", None, "B"]
    assert check.STORE == "store.parquet" and register().codes["colour"].codes


LINE = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=12).map(str.encode)


@settings(max_examples=60, deadline=None)
@given(st.lists(LINE, min_size=1, max_size=30), st.data(), st.booleans(), st.integers(1, 40))
def test_lines_are_those_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], data: st.DataObject, ended: bool, block: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_bytes(b"\n".join(lines) + (b"\n" if ended or not lines[-1] else b""))
    wanted = sorted(data.draw(st.sets(st.integers(0, len(lines) - 1))))
    before, refused_lines._BLOCK = refused_lines._BLOCK, block
    try:
        assert lines_at(path, wanted) == [lines[n] for n in wanted]
        assert lines_at(path, [len(lines) + 1]) is None
    finally:
        refused_lines._BLOCK = before
