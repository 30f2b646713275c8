"""The definitions that a publication's relations follow from, apart from any figure.

Codes add up to the code above them at each level that a table shows, quarters to years; a count that is a part of
another is no larger, and parts that make up the whole add up to it. Whoever has these definitions and what is
published can add up as well as the ministry can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from piperoll.protect.relations import BIG, Ints, Relations, Rows, join
from piperoll.protect.tables import Dimension, Hierarchy, Linked, Table, link


TOP = ""

Way = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class System:
    """How cells of any tables of a publication stand to each other.

    Attributes:
        ways: For each dimension its hierarchies, parent to parts in canonical codes; the whole is the empty text.
        canonical: For each dimension the codes that stand for another.
        parts: Measures that are no larger than another: (whole, part).
        sums: Measures that make up another: (whole, parts).
    """

    ways: Mapping[str, tuple[Way, ...]]
    canonical: Mapping[str, Mapping[str, str]]
    parts: tuple[tuple[str, str], ...] = ()
    sums: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def linked(self, tables: Sequence[Table]) -> Linked:
        """Relations over tables whose codes are canonical."""
        linked = link(
            [
                Dimension(name, tuple(Hierarchy(f"{name} {n}", way) for n, way in enumerate(ways, 1)), TOP)
                for name, ways in self.ways.items()
            ],
            tables,
        )
        more = [rows for rows in self._more(variables(tables, linked.ids)) if len(rows.low)]
        if not more:
            return linked
        return Linked(join(linked.relations.names, [_as_rows(linked.relations), *more]), linked.ids)

    def _more(self, found: Mapping[str, Mapping[str, int]]) -> Iterable[Rows]:
        for whole, part in self.parts:
            if whole in found and part in found:
                both = [(cell, found[part][key]) for key, cell in found[whole].items() if key in found[part]]
                yield _rows(both, (1, -1), BIG, f"{part} is a part of {whole}")
        for whole, parts in self.sums:
            if whole in found and all(part in found for part in parts):
                together = [
                    (cell, *(found[part][key] for part in parts))
                    for key, cell in found[whole].items()
                    if all(key in found[part] for part in parts)
                ]
                yield _rows(together, (-1, *([1] * len(parts))), 0, f"{whole} is {' and '.join(parts)}")

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        return {
            "ways": {name: [dict(way) for way in ways] for name, ways in self.ways.items()},
            "canonical": {name: dict(codes) for name, codes in self.canonical.items()},
            "parts": self.parts,
            "sums": self.sums,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> System:
        """From a manifest.

        Raises:
            KeyError, TypeError, ValueError: If it is not what `as_json` wrote.
        """
        return cls(
            {
                str(name): tuple({str(k): tuple(map(str, v)) for k, v in way.items()} for way in ways)
                for name, ways in content["ways"].items()
            },
            {str(name): {str(k): str(v) for k, v in codes.items()} for name, codes in content["canonical"].items()},
            tuple((str(whole), str(part)) for whole, part in content["parts"]),
            tuple((str(whole), tuple(map(str, parts))) for whole, parts in content["sums"]),
        )


def variables(tables: Sequence[Table], ids: Mapping[str, Ints]) -> dict[str, dict[str, int]]:
    """For each measure: the cell in text -> its variable."""
    found: dict[str, dict[str, int]] = {}
    for table in tables:
        keys = table.cells.fill_null(TOP)
        columns = sorted(keys.columns)
        texts = [pl.when(pl.col(c) != TOP).then(pl.lit(f"{c}=") + pl.col(c)) for c in columns]
        named = keys.select(pl.concat_str(texts, separator="|", ignore_nulls=True)).to_series().to_list()
        found.setdefault(table.measure, {}).update(zip(named, ids[table.name].tolist(), strict=True))
    return found


def _rows(cells: Sequence[tuple[int, ...]], coefs: tuple[int, ...], high: int, origin: str) -> Rows:
    count, length = len(cells), len(coefs)
    return Rows(
        np.arange(count + 1) * length,
        np.array(cells, np.int64).ravel(),
        np.tile(np.array(coefs, np.int64), count),
        np.zeros(count, np.int64),
        np.full(count, high, np.int64),
        origin,
    )


def _as_rows(relations: Relations) -> Rows:
    return Rows(relations.start, relations.cell, relations.coef, relations.low, relations.high)
