"""A policy applies under conditions, and a release says of each whether it holds, and why."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from piperoll.journal import Delivery
from piperoll.present.lint.files import read_spreadsheet
from piperoll.register import load
from piperoll.register.model.publication import Publication, Reason
from piperoll.release import make, verify
from piperoll.release.manifest import MANIFEST
from piperoll.release.table import answer
from piperoll.release.why import why_of
from piperoll.workspace import Workspace
from tests.searches import ROOT


NAME = "stop_and_search"
PUBLIC = "The police publish every record of these searches on data.police.uk."

Deliver = Callable[..., Delivery]


@pytest.fixture
def public(desk: Workspace) -> Publication:
    """The example's publication, of which the policy's condition does not hold."""
    said = replace(desk.register.publications[NAME], disclosure_reasons=(Reason("small_tells", PUBLIC, holds=False),))
    desk.register.publications[NAME] = said
    return said


def manifest(directory: Path) -> dict[str, Any]:
    return json.loads((directory / MANIFEST).read_text(encoding="utf-8"))


def test_the_policy_applies_where_each_condition_holds(desk: Workspace) -> None:
    register = desk.register
    publication = register.publications[NAME]
    assert register.policy_of(publication) == register.policies[NAME]
    why = why_of(register, publication)
    assert why is not None and why.applies
    assert [each.id for each in why.answers] == ["small_tells"]
    assert why.statement == "The policy 'Stop and search' applies."


def test_it_does_not_where_one_fails(desk: Workspace, public: Publication) -> None:
    assert desk.register.policy_of(public) is None
    why = why_of(desk.register, public)
    assert why is not None and not why.applies
    assert why.statement == f"The policy 'Stop and search' does not apply, and figures are exact. {PUBLIC}"
    assert why.sentences[0].startswith("Condition that does not hold: ") and why.sentences[0].endswith(PUBLIC)


def test_without_a_policy_there_is_nothing_to_answer(desk: Workspace) -> None:
    none = replace(desk.register.publications[NAME], policy=None, disclosure_reasons=())
    assert why_of(desk.register, none) is None and desk.register.policy_of(none) is None


def test_a_release_carries_the_reasons(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver(300)
    made = make(desk, NAME, "2020Q3", tmp_path / "out")
    content = manifest(tmp_path / "out")
    assert content["policy_conditions"]["applies"] is True and content["policy"]["key"] == NAME
    (condition,) = content["policy_conditions"]["conditions"]
    assert condition["holds"] and condition["reason"] in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    book = read_spreadsheet(".ods", (tmp_path / "out" / f"{NAME}_2020Q3.ods").read_bytes())
    sheet = next(each for each in book.sheets if each.name == "Not_shown")
    assert any(condition["reason"] in cell.text for cell in sheet.cells.values())
    # Another reason is another definition, and so another edition.
    changed = replace(desk.register.publications[NAME], disclosure_reasons=(Reason("small_tells", "Because."),))
    desk.register.publications[NAME] = changed
    assert make(desk, NAME, "2020Q3", tmp_path / "two").release.edition != made.release.edition


@pytest.mark.parametrize("together", [False, True])
def test_where_it_does_not_apply_figures_are_exact_and_it_is_said(
    desk: Workspace, deliver: Deliver, public: Publication, tmp_path: Path, together: bool
) -> None:
    deliver(300)
    made = make(desk, NAME, "2020Q3", tmp_path / "out", together=together)
    content = manifest(tmp_path / "out")
    assert content["policy"] is None and content["policy_conditions"]["applies"] is False
    assert made.protection == content["disclosure"]["statement"]
    assert made.protection.endswith(PUBLIC)
    with (tmp_path / "out" / "tables" / "searches.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert not [row for row in rows if "c" in row["searches_status"].split()]
    assert any(0 < int(row["searches"]) < 5 for row in rows)
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Why these rules do not apply" in page and PUBLIC in page
    assert "not shown because" not in page
    assert verify(tmp_path / "out").holds


def test_an_answer_follows_the_same_rule(desk: Workspace, deliver: Deliver, public: Publication) -> None:
    deliver(300)
    told = answer(desk, NAME, "searches", period="2020-07")
    assert told.table.rows and "c" not in told.table.marks


def test_the_possession_statistics_say_why_for_each_condition() -> None:
    register = load(ROOT / "justice")
    for publication in register.publications.values():
        if publication.policy is not None and register.policies[publication.policy].applies_when:
            why = why_of(register, publication)
            assert why is not None and why.applies
            assert len(why.answers) == len(register.policies[publication.policy].applies_when) >= 2
            assert all(each.source and each.reason for each in why.answers)
    assert "companies" in register.publications["mortgage_and_landlord_possession"].disclosure_reasons[-1].reason
