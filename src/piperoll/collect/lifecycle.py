"""What happens to a delivery after it is in: withdrawn, a value overridden, its refused rows read."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import pyarrow as pa
import pyarrow.compute as pc

from piperoll.collect.split_vault import LINE
from piperoll.collect.staging import alone
from piperoll.errors import UserError
from piperoll.govern import Action, Actor, Resource, act, permit
from piperoll.journal import Delivery, Override
from piperoll.register.model.contract import Dataset, Derivation, Field
from piperoll.register.model.register import Register
from piperoll.store.duck import connect, quote_name
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Correction, Part
from piperoll.store.tokens import TOKEN_DIGITS, Keyring
from piperoll.store.types import duck_type
from piperoll.store.vault import entry
from piperoll.store.vintage import create_view, view_name


if TYPE_CHECKING:
    from piperoll.journal import Journal


def withdraw(
    journal: Journal, staging: Path, actor: Actor, now: dt.datetime, delivery_id: str, reason: str
) -> Delivery:
    """Take a delivery back; what it superseded counts again, and vintages from before keep it.

    Raises:
        UserError: PR-J005, PR-J007.
    """
    found = journal.delivery(delivery_id)
    audit = permit(journal, actor, Action.DELIVERY_WITHDRAW, Resource("delivery", found.id), now, reason)
    with alone(staging):
        return journal.withdraw_delivery(found.id, now, actor.name, reason, audit)


def override(
    register: Register,
    store: ObjectStore,
    journal: Journal,
    keyring: Keyring,
    staging: Path,
    actor: Actor,
    now: dt.datetime,
    dataset_key: str,
    key: Mapping[str, str],
    field: str,
    value: str | None,
    mark: str,
    reason: str,
    approver: str,
) -> Override:
    """Set a value by hand, with reason and approver; the original stays as delivered.

    Args:
        dataset_key: ``source.dataset``.
        key: Field to value; a linkage identifier in clear is turned into its token and kept nowhere.
        field: A column of the store that identifies nobody.
        value: The new value as text; None for no value.
        mark: ``e`` (estimated) or ``r`` (revised).

    Raises:
        UserError: PR-C032 when dataset, key, field or value do not fit the contract, PR-C033 when there is no such
            record.
    """
    dataset = _dataset(register, dataset_key)
    if mark not in {"e", "r"} or not reason.strip() or not approver.strip():
        message = "An override needs a mark (e or r), a reason and an approver."
        raise UserError("PR-C032", message, where=dataset_key, fix="Give --mark, --reason and --approver.")
    known: list[Field | Derivation] = [*dataset.fields, *dataset.derive]
    target = next((f for f in known if f.name == field), None)
    if target is None or target.cls in ("D", "L") or field in dataset.key:
        message = f"The field `{field[:60]}` cannot be overridden: it is unknown, an identifier, or part of the key."
        raise UserError("PR-C032", message, where=dataset_key, fix="Correct identifiers by a new delivery.")
    if set(key) != set(dataset.key):
        fix = f"Give every field of it: {', '.join(dataset.key)}."
        raise UserError("PR-C032", "The key does not fit the contract.", where=dataset_key, fix=fix)
    tokens = {name: _token(dataset, name, text, keyring) for name, text in sorted(key.items())}
    if (wrong := _misfit(register, target, value)) is not None:
        raise UserError("PR-C032", wrong[0], where=dataset_key, fix=wrong[1])
    if not _exists(store, journal, dataset_key, dataset, tokens):
        raise UserError("PR-C033", "There is no record of this key.", where=dataset_key, fix="Check the key.")
    source, _, name = dataset_key.partition(".")
    made = Override(
        source=source,
        dataset=name,
        key=tokens,
        field=field,
        value=value,
        mark=mark,
        reason=reason,
        approver=approver,
        made_by=actor.name,
        at=now,
    )
    resource = Resource("dataset", dataset_key)
    audit = permit(journal, actor, Action.OVERRIDE_MAKE, resource, now, reason, {"field": field, "mark": mark})
    with alone(staging):
        return journal.make_override(made, audit)


@dataclass(frozen=True)
class Exported:
    """Refused rows written to a file: how many, and how many of them are lines that were no rows."""

    rows: int
    broken: int


def refused_rows(
    vault: Path,
    journal: Journal,
    keyring: Keyring,
    actor: Actor,
    now: dt.datetime,
    delivery_id: str,
    out: Path,
    purpose: str,
) -> Exported:
    """Write a delivery's refused rows as they were delivered to a new CSV file, for their owner's eyes alone.

    Lines that were no rows (too few or too many columns, quotes not closed) come last, just as they were delivered.

    Returns:
        How many rows there are, and how many of them are such lines.

    Raises:
        UserError: PR-C034 when there are none, PR-C035 when the file exists or cannot be written.
    """
    found = journal.delivery(delivery_id)
    if not found.refused_object:
        fix = "`piperoll receipt` tells what became of it."
        raise UserError("PR-C034", f"Delivery {found.id} has no refused rows.", fix=fix)
    act(journal, actor, Action.REFUSED_READ, Resource("delivery", found.id), now, purpose, {"to": "file"})
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        message = f"The file cannot be made ({error.strerror})."
        raise UserError("PR-C035", message, where=str(out), fix="Name a new file where you may write.") from None

    def batches() -> Iterator[pa.RecordBatch]:
        return entry.refused_rows(vault, keyring, found.refused_object, purpose=purpose)

    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        rows = _write_rows(file, batches())
        # Read again rather than held: a file may be broken in every line.
        broken = _write_lines(file, batches())
    return Exported(rows + broken, broken)


def _write_rows(file: TextIO, batches: Iterator[pa.RecordBatch]) -> int:
    writer = csv.writer(file, lineterminator="\n")
    names: list[str] | None = None
    count = 0
    for batch in batches:
        if names is None:
            names = [n for n in batch.schema.names if not n.startswith("_")]
            writer.writerow(names)
        whole = batch.filter(pc.is_null(batch.column(LINE)))
        columns = [whole.column(n).to_pylist() for n in names]
        writer.writerows(zip(*columns, strict=True))
        count += whole.num_rows
    return count


def _write_lines(file: TextIO, batches: Iterator[pa.RecordBatch]) -> int:
    count = 0
    for batch in batches:
        for line in batch.column(LINE).drop_null().to_pylist():
            file.write(line.rstrip("\r\n") + "\n")
            count += 1
    return count


def _dataset(register: Register, key: str) -> Dataset:
    try:
        return register.dataset(key)
    except KeyError:
        message = f"There is no dataset `{key[:60]}`."
        raise UserError("PR-C032", message, fix="Write it `source.dataset`; see `piperoll register list`.") from None


def _misfit(register: Register, target: Field | Derivation, value: str | None) -> tuple[str, str] | None:
    """Why a value cannot stand in a column, and what helps; None if it can.

    The contract binds a hand as it binds a file.
    """
    name = target.name
    if value is None:
        never = isinstance(target, Field) and target.null == "never"
        return (f"The field `{name}` is never empty.", "Give --value.") if never else None
    bounds = [
        (bound, sign, words)
        for bound, sign, words in (
            (getattr(target, "min", None), "<", "below"),
            (getattr(target, "max", None), ">", "above"),
        )
        if bound is not None
    ]
    kind = duck_type(target)
    tests = "".join(f", TRY_CAST($value AS {kind}) {sign} CAST('{bound}' AS {kind})" for bound, sign, _ in bounds)
    with connect(threads=1, memory_mb=256) as con:
        fits, *outside = con.execute(
            f"SELECT TRY_CAST($value AS {kind}) IS NOT NULL{tests}", {"value": value}
        ).fetchall()[0]
    if not fits:
        return f"The new value of `{name}` is no {target.type}.", "Write dates as 2012-05-31."
    for beyond, (bound, _, words) in zip(outside, bounds, strict=True):
        if beyond:
            return f"The new value of `{name}` is {words} {bound}.", "See `piperoll register show`."
    codes = register.codes.get(getattr(target, "codes", None) or "")
    if target.type == "code" and codes is not None and codes.get(value) is None:
        return f"The new value of `{name}` is no code of `{codes.key}`.", "See `piperoll register show`."
    return None


def _token(dataset: Dataset, name: str, text: str, keyring: Keyring) -> str:
    field = dataset.field(name)
    if field.cls != "L":
        return text
    if len(text) == TOKEN_DIGITS and all(c in "0123456789abcdef" for c in text):
        return text
    return keyring.token(text.strip(), field.domain or field.name)


def _exists(store: ObjectStore, journal: Journal, key: str, dataset: Dataset, record: dict[str, Any]) -> bool:
    deliveries = journal.deliveries_as_of(source=key.partition(".")[0], dataset=dataset.name)
    parts = [
        Part(key, d.supplier, d.period, d.sequence, d.object, d.mode, d.id)  # type: ignore[arg-type]
        for d in deliveries
        if d.object
    ]
    nothing: list[Correction] = []
    with connect() as con:
        create_view(con, key, dataset, store, parts, nothing)
        where = " AND ".join(f"CAST({quote_name(name)} AS VARCHAR) = ?" for name in record)
        sql = f"SELECT count(*) FROM {quote_name(view_name(key))} WHERE {where}"
        return bool(con.execute(sql, list(record.values())).fetchall()[0][0])
