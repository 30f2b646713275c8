"""Forms of an office over the small register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from piperoll.collect.entry import Forms, Place
from piperoll.govern import OFFICE, Actor
from tests.collect.conftest import NOW, Home


GOOD = {
    "status": "N",
    "case_number": "AB000001",
    "kind": "A",
    "opened": "2012-05-01",
    "amount": "10.00",
    "party_name": "Zoe Canary",
    "party_born": "1980-01-01",
    "postcode": "AB1 2CD",
    "urgent": "true",
}


@pytest.fixture
def place(home: Home) -> Place:
    return Place(home.register, home.root, home.journal, home.keyring, home.actor, lambda: NOW)


@pytest.fixture
def forms(place: Place) -> Forms:
    return Forms(place, "cases.case", "north")


@pytest.fixture
def clerk_of(place: Place) -> Callable[[str, str], Place]:
    """The same home for a clerk of one office."""
    return lambda name, office: replace(place, actor=Actor(name, OFFICE, offices=(f"offices:{office}",)))


@pytest.fixture
def saved(forms: Forms) -> Callable[..., str]:
    """Save one good record, some fields of it changed; its id."""

    def make(number: int = 1, **fields: str) -> str:
        made = forms.open("2012-05", GOOD | {"case_number": f"AB{number:06d}"} | fields)
        return forms.save(made.id, made.revision).id

    return make
