"""A small world of its own: two datasets, two suppliers, four months. Nothing of the justice world is needed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from piperoll.periods import Period, span
from piperoll.register.model.contract import Dataset, Field, FileForm
from piperoll.register.model.register import Register, Source
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Batch, Delivery


def _dataset(name: str) -> Dataset:
    fields = (
        Field("id", "str(8)", "L"),
        Field("name", "str(80)", "D"),
        Field("on", "date", "T"),
        Field("n", "int", "M"),
    )
    form = FileForm(pattern=f"{name}_{{supplier}}_{{period}}.csv")
    return Dataset(name, name.title(), "events", ("id",), fields, file=form)


@dataclass(frozen=True)
class Bakery:
    """Sales and returns of two shops; the second shop has no returns in the first month."""

    seed: int
    first: Period
    last: Period
    rows: int = 120

    def batches(self) -> Iterator[Batch]:
        streams = Streams(self.seed)
        for month in span(self.first, self.last):
            out = []
            for dataset in ("shop.sale", "shop.return"):
                for supplier in ("east", "west"):
                    rng = streams.of(dataset, supplier, month)
                    count = 0 if (dataset, supplier, month) == ("shop.return", "west", self.first) else self.rows
                    frame = pl.DataFrame({
                        "n": rng.integers(0, 99, count),
                        "id": [f"{supplier[0].upper()}{n:05d}" for n in range(count)],
                        "on": pl.Series([month.start] * count, dtype=pl.Date),
                        "name": pl.Series([f"Siân “Łucja” O'Hara, {n}" for n in range(count)], dtype=pl.String),
                        "secret": [1] * count,
                    })  # fmt: skip
                    form = "csv.gz" if supplier == "west" else "csv"
                    out.append(Delivery(dataset, supplier, month, frame, "zip" if dataset == "shop.return" else form))
            yield Batch(month, tuple(out), {"sales": out[0].frame.select("id", "n")})


@pytest.fixture
def shops() -> Register:
    source = Source("shop", "Shop", datasets=(_dataset("sale"), _dataset("return")))
    return Register(Path("shops"), "shops", "Shops", "", {"shop": source}, {}, {}, {}, {})


@pytest.fixture
def bakery() -> Bakery:
    return Bakery(3, Period.parse("2012-01"), Period.parse("2012-04"))
