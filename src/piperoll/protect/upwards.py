"""Rows repeated for each code above their own in a hierarchy."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from piperoll.errors import UserError


Hierarchy = Mapping[str, str]


def with_parents(frame: pl.DataFrame, name: str, parents: Hierarchy) -> pl.DataFrame:
    """The rows once more for each code above their own, so that adding up makes every total.

    Args:
        frame: Any.
        name: The column whose codes have parents.
        parents: Each code's parent; the whole has none.

    Raises:
        UserError: PR-P103 for a circle, PR-P104 when there is no such column.
    """
    if name not in frame.columns:
        raise UserError("PR-P104", f"a hierarchy is given for `{name}`, which is no column of the table.")
    dtype = frame.schema[name]
    pairs: list[tuple[str, str]] = []
    for code in sorted({*parents, *parents.values()}):
        above, at = [code], code
        while at in parents:
            at = parents[at]
            if at in above:
                raise UserError(
                    "PR-P103",
                    f"the hierarchy goes round in a circle at `{at}`.",
                    where=f"column `{name}`",
                    fix="Each code has one parent, and the whole has none.",
                )
            above.append(at)
        pairs += [(code, each) for each in above]
    known = pl.DataFrame(pairs, schema={name: dtype, "_above": dtype}, orient="row")
    joined = frame.join(known, on=name, how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("_above", name).alias(name)).drop("_above")
