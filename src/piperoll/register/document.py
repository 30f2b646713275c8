"""What the register declares as JSON, and the JSON Schema of that."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from piperoll.register.find import KINDS, Found
from piperoll.register.shape import yaml_name


SCHEMA_ID = "urn:piperoll:register:1"


def plain(value: object) -> Any:
    """A declared object as JSON can hold it: keys as in YAML, dates in ISO 8601, every default written out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {yaml_name(f.name): plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def document(found: Found) -> dict[str, Any]:
    """The document that ``register show KEY --json`` prints: kind, key and the whole of what is declared."""
    return {"kind": found.kind, "key": found.key, "value": plain(found.value)}


def dumps(value: object) -> str:
    """JSON with a fixed layout, in the order of the model, ending in a line feed."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `document`, generated from the model."""
    definitions: dict[str, Any] = {}
    shapes = []
    for kind, model in sorted(KINDS.items()):
        adapter: TypeAdapter[Any] = TypeAdapter(tuple[model], config=ConfigDict(extra="forbid"))  # type: ignore[valid-type]
        made = adapter.json_schema(mode="serialization", ref_template="#/$defs/{model}")
        definitions.update(made.get("$defs", {}))
        shapes.append(
            {
                "type": "object",
                "properties": {"kind": {"const": kind}, "key": {"type": "string"}, "value": made["prefixItems"][0]},
                "required": ["kind", "key", "value"],
                "additionalProperties": False,
            }
        )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "What a Piperoll register declares",
        "description": "One declared thing, as `piperoll register show KEY --json` prints it.",
        "oneOf": shapes,
        "$defs": {name: _definition(each) for name, each in sorted(definitions.items())},
    }


def _definition(made: dict[str, Any]) -> dict[str, Any]:
    """Every key is always written; keys are named as in YAML; the indentation of docstrings is no part of the text."""
    out = {key: value for key, value in made.items() if key != "properties"}
    properties = made.get("properties", {})
    out["properties"] = {
        yaml_name(name): {key: value for key, value in each.items() if key != "title"}
        for name, each in properties.items()
    }
    out["required"] = sorted(out["properties"])
    out["additionalProperties"] = False
    if "description" in out:
        out["description"] = out["description"].split("\n\n")[0].replace("\n", " ")
    return out
