"""A spreadsheet return: the form that `returns template` writes, filled in by the supplier."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from piperoll.collect.returns.template import form_of
from piperoll.present.forms import Value, write_form
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.simulate.render import as_text
from piperoll.simulate.world import Delivery


def filled(register: Register, delivery: Delivery, rows: pl.DataFrame, dataset: Dataset) -> bytes:
    """The form for a delivery's supplier and period with its rows written in: numbers, dates, texts and codes.

    The lines that the form has written out already stand first, in its order.
    """
    supplier = register.suppliers[dataset.suppliers].get(delivery.supplier)
    source = delivery.dataset.partition(".")[0]
    form = form_of(register, source, dataset, supplier, delivery.period)
    kept = [
        column if column.dtype in (pl.Date, pl.Int64, pl.Int32, pl.Int16, pl.Int8) else as_text(column)
        for column in rows.get_columns()
    ]
    values = [tuple(row) for row in pl.DataFrame(kept).iter_rows()]
    at = [n for n, field in enumerate(dataset.fields) if field.name in dataset.key]
    order = {_key(row, at): n for n, row in enumerate(form.rows)}
    values.sort(key=lambda row: order.get(_key(row, at), len(order)))
    return write_form(replace(form, rows=tuple(values), room=max(form.room, len(values))))


def _key(row: tuple[Value, ...], at: list[int]) -> tuple[Any, ...]:
    return tuple(row[n] for n in at)
