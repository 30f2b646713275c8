"""Sign-offs and approvals in the journal: nobody signs what they made, nothing is approved unsigned; both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from piperoll.errors import UserError
from piperoll.journal import AuditDraft, Release
from piperoll.journal.signing import Approval, Draft, QualityWaiver, Signoff, person_key


AT = dt.datetime(2012, 7, 1, 9, 0, tzinfo=dt.UTC)
MADE = Release(
    id="p/2012Q2/1", publication="p", period="2012Q2", edition="1", vintage=7, definitions_hash="f" * 64,
    manifest_sha256="a" * 64, at=AT, by="anna",
)  # fmt: skip
SIGNED = Signoff(
    release=MADE.id, fingerprint="f" * 64, manifest_sha256="a" * 64, rests_on="b" * 64, signer="Ben", mode="local",
    recorded_by="anna", at=AT, note="Looked at all of it.",
)  # fmt: skip
APPROVED = Approval(release=MADE.id, signoff="S1", approver="Clara", mode="local", recorded_by="anna", at=AT)
DRAFT = Draft(
    publication="p", period="2012Q2", vintage=7, fingerprint="f" * 64, object="c" * 64, cells=12, by="anna", at=AT
)
WAIVER = QualityWaiver(
    publication="p", period="2012Q2", shortfalls=("b", "a"), reason="First year", approver="Head", made_by="anna", at=AT
)


def made_by(actor: str, entry: str = MADE.id) -> AuditDraft:
    return AuditDraft(
        at=AT, actor=actor, actor_kind="local", action="release.make", resource_kind="publication",
        resource_key="p/2012Q2", allowed=True, reason="", purpose="", details={"entry": entry},
    )  # fmt: skip


def test_an_edition_is_signed_and_then_approved(journal: Any) -> None:
    journal.record_release(MADE)
    assert journal.record_signoff(SIGNED, made_by("x", "other")) == replace(SIGNED, id="S1")
    assert journal.signoffs(MADE.id) == [replace(SIGNED, id="S1")] and journal.signoffs("other") == []
    assert journal.approval(MADE.id) is None
    assert journal.record_approval(APPROVED, made_by("x", "other")).status == "approved"
    assert journal.release(MADE.id).status == "approved" and journal.approval(MADE.id) == APPROVED
    assert journal.verify_chain().entries == 2
    for again in (lambda: journal.record_approval(APPROVED), lambda: journal.record_signoff(SIGNED)):
        with pytest.raises(UserError, match="PR-E066"):
            again()


@pytest.mark.parametrize("name", ["anna", " Anna ", "AN\uff2eA", "", " \t"])
def test_nobody_signs_what_they_made(sqlite_journal: Any, name: str) -> None:
    sqlite_journal.record_release(MADE)
    with pytest.raises(UserError, match="PR-E061"):
        sqlite_journal.record_signoff(replace(SIGNED, signer=name))
    assert sqlite_journal.signoffs() == []


def test_who_makes_the_same_again_has_made_it(sqlite_journal: Any) -> None:
    sqlite_journal.record_release(MADE)
    sqlite_journal.record_signoff(SIGNED)
    assert sqlite_journal.makers(MADE.id) == ("anna",)
    sqlite_journal.append_audit(made_by("dora", "p/2012Q2/2"))
    sqlite_journal.append_audit(replace(made_by("eric"), allowed=False))
    assert sqlite_journal.makers(MADE.id) == ("anna",)
    sqlite_journal.append_audit(made_by("ben"))
    assert sqlite_journal.makers(MADE.id) == ("anna", "ben")
    with pytest.raises(UserError, match="PR-E061"):
        sqlite_journal.record_approval(APPROVED)
    assert sqlite_journal.release(MADE.id).status == "made"


def test_a_signature_holds_for_one_edition_alone(sqlite_journal: Any) -> None:
    sqlite_journal.record_release(MADE)
    for other in (replace(SIGNED, fingerprint="0" * 64), replace(SIGNED, manifest_sha256="0" * 64)):
        with pytest.raises(UserError, match="PR-E062"):
            sqlite_journal.record_signoff(other)
    with pytest.raises(UserError, match="PR-E062"):
        sqlite_journal.record_approval(APPROVED)
    sqlite_journal.record_signoff(SIGNED)
    second = replace(MADE, id="p/2012Q2/2", edition="2", definitions_hash="e" * 64, manifest_sha256="d" * 64)
    sqlite_journal.record_release(second)
    with pytest.raises(UserError, match="PR-E062"):
        sqlite_journal.record_approval(replace(APPROVED, release=second.id))
    assert sqlite_journal.release(second.id).status == "made"
    with pytest.raises(UserError, match="PR-J013"):
        sqlite_journal.record_signoff(replace(SIGNED, release="none"))


def test_there_is_no_other_way_to_be_approved(sqlite_journal: Any) -> None:
    sqlite_journal.record_release(MADE)
    with pytest.raises(ValueError, match="record_approval"):
        sqlite_journal.set_release_status(MADE.id, "approved")
    sqlite_journal.record_signoff(SIGNED)
    sqlite_journal.set_release_status(MADE.id, "withdrawn")
    with pytest.raises(UserError, match="PR-E066"):
        sqlite_journal.record_approval(APPROVED)


def test_a_draft_looked_at_again_is_one(journal: Any) -> None:
    first = journal.record_draft(DRAFT)
    assert first == replace(DRAFT, id="D1")
    assert journal.record_draft(replace(DRAFT, by="ben"), made_by("x", "other")) == first
    other = journal.record_draft(replace(DRAFT, object="d" * 64))
    assert journal.record_draft(DRAFT).id == "D3"
    assert [each.id for each in journal.drafts("p", "2012Q2")] == ["D1", other.id, "D3"]
    assert journal.drafts("p", "2012Q1") == []


def test_a_waiver_of_quality_says_what_why_and_who(journal: Any) -> None:
    assert journal.record_quality_waiver(WAIVER) == replace(WAIVER, id="L1")
    assert journal.quality_waivers() == [replace(WAIVER, id="L1", shortfalls=("a", "b"))]
    for wrong in (replace(WAIVER, reason=" "), replace(WAIVER, approver="")):
        with pytest.raises(UserError, match="PR-E068"):
            journal.record_quality_waiver(wrong)
    assert len(journal.quality_waivers()) == 1


def test_one_person_has_one_name() -> None:
    assert person_key(" Ann  LEE\t") == person_key("ann lee") == person_key("\uff21nn\u00a0Lee")
    assert person_key("ann lea") != person_key("ann lee")
