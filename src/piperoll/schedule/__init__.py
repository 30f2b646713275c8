"""What is due: editions of a period by the calendar, in their order, and only those whose inputs changed.

due(register, Period.parse("2012Q3"))     # -> [Due("monthly_brief", 2012-07), ...]
work(items, lanes, make, jobs=2)          # makes them, a few at a time where that is safe
"""

from __future__ import annotations

from piperoll.schedule.due import Due, due, lanes
from piperoll.schedule.fresh import fingerprint, kept, remember
from piperoll.schedule.work import Outcome, Steps, by_step, work


__all__ = ["Due", "Outcome", "Steps", "by_step", "due", "fingerprint", "kept", "lanes", "remember", "work"]
