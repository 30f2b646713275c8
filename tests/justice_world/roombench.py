"""What rooms of the world send, without a fault, and a database in which the contracts' rules judge it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from justice_world.offenders import Offenders
from justice_world.rooms import Room, Setting
from piperoll.periods import Period, span
from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.register import Register
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery
from piperoll.store.codetables import create_code_tables


@dataclass
class Sent:
    """Deliveries in order, and the truth by table."""

    deliveries: list[Delivery] = field(default_factory=list)
    truth: dict[str, pl.DataFrame] = field(default_factory=dict)

    def rows(self, dataset: str) -> pl.DataFrame:
        """Every row of a dataset as sent, with ``_supplier``, ``_period`` and ``_row``."""
        return pl.concat(
            each.frame.with_columns(_supplier=pl.lit(each.supplier), _period=pl.lit(str(each.period)))
            for each in self.deliveries
            if each.dataset == dataset and each.frame.height
        ).with_row_index("_row")

    def now(self, dataset: str, *key: str) -> pl.DataFrame:
        """The last state of each record of a dataset."""
        return self.rows(dataset).unique(key, keep="last", maintain_order=True)

    def datasets(self) -> set[str]:
        return {each.dataset for each in self.deliveries}


def setting(
    register: Register, seed: int, share: float, first: str, last: str, directory: Path = Path("nobody")
) -> Setting:
    """A world of some months, of whose criminal courts nobody is drawn before a month is asked for."""
    start, end, streams = Period.parse(first), Period.parse(last), Streams(seed)
    return Setting(register, streams, share, start, end, start, Offenders(register, streams, share, start, directory))


def send(
    make: Callable[[Setting], Room], register: Register, seed: int, share: float, first: str, last: str,
    before: Callable[[Period], Sequence[Delivery]] = lambda _: (),
) -> Sent:  # fmt: skip
    """Everything that a room sends in some months, where others sent what ``before`` tells."""
    world = setting(register, seed, share, first, last)
    room, out, parts = make(world), Sent(), {}
    for month in span(world.first, world.last):
        sent, true = room.month(month, before(month))
        out.deliveries += sent
        for name, table in true.items():
            parts.setdefault(name, []).append(table)
    out.truth = {name: pl.concat(tables) for name, tables in parts.items()}
    return out


_DERIVED = {
    "birth_year": "year({field})",
    "birth_month": "month({field})",
    "age_at": "date_sub('year', {field}, {at})",
    "outward": "split_part({field}, ' ', 1)",
    "present": "{field} IS NOT NULL",
    "lookup": "CAST(NULL AS VARCHAR)",
    "sql": "{sql}",
}


def database(register: Register, sent: Sent) -> duckdb.DuckDBPyConnection:
    """For each dataset ``<view>_rows`` (all rows sent) and ``<view>`` (as of now), with derivations; code lists."""
    con = duckdb.connect()
    create_code_tables(con, register)
    for source, dataset in register.datasets():
        key = f"{source.key}.{dataset.name}"
        view = key.replace(".", "__")
        if key in sent.datasets():
            con.register("arrived", sent.rows(key).to_arrow())
            made = "".join(
                f", {_DERIVED[each.method].format(field=each.field, at=each.at, sql=each.sql)} AS {each.name}"
                for each in dataset.derive
            )
            con.execute(f"CREATE TABLE {view}_rows AS SELECT *{made} FROM arrived").fetchall()
        else:
            names = (*dataset.store_columns, "_supplier", "_period")
            kinds = {each.name: "DATE" if each.type == "date" else "VARCHAR" for each in dataset.fields}
            columns = ", ".join(f"CAST(NULL AS {kinds.get(name, 'VARCHAR')}) AS {name}" for name in names)
            con.execute(
                f"CREATE TABLE {view}_rows AS SELECT {columns}, CAST(0 AS BIGINT) AS _row WHERE false"
            ).fetchall()
        last = ""
        if dataset.mode == "increment":
            last = f" QUALIFY row_number() OVER (PARTITION BY {', '.join(dataset.key)} ORDER BY _row DESC) = 1"
        con.execute(f"CREATE VIEW {view} AS SELECT * FROM {view}_rows{last}").fetchall()
    return con


def wrong(field: Field, key: Sequence[str]) -> list[str]:
    """Conditions in SQL that no value of a field may meet: presence, pattern, length and bounds."""
    name, out = field.name, []
    if field.null == "never" or name in key:
        out.append(f"{name} IS NULL")
    if field.required_when:
        out.append(f"({field.required_when}) AND {name} IS NULL")
    if field.pattern:
        out.append(f"NOT regexp_full_match({name}, '{field.pattern}')")
    if field.type.startswith("str("):
        out.append(f"length({name}) > {field.type[4:-1]}")
    for bound, sign in ((field.min, "<"), (field.max, ">")):
        if bound is not None:
            limit = f"DATE '{bound}'" if field.type in ("date", "datetime") else bound
            out.append(f"{name} {sign} {limit}")
    return out


def count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])


def failing(con: duckdb.DuckDBPyConnection, key: str, dataset: Dataset, rule_id: str) -> tuple[int, int]:
    """Rows that fail a rule, and rows judged: each delivery by itself where the rule looks at several rows."""
    rule = next(each for each in dataset.rules if each.id == rule_id)
    view = key.replace(".", "__") + "_rows"
    if rule.check is not None:
        failed = count(con, f"SELECT count(*) FROM {view} WHERE ({rule.check}) IS FALSE")
        return failed, count(con, f"SELECT count(*) FROM {view}")
    failed = judged = 0
    last = con.execute(f"SELECT DISTINCT _period, _supplier FROM {view} ORDER BY ALL DESC LIMIT 9").fetchall()
    for period, supplier in last:
        con.execute(
            f"CREATE OR REPLACE VIEW this AS FROM {view} WHERE _period = '{period}' AND _supplier = '{supplier}'"
        ).fetchall()
        failed += count(con, f"SELECT count(DISTINCT _row) FROM ({rule.sql})")
        judged += count(con, "SELECT count(*) FROM this")
    return failed, judged
