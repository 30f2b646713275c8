"""Which editions are due, and which must follow each other."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock

import pytest

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Publication, Table
from piperoll.register.model.register import Register
from piperoll.schedule import Due, Outcome, due, lanes, work


TABLE = Table("t", "1", "T", ("m",), {})


def publication(key: str, period: str = "quarter", **more: object) -> Publication:
    return Publication(key, key.title(), period=period, tables=(TABLE,), **more)  # type: ignore[arg-type]


def register(*publications: Publication) -> Register:
    return Register(
        root=Path(),
        key="r",
        title="R",
        owner="R",
        sources={},
        codes={},
        suppliers={},
        publications={each.key: each for each in publications},
        policies={
            "hides": Policy("hides", "Hides", suppress_below=5),
            "rounds": Policy("rounds", "Rounds", suppress_below=None, round_to=5),
            "shows": Policy("shows", "Shows", suppress_below=None),
        },
    )


def told(found: list[Due]) -> list[str]:
    return [str(each) for each in found]


def test_a_quarter_has_its_months_itself_and_the_years_that_end_with_it() -> None:
    made = register(
        publication("yearly", "year"), publication("fiscal", "financial_year"), publication("monthly", "month"),
        publication("quarterly"),
    )  # fmt: skip
    assert told(due(made, Period.parse("2012Q1"))) == [
        "monthly 2012-01", "monthly 2012-02", "fiscal 2011/12", "monthly 2012-03", "quarterly 2012Q1",
    ]  # fmt: skip
    assert told(due(made, Period.parse("2012Q4")))[-2:] == ["quarterly 2012Q4", "yearly 2012"]
    assert told(due(made, Period.parse("2012-02"))) == ["monthly 2012-02"]
    assert len(due(made, Period.parse("2012"))) == 12 + 4 + 1 + 1


def test_the_day_follows_the_period_by_the_lag() -> None:
    (only,) = due(register(publication("quarterly", lag_days=40)), Period.parse("2012Q2"))
    assert only == Due("quarterly", Period.parse("2012Q2"), dt.date(2012, 8, 9))


def test_what_takes_longer_than_half_a_year_is_due_when_it_is_published() -> None:
    made = register(publication("reoffending", lag_days=665), publication("within", lag_days=183))
    found = due(made, Period.parse("2012Q3"))
    assert told(found) == ["reoffending 2010Q4", "within 2012Q3"]
    assert Period.parse("2012Q4").holds(found[0].on)
    # No cohort is left out and none is made twice, quarter after quarter.
    quarters = [Period.parse("2010Q1").shift(step) for step in range(24)]
    cohorts = [str(each.period) for q in quarters for each in due(made, q) if each.publication == "reoffending"]
    assert len(cohorts) == len(set(cohorts)) and len(cohorts) in (23, 24, 25)


def test_only_what_is_current_has_tables_and_a_calendar() -> None:
    made = register(
        publication("ended", ends=dt.date(2012, 5, 31)), publication("begins", starts=dt.date(2012, 7, 1)),
        publication("planned", status="planned"), publication("once", kind="ad_hoc"), Publication("bare", "Bare"),
    )  # fmt: skip
    assert due(made, Period.parse("2012Q2")) == []
    assert told(due(made, Period.parse("2012Q1"))) == ["ended 2012Q1"]
    assert told(due(made, Period.parse("2012Q3"))) == ["begins 2012Q3"]
    assert told(due(made, Period.parse("2012Q2"), ["once"])) == ["once 2012Q2"]


@pytest.mark.parametrize("key", ["nowhere", "bare"])
def test_one_that_cannot_be_made_is_told(key: str) -> None:
    with pytest.raises(UserError) as caught:
        due(register(publication("there"), Publication("bare", "Bare")), Period.parse("2012Q2"), [key])
    assert caught.value.code == "PR-W020" and "There are: there." in caught.value.sentence


def test_editions_of_one_publication_and_those_that_bind_each_other_follow_each_other() -> None:
    made = register(
        publication("free", "month", policy="shows", sources=("a",)),
        publication("bare", sources=("a",)),
        publication("one", policy="hides", sources=("a", "b")),
        publication("two", policy="rounds", sources=("b", "c")),
        publication("three", policy="hides", sources=("c",)),
        publication("four", policy="hides", sources=("d",)),
    )
    items = due(made, Period.parse("2012Q1"))
    found = {frozenset(each.publication for each in lane): lane for lane in lanes(made, items)}
    assert set(found) == {frozenset(["free"]), frozenset(["bare"]), frozenset(["one", "two", "three"]),
                          frozenset(["four"])}  # fmt: skip
    assert [str(each.period) for each in found[frozenset(["free"])]] == ["2012-01", "2012-02", "2012-03"]


def test_lanes_run_beside_each_other_and_keep_their_order() -> None:
    made = register(publication("a", "month"), publication("b", "month"), publication("c"))
    split = lanes(made, due(made, Period.parse("2012Q1")))
    running: set[str] = set()
    seen: list[str] = []
    lock = Lock()

    def make(item: Due) -> Outcome:
        with lock:
            assert item.publication not in running
            running.add(item.publication)
        if item.publication == "b":
            state = "refused"
        else:
            state = "made"
        with lock:
            seen.append(str(item))
            running.discard(item.publication)
        return Outcome(item, state, "x")

    started: list[Due] = []
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(work(split, pool, make, started.append))
    assert sorted(str(each.item) for each in outcomes) == sorted(seen) and len(seen) == 7 == len(started)
    assert {each.state for each in outcomes if each.item.publication == "b"} == {"refused"}
    assert [text for text in seen if text.startswith("a ")] == ["a 2012-01", "a 2012-02", "a 2012-03"]


def test_nothing_due_is_nothing_done() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert list(work([], pool, lambda item: Outcome(item, "made", ""), lambda _: None)) == []
