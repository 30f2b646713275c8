"""The status of an edition says how the publication is marked, on the cover and on the page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from piperoll.periods import Period
from piperoll.register.model.publication import Publication
from piperoll.release.book import SIMULATED, Edition


def status(simulated: bool = False, **said: Any) -> str:
    nothing: Any = None
    publication = Publication("bulletin", "Bulletin", **said)
    return Edition(
        publication, None, Period.parse("2010"), 1, dt.date(2011, 11, 20), (), nothing, nothing, simulated=simulated
    ).status


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "Official statistics"),
        ({"accredited": True, "marking": ""}, "Accredited official statistics"),
        ({"kind": "ad_hoc"}, "Ad hoc official statistics"),
        ({"kind": "ad_hoc", "marking": "Developmental: a first look"}, "Ad hoc official statistics. Developmental: a first look"),
        # What says the kind itself is not said twice.
        ({"kind": "management_information", "marking": "Management information only"}, "Management information only"),
    ],
)  # fmt: skip
def test_the_status_has_the_kind_and_the_marking(said: dict[str, Any], expected: str) -> None:
    assert status(**said) == expected


def test_simulated_figures_are_marked_all_the_same() -> None:
    assert status(simulated=True) == SIMULATED
    marked = status(simulated=True, kind="management_information", marking="Management information only")
    assert marked == f"{SIMULATED}. Management information only"
