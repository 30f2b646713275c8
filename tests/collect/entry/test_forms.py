"""Records entered by hand: drafts, the contract, versions, two clerks at once, one office's eyes alone."""

from __future__ import annotations

import pytest

from piperoll.collect.entry import Content, Forms, evidence
from piperoll.collect.entry.content import read_values
from piperoll.errors import UserError
from piperoll.store.vault import admin, items
from tests.collect.entry.conftest import GOOD


def in_clear(home, *texts: str) -> list[str]:
    """Files below the home that hold one of the texts as it is."""
    return [
        str(path.relative_to(home.root))
        for path in sorted(home.root.rglob("*"))
        if path.is_file() and any(text.encode() in path.read_bytes() for text in texts)
    ]


def test_a_record_is_typed_field_by_field_and_saved(forms, home):
    entry = forms.open("2012-05")
    assert (entry.id, entry.state, entry.version, entry.revision) == ("E1", "draft", 0, 1)
    for name, text in GOOD.items():
        entry = forms.set(entry.id, {name: text}, entry.revision)
    assert entry.revision == 1 + len(GOOD) and forms.faults(entry.id) == ()
    entry = forms.save(entry.id, entry.revision)
    assert (entry.state, entry.version, entry.draft) == ("saved", 1, "")
    assert forms.read("E1", "to check").values == GOOD
    (version,) = forms.history("E1")
    assert (version.act, version.by, version.fields) == ("saved", home.actor.name, tuple(GOOD))
    assert [each.name for each in items.items(home.vault, "entries")] == ["E1.v1"], "drafts are gone once saved"


def test_a_draft_is_judged_by_the_contract_as_a_file_is(forms, home, cases):
    wrong = GOOD | {"kind": "X", "opened": "yesterday", "case_number": "ab1", "party_name": ""}
    entry = forms.open("2012-05", wrong)
    faults = forms.faults(entry.id)
    got = home.take("cases_case_north_2012-05.csv", cases(",".join(wrong.values())))
    assert {(f.rule, f.field, f.severity) for f in faults} == {
        (f.rule, f.field, f.severity) for f in got.findings if f.rows
    }, "the same functions, the same findings"
    assert ("G-V01", "party_name") in {(f.rule, f.field) for f in faults}
    told = {f.field: f.sentence for f in faults}
    assert told["party_name"] == "`party_name` is empty." and told["opened"].startswith("`opened` is not a date")
    with pytest.raises(UserError) as caught:
        forms.save(entry.id, entry.revision)
    assert caught.value.code == "PR-C163" and "yesterday" not in caught.value.sentence
    assert forms.entry(entry.id).state == "draft" and forms.read(entry.id, "again").values["opened"] == "yesterday"


def test_a_warning_does_not_keep_a_record_from_being_saved(forms):
    entry = forms.open("2012-05", GOOD | {"amount": "5000000"})
    assert [(f.rule, f.severity) for f in forms.faults(entry.id)] == [("CASES-V01", "W")]
    assert forms.save(entry.id, entry.revision).version == 1


def test_a_correction_keeps_the_old_version_with_who_when_why(forms, place, saved):
    name = saved()
    other = Forms(place, "cases.case", "north", clerk="Bea")
    entry = other.set(name, {"amount": "12.50", "urgent": ""}, forms.entry(name).revision)
    assert (entry.state, entry.version) == ("saved", 1), "what was saved counts until the correction is"
    with pytest.raises(UserError, match=r"PR-C165.*no reason"):
        other.save(name, entry.revision)
    entry = other.save(name, entry.revision, "misread")
    first, second = other.history(name)
    assert (second.act, second.by, second.reason, second.fields) == (
        "corrected",
        "Bea",
        "misread",
        ("amount", "urgent"),
    )
    assert other.read(name, "t", 1).values == GOOD and "urgent" not in other.read(name, "t").values
    assert first.version == 1 and entry.version == 2
    with pytest.raises(UserError, match=r"PR-C165.*Nothing"):
        other.save(name, entry.revision, "again")
    with pytest.raises(UserError, match="PR-C162"):
        other.read(name, "t", 9)


def test_of_two_clerks_on_one_record_the_second_is_told(forms, place, saved):
    name = saved()
    ann, bea = (Forms(place, "cases.case", "north", clerk=who) for who in ("Ann", "Bea"))
    seen = ann.entry(name).revision
    ann.set(name, {"amount": "11"}, seen)
    with pytest.raises(UserError) as caught:
        bea.set(name, {"amount": "99"}, seen)
    assert caught.value.code == "PR-C161" and "`Ann`" in caught.value.sentence and "99" not in caught.value.sentence
    assert ann.read(name, "t").values["amount"] == "11", "nothing of hers is lost"
    for act in (lambda: bea.save(name, seen, "r"), lambda: bea.withdraw(name, seen, "r")):
        with pytest.raises(UserError, match="PR-C161"):
            act()


def test_a_clerk_works_for_their_own_office_alone(forms, place, clerk_of, saved):
    name = saved()
    north, south = clerk_of("ann", "north"), clerk_of("sid", "south")
    assert [e.id for e in Forms(north, "cases.case", "north").entries()] == [name]
    theirs = Forms(south, "cases.case", "south")
    with pytest.raises(UserError) as caught:
        theirs.read(name, "curious")
    assert caught.value.code == "PR-C162", "for another office the record is not there"
    with pytest.raises(UserError, match=r"PR-G001.*own office alone"):
        Forms(south, "cases.case", "north").read(name, "curious")
    with pytest.raises(UserError, match="PR-G001"):
        Forms(south, "cases.case", "north").open("2012-05")
    refused = [e for e in place.journal.audit_entries() if not e.allowed]
    assert [(e.actor, e.action) for e in refused] == [("sid", "entry.read"), ("sid", "entry.write")]


def test_two_records_of_a_slot_cannot_have_one_key(forms, saved):
    name = saved()
    entry = forms.open("2012-05", GOOD)
    with pytest.raises(UserError) as caught:
        forms.save(entry.id, entry.revision)
    assert caught.value.code == "PR-C164" and name in caught.value.sentence and "AB000001" not in caught.value.sentence
    forms.withdraw(name, forms.entry(name).revision, "entered twice")
    assert forms.save(entry.id, entry.revision).version == 1
    june = forms.open("2012-06", GOOD)
    assert forms.save(june.id, june.revision).version == 1, "in another period it is another delivery's"


def test_what_is_withdrawn_stays_in_its_history(forms, saved):
    name = saved()
    revision = forms.entry(name).revision
    with pytest.raises(UserError, match="PR-C165"):
        forms.withdraw(name, revision, " ")
    gone = forms.withdraw(name, revision, "not ours")
    assert [(v.act, v.reason) for v in forms.history(name)] == [("saved", ""), ("withdrawn", "not ours")]
    assert forms.read(name, "to see").values == GOOD
    with pytest.raises(UserError, match=r"PR-C165.*withdrawn"):
        forms.set(name, {"amount": "1"}, gone.revision)


@pytest.mark.parametrize(
    ("given", "words"),
    [({"amont": "1"}, "Did you mean `amount`"), ({"zzz": "1"}, "Its fields"), ({"kind": "A\x00"}, "no text"),
     ({"kind": "A" * 10_001}, "longer than"), ({"kind": 3}, "not a text"), ({"kind": "\ud800"}, "no text")],
)  # fmt: skip
def test_what_is_no_text_of_a_field_is_told(forms, given, words):
    with pytest.raises(UserError) as caught:
        forms.open("2012-05", given)
    assert caught.value.code == "PR-C160" and words in caught.value.sentence
    assert forms.entries() == []


def test_datasets_offices_and_periods_are_those_of_the_register(place, forms):
    for dataset, office, code in (
        ("cases.nothing", "north", "PR-C022"), ("nothing", "north", "PR-C022"), ("cases.case", "nowhere", "PR-C024"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=code):
            Forms(place, dataset, office)
    for period, code in (("2012Q2", "PR-C024"), ("2010-01", "PR-C025"), ("2013-01", "PR-C025")):
        with pytest.raises(UserError, match=code):
            forms.open(period)
    for name in ("E1", "E", "", "E99999999999999999999", "x"):
        with pytest.raises(UserError, match="PR-C162"):
            forms.entry(name)


def test_nothing_typed_is_in_clear_anywhere(forms, home, saved):
    name = saved()
    entry = forms.set(name, {"party_name": "Yan Canary"}, forms.entry(name).revision)
    forms.faults(name)
    assert in_clear(home, "Canary", "AB000001", "AB1 2CD", "1980-01-01") == []
    forms.save(name, entry.revision, "name")
    forms.read(name, "to check")
    assert in_clear(home, "Canary", "AB000001", "AB1 2CD", "1980-01-01") == []
    assert admin.rekey(home.vault, home.keyring) == 2 and admin.verify(home.vault, home.keyring) == []
    assert forms.read(name, "after a rekey").values["party_name"] == "Yan Canary"


def test_reading_is_recorded_with_its_purpose(forms, place, saved):
    name = saved()
    forms.read(name, "to correct it")
    last = list(place.journal.audit_entries())[-1]
    assert (last.action, last.resource_key, last.purpose, last.details["entry"]) == (
        "entry.read", "offices:north/cases.case", "to correct it", name,
    )  # fmt: skip


def test_a_record_survives_its_journey_through_the_vault() -> None:
    content = Content({"a": 'x,"y"\n\u00e9'}, "F/1", "2012-05-01")
    assert Content.from_bytes(content.to_bytes()) == content


@pytest.mark.parametrize("clerk", ["Ann\x1b[2J", "A\u202enn", "\ud800", "A\x00", "A" * 101])
def test_who_types_has_a_name_that_can_be_shown(place, clerk):
    with pytest.raises(UserError, match=r"PR-C160.*cannot be shown"):
        Forms(place, "cases.case", "north", clerk=clerk)


@pytest.mark.parametrize("odd", ["\n\n", "\x00", "\ud800", "\u202e", "x" * 5000])
def test_a_name_that_is_not_known_is_shown_safely(place, odd):
    for dataset, office, code in ((odd, "north", "PR-C022"), ("cases.case", odd, "PR-C024")):
        with pytest.raises(UserError) as caught:
            Forms(place, dataset, office)
        assert caught.value.code == code and caught.value.sentence.isprintable() and len(caught.value.sentence) < 400


def test_a_record_from_json_says_each_value_once(tmp_path):
    path = tmp_path / "record.json"
    for text, words in (
        ("[" * 100_000, "no JSON"), ('{"amount": "1", "amount": "2"}', "`amount` twice"), ("[]", "no object"), ("7", "no object"),
        ('{"amount": ' + "1" * 5000 + "}", "no JSON"), (" " * (9 << 20) + "{}", "larger than 8 MiB"), ("\ufeff{}", "no JSON"),
    ):  # fmt: skip
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UserError, match=rf"PR-C160.*{words}"):
            read_values(path)
    path.write_text('{"amount": 10.5, "urgent": true, "kind": null, "status": ["N"]}', encoding="utf-8")
    assert read_values(path) == {"amount": "10.5", "urgent": "true", "kind": "", "status": ["N"]}
    for name in ("none.json", "a\x00b", "."):
        with pytest.raises(UserError, match=r"PR-C029"):
            read_values(tmp_path / name)


@pytest.mark.parametrize("purpose", ["", " "])
def test_nothing_is_read_for_no_purpose(forms, saved, place, tmp_path, purpose):
    name = saved()
    before = len(list(place.journal.audit_entries()))
    with pytest.raises(UserError, match=r"PR-C165.*with a purpose"):
        forms.read(name, purpose)
    with pytest.raises(UserError, match=r"PR-C165.*with a purpose"):
        evidence.export(forms, name, tmp_path / "out", purpose)
    assert len(list(place.journal.audit_entries())) == before, "what was not read is not recorded as read"
