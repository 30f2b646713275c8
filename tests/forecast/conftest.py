"""A small register with two forecasts, and a home in which two years of cases came in one delivery of each office."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from piperoll.periods import Period
from piperoll.workspace import Workspace
from tests.collect.conftest import CASE, TINY


NOW = "2012-02-10T09:30:00+00:00"
MONITOR = """\
measures:
  - name: opened
    label: Cases opened
    role: in
    form: count
    unit: cases
    sql: SELECT area AS office, _supplier AS supplier, opened AS day FROM cases__case
"""
STOCK = """\
title: Open cases
kind: stock_flow
unit: cases
reason: Made up for tests.
marking: official
months: 4
learn: 12
origins: 2
paths: 100
stays:
  known_from: 2010-01
  sql: >-
    SELECT c.kind AS cohort, c.opened AS entered, e.event_date AS ended FROM cases__case AS c
    LEFT JOIN cases__event AS e ON e.case_number = c.case_number
cohorts:
  - {code: A, label: First kind, inflow: level}
  - {code: B, label: Second kind, inflow: level}
scenarios:
  - name: more
    title: More cases
    reason: To see what more would do.
    source: Made up for tests
    changes:
      - {of: inflow, percent: 50}
notes: [Nobody is in it.]
"""
WORK = """\
title: Cases opened
kind: workload
unit: cases
reason: Made up for tests.
months: 3
series: {measure: cases.opened, known_from: 2010-01}
"""
NEVER = 9  # months after which a case is still open, as far as anybody knows


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("forecast") / "register"
    shutil.copytree(TINY, root)
    source = root / "sources" / "cases.yaml"
    source.write_text(source.read_text(encoding="utf-8").replace("owed_from: 2011-01", "owed_from: 2012-01"))
    for name, text in (("forecasts/stock.yaml", STOCK), ("forecasts/work.yaml", WORK), ("monitor/cases.yaml", MONITOR)):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def records(office: str) -> tuple[list[str], list[str]]:
    """Cases from January 2010 to January 2012, five a month and kind, and the event that ends each that ended."""
    draws = random.Random(office)
    first, last = Period.parse("2010-01"), Period.parse("2012-01")
    cases, events = [CASE], ["case_number,event_seq,event_date,note_of"]
    number = 0
    for step in range(25):
        for kind in "AABBB" * 2:
            number += 1
            name = f"{office}{number:06d}"
            cases.append(f"N,{name},{kind},{first.shift(step)}-10,,Canary Person,1980-01-01,AB1 1AA,")
            stay = draws.randrange(NEVER)
            if first.shift(step + stay) <= last and stay < NEVER - 1:
                events.append(f"{name},1,{first.shift(step + stay)}-20,")
    return cases, events


@pytest.fixture(scope="session")
def home(register: Path) -> Path:
    inbox = register.parent / "inbox"
    inbox.mkdir()
    for supplier, office in (("north", "NN"), ("south", "SS")):
        cases, events = records(office)
        (inbox / f"cases_case_{supplier}_2012-01.csv").write_text("\n".join([*cases, ""]), encoding="utf-8")
        (inbox / f"cases_event_{supplier}_2012-01.csv").write_text("\n".join([*events, ""]), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", NOW)
        receipts = Workspace(register, register.parent / "home").collect([inbox])
    assert [each.refused for each in receipts] == [False] * 4
    return register.parent / "home"


@pytest.fixture
def space(register: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    made = Workspace(register, home)
    yield made
    made.journal.close()
