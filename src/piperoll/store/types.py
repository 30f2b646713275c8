"""How the contract's types are kept."""

from __future__ import annotations

import re

from piperoll.register.model.contract import Dataset, Derivation, Field


_PLAIN = {
    "int": "BIGINT",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "bool": "BOOLEAN",
    "code": "VARCHAR",
    "str": "VARCHAR",
}
_DECIMAL = re.compile(r"dec\((\d+),(\d+)\)\Z")


def value_type(written: str) -> str:
    """DuckDB's type for a contract's type: ``dec(12,2)`` is ``DECIMAL(12,2)``."""
    if found := _DECIMAL.match(written):
        return f"DECIMAL({found[1]},{found[2]})"
    return _PLAIN[written.partition("(")[0]]


def duck_type(field: Field | Derivation) -> str:
    """Type of a field's column in the store: a field of class L is a token, and so a text."""
    return "VARCHAR" if field.cls == "L" else value_type(field.type)


def store_schema(dataset: Dataset) -> dict[str, str]:
    """Columns the store keeps of a dataset, and their types, in order; ``_row`` last."""
    columns = {each.name: duck_type(each) for each in dataset.fields if each.cls != "D"}
    columns.update({each.name: duck_type(each) for each in dataset.derive})
    return {**columns, "_row": "BIGINT"}
