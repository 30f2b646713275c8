"""Names of files that a simulation sends, as collecting reads them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from piperoll.collect.slots import NOTHING_STATED, find_slot
from piperoll.periods import Period
from piperoll.register import load
from piperoll.simulate.send import _named
from piperoll.simulate.world import Delivery


REGISTER = load(Path(__file__).parents[2] / "justice")


@pytest.mark.parametrize(("dataset", "period"), [
    ("themis.annual_return", "2006/07"), ("caseman.claim", "2012-05"), ("caseman.insolvency_petition", "2012Q2"),
])  # fmt: skip
def test_a_name_says_the_slot_whatever_the_kind_of_period(dataset: str, period: str) -> None:
    declared = REGISTER.dataset(dataset)
    supplier = REGISTER.suppliers[declared.suppliers].suppliers[0].key
    name = _named(Delivery(dataset, supplier, Period.parse(period), pl.DataFrame()), declared)
    assert Path(name).name == name
    slot = find_slot(REGISTER, name, NOTHING_STATED, dt.date(2012, 12, 1))
    assert (slot.key, slot.supplier, slot.period) == (dataset, supplier, period)
