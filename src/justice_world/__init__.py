"""The simulated justice system, with known truth.

Found through the entry point group ``piperoll.worlds`` as ``justice``; nothing imports it.
"""

from __future__ import annotations

from justice_world.places import read_places
from justice_world.world import JusticeWorld
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.world import NOBODY, Persons


__all__ = ["JusticeWorld", "world"]


def world(
    register: Register, seed: int, scale: float, first: Period, last: Period, persons: Persons = NOBODY
) -> JusticeWorld:
    """The world over ``register``'s geography for months ``first`` to ``last``."""
    return JusticeWorld(register, read_places(register), seed, scale, first, last, persons)
