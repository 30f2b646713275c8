"""A supplier's own figures as counted, in a workbook for its eyes: what it is asked to confirm or correct.

Only rows of deliveries of that supplier are read for its file. Of a return of counts the rows are shown; of records,
how many there are by each of their codes. What names a person, or the number of a case, is in neither.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from piperoll.collect.returns.choose import dataset_of, file_name, period_of, place, suppliers_of
from piperoll.collect.returns.rows import rows_of
from piperoll.desk import Desk
from piperoll.govern import Action
from piperoll.journal import Delivery
from piperoll.periods import Period
from piperoll.present.workbook import Column, Contact, Cover, Table, Workbook
from piperoll.present.xlsx import write_xlsx
from piperoll.register.model.codes import Supplier
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register


MOST_ROWS = 5_000


def write_figures(desk: Desk, source: str, period: str, out: Path, dataset: str = "", supplier: str = "") -> list[Path]:
    """Write for each supplier whose delivery counts for a period a workbook with its own figures, and nobody else's.

    Args:
        source, dataset: What is verified; without a dataset, every one of the source with periods of this kind.
        period: As written.
        out: Folder for the files, one for each supplier and dataset.
        supplier: Key, to write one supplier's alone.

    Returns:
        The files written, in order.

    Raises:
        UserError: PR-C190 where it is not clear what is meant, PR-C191 where a file cannot be written.
    """
    register = desk.register
    if dataset:
        chosen = [dataset_of(register, source, dataset)]
    else:
        kind = Period.parse(period).kind
        chosen = [d for s, d in register.datasets() if s.key == source and d.period == kind]
        chosen = chosen or [dataset_of(register, source)]
    in_force = {(d.source, d.dataset, d.supplier, d.period): d for d in desk.deliveries()}
    written = []
    for contract in chosen:
        when = str(period_of(contract, period))
        known = suppliers_of(register, source, contract)
        for who in known if not supplier else [s for s in known if s.key == supplier]:
            delivery = in_force.get((source, contract.name, who.key, when))
            if delivery is None:
                continue
            desk.act(Action.RETURN_VERIFY, f"delivery {delivery.id}", details={"supplier": who.key})
            rows = rows_of(desk, f"{source}.{contract.name}", when, who.key)
            book = figures_book(register, source, contract, who, delivery, rows)
            path = out / f"figures_{file_name(source, contract, who.key, when)}"
            place(path, write_xlsx(book))
            written.append(path)
    return written


def figures_book(
    register: Register, source: str, dataset: Dataset, who: Supplier, delivery: Delivery, rows: list[dict[str, Any]]
) -> Workbook:
    """The workbook of one supplier's figures.

    Raises:
        ValueError: If a row is another supplier's.
    """
    if any(row["_supplier"] != who.key for row in rows):
        raise ValueError("a row of another supplier")
    words = Period.parse(delivery.period).words
    as_rows = not any(dataset.field(n).is_identifier for n in dataset.key) and 0 < len(rows) <= MOST_ROWS
    counts = any(f.cls == "M" for f in dataset.fields)
    table = _rows(register, dataset, rows, words) if as_rows and counts else _records(register, dataset, rows, words)
    summary = (
        f"Figures of {who.name} for {words}, as counted.",
        f"They come from delivery {delivery.id} of {delivery.received_at:%Y-%m-%d}.",
        f"Rows delivered: {delivery.rows_in:,}; counted: {delivery.rows_kept:,}; refused: {delivery.rows_refused:,}.",
        "Please confirm them, or say which are wrong and why. They hold your figures alone: do not pass them on.",
    )
    cover = Cover(
        summary=summary,
        source=f"{dataset.title} ({source}.{dataset.name})",
        published=delivery.received_at.date(),
        contact=Contact(register.title or "Piperoll"),
    )
    return Workbook(
        title=f"{dataset.title}: {who.name}, {words}",
        author=register.title or "Piperoll",
        cover=cover,
        tables=(table,),
    )


def _rows(register: Register, dataset: Dataset, rows: list[dict[str, Any]], words: str) -> Table:
    fields = [f for f in dataset.fields if f.name in dataset.key and f.type == "code"]
    fields += [f for f in dataset.fields if f.name in dataset.key and f.type == "date"]
    measures = [f for f in dataset.fields if f.cls == "M"]
    columns = [Column(f.name, f.title or f.name) for f in fields]
    columns += [
        Column(f.name, f.title or f.name, "integer" if f.type == "int" else "decimal", f.unit or "", places=2)
        for f in measures
    ]
    body = []
    for row in rows:
        labels = [_label(register, f.codes, row[f.name]) for f in fields]
        body.append((*labels, *(row[f.name] if row[f.name] is not None else "not given" for f in measures)))
    return Table("Table_1", f"Figures as counted, {words}", tuple(columns), tuple(body), source=dataset.title)


def _records(register: Register, dataset: Dataset, rows: list[dict[str, Any]], words: str) -> Table:
    columns = (
        Column("column", "Column"),
        Column("value", "Value"),
        Column("records", "Records", "integer"),
    )
    body: list[tuple[Any, ...]] = [("All records", "all", len(rows))]
    for field in dataset.fields:
        if field.type != "code" or field.is_identifier:
            continue
        found = Counter(_label(register, field.codes, row[field.name]) for row in rows)
        body += [(field.title or field.name, value, n) for value, n in sorted(found.items())]
    return Table("Table_1", f"Records as counted, {words}", columns, tuple(body), source=dataset.title)


def _label(register: Register, codes: str | None, value: Any) -> str:
    if value is None:
        return "not given"
    found = register.codes[codes].get(str(value)) if codes in register.codes else None
    return f"{value} {found.label}" if found and found.label != str(value) else str(value)
