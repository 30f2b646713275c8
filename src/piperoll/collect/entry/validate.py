"""One record against its contract, by the functions that check a file.

Types, codes, patterns, required fields, letters and the rules over one row: everything that can be said of a record
alone. Keys that come twice, references and rules over several rows are judged when the records are delivered.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from piperoll.collect.check_stage import stage
from piperoll.collect.entry.content import Content, table_of
from piperoll.collect.findings import row_findings
from piperoll.collect.prepared import CheckContext, Prepared
from piperoll.collect.slots import Slot
from piperoll.register.model.register import Register
from piperoll.store.duck import connect, leave, lock
from piperoll.store.tokens import Keyring


_PLACE = re.compile(r" \(row 1\)\.\Z")
_ROW = re.compile(r"\A(?:In )?1 row[,:] ")


@dataclass(frozen=True)
class Fault:
    """What a record breaks.

    Attributes:
        rule: ``G-V01`` or a rule of the contract.
        field: The field or fields concerned, or ''.
        severity: E (it cannot be saved), W or R (it can; the office will be told or asked).
        sentence: For the person at the form; it holds no value.
    """

    rule: str
    field: str
    severity: str
    sentence: str


def faults_of(content: Content, slot: Slot, register: Register, keyring: Keyring, today: date) -> tuple[Fault, ...]:
    """Everything that the contract has against one record, in order of rule and field.

    Raises:
        UserError: ``PR-C051`` if the contract itself cannot be run.
    """
    dataset = register.dataset(slot.key)
    names = tuple(f.name for f in dataset.fields)
    table = table_of([content], dataset).append_column("_row", pa.array([1], pa.int64()))
    context = CheckContext(
        source=slot.source,
        dataset=slot.dataset,
        supplier=slot.supplier,
        supplier_name="",
        period=slot.period,
        delivery="",
        received=today,
        store_root=Path(os.devnull),
        keyring=keyring,
        memory_mb=256,
    )
    with _in_memory(table) as path:
        con = connect(memory_mb=context.memory_mb, threads=1)
        try:
            lock(con, [path.parent], settings=False)
            prepared = Prepared(path, "parquet", names, {name: name for name in names}, first_row=1)
            staged = stage(con, prepared, dataset, register, context, [], Path(os.devnull))
            staged.gather()
            found, _ = row_findings(staged, context)
        finally:
            leave(con)
    return tuple(
        Fault(f.rule, f.field, f.severity, _alone(f.sentence)) for f in sorted(found, key=lambda f: (f.rule, f.field))
    )


def _alone(sentence: str) -> str:
    """A finding's sentence without the row: there is one."""
    text = _ROW.sub("", _PLACE.sub(".", sentence))
    return text[:1].upper() + text[1:]


@contextmanager
def _in_memory(table: pa.Table) -> Iterator[Path]:
    """A file that is never on a disk: a record being typed holds identifiers."""
    handle = os.memfd_create("record", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            pq.write_table(table, file)
        yield Path(f"/proc/{os.getpid()}/fd/{handle}")
    finally:
        os.close(handle)
