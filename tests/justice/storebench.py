"""Every dataset of the register as a table of a connection, with the rows of the rule tests that every rule lets pass."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from piperoll.register.model.register import Register
from piperoll.store.duck import Connection
from tests.justice.rulebench import Sent, cases


TYPES = {"int": "BIGINT", "date": "DATE", "datetime": "TIMESTAMP", "bool": "BOOLEAN", "code": "VARCHAR"}
Rows = Mapping[str, Sequence[tuple[Sent, Mapping[str, Any]]]]


def type_of(written: str) -> str:
    return TYPES.get(written) or (written.replace("dec", "DECIMAL") if written.startswith("dec") else "VARCHAR")


def rows_of(register: Register) -> dict[str, list[tuple[Sent, dict[str, Any]]]]:
    """Rows of the rule tests that every rule lets pass, those of their stores too, by dataset."""
    found: dict[str, dict[tuple[Any, ...], tuple[Sent, dict[str, Any]]]] = {}
    for case in cases(register):
        for sent in (*case.store, case.clean):
            dataset = register.dataset(sent.dataset)
            held = found.setdefault(sent.dataset, {})
            for row in sent.rows:
                # Blocks repeat records of each other: one of a key is one, of each period where stocks are side by side.
                period = sent.period if dataset.mode == "snapshot" else ""
                key = (*(row.get(name) for name in dataset.key), period) if dataset.key else (len(held),)
                held.setdefault(key, (sent, row))
    return {name: list(held.values()) for name, held in found.items()}


def load_tables(con: Connection, register: Register, rows: Rows) -> None:
    """A table ``<source>__<dataset>`` for each dataset, typed by its contract; those without rows are empty."""
    with tempfile.TemporaryDirectory() as folder:
        for source, dataset in register.datasets():
            key = f"{source.key}.{dataset.name}"
            names = [each.name for each in dataset.fields]
            path = Path(folder) / f"{key}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow([*names, "_supplier", "_period"])
                for sent, row in rows.get(key, []):
                    writer.writerow([*(row.get(name) for name in names), sent.supplier, sent.period])
            columns = {each.name: type_of(each.type) for each in dataset.fields}
            columns |= {"_supplier": "VARCHAR", "_period": "VARCHAR"}
            typed = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
            con.execute(
                f'CREATE TABLE "{source.key}__{dataset.name}" AS SELECT * FROM '
                f"read_csv('{path}', header = true, columns = {{{typed}}}, nullstr = '')"
            )
