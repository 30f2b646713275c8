"""The parts that checking is made of: look-ups, check letters, numbering, and the same bytes again."""

from __future__ import annotations

import hashlib
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.collect.check_letters import wrong_sql
from piperoll.collect.check_scan import Numbering
from piperoll.collect.hashtable import HashTable
from piperoll.store import connect
from tests.collect.check_tools import DATASET, Bench, rows, text


LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
LONG_YEAR = {
    "algorithm": "mod", "pattern": r"\d\d(\d\d)/(\d{7})([A-Z])", "digits": [1, 2], "letter": 3, "modulus": 23,
    "letters": LETTERS,
}  # fmt: skip
MIXED = {
    "algorithm": "mod", "pattern": r"(\d\d)([0-9A-Z]{2})[0-9A-Z]{2}([0-9A-Z]{2})(\d{11})([A-Z])", "digits": [2, 3, 1, 4],
    "letter": 5, "modulus": 23, "letters": LETTERS, "letters_are_empty": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "value", "wrong"),
    [
        (LONG_YEAR, "1979/0163001B", False),
        (LONG_YEAR, "2003/0012345N", False),
        (LONG_YEAR, "2012/9876543E", False),
        (LONG_YEAR, "2012/9876543F", True),
        (LONG_YEAR, "2012/987654E", True),
        (LONG_YEAR, None, False),
        (MIXED, "1101ZD0100000410780J", False),
        (MIXED, "1101ZD0100000410781J", True),
    ],
)
def test_check_letter(declared: dict[str, object], value: str | None, wrong: bool) -> None:
    con = connect()
    found = con.execute(f"SELECT {wrong_sql(declared, 'v')} FROM (SELECT $1::VARCHAR AS v)", [value]).fetchall()
    con.close()
    assert found == [(wrong,)]


def test_unknown_algorithm() -> None:
    with pytest.raises(ValueError, match="algorithm"):
        wrong_sql({"algorithm": "other"}, "v")


KEYS = st.text(string.ascii_uppercase + string.digits + " '", min_size=3, max_size=3)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(KEYS, st.text(string.ascii_letters, max_size=6), min_size=1, max_size=60), st.lists(KEYS))
def test_hash_table_is_a_dictionary(pairs: dict[str, str], asked: list[str]) -> None:
    con = connect(threads=1)
    table = HashTable.build(con, pairs)
    assert table is not None
    every = [*pairs, *asked, "", "ABCD", "Z"]
    con.execute("CREATE TABLE t AS SELECT unnest($1::VARCHAR[]) AS k", [every])
    found = [row[0] for row in con.execute(f"SELECT {table.sql('k')} FROM t").fetchall()]
    assert found == [pairs.get(each) for each in every]
    con.close()


@pytest.mark.parametrize("pairs", [{"é": "x"}, {"a": "é"}, {"a": "x "}])
def test_hash_table_declines_what_it_cannot_hold(pairs: dict[str, str]) -> None:
    con = connect()
    assert HashTable.build(con, pairs) is None
    con.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30), max_size=12), st.integers(1, 5))
def test_numbering_in_sql_and_in_python_is_the_count_of_records(places: list[int], first: int) -> None:
    broken = sorted(set(places))
    after = tuple(place - k for k, place in enumerate(broken))
    numbering = Numbering(first, after)
    good = [number for number in range(40) if number not in broken]
    assert [numbering.number(i) for i in range(len(good))] == [first + each for each in good]
    con = connect(threads=1)
    sql = f"SELECT {numbering.sql('i')} FROM range({len(good)}) AS r(i) ORDER BY i"
    assert [row[0] for row in con.execute(sql).fetchall()] == [first + each for each in good]
    con.close()


def test_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    data = text(rows(*({"count": "x"} if i % 97 == 0 else {"amount": str(i % 50)} for i in range(150_000))))
    hashes = set()
    bench = Bench(tmp_path)
    for threads in (1, 2, 2):
        bench.check(data, context=bench.context(DATASET, threads=threads))
        hashes.add(hashlib.sha256((bench.out / "store.parquet").read_bytes()).hexdigest())
    assert len(hashes) == 1
    assert [each["_row"] for each in bench.kept()] == [i + 2 for i in range(150_000) if i % 97]


def test_little_memory_is_enough(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    data = text(rows(*({"name": f"Person {i}"} for i in range(120_000))))
    result = bench.check(data, context=bench.context(DATASET, memory_mb=160))
    assert result.rows_kept == 120_000
