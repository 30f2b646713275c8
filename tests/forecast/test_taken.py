"""Stays, counts and cohorts from SQL; which months are known and which are missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from piperoll.collect.owed import SlotState
from piperoll.collect.slots import Slot
from piperoll.errors import UserError
from piperoll.forecast.model import fit, seen
from piperoll.forecast.survival import OPEN
from piperoll.forecast.taken import Taken, _known, counts_of, stays_of
from piperoll.journal import Vintage
from piperoll.periods import Period, span
from piperoll.register.model.forecast import Cohort, Forecast, Stays
from piperoll.store.duck import Connection, connect
from tests.forecast.systems import ZERO, counts, months


LABELS = {"A": "First", "B": "Second"}
STAYS = Stays("SELECT kind AS cohort, entered, ended FROM stays", "SELECT kind AS cohort, day FROM counted;")
HERE = "forecasts/stock.yaml"


@pytest.fixture
def con() -> Iterator[Connection]:
    made = connect()
    made.execute("CREATE TABLE stays (kind VARCHAR, entered DATE, ended DATE)")
    made.execute("CREATE TABLE counted (kind VARCHAR, day DATE)")
    yield made
    made.close()


def test_stays_are_counted_by_month(con: Connection) -> None:
    con.execute("INSERT INTO stays VALUES ('A', '2006-01-31', '2006-02-01'), ('A', '2006-01-01', '2006-02-28'),"
                " ('A', '2006-03-01', NULL), ('B', '2005-12-31', '2006-01-01'), ('A', NULL, '2006-01-01')")  # fmt: skip
    found = stays_of(con, STAYS, LABELS, HERE)
    assert [each.tolist() for each in (found["A"].entered - ZERO, found["A"].many)] == [[0, 2], [2, 1]]
    assert found["A"].ended.tolist() == [ZERO + 1, OPEN]
    assert (found["B"].entered[0] - ZERO, found["B"].ended[0] - ZERO) == (-1, 0)


def test_who_leaves_before_coming_was_never_there(con: Connection) -> None:
    con.execute("INSERT INTO stays VALUES ('A', '2006-03-01', '2006-01-01')")
    found = stays_of(con, STAYS, LABELS, HERE)["A"]
    assert [found.stock(ZERO + at) for at in range(4)] == [0, 0, 0, 0]
    assert found.inflow(ZERO, ZERO + 3).tolist() == [0, 0, 1, 0]


def test_of_several_counts_in_a_month_the_last_is_taken(con: Connection) -> None:
    con.execute("INSERT INTO counted VALUES ('A', '2006-01-06'), ('B', '2006-01-27'), ('B', '2006-01-27'),"
                " ('A', '2006-02-24')")  # fmt: skip
    found = counts_of(con, STAYS, list(LABELS), HERE)
    jan, feb = Period.parse("2006-01"), Period.parse("2006-02")
    assert found == {"A": {jan: 0, feb: 1}, "B": {jan: 2, feb: 0}}
    assert counts_of(con, Stays("SELECT 1"), list(LABELS), HERE) == {}


@pytest.mark.parametrize(("code", "said"), [("'C'", "the cohort `C`"), ("NULL", "no cohort")])
def test_a_cohort_that_is_not_declared_is_not_dropped(con: Connection, code: str, said: str) -> None:
    con.execute(f"INSERT INTO stays VALUES ({code}, '2006-03-01', NULL)")
    with pytest.raises(UserError, match=rf"PR-F015 forecasts/stock.yaml: Rows of {said} are in the data"):
        stays_of(con, STAYS, LABELS, HERE)


def test_sql_that_fails_says_no_value(con: Connection) -> None:
    con.execute("INSERT INTO stays VALUES ('Canary', '2006-03-01', NULL)")
    with pytest.raises(UserError) as caught:
        stays_of(con, Stays("SELECT kind AS cohort, CAST(kind AS DATE) AS entered, ended FROM stays"), LABELS, HERE)
    assert caught.value.code == "PR-F013"
    assert "Canary" not in caught.value.sentence


def slot(dataset: str, period: str, state: str) -> SlotState:
    return SlotState(Slot("cases", dataset, "north", period), state, dt.date(2012, 1, 1))  # type: ignore[arg-type]


def declared(known_from: str = "", count: str = "") -> Forecast:
    stays = Stays("SELECT 1", known_from=known_from, count=count)
    return Forecast("stock", "Stock", "stock_flow", "people", "To see.", stays=stays,
                    cohorts=(Cohort("A", "First", "level"), Cohort("B", "Second", "level")))  # fmt: skip


def test_months_are_those_of_which_everything_came() -> None:
    states = [slot("case", "2011-12", "late"), slot("case", "2012-01", "in"), slot("case", "2012-02", "late"),
              slot("case", "2012-03", "in"), slot("case", "2012-04", "in"), slot("event", "2011-12", "in"),
              slot("event", "2012-03", "in"), slot("event", "2012-04", "owed")]  # fmt: skip
    known, gaps = _known(declared(), states)
    assert (str(known[0]), str(known[-1]), len(known)) == ("2012-01", "2012-03", 3)
    assert {str(each) for each in gaps} == {"2012-02"}
    known, gaps = _known(declared("2011-11"), states)
    assert (str(known[0]), len(gaps)) == ("2011-11", 2)


def test_of_a_dataset_of_which_nothing_came_nothing_is_projected() -> None:
    with pytest.raises(UserError, match=r"PR-F012 .*Nothing of cases.event has come in yet"):
        _known(declared(), [slot("case", "2012-01", "in"), slot("event", "2012-01", "late")])


def taken(counted: dict[str, dict[Period, int]] | None = None, gaps: tuple[int, ...] = ()) -> Taken:
    span_ = months(12)
    cohorts = {
        "A": counts([(at, None, 10) for at in range(12)]),
        "B": counts([(at, at + 1, 4) for at in range(11)]),
    }
    return Taken(tuple(span_), frozenset(span_[at] for at in gaps), Vintage(sequence=1), (), cohorts, counted or {})


def test_a_stock_is_of_stays_or_of_counts() -> None:
    span_ = months(12)
    plain = seen(declared(), taken())
    assert [plain[span_[at]] for at in (0, 11)] == [14, 120]
    assert seen(declared(), taken(), "B")[span_[3]] == 4
    counted = {"A": dict.fromkeys(span_, 50), "B": dict.fromkeys(span_[:-1], 3)}
    found = seen(declared(), taken(counted))
    # Without a count of a part there is none of the whole.
    assert (found[span_[0]], found[span_[11]]) == (53, None)
    assert seen(declared(), taken(gaps=(3,)))[span_[3]] is None


def test_a_stock_starts_from_the_count() -> None:
    span_ = months(12)
    counted = {"A": dict.fromkeys(span_, 60), "B": dict.fromkeys(span_, 7)}
    starts = fit(declared(), taken(counted), 3).starts
    assert starts["A"].tie == 0.5
    assert starts["A"].ages.sum() == 60
    assert fit(declared(), taken(), 3).starts["A"].tie == 1


def test_who_is_counted_without_a_stay_is_there_as_long_as_anybody() -> None:
    span_ = months(12)
    whole = taken({"A": dict.fromkeys(span_, 60), "B": dict.fromkeys(span_, 7)})
    gone = Taken(whole.months, whole.gaps, whole.vintage, (), {**whole.cohorts, "B": counts([(0, 1, 5)])},
                 whole.counted)  # fmt: skip
    start = fit(declared(), gone, 3).starts["B"]
    assert start.ages.sum() == 7
    assert start.ages[-1] == 7


def test_cohorts_counted_together_share_what_their_stays_lack() -> None:
    span_ = months(12)
    one = Forecast("stock", "Stock", "stock_flow", "people", "To see.", stays=Stays("SELECT 1"),
                   cohorts=(Cohort("A", "First", "level", "all"), Cohort("B", "Second", "level", "all")))  # fmt: skip
    found = fit(one, taken({"all": dict.fromkeys(span_, 240)}), 3)
    assert {code: start.tie for code, start in found.starts.items()} == {"A": 2, "B": 2}
    # A count that tells nobody apart is no figure of one of them: its stays are.
    assert seen(one, taken({"all": dict.fromkeys(span_, 240)}), "A")[span_[-1]] == 120
    assert seen(one, taken({"all": dict.fromkeys(span_, 240)}))[span_[-1]] == 240


def test_a_gap_is_no_month_without_entries() -> None:
    whole, gap = (fit(declared(), taken(gaps=gaps), 1).starts["A"].coming for gaps in ((), (10, 11)))
    assert whole.mean[0] == gap.mean[0] == 10


def test_of_less_than_half_a_year_nothing_is_projected() -> None:
    short = taken().until(Period.parse("2006-05"))
    assert list(short.months) == span(Period.parse("2006-01"), Period.parse("2006-05"))
    with pytest.raises(UserError, match=r"PR-F012 .*needs 6 whole months; 5 are known up to May 2006"):
        fit(declared(), short, 3)
