"""What goes wrong with one value. Each function gives the faulty text, or None if this value cannot go wrong so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEXT = {
    row[place]: row[place + 1] if place + 1 < len(row) else row[place - 1]
    for row in _KEYBOARD
    for place in range(len(row))
}


def transposed(text: str, rng: np.random.Generator) -> str | None:
    """Two neighbouring characters exchanged."""
    places = [at for at in range(len(text) - 1) if text[at] != text[at + 1]]
    if not places:
        return None
    at = places[int(rng.integers(len(places)))]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def mistyped(text: str, rng: np.random.Generator) -> str | None:
    """One letter or digit struck on the neighbouring key."""
    places = [at for at, each in enumerate(text) if each.isdigit() or each.lower() in _NEXT]
    if not places:
        return None
    at = places[int(rng.integers(len(places)))]
    old = text[at]
    if old.isdigit():
        new = "1234567890"[(int(old) + (0 if rng.random() < 0.5 else 8)) % 10] if old.isascii() else "0"
    else:
        new = _NEXT[old.lower()]
        new = new.upper() if old.isupper() else new
    return text[:at] + new + text[at + 1 :] if new != old else None


def missing(text: str, rng: np.random.Generator) -> str | None:
    """Nothing where a value was."""
    return "" if text else None


def mojibake(text: str, rng: np.random.Generator) -> str | None:
    """UTF-8 read as Windows-1252 and written again; plain text gets a stray mark, as from a lost no-break space."""
    if not text.isascii():
        garbled = text.encode("utf-8").decode("cp1252", errors="replace")
        return garbled if garbled != text else None
    if not text:
        return None
    at = int(rng.integers(len(text) + 1))
    return text[:at] + "Â\u00a0" + text[at:]


@dataclass(frozen=True)
class CellKind:
    """A kind of fault of one value: what it does and what it is called in the record of faults."""

    make: Callable[[str, np.random.Generator], str | None]
    description: str
    texts_only: bool = False


CELLS = {
    "transposed": CellKind(transposed, "Two neighbouring characters were exchanged."),
    "mistyped": CellKind(mistyped, "A character was struck on the neighbouring key."),
    "missing_value": CellKind(missing, "The value was left out."),
    "encoding_value": CellKind(mojibake, "The value went through the wrong character encoding.", texts_only=True),
}
