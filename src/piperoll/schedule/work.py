"""Makes what is due, lane by lane: one edition after the other within a lane, a few lanes at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass

from piperoll.schedule.due import Due


@dataclass(frozen=True)
class Outcome:
    """What became of an edition.

    Attributes:
        state: ``made``, ``unchanged``, ``left out`` (nothing has been delivered, or is not linked yet) or ``refused``.
        told: Its id, or why not, with the code.
    """

    item: Due
    state: str
    told: str
    seconds: float = 0.0


def work(
    lanes: Sequence[Sequence[Due]], pool: Executor, make: Callable[[Due], Outcome], started: Callable[[Due], None]
) -> Iterator[Outcome]:
    """Outcomes as they come. What one edition is refused for stops no other.

    Args:
        lanes: See `due.lanes`.
        pool: Where they are made; as many at a time as it has workers.
        make: Makes one, in the pool.
        started: Told each that is handed to the pool.
    """
    # The longest lane first: it decides how long the whole takes.
    waiting = [iter(lane) for lane in sorted(lanes, key=len, reverse=True)]
    running: dict[Future[Outcome], Iterator[Due]] = {}

    def go_on(lane: Iterator[Due]) -> None:
        item = next(lane, None)
        if item is not None:
            started(item)
            running[pool.submit(make, item)] = lane

    for lane in waiting:
        go_on(lane)
    while running:
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            lane = running.pop(future)
            yield future.result()
            go_on(lane)
