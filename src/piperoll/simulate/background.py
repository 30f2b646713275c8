"""Writes the files of one month while the next is drawn: in a process of its own where there are many rows."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType

import polars as pl

from piperoll.register.model.contract import Dataset
from piperoll.simulate.faults.plan import FaultPlan
from piperoll.simulate.send import Route, Written, send
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


# Fewer rows a month are written before a process has started; a world that has grown so large stays so.
_WORTH_A_PROCESS = 50_000


@dataclass(frozen=True)
class Job:
    """A delivery by its contract's columns, and what `send` wants to know beside it."""

    delivery: Delivery
    dataset: Dataset
    earlier: pl.DataFrame | None
    fate: str


class Background:
    """Sends a month's deliveries in the background; the same files, whoever writes them.

    Args:
        plan: Chances of faults in rows.
        route: Where deliveries go. A post that takes other ways than files is open in this process, and stays in it.
    """

    def __init__(self, plan: FaultPlan, streams: Streams, route: Route) -> None:
        self._settings = plan, streams, route
        self._may_leave = route.post is None
        self._worker: Executor = ThreadPoolExecutor(1)
        self._apart = False

    def put(self, jobs: list[Job]) -> Future[list[Written]]:
        """Have the deliveries of a month sent; gives what was written, in their order, without their rows."""
        many = sum(each.delivery.frame.height for each in jobs) >= _WORTH_A_PROCESS
        if many and self._may_leave and not self._apart:
            self._worker.shutdown()
            # Not forked: threads of the frames' library would hold locks for ever in the copy.
            self._worker = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
            self._apart = True
        return self._worker.submit(_send_all, jobs, *self._settings)

    def __enter__(self) -> Background:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._worker.shutdown()


def _send_all(jobs: list[Job], plan: FaultPlan, streams: Streams, route: Route) -> list[Written]:
    written = []
    for each in jobs:
        for sent in send(each.delivery, each.dataset, each.earlier, plan, each.fate, streams, route):
            written.append(replace(sent, delivery=replace(sent.delivery, frame=pl.DataFrame())))
    return written
