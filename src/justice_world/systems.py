"""All systems of the world beside the county courts', in the order in which they learn of each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

from justice_world.custody_safety import CustodySafety
from justice_world.data_share import DataShare
from justice_world.family import Family
from justice_world.foi import Requests
from justice_world.language import Interpreters
from justice_world.legal_aid import LegalAid
from justice_world.offenders import Offenders
from justice_world.performance import Performance
from justice_world.police_returns import PoliceReturns
from justice_world.public_protection import PublicProtection
from justice_world.rooms import Month, Room, Setting
from justice_world.tribunals import Tribunals
from justice_world.workforce import Workforce
from justice_world.youth import Youth
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


# A representation order is of a defendant whom the Crown Court knows, incidents and recalls are of people whom prisons
# know, and the performance database counts what all others send.
ROOMS: tuple[Callable[[Setting], Room], ...] = (
    LegalAid, CustodySafety, PublicProtection, Youth,
    Family, Tribunals, Requests, Interpreters, PoliceReturns, Workforce, DataShare,
    Performance,
)  # fmt: skip


class Systems:
    """Who sends what, month by month in order.

    Args:
        share: Of people in sources of persons.
        months: First and last of the world, and the first of sources of persons.
        directory: Where the people of the criminal courts may be kept meanwhile.
    """

    def __init__(
        self, register: Register, streams: Streams, share: float, months: tuple[Period, Period, Period], directory: Path
    ) -> None:
        first, last, persons = months
        self._first = {
            f"{source.key}.{dataset.name}": Period.parse(dataset.owed_from).start
            for source, dataset in register.datasets()
            if dataset.owed_from
        }
        self._offenders = Offenders(register, streams, share, persons, directory, last)
        setting = Setting(register, streams, share, first, last, persons, self._offenders)
        self._rooms = [room(setting) for room in ROOMS]

    def month(self, month: Period, courts: Iterable[Delivery]) -> Month:
        """Deliveries for a month beside those of the county ``courts``, and the truth behind them."""
        before = list(courts)
        persons, known = self._offenders.month(month)
        sent, truth = self._owed(persons), dict(known)
        for room in self._rooms:
            more, told = room.month(month, [*before, *sent])
            sent += self._owed(more)
            truth |= told
        return sent, truth

    def _owed(self, deliveries: Iterable[Delivery]) -> list[Delivery]:
        """Those that are owed by then: a system may know of more than its supplier has agreed to send so far."""
        return [each for each in deliveries if each.period.start >= self._first.get(each.dataset, dt.date.min)]
