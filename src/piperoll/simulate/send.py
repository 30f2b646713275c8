"""Sends one delivery: as it is, late, twice, cut off, full of mistakes, or never."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import yaml

from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.simulate.faults.inject import inject
from piperoll.simulate.faults.plan import FILE_KINDS, FaultPlan, careless
from piperoll.simulate.faults.record import Fault
from piperoll.simulate.post import AS_FILES, Post
from piperoll.simulate.render import pack
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


MANIFEST = "manifest.yaml"
# Share of deliveries cut off or garbled on the way that come whole a month later.
_SENT_AGAIN = 0.7


@dataclass(frozen=True)
class Written:
    """One file, or one delivery that never came (``file`` empty). ``sha256`` is that of a zip's member.

    What came by another way has the name that `Post` gives it; of what is typed or read there is no hash beforehand.
    """

    file: str
    delivery: Delivery
    arrives: str
    fate: str
    rows_true: int
    rows: int
    size: int
    faults: tuple[Fault, ...]
    sha256: str = ""
    way: str = "file"


@dataclass(frozen=True)
class Route:
    """Where deliveries go: the directory of all files, and the post for those that come by another way."""

    out: Path
    post: Post | None = None

    def way(self, delivery: Delivery, dataset: Dataset) -> str:
        """How a delivery comes."""
        return self.post.way(delivery, dataset) if self.post is not None else "file"


def fate_of(delivery: Delivery, plan: FaultPlan, streams: Streams) -> str:
    """What happens to a delivery on its way: a kind of file fault, or ``on_time``."""
    rng = streams.of("fate", delivery.dataset, delivery.supplier, delivery.period)
    chances = np.cumsum([getattr(plan, kind) for kind in FILE_KINDS])
    at = int(np.searchsorted(chances, rng.random(), side="right"))
    return FILE_KINDS[at] if at < len(FILE_KINDS) else "on_time"


def send(
    delivery: Delivery,
    dataset: Dataset,
    earlier: pl.DataFrame | None,
    plan: FaultPlan,
    fate: str,
    streams: Streams,
    route: Route,
) -> list[Written]:
    """Write the file or files by which one delivery comes; a supplier with nothing to tell sends nothing.

    Args:
        delivery: The slot it fills, the form it takes, and what is in it by the contract's columns.
        dataset: The contract.
        earlier: Some rows of the supplier's last delivery of this dataset, for stale records.
        plan: Chances of faults in rows.
        fate: What happens to the delivery, from `fate_of`.
        route: Where it goes. Where its way checks what is typed or kept, it comes on time and without fault.
    """
    if delivery.not_available:
        return [_said(delivery, dataset, route.out)]
    rows = delivery.frame
    if not rows.height:
        return [Written("", delivery, "", "nothing_to_send", 0, 0, 0, ())]
    way = route.way(delivery, dataset)
    if way not in AS_FILES:
        return [_posted(way, delivery, rows, dataset, streams, route)]
    rng = streams.of("faults", delivery.dataset, delivery.supplier, delivery.period)
    if fate == "missing":
        more = " Its records are in the next one." if dataset.mode == "increment" else ""
        fault = Fault("missing", rows=rows.height, description=f"The delivery never came.{more}")
        return [Written("", delivery, "", fate, rows.height, 0, 0, (fault,))]
    # Records that an increment leaves out never come again of themselves: a supplier is made to send it once more.
    again = dataset.mode == "increment" or float(rng.random()) < _SENT_AGAIN
    versions = _versions(delivery, rows, earlier, plan, fate, again, rng)
    return [_write(delivery, dataset, route, rows.height, *version) for version in versions]


def _named(delivery: Delivery, dataset: Dataset) -> str:
    """The file's name; a financial year stands in it as 2011-12."""
    period = delivery.period.in_names
    return dataset.file.pattern.format(supplier=delivery.supplier, period=period)


def _on_time(delivery: Delivery) -> Period:
    return Period.containing(delivery.period.end, "month").shift(1)


def _posted(
    way: str, delivery: Delivery, rows: pl.DataFrame, dataset: Dataset, streams: Streams, route: Route
) -> Written:
    assert route.post is not None
    arrives = _on_time(delivery)
    posted = route.post.bring(way, delivery, rows, dataset, arrives, _named(delivery, dataset), streams)
    digest = ""
    if posted.content:
        (route.out / str(arrives)).mkdir(exist_ok=True)
        (route.out / posted.told).write_bytes(posted.content)
        digest = hashlib.sha256(posted.content).hexdigest()
    size = len(posted.content)
    return Written(
        posted.told, delivery, str(arrives), "on_time", rows.height, rows.height, size, (), sha256=digest, way=way
    )


def _said(delivery: Delivery, dataset: Dataset, out: Path) -> Written:
    """A zip of a manifest alone, in which the supplier says that it cannot supply the slot; it comes on time."""
    arrives = str(_on_time(delivery))
    plain = _named(delivery, dataset)
    slot = {"dataset": delivery.dataset, "supplier": delivery.supplier, "period": str(delivery.period)}
    line = {**slot, "not_available": delivery.not_available}
    text = yaml.safe_dump({"files": [line]}, sort_keys=False, allow_unicode=True).encode()
    name = pack(b"", plain, "zip")[0]
    content = pack(text, MANIFEST, "zip")[1]
    folder = out / arrives
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    told = f"{arrives}/{name}/{MANIFEST} (not available 1)"
    digest = hashlib.sha256(f"not available: {delivery.not_available}".encode()).hexdigest()
    return Written(told, delivery, arrives, "not_available", 0, 0, len(content), (), digest)


def _versions(
    delivery: Delivery,
    rows: pl.DataFrame,
    earlier: pl.DataFrame | None,
    plan: FaultPlan,
    fate: str,
    again: bool,
    rng: np.random.Generator,
) -> Iterator[tuple[Period, str, bytes, int, tuple[Fault, ...]]]:
    """Each file as (month of arrival, fate, content, rows, faults), in order of arrival."""
    on_time = _on_time(delivery)
    made = inject(rows, earlier, careless(plan) if fate == "corrected" else plan, rng)
    content, faults = made.content, made.faults
    if fate == "late":
        faults = (Fault("late", rows=made.rows, description="The delivery came late."), *faults)
        yield on_time.shift(int(rng.integers(1, 3))), fate, content, made.rows, faults
    elif fate == "twice":
        yield on_time, fate, content, made.rows, faults
        repeat = Fault("twice", rows=made.rows, description="The same delivery came a second time.")
        yield on_time.shift(1), fate, content, made.rows, (repeat,)
    elif fate == "truncated_file":
        cut = content[: int(len(content) * rng.uniform(0.3, 0.95))]
        whole = cut.count(b"\n")  # lines, the header among them; what follows is a row cut off
        kept = tuple(each for each in faults if each.row is not None and each.row <= whole)
        lost = made.rows - max(whole - 1, 0)
        fault = Fault("truncated_file", whole + 1, None, lost, "The file was cut off in the middle of this row.")
        yield on_time, fate, cut, max(whole - 1, 0) + (not cut.endswith(b"\n")), (*kept, fault)
        if again:
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
        if again:
            yield on_time.shift(1), "redelivered", content, made.rows, faults
    else:
        yield on_time, "on_time", content, made.rows, faults


def _write(
    delivery: Delivery,
    dataset: Dataset,
    route: Route,
    rows_true: int,
    arrives: Period,
    fate: str,
    content: bytes,
    rows: int,
    faults: tuple[Fault, ...],
) -> Written:
    plain = _named(delivery, dataset)
    name, packed = pack(content, plain, delivery.form)
    way = route.way(delivery, dataset)
    if way == "mail":
        assert route.post is not None
        told = route.post.mailbox.send(delivery, dataset.suppliers, arrives, name, packed)
    else:
        folder = route.out / str(arrives)
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(packed)
        told = f"{arrives}/{name}"
    told += f"/{plain}" if delivery.form == "zip" else ""
    digest = hashlib.sha256(content if delivery.form == "zip" else packed).hexdigest()
    return Written(told, delivery, str(arrives), fate, rows_true, rows, len(packed), faults, digest, way)
