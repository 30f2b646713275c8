"""YAML as a person would write it, line by line, with a comment on each line that is a guess."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_. -]*[A-Za-z0-9_]|[A-Za-z]")
_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def scalar(value: str | int | float | bool | None) -> str:
    """A value: plain where that reads as the same text, else in double quotes."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    if _PLAIN.fullmatch(value) and value.casefold() not in _WORDS:
        return value
    # JSON's text in quotes is YAML's; what cannot be printed is escaped as YAML does it.
    plain = json.dumps(value, ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in plain)


def listed(values: Iterable[str]) -> str:
    """A list on one line."""
    return f"[{', '.join(scalar(each) for each in values)}]"


def flow(pairs: Iterable[tuple[str, str]]) -> str:
    """A mapping on one line; the values are YAML already."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"


def guess(line: str, why: str) -> str:
    """A line, and that it is a guess."""
    return f"{line}  # guess: {why}; confirm"
