"""The parts that checking is made of: look-ups, check letters, numbering, and the same bytes again."""

from __future__ import annotations

import hashlib
import re
import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.collect import check, check_codes
from piperoll.collect.check_letters import wrong_sql
from piperoll.collect.check_scan import Numbering
from piperoll.collect.check_stage import Stage
from piperoll.collect.hashtable import HashTable
from piperoll.collect.rowcheck import BITS, RowCheck
from piperoll.collect.split_vault import _rules, _rules_sql
from piperoll.register.identifiers import check_character
from piperoll.register.model.codes import IdentifierCheck
from piperoll.store import connect
from tests.collect.check_tools import CODES, DATASET, Bench, register, rows, text


LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
LONG_YEAR = IdentifierCheck(
    "year", pattern=r"(?P<year>\d\d|\d{4})/(?P<serial>\d{1,7})(?P<check>[A-Z])", letters=LETTERS, numbers=("year", "serial"),
    take={"year": 2}, pad={"serial": 7},
)  # fmt: skip
MIXED = IdentifierCheck(
    "mixed", pattern=r"(?P<a>\d\d)(?P<b>[0-9A-Z]{2})[0-9A-Z]{2}(?P<c>[0-9A-Z]{2})(?P<d>\d{11})(?P<check>[A-Z])",
    letters=LETTERS, numbers=("b", "c", "a", "d"),
)  # fmt: skip
EITHER = IdentifierCheck(
    "either", pattern=r"(?:(?P<a>[0-9]{1,3})-|Z(?P<b>[0-9]{1,6}):)(?P<check>[0-9X])", letters="0123456789X",
    numbers=("a", "b"), pad={"a": 3},
)  # fmt: skip
FORM = IdentifierCheck("form", pattern=r"[A-Z]{2}[0-9]{4}")


@pytest.mark.parametrize(
    ("declared", "value", "wrong"),
    [
        (LONG_YEAR, "1979/0163001B", False),
        (LONG_YEAR, "2003/0012345N", False),
        (LONG_YEAR, "2012/9876543E", False),
        (LONG_YEAR, "2012/9876543F", True),
        (LONG_YEAR, "2012/987654E", True),
        (LONG_YEAR, "79/163001B", False),
        (LONG_YEAR, "1979/163001B", False),
        (LONG_YEAR, "1979/0163001B ", True),
        (LONG_YEAR, "", True),
        (LONG_YEAR, None, False),
        (MIXED, "1101ZD0100000410780J", False),
        (MIXED, "1101ZD0100000410781J", True),
        (FORM, "AB1234", False),
        (FORM, "AB123", True),
        (FORM, None, False),
    ],
)
def test_check_letter(declared: IdentifierCheck, value: str | None, wrong: bool) -> None:
    con = connect()
    found = con.execute(f"SELECT {wrong_sql(declared, 'v')} FROM (SELECT $1::VARCHAR AS v)", [value]).fetchall()
    con.close()
    assert found == [(wrong,)]


@pytest.mark.parametrize("declared", [LONG_YEAR, MIXED, EITHER, FORM], ids=lambda each: each.key)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_check_letters_agree_with_the_register(declared: IdentifierCheck, data: st.DataObject) -> None:
    shaped = st.from_regex(re.compile(declared.pattern, re.ASCII), fullmatch=True)
    values = data.draw(st.lists(st.one_of(shaped, st.text("0123456789AZ/-:", max_size=9)), min_size=1, max_size=20))
    values += [each[:-1] + letter for each in values[:1] for letter in declared.letters]
    con = connect()
    sql = f"SELECT {wrong_sql(declared, 'v')} FROM (SELECT unnest($1::VARCHAR[]) AS v)"
    found = [wrong for (wrong,) in con.execute(sql, [values]).fetchall()]
    con.close()
    assert found == [not check_character(declared, each) for each in values]


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


@given(st.lists(st.sampled_from("EWBR"), min_size=1, max_size=90), st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_told_of_masks_in_python_is_what_sql_tells(severities: str, data: st.DataObject) -> None:
    """How many rows are refused, how many fail each check, and by which rules: over one and two words of masks."""
    checks = [RowCheck(f"R-{n % 7}", severity, "f", "rule", "", "m") for n, severity in enumerate(severities)]
    words = -(-len(checks) // BITS)
    bits = st.sets(st.integers(0, len(checks) - 1), max_size=4)
    rows = data.draw(st.lists(bits, max_size=12))
    marks = [tuple(sum(1 << n % BITS for n in row if n // BITS == word) for word in range(words)) for row in rows]
    with connect(threads=1) as con:
        columns = ", ".join(f"_m{word} BIGINT" for word in range(words))
        con.execute(f"CREATE TABLE staged (_place BIGINT, _row BIGINT, _k VARCHAR[], {columns})")
        for place, row in enumerate(marks):
            con.execute(f"INSERT INTO staged VALUES ({place}, {place + 2}, NULL, {', '.join(map(str, row))})")
        staged = Stage(con, DATASET, None, Numbering(2), (), checks, [], len(rows), words)
        staged.gather()
        refused = con.execute(f"SELECT count(*) FROM staged WHERE NOT ({staged.good})").fetchall()
        assert [(staged.refused,)] == refused
        assert staged.failed() == {n: count for n in range(len(checks)) if (count := sum(n in row for row in rows))}
        told = con.execute(f"SELECT {_rules_sql(staged)} FROM staged ORDER BY _place").fetchall()
        assert [(_rules(staged, row),) for row in marks] == told


def test_nulls_are_the_same_however_they_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = [{"colour": "" if n % 3 else "R", "count": "x" if n % 5 == 0 else "", "born": ""} for n in range(40)]
    few = Bench(tmp_path / "few")
    many = Bench(tmp_path / "many")
    for bench in (few, many):
        bench.root.mkdir()
    expected = few.check(text(rows(*changes)))
    monkeypatch.setattr(check, "MANY_ROWS", 10)
    assert many.check(text(rows(*changes))).nulls == expected.nulls
    assert expected.rows_refused == 8 and expected.nulls["colour"] == 21 / 32 and expected.nulls["born"] == 1.0


def test_lists_made_ready_are_those_of_the_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_codes, "_readied", [])
    asked = "SELECT type_name FROM duckdb_types() WHERE type_name LIKE 'codes:%'"
    with connect(threads=1) as ready, connect(threads=1) as other:
        check_codes.make_lists_ready(ready, register())
        found = {name for (name,) in ready.execute(asked).fetchall()}
        assert found and check_codes.Lists(ready).types == found and check_codes.Lists(other).types == set()
        # Where nothing was made ready the catalog is asked: making a list again would be an error.
        check_codes.Lists(other, packed=False).member(CODES["colour"], "NULL")
        assert "R" in str(
            other.execute(f"SELECT 'R'::{check_codes.Lists(other).type_name(CODES['colour'])}").fetchall()
        )
        # A list made for one connection is not believed to be there in the next.
        assert check_codes.Lists(ready).types == found
