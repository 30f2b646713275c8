"""Where things happen: local authorities, their postcode districts and the courts that serve them."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.register.model.codes import CodeList
from piperoll.register.model.register import Register


NEEDED = ("local_authority", "postcode_district", "court", "hmcts_region")
_INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True)
class Places:
    """The register's geography as arrays; an authority, district or court is its position.

    Attributes:
        authorities: Codes.
        names: Names of the authorities.
        households: Households of each authority.
        kinds: First three characters of each authority's code (``E07`` a shire district and so on).
        districts: Outward codes, those of one authority side by side.
        district_start, district_count: Where each authority's districts begin, and how many they are.
        courts: Two-letter codes.
        court_region: Key of the court region (a supplier) of each court.
        home_court: Court of each authority.
        neighbours: For each court another one of its court region, to which a case may move.
        near: For each authority a few others of its court region.
    """

    authorities: pl.Series
    names: pl.Series
    households: np.ndarray
    kinds: np.ndarray
    districts: pl.Series
    district_start: np.ndarray
    district_count: np.ndarray
    courts: pl.Series
    court_region: np.ndarray
    home_court: np.ndarray
    neighbours: np.ndarray
    near: np.ndarray

    @cached_property
    def inward(self) -> pl.Series:
        """Every second half of a postcode."""
        letters = _INWARD_LETTERS
        return pl.Series([f"{digit}{a}{b}" for digit in range(10) for a in letters for b in letters])

    def postcodes(self, rng: np.random.Generator, authority: np.ndarray) -> pl.Series:
        """A postcode in each authority given."""
        place = (rng.random(len(authority)) * self.district_count[authority]).astype(np.int64)
        outward = self.districts.gather(self.district_start[authority] + place)
        return outward + " " + self.inward.gather(rng.integers(0, len(self.inward), len(authority)))

    def postcodes_at(self, authority: np.ndarray, share: np.ndarray) -> pl.Series:
        """The postcode at a share (0 to 1, without 1) of all of each authority given."""
        place = share * self.district_count[authority]
        outward = self.districts.gather(self.district_start[authority] + place.astype(np.int64))
        return outward + " " + self.inward.gather((place % 1 * len(self.inward)).astype(np.int64))


def read_places(register: Register) -> Places:
    """Places from the code lists of a register.

    Raises:
        UserError: ``PR-M004`` if the register lacks a list, or an attribute of it, that this world lives in.
    """
    for key in NEEDED:
        if key not in register.codes:
            raise UserError(
                "PR-M004",
                f"The register has no code list {key}, in which the justice world lives.",
                where=str(register.root),
                fix="Give --register the directory of the Ministry of Justice's register.",
            )
    authorities = sorted(register.codes["local_authority"].codes, key=lambda each: each.code)
    courts = sorted(register.codes["court"].codes, key=lambda each: each.code)
    position = {each.code: number for number, each in enumerate(authorities)}
    districts = sorted(
        (position[_attribute(register.codes["postcode_district"], each.code, "local_authority")], each.code)
        for each in register.codes["postcode_district"].codes
    )
    owner = np.array([number for number, _ in districts])
    home = _home_courts(register)
    region = np.array([_attribute(register.codes["court"], each.code, "hmcts_region") for each in courts])
    return Places(
        authorities=pl.Series([each.code for each in authorities]),
        names=pl.Series([each.label for each in authorities]),
        households=np.array(
            [float(_attribute(register.codes["local_authority"], each.code, "households")) for each in authorities]
        ),
        kinds=np.array([each.code[:3] for each in authorities]),
        districts=pl.Series([code for _, code in districts]),
        district_start=np.searchsorted(owner, np.arange(len(authorities))),
        district_count=np.bincount(owner, minlength=len(authorities)),
        courts=pl.Series([each.code for each in courts]),
        court_region=region,
        home_court=home,
        neighbours=_neighbours(region),
        near=_near(region[home]),
    )


def _attribute(codes: CodeList, code: str, name: str) -> str:
    found = codes.get(code)
    if found is None or name not in found.attributes:
        raise UserError(
            "PR-M004",
            f"Code {code} of the code list {codes.key} has no attribute {name}, which the justice world needs.",
            fix=f"Add the column {name} to the code list.",
        )
    return found.attributes[name]


def _words(name: str) -> str:
    return re.sub(r"[^a-z]+", " ", name.lower().replace("upon", "").replace("county court", "")).strip()


def _home_courts(register: Register) -> np.ndarray:
    """The court that bears the authority's name, or else one of its police force area, or else of its region."""
    courts = sorted(register.codes["court"].codes, key=lambda each: each.code)
    by_name = {_words(each.label): number for number, each in enumerate(courts)}
    by_area: dict[str, list[int]] = {}
    by_region: dict[str, list[int]] = {}
    for number, each in enumerate(courts):
        by_area.setdefault(each.attributes.get("police_force_area", ""), []).append(number)
        by_region.setdefault(each.attributes.get("region", ""), []).append(number)
    out = []
    for each in sorted(register.codes["local_authority"].codes, key=lambda code: code.code):
        near = by_area.get(each.attributes.get("police_force_area", "")) or by_region.get(each.parent or "")
        near = near or list(range(len(courts)))
        out.append(by_name.get(_words(each.label), near[zlib.crc32(each.code.encode()) % len(near)]))
    return np.array(out)


def _neighbours(region: np.ndarray) -> np.ndarray:
    out = np.arange(len(region))
    for each in np.unique(region):
        members = np.flatnonzero(region == each)
        out[members] = np.roll(members, 1)
    return out


def _near(region: np.ndarray) -> np.ndarray:
    """Four authorities of the same court region for each, the nearest by code."""
    out = np.zeros((len(region), 4), dtype=np.int64)
    for each in np.unique(region):
        members = np.flatnonzero(region == each)
        for step in range(4):
            out[members, step] = np.roll(members, step + 1)
    return out
