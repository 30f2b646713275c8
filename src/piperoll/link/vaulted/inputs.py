"""Records of a declared linkage: identifiers from the vault, all else from the store.

A record is named by its key in the store, in which identifiers are tokens: who is who can be told without telling who.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.link.spec.declared import BesideSpec, Declared, InputSpec
from piperoll.register.model.contract import Dataset
from piperoll.register.shape import nearest
from piperoll.store.duck import Connection, connect, quote_name
from piperoll.store.tokens import Keyring
from piperoll.store.vault import read as vault
from piperoll.store.vintage import create_views, view_name


RECORD, CASE, GROUP = "record", "_case", "_group"
_KEY = "_key "  # before the name of a field of the dataset's key
_RESTRICTED = ("D", "L")


def key_of(frame: pl.DataFrame) -> dict[str, str]:
    """Columns of a frame that hold its dataset's key, by field; empty for a linkage by weights, which needs none."""
    return {each.removeprefix(_KEY): each for each in frame.columns if each.startswith(_KEY)}


def read_inputs(
    desk: Desk, keyring: Keyring, declared: Declared, purpose: str, vintage: int | None = None
) -> dict[str, pl.DataFrame]:
    """Frames by input, with the columns that the fields name and ``record``.

    Args:
        vintage: As of which vintage; by default the present one.

    Raises:
        UserError: ``PR-L014`` for a dataset or field that the register does not have, or a dataset without a key.
    """
    datasets = {f"{source.key}.{each.name}": each for source, each in desk.register.datasets()}
    for each in declared.inputs:
        if each.dataset not in datasets:
            raise UserError("PR-L014", f"`{each.dataset}` is no dataset of the register.", where=declared.linkage,
                            fix=nearest(each.dataset, datasets) or "Write `source.dataset`.")  # fmt: skip
    moment = desk.vintage(vintage)
    con = connect()
    try:
        parts, corrections = desk.parts(moment), desk.corrections(moment)
        create_views(con, desk.register, desk.store, parts, corrections, declared.datasets)
        return {
            each.name: _frame(desk, keyring, declared, each, datasets[each.dataset], con, purpose)
            for each in declared.inputs
        }
    finally:
        con.close()


def _frame(
    desk: Desk, keyring: Keyring, declared: Declared, given: InputSpec, dataset: Dataset, con: Connection, purpose: str
) -> pl.DataFrame:
    known = {each.name: each for each in dataset.fields}
    if not dataset.key:
        raise UserError("PR-L014", f"`{given.dataset}` has no key to name its records by.", where=declared.linkage,
                        fix="Declare one in its contract.")  # fmt: skip
    beside = {each.name for each in given.beside}
    columns = [each.column(given.name) for each in declared.fields]
    columns += [column for each in declared.fields for column in each.also]
    columns = list(dict.fromkeys(each for each in columns if each in known or each in beside))
    _require(declared, given, {*known, *beside})
    tokens = {each.column(given.name) for each in declared.fields if each.token}
    shut = [each for each in columns if each in known and known[each].cls in _RESTRICTED and each not in tokens]
    open_ = [each for each in columns if each not in shut]
    view = quote_name(view_name(given.dataset))
    joins = "".join(_beside(number, each) for number, each in enumerate(given.beside))
    where = f" WHERE {given.where}" if given.where else ""
    select = [f"{_named(dataset.key)} AS {RECORD}", "r._delivery", "r._row"]
    select += [quote_name(each) if each in beside else f"r.{quote_name(each)}" for each in open_]
    extra = []
    if declared.steps:
        extra += [f"{_KEY}{name}" for name in dataset.key]
        select += [f"r.{quote_name(name)} AS {quote_name(_KEY + name)}" for name in dataset.key]
    if given.case:
        select.append(f"{_named(given.case)} AS {CASE}")
        extra.append(CASE)
    if given.rates_by:
        select.append(f"CAST(r.{quote_name(given.rates_by)} AS VARCHAR) AS {GROUP}")
        extra.append(GROUP)
    rows = con.sql(f"SELECT {', '.join(select)}, r._period FROM {view} r{joins}{where}").pl()
    # delivered again in another slot: the latest counts
    rows = rows.sort("_period", "_delivery", "_row").unique(RECORD, keep="last", maintain_order=True)
    if not shut:
        return rows.select(RECORD, *open_, *extra)
    return rows.join(_identifiers(desk, keyring, rows["_delivery"].unique().sort(), shut, purpose),
                     on=["_delivery", "_row"], how="left").select(RECORD, *columns, *extra)  # fmt: skip


def _named(fields: Iterable[str]) -> str:
    return "concat_ws('/', " + ", ".join(f"CAST(r.{quote_name(each)} AS VARCHAR)" for each in fields) + ")"


def _beside(number: int, spec: BesideSpec) -> str:
    """A join to the least value of a column of another dataset."""
    on = ", ".join(quote_name(each) for each in spec.on)
    view, name = quote_name(view_name(spec.dataset)), quote_name(spec.name)
    inner = f"SELECT {on}, min({quote_name(spec.column)}) AS {name} FROM {view} GROUP BY {on}"
    return f" LEFT JOIN ({inner}) AS beside{number} USING ({on})"


def _require(declared: Declared, given: InputSpec, known: Iterable[str]) -> None:
    names = set(known)
    for each in declared.fields:
        column = each.column(given.name)
        if column and column not in names and not each.optional and not isinstance(each.from_, dict):
            raise UserError("PR-L014", f"`{given.dataset}` has no field `{column}`.", where=declared.linkage,
                            fix="Say `optional: true`, or give the field's name for each input.")  # fmt: skip


def _identifiers(desk: Desk, keyring: Keyring, deliveries: pl.Series, columns: list[str], purpose: str) -> pl.DataFrame:
    parts = []
    for delivery in deliveries.to_list():
        table = vault.identifier_table(
            desk.home / "vault", keyring, delivery, purpose=purpose, columns=["_row", *columns]
        )
        parts.append(pl.DataFrame(pl.from_arrow(table)).with_columns(_delivery=pl.lit(delivery)))
    if not parts:  # nothing of this dataset has come: typed, so that it can still be joined
        return pl.DataFrame(schema={"_delivery": pl.String, "_row": pl.Int64, **dict.fromkeys(columns, pl.String)})
    return pl.concat(parts)
