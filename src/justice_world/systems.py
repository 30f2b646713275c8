"""All systems of the world beside the county courts', in the order in which they learn of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from justice_world.custody_safety import CustodySafety
from justice_world.family import Family
from justice_world.foi import Requests
from justice_world.language import Interpreters
from justice_world.legal_aid import LegalAid
from justice_world.offenders import Offenders
from justice_world.performance import Performance
from justice_world.police_returns import PoliceReturns
from justice_world.public_protection import PublicProtection
from justice_world.setting import Month, Room, Setting
from justice_world.tribunals import Tribunals
from justice_world.workforce import Workforce
from justice_world.youth import Youth
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


# What these send of a month rests on no other system.
ALONE = (Family, Tribunals, Requests, Interpreters)
# These know people whom prisons know.
OF_OFFENDERS: tuple[Callable[[Setting], Room], ...] = (CustodySafety, PublicProtection, Youth)


class _Alone(Protocol):
    def month(self, month: Period) -> Month: ...


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
        self._offenders = Offenders(register, streams, share, persons, directory)
        setting = Setting(register, streams, share, first, last, persons, self._offenders)
        told, until = (register, streams, share, persons), last
        self._alone: list[_Alone] = [room(*told, until) for room in ALONE]
        self._returns: list[_Alone] = [PoliceReturns(*told), Workforce(*told)]
        self._of_offenders: list[Room] = [room(setting) for room in OF_OFFENDERS]
        self._legal_aid = LegalAid(*told)
        self._performance = Performance(*told, until)

    def month(self, month: Period, courts: Iterable[Delivery]) -> Month:
        """Deliveries for a month beside those of the county ``courts``, and the truth behind them."""
        persons, known = self._offenders.month(month)
        sent, truth = list(persons), dict(known)

        def add(more: Month) -> None:
            sent.extend(more[0])
            truth.update(more[1])

        # a representation order is of a defendant whom the Crown Court knows
        add(self._legal_aid.month(month, list(persons)))
        for of_offenders in self._of_offenders:
            add(of_offenders.month(month, list(persons)))
        for each in (*self._alone, *self._returns):
            add(each.month(month))
        # the performance database counts what the other systems send
        add(self._performance.month(month, [*courts, *sent]))
        return sent, truth
