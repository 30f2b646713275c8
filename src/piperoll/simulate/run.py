"""Runs a world and writes what its suppliers send, month by month, and the truth apart.

Files lie in a folder for the month in which they arrive, which for a delivery on time is the month after its period.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.simulate.faults.inject import inject
from piperoll.simulate.faults.plan import FILE_KINDS, FaultPlan, careless
from piperoll.simulate.faults.record import SCHEMA, Fault, frame
from piperoll.simulate.render import pack
from piperoll.simulate.streams import Streams
from piperoll.simulate.truth import TruthWriter
from piperoll.simulate.world import Batch, Delivery, World


FILES = {
    "file": pl.String, "dataset": pl.String, "supplier": pl.String, "period": pl.String, "arrives": pl.String,
    "fate": pl.String, "rows_true": pl.Int64, "rows_written": pl.Int64, "bytes": pl.Int64,
    "sha256": pl.String,
}  # fmt: skip
_KEPT_FOR_STALE = 40


@dataclass(frozen=True)
class Written:
    """One file, or one delivery that never came (``file`` empty). ``sha256`` is that of a zip's member."""

    file: str
    delivery: Delivery
    arrives: str
    fate: str
    rows: int
    size: int
    faults: tuple[Fault, ...]
    sha256: str = ""


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

    def take(self, jobs: list[Future[list[Written]]]) -> None:
        for job in jobs:
            for sent in job.result():
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
) -> Summary:
    """Write every delivery of ``world`` below ``out`` and its truth into ``truth``, both new directories.

    Truth tables: those of the world, ``files`` (a row each file and each delivery never sent) and ``faults``.

    Raises:
        UserError: ``PR-M007`` if the world sends what the register declares no contract for.
    """
    streams = Streams(seed)
    earlier: dict[tuple[str, str], pl.DataFrame] = {}
    book = _Book()
    waiting: list[Future[list[Written]]] = []
    out.mkdir(parents=True, exist_ok=True)
    with TruthWriter(truth) as writer, ThreadPoolExecutor(2) as pool:
        for batch in world.batches():
            jobs: list[Future[list[Written]]] = []
            for delivery in batch.deliveries:
                dataset = _contract(register, delivery)
                rows = delivery.frame.select(each.name for each in dataset.fields)
                key = (delivery.dataset, delivery.supplier)
                jobs.append(pool.submit(_send, delivery, rows, dataset, earlier.get(key), plan, streams, out))
                if not plan.empty and rows.height:
                    rng = streams.of("earlier", *key, batch.period)
                    earlier[key] = rows[rng.integers(0, rows.height, _KEPT_FOR_STALE).tolist()]
            for name in sorted(batch.truth):
                writer.add(name, batch.truth[name])
            # The files of one month are written while the next month is being drawn.
            book.take(waiting)
            waiting = jobs
            progress(batch)
        book.take(waiting)
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


def _row(sent: Written) -> dict[str, object]:
    return {
        "file": sent.file, "dataset": sent.delivery.dataset, "supplier": sent.delivery.supplier,
        "period": str(sent.delivery.period), "arrives": sent.arrives, "fate": sent.fate,
        "rows_true": sent.delivery.frame.height, "rows_written": sent.rows, "bytes": sent.size,
        "sha256": sent.sha256,
    }  # fmt: skip


def _fate(plan: FaultPlan, rng: np.random.Generator) -> str:
    chances = np.cumsum([getattr(plan, kind) for kind in FILE_KINDS])
    at = int(np.searchsorted(chances, rng.random(), side="right"))
    return FILE_KINDS[at] if at < len(FILE_KINDS) else "on_time"


def _send(
    delivery: Delivery,
    rows: pl.DataFrame,
    dataset: Dataset,
    earlier: pl.DataFrame | None,
    plan: FaultPlan,
    streams: Streams,
    out: Path,
) -> list[Written]:
    """Write the file or files by which one delivery comes; a supplier with nothing to tell sends nothing."""
    if not rows.height:
        return [Written("", delivery, "", "nothing_to_send", 0, 0, ())]
    rng = streams.of("faults", delivery.dataset, delivery.supplier, delivery.period)
    fate = _fate(plan, rng)
    if fate == "missing":
        fault = Fault("missing", rows=rows.height, description="The delivery never came.")
        return [Written("", delivery, "", fate, 0, 0, (fault,))]
    return [_write(delivery, dataset, out, *version) for version in _versions(delivery, rows, earlier, plan, fate, rng)]


def _versions(
    delivery: Delivery,
    rows: pl.DataFrame,
    earlier: pl.DataFrame | None,
    plan: FaultPlan,
    fate: str,
    rng: np.random.Generator,
) -> Iterator[tuple[Period, str, bytes, int, tuple[Fault, ...]]]:
    """Each file as (month of arrival, fate, content, rows, faults), in order of arrival."""
    on_time = delivery.period.shift(1)
    made = inject(rows, earlier, careless(plan) if fate == "corrected" else plan, rng)
    content, faults = made.content, made.faults
    if fate == "late":
        faults = (Fault("late", rows=made.rows, description="The delivery came late."), *faults)
        yield on_time.shift(int(rng.integers(1, 3))), fate, content, made.rows, faults
    elif fate == "twice":
        yield on_time, fate, content, made.rows, faults
        again = Fault("twice", rows=made.rows, description="The same delivery came a second time.")
        yield on_time.shift(1), fate, content, made.rows, (again,)
    elif fate == "truncated_file":
        cut = content[: int(len(content) * rng.uniform(0.3, 0.95))]
        whole_lines = cut.count(b"\n")
        kept = tuple(each for each in faults if each.row is not None and each.row <= whole_lines)
        lost = made.rows - max(whole_lines - 1, 0)
        fault = Fault("truncated_file", rows=lost, description="The file was cut off in the middle.")
        yield on_time, fate, cut, made.rows - lost, (fault, *kept)
        if rng.random() < 0.7:
            yield on_time.shift(1), "redelivered", content, made.rows, faults
    elif fate == "corrected":
        fault = Fault("corrected", rows=made.rows, description="A delivery full of mistakes, replaced by a later one.")
        yield on_time, fate, content, made.rows, (fault, *faults)
        better = inject(rows, earlier, plan, rng)
        yield on_time.shift(1), "redelivered", better.content, better.rows, better.faults
    elif fate == "encoding_file" and not content.isascii():
        fault = Fault("encoding_file", rows=made.rows, description="The file was written in Windows-1252.")
        text = content.decode("utf-8").encode("cp1252", errors="replace")
        yield on_time, fate, text, made.rows, (fault, *faults)
    else:
        yield on_time, "on_time", content, made.rows, faults


def _write(
    delivery: Delivery,
    dataset: Dataset,
    out: Path,
    arrives: Period,
    fate: str,
    content: bytes,
    rows: int,
    faults: tuple[Fault, ...],
) -> Written:
    plain = dataset.file.pattern.format(supplier=delivery.supplier, period=delivery.period)
    name, packed = pack(content, plain, delivery.form)
    folder = out / str(arrives)
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(packed)
    told = f"{arrives}/{name}" + (f"/{plain}" if delivery.form == "zip" else "")
    digest = hashlib.sha256(content if delivery.form == "zip" else packed).hexdigest()
    return Written(told, delivery, str(arrives), fate, rows, len(packed), faults, digest)
