"""Merges in a register: what is right loads and is found, what is wrong is told with file and line."""

from __future__ import annotations

import pytest

from piperoll.register import inspect, load
from piperoll.register.diff import compare
from piperoll.register.find import find
from piperoll.register.summary import counts
from tests.register.conftest import JUSTICE


GOOD = """\
title: Tickets of two machines
from: 2012-03
to: 2012-07
sides:
  - name: new
    title: New machine
    sql: SELECT ticket_no AS record, issued AS day, area AS place, ticket_no AS ticket FROM tickets__ticket WHERE area = 'N'
    expected: m.in_old AND EXISTS (SELECT 1 FROM came WHERE dataset = 'tickets.ticket' AND rows_refused = 0)
  - name: old
    title: Old machine
    sql: SELECT ticket_no AS record, issued AS day, area AS place, ticket_no AS ticket FROM tickets__ticket WHERE area = 'S'
pairs:
  equal: [ticket]
  when: a.day = b.day
  nearest: abs(a.day - b.day)
fields:
  - name: ticket
    compare: true
    same: lower(a) = lower(b)
reasons:
  - {id: late, says: It came late., of: missing, side: new, when: m.new_day > m.old_day}
  - {id: spelt, says: It is spelt differently., of: differs, field: ticket}
unexplained: 0.01
"""


def told(edited, text: str) -> list[tuple[str, str, str]]:
    _, problems = inspect(edited(write={"merges/both.yaml": text}))
    return [(each.code, each.where, each.key) for each in problems]


def test_a_merge_loads_and_is_found(edited) -> None:
    register = load(edited(write={"merges/both.yaml": GOOD}))
    merge = register.merges["both"]
    assert [each.name for each in merge.sides] == ["new", "old"]
    assert (merge.from_, merge.to, merge.unexplained) == ("2012-03", "2012-07", 0.01)
    assert merge.columns == ("month", "day", "place", "ticket", "in_new", "in_old")
    assert {"ticket", "in_old", "new_record", "old_ticket"} <= set(merge.row_columns)
    assert find(register, "both", "merge").value is merge
    assert counts(register)["merges"] == 1


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("  equal: [ticket]", "  equal: []", "PR-D020", "pairs"),
        ("  equal: [ticket]", "  equal: [tickt]", "PR-R020", "pairs.equal.0"),
        ("from: 2012-03", "from: 2012", "PR-D020", "from"),
        ("unexplained: 0.01", "unexplained: 1.5", "PR-D020", "unexplained"),
        ("side: new, when", "side: newer, when", "PR-R020", "reasons.late.side"),
        ("of: differs, field: ticket", "of: differs, field: tickets", "PR-R020", "reasons.spelt.field"),
        ("of: differs, field: ticket", "of: missing, field: ticket", "PR-D020", "reasons.spelt.field"),
        ("    compare: true\n", "", "PR-D020", "fields.ticket.same"),
        ("  - name: ticket\n", "  - name: day\n", "PR-D020", "fields.day.name"),
        ("    compare: true\n", "    compare: true\n    type: number\n", "PR-D020", "fields.ticket.type"),
        ("    compare: true\n", "    compare: true\n    first: [older]\n", "PR-R020", "fields.ticket.first.0"),
        ("AS ticket FROM tickets__ticket WHERE area = 'N'", "AS tick FROM tickets__ticket", "PR-D020", "sides.new.sql"),
        ("issued AS day, area AS place, ticket_no AS ticket FROM tickets__ticket WHERE area = 'S'",
         "ticket_no AS ticket FROM tickets__ticket", "PR-D020", "sides.old.sql"),
        ("FROM tickets__ticket WHERE area = 'N'", "FROM tickets__tickets", "PR-R025", "sides.new.sql"),
        ("FROM tickets__ticket WHERE area = 'N'", "FROM", "PR-R024", "sides.new.sql"),
        ("when: a.day = b.day", "when: a.day = c.day", "PR-R025", "pairs.when"),
        ("nearest: abs(a.day - b.day)", "nearest: abs(a.days)", "PR-R025", "pairs.nearest"),
        ("same: lower(a) = lower(b)", "same: lower(a) = lower(c)", "PR-R025", "fields.ticket.same"),
        ("m.new_day > m.old_day", "m.new_day > m.older_day", "PR-R025", "reasons.late.when"),
        ("rows_refused = 0", "rows_lost = 0", "PR-R025", "sides.new.expected"),
        ("m.in_old AND", "read_csv('x') AND", "PR-R024", "sides.new.expected"),
        ("title: Tickets", "offices: areas\ntitle: Tickets", "PR-R020", "offices"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_where_it_stands(edited, old: str, new: str, code: str, key: str) -> None:
    assert old in GOOD
    found = told(edited, GOOD.replace(old, new, 1))
    assert (code, key) in [(each[0], each[2]) for each in found], found
    assert all(each[1].startswith("merges/both.yaml:") for each in found)


def test_a_merge_of_one_system(edited) -> None:
    start, end = GOOD.index("  - name: old"), GOOD.index("pairs:")
    found = told(edited, GOOD[:start] + GOOD[end:])
    assert ("PR-D020", "sides") in [(each[0], each[2]) for each in found]


def test_changes_to_a_merge_are_told(edited) -> None:
    before = load(edited(write={"merges/both.yaml": GOOD}))
    after = load(edited(write={"merges/both.yaml": GOOD.replace("0.01", "0.02")}))
    (change,) = [each for each in compare(before, after) if each.kind == "merge"]
    assert (change.effect, change.key) == ("breaks", "both")
    gone = load(edited())
    assert [each.message for each in compare(before, gone) if each.kind == "merge"] == ["The merge is gone."]


def test_those_of_the_ministry_are_read() -> None:
    assert set(load(JUSTICE).merges) == {
        "civil_certificates", "deaths", "incidents", "possession_claims", "prison_population", "youth_custody",
    }  # fmt: skip
