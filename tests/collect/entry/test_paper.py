"""Forms on paper: keyed twice, differences decided, scans kept in the vault."""

from __future__ import annotations

import pytest

from piperoll.collect import Limits
from piperoll.collect.entry import Forms, evidence, paper, submit
from piperoll.errors import UserError
from piperoll.store.vault import items
from tests.collect.entry.conftest import GOOD


PDF = b"%PDF-1.4\n% Zoe Canary signed here\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9"


@pytest.fixture
def keyed(place):
    """Forms for two people, and the id of a form that the first has keyed."""
    ann, bea = (Forms(place, "cases.case", "north", clerk=who) for who in ("Ann", "Bea"))
    made = ann.open("2012-05", GOOD, reference="Canary/7", dated="2012-05-02")
    assert made.way == "paper"
    return ann, bea, ann.save(made.id, made.revision).id


def test_keyed_twice_alike_it_may_be_delivered(keyed):
    ann, bea, name = keyed
    with pytest.raises(UserError) as caught:
        submit(ann, "2012-05")
    assert caught.value.code == "PR-C167" and name in caught.value.sentence
    with pytest.raises(UserError, match=r"PR-C168.*another person's"):
        paper.key_again(ann, name, GOOD, ann.entry(name).revision)
    keying = paper.key_again(bea, name, GOOD, bea.entry(name).revision)
    assert (keying.differs, keying.by, bea.entry(name).checked) == ((), "Bea", True)
    assert submit(ann, "2012-05", limits=Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60)).receipt.accepted
    with pytest.raises(UserError, match=r"PR-C168.*already"):
        paper.key_again(bea, name, GOOD, bea.entry(name).revision)
    content = ann.read(name, "t")
    assert (content.reference, content.dated) == ("Canary/7", "2012-05-02")


def test_differences_are_named_shown_on_record_and_decided(keyed, place):
    ann, bea, name = keyed
    other = GOOD | {"amount": "70.00", "party_name": "Zoe Kanary", "urgent": ""}
    keying = paper.key_again(bea, name, other, bea.entry(name).revision)
    assert keying.differs == ("amount", "party_name", "urgent") and not bea.entry(name).checked
    assert paper.both(ann, name, "to decide")["amount"] == ("10.00", "70.00")
    assert list(place.journal.audit_entries())[-1].action == "entry.read"
    revision = ann.entry(name).revision
    decided = {"amount": "second", "party_name": "first", "urgent": "second"}
    for wrong, reason, code in (
        (decided, " ", "PR-C165"), ({"amount": "first"}, "r", "PR-C168"), (decided | {"urgent": "third"}, "r", "PR-C168"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=code):
            paper.resolve(ann, name, wrong, revision, reason)
    entry = paper.resolve(ann, name, decided, revision, "the form says seventy")
    assert (entry.version, entry.checked) == (2, True)
    values = ann.read(name, "t").values
    assert (values["amount"], values["party_name"], "urgent" in values) == ("70.00", "Zoe Canary", False)
    last = ann.history(name)[-1]
    assert (last.act, last.reason, last.fields) == ("resolved", "the form says seventy", ("amount", "urgent"))
    (kept,) = place.journal.keyings(name)
    assert (kept.resolved_by, kept.reason, kept.open) == ("Ann", "the form says seventy", False)
    with pytest.raises(UserError, match=r"PR-C168.*No differences"):
        paper.resolve(ann, name, decided, entry.revision, "again")
    told = str([(e.details, e.purpose, e.reason) for e in place.journal.audit_entries()])
    assert "Kanary" not in told and "Canary" not in told and "70.00" not in told


def test_what_is_not_from_paper_or_not_saved_is_not_keyed_again(forms, place, saved):
    bea = Forms(place, "cases.case", "north", clerk="Bea")
    name = saved()
    draft = forms.open("2012-05", reference="F/8", dated="2012-05-02")
    for each in (name, draft.id):
        with pytest.raises(UserError, match=r"PR-C168.*no saved record"):
            paper.key_again(bea, each, GOOD, bea.entry(each).revision)
        with pytest.raises(UserError, match=r"PR-C168.*No differences"):
            paper.both(bea, each, "t")


@pytest.mark.parametrize(("reference", "dated"), [("F/1", ""), ("F\x00", "2012-05-01"), ("\ud800", "2012-05-01"), ("", "2012-05-01"), ("F/1", "1 May"), ("F" * 101, "2012-05-01")])  # fmt: skip
def test_a_form_has_a_reference_and_a_date(forms, reference, dated):
    with pytest.raises(UserError, match=r"PR-C160.*reference and its date"):
        forms.open("2012-05", reference=reference, dated=dated)


def test_a_scan_is_kept_in_the_vault_and_read_back_on_record(keyed, place, home, tmp_path):
    ann, _, name = keyed
    scan = tmp_path / "whatever.doc"
    for data, kind in ((PNG, "png"), (JPEG, "jpeg"), (PDF, "pdf")):
        scan.write_bytes(data)
        entry = evidence.attach(ann, name, scan, ann.entry(name).revision)
        assert entry.evidence.endswith(f".{kind}"), "by its bytes, not by its name"
    assert len(list(items.items(home.vault, "evidence"))) == 3
    assert not [p for p in home.root.rglob("*") if p.is_file() and b"Canary" in p.read_bytes()]
    out = tmp_path / "scan.pdf"
    assert evidence.export(ann, name, out, "to compare") == "pdf" and out.read_bytes() == PDF
    assert out.stat().st_mode & 0o077 == 0
    last = list(place.journal.audit_entries())[-1]
    assert (last.action, last.purpose, last.details["scan"]) == ("entry.read", "to compare", True)
    with pytest.raises(UserError, match="PR-C035"):
        evidence.export(ann, name, out, "again")


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "no PDF"), (b"MZ\x90", "no PDF"), (b"<html>", "no PDF"), (PDF[:-7], "cut short"), (PNG[:-8], "cut short"),
     (JPEG[:-2], "cut short"), (PDF[:9] + b"\0" * (20 << 20) + PDF[9:], "larger than")],
    ids=["empty", "program", "page", "short pdf", "short png", "short jpeg", "large"],
)  # fmt: skip
def test_what_is_no_scan_is_refused(data, words):
    with pytest.raises(UserError) as caught:
        evidence.kind_of(data)
    assert caught.value.code == "PR-C169" and words in caught.value.sentence


def test_a_scan_belongs_to_a_record_from_paper(forms, saved, tmp_path):
    name = saved()
    scan = tmp_path / "scan.png"
    with pytest.raises(UserError, match="PR-C029"):
        evidence.attach(forms, name, scan, forms.entry(name).revision)
    with pytest.raises(UserError, match="PR-C029"):
        evidence.attach(forms, name, tmp_path / "a\0b", forms.entry(name).revision)
    scan.write_bytes(PNG)
    with pytest.raises(UserError, match=r"PR-C168.*not keyed from"):
        evidence.attach(forms, name, scan, forms.entry(name).revision)
    with pytest.raises(UserError, match=r"PR-C162.*no scanned form"):
        evidence.export(forms, name, tmp_path / "out", "t")
