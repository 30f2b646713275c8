"""A query is open, answered, confirmed, corrected or waived; what was settled is not asked again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from piperoll.errors import UserError
from piperoll.journal import AuditDraft, Delivery, Journal, Query
from piperoll.journal.queries import FOLLOWS
from piperoll.journal.records import QUERY_STATES


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
Make = Callable[..., Delivery]
VOLUME = Query(rule="volume", key="volume/claims/2012-05", sentence="May has half the claims of April: is it all?")
CODES = Query(rule="codes", key="codes/claims/2012-05", sentence="Which court is this?")


def states(journal: Journal) -> dict[str, str]:
    return {q.id: q.state for q in journal.queries()}


def test_a_query_opens_with_its_delivery(journal: Journal, make_delivery: Make) -> None:
    kept = journal.commit_delivery(make_delivery(), queries=[VOLUME, CODES])
    first, second = journal.queries()
    assert (first.id, second.id) == ("Q1", "Q2")
    assert (first.delivery, first.sentence, first.state) == (kept.id, VOLUME.sentence, "open")
    assert (first.source, first.dataset, first.supplier, first.period) == kept.slot
    assert [(e.by, e.at, e.state) for e in first.events] == [(f"delivery {kept.id}", AT, "open")]
    assert journal.query("Q2") == journal.query(" q2") == journal.query("2") == second


def test_one_question_is_asked_once_a_delivery(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(), queries=[VOLUME, VOLUME])
    assert len(journal.queries()) == 1


def test_the_whole_life_of_a_query_is_kept(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(), queries=[VOLUME])
    journal.answer_query("Q1", "answered", "court", AT, "A strike.")
    query = journal.answer_query("Q1", "confirmed", "anna", AT, "Known from the news.")
    told = [(e.by, e.state, e.text) for e in query.events]
    assert told[1:] == [("court", "answered", "A strike."), ("anna", "confirmed", "Known from the news.")]
    assert journal.query("Q1") == query


@pytest.mark.parametrize("state", ["confirmed", "waived"])
def test_what_was_settled_is_not_asked_again(journal: Journal, make_delivery: Make, state: str) -> None:
    journal.commit_delivery(make_delivery(), queries=[VOLUME, CODES])
    assert journal.confirmed_keys() == frozenset()
    journal.answer_query("Q1", state, "anna", AT, "A strike.")
    assert journal.confirmed_keys() == {VOLUME.key}
    journal.commit_delivery(make_delivery("b"), queries=[VOLUME])
    assert states(journal) == {"Q1": state, "Q2": "corrected"}


def test_an_open_question_is_not_opened_twice(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(), queries=[VOLUME])
    journal.answer_query("Q1", "answered", "court", AT, "We look.")
    later = journal.commit_delivery(make_delivery("b"), queries=[VOLUME])
    (query,) = journal.queries()
    assert query.state == "answered"
    assert (query.events[-1].by, query.events[-1].state) == (f"delivery {later.id}", "answered")


def test_a_corrected_matter_that_returns_is_asked_anew(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(), queries=[VOLUME])
    journal.commit_delivery(make_delivery("b"))
    assert states(journal) == {"Q1": "corrected"}
    journal.commit_delivery(make_delivery("c"), queries=[VOLUME])
    assert states(journal) == {"Q1": "corrected", "Q2": "open"}


def test_a_refused_correction_settles_nothing(journal: Journal, make_delivery: Make) -> None:
    first = journal.commit_delivery(make_delivery(), queries=[VOLUME])
    journal.commit_delivery(make_delivery("b", verdict="refused", supersedes=first.id))
    assert states(journal) == {"Q1": "open"}


def test_every_step_that_may_follow_does_and_no_other(journal: Journal, make_delivery: Make) -> None:
    assert set(FOLLOWS) == set(QUERY_STATES)
    number = 0
    for before, allowed in FOLLOWS.items():
        for after in (*QUERY_STATES, "lost"):
            number += 1
            query = Query(rule="r", key=f"k{number}", sentence="Why?")
            journal.commit_delivery(make_delivery(f"{number:02}", period=str(number)), queries=[query])
            name = f"Q{number}"
            if before != "open":
                journal.answer_query(name, before, "anna", AT, "Because.")
            if after in allowed:
                assert journal.answer_query(name, after, "anna", AT, "Because.").state == after
            else:
                with pytest.raises(UserError, match=f"PR-J011.*is {before} and cannot become `{after}`"):
                    journal.answer_query(name, after, "anna", AT, "Because.")
                assert journal.query(name).state == before


def test_a_reason_is_needed_except_for_a_correction(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(), queries=[VOLUME])
    for state in ("answered", "confirmed", "waived"):
        with pytest.raises(UserError, match=r"PR-J011.*without a reason"):
            journal.answer_query("Q1", state, "anna", AT, " ")
    assert journal.answer_query("Q1", "corrected", "anna", AT).state == "corrected"


@pytest.mark.parametrize("unknown", ["Q9", "", "Q", "Q-1", "Q²", "Q1; --", "Q99999999999999999999"])
def test_an_unknown_query_is_an_error(journal: Journal, unknown: str) -> None:
    with pytest.raises(UserError, match="PR-J010"):
        journal.query(unknown)


def test_queries_are_chosen_by_state_delivery_source_and_supplier(journal: Journal, make_delivery: Make) -> None:
    one = journal.commit_delivery(make_delivery(), queries=[VOLUME])
    other = Query(rule="volume", key="volume/pcol", sentence="Is it all?")
    journal.commit_delivery(make_delivery("b", source="pcol", supplier="portal"), queries=[other])
    journal.answer_query("Q2", "waived", "anna", AT, "Known.")
    assert [q.id for q in journal.queries(states=["open", "answered"])] == ["Q1"]
    assert [q.id for q in journal.queries(states=[])] == []
    assert [q.id for q in journal.queries(delivery=one.id)] == ["Q1"]
    assert [q.id for q in journal.queries(source="pcol")] == ["Q2"]
    assert [q.id for q in journal.queries(supplier="portal", states=["waived"])] == ["Q2"]


def test_an_answer_and_its_act_come_together(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(), queries=[VOLUME])
    act = AuditDraft(
        at=AT,
        actor="anna",
        actor_kind="local",
        action="query.answer",
        resource_kind="query",
        resource_key="Q1",
        allowed=True,
        reason="May.",
    )
    journal.answer_query("Q1", "answered", "anna", AT, "We look.", act)
    with pytest.raises(UserError):
        journal.answer_query("Q1", "lost", "anna", AT, "We look.", act)
    assert len(list(journal.audit_entries(action="query.answer"))) == 1


def test_thousands_of_queries_at_once(journal: Journal, make_delivery: Make) -> None:
    queries = [Query(rule="r", key=f"k{n}", sentence="Why?") for n in range(1_100)]
    journal.commit_delivery(make_delivery(), queries=queries)
    journal.commit_delivery(make_delivery("b"), queries=queries[:1_050])
    assert [q.id for q in journal.queries(states=["corrected"])] == [f"Q{n}" for n in range(1051, 1101)]
    assert len(journal.queries(states=["open"])) == 1_050
