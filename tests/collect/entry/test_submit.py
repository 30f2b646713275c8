"""What was entered becomes an ordinary delivery: statistics see no difference; nothing lost, whenever it is killed."""

from __future__ import annotations

import pytest

from piperoll.collect import Limits
from piperoll.collect.entry import Forms, submit
from piperoll.errors import UserError
from piperoll.journal import Journal
from piperoll.store.vault import read
from tests.collect.entry.conftest import GOOD


LIMITS = Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60)
COLUMNS = "case_number, kind, opened, amount, area, party_age, urgent, _supplier, _period"


def test_the_store_and_the_vault_are_as_if_a_file_had_come(forms, home, place, saved, cases, tmp_path):
    saved(1)
    saved(2, amount="5000000", party_name='Ann "A", Canary', urgent="")
    done = submit(forms, "2012-05", limits=LIMITS)
    got = done.receipt
    assert (got.verdict, got.rows_kept, done.records, done.left) == ("accepted_with_queries", 2, 2, ())
    assert [q.rule for q in got.queries] == ["CASES-V01"], "what a file's row is asked, an entered one is asked"
    entered = home.rows("cases.case", COLUMNS)
    names = read.identifier_table(home.vault, home.keyring, got.delivery, purpose="t")
    home.journal.withdraw_delivery(got.delivery, place.clock(), "me", "to compare")
    ann = GOOD | {"case_number": "AB000002", "amount": "5000000", "party_name": '"Ann ""A"", Canary"', "urgent": ""}
    file = home.take("cases_case_north_2012-05.csv", cases(",".join(GOOD.values()), ",".join(ann.values())))
    assert entered == home.rows("cases.case", COLUMNS) and len(entered) == 2
    same = read.identifier_table(home.vault, home.keyring, file.delivery, purpose="t")
    assert names.drop_columns(["_row"]).equals(same.drop_columns(["_row"]))


def test_a_correction_replaces_the_delivery_and_going_back_does_too(forms, place, home, saved):
    name = saved()
    first = submit(forms, "2012-05", limits=LIMITS).receipt
    assert submit(forms, "2012-05", limits=LIMITS).receipt.verdict == "known", "nothing changed"
    for amount in ("12.00", "10.00"):
        entry = forms.set(name, {"amount": amount}, forms.entry(name).revision)
        forms.save(name, entry.revision, "misread")
        got = submit(forms, "2012-05", limits=LIMITS).receipt
        assert got.verdict == "accepted" and got.supersedes == first.delivery
        assert [str(a) for (a,) in home.rows("cases.case", "amount")] == [amount]
        first = got
    entry = forms.entry(name)
    assert (entry.sent_version, entry.delivery) == (3, first.delivery)
    assert [s.delivery != "" for s in place.journal.sendings("cases", "case", "north", "2012-05")] == [True] * 3


def test_killed_between_the_delivery_and_its_note_it_is_completed(forms, home, saved, monkeypatch):
    name = saved()

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "finish_sending", killed)
        with pytest.raises(KeyboardInterrupt):
            submit(forms, "2012-05", limits=LIMITS)
    assert forms.entry(name).delivery == "" and len(home.journal.deliveries()) == 1
    got = submit(forms, "2012-05", limits=LIMITS).receipt
    assert got.verdict == "known" and forms.entry(name).delivery == got.delivery
    assert not [p for p in (home.root / "entry").iterdir() if p.name != ".lock"]


def test_a_draft_survives_a_process_killed_while_saving(forms, place, saved, monkeypatch):
    name = saved()
    entry = forms.set(name, {"amount": "12.00"}, forms.entry(name).revision)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "update_entry", killed)
        with pytest.raises(KeyboardInterrupt):
            forms.save(name, entry.revision, "misread")
    again = Forms(place, "cases.case", "north")
    assert again.entry(name) == entry and again.read(name, "t").values["amount"] == "12.00"
    assert again.save(name, entry.revision, "misread").version == 2
    assert again.read(name, "t").values["amount"] == "12.00"


def test_refused_records_are_named_and_drafts_are_told(forms, place, home, saved):
    saved()
    submit(forms, "2012-05", limits=LIMITS)
    events = Forms(place, "cases.event", "north")
    for number, case in enumerate(("AB000001", "AB999999"), 1):
        given = {"case_number": case, "event_seq": str(number), "event_date": "2012-05-03"}
        made = events.open("2012-05", given)
        events.save(made.id, made.revision)
    left = events.open("2012-05")
    done = submit(events, "2012-05", limits=LIMITS)
    assert done.receipt.verdict == "accepted_less_refused"
    assert [(name, rule) for name, _, rule in done.refused] == [("E3", "G-V10")] and done.left == (left.id,)
    assert "AB999999" not in done.receipt.text


def test_a_slot_that_a_file_fills_is_not_taken_unasked(forms, home, cases, saved):
    file = home.take("cases_case_north_2012-05.csv", cases(",".join(GOOD.values())))
    saved(2)
    with pytest.raises(UserError) as caught:
        submit(forms, "2012-05", limits=LIMITS)
    assert caught.value.code == "PR-C166" and file.delivery in caught.value.sentence
    assert submit(forms, "2012-05", replace_file=True, limits=LIMITS).receipt.supersedes == file.delivery


def test_nothing_is_said_not_passed_over(forms, place, saved):
    with pytest.raises(UserError, match=r"PR-C166.*No record"):
        submit(forms, "2012-05")
    held = Forms(place, "stock.held", "north")
    got = submit(held, "2012Q1", nil=True, limits=LIMITS).receipt
    assert got.accepted and got.nil and got.rows_kept == 0
    saved()
    with pytest.raises(UserError, match=r"PR-C166.*said that there are none"):
        submit(forms, "2012-05", nil=True)


def test_a_clerk_delivers_for_their_own_office_alone(clerk_of, place, saved):
    saved()
    ann = Forms(clerk_of("ann", "north"), "cases.case", "north")
    got = submit(ann, "2012-05", limits=LIMITS).receipt
    entry = [e for e in place.journal.audit_entries() if e.action == "entry.submit"][-1]
    assert (entry.actor, entry.resource_key, entry.details["delivery"]) == (
        "ann", "offices:north/cases.case", got.delivery,
    )  # fmt: skip
    with pytest.raises(UserError, match="PR-G001"):
        submit(Forms(clerk_of("sid", "south"), "cases.case", "north"), "2012-05")


def test_a_dataset_of_fixed_width_files_can_be_entered_too(place, home):
    forms = Forms(place, "stock.place", home.register.suppliers["centre"].suppliers[0].key)
    made = forms.open("2011/12", {"code": "A1", "name": "The long, wide house", "beds": "12"})
    forms.save(made.id, made.revision)
    assert submit(forms, "2011/12", limits=LIMITS).receipt.verdict == "accepted"
    assert home.rows("stock.place", "code, name, beds") == [("A1", "The long, wide house", 12)]
