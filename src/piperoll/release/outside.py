"""What the written files of a release tell an outsider: its cells, the bounds that their figures give, and how they
add up by the definitions in the manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from piperoll.protect.attacker import Attacker, Mask, Shown
from piperoll.protect.relations import BIG, Ints
from piperoll.protect.system import System
from piperoll.protect.tables import Linked, Table


COUNTS = ("count", "sum")

Written = Mapping[str, list[dict[str, str]]]
Tables = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Rule:
    """The parts of a manifest's policy that a reader reasons with."""

    threshold: int
    base: int
    zero: bool
    subnational: bool

    @classmethod
    def of(cls, policy: Mapping[str, Any]) -> Rule:
        return cls(
            int(policy.get("suppress_below") or 0),
            int(policy.get("round_to") or 0),
            bool(policy.get("suppress_zero", True)),
            policy.get("applies") == "subnational",
        )

    @property
    def attacker(self) -> Attacker:
        return Attacker(Shown.ROUNDED if self.base else Shown.EXACT, self.base or 1, self.threshold)


@dataclass(frozen=True)
class Seen:
    """A release as it is read from outside.

    Attributes:
        linked: Its cells and the sums that they keep to.
        low, high: What each figure, or its being suppressed, says of a cell.
        hidden: Cells that are suppressed.
        rule: The policy as far as readers reason with it.
        figures: What is published for each cell; -1 where nothing is.
    """

    linked: Linked
    low: Ints
    high: Ints
    hidden: Mask
    rule: Rule
    figures: Ints


def seen(content: Mapping[str, Any], said: Mapping[str, Any], tables: Tables, written: Written) -> Seen | None:
    """Read a release; None if no table of it holds counts.

    Args:
        content: The manifest.
        said: Its part on disclosure control, with the definitions.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: If the manifest is not what a release writes.
    """
    system, rule = System.from_json(said["relations"]), Rule.of(content.get("policy") or {})
    # Figures that are no whole numbers were not protected together, and the manifest says so.
    parts = list(_parts(system, tables, written, frozenset(said.get("apart") or ())))
    if not parts:
        return None
    linked = system.linked([table for table, _ in parts])
    size = linked.relations.cells
    low, high, hidden = np.zeros(size, np.int64), np.full(size, BIG), np.zeros(size, bool)
    published = np.full(size, -1)
    # Without further suppression every hidden count is known to be small.
    most = BIG if said.get("secondary") else rule.threshold - 1
    fewest = 0 if said.get("secondary") or rule.zero else 1
    for table, frame in parts:
        ids = linked.ids[table.name]
        figures = frame["_figure"].fill_null(-1).to_numpy().astype(np.int64)
        there = figures >= 0
        exact = frame["_national"].to_numpy() & rule.subnational
        least, greatest = rule.attacker.of_shown(figures)
        least, greatest = np.where(exact, figures, least), np.where(exact, figures, greatest)
        if not rule.zero:
            least, greatest = np.where(figures == 0, 0, least), np.where(figures == 0, 0, greatest)
        published[ids[there]] = figures[there]
        np.maximum.at(low, ids[there], least[there])
        np.minimum.at(high, ids[there], greatest[there])
        hidden[ids[frame["_hidden"].to_numpy()]] = True
    high[hidden & (high == BIG)] = most
    low[hidden] = np.maximum(low[hidden], fewest)
    return Seen(linked, low, high, hidden, rule, published)


def _parts(
    system: System, tables: Tables, written: Written, apart: frozenset[str]
) -> Iterator[tuple[Table, pl.DataFrame]]:
    """Counts of each written table in canonical codes, each cell once."""
    for name, table in tables.items():
        rows = written[name]
        if not rows:
            continue
        dimensions = [each for each in system.canonical if f"{each}_code" in rows[0]]
        for measure, kind in table["measures"].items():
            if kind not in COUNTS or measure in apart:
                continue
            columns: dict[str, list[Any]] = {
                each: [system.canonical[each].get(row[f"{each}_code"], row[f"{each}_code"]) for row in rows]
                for each in dimensions
            }
            columns["period"] = [row["period"] for row in rows]
            figures = [row.get(measure, "") for row in rows]
            columns["_figure"] = [int(float(text)) if text else None for text in figures]
            columns["_hidden"] = ["c" in row.get(f"{measure}_status", "").split() for row in rows]
            columns["_national"] = [
                all(row.get(column, "") in values for column, values in table["national"].items()) for row in rows
            ]
            frame = pl.DataFrame(columns, schema_overrides={"_figure": pl.Int64})
            frame = frame.filter(pl.col("_figure").is_not_null() | pl.col("_hidden"))
            frame = frame.unique([*dimensions, "period"], keep="first", maintain_order=True)
            if frame.height:
                yield Table(f"{name}:{measure}", frame.select(*dimensions, "period"), measure), frame
