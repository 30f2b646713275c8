"""Forecasts in a register: what is right loads and is found, what is wrong is told with file and line."""

from __future__ import annotations

import pytest

from piperoll.register import inspect, load
from piperoll.register.diff import compare
from piperoll.register.find import find
from piperoll.register.reference import reference
from piperoll.register.summary import counts


STOCK = """\
title: Tickets open
kind: stock_flow
unit: tickets
reason: For tests.
stays:
  sql: SELECT area AS cohort, issued AS entered, issued AS ended FROM tickets__ticket
  count: SELECT area AS cohort, issued AS day FROM tickets__ticket
  known_from: 2012-03
cohorts:
  - {code: N, label: North, inflow: level}
  - {code: S, label: South, counted_as: N}
scenarios:
  - name: more
    title: More
    reason: To see.
    source: Nobody
    changes:
      - {of: inflow, percent: 5, each: year, from: 2012-07, cohorts: [N]}
      - {of: stay, percent: -10}
"""
MONITOR = """\
measures:
  - name: issued
    label: Tickets issued
    role: in
    form: count
    sql: SELECT area AS office, _supplier AS supplier, issued AS day FROM tickets__ticket
  - name: open
    label: Tickets open
    role: outstanding
    form: stock
    sql: SELECT area AS office, _supplier AS supplier, issued AS opened, issued AS closed FROM tickets__ticket
"""
WORK = """\
title: Tickets issued
kind: workload
unit: tickets
reason: For tests.
series: {measure: tickets.issued}
"""


def told(edited, name: str, text: str) -> list[tuple[str, str, str]]:
    _, problems = inspect(edited(write={f"forecasts/{name}.yaml": text, "monitor/tickets.yaml": MONITOR}))
    return [(each.code, each.where.partition(":")[0], each.key) for each in problems]


def test_a_forecast_loads_and_is_found(edited) -> None:
    register = load(edited(write={"forecasts/open.yaml": STOCK}))
    found = register.forecasts["open"]
    assert (found.kind, found.months, found.seed) == ("stock_flow", 24, 1)
    assert found.scenarios[0].changes[0].from_ == "2012-07"
    assert found.counts == {"N": ("N", "S")}
    assert find(register, "open").value is found
    assert counts(register)["forecasts"] == 1
    assert "## `forecasts/<key>.yaml`" in reference()


def test_a_workload_loads(edited) -> None:
    assert told(edited, "issued", WORK) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("kind: stock_flow", "kind: stock_flw", "PR-R013", "kind"),
        ("kind: stock_flow", "kind: workload", "PR-F010", "stays"),
        ("AS ended", "AS endd", "PR-F010", "stays.sql"),
        ("count: SELECT area AS cohort", "count: SELECT area AS kohort", "PR-F010", "stays.count"),
        ("AS ended FROM tickets__ticket", "AS ended FROM tickets__tickets", "PR-R025", "stays.sql"),
        ("count: SELECT", "count: SELCT", "PR-R024", "stays.count"),
        ("known_from: 2012-03", "known_from: 2012", "PR-F010", "stays.known_from"),
        ("{code: S,", "{code: N,", "PR-R022", "cohorts.N"),
        ("inflow: level", "inflow: levle", "PR-R013", "cohorts.N.inflow"),
        ("name: more", "name: central", "PR-F010", "scenarios.central.name"),
        ("name: more", "name: More of it", "PR-F010", "scenarios.More of it.name"),
        ("reason: To see.", "reason: ' '", "PR-F010", "scenarios.more.reason"),
        ("source: Nobody", "source: ''", "PR-F010", "scenarios.more.source"),
        ("cohorts: [N]", "cohorts: [M]", "PR-R020", "scenarios.more.changes.0.cohorts.0"),
        ("from: 2012-07", "from: July", "PR-F010", "scenarios.more.changes.0.from"),
        ("percent: -10", "percent: -100", "PR-F010", "scenarios.more.changes.1.percent"),
        ("unit: tickets", "unit: tickets\npaths: 5", "PR-F010", "paths"),
        ("unit: tickets", "unit: tickets\nmonths: 0", "PR-F010", "months"),
        ("unit: tickets", "unit: tickets\nmnths: 3", "PR-R010", "mnths"),
    ],
)
def test_what_is_wrong_is_told(edited, old: str, new: str, code: str, key: str) -> None:
    assert old in STOCK
    found = told(edited, "open", STOCK.replace(old, new))
    assert (code, "forecasts/open.yaml", key) in found, found


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("tickets.issued", "ticket.issued", "PR-R020", "series.measure"),
        ("tickets.issued", "tickets.isued", "PR-R020", "series.measure"),
        ("tickets.issued", "tickets.open", "PR-F010", "series.measure"),
        ("series: {measure: tickets.issued}\n", "", "PR-F010", "kind"),
        ("series:", "scenarios: [{name: longer, title: L, reason: R, source: S, changes: [{of: stay, percent: 1}]}]\nseries:",
         "PR-F010", "scenarios.longer.changes.0.of"),
        ("series:", "scenarios: [{name: longer, title: L, reason: R, source: S, changes: []}]\nseries:",
         "PR-F010", "scenarios.longer.changes"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_workload_is_told(edited, old: str, new: str, code: str, key: str) -> None:
    assert old in WORK
    found = told(edited, "issued", WORK.replace(old, new, 1))
    assert (code, "forecasts/issued.yaml", key) in found, found


def test_what_changed_is_told(edited) -> None:
    old = load(edited(write={"forecasts/open.yaml": STOCK}))
    new = load(edited(write={"forecasts/open.yaml": STOCK.replace("percent: 5", "percent: 6")}))
    assert [(each.effect, each.key) for each in compare(old, new)] == [("breaks", "open")]
