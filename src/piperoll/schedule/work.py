"""Makes what is due, lane by lane: one edition after the other within a lane, a few lanes at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field

from piperoll.schedule.due import Due


@dataclass(frozen=True)
class Outcome:
    """What became of an edition.

    Attributes:
        state: ``made``, ``unchanged``, ``left out`` (nothing has been delivered, or is not linked yet) or ``refused``.
        told: Its id, or why not, with the code.
        steps: Step (as `release.make` names them) -> seconds it took; ``Comparing`` is finding out what changed.
    """

    item: Due
    state: str
    told: str
    seconds: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)


class Steps:
    """A clock for the steps of one edition: each lasts until the next begins."""

    def __init__(self, first: str, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock, self._began = clock, clock()
        self._step, self._since = first, self._began
        self._seconds: dict[str, float] = {}

    def begin(self, step: str) -> None:
        """A step begins; the same one may come again."""
        now = self._clock()
        self._seconds[self._step] = self._seconds.get(self._step, 0.0) + now - self._since
        self._step, self._since = step, now

    def ended(self, item: Due, state: str, told: str) -> Outcome:
        """The outcome, with the last step ended now."""
        self.begin("")
        return Outcome(item, state, told, self._since - self._began, dict(self._seconds))


def by_step(outcomes: Iterable[Outcome]) -> dict[str, float]:
    """Seconds of all editions by step, the longest first."""
    found: dict[str, float] = {}
    for each in outcomes:
        for step, seconds in each.steps.items():
            found[step] = found.get(step, 0.0) + seconds
    return dict(sorted(found.items(), key=lambda told: (-told[1], told[0])))


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
