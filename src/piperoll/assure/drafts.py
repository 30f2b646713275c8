"""Drafts looked at: their exact figures are kept in the store, so that a later look says what differs since.

Nothing of it is ever released; the journal holds when, by whom, of which vintage, and the hash of the figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from piperoll.desk import Desk
from piperoll.journal import Vintage
from piperoll.journal.signing import Draft
from piperoll.periods import Period
from piperoll.register.model.publication import Publication
from piperoll.release.edition import rests_on


KEY = "identity"  # a cell that two tables show is one cell


@dataclass(frozen=True)
class Moved:
    """A figure that is another than in the draft before.

    Attributes:
        before, after: Exact; None where there was or is none.
    """

    table: str
    measure: str
    identity: str
    period: str
    before: float | None
    after: float | None

    @property
    def size(self) -> float:
        """How far it moved; what came or went counts as itself."""
        return abs((self.after or 0.0) - (self.before or 0.0))


@dataclass(frozen=True)
class Since:
    """A draft beside the one before it.

    Attributes:
        draft: This one.
        before: The last one that was another; None for the first look.
        again: Whether nothing is other than at the last look.
        moved: Figures that differ from ``before``, the largest first.
    """

    draft: Draft
    before: Draft | None
    again: bool
    moved: tuple[Moved, ...] = ()


def keep(
    desk: Desk, publication: Publication, period: Period, vintage: Vintage, raw: Mapping[str, pl.DataFrame]
) -> Since:
    """Keep the figures of a draft, and hold them against those of the draft before.

    Args:
        raw: Exact cells by table, as `piperoll.tabulate` gives them.
    """
    figures = figures_of(raw)
    known = desk.journal.drafts(publication.key, str(period))
    draft = desk.journal.record_draft(
        Draft(
            publication=publication.key,
            period=str(period),
            vintage=vintage.sequence,
            fingerprint=rests_on(desk, publication, vintage),
            object=_put(desk, figures),
            cells=figures.height,
            by=desk.who,
            at=desk.now(),
        )
    )
    before = next((each for each in reversed(known) if each.id != draft.id), None)
    again = bool(known) and known[-1].id == draft.id
    if before is None:
        return Since(draft, None, again)
    then = pl.read_parquet(desk.store.require(before.object))
    return Since(draft, before, again, moved_between(then, figures))


def figures_of(raw: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Each figure of a draft once: the first table that shows it, identity, measure, period, value; sorted."""
    frames = [
        frame.filter(~pl.col("support")).select(
            pl.lit(name).alias("table"), "identity", "measure", "period", pl.col("value").cast(pl.Float64)
        )
        for name, frame in sorted(raw.items())
    ]
    return pl.concat(frames).unique(KEY, keep="first", maintain_order=True).sort(KEY)


def moved_between(then: pl.DataFrame, now: pl.DataFrame) -> tuple[Moved, ...]:
    """Figures that differ between two drafts, the largest first; one that is in one of them alone differs."""
    both = then.join(now, on=KEY, how="full", coalesce=True, suffix="_now")
    here = pl.col("measure_now").is_not_null()
    other = pl.col("value").ne_missing(pl.col("value_now"))
    found = both.filter(other | (pl.col("measure").is_null()) | ~here).with_columns(
        *(pl.coalesce(f"{name}_now", name).alias(name) for name in ("table", "measure", "period"))
    )
    rows = found.select("table", "measure", "identity", "period", "value", "value_now").iter_rows()
    moved = [Moved(*row) for row in rows]
    return tuple(sorted(moved, key=lambda each: (-each.size, each.table, each.identity)))


def _put(desk: Desk, figures: pl.DataFrame) -> str:
    staging = desk.home / "staging"
    staging.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".draft-", dir=staging) as made:
        path = Path(made) / "draft.parquet"
        figures.write_parquet(path)
        return desk.store.put(path)
