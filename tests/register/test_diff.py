"""Each kind of change, and whether it breaks, adds or only describes."""

from __future__ import annotations

import pytest

from piperoll.register import load
from piperoll.register.diff import EFFECTS, compare
from piperoll.register.diffcontract import widens

from .conftest import BASE


S = "sources/tickets.yaml"
P = "publications/fines/publication.yaml"
C = "codes/status.yaml"
A = "codes/area.csv"
PAID = "      - {name: paid, type: date, class: T, aliases: [date paid]}\n"
RULE = "      - {id: T-1, severity: E, check: paid >= issued, fields: [paid], message: paid before it was issued}\n"

# file, old text, new text, changes from old to new, changes back
CASES = {
    "a text": (S, "title: Tickets issued", "title: Tickets given", "describes", "describes"),
    "field added, may be null": (S, PAID, PAID + "      - {name: colour, type: str, class: A}\n", "adds", "breaks"),
    "field added, never null": (
        S,
        PAID,
        PAID + "      - {name: colour, type: str, class: A, null: never}\n",
        "breaks",
        "breaks",
    ),
    "null tightened": (S, PAID, PAID.replace("class: T,", "class: T, null: never,"), "breaks", "adds"),
    "type widened": (S, 'type: "dec(8,2)"', 'type: "dec(12,2)"', "adds", "breaks"),
    "text lengthened": (S, "type: str(80)", "type: str(100)", "adds", "breaks"),
    "type changed": (S, 'type: "dec(8,2)"', "type: int", "breaks", "breaks"),
    "class changed": (S, "{name: area, type: code, class: Q", "{name: area, type: code, class: A", "breaks", "breaks"),
    "largest value raised": (S, "max: 1000", "max: 5000", "adds", "breaks"),
    "smallest value gone": (S, "min: 0, ", "", "adds", "breaks"),
    "wrong letters only told": (S, "check: ticket", "check: ticket, check_severity: W", "adds", "breaks"),
    "header added": (S, "[date paid]", "[date paid, paid on]", "adds", "breaks"),
    "required when": (S, "required_when: amount > 100", "required_when: amount > 50", "breaks", "breaks"),
    "required no longer": (S, ", required_when: amount > 100", "", "adds", "breaks"),
    "unit": (S, "unit: GBP", "unit: EUR", "breaks", "breaks"),
    "rule E gone": (S, RULE, "", "adds", "breaks"),
    "rule W gone": (S, RULE, RULE.replace("severity: E", "severity: W"), "adds", "breaks"),
    "rule's condition": (S, "check: paid >= issued", "check: paid > issued", "breaks", "breaks"),
    "rule's message": (S, "message: paid before it was issued", "message: paid too early", "describes", "describes"),
    "W's condition": (S, "o.issued <> t.issued", "o.issued < t.issued", "adds", "adds"),
    "W to R": (S, "severity: W\n", "severity: R\n", "describes", "describes"),
    "tolerance": (S, "severity: W\n", "severity: W\n        tolerance: 0.1\n", "adds", "breaks"),
    "rule R added": (
        S,
        RULE,
        RULE + "      - {id: T-9, severity: R, check: amount > 0, message: no amount}\n",
        "adds",
        "adds",
    ),
    "reference stricter": (S, "severity: W}", "severity: E}", "breaks", "adds"),
    "mode": (S, "mode: events", "mode: snapshot", "breaks", "breaks"),
    "key": (S, "key: [ticket_no, sent]", "key: [ticket_no]", "breaks", "breaks"),
    "file name": (S, "'reminders_", "'reminder_", "breaks", "breaks"),
    "owed for longer": (S, "owed_from: 2011-01", "owed_from: 2010-01", "breaks", "adds"),
    "owed until": (S, "owed_from: 2011-01", "owed_from: 2011-01\n    owed_to: 2015-12", "adds", "breaks"),
    "later": (S, "owed_from: 2011-01", "owed_from: 2011-01\n    due_days: 30", "adds", "breaks"),
    "cut-off gone": (S, "    cut_off: issued\n", "", "adds", "breaks"),
    "unknown columns kept out": (S, "    cut_off", "    extra_columns: query\n    cut_off", "adds", "breaks"),
    "volume": (S, "    cut_off", "    volume: {same_period_last_year: 0.2}\n    cut_off", "breaks", "adds"),
    "derived column": (S, "at: issued, type: int}", "at: issued, type: str}", "breaks", "breaks"),
    "code added": (C, "D: Deleted}", "D: Deleted, X: Other}", "adds", "breaks"),
    "label": (C, "N: New", "N: Brand new", "describes", "describes"),
    "code valid for longer": (A, "2011-12-31,200", "2011-12-30,200", "breaks", "adds"),
    "attribute": (A, ",,100", ",,101", "breaks", "breaks"),
    "supplier": (
        "suppliers/forces.yaml",
        "south: {name: South force}",
        "south: {name: Southern force}",
        "describes",
        "describes",
    ),
    "supplier added": (
        "suppliers/forces.yaml",
        "south: {name: South force}",
        "south: {name: South force}\n  west: {name: West force}",
        "breaks",
        "breaks",
    ),
    "policy": ("policies/counts.yaml", "suppress_below: 5", "suppress_below: 8", "breaks", "breaks"),
    "policy's title": (
        "policies/counts.yaml",
        "title: Counts below five",
        "title: Small counts",
        "describes",
        "describes",
    ),
    "condition of a policy": (
        "policies/counts.yaml",
        "words: The figures are not public already.",
        "words: Nobody has published them.",
        "describes",
        "describes",
    ),
    "reason": (P, "reason: An area can", "reason: A place can", "describes", "describes"),
    "policy applies": (P, "reason: An area can", "holds: false, reason: No area can", "breaks", "breaks"),
    "measure": (P, "where: days <= 28", "where: days <= 30", "breaks", "breaks"),
    "measure's label": (P, "label: Share paid", "label: Paid in time", "describes", "describes"),
    "note": (P, "Tickets are counted by", "Tickets count by", "describes", "describes"),
    "chart": (P, "title: Tickets, dimension", "title: Tickets by area, dimension", "describes", "describes"),
    "SQL of a model": ("publications/fines/issued.sql", "FROM tickets", "FROM  tickets", "breaks", "breaks"),
    "owner": ("register.yaml", "owner: Office of Examples", "owner: Examples Office", "describes", "describes"),
    "person": ("people.yaml", "name: Head of profession", "name: Chief statistician", "describes", "describes"),
    "identifier check": ("identifiers.yaml", "{1,7}", "{1,8}", "breaks", "breaks"),
}


@pytest.mark.parametrize("case", CASES)
def test_one_change(case, edited):
    name, old, new, forward, back = CASES[case]
    before, after = load(edited()), load(edited({name: [[old, new]]}))
    there, home = compare(before, after), compare(after, before)
    assert [each.effect for each in there] == [forward], [str(each) for each in there]
    assert [each.effect for each in home] == [back], [str(each) for each in home]


def test_day_of_a_stock(edited):
    stock = [["mode: increment", "mode: snapshot"], ["    deleted: {field: status, value: D}\n", ""]]
    friday = [["    cut_off", "    snapshot: {field: issued, weekday: friday}\n    cut_off"]]
    before, after = load(edited({S: stock})), load(edited({S: [*stock, *friday]}))
    assert [each.effect for each in compare(before, after)] == ["breaks"]
    assert [each.effect for each in compare(after, before)] == ["adds"]


def test_nothing_changed(edited):
    assert compare(load(BASE), load(edited())) == []


def test_whole_things(edited):
    more = {
        "sources/new.yaml": "title: New\n",
        "codes/new.yaml": "title: New\ncodes: {a: A}\n",
        "policies/new.yaml": "title: New\n",
        "suppliers/new.yaml": "title: New\nsuppliers: {a: {name: A}}\n",
        "publications/new/publication.yaml": "title: New\n",
    }
    after = load(edited(write=more))
    added = compare(load(BASE), after)
    assert [str(each) for each in added] == [
        "adds      codes new: The code list is new.",
        "adds      policy new: The policy is new.",
        "adds      publication new: The publication is new.",
        "adds      source new: The source is new.",
        "adds      suppliers new: The supplier group is new.",
    ]
    assert {each.effect for each in compare(after, load(BASE))} == {"breaks"}


def test_what_breaks_comes_first(edited):
    after = load(
        edited({S: [["max: 1000", "max: 10"], ["title: Tickets issued", "title: T"]], C: [["N: New", "N: N"]]})
    )
    effects = [each.effect for each in compare(load(BASE), after)]
    assert effects == sorted(effects, key=EFFECTS.index)
    assert effects[0] == "breaks"


def test_sentences(edited):
    changed = load(edited({S: [["max: 1000", "max: 10"], ["null: never, check: ticket", "null: never"]]}))
    assert [str(each) for each in compare(load(BASE), changed)] == [
        "breaks    dataset tickets.ticket.amount: `max` was `1000`, now `10`.",
        "adds      dataset tickets.ticket.ticket_no: `check` was `ticket`, now none.",
    ]


@pytest.mark.parametrize(
    ("was", "now", "wider"),
    [
        ("str(5)", "str(6)", True),
        ("str(6)", "str(5)", False),
        ("str(5)", "str", True),
        ("str", "str(500)", False),
        ("dec(8,2)", "dec(9,3)", True),
        ("dec(8,2)", "dec(8,3)", False),
        ("dec(8,2)", "dec(9,2)", True),
        ("int", "dec(38,2)", True),
        ("int", "dec(8,2)", False),
        ("int", "str", False),
        ("date", "datetime", False),
        ("code", "str", False),
    ],
)
def test_widening(was, now, wider):
    assert widens(was, now) is wider
