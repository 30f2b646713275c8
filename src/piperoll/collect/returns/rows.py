"""Rows of the store for one supplier or period: tokens, never identifiers."""

from __future__ import annotations

from typing import Any

from piperoll.desk import Desk
from piperoll.govern import Action
from piperoll.store.duck import connect, leave
from piperoll.store.vintage import create_views


def rows_of(desk: Desk, key: str, period: str, supplier: str = "") -> list[dict[str, Any]]:
    """The rows that a dataset's deliveries of a period hold, in their order; the read is recorded."""
    parts = [
        p for p in desk.parts() if p.dataset == key and p.period == period and (not supplier or p.supplier == supplier)
    ]
    if not parts:
        return []
    desk.act(Action.STORE_READ, f"dataset {key}", details={"period": period, "deliveries": len(parts)})
    con = connect()
    try:
        create_views(con, desk.register, desk.store, parts, desk.corrections(), [key])
        view = key.replace(".", "__", 1)
        return con.sql(f'SELECT * FROM "{view}" ORDER BY _supplier, _delivery, _row').to_arrow_table().to_pylist()
    finally:
        leave(con)
