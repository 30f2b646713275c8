"""Running models: results, the cache, the lock, and failures that keep values to themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.derive import fingerprint, run
from piperoll.errors import UserError
from piperoll.store.duck import Connection, connect, lock
from piperoll.store.parts import Correction, Part


MODELS = {
    "lent": "SELECT l.loan_no, l.lent, c.label, c.shelves FROM desk__loan AS l "
    "LEFT JOIN codes__branch AS c ON c.code = l.branch -- a comment at the end",
    "back": "SELECT lent.loan_no, g.on_day FROM lent JOIN desk__given_back AS g ON g.loan_no = lent.loan_no;",
}


def store() -> Connection:
    con = connect()
    con.execute(
        "CREATE TABLE desk__loan AS SELECT * FROM (VALUES ('a', DATE '2012-01-01', 'N', '2.50'), "
        "('b', DATE '2012-02-01', 'X', 'secret-canary')) t(loan_no, lent, branch, fee)"
    )
    con.execute("CREATE TABLE desk__given_back AS SELECT 'a' AS loan_no, DATE '2012-01-09' AS on_day")
    return con


def rows(con: Connection, name: str) -> list[tuple[object, ...]]:
    return con.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall()


def test_models_read_datasets_code_lists_and_one_another(make) -> None:
    register, publication = make(MODELS)
    con = store()
    results = run(con, register, publication)
    assert [(each.name, each.rows, each.reused) for each in results] == [("lent", 2, False), ("back", 1, False)]
    assert rows(con, "lent") == [("a", dt.date(2012, 1, 1), "North", "12"), ("b", dt.date(2012, 2, 1), None, None)]
    assert rows(con, "back") == [("a", dt.date(2012, 1, 9))]


def test_only_what_is_asked_for_runs(make) -> None:
    register, publication = make(MODELS)
    con, told = store(), []
    run(con, register, publication, models=["lent"], progress=told.append)
    assert told == ["lent"]
    assert not con.execute("SELECT 1 FROM duckdb_views() WHERE view_name = 'back'").fetchall()


PRINTS = {"desk.loan": "1", "desk.given_back": "1"}


def test_an_earlier_result_is_taken_while_nothing_has_changed(make, tmp_path: Path) -> None:
    register, publication = make(MODELS)
    cache = tmp_path / "derived"
    first = run(store(), register, publication, cache=cache, fingerprints=PRINTS)
    again = store()
    second = run(again, register, publication, cache=cache, fingerprints=PRINTS)
    assert [each.reused for each in first] == [False, False]
    assert [each.reused for each in second] == [True, True]
    assert [each.key for each in first] == [each.key for each in second]
    assert rows(again, "back") == [("a", dt.date(2012, 1, 9))]
    assert not [path for path in cache.rglob("*") if path.name.endswith(".draft")]


@pytest.mark.parametrize(
    ("prints", "reused"),
    [
        ({"desk.loan": "2", "desk.given_back": "1"}, [False, False]),
        ({"desk.loan": "1", "desk.given_back": "2"}, [True, False]),
        ({"desk.loan": "1", "desk.given_back": "1", "desk.other": "7"}, [True, True]),
    ],
)
def test_a_change_remakes_what_rests_on_it(make, tmp_path: Path, prints, reused) -> None:
    register, publication = make(MODELS)
    run(store(), register, publication, cache=tmp_path / "derived", fingerprints=PRINTS)
    results = run(store(), register, publication, cache=tmp_path / "derived", fingerprints=prints)
    assert [each.reused for each in results] == reused


def test_a_changed_text_or_code_list_is_remade(make, tmp_path: Path) -> None:
    register, publication = make(MODELS)
    run(store(), register, publication, cache=tmp_path / "d", fingerprints=PRINTS)
    changed = make({**MODELS, "back": MODELS["back"].replace("g.on_day", "g.on_day AS day")})
    assert [r.reused for r in run(store(), *changed, cache=tmp_path / "d", fingerprints=PRINTS)] == [True, False]
    register.codes["branch"] = replace(register.codes["branch"], codes=register.codes["branch"].codes[:1])
    results = run(store(), register, publication, cache=tmp_path / "e", fingerprints=PRINTS)
    again = run(store(), *make(MODELS), cache=tmp_path / "e", fingerprints=PRINTS)
    assert [each.reused for each in (*results, *again)] == [False] * 4


def test_models_run_on_a_locked_connection(make, tmp_path: Path) -> None:
    register, publication = make(MODELS)
    con = store()
    (tmp_path / "derived").mkdir()
    lock(con, [tmp_path / "derived"])
    run(con, register, publication, cache=tmp_path / "derived", fingerprints=PRINTS)
    assert rows(con, "back") == [("a", dt.date(2012, 1, 9))]


def test_a_failure_tells_its_kind_and_no_value(make) -> None:
    register, publication = make({"m": "SELECT CAST(fee AS DOUBLE) AS fee FROM desk__loan"})
    with pytest.raises(UserError) as caught:
        run(store(), register, publication)
    assert caught.value.code == "PR-D009"
    assert caught.value.where.endswith("m.sql")
    assert "canary" not in caught.value.sentence
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def part(**changes: object) -> Part:
    values = {
        "dataset": "desk.loan",
        "supplier": "x",
        "period": "2012",
        "sequence": 1,
        "object": "00",
        "mode": "events",
    }
    return Part(**{**values, "delivery": "d", **changes})


def test_fingerprints_follow_contents_and_not_order() -> None:
    one, two = part(), part(supplier="y", object="01")
    assert fingerprint([one, two]) == fingerprint([two, one])
    assert set(fingerprint([one, part(dataset="desk.other")])) == {"desk.loan", "desk.other"}
    for other in (part(object="02"), part(period="2013"), part(supplier="z"), part(mode="full")):
        assert fingerprint([other]) != fingerprint([one])
    # Which delivery brought the bytes does not matter to the figures.
    assert fingerprint([part(delivery="e")]) == fingerprint([one])


def test_a_correction_changes_the_fingerprint() -> None:
    made = Correction("desk.loan", {"loan_no": "a"}, "branch", "S", "r", 1)
    assert fingerprint([part()], [made]) != fingerprint([part()])
