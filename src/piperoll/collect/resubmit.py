"""Refused rows brought again, corrected.

The corrected rows become a new delivery that supersedes: the rows of the earlier one that were kept, exactly as
they came, and the corrected ones after them. So a slot always has one delivery that counts, in every mode, and
the whole is checked anew (a corrected row may now repeat a key of a kept one).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piperoll.collect.limits import Limits
from piperoll.collect.prepared import Prepared
from piperoll.collect.slots import Slot, Stated
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register


if TYPE_CHECKING:
    from piperoll.journal import Delivery, Journal

_PURPOSE = "resubmission of refused rows"


@dataclass(frozen=True)
class Previous:
    """The delivery whose refused rows are brought again.

    Attributes:
        chain: Ids of deliveries whose originals make up its rows: itself, and those it resubmitted in its turn.
        rows: Row numbers refused, for each of the chain.
        stated: How each original was to be read.
    """

    delivery: str
    told: str
    refused: tuple[int, ...]
    earlier: Previous | None = None


def slot_of_resubmission(journal: Journal, register: Register, delivery_id: str) -> Slot:
    """The slot of the delivery that is corrected.

    Raises:
        UserError: PR-C031 when it has no refused rows to bring again, or no longer counts; PR-J005 when unknown.
    """
    found = _delivery(journal, delivery_id)
    slot = Slot(found.source, found.dataset, found.supplier, found.period)
    register.dataset(slot.key)
    return slot


def _delivery(journal: Journal, delivery_id: str) -> Delivery:
    found = journal.delivery(delivery_id)
    why = ""
    if not found.rows_refused or not found.refused_object:
        why = "has no refused rows to bring again"
    elif not found.accepted:
        why = "was refused whole: deliver it again whole, corrected"
    elif found.withdrawn is not None:
        why = "was withdrawn"
    else:
        current = journal.in_force(*found.slot)
        if current is None or (current.id != found.id and current.receipt.get("resubmits") != found.id):
            why = "no longer counts: another delivery of its slot came after it"
    if why:
        raise UserError(
            "PR-C031", f"Delivery {found.id} {why}.", fix="See `piperoll deliveries` and `piperoll refused`."
        )
    return found


def previous_of(journal: Journal, delivery_id: str) -> Previous:
    """What the child needs to know of the earlier delivery."""
    found = journal.delivery(delivery_id)
    refused = tuple(sorted({row.row for row in journal.refused_rows(found.id)}))
    earlier = found.receipt.get("resubmits") or ""
    return Previous(found.id, found.filename, refused, previous_of(journal, earlier) if earlier else None)


def with_carried(
    corrected: Prepared,
    previous: Previous,
    shared: dict[str, Any],
    dataset: Dataset,
    work: Path,
    limits: Limits,
) -> Prepared:
    """The kept rows of the earlier delivery, then the corrected rows, as one prepared file.

    Row numbers: carried rows come first, numbered on from 1; the corrected ones follow. ``carried`` says where
    they begin.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = tuple(f.name for f in dataset.fields if f.name in corrected.mapping or f.null != "never")
    schema = pa.schema([*((name, pa.string()) for name in names), ("_row", pa.int64())])
    out = work / "resubmission.parquet"
    carried = done = 0
    with pq.ParquetWriter(out, schema) as writer:
        for batch in _kept(previous, shared, dataset, work / "previous", limits):
            done = _append(writer, schema, batch, done)
        carried = done
        for batch in _rows(corrected, work):
            done = _append(writer, schema, batch, done)
    note = f"{carried:,} rows of delivery {previous.delivery} were carried over (rows 1 to {carried:,})."
    return replace(
        corrected,
        path=out,
        kind="parquet",
        columns=names,
        mapping={name: name for name in names},
        extra=(),
        first_row=1,
        carried=carried,
        notes=(*corrected.notes, note),
    )


def _append(writer: Any, schema: Any, batch: Any, done: int) -> int:
    import pyarrow as pa

    count = batch.num_rows
    columns = [
        batch.column(name) if name in batch.schema.names else pa.nulls(count, pa.string())
        for name in schema.names
        if name != "_row"
    ]
    rows = pa.array(range(done + 1, done + count + 1), pa.int64())
    writer.write_table(pa.Table.from_arrays([*columns, rows], schema=schema))
    return done + count


def _kept(previous: Previous, shared: dict[str, Any], dataset: Dataset, work: Path, limits: Limits) -> Iterator[Any]:
    """Rows of the earlier delivery that were kept, as delivered, from its original in the vault."""
    import pyarrow as pa

    from piperoll.collect.prepare import prepare
    from piperoll.store.vault import entry

    work.mkdir(parents=True)
    original = work / "original"
    with original.open("wb") as file:
        for block in entry.original(shared["vault"], shared["keyring"], previous.delivery, purpose=_PURPOSE):
            file.write(block)
    prepared = prepare(original, work, dataset, previous.told, limits)
    if previous.earlier is not None:
        prepared = with_carried(prepared, previous.earlier, shared, dataset, work, limits)
    refused = pa.array(previous.refused, pa.int64())
    import pyarrow.compute as pc

    for table in _rows(prepared, work):
        keep = pc.invert(pc.is_in(table.column("_row"), value_set=refused))
        yield table.filter(keep)


def _rows(prepared: Prepared, work: Path) -> Iterator[Any]:
    """A prepared file's mapped columns under the contract's names, with ``_row``, a table at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if prepared.kind == "parquet":
        for batch in pq.ParquetFile(prepared.path).iter_batches():
            table = pa.Table.from_batches([batch])
            columns = {field: table.column(name) for field, name in prepared.mapping.items()}
            yield pa.table({**columns, "_row": table.column("_row")})
        return
    from piperoll.collect.check import read_texts

    yield read_texts(prepared, work)


def stated_like(stated: Stated) -> Stated:
    """What is said of a corrected file: only how to read it."""
    return Stated(encoding=stated.encoding, delimiter=stated.delimiter)
