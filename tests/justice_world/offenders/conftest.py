"""Everything that the seven systems send about some 20,000 people in six years, without a fault."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from justice_world.offenders import Offenders
from justice_world.offenders.systems import FIRST, LAST
from piperoll.periods import Period, span
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


SOURCES = ("libra", "crest", "pnc", "nomis_iis", "probation", "iaps", "oasys")


@dataclass(frozen=True)
class Sent:
    """Deliveries in order, and the truth."""

    deliveries: list[Delivery]
    truth: dict[str, pl.DataFrame]

    def rows(self, dataset: str) -> pl.DataFrame:
        """Every row of a dataset as sent, with ``_supplier``, ``_period`` and ``_row``."""
        return pl.concat(
            each.frame.with_columns(_supplier=pl.lit(each.supplier), _period=pl.lit(str(each.period)))
            for each in self.deliveries
            if each.dataset == dataset
        ).with_row_index("_row")

    def now(self, dataset: str, *key: str) -> pl.DataFrame:
        """The last state of each record of a dataset."""
        return self.rows(dataset).unique(key, keep="last", maintain_order=True)


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
    return send(register, tmp_path_factory.mktemp("offenders"), 0.002)
