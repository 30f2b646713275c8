"""A small register with an assessment and operational measures, and a home with a few deliveries."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from piperoll.workspace import Workspace
from tests.collect.conftest import CASE, TINY


NOW = "2012-04-20T09:30:00+00:00"
ASSESSED = """\
required: A2
risk: medium
profile: medium
owner: Head of cases
reviewed: 2011-10-31
review_by: 2011-12-31
status: agreed
areas:
  - {practice: operational_context, level: A2, evidence: [It is written down.]}
  - {practice: communication, level: A0}
  - {practice: supplier_assurance, level: A0}
  - {practice: producer_assurance, level: A2, evidence: [It is checked.]}
"""
MONITOR = """\
office: area
notes: [Made up for tests.]
measures:
  - name: opened
    label: Cases opened
    role: in
    form: count
    unit: cases
    target: {value: 3, direction: at_least, source: The plan of the office}
    sql: SELECT area AS office, _supplier AS supplier, opened AS day FROM cases__case
  - name: amount
    label: Amount at stake, median
    role: resource
    form: median
    unit: GBP
    decimals: 2
    sql: SELECT area AS office, _supplier AS supplier, opened AS day, amount AS value FROM cases__case
"""


def rows(*values: str) -> str:
    return "\n".join((CASE, *values, ""))


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("picture") / "register"
    shutil.copytree(TINY, root)
    for name, text in (("quality/cases.yaml", ASSESSED), ("monitor/cases.yaml", MONITOR)):
        (root / name).parent.mkdir()
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def home(register: Path) -> Path:
    """North for January and March 2012, South for January and February; one delivery asks something."""
    top = register.parent
    inbox = top / "inbox"
    inbox.mkdir()
    files = {
        "north_2012-01": rows("N,AA000001,A,2012-01-05,10.00,Canary Person,1980-01-01,AB1 1AA,true",
                              "N,AA000002,A,2012-01-06,30.00,Canary Person,1980-01-01,AB1 1AA,"),
        "south_2012-01": rows("N,BB000001,A,2012-01-05,20.00,Canary Person,1980-01-01,AB9 1AA,true"),
        "south_2012-02": rows("N,BB000002,A,2012-02-05,,Canary Person,,AB9 1AA,true"),
        "north_2012-03": rows("N,AA000003,A,2012-03-05,2000000.00,Canary Person,,AB1 1AA,true"),
    }  # fmt: skip
    for name, text in files.items():
        (inbox / f"cases_case_{name}.csv").write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", NOW)
        receipts = Workspace(register, top / "home").collect([inbox])
    assert [each.refused for each in receipts] == [False] * 4
    return top / "home"


@pytest.fixture
def space(register: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    made = Workspace(register, home)
    yield made
    made.journal.close()
