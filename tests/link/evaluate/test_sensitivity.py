"""A figure over a band of thresholds."""

from __future__ import annotations

import numpy as np
import pytest

from piperoll.link.api import link_frames
from piperoll.link.engine import Linked
from piperoll.link.evaluate.sensitivity import BAND, Band, band, person_count
from tests.link.people import people


@pytest.fixture(scope="module")
def linked() -> Linked:
    spec = {"record": "id", "fields": {"forename": None, "surname": None, "dob": None, "postcode": None}}
    return link_frames(spec, people(300, 5, twice=0.6, slips=0.3), threads=1).linked


def test_persons_become_more_as_more_is_asked(linked: Linked) -> None:
    found = band(linked, person_count, (0.01, *BAND, 0.9999))
    assert list(found.values) == sorted(found.values)
    assert found.values[0] < found.values[-1] <= len(linked.ready.records)
    assert found.thresholds == (0.01, *BAND, 0.9999)


def test_at_the_threshold_of_the_linkage_it_is_what_was_found(linked: Linked) -> None:
    assert band(linked, person_count, (linked.join,)).values == (linked.persons.count,)


def test_any_figure_can_be_asked_for(linked: Linked) -> None:
    largest = band(linked, lambda label: float(np.bincount(label).max()))
    assert len(largest.values) == len(BAND)
    assert largest.low >= 2


def test_low_high_and_spread() -> None:
    found = Band((0.5, 0.9, 0.95), (90.0, 110.0, 100.0))
    assert (found.low, found.high) == (90.0, 110.0)
    assert found.spread == pytest.approx(0.2)
    assert Band((0.5,), (0.0,)).spread == 0.0


def test_persons_are_counted_by_their_labels() -> None:
    assert person_count(np.array([0, 0, 2, 2, 4], np.int32)) == 3.0
