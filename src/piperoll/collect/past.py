"""The store as of now for the checks of a whole wave: put together once, added to as deliveries are taken in.

References and rules across datasets look at everything delivered before. Reading it from its hundreds of parts
for each delivery would cost more than the delivery itself; so a limited child keeps a DuckDB file beside the
staged files, a table for each dataset that is looked at, with the columns that any rule can name. It is made
from the parts alone and thrown away with the run.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.store.duck import Connection, connect, quote_name, quote_text
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Correction, Part
from piperoll.store.types import store_schema
from piperoll.store.vintage import create_view, view_name


PLACES = ("_supplier", "_period", "_delivery", "_mark")
HASH = "hash of "  # begins the name of a column of hashes
GROUP = 16_384  # rows
FEW = 12  # so few parts are read as fast from their files


@dataclass(frozen=True)
class Addition:
    """What is to be added to one dataset's table.

    Attributes:
        parts: In the order in which their states follow each other.
        anew: Whether the table is made again from these parts alone.
        columns: Columns that it holds.
    """

    dataset: str
    parts: tuple[Part, ...]
    anew: bool
    columns: tuple[str, ...]


class PastPlan:
    """The trusted side: which deliveries each table holds, and what to add before a wave."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._held: dict[str, dict[str, Part]] = {}

    def before(self, wanted: Iterable[tuple[Part, ...]]) -> list[Addition]:
        """What to add so that the tables hold what all deliveries of a wave are to see.

        Args:
            wanted: For each delivery of the wave, the parts that it is to see.
        """
        seen = [{p.delivery: p for p in parts} for parts in wanted]
        if not seen:
            return []
        common = {name: part for name, part in seen[0].items() if all(name in other for other in seen[1:])}
        found = []
        for key in sorted({p.dataset for parts in seen for p in parts.values()}):
            target = {name: p for name, p in common.items() if p.dataset == key}
            if len(target) >= FEW or key in self._held:
                addition = self._addition(key, target)
                if addition is not None:
                    found.append(addition)
        return found

    def hidden(self, key: str, seen: tuple[Part, ...], own: str) -> tuple[str, ...] | None:
        """Deliveries to hide so that a delivery sees exactly ``seen`` of a dataset, or None if that cannot be.

        Args:
            key: The dataset.
            seen: All parts that the delivery is to see.
            own: The delivery's own dataset: its rows come after everything held.
        """
        held = self._held.get(key)
        if held is None:
            return None
        wanted = {p.delivery for p in seen if p.dataset == key}
        if not wanted <= held.keys():
            return None
        surplus = tuple(sorted(held.keys() - wanted))
        mode = self._register.dataset(key).mode
        if mode in ("events", "snapshot"):
            return surplus
        # Of increments only the last states are held, so nothing can be taken out of them, nor put before them.
        return () if not surplus and key != own else None

    def _addition(self, key: str, target: dict[str, Part]) -> Addition | None:
        held = self._held.get(key)
        dataset = self._register.dataset(key)
        if held is not None and held.keys() == target.keys():
            return None
        fresh = sorted((p for name, p in target.items() if held is None or name not in held), key=_rank)
        last = max((_rank(p) for p in held.values()), default=None) if held else None
        grows = held is not None and held.keys() <= target.keys() and dataset.mode != "full"
        in_order = last is None or not fresh or _rank(fresh[0]) > last
        anew = not (grows and (in_order or dataset.mode in ("events", "snapshot")))
        parts = tuple(sorted(target.values(), key=_rank)) if anew else tuple(fresh)
        self._held[key] = target
        return Addition(key, parts, anew, columns_named(self._register, key))


def _rank(part: Part) -> tuple[Any, ...]:
    return _start(part.period), part.sequence, part.supplier


@lru_cache(maxsize=4096)
def _start(period: str) -> dt.date:
    return Period.parse(period).start


def columns_named(register: Register, key: str) -> tuple[str, ...]:
    """Columns of a dataset that any reference or rule of the register could name (all, where a star stands)."""
    dataset = register.dataset(key)
    every = tuple(store_schema(dataset))
    named = set(dataset.key) | {"_row"}
    if dataset.deleted is not None:
        named.add(dataset.deleted.field)
    view = re.compile(rf"\b{re.escape(view_name(key))}\b", re.IGNORECASE)
    for _, other in register.datasets():
        for reference in other.references:
            named |= set(reference.to_fields) if reference.to == key else set()
        for rule in other.rules:
            if rule.sql is None or not view.search(rule.sql):
                continue
            if "*" in re.sub(r"count\s*\(\s*\*\s*\)", "", rule.sql, flags=re.IGNORECASE):
                return every
            words = {word.casefold() for word in re.findall(r"\w+", rule.sql)}
            named |= {column for column in every if column.casefold() in words}
    return tuple(column for column in every if column in named)


def add(register: Register, job: Mapping[str, Any]) -> None:
    """The limited child's side: add parts to the tables."""
    store = ObjectStore(job["store_root"])
    corrections: tuple[Correction, ...] = job["corrections"]
    con = connect(memory_mb=1024, threads=1)
    try:
        # Small groups of rows: a check wants few rows, and groups without any of them are passed over.
        con.execute(f"ATTACH {quote_text(str(job['path']))} AS past (ROW_GROUP_SIZE {GROUP})")
        for addition in job["additions"]:
            _add(con, register.dataset(addition.dataset), addition, store, corrections)
    finally:
        con.close()


def _add(
    con: Connection,
    dataset: Dataset,
    addition: Addition,
    store: ObjectStore,
    corrections: tuple[Correction, ...],
) -> None:
    key = addition.dataset
    table = quote_name(view_name(key))
    own = [c for c in corrections if c.dataset == key]
    hashes = [f"{_hash(quote_name(c))} AS {quote_name(HASH + c)}" for c in _hashed(dataset, addition.columns)]
    columns = ", ".join([*(quote_name(c) for c in (*addition.columns, *PLACES)), *hashes])
    create_view(con, key, dataset, store, addition.parts, own)
    if addition.anew:
        con.execute(f"CREATE OR REPLACE TABLE past.main.{table} AS SELECT {columns} FROM {table}").fetchall()
        return
    if dataset.mode == "increment":
        keys = ", ".join(quote_name(k) for k in dataset.key)
        files = ", ".join(quote_text(str(store.require(p.object))) for p in addition.parts)
        states = f"SELECT {keys} FROM read_parquet([{files}], union_by_name=true)"
        con.execute(f"DELETE FROM past.main.{table} WHERE ({keys}) IN ({states})").fetchall()
    con.execute(f"INSERT INTO past.main.{table} SELECT {columns} FROM {table}").fetchall()


def _hashed(dataset: Dataset, columns: tuple[str, ...]) -> list[str]:
    """Columns whose hashes are kept: texts of the key, by which other datasets look a row up."""
    schema = store_schema(dataset)
    return [each for each in dataset.key if each in columns and schema[each] == "VARCHAR"]


def _hash(value: str) -> str:
    """Rows are found by a number of four bytes, which is read many times faster than a text."""
    return f"CAST(hash({value}) & 4294967295 AS UINTEGER)"


def attach(con: Connection, path: Path) -> None:
    """Attach the file to a check's connection, before that is locked."""
    con.execute(f"ATTACH {quote_text(str(path))} AS past (READ_ONLY)")


def view_of(
    con: Connection,
    key: str,
    dataset: Dataset,
    hidden: tuple[str, ...],
    narrow: tuple[str, tuple[str, ...]] | None,
    pending: str | None,
    this: Dataset,
) -> None:
    """Make a dataset's view from the attached file, as `store.vintage.create_view` would from the parts.

    Args:
        hidden: Deliveries whose rows are not to be seen.
        narrow: A column, and columns of ``this``: no rule can tell rows whose column is none of those values from
            rows that are not there.
        pending: SELECT of the delivery's own rows in the shape of the view, if they belong to it.
        this: The delivery's own dataset.
    """
    name = quote_name(view_name(key))
    schema = {**store_schema(dataset), **dict.fromkeys(PLACES, "VARCHAR")}
    # Asking the catalog would describe every table of every schema.
    found = con.execute(f"SELECT * FROM past.main.{name} LIMIT 0")
    there = {column[0] for column in found.description or ()}
    found.fetchall()
    shown = ", ".join(
        f"{quote_name(c) if c in there else f'CAST(NULL AS {kind})'} AS {quote_name(c)}" for c, kind in schema.items()
    )
    where = []
    if hidden:
        where.append(f"_delivery NOT IN ({', '.join(quote_text(each) for each in hidden)})")
    if narrow is not None:
        column, own = narrow
        mine = {**store_schema(this), **dict.fromkeys(PLACES, "VARCHAR")}
        values = " UNION ALL ".join(f"SELECT {quote_name(each)} FROM this" for each in own)
        # Of texts alone, what is equal has equal hashes.
        if HASH + column in there and all(mine[each] == "VARCHAR" for each in own):
            numbers = " UNION ALL ".join(f"SELECT {_hash(quote_name(each))} FROM this" for each in own)
            alike = f"SELECT rowid FROM past.main.{name} WHERE {quote_name(HASH + column)} IN ({numbers})"
            # A row of another value and the same hash is seen and does not matter; the texts need not be read for it.
            where.append(f"rowid IN ({alike})")
        else:
            where.append(f"{quote_name(column)} IN ({values})")
    body = f"SELECT {shown} FROM past.main.{name}{' WHERE ' + ' AND '.join(where) if where else ''}"
    if narrow is not None:
        # Narrowed once for all rules. The delivery's own rows stay a view: rules take rows out of them.
        held = quote_name(f"_past__{view_name(key)}")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {held} AS {body}").fetchall()
        body = f"SELECT * FROM {held}"
    if pending is not None:
        body += f" UNION ALL {pending}"
    con.execute(f"CREATE OR REPLACE VIEW {name} AS {body}").fetchall()


def own_rows(dataset: Dataset, part: Part, relation: str) -> str:
    """SELECT of a delivery's own rows in the shape of its dataset's view."""
    columns = ", ".join(quote_name(each) for each in store_schema(dataset))
    place = ", ".join(quote_text(each) for each in (part.supplier, part.period, part.delivery))
    return f"SELECT {columns}, {place}, CAST(NULL AS VARCHAR) FROM {relation}"
