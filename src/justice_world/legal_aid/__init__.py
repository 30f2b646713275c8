"""What the legal aid systems send: controlled work, civil representation, representation orders, Crown Court bills.

Several thousand offices submit to the Legal Services Commission (the Legal Aid Agency from April 2013), whose systems
send one national extract a month.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from justice_world.legal_aid.civil import Civil
from justice_world.legal_aid.controlled import Controlled
from justice_world.legal_aid.fees import Fees
from justice_world.legal_aid.offices import read_offices, supplier
from justice_world.legal_aid.orders import Orders
from justice_world.rooms import Month, Setting
from piperoll.periods import Period
from piperoll.simulate.world import Delivery


FIRST = Period.parse("2008-01")


class LegalAid:
    """The five systems together: a claim names an order that MAAT has, and a bill a case of the Crown Court.

    The share of the world is one of the acts of assistance of England and Wales.
    """

    def __init__(self, setting: Setting) -> None:
        register, streams, scale, first = setting.register, setting.streams, setting.share, setting.persons
        self._first = max(first, FIRST, key=lambda month: month.start)
        self._offices = read_offices(scale, streams)
        self._orders = Orders(streams, scale)
        self._controlled = Controlled(register, self._offices, streams, scale)
        self._civil = Civil(register, self._offices, streams, scale, setting.population)
        self._fees = Fees(register, self._offices, streams)

    def month(self, month: Period, sent: Sequence[Delivery] = ()) -> Month:
        """What the systems send for a month, and the truth behind it; nothing before the first.

        Args:
            sent: What other systems send for the month: the Crown Court's defendants with legal aid get an order.
        """
        if month.start < self._first.start:
            return [], {}
        crown = [each for each in sent if each.dataset.startswith("crest.")]
        frames, truth = self._orders.month(month, _all(crown, "crest.cc_defendant"))
        bills = self._fees.month(month, _all(crown, "crest.cc_case"), self._orders.crown)
        claims, acts = self._controlled.month(month, self._orders.summary)
        civil, cases = self._civil.month(month)
        every = {**frames, **bills, **claims, **civil}
        deliveries = [Delivery(name, supplier(month), month, rows) for name, rows in every.items() if rows.height]
        return deliveries, {**truth, **acts, **cases}


def _all(deliveries: list[Delivery], dataset: str) -> pl.DataFrame:
    found = [each.frame for each in deliveries if each.dataset == dataset]
    return pl.concat(found) if found else pl.DataFrame()
