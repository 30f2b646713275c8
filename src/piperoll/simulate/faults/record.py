"""One fault, written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl


SCHEMA = {
    "fault": pl.Int64,
    "kind": pl.String,
    "file": pl.String,
    "dataset": pl.String,
    "supplier": pl.String,
    "period": pl.String,
    "row": pl.Int64,
    "field": pl.String,
    "rows": pl.Int64,
    "description": pl.String,
}


@dataclass(frozen=True)
class Fault:
    """What was done to a file, without a value.

    Attributes:
        kind: Key of the kind.
        row: Row as people count (the header is row 1); None for a fault of the whole file.
        field: Field concerned, if one.
        rows: Rows concerned.
        description: What was done, as a sentence.
    """

    kind: str
    row: int | None = None
    field: str | None = None
    rows: int = 1
    description: str = ""


def frame(faults: Iterable[tuple[str, str, str, str, Fault]]) -> pl.DataFrame:
    """Faults with their file, dataset, supplier and period as a table, numbered from 1."""
    rows = [
        (number, each.kind, *sent, each.row, each.field, each.rows, each.description)
        for number, (*sent, each) in enumerate(faults, 1)
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
