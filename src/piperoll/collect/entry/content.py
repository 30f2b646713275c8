"""What an entered record says: its values as texts, and the form it was keyed from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa

from piperoll.collect.columns import printable, shown
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset


LONGEST = 10_000
LARGEST_JSON = 8 << 20


@dataclass(frozen=True)
class Content:
    """Values of one record, by field; a field without one is not there.

    Attributes:
        reference, dated: Of the form on paper; a form's reference may name a person, so it lies with the values.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    dated: str = ""

    def to_bytes(self) -> bytes:
        """As it is encrypted."""
        data = {"values": dict(self.values), "reference": self.reference, "dated": self.dated}
        return json.dumps(data, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Content:
        """Read what `to_bytes` gave."""
        return cls(**json.loads(data))

    def differing(self, other: Content, dataset: Dataset) -> tuple[str, ...]:
        """Names of the fields whose values differ, in the contract's order."""
        return tuple(f.name for f in dataset.fields if self.values.get(f.name) != other.values.get(f.name))


def with_values(content: Content, dataset: Dataset, given: Mapping[str, str]) -> Content:
    """The content with some fields set; an empty text takes a value away.

    Raises:
        UserError: PR-C160 for a field that the contract does not declare, or what is no text of a form.
    """
    names = [f.name for f in dataset.fields]
    values = dict(content.values)
    for name, text in given.items():
        if name not in names:
            near = get_close_matches(name, names, n=1)
            fix = f"Did you mean `{near[0]}`?" if near else f"Its fields: {', '.join(names)}."
            raise UserError("PR-C160", f"`{dataset.name}` has no field {shown(name)}.", where=dataset.name, fix=fix)
        values[name] = _text(name, text)
        if not values[name]:
            del values[name]
    return Content(values, content.reference, content.dated)


def is_text(text: str) -> bool:
    """Whether it can be written as UTF-8 and kept by any database: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _text(name: str, text: object) -> str:
    why = ""
    if not isinstance(text, str):
        why = "is not a text"
    elif len(text) > LONGEST:
        why = f"is longer than {LONGEST:,} characters"
    elif not is_text(text):
        why = "holds signs that are no text"
    if why:
        raise UserError("PR-C160", f"The value of `{name}` {why}.", fix="Give it as the form shows it.")
    assert isinstance(text, str)
    return text


def read_values(path: Path) -> dict[str, str]:
    """The values of one record from a JSON file: one object; numbers and truth values as JSON writes them.

    Raises:
        UserError: PR-C029 if the file cannot be read, PR-C160 if it is no such object, is too large, or says the value
            of a field twice: one of the two would be lost.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_JSON + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name is none"
        raise UserError("PR-C029", f"The file cannot be read ({why}).", where=printable(str(path))) from None
    if len(data) > LARGEST_JSON:
        raise _no_object(path, f"is larger than {LARGEST_JSON >> 20} MiB")
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        raise _no_object(path, "is no JSON in UTF-8") from None
    if not isinstance(found, _Pairs):
        raise _no_object(path, "holds no object")
    values: dict[str, str] = {}
    for name, value in found:
        if name in values:
            raise _no_object(path, f"says the value of {shown(name)} twice")
        values[name] = _json_text(value)
    return values


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it is written: a dict keeps the last of two equal names without a word."""


def _no_object(path: Path, why: str) -> UserError:
    fix = 'Write one object: {"field": "value", ...}.'
    return UserError("PR-C160", f"The file {why}.", where=printable(str(path)), fix=fix)


def _json_text(value: Any) -> Any:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def table_of(contents: Sequence[Content], dataset: Dataset) -> pa.Table:
    """Records as a table of texts with every field of the contract: what a file of them would hold."""
    columns = {f.name: pa.array([c.values.get(f.name) for c in contents], pa.string()) for f in dataset.fields}
    return pa.table(columns)
