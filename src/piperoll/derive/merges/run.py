"""Run a merge over the store as of a vintage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from piperoll.derive.codes import create_code_tables
from piperoll.derive.merges.declared import datasets_of, declared_merge, lists_of
from piperoll.derive.merges.made import Made, made_of
from piperoll.derive.merges.pairs import group
from piperoll.derive.merges.sides import load_sides
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal import Delivery, Vintage
from piperoll.register.model.merge import CAME, Merge
from piperoll.store.duck import Connection, connect, lock
from piperoll.store.parts import Part
from piperoll.store.vintage import create_views


def merge(desk: Desk, key: str, vintage: Vintage | str | int | None = None) -> Made:
    """Merge the systems as declared in ``merges/<key>.yaml``; the read is recorded.

    Args:
        desk: Register, home and actor.
        key: Of the merge.
        vintage: As of which vintage; the present one by default.

    Raises:
        UserError: ``PR-D024`` if there is no such merge, ``PR-D025`` if nothing of its datasets came in yet,
            ``PR-D021`` to ``PR-D023`` if it cannot be made.
    """
    declared = declared_merge(desk.register, key)
    moment = desk.vintage(vintage)
    wanted = datasets_of(desk.register, declared)
    desk.act(Action.MERGE_READ, f"merge {key}", details={"vintage": moment.sequence})
    desk.act(Action.STORE_READ, f"vintage {moment.sequence}", details={"datasets": wanted})
    parts = desk.parts(moment)
    if not any(each.dataset in wanted for each in parts):
        said = f"Nothing of {', '.join(wanted)} has come in yet."
        raise UserError("PR-D025", said, fix="Collect deliveries first: `piperoll collect`.")
    con = connect(temp=desk.home / "staging" / "duckdb")
    try:
        create_views(con, desk.register, desk.store, parts, desk.corrections(moment), wanted)
        create_code_tables(con, desk.register, lists_of(declared))
        load_came(con, [each for each in parts if each.dataset in wanted], desk.deliveries(moment))
        lock(con, [desk.store.root])
        return run_merge(con, declared)
    finally:
        con.close()


def run_merge(con: Connection, declared: Merge) -> Made:
    """Merge over the views, code lists and ``came`` of a connection."""
    load_sides(con, declared)
    group(con, declared)
    return made_of(con, declared)


def load_came(con: Connection, parts: Sequence[Part], deliveries: Iterable[Delivery] = ()) -> None:
    """``came``: which deliveries are there, and how many of their rows were refused."""
    refused = {each.id: each.rows_refused for each in deliveries}
    rows = [(each.dataset, each.supplier, each.period, refused.get(each.delivery) or 0) for each in parts]
    schema = dict(zip(CAME, (pl.String, pl.String, pl.String, pl.Int64), strict=True))
    con.register("arrived", pl.DataFrame(rows, schema=schema, orient="row").to_arrow())
    con.execute("CREATE TEMP TABLE came AS SELECT * FROM arrived").fetchall()
    con.unregister("arrived")
