"""A police force's return as a workbook, right, and damaged as people damage them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from piperoll.register import load
from piperoll.register.model.register import Register


JUSTICE = Path(__file__).parents[2] / "justice"
HEADER = [
    "force_code", "month", "category", "opening", "received", "executed", "withdrawn", "closing", "revision", "comment"
]  # fmt: skip
MAY = dt.date(2012, 5, 1)
COUNTS = {"A": (1200, 105, 60, 5, 1240), "B": (800, 90, 70, 10, 810), "C": (300, 40, 25, 3, 312)}
SUM = [sum(each[at] for each in COUNTS.values()) for at in range(5)]
NAME = "fta_return_03_2012-05.xlsx"


def justice() -> Register:
    return load(JUSTICE)


def rows(month: dt.date = MAY, force: Any = "03") -> list[list[Any]]:
    return [[force, month, category, *counts, 0, None] for category, counts in COUNTS.items()]


def book(lines: list[list[Any]], change: Callable[[Any], None] | None = None, sheet: str = "Return") -> bytes:
    """A workbook of these lines, changed by whoever had it."""
    made = openpyxl.Workbook()
    page = made.active
    page.title = sheet
    for line in lines:
        page.append(line)
    if change:
        change(page)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
