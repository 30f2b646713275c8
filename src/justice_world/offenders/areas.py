"""Which forces, court regions, trusts and courts serve the towns of the population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from justice_world.population.addresses import UNITS, geography
from justice_world.population.identifiers import letters, padded
from justice_world.population.people import People
from justice_world.population.sources import FORCES
from piperoll.errors import UserError
from piperoll.register.model.register import Register


_WITH_TWO = 33  # forces with two centres of the Crown Court; the others have one, which makes 76
_FIRST_CENTRE = 401
_FIRST_AREA = 1001  # number of the first local justice area


@dataclass(frozen=True)
class Areas:
    """A force is its position in `FORCES`.

    Attributes:
        region: Key of the court region of each force.
        trust: Key of the probation trust of each force.
    """

    region: pl.Series
    trust: pl.Series

    @property
    def trusts(self) -> list[str]:
        """Every trust once, in order."""
        return sorted(set(self.trust))


@dataclass(frozen=True)
class Served:
    """Town and force (positions) of people; theirs for life, as the force that numbers their cases is."""

    town: np.ndarray
    force: np.ndarray

    def magistrates(self, person: np.ndarray) -> pl.Series:
        """Code of the magistrates' court of each person's town."""
        return "B" + self._force(person) + letters(self.town[person], 2) + "00"

    def justice_area(self, person: np.ndarray) -> pl.Series:
        """Number of the local justice area of each person's town."""
        return padded(_FIRST_AREA + self.town[person], 4)

    def crown(self, person: np.ndarray) -> pl.Series:
        """Number of the Crown Court centre of each person's town."""
        force = self.force[person]
        first = force + np.minimum(force, _WITH_TWO)
        second = (force < _WITH_TWO) & (self.town[person] // len(FORCES) % 2 == 1)
        return padded(_FIRST_CENTRE + first + second, 3)

    def _force(self, person: np.ndarray) -> pl.Series:
        return padded(FORCES[self.force[person]], 2)


def read_areas(register: Register) -> Areas:
    """Region and trust of each force, from the register's list of forces.

    Raises:
        UserError: ``PR-M004`` if the register has no such list, or it lacks a force or its trust.
    """
    forces = register.codes.get("police_force")
    found = [None if forces is None else forces.get(f"{code:02d}") for code in FORCES]
    if any(each is None or not each.parent or "probation_trust" not in each.attributes for each in found):
        raise UserError(
            "PR-M004",
            "The register has no code list police_force with the region and the probation trust of each force, in "
            "which the justice world lives.",
            where=str(register.root),
            fix="Give --register the directory of the Ministry of Justice's register.",
        )
    known = [each for each in found if each is not None]
    return Areas(
        pl.Series("region", [each.parent for each in known]),
        pl.Series("trust", [each.attributes["probation_trust"] for each in known]),
    )


def served(people: People) -> Served:
    """Where each person of a chunk is served, by the first home."""
    town = geography().town[people.homes.postcode[:, 0] // UNITS]
    return Served(town, town % len(FORCES))
