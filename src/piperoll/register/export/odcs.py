"""A source's contract as an Open Data Contract Standard document (3.1, Bitol, Linux Foundation).

What the standard has no place for stands in custom properties named ``piperoll...``, so that nothing is lost and the
contract can be read back.
"""

from __future__ import annotations

from typing import Any

import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from piperoll.register.document import plain
from piperoll.register.export.types import CLASSES, codes_of, described, taken_apart, uax35
from piperoll.register.model.contract import Dataset, Derivation, Field, Rule
from piperoll.register.model.register import Register, Source


VERSION = "v3.1.0"
# what the standard has no place for, or a less exact one
SETTINGS = (
    "mode",
    "period",
    "suppliers",
    "owed_from",
    "owed_to",
    "due_days",
    "on_error",
    "max_refused",
    "extra_columns",
    "nil_allowed",
    "cut_off",
    "linkage",
    "anonymised",
    "snapshot",
    "file",
    "deleted",
    "coverage",
    "extract",
    "ways",
    "references",
    "volume",
)
_LOGICAL = {
    "str": "string",
    "code": "string",
    "int": "integer",
    "dec": "number",
    "date": "date",
    "datetime": "timestamp",
    "bool": "boolean",
}
_SEVERITY = {"E": "error", "B": "error", "W": "warning", "R": "info"}
_PERIODS = {"month": "m", "quarter": "m", "year": "y", "financial_year": "y"}


def odcs(register: Register, source: Source) -> str:
    """The contract of a source as YAML."""
    document: dict[str, Any] = {
        "version": register.hash[:12],
        "kind": "DataContract",
        "apiVersion": VERSION,
        "id": f"{register.key}-{source.key}",
        "name": source.title,
        "status": "active",
        "tenant": register.owner,
        "domain": register.key,
        "description": {"purpose": "Administrative records for official statistics."},
        "schema": [_object(register, source, dataset) for dataset in source.datasets],
        "slaProperties": [each for dataset in source.datasets for each in _agreements(dataset)],
        "customProperties": [_custom("register", register.key), _custom("sourceNumber", source.number)],
    }
    if register.contact:
        document["support"] = [{"channel": register.contact}]
    # the package's own model reads it once, so that what it would refuse is never written
    OpenDataContractStandard.model_validate(document)
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Writes no anchors: an equal value twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def camel(name: str) -> str:
    """A key of the contract as custom properties are named: ``due_days`` is ``dueDays``."""
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


def _custom(name: str, value: Any) -> dict[str, Any]:
    return {"property": f"piperoll{name[0].upper()}{name[1:]}", "value": value}


def _object(register: Register, source: Source, dataset: Dataset) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": dataset.name,
        "physicalType": "file",
        "businessName": dataset.title,
        "logicalType": "object",
        "properties": [_property(register, dataset, field) for field in dataset.fields],
    }
    if dataset.file.pattern:
        out["physicalName"] = dataset.file.pattern
    if dataset.description:
        out["description"] = dataset.description
    relationships = [
        {
            "type": "foreignKey",
            "from": [f"{dataset.name}.{name}" for name in reference.fields],
            "to": [f"{_table(source, reference.to)}.{name}" for name in reference.to_fields],
        }
        for reference in dataset.references
    ]
    if relationships:
        out["relationships"] = relationships
    if dataset.rules:
        out["quality"] = [_rule(rule) for rule in dataset.rules]
    settings = plain(dataset)
    out["customProperties"] = [
        *(_custom(camel(name), settings[name]) for name in SETTINGS if settings[name] is not None),
        *(_custom(f"derive.{each.name}", _derivation(each)) for each in dataset.derive),
    ]
    return out


def _table(source: Source, written: str) -> str:
    """Tables of this contract by name, those of others with their source before it."""
    other, _, name = written.partition(".")
    return name if other == source.key else f"{other}.{name}"


def _property(register: Register, dataset: Dataset, field: Field) -> dict[str, Any]:
    kind = taken_apart(field.type)
    out: dict[str, Any] = {
        "name": field.name,
        "logicalType": _LOGICAL[kind.base],
        "physicalType": field.type,
        "required": field.null == "never",
        "classification": CLASSES[field.cls],
    }
    if field.title:
        out["businessName"] = field.title
    if text := described(field):
        out["description"] = text
    if field.name in dataset.key:
        out["primaryKey"] = True
        out["primaryKeyPosition"] = dataset.key.index(field.name) + 1
    if options := _options(field):
        out["logicalTypeOptions"] = options
    codes = codes_of(register, field)
    if codes:
        out["quality"] = [
            {
                "type": "library",
                "metric": "invalidValues",
                "arguments": {"validValues": [code for code, _ in codes]},
                "mustBe": 0,
                "dimension": "conformity",
                "unit": "rows",
            }
        ]
    kept = {
        "class": field.cls,
        "codes": field.codes,
        "codesAt": field.codes_at,
        "domain": field.domain,
        "check": field.check,
        "checkSeverity": None if field.check_severity == "E" else field.check_severity,
        "requiredWhen": field.required_when,
        "format": field.format,
        "unit": field.unit,
        "description": field.description or None,
        "aliases": list(field.aliases) or None,
        "missing": list(field.missing) or None,
    }
    out["customProperties"] = [_custom(name, value) for name, value in kept.items() if value is not None]
    return out


def _options(field: Field) -> dict[str, Any]:
    kind = taken_apart(field.type)
    out: dict[str, Any] = {}
    if kind.base in ("str", "code"):
        if kind.length is not None:
            out["maxLength"] = kind.length
        if field.pattern is not None:
            out["pattern"] = f"^(?:{field.pattern})$"
        return out
    dated = kind.base in ("date", "datetime")
    for name, bound in (("minimum", field.min), ("maximum", field.max)):
        if bound is not None:
            out[name] = str(bound) if dated else bound
    if dated and (form := uax35(field.format, time=kind.base == "datetime")) is not None:
        out["format"] = form
    if kind.base == "int":
        out["format"] = "i64"
    return out


def _rule(rule: Rule) -> dict[str, Any]:
    more = [
        *([_custom("tolerance", rule.tolerance)] if rule.tolerance else []),
        *([_custom("question", rule.question)] if rule.question else []),
        *([_custom("fields", list(rule.fields))] if rule.fields else []),
        *([_custom("description", rule.description)] if rule.description else []),
    ]
    out: dict[str, Any] = {
        "name": rule.id,
        "description": rule.message,
        "dimension": "consistency",
        "severity": _SEVERITY[rule.severity],
    }
    if rule.generic is not None:
        # Said by the schema itself; the standard has no other word for it.
        own = [_custom("severity", rule.severity), _custom("generic", rule.generic)]
        return {**out, "dimension": "conformity", "type": "text", "customProperties": [*own, *more]}
    out |= {
        "type": "sql",
        # the standard's query gives a number: how many rows fail
        "query": (rule.sql and f"SELECT COUNT(*) FROM ({rule.sql}) AS failing")
        or f"SELECT COUNT(*) FROM ${{object}} WHERE NOT ({rule.check})",
        "unit": "rows",
        "mustBe": 0,
        "customProperties": [
            _custom("severity", rule.severity),
            _custom("condition", rule.sql or rule.check),
            *more,
        ],
    }
    return out


def _derivation(derivation: Derivation) -> dict[str, Any]:
    named = {"class" if name == "cls" else name: value for name, value in vars(derivation).items()}
    return {name: value for name, value in named.items() if value not in (None, "")}


def _agreements(dataset: Dataset) -> list[dict[str, Any]]:
    length = {"month": 1, "quarter": 3, "year": 1, "financial_year": 1}[dataset.period]
    return [
        {"property": "frequency", "value": length, "unit": _PERIODS[dataset.period], "element": dataset.name},
        {"property": "latency", "value": dataset.due_days, "unit": "d", "element": dataset.name},
    ]
