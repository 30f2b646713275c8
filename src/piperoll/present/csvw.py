"""A table as tidy CSV for machines, with its metadata beside it (CSV on the Web, W3C 2015).

Each number column is followed by a status column that holds its markers, a space between two, so that the
number column holds numbers or nothing. A text cell beginning with ``=``, ``+``, ``-``, ``@``, a tab or a
carriage return would be run as a formula by a spreadsheet that opens the CSV: it gets an apostrophe before
it, and the metadata say that this was done. Number columns hold digits only and are left alone.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

from piperoll.present.workbook import Column, Table, Value, Workbook, plain


FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_DATATYPES = {"integer": "integer", "decimal": "decimal", "percent": "decimal", "date": "date"}
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def write_csv(table: Table) -> bytes:
    """The table as CSV: UTF-8, a header of column names, lines ended by CR LF (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    status = [has_status(table, column) for column in table.columns]
    writer.writerow(csv_header(table))
    for row in table.cells():
        line: list[str] = []
        for cell, column, with_status in zip(row, table.columns, status, strict=True):
            line.append(_written(cell.value, column))
            if with_status:
                line.append(" ".join(cell.marks))
        writer.writerow(line)
    return out.getvalue().encode()


def csv_header(table: Table) -> list[str]:
    """Names of the CSV's columns, status columns among them."""
    names = []
    for column in table.columns:
        names.append(column.name)
        if has_status(table, column):
            names.append(status_name(column))
    return names


def has_status(table: Table, column: Column) -> bool:
    """Every number column has a status column in every edition; another only where a cell is marked."""
    return column.numeric or column.name in table.marked_columns


def status_name(column: Column) -> str:
    """Name of the status column of a column."""
    return f"{column.name}_status"


def write_metadata(book: Workbook, table: Table, *, licence: str = LICENCE, modified: dt.date | None = None) -> bytes:
    """The CSVW metadata of one table, to lie beside its CSV as ``<stem>.csv-metadata.json``.

    Args:
        book: The workbook that the table is of.
        table: The table.
        licence: Address of the licence.
        modified: Date of the last correction, if any.
    """
    notes = {note.key: note.text for note in book.notes}
    named = [notes[key] for key in dict.fromkeys((*table.notes, *(n for c in table.columns for n in c.notes)))]
    columns = [spec for column in table.columns for spec in _specs(book, table, column)]
    document: dict[str, object] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": book.language.split("-", maxsplit=1)[0]}],
        "url": f"{table.stem}.csv",
        "dc:title": table.title,
        "dc:description": table.description or " ".join(table.lines) or table.title,
        "dc:publisher": {"schema:name": book.author},
        "dc:license": {"@id": licence},
        "dc:language": book.language,
        "dc:isPartOf": book.title,
    }
    if table.source:
        document["dc:source"] = table.source
    if book.cover.published:
        document["dc:issued"] = _day(book.cover.published)
        document["dc:modified"] = _day(modified or book.cover.published)
    remarks = list(named)
    if _guarded(table):
        remarks.append("A text that begins with = + - or @ has an apostrophe before it in the CSV.")
    if remarks:
        document["notes"] = [{"rdfs:comment": text} for text in remarks]
    # The status codes, in a vocabulary whose prefix CSVW knows (annex of the metadata vocabulary: skos).
    document["skos:hasTopConcept"] = [
        {"@type": "skos:Concept", "skos:notation": s.marker, "skos:prefLabel": s.meaning}
        for s in book.used_symbols(table)
    ]
    document["dc:conformsTo"] = f"shorthand register {book.shorthand_version}"
    schema: dict[str, object] = {"columns": columns}
    if table.primary_key:
        schema["primaryKey"] = list(table.primary_key)
    document["dialect"] = {"encoding": "utf-8", "header": True, "delimiter": ","}
    document["tableSchema"] = schema
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def csv_files(book: Workbook, *, licence: str = LICENCE, modified: dt.date | None = None) -> dict[str, bytes]:
    """File name and bytes of each table's CSV and metadata; arguments as of ``write_metadata``.

    Raises:
        Problems: If the model breaks the guidance (``PR-Y0..``).
    """
    book.require()
    files: dict[str, bytes] = {}
    for table in book.tables:
        files[f"{table.stem}.csv"] = write_csv(table)
        files[f"{table.stem}.csv-metadata.json"] = write_metadata(book, table, licence=licence, modified=modified)
    return files


def _specs(book: Workbook, table: Table, column: Column) -> list[dict[str, object]]:
    in_key = column.name in table.primary_key
    spec: dict[str, object] = {
        "name": column.name,
        "titles": column.name,
        "dc:title": column.label + (f" ({column.unit})" if column.unit else ""),
        "propertyUrl": column.property_url or f"#{column.name}",
        "datatype": _datatype(column),
        "required": in_key or not has_status(table, column),
        "null": "",
    }
    if column.description:
        spec["dc:description"] = column.description
    if not has_status(table, column):
        return [spec]
    marks = "|".join(sorted(book.symbols))
    return [
        spec,
        {
            "name": status_name(column),
            "titles": status_name(column),
            "dc:title": f"Status of {column.label}",
            "propertyUrl": f"#{status_name(column)}",
            "datatype": {"base": "string", "format": f"({marks})( ({marks}))*"},
            "required": False,
            "null": "",
        },
    ]


def _datatype(column: Column) -> object:
    base = _DATATYPES.get(column.kind, "string")
    if base == "date":
        return {"base": "date", "format": "yyyy-MM-dd"}
    if base == "decimal":
        return {"base": "decimal", "format": "0" + ("." + "0" * column.places if column.places else "")}
    return base


def _written(value: Value, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    if isinstance(value, dt.date):
        return _day(value)
    assert isinstance(value, int | float | Decimal)
    return plain(value, column)


def _guarded(table: Table) -> bool:
    return any(isinstance(c.value, str) and c.value.startswith(FORMULA_STARTS) for row in table.cells() for c in row)


def _day(day: dt.date) -> str:
    return day.isoformat()[:10]
