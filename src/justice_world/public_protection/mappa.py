"""Returns of the 42 MAPPA areas: counts on 31 March, measures of the year, and cases at levels 2 and 3."""

from __future__ import annotations

import numpy as np
import polars as pl

from justice_world.offenders.draws import dates
from justice_world.population.identifiers import padded
from justice_world.rooms import day
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams


# Offenders on 31 March by category, rounded from the MAPPA annual statistics (Ministry of Justice, 2010 to 2012).
_OFFENDERS = {2009: (34_900, 12_700, 860), 2010: (37_200, 13_800, 480), 2011: (40_300, 14_400, 390)}
# Shares at levels 1 to 3; category 3 is there only for who needs more than ordinary management.
_LEVELS = {"1": (0.966, 0.031, 0.003), "2": (0.955, 0.041, 0.004), "3": (0.0, 0.85, 0.15)}
_PASSED = (4.5, 3.0)  # offenders at levels 2 and 3 within a year for each at its end
_AREA_DIFFERS = 0.10  # standard deviation of an area's rate, for good; and of a year
_YEAR_DIFFERS = 0.02
_POLICE_DIFFERS = 0.008  # of the police register, kept apart
# Events a registered sexual offender and year, of the size of the same statistics.
_EVENTS = {"NOTIFICATION_BREACH": 0.036, "NOTIFICATION_REVOKED": 0.0004, "SOPO": 0.062, "NOTIFICATION_ORDER": 0.0015,
           "FOREIGN_TRAVEL": 0.0004, "ORDER_BREACH": 0.004, "LICENCE_RETURN": 0.024, "SFO": 0.0035,
           "SCR": 0.0007}  # fmt: skip


def area_weights(register: Register) -> dict[str, float]:
    """Share of households in each area, by the police area of local authorities."""
    areas = {_plain(each.label): each.code for each in register.codes["mappa_area"].codes}
    found = dict.fromkeys(areas.values(), 0.0)
    for each in register.codes["local_authority"].codes:
        name = _plain(each.attributes.get("police_force_area", ""))
        code = areas["london"] if "london" in name or "metropolitan" in name else areas.get(name)
        if code is not None:
            found[code] += float(each.attributes.get("households") or 0)
    total = sum(found.values())
    return {code: share / total for code, share in sorted(found.items())}


def _plain(name: str) -> str:
    return name.casefold().replace("&", "and")


def returns(year: Period, weights: dict[str, float], streams: Streams) -> dict[str, pl.DataFrame]:
    """The tables of all areas for a financial year, each with ``area``; nothing leads from one year to the next but
    each area's own rate."""
    start = year.start.year
    national = _OFFENDERS[min(max(start, min(_OFFENDERS)), max(_OFFENDERS))]
    rng = streams.of("mappa", year)
    count = len(weights)
    rate = np.exp(_AREA_DIFFERS * streams.of("mappa areas").standard_normal(count))
    rate = rate * np.exp(_YEAR_DIFFERS * rng.standard_normal(count))
    area = list(weights)
    size = np.array(list(weights.values())) * rate
    parts, ends = [], np.zeros((count, 3), dtype=np.int64)
    for category, whole in zip(("1", "2", "3"), national, strict=True):
        held = np.maximum(np.rint(whole * size).astype(np.int64), 2)
        levels = np.stack([rng.multinomial(n, _LEVELS[category]) for n in held])
        ends += levels
        for level, counts in zip(("1", "2", "3", "ALL"), (*levels.T, held), strict=True):
            parts.append(pl.DataFrame({"area": area, "category": category, "level": level, "count_31_march": counts}))
    stock = pl.concat(parts).with_columns(counted_on=pl.lit(year.end), year=pl.lit(str(year)))
    offenders = stock.filter(pl.col("category") == "1", pl.col("level") == "ALL")["count_31_march"].to_numpy()
    passed = ends[:, 1:] + rng.poisson(ends[:, 1:] * (np.array(_PASSED) - 1))
    values = {
        "LEVEL2_YEAR": passed[:, 0],
        "LEVEL3_YEAR": passed[:, 1],
        "VISOR_RSO": np.rint(offenders * np.exp(_POLICE_DIFFERS * rng.standard_normal(count))).astype(np.int64),
        **{name: rng.poisson(share * offenders) for name, share in _EVENTS.items()},
    }
    measures = pl.concat(
        [pl.DataFrame({"area": area, "measure": name, "value": found}) for name, found in values.items()]
    ).with_columns(year=pl.lit(str(year)))
    totals = stock.filter(pl.col("level") == "ALL").group_by("area").agg(pl.col("count_31_march").sum())
    listed = totals.sort("area").select(
        pl.lit(str(year)).alias("year"), "area", offenders=pl.col("count_31_march"),
        received_on=dates(day(year, last=True) + rng.integers(40, 90, count)),
    )  # fmt: skip
    return {
        "area_return": stock.sort("area", "category", "level"),
        "in_year_measure": measures.sort("area", "measure"),
        "level23_case": _cases(year, area, stock, passed - ends[:, 1:], rng),
        "national_list": listed,
    }


def _cases(
    year: Period, area: list[str], stock: pl.DataFrame, left: np.ndarray, rng: np.random.Generator
) -> pl.DataFrame:
    """Everybody at level 2 or 3 at the end of the year, and who left in it."""
    there = stock.filter(pl.col("level").is_in(["2", "3"])).select("area", "category", "level", n="count_31_march")
    gone = pl.DataFrame({
        "area": area * 2, "category": "1", "level": ["2"] * len(area) + ["3"] * len(area), "n": left.T.ravel(),
    })  # fmt: skip
    rows = pl.concat([there.with_columns(open=True), gone.with_columns(open=False)])
    rows = rows.select(pl.exclude("n").repeat_by("n").explode()).drop_nulls("area").sort("area", maintain_order=True)
    count, opened = rows.height, rows["open"].to_numpy()
    first, last = day(year), day(year, last=True)
    ended = rng.integers(first, last + 1, count)
    began = np.where(opened, last, ended) - rng.integers(10, 500, count)
    number = rows.select(pl.int_range(pl.len()).over("area").alias("n"))["n"].to_numpy()
    return rows.select(
        pl.lit(str(year)).alias("year"), "area", "category", "level",
        case_id=rows["area"] + "M" + padded((year.start.year % 100) * 10_000 + number, 6),
        date_to_level=dates(began),
        date_left=dates(ended, ~opened),
        returned_to_custody_breach=pl.Series(rng.random(count) < 0.12),
        sfo_charged=pl.Series(rng.random(count) < 0.012),
    )  # fmt: skip
