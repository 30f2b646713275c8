"""Canonical text of JSON, of a cell's codes, of a delivery's name: the same thing has the same text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from piperoll.journal.records import SAFE, CellIdentity, PublishedCell


def clean(text: str) -> str:
    """Text that both databases keep: NUL and lone surrogates (of file names) as backslash escapes."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def numbered(text: str, letter: str) -> int | None:
    """The number in an id such as ``Q12``, with or without its letter; None if it is no such id."""
    number = text.strip().upper().removeprefix(letter)
    return int(number) if number.isascii() and number.isdigit() and len(number) < 18 else None


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces, ASCII only; equal values give equal text.

    Raises:
        TypeError: When something in it is no JSON (so that no object is kept by its ``repr``).
        ValueError: For NaN and infinities.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def canonical_codes(codes: Mapping[str, str]) -> str:
    """Codes of a cell as canonical text: ``dimension=code`` sorted by dimension, joined by ``;``.

    Signs that would be ambiguous (``; = | %``) are percent-encoded.
    """
    return ";".join(f"{quote(str(name), SAFE)}={quote(str(codes[name]), SAFE)}" for name in sorted(codes))


def parse_codes(text: str) -> dict[str, str]:
    """The codes that `canonical_codes` wrote."""
    if not text:
        return {}
    pairs = (part.partition("=") for part in text.split(";"))
    return {unquote(name): unquote(code) for name, _, code in pairs}


def cell_identity(measure: str, codes: Mapping[str, str], period: str, geography_version: str = "") -> CellIdentity:
    """The identity of a cell from its measure, codes, period and geography version."""
    return CellIdentity(measure, canonical_codes(codes), geography_version, period)


def parse_identity(text: str) -> CellIdentity:
    """The identity that `CellIdentity.text` wrote.

    Raises:
        ValueError: When the text has not four parts.
    """
    measure, codes, version, period = text.split("|")
    return CellIdentity(unquote(measure), codes, unquote(version), period)


def delivery_id(sha256: str, source: str, dataset: str, supplier: str, period: str, *, again: int = 0) -> str:
    """A delivery's stable name: 16 hexadecimal digits over its bytes' hash and its slot.

    Args:
        sha256: Of the file as it arrived.
        source: Key of the source; likewise dataset, supplier and period: the slot.
        again: 0 the first time; 1, 2 ... when the same bytes are delivered again on purpose (after a
            withdrawal).
    """
    parts = [sha256, source, dataset, supplier, period, *([again] if again else [])]
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()[:16]


def cells_hash(cells: Iterable[PublishedCell]) -> str:
    """SHA-256 over cells as the ledger keeps them (identity, table, value, marks), whatever order they come in.

    It is taken of what both databases give back: see `clean`.
    """
    lines = sorted(
        canonical_json([clean(text) for text in (cell.identity.text, cell.table, cell.value, cell.marks)])
        for cell in cells
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
