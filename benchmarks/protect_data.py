"""Tables for `protect.py`: made by seed, or read from the data beside the repository.

The synthetic one is possession claims by local authority, quarter and type: sizes of authorities and their mix of types
log-normal, counts negative binomial, volumes of the order of the Ministry of Justice's quarterly bulletins.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from piperoll.protect.relations import Ints, Relations
from piperoll.protect.tables import Dimension, Hierarchy, Linked, Table, link


DATA = Path(os.environ.get("PIPEROLL_DATA", Path(__file__).resolve().parents[1].parent / "shared" / "data"))
ENGLAND = {"NE": 12, "NW": 39, "YH": 21, "EM": 40, "WM": 30, "EE": 47, "LN": 33, "SE": 67, "SW": 37}
WALES = 22
TYPES = {
    "T": ("MORT", "LAND"),
    "MORT": ("M_BANK", "M_OTH"),
    "LAND": ("SOC", "PRI"),
    "SOC": ("SOC_S", "SOC_A"),
    "PRI": ("PRI_S", "PRI_A"),
}
VOLUMES = {"M_BANK": 10000, "M_OTH": 5000, "SOC_S": 24000, "SOC_A": 1000, "PRI_S": 6000, "PRI_A": 7000}


@dataclass(frozen=True)
class Instance:
    """A table to protect: relations, values by variable, and the dimensions for peers that want files."""

    name: str
    relations: Relations
    values: Ints
    dimensions: tuple[Dimension, ...]
    linked: Linked
    frame: pl.DataFrame


def cube(name: str, dimensions: list[Dimension], leaves: pl.DataFrame, value: str = "n") -> Instance:
    """Every combination of codes of the dimensions, with the sums of the leaves (absent ones are zero)."""
    frame = leaves.select(*(d.name for d in dimensions), pl.col(value).cast(pl.Int64).alias("n"))
    for dimension in dimensions:
        pairs = [(leaf, code) for code, under in _under(dimension).items() for leaf in under]
        codes = set(frame[dimension.name].unique().to_list())
        pairs += [(code, code) for code in sorted(codes - set(_under(dimension)))]
        spread = pl.DataFrame(pairs, schema=[dimension.name, "above"], orient="row").unique(maintain_order=True)
        others = [d.name for d in dimensions if d is not dimension]
        frame = (
            frame.join(spread, on=dimension.name)
            .group_by(*others, "above")
            .agg(pl.col("n").sum())
            .rename({"above": dimension.name})
        )
    columns = [d.name for d in dimensions]
    full = pl.DataFrame({"one": [1]})
    for column in columns:
        full = full.join(frame.select(pl.col(column).unique().sort()), how="cross")
    frame = full.drop("one").join(frame, on=columns, how="left").with_columns(pl.col("n").fill_null(0)).sort(columns)
    linked = link(dimensions, [Table(name, frame.select(columns))])
    values = linked.gather({name: frame["n"].to_numpy()})
    return Instance(name, linked.relations, values, tuple(dimensions), linked, frame)


def _under(dimension: Dimension) -> Mapping[str, set[str]]:
    out: dict[str, set[str]] = {}
    for hierarchy in dimension.hierarchies:

        def leaves(code: str, parts: Mapping[str, tuple[str, ...]] = hierarchy.children) -> set[str]:
            return set().union(*(leaves(c) for c in parts[code])) if code in parts else {code}

        for code in hierarchy.children:
            out[code] = leaves(code)
    return out


def areas(authorities: int) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Codes of local authorities, and the geography over them."""
    weight = np.array(list(ENGLAND.values()), float)
    count = np.floor(weight / weight.sum() * (authorities - WALES)).astype(int)
    count[0] += authorities - WALES - count.sum()
    codes = [f"LA{k:03d}" for k in range(authorities)]
    children: dict[str, tuple[str, ...]] = {"EW": ("ENG", "WAL"), "ENG": tuple(ENGLAND)}
    at = 0
    for region, size in zip(ENGLAND, count, strict=True):
        children[region] = tuple(codes[at : at + size])
        at += size
    children["WAL"] = tuple(codes[at:])
    return codes, children


def possession(authorities: int = 348, seed: int = 1, years: int = 1, share: float = 1.0) -> Instance:
    """Authority x quarter x type; each year adds up on its own, no total over years is published.

    Args:
        share: Of the country's volumes; ``authorities / 348`` keeps counts as small as they are in the whole.
    """
    codes, geography = areas(authorities)
    random = np.random.default_rng(seed + 100)
    size = random.lognormal(0, 0.75, authorities)
    size /= size.sum()
    names = [f"Q{q + 1}" if years == 1 else f"Y{y + 1}Q{q + 1}" for y in range(years) for q in range(4)]
    rows = []
    for kind, total in VOLUMES.items():
        mix = size * random.lognormal(0, 0.5, authorities)
        mix /= mix.sum()
        for quarter in names:
            mean = mix * total * share * (1 + 0.05 * random.standard_normal())
            counts = random.negative_binomial(20, 20 / (20 + mean))
            rows.append(
                pl.DataFrame({"geo": codes, "qtr": [quarter] * authorities, "type": [kind] * authorities, "n": counts})
            )
    return cube(
        f"possession {authorities} x {years}",
        _possession_dimensions(geography, years),
        pl.concat(rows),
    )


def _possession_dimensions(geography: Mapping[str, tuple[str, ...]], years: int) -> list[Dimension]:
    parts = (
        {"Y": ("Q1", "Q2", "Q3", "Q4")}
        if years == 1
        else {f"Y{y + 1}": tuple(f"Y{y + 1}Q{q + 1}" for q in range(4)) for y in range(years)}
    )
    return [
        Dimension("geo", (Hierarchy("regions", geography),), top="EW"),
        Dimension("qtr", (Hierarchy("years", parts),)),
        Dimension("type", (Hierarchy("types", TYPES),), top="T"),
    ]


def possession_file(path: Path | None = None) -> Instance:
    """The same kind of table as it was written to a file once (348 authorities, one year)."""
    leaves = pl.read_csv(path or DATA / "disclosure" / "possession_leaf_seed1.csv")
    geography: dict[str, tuple[str, ...]] = {"EW": ("ENG", "WAL")}
    pairs = leaves.select("LA", "REG", "CTRY").unique(maintain_order=True)
    english = pairs.filter(pl.col("CTRY") == "ENG")
    geography["ENG"] = tuple(english["REG"].unique(maintain_order=True))
    for region in geography["ENG"]:
        geography[region] = tuple(english.filter(pl.col("REG") == region)["LA"])
    geography["WAL"] = tuple(pairs.filter(pl.col("CTRY") == "WAL")["LA"])
    frame = leaves.select(geo="LA", qtr="QTR", type="TYPE", n="n")
    return cube("possession file", _possession_dimensions(geography, 1), frame)


def sosial(path: Path | None = None, two_geographies: bool = False) -> Instance:
    """SSBtools' `sosialFiktiv` (Statistics Norway, MIT): region, income source, months; 9,140 cells by county alone."""
    leaves = pl.read_csv(path or DATA / "disclosure" / "ssbtools_sosialFiktiv.csv", infer_schema=False).with_columns(
        pl.col("ant").cast(pl.Int64)
    )
    frame = leaves.select(
        geo="region", fylke=pl.lit("F") + pl.col("fylke"), kostra=pl.lit("K") + pl.col("kostragr"), src="hovedint",
        mnd="mnd", n="ant",
    )  # fmt: skip
    hierarchies = []
    for name in ("fylke", "kostra")[: 1 + two_geographies]:
        pairs = frame.select("geo", name).unique(maintain_order=True)
        parts = {key[0]: tuple(rows["geo"]) for key, rows in pairs.group_by(name, maintain_order=True)}
        hierarchies.append(Hierarchy(name, {"Total": tuple(parts), **parts}))
    flat = [
        Dimension(c, (Hierarchy(c, {"Total": tuple(frame[c].unique().sort())}),), top="Total") for c in ("src", "mnd")
    ]
    return cube("sosialFiktiv", [Dimension("geo", tuple(hierarchies), top="Total"), *flat], frame)


def arrests(path: Path | None = None, year: str = "2017/18", without: Collection[str] = ()) -> Instance:
    """Home Office, arrests by police force, offence group, ethnic group, age group and sex (Open Government Licence).

    Forces that gave no figures (NA) are left out.

    Args:
        without: Dimensions that are summed over: force, offence, ethnicity, age, sex.
    """
    leaves = pl.read_csv(
        path or DATA / "statistics" / "homeoffice_arrests_2006_07_to_2017_18.csv.gz", infer_schema=False
    ).filter((pl.col("financial_year") == year) & (pl.col("arrests") != "NA"))
    given = ("force_name", "offence_group", "ethnic_group", "age_group", "sex")
    names = dict(zip(given, ("force", "offence", "ethnicity", "age", "sex"), strict=True))
    names = {column: name for column, name in names.items() if name not in without}
    frame = leaves.with_columns(pl.col("arrests").cast(pl.Int64)).group_by(list(names)).agg(n=pl.col("arrests").sum())
    frame = frame.rename(names).sort(list(names.values()))
    dimensions = [
        Dimension(name, (Hierarchy(name, {"Total": tuple(frame[name].unique().sort())}),), top="Total")
        for name in names.values()
    ]
    return cube(f"arrests {year}", dimensions, frame)
