"""Volumes and missingness over time from receipts; assessments judged; queries grouped, ranked and capped."""

from __future__ import annotations

import datetime as dt

import pytest

from piperoll.journal import Delivery, Query
from piperoll.periods import Period
from piperoll.quality import emptiness, judge, volumes
from piperoll.quality.burden import asked
from piperoll.register.model.quality import MATRIX, PRACTICES, Area, Assessment


NOW = dt.datetime(2012, 11, 8, tzinfo=dt.UTC)


def delivery(number: int, supplier: str, period: str, kept: int = 10, **more: object) -> Delivery:
    nulls = more.pop("nulls", {})
    fields = {"verdict": "accepted", "rows_in": kept + 2, "rows_kept": kept, "rows_refused": 2} | more
    return Delivery(
        id=f"{number:08x}", sha256=f"{number:064x}", filename="f.csv", source="s", dataset="d", supplier=supplier,
        period=period, mode="increment", received_at=NOW, receipt={"nulls": nulls}, **fields,
    )  # fmt: skip


def query(number: int, rule: str, period: str, supplier: str = "n", state: str = "open") -> Query:
    return Query(id=f"Q{number}", delivery="x", source="s", dataset="d", supplier=supplier, period=period, rule=rule,
                 key=f"k{number}", sentence=f"Sentence {number}?", state=state, events=())  # fmt: skip


class TestVolumes:
    def test_each_period_owed_or_come(self) -> None:
        owing = {Period.parse("2012-01"): frozenset("ns"), Period.parse("2012-02"): frozenset("ns")}
        found = volumes([delivery(1, "n", "2012-01", 10), delivery(2, "s", "2012-01", 5)], owing)
        assert [(str(v.period), v.rows_in, v.rows_kept, v.rows_refused) for v in found] == [
            ("2012-01", 19, 15, 4), ("2012-02", 0, 0, 0)]  # fmt: skip
        assert [(v.suppliers, v.owing, v.whole) for v in found] == [(2, 2, True), (0, 2, False)]

    def test_who_owes_nothing_does_not_stand_in(self) -> None:
        (found,) = volumes([delivery(1, "z", "2012-01")], {Period.parse("2012-01"): frozenset("n")})
        assert (found.suppliers, found.owing, found.whole) == (0, 1, False)


class TestEmptiness:
    def test_weighted_by_rows(self) -> None:
        came = [delivery(1, "n", "2012-01", 30, nulls={"a": 0.0}), delivery(2, "s", "2012-01", 10, nulls={"a": 1.0}),
                delivery(3, "n", "2012-02", 10, nulls={"a": 0.5})]  # fmt: skip
        (found,) = emptiness(came, ["a", "never"])
        assert list(found.shares.values()) == [0.25, 0.5]
        assert found.overall == pytest.approx(15 / 50)
        assert found.moved == 0.25

    def test_one_period_has_not_moved(self) -> None:
        (found,) = emptiness([delivery(1, "n", "2012-01", nulls={"a": 1.0})], ["a"])
        assert found.moved == 0.0

    def test_nothing_kept_says_nothing(self) -> None:
        assert emptiness([delivery(1, "n", "2012-01", 0, nulls={"a": 0.0})], ["a"]) == []


class TestAssessment:
    def assessment(self, **levels: str) -> Assessment:
        areas = tuple(Area(p, levels.get(p, "A2"), ("seen",)) for p in PRACTICES)
        return Assessment("s", "A2", "medium", "medium", "the owner", dt.date(2012, 1, 1), dt.date(2012, 12, 31), areas)

    def test_reached(self) -> None:
        judged = judge(self.assessment(), dt.date(2012, 6, 1))
        assert judged.reached
        assert "Every area reaches it." in judged.sentences
        assert {each.words for each in judged.areas} == {"A2 (enhanced), as required"}

    def test_short_and_beyond(self) -> None:
        judged = judge(self.assessment(communication="A0", producer_assurance="A3"), dt.date(2012, 6, 1))
        assert not judged.reached
        assert [each.short for each in judged.areas] == [0, 2, 0, 0]
        assert judged.areas[1].words == "A0 (none) where A2 is required"
        assert judged.areas[3].words == "A3 (comprehensive), beyond A2"
        assert judged.areas[0].owner == "the owner"

    @pytest.mark.parametrize(("day", "overdue"), [(dt.date(2012, 12, 31), False), (dt.date(2013, 1, 1), True)])
    def test_the_review_is_due(self, day: dt.date, overdue: bool) -> None:
        judged = judge(self.assessment(), day)
        assert judged.overdue is overdue
        assert any("2012-12-31" in text for text in judged.sentences) is overdue

    def test_the_table_of_the_toolkit_asks_for_more_as_risk_grows(self) -> None:
        assert len(MATRIX) == 9
        for profile in ("low", "medium", "high"):
            highest = [max(MATRIX[risk, profile]) for risk in ("low", "medium", "high")]
            assert highest == sorted(highest)


class TestAsked:
    def test_one_question_stands_for_all_of_a_rule(self) -> None:
        (found,) = asked([query(1, "R1", "2012-01"), query(2, "R1", "2012-03"), query(3, "R2", "2012-02")], [])
        assert [(q.rule, q.queries, q.periods, q.sentence) for q in found.first] == [
            ("R1", ("Q1", "Q2"), ("2012-01", "2012-03"), "Sentence 2?"),
            ("R2", ("Q3",), ("2012-02",), "Sentence 3?"),
        ]  # fmt: skip
        assert found.queries == 3

    def test_answered_ones_wait_behind(self) -> None:
        rows = [query(1, "R1", "2012-01", state="answered"), query(2, "R1", "2012-02", state="answered"),
                query(3, "R2", "2011-01")]  # fmt: skip
        (found,) = asked(rows, [])
        assert [q.rule for q in found.first] == ["R2", "R1"]

    def test_no_more_than_the_cap_at_once(self) -> None:
        (found,) = asked([query(n, f"R{n}", f"2012-{n:02}") for n in range(1, 6)], [], cap=2)
        assert [q.rule for q in found.first] == ["R5", "R4"]  # the most recent first
        assert [q.rule for q in found.later] == ["R3", "R2", "R1"]

    def test_those_most_asked_come_first(self) -> None:
        found = asked(
            [query(1, "R1", "2012-01", "b"), query(2, "R2", "2012-01", "a"), query(3, "R3", "2012-01", "b")], []
        )
        assert [each.supplier for each in found] == ["b", "a"]

    def test_deliveries_brought_again(self) -> None:
        came = [delivery(1, "n", "2012-01"), delivery(2, "n", "2012-01", supersedes="1"),
                delivery(3, "n", "2012-02", verdict="refused")]  # fmt: skip
        (found,) = asked([], came)
        assert (found.brought_again, found.deliveries, found.queries) == (2, 3, 0)
