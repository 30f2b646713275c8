"""The spreadsheet that a supplier fills in, made from the contract: its columns, lists, supplier and period.

Rows are written out where the contract's key is made of lists alone: supplier, period and, for each value of the lists,
a line. What a stock begins with is filled in where a rule of the contract says that it is what the period before left.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path

from piperoll.collect.returns.choose import dataset_of, file_name, period_of, place, suppliers_of
from piperoll.collect.returns.rows import rows_of
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.periods import Period
from piperoll.present.forms import FORM, Form, FormColumn, Value, write_form
from piperoll.register.model.codes import Code, Supplier
from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.register import Register


MOST_LINES = 500  # lines written out; longer lists are taken from the drop-down
ROOM = 300
GUIDANCE = (
    "Write one row for each thing that the return counts, below the header row of the sheet {sheet}.",
    "Leave the header row as it is, in row {header}; leave the names of the columns as they are.",
    "Write each number as a bare number, each date as a date. Take codes from the lists.",
    "Write 0 where there were none. Where you cannot give a figure, do not write 0: tell us that it is not available.",
    "Leave out rows of totals, notes below the table, merged cells, and hidden rows or columns.",
    "Use one file for each period. Do not copy last period's file: its period stands in it, and it will be refused.",
    "Save it under the name that it has, as XLSX or ODS, and send it as agreed.",
)


def write_templates(
    desk: Desk, source: str, dataset: str = "", supplier: str = "", period: str = "", out: Path = Path()
) -> list[Path]:
    """Write the form of a dataset: to a file for one supplier (or for anyone), to a folder for each that owes it.

    Args:
        desk: Register and home.
        source, dataset: What is asked for; the dataset may be left out where the source has one.
        supplier, period: Filled in, where given.
        out: A file ending in ``.xlsx``, or a folder: then a file for each supplier, named by the contract's pattern.

    Returns:
        The files written, in order.

    Raises:
        UserError: PR-C190 where it is not clear what is meant, PR-C191 where it cannot be written.
    """
    register = desk.register
    contract = dataset_of(register, source, dataset)
    when = period_of(contract, period) if period else None
    single = out.suffix.casefold() == ".xlsx"
    if out.suffix and not single and not out.is_dir():
        message = "A form is written as XLSX."
        raise UserError("PR-C191", message, where=str(out), fix="Give a name that ends in .xlsx, or a folder.")
    if not single and when is None:
        raise UserError("PR-C190", "Forms for all suppliers are of a period.", where=source, fix="Give --period.")
    chosen: list[Supplier | None] = [*suppliers_of(register, source, contract, supplier, str(when or ""))]
    if single and not supplier:
        chosen = [None]
    desk.act(Action.RETURN_TEMPLATE, f"dataset {source}.{contract.name}", details={"forms": len(chosen)})
    opening = _opening(desk, source, contract, when, supplier) if when and chosen != [None] else {}
    written = []
    for each in chosen:
        form = form_of(register, source, contract, each, when, opening)
        path = out if single else out / file_name(source, contract, each.key if each else "", str(when))
        place(path, write_form(form))
        written.append(path)
    return written


def form_of(
    register: Register,
    source: str,
    dataset: Dataset,
    supplier: Supplier | None = None,
    period: Period | None = None,
    opening: dict[tuple[str, ...], dict[str, int]] | None = None,
) -> Form:
    """The form of a dataset, filled in as far as is known.

    Args:
        opening: Supplier and codes of the key -> fields to fill in and their values.
    """
    day = period.end if period else None
    columns = []
    for field in dataset.fields:
        codes = _codes(register, field, day)
        if supplier and field.name == supplier_field(register, dataset):
            codes = [each for each in codes if each.code == supplier.key]
        columns.append(_column(field, codes))
    rows = _lines(register, dataset, supplier, period, opening or {}) if supplier and period else ()
    said = [("Dataset", f"{source}.{dataset.name}")]
    said += [("Supplier", supplier.key)] if supplier else []
    said += [("Name of the supplier", supplier.name)] if supplier else []
    said += [("Period", str(period))] if period else []
    title = dataset.title if period is None else f"{dataset.title}, {period.words}"
    if supplier is not None:
        title += f": {supplier.name}"
    sheet = dataset.file.sheet or FORM
    lines = tuple(text.format(sheet=sheet, header=dataset.file.header_row) for text in GUIDANCE)
    return Form(
        title=title,
        author=register.title or "Piperoll",
        said=tuple(said),
        lines=lines,
        columns=tuple(columns),
        rows=rows,
        room=len(rows) or ROOM,
        sheet=sheet,
        header_row=dataset.file.header_row,
        dated=period.start if period else dt.date(2000, 1, 1),
    )


def supplier_field(register: Register, dataset: Dataset) -> str:
    """The field of the key that names the supplier: its list holds every supplier's key. '' if there is none."""
    group = register.suppliers.get(dataset.suppliers)
    keys = {each.key for each in group.suppliers} if group else set()
    for name in dataset.key:
        codes = register.codes.get(dataset.field(name).codes or "")
        if keys and codes is not None and all(codes.get(key) for key in keys):
            return name
    return ""


def period_field(dataset: Dataset) -> str:
    """The date field named as the kind of period it holds the first day of (``month``). '' if there is none."""
    return next((f.name for f in dataset.fields if f.name == dataset.period and f.type == "date"), "")


def carried_over(source: str, dataset: Dataset) -> dict[str, str]:
    """Field -> the field of the period before whose value it begins with, as a rule of the contract says.

    Read from rules that join a dataset with itself one month or more earlier and refuse ``p.closing <> t.opening``.
    """
    found: dict[str, str] = {}
    for rule in dataset.rules:
        sql = rule.sql or ""
        joined = re.search(rf"\bJOIN {re.escape(source)}__{re.escape(dataset.name)} AS (\w+)", sql)
        if joined is None or rule.severity != "E":
            continue
        other = joined[1]
        if not re.search(rf"\b{other}\.\w+ = t\.\w+ - INTERVAL", sql):
            continue
        for closing, opening in re.findall(rf"\b{other}\.(\w+) <> t\.(\w+)", sql):
            found[opening] = closing
    return found


def _opening(
    desk: Desk, source: str, dataset: Dataset, period: Period, supplier: str
) -> dict[tuple[str, ...], dict[str, int]]:
    carried = carried_over(source, dataset)
    names = [n for n in dataset.key if dataset.field(n).type == "code"]
    if not carried or not names:
        return {}
    rows = rows_of(desk, f"{source}.{dataset.name}", str(period.shift(-1)), supplier)
    return {
        (row["_supplier"], *(str(row[n]) for n in names)): {
            o: int(row[c]) for o, c in carried.items() if row[c] is not None
        }
        for row in rows
    }


def _codes(register: Register, field: Field, day: dt.date | None) -> list[Code]:
    codes = register.codes.get(field.codes or "")
    return [each for each in codes.codes if day is None or each.valid(day)] if codes else []


def _column(field: Field, codes: list[Code]) -> FormColumn:
    kinds = {"int": "integer", "date": "date"}
    kind = "decimal" if field.type.startswith("dec(") else kinds.get(field.type, "text")
    least = int(field.min) if isinstance(field.min, int | float) else None
    listed = tuple((each.code, each.label) for each in codes)
    if field.type == "bool":
        listed = (("true", "yes"), ("false", "no"))
    return FormColumn(
        name=field.name,
        kind=kind,  # type: ignore[arg-type]
        title=field.title,
        hint=" ".join(each for each in (field.title, field.description) if each),
        required=field.null == "never",
        codes=listed,
        least=0 if least is None and field.cls == "M" and field.type == "int" else least,
    )


def _lines(
    register: Register,
    dataset: Dataset,
    supplier: Supplier,
    period: Period,
    opening: dict[tuple[str, ...], dict[str, int]],
) -> tuple[tuple[Value, ...], ...]:
    own, first = supplier_field(register, dataset), period_field(dataset)
    others = [n for n in dataset.key if n not in (own, first)]
    lists = [_codes(register, dataset.field(n), period.end) for n in others]
    lines = 1
    for each in lists:
        lines *= len(each)
    if not (own or first) or not 0 < lines <= MOST_LINES:
        return ()
    codes_of_key = [n for n in dataset.key if dataset.field(n).type == "code"]
    rows = []
    for chosen in itertools.product(*lists):
        known: dict[str, Value] = {n: code.code for n, code in zip(others, chosen, strict=True)}
        known |= {own: supplier.key} if own else {}
        known |= {first: period.start} if first else {}
        known |= opening.get((supplier.key, *(str(known.get(n)) for n in codes_of_key)), {})
        rows.append(tuple(known.get(f.name) for f in dataset.fields))
    return tuple(rows)
