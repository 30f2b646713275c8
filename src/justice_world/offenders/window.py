"""The days of the criminal courts' world."""

from __future__ import annotations

import numpy as np

from justice_world.population.people import START


__all__ = ["END", "START"]

# The population alone ends earlier (`justice_world.population.people.END`); years of the world are as full as its.
END = int(np.datetime64("2014-01-01").astype(np.int64))
