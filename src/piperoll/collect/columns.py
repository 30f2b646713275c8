"""Which column of a file is which field of the contract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset


LONGEST_NAME = 60


@dataclass(frozen=True)
class Columns:
    """A file's header against a contract.

    Attributes:
        names: Of the file's columns, in order, unique.
        mapping: Field -> name.
        extra: Names that the contract does not declare.
        notes: Sentences about names that are not written as agreed, and optional columns that are absent.
        missing: Fields that must be there and are not.
        twice: Fields that two columns name.
        exact: How many names are written as agreed.
    """

    names: tuple[str, ...]
    mapping: dict[str, str]
    extra: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    exact: int = 0

    @property
    def score(self) -> int:
        """How many columns were recognised."""
        return len(self.mapping)


def match(header: Sequence[str], dataset: Dataset) -> Columns:
    """Match header texts to fields: by name or alias, then without regard to case, spaces and punctuation."""
    names = _unique(header)
    exact = {text: f.name for f in dataset.fields for text in (f.name, *f.aliases)}
    loose = {_loose(text): name for text, name in reversed(exact.items())}
    mapping: dict[str, str] = {}
    twice: list[str] = []
    notes: list[str] = []
    extra: list[str] = []
    written = 0
    for text, name in zip((h.strip() for h in header), names, strict=True):
        field = exact.get(text) or loose.get(_loose(text))
        if field is None:
            extra.append(name)
        elif field in mapping:
            twice.append(field)
        else:
            mapping[field] = name
            written += text in exact
            if text not in exact:
                notes.append(f"The column `{field}` is written {shown(text)}.")
    missing = tuple(f.name for f in dataset.fields if f.name not in mapping and f.null == "never")
    notes += [
        f"The column `{f.name}` is absent and was read as empty."
        for f in dataset.fields
        if f.name not in mapping and f.null != "never"
    ]
    return Columns(names, mapping, tuple(extra), tuple(notes), missing, tuple(twice), written)


def require(columns: Columns, dataset: Dataset, told: str) -> None:
    """Refuse a header that does not hold what the contract needs.

    Raises:
        UserError: PR-C010 where no column is known, PR-C011 where some are missing or twice.
    """
    if columns.score == 0 or (columns.missing and columns.score * 3 < len(dataset.fields)):
        # What stands there may be data: it is not repeated.
        message = (
            f"{columns.score} of {len(columns.names)} column names in the header are known to the contract of "
            f"`{dataset.name}`; perhaps the header is missing, or this is another dataset."
        )
        fix = f"The first row must name the columns: {', '.join(f.name for f in dataset.fields)}."
        raise UserError("PR-C010", message, where=told, fix=fix)
    if columns.missing:
        listed = ", ".join(f"`{name}`" for name in columns.missing)
        # A header that is like a field's name is one; of what is anonymised not even that is repeated.
        close_by = () if dataset.anonymised else columns.extra
        near = [f"{shown(e)} may be `{close[0]}`" for e in close_by if (close := _near(e, columns.missing))]
        fix = ("; ".join(near) + ". " if near else "") + "Deliver the file again with every required column."
        raise UserError("PR-C011", f"Required columns are missing: {listed}.", where=told, fix=fix)
    if columns.twice:
        listed = ", ".join(f"`{name}`" for name in columns.twice)
        fix = "Keep one column for each field."
        raise UserError("PR-C011", f"Columns stand twice in the header: {listed}.", where=told, fix=fix)


def printable(text: str) -> str:
    """A name from outside for people: nothing in it moves a terminal's cursor or cannot be written as UTF-8."""
    return "".join(c if c.isprintable() else "?" for c in text)


def shown(text: str) -> str:
    """A header text for people: no control characters, cut."""
    clean = printable(text)
    return f"`{clean[:LONGEST_NAME]}{'...' if len(clean) > LONGEST_NAME else ''}`"


def _near(text: str, fields: Sequence[str]) -> list[str]:
    return get_close_matches(_loose(text), fields, n=1, cutoff=0.6)


def _loose(text: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", text.strip().casefold()).strip("_")


def _unique(header: Sequence[str]) -> tuple[str, ...]:
    """Names that differ also without regard to case, as DuckDB compares them."""
    seen: set[str] = {"_row"}
    names: list[str] = []
    for number, text in enumerate(header, 1):
        base = "".join(c if c.isprintable() else "?" for c in text.strip()) or f"column_{number}"
        name, again = base, 1
        while name.casefold() in seen:
            again += 1
            name = f"{base}_{again}"
        seen.add(name.casefold())
        names.append(name)
    return tuple(names)
