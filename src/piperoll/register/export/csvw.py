"""A dataset as CSV on the Web metadata (W3C 2015), to lie beside a delivery named ``<source>.<dataset>.csv``."""

from __future__ import annotations

import re
from typing import Any

from piperoll.register.document import dumps
from piperoll.register.export.types import codes_of, described, taken_apart, uax35
from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.register import Register, Source


def csvw(register: Register, source: Source, dataset: Dataset) -> str:
    """The metadata as JSON.

    References to other datasets are left out: CSVW can state them only within one group of tables, and a delivery
    stands alone.
    """
    schema: dict[str, Any] = {
        "columns": [_column(register, field) for field in dataset.fields],
        "primaryKey": list(dataset.key),
    }
    document: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": f"{source.key}.{dataset.name}.csv",
        "dc:title": f"{source.title}: {dataset.title}",
        "dc:publisher": register.owner,
        "dialect": {"encoding": dataset.file.encoding, "delimiter": dataset.file.delimiter, "header": True},
    }
    if dataset.description:
        document["dc:description"] = dataset.description
    return dumps({**document, "tableSchema": schema})


def _column(register: Register, field: Field) -> dict[str, Any]:
    out: dict[str, Any] = {"name": field.name, "titles": [field.name, *field.aliases]}
    if text := " ".join(each for each in (field.title and f"{field.title}.", described(field)) if each):
        out["dc:description"] = text
    out["datatype"] = _datatype(register, field)
    if field.null == "never":
        out["required"] = True
    if field.missing:
        out["null"] = ["", *field.missing]
    return out


def _datatype(register: Register, field: Field) -> str | dict[str, Any]:
    kind = taken_apart(field.type)
    out: dict[str, Any]
    if kind.base in ("str", "code"):
        out = {"base": "string"}
        codes = codes_of(register, field)
        if field.pattern is not None:
            out["format"] = field.pattern
        elif codes:
            out["format"] = "|".join(re.escape(code) for code, _ in codes)
        if kind.length is not None:
            out["maxLength"] = kind.length
        return out if len(out) > 1 else "string"
    if kind.base == "bool":
        return "boolean"
    if kind.base in ("date", "datetime"):
        form = uax35(field.format, time=kind.base == "datetime")
        if form is None:
            return "string"
        out = {"base": kind.base, "format": form.replace("'T'", "T")}
    else:
        out = {"base": {"int": "integer", "dec": "decimal"}[kind.base]}
    for name, bound in (("minimum", field.min), ("maximum", field.max)):
        if bound is not None:
            out[name] = bound if isinstance(bound, int | float) else str(bound)
            if kind.base == "datetime":  # bounds are days; those of a point in time are its first and last second
                out[name] = f"{bound}T{'00:00:00' if name == 'minimum' else '23:59:59'}"
    return out if len(out) > 1 else str(out["base"])
