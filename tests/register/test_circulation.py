"""Recipients, markings and circulation lists of a register: what is right loads, what is wrong is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import get_args

import pytest

from piperoll.register import inspect, load
from piperoll.register.diff import compare
from piperoll.register.find import find
from piperoll.register.model.circulation import Marking, Recipient, Way, is_address, marking_of
from tests.notify.office import BOTH, RECIPIENTS, circulating
from tests.register.conftest import JUSTICE


def told(root: Path) -> list[tuple[str, str]]:
    return [(each.code, each.key) for each in inspect(root)[1]]


def test_a_list_loads(tmp_path: Path) -> None:
    register = load(circulating(tmp_path / "r", *BOTH, "{to: gamma, by: hub, what: [page]}"))
    first, second, third = register.publications["fines"].circulation
    assert (first.to, first.by, first.what, first.when) == ("alpha", "mail", ("workbook",), "made")
    assert (second.what, third.when) == (("tickets",), "publication")
    assert register.recipients["alpha"].agreement == "DSA 1" and register.recipients["delta"].until == dt.date(
        2012, 3, 31
    )
    assert register.marking_of(register.publications["fines"]) == register.markings["restricted"]


@pytest.mark.parametrize(
    ("entry", "codes"),
    [
        ("{to: alpah, by: mail}", ["PR-N010"]),
        ("{to: alpha, by: mial}", ["PR-R013"]),
        ("{to: gamma, by: mail}", ["PR-N015"]),
        ("{to: beta, by: extract}", ["PR-N012"]),
        ("{to: alpha, by: mail, what: [ticktes]}", ["PR-N015"]),
        ("{to: alpha, by: mail, what: [page]}", ["PR-N015"]),
        ("{to: alpha, by: spreadsheet, what: [page]}", ["PR-N015"]),
        ("{to: alpha, by: mail, what: []}", ["PR-N015"]),
        ("{to: alpha, by: mail, when: sometimes}", ["PR-R013"]),
        ("{to: alpha, by: mail, why: x}", ["PR-R010"]),
    ],
)
def test_what_is_wrong_with_an_entry(tmp_path: Path, entry: str, codes: list[str]) -> None:
    assert [code for code, _ in told(circulating(tmp_path / "r", entry))] == codes


@pytest.mark.parametrize(
    ("kind", "codes"), [("official", ["PR-N015"]), ("ad_hoc", ["PR-N015"]), ("third_party", []), ("model_input", [])]
)
def test_official_statistics_leave_for_all_at_once(tmp_path: Path, kind: str, codes: list[str]) -> None:
    for when, expected in (("made", codes), ("publication", []), ("request", [])):
        root = circulating(tmp_path / when, f"{{to: alpha, by: mail, when: {when}}}", kind=kind)
        assert [code for code, _ in told(root)] == expected


def test_an_entry_twice(tmp_path: Path) -> None:
    entry = "{to: alpha, by: mail}"
    assert told(circulating(tmp_path / "r", entry, "{to: alpha, by: extract}")) == []
    assert told(circulating(tmp_path / "twice", entry, entry)) == [("PR-R022", "circulation.1")]


def test_what_is_restricted_needs_a_list(tmp_path: Path) -> None:
    assert told(circulating(tmp_path / "r")) == [("PR-N013", "marking")]
    assert told(circulating(tmp_path / "management", marking="Management information")) == []


def test_nobody_gets_what_he_is_not_cleared_for(tmp_path: Path) -> None:
    root = circulating(tmp_path / "r", *BOTH)
    (root / "recipients.yaml").write_text(
        RECIPIENTS.replace("cleared: [open, management, restricted]}", "cleared: [open]}")
    )
    assert told(root) == [("PR-N011", "circulation.1.to")]


@pytest.mark.parametrize("marking", ["Confidential", "Restrict", "not Restricted"])
def test_a_marking_that_nobody_declared(tmp_path: Path, marking: str) -> None:
    assert told(circulating(tmp_path / "r", *BOTH, marking=marking)) == [("PR-N016", "marking")]


def test_an_agreement_that_ended_before_it_begins(tmp_path: Path) -> None:
    entry = "{to: delta, by: mail}"
    assert told(circulating(tmp_path / "r", entry, also="starts: 2012-04-01\n")) == [("PR-N012", "circulation.0.to")]
    assert told(circulating(tmp_path / "before", entry, also="starts: 2012-03-31\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("alpha@alpha.invalid", "'A <alpha@alpha.invalid>'", "PR-N014"),
        ("alpha@alpha.invalid", '"alpha@alpha.invalid\\r\\nBcc: x@y.invalid"', "PR-N014"),
        ("alpha@alpha.invalid", "'alpha@alpha.invalid,x@y.invalid'", "PR-N014"),
        ("alpha@alpha.invalid", "alpha", "PR-N014"),
        ("cleared: [open, management, restricted], agreement: DSA 1", "cleared: [open, retsricted], agreement: DSA 1", "PR-N016"),
        ("until: 2012-03-31", "until: 2012-03-31, from: 2012-04-01", "PR-R028"),
        ("gamma: {", "../../gamma: {", "PR-R017"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_recipient(tmp_path: Path, old: str, new: str, code: str) -> None:
    root = circulating(tmp_path / "r", "{to: beta, by: mail}")
    assert old in RECIPIENTS
    (root / "recipients.yaml").write_text(RECIPIENTS.replace(old, new, 1))
    assert [found for found, _ in told(root)] == [code]


def test_a_list_without_any_recipients(tmp_path: Path) -> None:
    root = circulating(tmp_path / "r", *BOTH)
    (root / "recipients.yaml").unlink()
    assert told(root) == [("PR-N010", "circulation.0.to"), ("PR-N010", "circulation.1.to")]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("office@example.gov.uk", True), ("a.b-c_d+e@x-y.invalid", True), ("", False), ("a@b", False), ("@b.invalid", False),
        ("a@.invalid", False), ("a..b@c.invalid", False), ("a@b.invalid\n", False), ("a@b.invalid ", False), ("a b@c.invalid", False),
        ("ä@b.invalid", False), ("a@b.invalid>", False), ('"a"@b.invalid', False), ("a@[10.0.0.1]", False),
        ("a" * 65 + "@b.invalid", False), ("-a@b.invalid", False), ("a@" + "b" * 250 + ".invalid", False),
    ],
)  # fmt: skip
def test_addresses(text: str, right: bool) -> None:
    assert is_address(text) is right


def test_the_longest_words_say_which_marking_it_is() -> None:
    markings = [
        Marking("none", says=("",)),
        Marking("low", says=("Official",)),
        Marking("high", says=("Official - sensitive",)),
    ]
    found = {text: marking_of(text, markings) for text in ("", "  ", "official", "OFFICIAL -  SENSITIVE: x", "Secret")}
    assert [each.key if each else None for each in found.values()] == ["none", "none", "low", "high", None]


def test_what_is_declared_is_found_and_compared(tmp_path: Path) -> None:
    before = load(circulating(tmp_path / "r", *BOTH))
    assert find(before, "alpha").title == "Alpha Office" and find(before, "restricted", "marking").title == "RESTRICTED"
    root = circulating(tmp_path / "after", *BOTH)
    text = RECIPIENTS.replace("Alpha Office", "Alpha Bureau").replace("restricted: true}", "restricted: false}")
    (root / "recipients.yaml").write_text(text.replace("  later: ", "  sooner: "))
    assert [(each.effect, each.kind, each.key) for each in compare(before, load(root))] == [
        ("breaks", "marking", "restricted"), ("breaks", "recipient", "later"), ("adds", "recipient", "sooner"),
        ("describes", "recipient", "alpha"),
    ]  # fmt: skip


@pytest.mark.slow  # the whole register is loaded
def test_whom_the_ministry_sends_what() -> None:
    register = load(JUSTICE)
    sent = {key: each.circulation for key, each in register.publications.items() if each.circulation}
    assert len(sent) >= 12 and {entry.by for each in sent.values() for entry in each} == set(get_args(Way))
    restricted = [key for key, each in register.publications.items() if each.marking.startswith("Restricted")]
    assert restricted == ["prison_headline_figures", "prison_weekly_breakdown"] and set(restricted) <= set(sent)
    assert [entry.to for entry in sent["housing_repossession_feed"]] == ["clg_housing"], "the feed goes to nobody else"
    for key, entries in sent.items():
        publication = register.publications[key]
        assert publication.reason and publication.channel and publication.audience, key
        assert publication.kind not in ("official", "ad_hoc"), "what is published needs no list"
        assert {entry.when for entry in entries} <= {"made", "request"} or key == "justice_outcomes"
    used = {entry.to for each in sent.values() for entry in each}
    assert used == set(register.recipients), "nobody is declared for nothing"
    assert all(each.mailbox.endswith(".invalid") for each in register.recipients.values() if each.mailbox)


def test_from_the_first_day_to_the_last() -> None:
    one = Recipient("a", "A", from_=dt.date(2012, 4, 1), until=dt.date(2013, 3, 31))
    days = [dt.date(2012, 3, 31), dt.date(2012, 4, 1), dt.date(2013, 3, 31), dt.date(2013, 4, 1)]
    assert [one.holds(day) for day in days] == [False, True, True, False]
    assert Recipient("b", "B").holds(days[0])
