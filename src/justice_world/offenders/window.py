"""The days of the criminal courts' world."""

from __future__ import annotations

from justice_world.population.people import START
from justice_world.population.people import WORLD_END as END


__all__ = ["END", "START"]
