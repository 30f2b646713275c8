"""Faults as suppliers make them, put into clean deliveries at random, and written down.

Nothing here reads a rule of a contract: what the checks find of it is a measurement, not an arrangement.
"""

from __future__ import annotations

from piperoll.simulate.faults.inject import Injected, inject
from piperoll.simulate.faults.plan import DEFAULT, NONE, FaultPlan, read_plan
from piperoll.simulate.faults.record import Fault, frame


__all__ = ["DEFAULT", "NONE", "Fault", "FaultPlan", "Injected", "frame", "inject", "read_plan"]
