"""The 43 forces and how large each is."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from piperoll.errors import UserError
from piperoll.register.model.register import Register


# Of an area without households in the list (the City of London's residents are few, and its days are not).
_SMALLEST = 20_000


@dataclass(frozen=True)
class Forces:
    """Forces by their place in the list: codes, and the share of households (adds up to 1)."""

    codes: tuple[str, ...]
    share: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)


def read_forces(register: Register) -> Forces:
    """The forces of the register's list, weighed by the households of the local authorities in their areas.

    Raises:
        UserError: ``PR-M004`` if the register has no list of forces or of local authorities.
    """
    forces, places = register.codes.get("police_force"), register.codes.get("local_authority")
    if forces is None or places is None:
        raise UserError(
            "PR-M004",
            "The register has no code list police_force or local_authority, in which the justice world lives.",
            where=str(register.root),
            fix="Give --register the directory of the Ministry of Justice's register.",
        )
    households: dict[str, int] = {}
    for each in places.codes:
        area = _plain(each.attributes.get("police_force_area", ""))
        households[area] = households.get(area, 0) + int(each.attributes.get("households") or 0)
    codes = tuple(sorted(each.code for each in forces.codes))
    weights = [max(households.get(_plain(_label(register, code)), 0), _SMALLEST) for code in codes]
    return Forces(codes, np.array(weights) / sum(weights))


def _label(register: Register, code: str) -> str:
    found = register.codes["police_force"].get(code)
    return found.label if found else ""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]+", " ", name.casefold().replace("&", "and")).replace(" police", "").strip()
