"""A contract's types, bounds and codes in the terms that the exports share."""

from __future__ import annotations

import re
from dataclasses import dataclass

from piperoll.register.model.contract import Field
from piperoll.register.model.register import Register


_UAX35 = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss", "%y": "yy", "%b": "MMM"}

CLASSES = {
    "D": "direct identifier",
    "L": "linkage identifier",
    "Q": "quasi-identifier",
    "S": "sensitive",
    "QS": "quasi-identifier, sensitive",
    "A": "attribute",
    "M": "measure",
    "T": "date",
    "X": "system",
}


@dataclass(frozen=True)
class Type:
    """A contract's type taken apart: ``dec(12,2)`` is base ``dec`` with 12 digits and 2 places."""

    base: str
    length: int | None = None
    digits: int | None = None
    places: int | None = None


def taken_apart(written: str) -> Type:
    """The type as written in a contract, taken apart."""
    base = written.partition("(")[0]
    numbers = [int(each) for each in re.findall(r"\d+", written)]
    if base == "dec":
        return Type(base, digits=numbers[0], places=numbers[1])
    return Type(base, length=numbers[0] if numbers else None)


def codes_of(register: Register, field: Field) -> list[tuple[str, str]]:
    """Codes a field may ever have, with their labels, each once, in the list's order."""
    codes = register.codes.get(field.codes or "")
    if codes is None:
        return []
    seen: dict[str, str] = {}
    for each in codes.codes:
        seen.setdefault(each.code, each.label)
    return list(seen.items())


def uax35(form: str | None, *, time: bool = False) -> str | None:
    """A strptime format as Unicode's date patterns have it; None if it says something they cannot."""
    if form is None:
        return "yyyy-MM-dd'T'HH:mm:ss" if time else "yyyy-MM-dd"
    out = re.sub(r"%.", lambda found: _UAX35.get(found[0], "%"), form)
    return None if "%" in out else out


def described(field: Field) -> str:
    """Description and condition of a field in one text."""
    parts = [field.description]
    if field.required_when:
        parts.append(f"Required when {field.required_when}.")
    return " ".join(each for each in parts if each)
