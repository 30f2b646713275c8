"""Runs a world and writes what its suppliers send, month by month, and the truth apart.

Files lie in a folder for the month in which they arrive, which for a delivery on time is the month after its period.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.simulate.background import Background, Job
from piperoll.simulate.faults.plan import FaultPlan
from piperoll.simulate.faults.record import SCHEMA, Fault, frame
from piperoll.simulate.post import AS_FILES, Post
from piperoll.simulate.send import Route, Written, fate_of
from piperoll.simulate.streams import Streams
from piperoll.simulate.truth import TruthWriter
from piperoll.simulate.world import Batch, Delivery, World


FILES = {
    "file": pl.String, "dataset": pl.String, "supplier": pl.String, "period": pl.String, "arrives": pl.String,
    "fate": pl.String, "rows_true": pl.Int64, "rows_written": pl.Int64, "bytes": pl.Int64,
    "sha256": pl.String, "way": pl.String,
}  # fmt: skip
_KEPT_FOR_STALE = 40


@dataclass(frozen=True)
class Summary:
    """What a run wrote."""

    files: int
    rows: int
    bytes: int
    faults: int
    by_dataset: dict[str, int]


@dataclass
class _Book:
    """Files and faults as they were written, in the order in which they were asked for."""

    files: list[dict[str, object]] = field(default_factory=list)
    faults: list[tuple[str, str, str, str, Fault]] = field(default_factory=list)

    def take(self, month: Future[list[Written]]) -> None:
        for sent in month.result():
            self.files.append(_row(sent))
            slot = (sent.delivery.dataset, sent.delivery.supplier, str(sent.delivery.period))
            self.faults.extend((sent.file, *slot, fault) for fault in sent.faults)


def simulate(
    world: World,
    register: Register,
    out: Path,
    truth: Path,
    plan: FaultPlan,
    seed: int,
    progress: Callable[[Batch], None] = lambda _: None,
    post: Post | None = None,
) -> Summary:
    """Write every delivery of ``world`` below ``out`` and its truth into ``truth``, both new directories.

    Truth tables: those of the world, ``files`` (a row each file, each delivery by another way, and each delivery
    never sent) and ``faults``.

    Args:
        post: Takes the deliveries that come by other ways than files; None: all come as files.

    Raises:
        UserError: ``PR-M007`` if the world sends what the register declares no contract for; ``PR-M010`` where an
            extract reads what a simulated database cannot hold.
    """
    route = Route(out, post)
    streams = Streams(seed)
    earlier: dict[tuple[str, str], pl.DataFrame] = {}
    missed: dict[tuple[str, str], pl.DataFrame] = {}
    book = _Book()
    waiting: Future[list[Written]] | None = None
    out.mkdir(parents=True, exist_ok=True)
    with TruthWriter(truth) as writer, Background(plan, streams, route) as background:
        for batch in world.batches():
            jobs: list[Job] = []
            for delivery in batch.deliveries:
                dataset = _contract(register, delivery)
                rows = delivery.frame.select(each.name for each in dataset.fields)
                key = (delivery.dataset, delivery.supplier)
                as_file = route.way(delivery, dataset) in AS_FILES
                fate = fate_of(delivery, plan, streams) if as_file else "on_time"
                if dataset.mode == "increment":
                    rows = _caught_up(missed.pop(key, None), rows, dataset)
                    if fate == "missing":
                        missed[key] = rows
                jobs.append(Job(replace(delivery, frame=rows), dataset, earlier.get(key), fate))
                if not plan.empty and rows.height:
                    rng = streams.of("earlier", *key, batch.period)
                    earlier[key] = rows[rng.integers(0, rows.height, _KEPT_FOR_STALE).tolist()]
            writer.settle()
            for name in sorted(batch.truth):
                writer.add(name, batch.truth[name])
            # The files of one month are written while the next month is being drawn.
            if waiting:
                book.take(waiting)
            waiting = background.put(jobs)
            progress(batch)
        if waiting:
            book.take(waiting)
        if post is not None:
            post.close()
        files, faults = book.files, book.faults
        writer.add("files", pl.DataFrame(files, schema=FILES).sort("file", "dataset", "supplier", "period"))
        found = frame(faults)
        writer.add("faults", found if found.height else pl.DataFrame(schema=SCHEMA))
    table = pl.DataFrame(files, schema=FILES).filter(pl.col("file") != "")
    by = table.group_by("dataset").agg(pl.col("rows_written").sum()).sort("dataset")
    return Summary(
        table.height, int(table["rows_written"].sum()), int(table["bytes"].sum()), len(faults), dict(by.iter_rows())
    )


def _contract(register: Register, delivery: Delivery) -> Dataset:
    try:
        dataset = register.dataset(delivery.dataset)
    except KeyError:
        dataset = None
    columns = set(delivery.frame.columns)
    absent = [] if dataset is None else [each.name for each in dataset.fields if each.name not in columns]
    if dataset is None or absent:
        what = f"knows no value for its field {absent[0]}" if absent else "the register has no contract for it"
        raise UserError(
            "PR-M007",
            f"The world sends {delivery.dataset}, and {what}.",
            where=str(register.root),
            fix="Use the register that the world was written for, or add the dataset or field to one of the two.",
        )
    return dataset


def _caught_up(missed: pl.DataFrame | None, rows: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    """An increment after one that never came: records changed since the last that did, each in its last state."""
    if missed is None:
        return rows
    return pl.concat([missed, rows]).unique(dataset.key, keep="last", maintain_order=True)


def _row(sent: Written) -> dict[str, object]:
    return {
        "file": sent.file, "dataset": sent.delivery.dataset, "supplier": sent.delivery.supplier,
        "period": str(sent.delivery.period), "arrives": sent.arrives, "fate": sent.fate,
        "rows_true": sent.rows_true, "rows_written": sent.rows, "bytes": sent.size,
        "sha256": sent.sha256, "way": sent.way,
    }  # fmt: skip
