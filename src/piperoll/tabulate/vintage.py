"""Exact cells of a publication's tables as of a vintage, and which deliveries are missing from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import polars as pl

from piperoll.cache import Cache
from piperoll.collect.owed import owed_slots
from piperoll.derive import Planned, fingerprint, inputs_of, merges_of, needed, plan, run
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.publication import Publication, Table
from piperoll.register.model.register import Register
from piperoll.store.duck import Connection, connect, lock
from piperoll.store.parts import Correction, Part
from piperoll.store.vintage import create_views
from piperoll.tabulate import Missing, models_of, tabulate
from piperoll.tabulate.linked import require_linked
from piperoll.tabulate.missing import followed_until
from piperoll.tabulate.spans import edition_of


def cells_of(
    desk: Desk,
    publication: Publication,
    period: Period,
    parts: Sequence[Part],
    corrections: Sequence[Correction],
    missing: Sequence[Missing],
    tables: Iterable[Table] | None = None,
    shown: Sequence[Period] | None = None,
) -> dict[str, pl.DataFrame]:
    """Exact cells of each table (default all), by table name.

    Args:
        desk: Register and home.
        publication: The publication.
        period: Period of the edition.
        parts, corrections: The vintage.
        missing: Deliveries owed and not there.
        tables: Only these.
        shown: Periods that are rows instead of those the tables declare.

    Returns:
        Frames as `piperoll.tabulate.cells` describes them. Cells that an override changed carry its mark.
    """
    wanted = tuple(tables) if tables is not None else publication.tables
    planned = plan(desk.register, publication, desk.cache)

    def count(held: Sequence[Correction]) -> dict[str, pl.DataFrame]:
        con = connection(desk, publication, parts, held, wanted, planned)
        try:
            return {
                table.name: tabulate(
                    con,
                    desk.register,
                    publication,
                    table,
                    edition_of(table, period),
                    shown=shown,
                    missing=missing,
                    planned=planned,
                )
                for table in wanted
            }
        finally:
            con.close()

    cells = count(corrections)
    for mark in sorted({each.mark for each in corrections}):
        without = count([each for each in corrections if each.mark != mark])
        cells = {name: _marked(frame, without[name], mark) for name, frame in cells.items()}
    return cells


def _marked(cells: pl.DataFrame, without: pl.DataFrame, mark: str) -> pl.DataFrame:
    """Mark the cells whose value would be another without the overrides of this mark."""
    before = without.select("identity", _before="value").unique("identity")
    joined = cells.join(before, on="identity", how="left", maintain_order="left")
    changed = pl.col("value").ne_missing(pl.col("_before"))
    added = pl.concat_list(pl.col("marks"), pl.lit(mark)).list.unique().list.sort()
    return joined.with_columns(marks=pl.when(changed).then(added).otherwise(pl.col("marks"))).drop("_before")


def connection(
    desk: Desk,
    publication: Publication,
    parts: Sequence[Part],
    corrections: Sequence[Correction],
    tables: Iterable[Table],
    planned: Sequence[Planned],
) -> Connection:
    """A locked connection in which the models that these tables rest on have run (or were run before).

    Raises:
        UserError: ``PR-T010`` or ``PR-T011`` if they read a linkage that was not run, or not since its last delivery.
    """
    models = models_of(publication, tables)
    datasets = inputs_of(needed(planned, models), desk.register)
    require_linked(desk.register, datasets, parts)
    cache = desk.home / "derived"
    cache.mkdir(parents=True, exist_ok=True)
    con = connect(temp=desk.home / "staging" / "duckdb")
    create_views(con, desk.register, desk.store, parts, corrections, datasets)
    if merges_of(needed(planned, models)):
        from piperoll.derive.merges import load_came

        load_came(con, [each for each in parts if each.dataset in datasets], desk.journal.deliveries())
    lock(con, [desk.home])
    run(
        con,
        desk.register,
        publication,
        models=models,
        cache=cache,
        fingerprints=fingerprint((p for p in parts if p.dataset in datasets), corrections),
    )
    return con


def missing_of(
    register: Register,
    publication: Publication,
    parts: Iterable[Part],
    through: Period,
    cache: Cache | None = None,
) -> tuple[Missing, ...]:
    """Deliveries that the publication's datasets are owed up to the end of a period and that no part fills, sorted.

    Where cases are followed beyond the period (`Measure.followed`) those of the quarters until then are owed, too.
    """
    datasets = inputs_of(plan(register, publication, cache), register)
    there = {(p.dataset, p.supplier, p.period) for p in parts}
    end = followed_until(through, max((each.followed for each in publication.measures), default=0))
    return tuple(
        sorted(
            Missing(slot.supplier, slot.key, slot.period)
            for dataset in datasets
            for slot in owed_slots(register, end, dataset=dataset)
            if Period.parse(slot.period).end <= end and (slot.key, slot.supplier, slot.period) not in there
        )
    )


def uncounted(
    register: Register,
    publication: Publication,
    parts: Iterable[Part],
    missing: Iterable[Missing],
    periods: Iterable[Period],
    cache: Cache | None = None,
) -> frozenset[Period]:
    """Which of these periods have days for which nothing was delivered or is owed: counts of them are no counts.

    A whole file (mode ``full``) is taken to hold all that was before it.
    """
    datasets = inputs_of(plan(register, publication, cache), register)
    spans = []
    for dataset, text, mode in (
        *((each.dataset, each.period, each.mode) for each in parts),
        *((each.dataset, each.period, "") for each in missing),
    ):
        if dataset in datasets:
            period = Period.parse(text)
            spans.append((dt.date.min if mode == "full" else period.start, period.end))
    reach: list[tuple[dt.date, dt.date]] = []
    for first, last in sorted(spans):
        if reach and first <= reach[-1][1] + dt.timedelta(days=1):
            reach[-1] = (reach[-1][0], max(reach[-1][1], last))
        else:
            reach.append((first, last))
    return frozenset(
        period for period in periods if not any(first <= period.start and period.end <= last for first, last in reach)
    )


def simulated_in(desk: Desk, publication: Publication, parts: Iterable[Part]) -> bool:
    """Whether any delivery that the publication can be made from is simulated."""
    marked = desk.journal.simulated()
    if not marked:
        return False
    datasets = inputs_of(plan(desk.register, publication, desk.cache), desk.register)
    return any(part.delivery in marked for part in parts if part.dataset in datasets)


def require_delivered(
    register: Register, publication: Publication, parts: Iterable[Part], asked: Period, cache: Cache | None = None
) -> None:
    """Refuse a period that nothing has been delivered for yet: its cells would all be ``[x]``.

    A gap before later deliveries is another matter: those cells are told as missing.

    Raises:
        UserError: ``PR-E021``.
    """
    datasets = inputs_of(plan(register, publication, cache), register)
    there = [Period.parse(part.period) for part in parts if part.dataset in datasets]
    if not there:
        raise UserError("PR-E021", "nothing has been collected yet.", fix="Run `piperoll collect` first.")
    last = max(there, key=lambda period: period.end)
    if last.end < asked.start:
        message = f"nothing has been delivered for {asked} yet: the last delivery of its datasets is for {last}."
        raise UserError("PR-E021", message, where=publication.key, fix="Ask for a period that has deliveries.")
