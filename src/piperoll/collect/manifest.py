"""``manifest.yaml``: what a supplier says of the files of a folder or zip. Parsed in the limited child."""

from __future__ import annotations

from dataclasses import asdict, fields
from difflib import get_close_matches
from typing import Any

from piperoll.collect.columns import shown
from piperoll.collect.slots import Stated
from piperoll.errors import UserError


_KEYS = ("file", *(f.name for f in fields(Stated)))
_FIX = (
    "Write `files:`, a list; each with `file`, and `dataset`, `supplier`, `period`, `nil`, `not_available`, `mode` as"
    " needed."
)


def parse_manifest(text: str, told: str) -> list[dict[str, Any]]:
    """Lines of a manifest as plain data: ``file``, and what is stated of it.

    What is nil or not available may be without a file, which is then ''.

    Raises:
        UserError: PR-C018 when it is not understood.
    """
    import yaml

    try:
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        spot = f" (line {mark.line + 1})" if mark is not None else ""
        raise UserError("PR-C018", f"The manifest is not valid YAML{spot}.", where=told, fix=_FIX) from None
    lines = data.get("files") if isinstance(data, dict) else None
    if not isinstance(lines, list):
        raise UserError("PR-C018", "The manifest has no list `files`.", where=told, fix=_FIX)
    out: list[dict[str, Any]] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        entry = _line(line, number, told)
        if entry["file"] and entry["file"] in seen:
            message = f"Line {number} of the manifest names {shown(entry['file'])} again."
            raise UserError("PR-C018", message, where=told, fix="Name each file once.")
        seen.add(entry["file"])
        out.append(entry)
    return out


def stated_of(entry: dict[str, Any]) -> tuple[str, Stated]:
    """File name and what is stated, from a line given by `parse_manifest` in the child (it is checked again)."""
    known = {f.name: f for f in fields(Stated)}
    values: dict[str, Any] = {}
    for name in known:
        value = entry.get(name, "")
        values[name] = value is True if name == "nil" else str(value)[:500]
    return str(entry.get("file", ""))[:1000], Stated(**values)


def _line(line: Any, number: int, told: str) -> dict[str, Any]:
    if not isinstance(line, dict):
        raise UserError("PR-C018", f"Line {number} of the manifest is not understood.", where=told, fix=_FIX)
    for key in line:
        if key not in _KEYS:
            near = get_close_matches(str(key), _KEYS, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(_KEYS)}."
            message = f"Line {number} of the manifest has an unknown key {shown(str(key))}."
            raise UserError("PR-C018", message, where=told, fix=hint)
    nil = line.get("nil", False)
    if not isinstance(nil, bool):
        message = f"Line {number} of the manifest: `nil` is true or false."
        raise UserError("PR-C018", message, where=told, fix=_FIX)
    texts = {}
    for key in _KEYS:
        value = line.get(key)
        if key == "nil" or value is None:
            continue
        if isinstance(value, list | dict | bool | float):
            message = f"Line {number} of the manifest: `{key}` is not a text."
            raise UserError("PR-C018", message, where=told, fix=_FIX)
        texts[key] = str(value)
    name = texts.pop("file", "")
    if not name and not nil and not texts.get("not_available"):
        raise UserError("PR-C018", f"Line {number} of the manifest names no file.", where=told, fix=_FIX)
    return {"file": name, **asdict(Stated(**texts, nil=nil))}
