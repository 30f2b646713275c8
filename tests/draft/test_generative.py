"""Whatever a file holds: what is drafted from it passes the check and refuses none of its rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.collect.limits import Limits
from piperoll.draft.look import look_at
from piperoll.draft.make import draft
from piperoll.draft.seen import Seen
from piperoll.errors import UserError
from piperoll.register import inspect
from piperoll.workspace import Workspace


TODAY = dt.date(2026, 1, 15)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2025, 12, 31))
CELLS = {
    "whole": st.integers(-(10**6), 10**6).map(str),
    "number": st.decimals(-1000, 1000, places=2).map(str),
    "day": DAYS.map(str),
    "british": DAYS.map(lambda day: f"{day:%d/%m/%Y}"),
    "year": DAYS.map(lambda day: str(day.year)),
    "code": st.sampled_from(["a", "B", "not_known", "all", "01", "x: y", "# z", "'", "yes"]),
    "text": st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n\x1a"), max_size=12),
    "truth": st.sampled_from(["true", "False"]),
    "gaps": st.sampled_from(["1", "2", "NA", "", ".."]),
}
HEADERS = (
    "period", "group", "Year", "total cases", "sex", "Date of birth", "Surname", "case number", "name", "value", "day",
    "amount (£)", "kind", "Größe", "x",
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A CSV with a header and up to 60 rows, a kind of value for each column."""
    width = draw(st.integers(2, 6))
    header = draw(st.lists(st.sampled_from(HEADERS), min_size=width, max_size=width, unique=True))
    kinds = [draw(st.sampled_from(sorted(CELLS))) for _ in header]
    distinct = [draw(st.lists(CELLS[kind], min_size=1, max_size=8)) for kind in kinds]
    rows = draw(st.integers(2, 60))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for n in range(rows):
        writer.writerow([values[(n * (place + 1)) % len(values)] for place, values in enumerate(distinct)])
    return out.getvalue()


def near(file: Path, told: str, limits: Limits) -> Seen:
    with tempfile.TemporaryDirectory() as work:
        return look_at(file, Path(work), told, limits)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_what_is_drafted_passes_the_check(text: str) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        file = folder / "table.csv"
        file.write_text(text, encoding="utf-8", newline="")
        try:
            made = draft(folder / "register", file, TODAY, look_=near)
        except UserError as error:
            assert error.code in ("PR-I003", "PR-I004")
            return
        assert inspect(made.directory)[1] == []
    finally:
        shutil.rmtree(folder)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_what_is_drafted_refuses_none_of_the_rows_and_releases(text: str) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        file = folder / "table.csv"
        file.write_text(text, encoding="utf-8", newline="")
        try:
            made = draft(folder / "register", file, TODAY, look_=near)
        except UserError as error:
            assert error.code in ("PR-I003", "PR-I004")
            return
        space = Workspace(made.directory, folder / "home")
        (receipt,) = space.collect([file], dataset=made.dataset, period=str(made.plan.slot))
        assert receipt.rows_refused == made.seen.broken
        assert receipt.rows_kept == made.seen.rows
        edition = space.release(made.plan.key, str(made.plan.slot), folder / "edition")
        report = space.verify(edition.directory)
        assert report.holds, report.problems[:3]
    finally:
        shutil.rmtree(folder)
