"""Figures as they are published: text of a number, and what the ledger keeps of a cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from piperoll.journal import PublishedCell, parse_identity
from piperoll.register.model.publication import Publication


def decimals_of(publication: Publication) -> dict[str, int]:
    """Places shown of each measure."""
    return {measure.name: measure.decimals for measure in publication.measures}


def published_text(value: float | None, places: int) -> str:
    """A number as machines read it, with exactly the places shown; empty where none is shown."""
    if value is None:
        return ""
    text = str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    return text.removeprefix("-") if Decimal(text) == 0 else text


def bracketed(marks: Iterable[str]) -> str:
    """Marks as they are shown: ``[r][e]``."""
    return "".join(f"[{mark}]" for mark in marks)


def marks_in(text: str) -> tuple[str, ...]:
    """Marks of a cell as the ledger has them, without brackets: ``[r][e]`` as ``("r", "e")``."""
    return tuple(text.replace("[", " ").replace("]", " ").split())


def published_cells(cells: pl.DataFrame, places: Mapping[str, int]) -> list[PublishedCell]:
    """What the ledger keeps of protected cells: identity, table, value as shown and marks.

    Args:
        cells: Protected cells, rows with ``support`` left out by the caller.
        places: Decimals of each measure.
    """
    out = []
    for identity, table, measure, shown, marks in (
        cells.unique(["table", "identity"], keep="first", maintain_order=True)
        .select("identity", "table", "measure", "shown", "marks")
        .iter_rows()
    ):
        out.append(
            PublishedCell(
                identity=parse_identity(identity),
                table=table,
                value=published_text(shown, places.get(measure, 0)),
                marks=bracketed(marks),
            )
        )
    return out
