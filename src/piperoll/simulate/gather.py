"""What collecting said, read from the journal in the form that `account` takes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl

from piperoll.collect.owed import slots
from piperoll.journal import Delivery, Journal
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.account import FINDINGS, RECEIPTS, REFUSED


def gather(journal: Journal, register: Register, files: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Keyword arguments for `account`: receipts, refused rows, findings and missing slots.

    Args:
        journal: Of the home into which the simulated deliveries were collected, and nothing else.
        register: The register they were collected by.
        files: The truth's ``files``: names the same bytes that came twice, which the journal keeps once, and what came
            by other ways than files, which the journal calls otherwise.
    """
    deliveries = _as_in_truth(journal.deliveries(), files)
    receipts = [(d.filename, d.verdict, d.rows_in, d.rows_kept, d.rows_refused) for d in deliveries]
    named, hashes = {d.filename for d in deliveries}, {d.sha256 for d in deliveries}
    receipts += [
        (file, "known", 0, 0, 0)
        for file, sha256 in files.select("file", "sha256").iter_rows()
        if file and file not in named and sha256 in hashes
    ]
    refused = [(d.filename, r.row, r.field, r.rule) for d in deliveries for r in journal.refused_rows(d.id)]
    findings = [(d.filename, *_finding(each)) for d in deliveries for each in d.receipt.get("findings", ())]
    last = max((Period.parse(str(each)).end for each in files["period"]), default=dt.date(1, 1, 1))
    states = slots(register, deliveries, last + dt.timedelta(days=200)) if files.height else []
    missing = [
        (each.slot.key, each.slot.supplier, each.slot.period) for each in states if each.state in ("owed", "late")
    ]
    return {
        "receipts": pl.DataFrame(receipts, schema=RECEIPTS, orient="row"),
        "refused": pl.DataFrame(refused, schema=REFUSED, orient="row"),
        "findings": pl.DataFrame(findings, schema=FINDINGS, orient="row"),
        "missing": pl.DataFrame(missing, schema=["dataset", "supplier", "period"], orient="row").cast(pl.String),
    }


def _finding(found: dict[str, Any]) -> tuple[str, str, str, int, list[int]]:
    return found["rule"], found["field"], found["severity"], found["count"], list(found["rows"])


def _as_in_truth(deliveries: list[Delivery], files: pl.DataFrame) -> list[Delivery]:
    """Deliveries by the name that the truth has for them: by their bytes, or by the slot of what has none."""
    if "way" not in files.columns:
        return deliveries
    other = files.filter((pl.col("file") != "") & (pl.col("way") != "file"))
    if not other.height:
        return deliveries
    slots_ = other.select("sha256", "dataset", "supplier", "period", "file").sort("file", descending=True).rows()
    names = {(sha256, *slot): file for sha256, *slot, file in slots_}
    out = []
    for each in deliveries:
        slot = (f"{each.source}.{each.dataset}", each.supplier, each.period)
        name = names.get((each.sha256, *slot)) or names.get(("", *slot))
        out.append(replace(each, filename=name) if name else each)
    return out
