"""Puts the faults of rows into the rows of one delivery. A row has at most one."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
import polars as pl

from piperoll.simulate.faults.cells import CELLS
from piperoll.simulate.faults.plan import ROW_KINDS, FaultPlan
from piperoll.simulate.faults.record import Fault
from piperoll.simulate.render import as_text, csv_bytes


FIRST_ROW = 2  # the header is row 1


@dataclass(frozen=True)
class Injected:
    """The file's text and what was done to it."""

    content: bytes
    rows: int
    faults: tuple[Fault, ...]


@dataclass
class _Work:
    frame: pl.DataFrame
    rng: np.random.Generator
    faults: list[tuple[int, Fault]]

    def told(self, row: int, kind: str, field: str | None, description: str) -> None:
        self.faults.append((row, Fault(kind, row, field, 1, description)))


def inject(frame: pl.DataFrame, earlier: pl.DataFrame | None, plan: FaultPlan, rng: np.random.Generator) -> Injected:
    """The delivery's rows as CSV with faults put in by ``plan``.

    Args:
        frame: Rows with the contract's columns in its order.
        earlier: Some rows of the supplier's last delivery of this dataset, for stale records.
    """
    struck = _strike(frame.height, plan, rng)
    if not struck:
        return Injected(csv_bytes(frame), frame.height, ())
    work = _Work(frame, rng, [])
    _spoil_cells(work, struck)
    content, rows = _rows(work, struck, earlier)
    faults = sorted((fault for _, fault in work.faults), key=lambda each: (each.row or 0, each.kind))
    return Injected(content, rows, tuple(faults))


def _strike(height: int, plan: FaultPlan, rng: np.random.Generator) -> dict[str, list[int]]:
    """Rows struck by each kind; no row by two."""
    chances = np.cumsum([getattr(plan, kind) for kind in ROW_KINDS])
    if chances[-1] == 0:
        return {}
    draw = rng.random(height)
    rows = np.flatnonzero(draw < chances[-1])
    which = np.searchsorted(chances, draw[rows], side="right")
    out: dict[str, list[int]] = {}
    for row, number in zip(rows.tolist(), which.tolist(), strict=True):
        out.setdefault(ROW_KINDS[number], []).append(row)
    return out


def _spoil_cells(work: _Work, struck: dict[str, list[int]]) -> None:
    wanted = sorted({row for kind in (*CELLS, "wrong_value", "wrong_order") for row in struck.get(kind, ())})
    if not wanted:
        return
    frame = work.frame
    place = {row: at for at, row in enumerate(wanted)}
    texts = [as_text(column).to_list() for column in frame[wanted]]
    changes: dict[int, dict[int, str]] = {}
    strings = [at for at, kind in enumerate(frame.dtypes) if kind == pl.String]
    dates = [at for at, kind in enumerate(frame.dtypes) if kind in (pl.Date, pl.Datetime)]
    for kind, how in CELLS.items():
        for row in struck.get(kind, ()):
            among = strings if how.texts_only else range(frame.width)
            filled = [at for at in among if texts[at][place[row]]]
            column = filled[int(work.rng.integers(len(filled)))] if filled else -1
            new = how.make(texts[column][place[row]], work.rng) if filled else None
            if new is not None:
                changes.setdefault(column, {})[row] = new
                work.told(row, kind, frame.columns[column], how.description)
    for row in struck.get("wrong_value", ()):
        column = int(work.rng.integers(frame.width))
        other = as_text(frame.to_series(column).slice(int(work.rng.integers(frame.height)), 1))[0] or ""
        if other != (texts[column][place[row]] or ""):
            changes.setdefault(column, {})[row] = other
            work.told(row, "wrong_value", frame.columns[column], "The value is that of another row.")
    for row in struck.get("wrong_order", ()):
        _misdate(work, row, {at: texts[at][place[row]] for at in dates if texts[at][place[row]]}, changes)
    work.frame = frame.with_columns(
        as_text(frame.to_series(at)).scatter(sorted(new), [new[row] for row in sorted(new)])
        for at, new in changes.items()
    )


def _misdate(work: _Work, row: int, filled: dict[int, str], changes: dict[int, dict[int, str]]) -> None:
    """Spoil the dates of a row, given by the places of their columns."""
    frame = work.frame
    if not filled:
        return
    if len(filled) > 1:
        first, second = sorted(work.rng.choice(list(filled), 2, replace=False).tolist())
        values = [filled[at] for at in (first, second)]
        if values[0][:10] == values[1][:10]:
            return
        # Each column keeps the length of its own form: a date stays a date, a time keeps its hours.
        changes.setdefault(first, {})[row] = values[1][:10] + values[0][10:]
        changes.setdefault(second, {})[row] = values[0][:10] + values[1][10:]
        name = f"{frame.columns[first]}, {frame.columns[second]}"
        work.told(row, "wrong_order", name, "Two dates were exchanged.")
        return
    at, text = next(iter(filled.items()))
    back = f"{int(text[:4]) - int(work.rng.integers(1, 5)):04d}{text[4:]}"
    changes.setdefault(at, {})[row] = back.replace("-02-29", "-02-28")
    work.told(row, "wrong_order", frame.columns[at], "The date was put back by years.")


def _rows(work: _Work, struck: dict[str, list[int]], earlier: pl.DataFrame | None) -> tuple[bytes, int]:
    """The final text: rows added, then lines spoilt; faults get the row numbers of the file."""
    base, rng = work.frame.height, work.rng
    after: dict[int, list[int]] = {row: [row] for row in struck.get("duplicated_row", ())}
    frame = work.frame
    stale = struck.get("stale_row", []) if earlier is not None and earlier.height else []
    if stale and earlier is not None:
        old = earlier[rng.integers(0, earlier.height, len(stale)).tolist()]
        texts = [name for name in frame.columns if frame.schema[name] != old.schema[name]]
        frame = pl.concat([frame, old.with_columns(as_text(old[name]) for name in texts)])
        for number, row in enumerate(stale):
            after.setdefault(row, []).append(base + number)
    final = np.arange(frame.height)
    if after:
        where = [(row, each) for row in sorted(after) for each in after[row]]
        order = np.insert(np.arange(base), [row + 1 for row, _ in where], [each for _, each in where])
        frame = frame[order]
        final = np.zeros(len(order), dtype=np.int64)
        final[order[::-1]] = np.arange(len(order))[::-1]  # of a row that stands twice, the first place
    work.faults = [(row, _moved(fault, int(final[row]))) for row, fault in work.faults]
    for row in struck.get("duplicated_row", ()):
        said = "The row stands there a second time."
        work.faults.append((row, Fault("duplicated_row", int(final[row]) + 1 + FIRST_ROW, None, 1, said)))
    for number in range(len(stale)):
        said = "A record of the delivery before stands there again."
        work.faults.append((base + number, Fault("stale_row", int(final[base + number]) + FIRST_ROW, None, 1, said)))
    cut = [(int(final[row]), kind) for kind in ("truncated_row", "shifted_row") for row in struck.get(kind, ())]
    content = csv_bytes(frame)
    return (_spoil_lines(work, content, cut) if cut else content), frame.height


def _moved(fault: Fault, row: int) -> Fault:
    return Fault(fault.kind, row + FIRST_ROW, fault.field, fault.rows, fault.description)


def _spoil_lines(work: _Work, content: bytes, cut: list[tuple[int, str]]) -> bytes:
    lines = content.split(b"\n")
    for row, kind in sorted(cut):
        line = lines[row + 1].decode("utf-8")
        if kind == "truncated_row":
            lines[row + 1] = line[: int(len(line) * work.rng.uniform(0.2, 0.9))].encode("utf-8")
            said = "The row was cut off in the middle."
        else:
            values = next(csv.reader(io.StringIO(line)))
            at = int(work.rng.integers(1, max(len(values), 2)))
            if work.rng.random() < 0.5 or len(values) < 2:  # of one column nothing can be left out
                values.insert(at, "")
            else:
                values.pop(at)
            out = io.StringIO()
            csv.writer(out, lineterminator="").writerow(values)
            lines[row + 1] = out.getvalue().encode("utf-8")
            said = "A value too many or too few shifts the columns that follow."
        work.faults.append((row, Fault(kind, row + FIRST_ROW, None, 1, said)))
    return b"\n".join(lines)
