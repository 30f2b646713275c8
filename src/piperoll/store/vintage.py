"""A vintage as views: one for each dataset, named ``<source>__<dataset>``.

A view has the contract's store columns, typed as declared now (a column that an older file lacks is null),
then ``_row``, ``_supplier``, ``_period``, ``_delivery`` and ``_mark`` (``e`` or ``r`` where a value was
overridden). Files hold ``_row`` alone of these, so that the same rows give the same bytes whoever
delivered them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.store.codetables import create_from_lists
from piperoll.store.duck import Connection, quote_name, quote_text
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Correction, Part
from piperoll.store.types import store_schema


def view_name(dataset: str) -> str:
    """``caseman.claim`` is the view ``caseman__claim``."""
    return dataset.replace(".", "__", 1)


def create_views(
    con: Connection,
    register: Register,
    store: ObjectStore,
    parts: Iterable[Part],
    corrections: Iterable[Correction] = (),
    datasets: Iterable[str] | None = None,
) -> None:
    """Make the view of each dataset (of ``datasets`` alone, if given), from the parts in force.

    Raises:
        UserError: ``PR-S001`` if a file is missing, ``PR-S004`` if a correction names no field of its
        dataset.
    """
    wanted = None if datasets is None else set(datasets)
    held = list(parts)
    overrides = list(corrections)
    for source, dataset in register.datasets():
        key = f"{source.key}.{dataset.name}"
        if wanted is None or key in wanted:
            create_view(
                con,
                key,
                dataset,
                store,
                [each for each in held if each.dataset == key],
                [each for each in overrides if each.dataset == key],
            )


@dataclass(frozen=True)
class Pending:
    """A delivery that is not in the store yet: its part (the object is not looked at), and a relation of its rows."""

    part: Part
    relation: str


def create_view(
    con: Connection,
    key: str,
    dataset: Dataset,
    store: ObjectStore,
    parts: Iterable[Part],
    corrections: Iterable[Correction] = (),
    pending: Pending | None = None,
) -> None:
    """Make one dataset's view; see `create_views`. With ``pending``, as it would be with that delivery in."""
    chosen = in_force(dataset, [*parts, *([pending.part] if pending else [])])
    name = view_name(key)
    columns = store_schema(dataset)
    if not chosen:
        empty = ", ".join(f"CAST(NULL AS {kind}) AS {quote_name(each)}" for each, kind in columns.items())
        nothing = f"SELECT {empty}, {_NO_PLACE} WHERE false"
        con.execute(f"CREATE OR REPLACE VIEW {quote_name(name)} AS {nothing}")
        return
    body = _rows(con, name, columns, store, chosen, pending)
    if dataset.mode == "increment":
        body = last_states(dataset, columns, body)
    if overrides := list(corrections):
        changes = changes_of(key, dataset, columns, overrides)
        create_from_lists(con, changes.table, changes.values, changes.kinds)
        body = changes.applied(body)
    out = ", ".join(quote_name(each) for each in (*columns, "_supplier", "_period", "_delivery", "_mark"))
    con.execute(f"CREATE OR REPLACE VIEW {quote_name(name)} AS SELECT {out} FROM ({body})")


_NO_PLACE = ", ".join(f"CAST(NULL AS VARCHAR) AS {each}" for each in ("_supplier", "_period", "_delivery", "_mark"))


def in_force(dataset: Dataset, parts: Iterable[Part]) -> list[Part]:
    """The parts that make the dataset, in the order in which their states follow each other.

    ``full``: each supplier's latest; every other mode: the latest delivery of each slot.
    """
    ordered = sorted(parts, key=lambda each: (Period.parse(each.period).start, each.sequence, each.supplier))
    latest: dict[tuple[str, ...], Part] = {}
    for part in ordered:
        slot = (part.supplier,) if dataset.mode == "full" else (part.supplier, part.period)
        latest[slot] = part
    chosen = set(latest.values())
    return [part for part in ordered if part in chosen]


def _rows(
    con: Connection,
    name: str,
    columns: dict[str, str],
    store: ObjectStore,
    parts: list[Part],
    pending: Pending | None,
) -> str:
    """SELECT of all rows of the parts, each with its place; makes the small table of places."""
    selects = []
    kept = [(rank, each) for rank, each in enumerate(parts) if pending is None or each != pending.part]
    paths = [str(store.require(part.object)) for _, part in kept]
    if kept:
        places = quote_name(f"_places__{name}")
        # One statement: a row at a time, the places of a year take longer than the question asked.
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {places} AS SELECT unnest(?::VARCHAR[]) AS file,"
            " unnest(?::VARCHAR[]) AS _supplier, unnest(?::VARCHAR[]) AS _period, unnest(?::VARCHAR[]) AS _delivery,"
            " unnest(?::INTEGER[]) AS _rank",
            [
                paths,
                [part.supplier for _, part in kept],
                [part.period for _, part in kept],
                [part.delivery for _, part in kept],
                [rank for rank, _ in kept],
            ],
        ).fetchall()
        files = "[" + ", ".join(quote_text(path) for path in sorted(set(paths))) + "]"
        scan = f"read_parquet({files}, union_by_name=true, filename=true)"
        there = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()}
        shown = ", ".join(
            f"CAST({'f.' + quote_name(each) if each in there else 'NULL'} AS {kind}) AS {quote_name(each)}"
            for each, kind in columns.items()
        )
        selects.append(
            f"SELECT {shown}, p._supplier, p._period, p._delivery, p._rank, CAST(NULL AS VARCHAR) AS _mark"
            f" FROM {scan} AS f JOIN {places} AS p ON f.filename = p.file"
        )
    if len(kept) < len(parts) and pending is not None:
        part = pending.part
        place = ", ".join(
            f"{quote_text(value)} AS {name}"
            for name, value in (
                ("_supplier", part.supplier),
                ("_period", part.period),
                ("_delivery", part.delivery),
            )
        )
        shown = ", ".join(quote_name(each) for each in columns)
        selects.append(
            f"SELECT {shown}, {place}, {parts.index(part)} AS _rank, CAST(NULL AS VARCHAR) AS _mark"
            f" FROM {pending.relation}"
        )
    return " UNION ALL ".join(selects)


def last_states(dataset: Dataset, columns: dict[str, str], body: str) -> str:
    """Increments: SELECT of each key's last state, and of nothing where that is a deletion.

    Raises:
        UserError: ``PR-S005``.
    """
    missing = [each for each in dataset.key if each not in columns]
    if missing or not dataset.key:
        raise UserError(
            "PR-S005",
            f"The increments of {dataset.name} cannot be put together: the store lacks a field of its key.",
            where=", ".join(missing) or dataset.name,
            fix="Declare a key of fields that are not of class D.",
        )
    keys = ", ".join(quote_name(each) for each in dataset.key)
    last = f"SELECT * FROM ({body}) QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY _rank DESC, _row DESC) = 1"
    if dataset.deleted is None:
        return last
    field = quote_name(dataset.deleted.field)
    value = quote_text(dataset.deleted.value)
    return f"SELECT * FROM ({last}) WHERE CAST({field} AS VARCHAR) IS DISTINCT FROM {value}"


@dataclass(frozen=True)
class Changes:
    """Overrides of a dataset: a small table, and the SELECT that puts it in place.

    Attributes:
        table: Its name.
        values, kinds: Its columns as lists, and their types.
        columns: The dataset's columns and types.
        keys: Its key fields.
        fields: Those overridden.
    """

    table: str
    values: Mapping[str, list[Any]]
    kinds: Mapping[str, str]
    columns: Mapping[str, str]
    keys: tuple[str, ...]
    fields: tuple[str, ...]

    def applied(self, body: str) -> str:
        """The rows with overridden values in place, and the mark of the last override."""
        shown = []
        for column, kind in self.columns.items():
            name = quote_name(column)
            if column in self.fields:
                i = self.fields.index(column)
                shown.append(f"CASE WHEN c.s{i} THEN CAST(c.v{i} AS {kind}) ELSE b.{name} END AS {name}")
            else:
                shown.append(f"b.{name}")
        on = " AND ".join(f"CAST(b.{quote_name(k)} AS VARCHAR) = c.k{i}" for i, k in enumerate(self.keys))
        return (
            f"SELECT {', '.join(shown)}, b._supplier, b._period, b._delivery, c.mark AS _mark"
            f" FROM ({body}) AS b LEFT JOIN {quote_name(self.table)} AS c ON {on}"
        )


def changes_of(key: str, dataset: Dataset, columns: Mapping[str, str], corrections: Iterable[Correction]) -> Changes:
    """The overrides of a dataset, the last of each field.

    Raises:
        UserError: ``PR-S004`` if one does not fit the contract.
    """
    overrides = sorted(corrections, key=lambda each: each.sequence)
    keys = tuple(dataset.key)
    fields = tuple(dict.fromkeys(each.field for each in overrides))
    for each in overrides:
        if each.field not in columns or set(each.key) != set(keys):
            raise UserError(
                "PR-S004",
                "An override does not fit the contract as it is now.",
                where=f"{key}, field {each.field}",
                fix="Withdraw the override, or approve it again under the contract of today.",
            )
    states: dict[tuple[str, ...], dict[str, Correction]] = {}
    for each in overrides:
        states.setdefault(tuple(each.key[k] for k in keys), {})[each.field] = each
    values: dict[str, list[Any]] = {f"k{i}": [record[i] for record in states] for i in range(len(keys))}
    values["mark"] = [max(each.values(), key=lambda c: c.sequence).mark for each in states.values()]
    for i, field in enumerate(fields):
        found = [each.get(field) for each in states.values()]
        values[f"v{i}"] = [change.value if change else None for change in found]
        values[f"s{i}"] = [change is not None for change in found]
    kinds = {name: "BOOLEAN" if name.startswith("s") else "VARCHAR" for name in values}
    return Changes(f"_corrections__{view_name(key)}", values, kinds, columns, keys, fields)
