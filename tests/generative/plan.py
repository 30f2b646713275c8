"""How many of what is spoilt: drawn alike by the tests that run it and by the test of the page that tells it."""

from __future__ import annotations

import random
from typing import TypeVar


Kind = TypeVar("Kind")
# By way of delivery: how many in every run of the tests, and how many in the slow one.
COUNTS = {"files": (200, 2_500), "mail": (40, 400), "entry": (50, 500), "database": (4, 40), "returns": (30, 300)}


def drawn(kinds: list[Kind], count: int, rng: random.Random) -> list[Kind]:
    """So many of these, each about as often, in an order of chance."""
    order = list(kinds)
    rng.shuffle(order)
    return [order[n % len(order)] for n in range(count)]
