"""Identifiers in the one form that the register declares, and whether each may join records.

Nothing here knows an identifier by name: patterns, forms, check letters and dummies are declared
(`piperoll.register.model.codes.IdentifierCheck`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from piperoll.register.identifiers import Part, forms
from piperoll.register.model.codes import IdentifierCheck


_NONE = pl.lit(None, pl.String)
_CHUNK = 15  # digits of a number that are divided at a time: with a remainder before them they fit 64 bits


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
    frame = values.cast(pl.String).alias("text").to_frame().select(bare.alias("text"))
    frame = frame.select(pl.when(text != "").then(text).alias("text"))
    if check is None:
        frame = frame.with_columns(text.is_not_null().alias("right"))
    else:
        frame = _read(frame, check, form)
    patterns = [text.str.contains(f"^(?:{each})$") for each in dummies]
    dummy = pl.any_horizontal(patterns) if patterns else pl.lit(value=False)
    frame = frame.select("text", (pl.col("right") & ~dummy).fill_null(value=False).alias("valid"))
    return frame["text"].alias(values.name), frame["valid"]


def _read(frame: pl.DataFrame, check: IdentifierCheck, form: str) -> pl.DataFrame:
    """``text`` in its form where the pattern holds, and in ``right`` whether all is as declared."""
    text, pattern = pl.col("text"), f"^(?:{check.pattern})$"
    if "(?P<" not in check.pattern:
        return frame.with_columns(text.str.contains(pattern).alias("right"))
    frame = frame.with_columns(text.str.extract_groups(pattern).alias("parts"))
    right = pl.lit(_proven(frame["parts"], check)) if check.letters else text.str.contains(pattern)
    written = pl.coalesce(*(_written(each) for each in forms(form)), text)
    return frame.select(written.alias("text"), right.alias("right"))


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


def _proven(parts: pl.Series, check: IdentifierCheck) -> pl.Series:
    """Whether the check character is the one at the remainder of the number; null where there are no parts."""
    frame = parts.struct.unnest()
    number = pl.concat_str([_digits(group, check) for group in check.numbers]).alias("number")
    frame = frame.select(number, pl.col(check.check).alias("found"))
    remainder = _remainder(frame["number"], len(check.letters))
    letters = pl.Series(list(check.letters)).gather(remainder)
    return (frame["number"] != "") & (letters == frame["found"])


def _digits(group: str, check: IdentifierCheck) -> pl.Expr:
    """What a group adds to the number; nothing if it is not all digits."""
    found = pl.col(group)
    text = found.str.tail(check.take[group]) if group in check.take else found
    text = text.str.zfill(check.pad[group]) if group in check.pad else text
    return pl.when(found.str.contains(r"^[0-9]+$")).then(text).otherwise(pl.lit(""))


def _remainder(numbers: pl.Series, modulus: int) -> pl.Series:
    """Remainders of whole numbers of any length, some digits at a time."""
    text, remainder = pl.col("text"), pl.col("remainder")
    powers = pl.lit(pl.Series([10**width % modulus for width in range(_CHUNK + 1)], dtype=pl.Int64))
    frame = numbers.alias("text").to_frame().with_columns(pl.lit(0, pl.Int64).alias("remainder"))
    longest = max(numbers.str.len_bytes().drop_nulls().unique(), default=0)
    for _ in range(0, longest, _CHUNK):
        some = text.str.head(_CHUNK)
        value = some.cast(pl.Int64, strict=False).fill_null(0)
        frame = frame.select(
            text.str.slice(_CHUNK), (remainder * powers.gather(some.str.len_bytes()) + value) % modulus
        )
    return frame["remainder"]
