"""A command with all its children: wall and processor time, and the most memory that they held together."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


_EVERY = 0.2  # seconds between two looks at memory


@dataclass(frozen=True)
class Measured:
    """Wall and processor seconds, peak memory in MiB, and what was printed.

    Attributes:
        mb: The sum over all processes of the tree, a page shared by several counted by its share in each, where the
            system tells it (``Pss``); looked at five times a second.
    """

    wall: float
    cpu: float
    mb: float
    said: str


def measure(command: Sequence[str | Path], log: Path, fine: Sequence[int] = (0,)) -> Measured:
    """Run a command until it and all its children have ended.

    Args:
        log: Takes what it says besides.
        fine: Exit statuses that are no failure.

    Raises:
        SystemExit: If it ends with another status.
    """
    began, said = time.perf_counter(), log.with_suffix(".out")
    with log.open("w") as errors, said.open("w") as output:
        running = subprocess.Popen([str(each) for each in command], stdout=output, stderr=errors)
        ended, peak = threading.Event(), [0.0]
        watch = threading.Thread(target=_watch, args=(running.pid, ended, peak))
        watch.start()
        _, status, used = os.wait4(running.pid, 0)
        wall = time.perf_counter() - began
        running.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        watch.join()
    if running.returncode not in fine:
        last = (log.read_text().strip().splitlines() or ["nothing said"])[-1]
        raise SystemExit(f"{command[0]} ended with status {running.returncode}: {last[:300]}")
    mb = max(peak[0], used.ru_maxrss / 1024)
    return Measured(wall, used.ru_utime + used.ru_stime, mb, said.read_text())


def _watch(root: int, ended: threading.Event, peak: list[float]) -> None:
    while not ended.wait(_EVERY):
        peak[0] = max(peak[0], sum(memory(each) for each in tree(root)))


def tree(root: int) -> list[int]:
    """A process and all that descend from it, as far as they are still there."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        children.setdefault(parent, []).append(int(path.name))
    found = [root]
    for each in found:
        found += children.get(each, [])
    return found


def memory(process: int) -> float:
    """What a process holds of the machine's memory, in MiB; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
