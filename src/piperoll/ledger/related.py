"""Cells that hang together with figures to be told, made from the store as of the same vintage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import polars as pl

from piperoll.desk import Desk
from piperoll.journal import Release
from piperoll.periods import Period
from piperoll.protect.earlier import connected
from piperoll.protect.primary import COUNTS, subject
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Publication, Table
from piperoll.store.parts import Correction, Part
from piperoll.tabulate import Hierarchy
from piperoll.tabulate.vintage import cells_of, missing_of, uncounted


def counted(publication: Publication) -> frozenset[str]:
    """Measures of a publication whose cells add up."""
    return frozenset(measure.name for measure in publication.measures if measure.kind in COUNTS)


def periods_beside(
    desk: Desk, publication: Publication, own: Iterable[Period], parts: Sequence[Part]
) -> tuple[tuple[Period, ...], bool]:
    """Periods that share a sum with these, and whether the ledger holds any of them (these themselves count)."""
    known = {Period.parse(text) for text in desk.journal.told_periods(counted(publication))}
    last = max((Period.parse(part.period).end for part in parts), default=None)
    found = connected(own, known, last)
    return found, bool(known & set(found))


def earlier_beside(
    desk: Desk,
    publication: Publication,
    policy: Policy | None,
    frames: Mapping[str, pl.DataFrame],
    parts: Sequence[Part],
    corrections: Sequence[Correction],
    before: Sequence[Release],
) -> dict[str, pl.DataFrame]:
    """Exact cells of earlier periods that share a sum with an edition's and that only the ledger holds.

    Args:
        frames: The edition's cells.
        before: What was told before it, oldest first.

    Returns:
        As `cells_beside`; nothing where the edition shows all such periods itself.
    """
    if policy is None or policy.suppress_below is None or not before:
        return {}
    through = before[-1].id
    own = {Period.parse(text) for frame in frames.values() for text in frame["period"].unique().to_list()}
    known = {Period.parse(text) for text in desk.journal.told_periods(counted(publication), through)}
    last = max((Period.parse(part.period).end for part in parts), default=None)
    periods = [period for period in connected(own, known, last) if period not in own]
    told = {each for frame in frames.values() for each in frame["identity"].unique().to_list()}
    found = cells_beside(desk, publication, policy, periods, parts, corrections, told, through)
    return {name: frame.with_columns(_told=pl.lit(False)) for name, frame in found.items()}


def cells_beside(
    desk: Desk,
    publication: Publication,
    policy: Policy,
    periods: Sequence[Period],
    parts: Sequence[Part],
    corrections: Sequence[Correction],
    told: Collection[str],
    through: str | None = None,
) -> dict[str, pl.DataFrame]:
    """Exact cells of every table of counts in these periods, for `piperoll.protect.joint.joint`.

    Args:
        told: Identities of the cells that are to be told; others are shown only if the ledger has them.
        through: Id of the last entry of the ledger that counts; all by default.

    Returns:
        Frames as `piperoll.tabulate.cells` describes them with ``_subject`` and ``_told``, by names that no table has.
        Cells finer than any that was or will be told are left out: nothing is divided so far. Counts of periods for
        which nothing was delivered are null.
    """
    if not periods:
        return {}
    latest = max(periods, key=lambda period: period.end)
    missing = missing_of(desk.register, publication, parts, latest, desk.cache)
    wanted = [table for table in publication.tables if _adds_up(publication, table)]
    frames = cells_of(desk, publication, latest, parts, corrections, missing, wanted, periods)
    lost = [str(each) for each in uncounted(desk.register, publication, parts, missing, periods, desk.cache)]
    if lost:
        # No deliveries, no counts: of these only what was told is known (`piperoll.protect.unknown`).
        counts = pl.when(~pl.col("period").is_in(sorted(lost))).then(pl.col("value")).alias("value")
        frames = {name: frame.with_columns(counts) for name, frame in frames.items()}
    everything = {each for frame in frames.values() for each in frame["identity"].unique().to_list()}
    known = list(set(desk.journal.last_told(everything, through)) | set(told))
    heard = pl.col("identity").is_in(known)
    frames = {name: frame.with_columns(_grain=_grain(desk, publication, frame)) for name, frame in frames.items()}
    grains = {each for frame in frames.values() for each in frame.filter(heard)["_grain"].unique().to_list()}
    out = {}
    for name, frame in frames.items():
        # Whether a percentage change is given tells something of its base; those of nobody's tell nothing.
        fine = frame.filter(heard | (pl.col("kind").is_in(COUNTS) & pl.col("_grain").is_in(list(grains))))
        if fine.height:
            out[f"{name} beside"] = fine.drop("_grain").with_columns(
                _subject=subject(policy), _told=pl.col("identity").is_in(list(told))
            )
    return out


def _grain(desk: Desk, publication: Publication, frame: pl.DataFrame) -> pl.Expr:
    """By which levels of which dimensions a cell is divided; one at its whole counts for nothing."""
    parts = []
    for dimension in publication.dimensions:
        if dimension.name in frame.columns:
            canonical = Hierarchy(desk.register, dimension).canonical
            whole = [code for code, other in canonical.items() if other is None]
            level = pl.lit(f"{dimension.name}:") + pl.col(f"{dimension.name}_level")
            # Null where it is at its whole: what a table leaves out altogether looks the same then.
            parts.append(pl.when(~pl.col(dimension.name).is_in(whole)).then(level))
    return pl.concat_str(parts, separator=" ", ignore_nulls=True) if parts else pl.lit("")


def _adds_up(publication: Publication, table: Table) -> bool:
    steps = {dimension.name for dimension in publication.dimensions if dimension.steps}
    return bool(counted(publication) & set(table.measures)) and not steps & set(table.rows)
