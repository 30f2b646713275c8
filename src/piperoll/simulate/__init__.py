"""Simulated deliveries with known truth, for any register: streams, pools, calendars, lags, faults, files.

What happens in a simulated world is no part of this room; worlds are found through entry points (`world.build`).
"""

from __future__ import annotations

from piperoll.simulate.faults import FaultPlan, read_plan
from piperoll.simulate.narrow import Narrowed
from piperoll.simulate.place import write_once
from piperoll.simulate.run import Summary, simulate
from piperoll.simulate.world import Batch, Delivery, Persons, World, build


__all__ = [
    "Batch",
    "Delivery",
    "FaultPlan",
    "Narrowed",
    "Persons",
    "Summary",
    "World",
    "build",
    "read_plan",
    "simulate",
    "write_once",
]
