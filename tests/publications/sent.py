"""What the simulated world sends, without faults, as the store would hold it: quick, since nothing is collected.

Linkage identifiers stand as they are and not as tokens, which changes no join and no count. All else is as at the door:
direct identifiers are gone, and what the contracts derive from them is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import duckdb
import polars as pl

from justice_world.places import read_places
from justice_world.world import JusticeWorld
from piperoll.collect.check_codes import Lists
from piperoll.collect.check_rows import raw_name
from piperoll.collect.split import derivation_sql
from piperoll.derive import plan, run
from piperoll.derive.catalogue import dataset_columns, source_name
from piperoll.derive.merges import load_came
from piperoll.derive.merges.declared import datasets_of
from piperoll.derive.run import MERGED, inputs_of, merges_of
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.register.model.merge import Merge
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.simulate.world import Delivery, Persons
from piperoll.store.duck import connect, quote_name
from piperoll.store.parts import Part
from piperoll.store.types import duck_type, store_schema
from piperoll.tabulate import tabulate


class Sent:
    """A world's deliveries and its truth.

    Args:
        first, last: Months.
        persons: Share of all people, from month ``persons_from`` on.
        scale: Of sources of counts.
    """

    def __init__(
        self, register: Register, first: str, last: str, persons: float, persons_from: str, scale: float, seed: int = 7
    ) -> None:
        self.register = register
        share = Persons(persons, Period.parse(persons_from))
        places = read_places(register)
        world = JusticeWorld(register, places, seed, scale, Period.parse(first), Period.parse(last), share)
        self.deliveries: dict[str, list[Delivery]] = defaultdict(list)
        truth: dict[str, list[pl.DataFrame]] = defaultdict(list)
        for batch in world.batches():
            for each in batch.deliveries:
                if not each.not_available:
                    self.deliveries[each.dataset].append(each)
            for name, frame in batch.truth.items():
                truth[name].append(frame)
        self._truth = truth
        self._made: dict[str, duckdb.DuckDBPyConnection] = {}

    def __getstate__(self) -> dict[str, object]:
        return {
            "register": self.register,
            "deliveries": dict(self.deliveries),
            "_truth": dict(self._truth),
            "_made": {},
        }

    def truth(self, name: str) -> pl.DataFrame:
        """A table of the truth."""
        return pl.concat(self._truth[name])

    def rows(self, dataset: str) -> pl.DataFrame:
        """Rows of a dataset as they were sent, all of them, with ``_supplier`` and ``_period``."""
        return pl.concat([_told(each) for each in self.deliveries.get(dataset, [])])

    def states(self, dataset: str) -> pl.DataFrame:
        """The rows that the store shows: the last state of each record, or every snapshot."""
        declared = self.register.dataset(dataset)
        sent = [each for each in self.deliveries.get(dataset, []) if each.frame.height]
        if declared.mode == "full":
            last = max((each.period.end for each in sent), default=None)
            sent = [each for each in sent if each.period.end == last]
        if not sent:
            return pl.DataFrame()
        rows = pl.concat([_told(each) for each in sent])
        if declared.mode == "increment":
            rows = rows.unique(list(declared.key), keep="last", maintain_order=True)
        if declared.deleted:
            rows = rows.filter(pl.col(declared.deleted.field).ne_missing(declared.deleted.value))
        return rows

    def connection(self, publication: Publication) -> duckdb.DuckDBPyConnection:
        """A connection in which a publication's models are made; kept until the end."""
        if publication.key not in self._made:
            con = self.given(publication)
            run(con, self.register, publication)
            self._made[publication.key] = con
        return self._made[publication.key]

    def given(self, publication: Publication) -> duckdb.DuckDBPyConnection:
        """A new connection with what a publication's models read: datasets, and what merges ask."""
        con, planned = connect(), plan(self.register, publication)
        self._tables(con, inputs_of(planned, self.register))
        if keys := [view.removeprefix(MERGED) for view in merges_of(planned)]:
            self._came(con, [self.register.merges[key] for key in keys])
        return con

    def cells(self, publication: str, table: str, period: str) -> pl.DataFrame:
        """Cells of a table as it is shown, before any protection."""
        declared = self.register.publications[publication]
        cells = tabulate(self.connection(declared), self.register, declared, table, period)
        return cells.filter(~pl.col("support"))

    def _tables(self, con: duckdb.DuckDBPyConnection, datasets: Iterable[str]) -> None:
        for name in datasets:
            declared = self.register.dataset(name)
            columns = ", ".join(f"{quote_name(c)} {kind}" for c, kind in dataset_columns(declared).items())
            con.execute(f"CREATE TABLE {quote_name(source_name(name))} ({columns})")
            rows = self.states(name)
            if rows.height:
                self._insert(con, name, declared, rows)

    def _insert(self, con: duckdb.DuckDBPyConnection, name: str, declared: Dataset, rows: pl.DataFrame) -> None:
        texts = [pl.col(each.name).cast(pl.String).alias(raw_name(each.name).strip('"')) for each in declared.fields]
        con.register("given", rows.with_columns(texts).to_arrow())
        lists = Lists(con)
        kept = [column for column in (*store_schema(declared), "_supplier", "_period") if column in rows.columns]
        made = {
            each.name: f"CAST({derivation_sql(each, declared, self.register, lists)} AS {duck_type(each)})"
            for each in declared.derive
        }
        columns = ", ".join([*(quote_name(each) for each in kept if each not in made),
                             *(f"{sql} AS {quote_name(each)}" for each, sql in made.items())])  # fmt: skip
        con.execute(f"INSERT INTO {quote_name(source_name(name))} BY NAME SELECT {columns} FROM given")
        con.unregister("given")

    def _came(self, con: duckdb.DuckDBPyConnection, merges: Iterable[Merge]) -> None:
        """The table of what has come in, which merges ask; the models' run makes the merged records themselves."""
        wanted = sorted({name for merge in merges for name in datasets_of(self.register, merge)})
        sent = [each for name in wanted for each in self.deliveries.get(name, [])]
        load_came(con, [Part(each.dataset, each.supplier, str(each.period), i, f"o{i}", "events", f"d{i}")
                        for i, each in enumerate(sent)])  # fmt: skip


def _told(delivery: Delivery) -> pl.DataFrame:
    return delivery.frame.with_columns(
        _supplier=pl.lit(delivery.supplier), _period=pl.lit(str(delivery.period)), _row=pl.int_range(pl.len())
    )
