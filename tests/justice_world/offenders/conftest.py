"""Everything that the seven systems send about some 20,000 people in six years, without a fault."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from justice_world.offenders import Offenders
from justice_world.offenders.systems import FIRST, LAST
from piperoll.periods import Period, span
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery
from tests.justice_world.roombench import Sent


SOURCES = ("libra", "crest", "pnc", "nomis_iis", "probation", "iaps", "oasys")
SHARE = 0.0045  # of England and Wales


def send(register: Register, directory: Path, share: float, first: Period = FIRST, last: Period = LAST) -> Sent:
    directory.mkdir(exist_ok=True)
    offenders = Offenders(register, Streams(5), share, first, directory)
    deliveries: list[Delivery] = []
    truth: dict[str, list[pl.DataFrame]] = {}
    for month in span(first, last):
        sent, true = offenders.month(month)
        deliveries += sent
        for name, table in true.items():
            truth.setdefault(name, []).append(table)
    return Sent(deliveries, {name: pl.concat(tables) for name, tables in truth.items()})


@pytest.fixture(scope="session")
def sent(register: Register, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    return send(register, tmp_path_factory.mktemp("offenders"), SHARE)
