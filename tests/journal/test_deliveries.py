"""Deliveries are committed whole or not at all, found again by their bytes, and never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from piperoll.errors import UserError
from piperoll.journal import AuditDraft, Delivery, Finding, Journal, Query, RefusedRow


AT = datetime(2012, 11, 8, 9, 30, 0, 123456, tzinfo=UTC)
Make = Callable[..., Delivery]


def an_act(**fields: object) -> AuditDraft:
    values: dict[str, object] = {
        "at": AT,
        "actor": "anna",
        "actor_kind": "local",
        "action": "collect.deliver",
        "resource_kind": "delivery",
        "resource_key": "d1",
        "allowed": True,
        "reason": "May.",
    }
    return AuditDraft(**values | fields)


def test_simulated_deliveries_are_known_by_their_receipts(journal: Journal, make_delivery: Make) -> None:
    said = '"simulated":true'
    given = [
        make_delivery("a", receipt={"simulated": True, "file": "a"}),
        make_delivery("b", receipt={"simulated": False, "file": said, "reasons": [f"x{said}"]}),
        make_delivery("c", receipt={}),
    ]
    for each in given:
        journal.commit_delivery(each)
    assert journal.simulated() == {given[0].id}


def test_a_delivery_comes_back_as_it_was_committed(journal: Journal, make_delivery: Make) -> None:
    given = make_delivery(
        verdict="accepted_less_refused",
        rows_in=10,
        rows_kept=8,
        rows_refused=2,
        object="f" * 64,
        vault_object="v1",
        refused_object="v2",
        original_object="v3",
        contract_version="2.1",
        contract_hash="c" * 64,
        batch="manifest.csv",
        receipt={"b": [1, None, True], "a": "ä"},
        received_at=AT,
    )
    kept = journal.commit_delivery(given)
    assert kept.sequence == 1
    assert journal.delivery(given.id) == kept
    assert kept == Delivery(**{**vars(given), "sequence": 1})


def test_a_delivery_is_found_by_the_first_digits_of_its_id(journal: Journal, make_delivery: Make) -> None:
    first = journal.commit_delivery(make_delivery(id="abc1"))
    journal.commit_delivery(make_delivery("b", id="abd2"))
    assert journal.delivery("abc") == first
    with pytest.raises(UserError, match="PR-J005 more than one delivery begins with `ab`"):
        journal.delivery("ab")
    for unknown in ("", "zz", "%", "\x00"):
        with pytest.raises(UserError, match="PR-J005 there is no delivery"):
            journal.delivery(unknown)


def test_sequences_run_on_without_gaps(journal: Journal, make_delivery: Make) -> None:
    for n, content in enumerate("abc", 1):
        assert journal.commit_delivery(make_delivery(content)).sequence == n
    assert [d.sequence for d in journal.deliveries()] == [1, 2, 3]


def test_times_of_other_zones_are_kept_as_the_same_moment(journal: Journal, make_delivery: Make) -> None:
    summer = AT.astimezone(timezone(timedelta(hours=1)))
    kept = journal.commit_delivery(make_delivery(received_at=summer))
    assert kept.received_at == AT
    assert journal.delivery(kept.id).received_at == AT


def test_the_same_bytes_for_the_same_slot_are_found(journal: Journal, make_delivery: Make) -> None:
    kept = journal.commit_delivery(make_delivery())
    assert journal.find_delivery(kept.sha256, *kept.slot) == kept
    assert journal.find_delivery("b" * 64, *kept.slot) is None
    for place in range(4):
        slot = [*kept.slot]
        slot[place] = "other"
        assert journal.find_delivery(kept.sha256, *slot) is None


def test_a_delivery_is_recorded_once(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery())
    with pytest.raises(UserError, match="PR-J006"):
        journal.commit_delivery(make_delivery(), audit=an_act())
    assert len(journal.deliveries()) == 1
    assert journal.verify_chain().entries == 0


def test_a_correction_names_what_it_supersedes(journal: Journal, make_delivery: Make) -> None:
    first = journal.commit_delivery(make_delivery("a"))
    second = journal.commit_delivery(make_delivery("b"))
    elsewhere = journal.commit_delivery(make_delivery("b", period="2012-06"))
    assert second.supersedes == first.id
    assert elsewhere.supersedes is None
    assert journal.in_force(*first.slot) == second


def test_a_refused_delivery_supersedes_nothing(journal: Journal, make_delivery: Make) -> None:
    first = journal.commit_delivery(make_delivery("a"))
    refused = journal.commit_delivery(make_delivery("b", verdict="refused"))
    assert refused.supersedes is None
    assert journal.in_force(*first.slot) == first


def test_superseding_an_unknown_delivery_is_an_error(journal: Journal, make_delivery: Make) -> None:
    with pytest.raises(UserError, match="PR-J005"):
        journal.commit_delivery(make_delivery(supersedes="nothing"))
    assert journal.deliveries() == []


def test_findings_queries_refusals_and_the_act_come_together(journal: Journal, make_delivery: Make) -> None:
    findings = [
        Finding(rule="codes", field="court", severity="refuse_row", count=2, sentence="2 courts unknown."),
        Finding(rule="volume", sentence="Fewer rows than usual."),
    ]
    refused = [
        RefusedRow("f.csv", "", 7, "court", "codes", "text of 14 characters"),
        RefusedRow("f.csv", "Sheet 1", 3, "court", "codes", "nothing"),
        RefusedRow("f.csv", "", 9, "date", "type", "number"),
    ]
    query = Query(rule="volume", key="volume/claims/2012-05", sentence="Is this all?")
    kept = journal.commit_delivery(make_delivery(), findings, [query], refused, an_act())
    assert journal.findings(kept.id) == findings
    assert list(journal.refused_rows(kept.id)) == refused
    assert journal.refused_counts(kept.id) == {"codes": 2, "type": 1}
    assert [q.key for q in journal.queries()] == [query.key]
    assert [e.action for e in journal.audit_entries()] == ["collect.deliver"]


def test_what_stops_a_commit_leaves_nothing(journal: Journal, make_delivery: Make) -> None:
    def breaks() -> Iterator[RefusedRow]:
        yield RefusedRow("f.csv", "", 1, "court", "codes", "nothing")
        raise RuntimeError("the disk is gone")

    before = journal.content()
    finding = Finding(rule="codes", sentence="1 court unknown.")
    query = Query(rule="volume", key="k", sentence="Is this all?")
    with pytest.raises(RuntimeError, match="the disk is gone"):
        journal.commit_delivery(make_delivery(), [finding], [query], breaks(), an_act())
    assert journal.content() == before
    kept = journal.commit_delivery(make_delivery(), [finding], [query], (), an_act())
    assert (kept.sequence, journal.queries()[0].id) == (1, "Q1")


def test_many_refused_rows_are_kept_in_order(journal: Journal, make_delivery: Make) -> None:
    rows = (RefusedRow("f.csv", "", n, "court", f"rule{n % 3}", "nothing") for n in range(30_001))
    kept = journal.commit_delivery(make_delivery(), refused_rows=rows)
    assert [r.row for r in journal.refused_rows(kept.id)] == list(range(30_001))
    assert journal.refused_counts(kept.id) == {"rule0": 10_001, "rule1": 10_000, "rule2": 10_000}


@pytest.mark.parametrize("name", ["\x00.csv", "\udcff\udc80.csv", "né\u2028'; DROP TABLE x;--.csv", "\\.\t\n"])
def test_hostile_file_names_are_kept_readable(journal: Journal, make_delivery: Make, name: str) -> None:
    row = RefusedRow(name, name, 1, name, name, name)
    kept = journal.commit_delivery(make_delivery(filename=name), refused_rows=[row], audit=an_act(reason=name))
    assert kept.filename
    assert "\x00" not in kept.filename
    assert journal.delivery(kept.id) == kept
    assert next(journal.refused_rows(kept.id)).file == kept.filename
    assert journal.verify_chain().whole


def test_deliveries_are_chosen_by_any_part(journal: Journal, make_delivery: Make) -> None:
    one = journal.commit_delivery(make_delivery("a", batch="b1"))
    two = journal.commit_delivery(make_delivery("b", source="pcol", period="2012-06", verdict="refused"))
    three = journal.commit_delivery(make_delivery("c", supplier="wales", dataset="orders", batch="b1"))
    assert journal.deliveries(batch="b1") == [one, three]
    assert journal.deliveries(source="pcol") == journal.deliveries(verdict="refused") == [two]
    assert journal.deliveries(supplier="wales") == journal.deliveries(dataset="orders") == [three]
    assert journal.deliveries(period="2012-06") == journal.deliveries(sha256="b" * 64) == [two]
    assert journal.deliveries() == [one, two, three]


def test_a_withdrawal_says_who_when_and_why(journal: Journal, make_delivery: Make) -> None:
    kept = journal.commit_delivery(make_delivery())
    gone = journal.withdraw_delivery(kept.id, AT, "anna", "Wrong month.", an_act(action="delivery.withdraw"))
    assert gone.withdrawn is not None
    assert (gone.withdrawn.by, gone.withdrawn.reason, gone.withdrawn.sequence) == ("anna", "Wrong month.", 2)
    assert journal.delivery(kept.id) == gone
    assert journal.in_force(*kept.slot) is None
    assert [e.action for e in journal.audit_entries()] == ["delivery.withdraw"]


def test_withdrawals_that_make_no_sense_are_refused(journal: Journal, make_delivery: Make) -> None:
    kept = journal.commit_delivery(make_delivery())
    refused = journal.commit_delivery(make_delivery("b", verdict="refused"))
    with pytest.raises(UserError, match=r"PR-J007.*without a reason"):
        journal.withdraw_delivery(kept.id, AT, "anna", "  ")
    with pytest.raises(UserError, match=r"PR-J007.*was refused"):
        journal.withdraw_delivery(refused.id, AT, "anna", "Wrong.")
    with pytest.raises(UserError, match="PR-J005"):
        journal.withdraw_delivery("none", AT, "anna", "Wrong.")
    journal.withdraw_delivery(kept.id, AT, "anna", "Wrong.")
    with pytest.raises(UserError, match=r"PR-J007.*already"):
        journal.withdraw_delivery(kept.id, AT, "anna", "Wrong.")


def test_what_was_withdrawn_can_be_delivered_again(journal: Journal, make_delivery: Make) -> None:
    kept = journal.commit_delivery(make_delivery())
    journal.withdraw_delivery(kept.id, AT, "anna", "By mistake.")
    second = journal.commit_delivery(make_delivery(again=1))
    assert second.id != kept.id
    assert journal.find_delivery(kept.sha256, *kept.slot) == second == journal.in_force(*kept.slot)


@pytest.mark.parametrize(
    ("field", "value"),
    [("mode", "some"), ("verdict", "fine"), ("received_at", datetime(2012, 5, 1))],
)
def test_a_delivery_out_of_vocabulary_cannot_be_made(make_delivery: Make, field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        make_delivery(**{field: value})


def test_a_receipt_is_plain_json(journal: Journal, make_delivery: Make) -> None:
    for bad in ({"at": AT}, {"share": float("nan")}):
        with pytest.raises((TypeError, ValueError)):
            journal.commit_delivery(make_delivery(receipt=bad))
    assert journal.deliveries() == []
