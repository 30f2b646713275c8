"""A dataset as a Frictionless Table Schema: what a supplier's file must be like, rule by field."""

from __future__ import annotations

from typing import Any

from piperoll.register.document import dumps
from piperoll.register.export.types import CLASSES, codes_of, described, taken_apart
from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.register import Register, Source


_TYPES = {
    "str": "string",
    "code": "string",
    "int": "integer",
    "dec": "number",
    "date": "date",
    "datetime": "datetime",
    "bool": "boolean",
}


def table_schema(register: Register, source: Source, dataset: Dataset) -> str:
    """The schema as JSON. Rules over several fields or rows have no place in it."""
    out: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "name": f"{source.key}.{dataset.name}",
        "title": dataset.title,
    }
    if dataset.description:
        out["description"] = dataset.description
    out["fields"] = [_field(register, field) for field in dataset.fields]
    out["missingValues"] = ["", *dict.fromkeys(text for field in dataset.fields for text in field.missing)]
    out["primaryKey"] = list(dataset.key)
    keys = [
        {
            "fields": list(reference.fields),
            "reference": {
                "resource": "" if reference.to == f"{source.key}.{dataset.name}" else reference.to,
                "fields": list(reference.to_fields),
            },
        }
        for reference in dataset.references
    ]
    if keys:
        out["foreignKeys"] = keys
    return dumps(out)


def _field(register: Register, field: Field) -> dict[str, Any]:
    kind = taken_apart(field.type)
    out: dict[str, Any] = {"name": field.name, "type": _TYPES[kind.base]}
    if kind.base in ("date", "datetime") and field.format is not None:
        out["format"] = field.format
    if field.title:
        out["title"] = field.title
    if text := described(field):
        out["description"] = text
    constraints: dict[str, Any] = {}
    if field.null == "never":
        constraints["required"] = True
    if kind.length is not None:
        constraints["maxLength"] = kind.length
    if field.pattern is not None and kind.base in ("str", "code"):
        constraints["pattern"] = field.pattern
    for name, bound in (("minimum", field.min), ("maximum", field.max)):
        if bound is not None:
            constraints[name] = bound if isinstance(bound, int | float) else str(bound)
    if codes := codes_of(register, field):
        constraints["enum"] = [code for code, _ in codes]
    if constraints:
        out["constraints"] = constraints
    out["piperoll:class"] = CLASSES[field.cls]
    return out
