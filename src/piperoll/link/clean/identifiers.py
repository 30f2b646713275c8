"""Identifiers in the one form that the register declares, and whether each may join records.

Nothing here knows an identifier by name: patterns, forms, check letters and dummies are declared
(`piperoll.register.model.codes.IdentifierCheck`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import polars as pl

from piperoll.register.identifiers import Part, forms
from piperoll.register.model.codes import IdentifierCheck


_NONE = pl.lit(None, pl.String)
_CHUNK = 16  # digits of a number that are divided at a time: with a remainder before them they fit 64 bits
_LONGEST = 64  # digits of a part of a number; no identifier has so many


@dataclass(frozen=True)
class Identifier:
    """An identifier that joins records.

    Attributes:
        name: Key of its declaration in the register.
        kind: What has one of these: ``person``, ``event`` (of one person) or ``case`` (of several).
    """

    name: str
    kind: str

    @classmethod
    def of(cls, check: IdentifierCheck) -> Identifier:
        """The identifier that ``check`` declares."""
        return cls(check.key, check.identifies)


def cleaned(values: pl.Series, check: IdentifierCheck) -> tuple[pl.Series, pl.Series]:
    """`identifiers` with the form and the dummies that ``check`` declares."""
    return identifiers(values, check, check.form, check.dummies)


def identifiers(
    values: pl.Series, check: IdentifierCheck | None, form: str, dummies: Sequence[str]
) -> tuple[pl.Series, pl.Series]:
    """Identifiers as declared, and whether each may join records.

    Blanks are removed and letters are capital before the pattern is tried. What does not have it stays as evidence,
    and may join nothing.

    Args:
        values: n texts.
        check: Pattern, parts and check character; None if anything is an identifier.
        form: How it is written, as in `IdentifierCheck.form`; empty for as it came. Without a check there are no parts
            to write, and it is not used.
        dummies: RE2 patterns of whole values in that form that stand for none.

    Returns:
        n texts, null where nothing is left; n booleans, never null: true where the pattern holds, the check character
        is right and no dummy's pattern holds. A wrong check character is written in the form, too.

    Raises:
        ValueError: If the form cannot be read (a loaded register has none such).
    """
    text = pl.col("text")
    bare = text.str.to_uppercase().str.replace_all(r"[\s\p{Z}\p{C}]+", "")
    frame = values.cast(pl.String).alias("text").to_frame().select(pl.when(bare != "").then(bare).alias("text"))
    written, right = text, text.is_not_null()
    if check is not None:
        pattern = f"^(?:{check.pattern})$"
        right = text.str.contains(pattern)
        if "(?P<" in check.pattern or "(?<" in check.pattern:
            frame = frame.with_columns(text.str.extract_groups(pattern).alias("parts"))
            written = pl.coalesce(*(_written(each) for each in forms(form)), text)
        if check.letters:
            right = right & _proven(check)
    frame = frame.select(written.alias("text"), right.fill_null(value=False).alias("right"))
    dummy = reduce(lambda one, other: one | other, (text.str.contains(f"^(?:{each})$") for each in dummies), pl.lit(False))
    frame = frame.select("text", (pl.col("right") & ~dummy.fill_null(value=False)).alias("valid"))
    return frame["text"].alias(values.name), frame["valid"]


def _part(group: str) -> pl.Expr:
    return pl.col("parts").struct.field(group)


def _written(form: tuple[Part, ...]) -> pl.Expr:
    """The value in a form; null if one of its parts was not found."""
    return pl.concat_str([_piece(part) for part in form], ignore_nulls=False) if form else _NONE


def _piece(part: Part) -> pl.Expr:
    if not part.group:
        return pl.lit(part.text)
    found = _part(part.group)
    if part.width:
        return found.str.zfill(part.width)
    if part.century:
        short = found.str.contains(r"^[0-9]{2}$")
        first = part.century % 100
        since = (found.cast(pl.Int64, strict=False) - first) % 100
        return pl.when(short).then((since + part.century).cast(pl.String)).otherwise(found)
    return found


def _proven(check: IdentifierCheck) -> pl.Expr:
    """Whether the check character is the one at the remainder of the number."""
    modulus = len(check.letters)
    remainder = pl.lit(0, pl.Int64)
    digits = pl.lit(0, pl.UInt32)
    for group in check.numbers:
        text = _part(group)
        text = pl.when(text.str.contains(r"^[0-9]+$")).then(text)
        if group in check.take:
            text = text.str.tail(check.take[group])
        if group in check.pad:
            text = text.str.zfill(check.pad[group])
        text = text.fill_null("")
        digits = digits + text.str.len_bytes()
        remainder = _divided(remainder, text, modulus)
    letters = pl.lit(pl.Series(list(check.letters)))
    return (digits > 0) & (letters.gather(remainder) == _part(check.check))


def _divided(remainder: pl.Expr, text: pl.Expr, modulus: int) -> pl.Expr:
    """The remainder of a number after the digits of ``text`` are written behind it, some digits at a time."""
    powers = pl.lit(pl.Series([10**width % modulus for width in range(_CHUNK + 1)], dtype=pl.Int64))
    for at in range(0, _LONGEST, _CHUNK):
        some = text.str.slice(at, _CHUNK)
        value = pl.when(some == "").then(pl.lit("0")).otherwise(some).cast(pl.Int64)
        remainder = (remainder * powers.gather(some.str.len_bytes()) + value) % modulus
    return remainder
