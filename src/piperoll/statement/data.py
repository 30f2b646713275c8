"""The Statement as JSON: the facts of each entry, and the sentences made from them (``schema.json`` describes it)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from piperoll.register.model.register import Register
from piperoll.statement.document import EntryText, Line, Part, Statement


SCHEMA = Path(__file__).with_name("schema.json")
VERSION = "1"


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The JSON Schema of what `to_json` writes."""
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def to_json(text: Statement, register: Register) -> bytes:
    """UTF-8 JSON, keys in a fixed order."""
    document = {
        "$schema": schema()["$id"],
        "version": VERSION,
        "title": text.title,
        "publisher": text.publisher,
        "published": text.published,
        "as_of": text.as_of.isoformat(),
        "register": {"key": register.key, "sha256": text.register_hash},
        "contact": text.contact,
        "frame": {"facts": facts(register.frame), "parts": [_part(part) for part in (*text.front, *text.back)]},
        "policies": {key: facts(each) for key, each in sorted(_policies(register).items())},
        "entries": [_entry(each, register) for each in text.entries],
        "since": text.since,
        "changes": [
            {
                "source": each.key,
                "title": each.title,
                "kind": each.kind,
                "parts": [_part(part) for part in each.parts],
            }
            for each in text.changes
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _policies(register: Register) -> dict[str, Any]:
    """The disclosure policies that the frame or an entry refers to, once each."""
    used = {each.entry.disclosure for each in register.sources.values() if each.entry}
    if register.frame and register.frame.suppression:
        used.add(register.frame.suppression.policy)
    return {key: each for key, each in register.policies.items() if key in used}


def _entry(entry: EntryText, register: Register) -> dict[str, Any]:
    return {
        "key": entry.key,
        "number": entry.number,
        "title": entry.title,
        "section": entry.section,
        "domain": entry.domain,
        "page": entry.page,
        "state": entry.state,
        "state_words": entry.state_words,
        "facts": facts(register.sources[entry.key].entry),
        "parts": [_part(part) for part in entry.parts],
        "notes": [_line(line) for line in entry.notes],
        "abbreviations": dict(entry.abbreviations),
    }


def _part(part: Part) -> dict[str, Any]:
    return {"key": part.key, "title": part.title, "lines": [_line(line) for line in part.lines]}


def _line(line: Line) -> dict[str, Any]:
    out: dict[str, Any] = {"text": line.text, "state": line.state}
    for name in ("items", "href", "link", "change"):
        value = getattr(line, name)
        if value:
            out[name] = value
    return out


def facts(value: Any) -> Any:
    """A dataclass as plain data, without what is empty or as by default; names as in the register's YAML."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        out = {}
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
            if required or (item not in ("", (), None, {}) and item != field.default):
                out[field.name.rstrip("_")] = facts(item)
        return out
    if isinstance(value, tuple | list):
        return [facts(each) for each in value]
    if isinstance(value, dict):
        return {key: facts(each) for key, each in value.items()}
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
