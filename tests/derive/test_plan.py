"""The order of models, and every table and column they name."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.cache import Cache
from piperoll.derive import conditions, needed, plan, planning
from piperoll.derive.columns import origin, row_origin
from piperoll.derive.run import inputs_of
from piperoll.errors import Problems
from piperoll.register.model.publication import Measure


LENT = "SELECT loan_no, lent, branch FROM desk__loan"


def test_each_model_comes_after_those_it_reads(make) -> None:
    register, publication = make(
        {
            "a_last": "SELECT z.loan_no FROM z_first AS z JOIN middle ON middle.loan_no = z.loan_no",
            "middle": "SELECT loan_no FROM z_first",
            "z_first": LENT,
        }
    )
    assert [each.name for each in plan(register, publication)] == ["z_first", "middle", "a_last"]


def test_columns_have_types_and_stars_are_expanded(make) -> None:
    register, publication = make(
        {
            "m": "SELECT l.*, CAST(fee AS DOUBLE) AS f FROM desk__loan AS l",
            "n": "SELECT COUNT(*) AS n, CASE WHEN branch = 'N' THEN 'x' END AS b FROM desk__loan GROUP BY branch",
        }
    )
    columns = {each.name: each.columns for each in plan(register, publication)}
    assert columns["m"] == {
        "loan_no": "VARCHAR",
        "lent": "DATE",
        "branch": "VARCHAR",
        "fee": "DECIMAL(8, 2)",
        "ward": "VARCHAR",
        "_row": "BIGINT",
        "_supplier": "VARCHAR",
        "_period": "VARCHAR",
        "_delivery": "VARCHAR",
        "f": "DOUBLE",
    }
    assert columns["n"] == {"n": "BIGINT", "b": "VARCHAR"}


def test_a_circle_is_told_with_its_way(make) -> None:
    register, publication = make(
        {"a": "SELECT x FROM b", "b": "SELECT x FROM c", "c": "SELECT x FROM a", "d": "SELECT lent FROM desk__loan"}
    )
    with pytest.raises(Problems, match="a -> b -> c -> a") as caught:
        plan(register, publication)
    assert caught.value.code == "PR-D006"


def test_a_with_step_may_hide_a_table_of_the_same_name(make) -> None:
    register, publication = make({"m": f"WITH desk__loan AS ({LENT}) SELECT lent FROM desk__loan"})
    assert plan(register, publication)[0].model.references == ("desk__loan",)
    register, publication = make({"m": "WITH own AS (SELECT lent FROM desk__loan) SELECT lent FROM own"})
    assert plan(register, publication)[0].model.references == ("desk__loan",)


@pytest.mark.parametrize(
    ("sql", "code", "where", "says"),
    [
        ("SELECT lent\nFROM desk__lone", "PR-D005", "m.sql:2", "Did you mean desk__loan?"),
        ("SELECT\n  lend\nFROM desk__loan", "PR-D007", "m.sql:2", "Did you mean lent?"),
        ("SELECT reader FROM desk__loan", "PR-D007", "m.sql:1", "column reader"),
        ("SELECT l.lent\n, l.nope FROM desk__loan AS l", "PR-D007", "m.sql:2", "column nope"),
        (
            "SELECT loan_no\nFROM desk__loan JOIN desk__given_back AS g ON TRUE",
            "PR-D007",
            "m.sql:1",
            "in desk__given_back and in desk__loan",
        ),
        ("SELECT lent AS a,\n branch AS a FROM desk__loan", "PR-D008", "m.sql:2", "two columns named a"),
        ("SELECT 1 +", "PR-D002", "m.sql:1", "not SQL"),
        ("SELECT 'open", "PR-D002", "m.sql:1", "not SQL"),
        ("SELECT 1 AS a; SELECT 2 AS b", "PR-D003", "m.sql:1", "2 statements"),
        ("", "PR-D003", "m.sql:1", "0 statements"),
        ("DROP TABLE desk__loan", "PR-D003", "m.sql:1", "DROP"),
        ("COPY desk__loan TO 'x.csv'", "PR-D003", "m.sql:1", "COPY"),
    ],
)
def test_mistakes_are_sentences_with_a_place(make, sql: str, code: str, where: str, says: str) -> None:
    register, publication = make({"m": sql})
    with pytest.raises(Problems) as caught:
        plan(register, publication)
    problem = caught.value.problems[0]
    assert problem.code == code
    assert problem.where.endswith(where)
    assert says in str(problem)


def test_all_mistakes_are_told_at_once(make) -> None:
    register, publication = make(
        {"a": "SELECT lend FROM desk__loan", "b": "SELECT brunch FROM desk__loan", "c": "SELECT lend FROM a"}
    )
    with pytest.raises(Problems) as caught:
        plan(register, publication)
    assert [problem.where.rpartition("/")[2] for problem in caught.value.problems] == ["a.sql:1", "b.sql:1"]


def test_a_missing_file_and_a_file_that_is_not_text(make) -> None:
    register, publication = make({"m": LENT})
    publication = replace(publication, models=("m", "gone", "bad"))
    (register.root / "publications" / "loans" / "bad.sql").write_bytes(b"SELECT '\xff'")
    with pytest.raises(Problems) as caught:
        plan(register, publication)
    assert [problem.where.rpartition("/")[2] for problem in caught.value.problems] == ["bad.sql", "gone.sql"]
    assert {problem.code for problem in caught.value.problems} == {"PR-D001"}


def test_a_model_may_not_take_the_name_of_a_dataset(make) -> None:
    register, publication = make({"desk__loan": "SELECT on_day FROM desk__given_back"})
    with pytest.raises(Problems) as caught:
        plan(register, publication)
    assert caught.value.code == "PR-D008"


def test_inputs_limit_what_may_be_read(make) -> None:
    register, publication = make({"m": "SELECT on_day FROM desk__given_back"}, inputs=("desk.loan",))
    with pytest.raises(Problems) as caught:
        plan(register, publication)
    assert caught.value.code == "PR-D005"


def test_needed_takes_what_a_model_rests_on_and_no_more(make) -> None:
    register, publication = make(
        {
            "base": LENT,
            "other": "SELECT on_day FROM desk__given_back",
            "top": "SELECT b.lent, c.label FROM base AS b JOIN codes__branch AS c ON c.code = b.branch",
        }
    )
    planned = plan(register, publication)
    assert [each.name for each in needed(planned, ["top"])] == ["base", "top"]
    assert inputs_of(needed(planned, ["top"]), register) == ("desk.loan",)
    assert inputs_of(planned, register) == ("desk.given_back", "desk.loan")


CHAIN = {
    "base": "SELECT l.*, fee * 2 AS twice FROM desk__loan AS l",
    "top": "SELECT b.lent, b.twice, c.label FROM base AS b JOIN codes__branch AS c ON c.code = b.branch",
}
MEASURES = (
    Measure("n", "Loans", "count", model="top", where="twice > 3 -- of both"),
    Measure("s", "Fees", "sum", model="top", value="twice"),
    Measure("w", "Wrong", "sum", model="top", value="twice +"),
)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", b"k" * 32)


@pytest.fixture
def makings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Publications planned afresh, as they are; conditions start unknown."""
    done: list[str] = []
    made = planning.make
    monkeypatch.setattr(planning, "make", lambda r, p, *more: (done.append(p.key), made(r, p, *more))[1])
    monkeypatch.setattr(conditions, "_KNOWN", {})
    return done


def test_a_kept_plan_is_as_made(make, cache: Cache, makings: list[str]) -> None:
    register, publication = make(CHAIN, measures=MEASURES)
    fresh = plan(register, publication)
    plan(replace(register), publication, cache)
    kept = plan(replace(register), publication, cache)
    assert makings == ["loans", "loans"]
    assert kept == fresh
    assert [list(each.columns.items()) for each in kept] == [list(each.columns.items()) for each in fresh]
    for one, other in zip(kept, fresh, strict=True):
        assert one.model.query == other.model.query
        assert one.qualified == other.qualified
        assert one.schema == other.schema
        assert row_origin(one) == row_origin(other)
        assert [origin(one, column) for column in one.columns] == [origin(other, column) for column in one.columns]


def test_conditions_come_with_the_plan(make, cache: Cache, makings: list[str], monkeypatch) -> None:
    register, publication = make(CHAIN, measures=MEASURES)
    plan(register, publication, cache)
    parsed = {text: conditions.condition(text, "p") for text in conditions.conditions_of(publication)}
    assert parsed["twice"] == conditions.Condition("twice", ("twice",))
    assert parsed["twice > 3 -- of both"].columns == ("twice",)
    assert parsed["twice > 3 -- of both"].sql.startswith("twice > 3")
    assert parsed["twice +"].code == "PR-D002"
    monkeypatch.setattr(conditions, "_KNOWN", {})
    plan(replace(register), publication, cache)
    assert {text: each for text, each in parsed.items() if text != "twice +"} == conditions._KNOWN
    assert conditions.condition("twice +", "p") == parsed["twice +"]


def test_known_conditions_are_bounded(monkeypatch) -> None:
    monkeypatch.setattr(conditions, "_KNOWN", {})
    monkeypatch.setattr(conditions, "_MOST", 2)
    found = [conditions.condition(f"fee > {n}", "p") for n in range(5)]
    assert [each.sql for each in found] == [f"fee > {n}" for n in range(5)]
    assert sorted(conditions._KNOWN) == ["fee > 4"]


@pytest.mark.parametrize("change", ["text", "views", "conditions"])
def test_whatever_a_plan_is_made_from_makes_it_anew(change: str, make, cache: Cache, makings: list[str]) -> None:
    register, publication = make(CHAIN, measures=MEASURES)
    plan(register, publication, cache)
    if change == "text":
        path = register.root / "publications" / "loans" / "base.sql"
        path.write_text(CHAIN["base"].replace("* 2", "* 3"), encoding="utf-8")
    elif change == "views":
        register = replace(register, codes={**register.codes, "more": register.codes["branch"]})
    else:
        publication = replace(publication, measures=MEASURES[:1])
    assert plan(replace(register), publication, cache) == plan(replace(register), publication)
    assert len(makings) == 3


def test_a_tampered_plan_is_ignored(make, cache: Cache, makings: list[str]) -> None:
    register, publication = make(CHAIN)
    fresh = plan(register, publication, cache)
    (name,) = os.listdir(cache.directory)
    entry = cache.directory / name
    sound = entry.read_bytes()
    assert b"DECIMAL" in sound
    entry.write_bytes(sound.replace(b"DECIMAL", b"VARCHAR"))
    assert plan(replace(register), publication, cache) == fresh
    assert len(makings) == 2
    assert json.loads(entry.read_bytes()[32:])["models"][0][0] == "base"


def test_mistakes_are_not_kept(make, cache: Cache, makings: list[str]) -> None:
    register, publication = make({"m": "SELECT lent FROM desk__lone"})
    for _ in range(2):
        with pytest.raises(Problems, match="Did you mean desk__loan"):
            plan(register, publication, cache)
    assert len(makings) == 2
    assert not cache.directory.exists()
