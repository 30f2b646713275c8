"""Runs of the linkage benchmarks, each in a process of its own, and what it used up to a point it names.

The inner process calls `used` when its persons are made; what it does after that (more thresholds, counting candidates)
is not measured. Everything before is, from the start of the process: imports, reading, cleaning.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any


BEGAN = "PIPEROLL_BENCH_BEGAN"


def used() -> dict[str, float]:
    """Wall and processor seconds (with those of children) and peak memory in GiB since the process began."""
    me, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "wall": time.time() - float(os.environ[BEGAN]),
        "cpu": me.ru_utime + me.ru_stime + children.ru_utime + children.ru_stime,
        "gib": max(me.ru_maxrss, children.ru_maxrss) / 1024**2,
    }


def run(command: Sequence[str | Path], log: Path) -> dict[str, Any]:
    """Run an inner process; its last line is JSON. Gives ``error`` in place of figures where it fails.

    What it says besides goes to ``log``.
    """
    environ = os.environ | {BEGAN: repr(time.time())}
    with log.open("w") as errors:
        done = subprocess.run(
            [str(each) for each in command], stdout=subprocess.PIPE, stderr=errors, text=True, check=False, env=environ
        )
    if done.returncode:
        last = (log.read_text().strip().splitlines() or [f"status {done.returncode}"])[-1]
        return {"error": last[:300]}
    return json.loads(done.stdout.strip().splitlines()[-1])
