"""Take in what was published before Piperoll: known to every reader, and what the next edition revises.

A file is either tidy (columns ``measure``, ``period``, one for each dimension, ``value``, ``status``) or a table as an
edition writes it (a column for each measure, each with its ``_status``). It comes in whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from piperoll.desk import Desk
from piperoll.errors import Problem, Problems, UserError
from piperoll.journal import PublishedCell, Release, cells_hash
from piperoll.ledger.columns import columns_of
from piperoll.ledger.readfigure import Figures
from piperoll.periods import Period
from piperoll.protect.files.read import read_tables
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.store.objects import file_sha256


MOST = 2_000_000
TOLD = 50


@dataclass(frozen=True)
class Imported:
    """What was taken in.

    Attributes:
        entry: As the ledger holds it.
        cells, hidden: How many, and how many of them are hidden.
        small: Counts that are shown although the policy would not show them: they are known, and no edition hides them.
        again: Whether it had been taken in before; then nothing was done.
    """

    entry: Release
    cells: int
    hidden: int
    small: int = 0
    again: bool = False


def take_in(desk: Desk, paths: Sequence[Path], publication: str, source: str = "") -> Imported:
    """Take published tables into the ledger, all files or none.

    Args:
        paths: CSV files, perhaps gzipped; untrusted.
        publication: Key of the publication whose measures and codes they use.
        source: Where they were published.

    Raises:
        UserError: ``PR-E040`` to ``PR-E044`` (as many findings as there are), ``PR-P069`` and ``PR-C001`` to
            ``PR-C010`` for a file that cannot be read safely.
    """
    declared = desk.publication(publication)
    audit = desk.permit("ledger.import", f"publication {publication}", source, {"files": len(paths)})
    read = _read(paths)
    sha256 = hashlib.sha256("\n".join(sorted(file_sha256(path) for path in paths)).encode()).hexdigest()
    known = next(
        (e for e in desk.journal.entries("import") if (e.publication, e.manifest_sha256) == (publication, sha256)), None
    )
    if known is not None:
        cells, hidden = desk.journal.count_told()[known.id]
        return Imported(known, cells, hidden, again=True)
    found: list[PublishedCell] = []
    problems: list[Problem] = []
    for name, frame in read.items():
        for each in cells_in(desk.register, declared, name, frame):
            (problems if isinstance(each, Problem) else found).append(each)  # type: ignore[arg-type]
    if problems:
        more = len(problems) - TOLD
        rest = [Problem("PR-E041", f"and {more:,} more mistakes.")] if more > 0 else []
        raise Problems([*problems[:TOLD], *rest])
    last = max((Period.parse(text) for text in {cell.identity.period for cell in found}), key=lambda each: each.end)
    policy = desk.register.policies[declared.policy] if declared.policy else None
    least = (policy.suppress_below or 0) if policy else 0
    counts = {measure.name for measure in declared.measures if measure.kind in ("count", "sum")}
    small = [c for c in found if c.value and c.identity.measure in counts and 0 < float(c.value) < least]
    entry = Release(
        id="",
        publication=publication,
        period=str(last),
        edition="",
        vintage=0,
        definitions_hash=cells_hash(found),
        manifest_sha256=sha256,
        at=desk.now(),
        by=desk.who,
        kind="import",
        purpose=source,
    )
    recorded = desk.journal.record_told(entry, found, audit)
    hidden = sum("[c]" in cell.marks for cell in found)
    return Imported(recorded, len(found), hidden, len(small))


def _read(paths: Sequence[Path]) -> dict[str, pl.DataFrame]:
    try:
        return read_tables(paths, MOST)
    except UserError as error:
        if error.code == "PR-C006":
            fix = "Give a CSV with a header and a row for each cell."
            raise UserError("PR-P069", "the file is empty.", where=error.where, fix=fix) from None
        if error.code != "PR-P062":
            raise
        raise UserError(
            "PR-E044",
            f"the file has more than {MOST:,} rows.",
            where=error.where,
            fix="Take it in in parts, for example a file for each period.",
        ) from None


def cells_in(
    register: Register, publication: Publication, name: str, frame: pl.DataFrame
) -> Iterator[PublishedCell | Problem]:
    """Cells of a table as it was published, or what is wrong with them; rows are counted from 2, after the header.

    Args:
        name: Of the file, without its ending.
        frame: All columns as text.
    """
    columns = columns_of(publication, name, frame.columns)
    if isinstance(columns, list):
        yield from columns
        return
    figures = Figures(register, publication, name)
    seen: dict[str, int] = {}
    for number, row in enumerate(frame.iter_rows(named=True), start=2):
        for cell in figures.cells(columns, row, number):
            if isinstance(cell, PublishedCell):
                first = seen.setdefault(f"{cell.identity.text}", number)
                if first != number:
                    yield Problem(
                        "PR-E043",
                        f"the cell {cell.identity.text} stands in row {first} already.",
                        f"{name} row {number}",
                        fix="Give each cell once.",
                    )
                    continue
            yield cell


__all__ = ["Imported", "cells_in", "take_in"]
