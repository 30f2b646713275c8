"""Cells: the frame that tabulate makes, protect marks and release writes. One row is one cell.

Columns, always all of them and in this order (then two for each dimension of the table: ``<dimension>``, the code, and
``<dimension>_level``, the name of its level):

    identity            canonical text of the cell (see `piperoll.tabulate.identity`)
    table, measure      names in the publication
    kind                kind of the measure
    period              as written: 2012Q2, 2012
    geography_version   of the publication; empty where no place below the whole is named
    national            whether the cell is of the headline level in every dimension that has one
    support             True: not a cell of the table, made only because a derived cell needs it (an earlier period)
    value               exact value; null where it cannot be known (``x``) or has no meaning (``z``)
    n                   base: for counts the count; for means and medians the cases; for shares and progressions the
                        denominator; for changes the earlier count; for rates the count in the numerator
    of                  identity of the count that a rate, share or change is made from; else empty
    base                identity of the earlier count (change) or of the denominator (share); else empty
    denominator         number of the denominator of a rate (households); else null
    per                 multiplier: rate = of / denominator x per; share and change are per cent
    missing             suppliers missing from it, sorted
    marks               ``x`` not available, ``z`` no meaning, ``e`` estimated, ``r`` revised

Below the national level a policy makes derived cells again from the published counts named by ``of`` and ``base``;
those are always in the same frame.
"""

from __future__ import annotations

import polars as pl


CELL_SCHEMA: dict[str, pl.DataType] = {
    "identity": pl.String(),
    "table": pl.String(),
    "measure": pl.String(),
    "kind": pl.String(),
    "period": pl.String(),
    "geography_version": pl.String(),
    "national": pl.Boolean(),
    "support": pl.Boolean(),
    "value": pl.Float64(),
    "n": pl.Int64(),
    "of": pl.String(),
    "base": pl.String(),
    "denominator": pl.Float64(),
    "per": pl.Float64(),
    "missing": pl.List(pl.String()),
    "marks": pl.List(pl.String()),
}
