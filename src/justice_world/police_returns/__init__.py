"""What the 43 police forces return each month: failure to appear warrants, and penalty notices for disorder."""

from __future__ import annotations

from collections.abc import Sequence

from justice_world.police_returns.forces import read_forces
from justice_world.police_returns.notices import Notices
from justice_world.police_returns.warrants import Warrants
from justice_world.rooms import Month, Setting
from piperoll.periods import Period
from piperoll.simulate.world import Delivery


FIRST = Period.parse("2008-01")


class PoliceReturns:
    """Returns are at the true magnitude whatever the scale of persons; warrants one by one are not."""

    def __init__(self, setting: Setting) -> None:
        register, streams, scale, first = setting.register, setting.streams, setting.share, setting.persons
        forces = read_forces(register)
        self._first = max(first, FIRST, key=lambda month: month.start)
        self._warrants = Warrants(register, forces, streams, scale, self._first)
        self._notices = Notices(register, forces, streams, setting.population)

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """What the forces send for a month, and the truth behind it; nothing before the first."""
        if month.start < self._first.start:
            return [], {}
        warrants, stocks = self._warrants.month(month)
        notices, issued = self._notices.month(month)
        return [*warrants, *notices], {**stocks, **issued}
