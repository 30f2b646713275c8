"""A small table with its specification, for the tests beside."""

from __future__ import annotations

from typing import Any

import polars as pl


COUNTS = {
    "Aston": ("North", 3, 14, 22, 9),
    "Beeford": ("North", 31, 27, 5, 18),
    "Corby": ("South", 42, 38, 51, 47),
    "Derwent": ("South", 2, 16, 12, 25),
}
QUARTERS = ("Q1", "Q2", "Q3", "Q4")


def claims() -> pl.DataFrame:
    """Counts by area and quarter, without totals."""
    rows = [
        (area, region, quarter, str(count))
        for area, (region, *counts) in COUNTS.items()
        for quarter, count in zip(QUARTERS, counts, strict=True)
    ]
    return pl.DataFrame(rows, schema=["area", "region", "quarter", "claims"], orient="row")


def whole() -> pl.DataFrame:
    """The same with every total, regions as codes of the area."""
    out: dict[tuple[str, str], int] = {}
    for area, (region, *counts) in COUNTS.items():
        for quarter, count in zip(QUARTERS, counts, strict=True):
            for a in (area, region, "All"):
                for q in (quarter, "Year"):
                    out[a, q] = out.get((a, q), 0) + count
    rows = [(a, q, str(n)) for (a, q), n in out.items()]
    return pl.DataFrame(rows, schema=["area", "quarter", "claims"], orient="row")


TREE = {"All": {"North": ["Aston", "Beeford"], "South": ["Corby", "Derwent"]}}


def spec(**more: Any) -> dict[str, Any]:
    """Of `claims`; parts of it can be given otherwise."""
    return {
        "title": "Claims by area and quarter",
        "value": "claims",
        "totals": "compute",
        "dimensions": {
            "area": {"total": "All", "hierarchies": {"regions": ["region"]}},
            "quarter": {"total": "Year"},
        },
        "rule": {"threshold": 8},
        "requirement": {"width": 4},
        "headline": [{"area": ["All", "region"]}],
        "seed": "kept inside",
        **more,
    }


def in_file(**more: Any) -> dict[str, Any]:
    """Of `whole`."""
    dimensions = {"area": {"total": "All", "hierarchies": {"regions": {"tree": TREE}}}, "quarter": {"total": "Year"}}
    return spec(**{"totals": "in_file", "dimensions": dimensions, "headline": [], **more})
