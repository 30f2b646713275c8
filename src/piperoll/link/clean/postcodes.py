"""Postcodes in the one form they are compared in, and the areas around them.

The form is that of the Royal Mail's Programmers' Guide to the Postcode Address File: an outward code of two to four
characters (A9, A99, A9A, AA9, AA99, AA9A), a blank, and an inward code of a digit and two letters. ZZ99 codes are the
Office for National Statistics' pseudo-postcodes (no fixed abode, not known, abroad).
"""

from __future__ import annotations

import polars as pl

from piperoll.link.clean.steps import LONGEST, nothing_known, squeezed


_OUTWARD = r"[A-Z]{1,2}[0-9][0-9A-Z]?"
_UK = rf"^(?:{_OUTWARD}|GIR)[0-9][A-Z]{{2}}$"
_SPACED = rf"^(?:{_OUTWARD}|GIR) [0-9][A-Z]{{2}}$"
# an outward code that stands alone, or with the digit of the sector
_PART = rf"^({_OUTWARD})(?: ([0-9]))?$"
# what is in the form already and has nothing to be mended
_DONE = r"^[A-Z]{1,2}[1-9][0-9]? [0-9][A-Z]{2}$"
_PSEUDO = r"^(?:ZZ99|NF1 ?1NF$)"
_TO_DIGIT = {"O": "0", "I": "1"}
_TO_LETTER = {"0": "O", "1": "I"}


def postcodes(values: pl.Series) -> pl.Series:
    """Postcodes as ``SW1A 1AA``: capitals and one blank.

    O and 0, I and 1 are mended where only a letter or only a digit can stand: the first character, the inward
    code's first, the outward code's second of four and third of four (AA99, AA9A), and second of two (A9). What does
    not have the form of a British postcode is kept, in capitals and its blanks squeezed: other countries have codes.

    Args:
        values: n texts.

    Returns:
        n texts; null for ZZ99 and other pseudo-postcodes, NFA, UNKNOWN and the like.
    """
    texts = values.cast(pl.String)
    done = (texts.str.contains(_DONE) & ~texts.str.contains("^ZZ99|^NF1 1NF$")).fill_null(False)
    rest = (~done).arg_true()
    if len(rest) == len(texts):
        return _postcodes(texts)
    return texts.scatter(rest, _postcodes(texts.gather(rest))) if len(rest) else texts


def _postcodes(values: pl.Series) -> pl.Series:
    text, bare, code = pl.col("text"), pl.col("bare"), pl.col("code")
    frame = values.cast(pl.String).alias("text").to_frame().select(squeezed(text.str.to_uppercase()))
    frame = frame.select(text.str.head(LONGEST).str.strip_chars())
    # other letters and marks in it are no slip of a British code
    plain = text.str.contains(r"^[0-9A-Z .,-]+$")
    frame = frame.with_columns(pl.when(plain).then(text.str.replace_all(r"[^0-9A-Z]", "")).alias("bare"))
    frame = frame.with_columns(_mended(bare).alias("bare"))
    spaced = bare.str.head(-3) + " " + bare.str.tail(3)
    frame = frame.with_columns(pl.when(bare.str.contains(_UK)).then(spaced).otherwise(text).alias("code"))
    kept = ~nothing_known(text) & ~code.str.contains(_PSEUDO)
    return frame.select(pl.when(kept).then(code))["code"].alias(values.name)


def outward(values: pl.Series) -> pl.Series:
    """The outward code (``SW1A``) of postcodes as `postcodes` gives them; of other codes the first three characters."""
    code = pl.col("code")
    known = pl.coalesce(_outward(), code.str.extract(_PART, 1))
    return _of(values, pl.coalesce(known, _bare().str.head(3)))


def sector(values: pl.Series) -> pl.Series:
    """The sector (``SW1A 1``) of postcodes as `postcodes` gives them; of other codes the first four characters.

    An outward code alone has no sector: null.
    """
    code = pl.col("code")
    whole = _outward() + " " + code.str.tail(3).str.head(1)
    part = code.str.extract(_PART, 1) + " " + code.str.extract(_PART, 2)
    alone = code.str.contains(_PART)
    return _of(values, pl.coalesce(whole, part, pl.when(~alone).then(_bare().str.head(4))))


def area(values: pl.Series) -> pl.Series:
    """The area (``SW``) of postcodes as `postcodes` gives them; of other codes the first two characters."""
    code = pl.col("code")
    known = pl.coalesce(_outward(), code.str.extract(_PART, 1)).str.extract(r"^([A-Z]+)")
    return _of(values, pl.coalesce(known, _bare().str.head(2)))


def _of(values: pl.Series, part: pl.Expr) -> pl.Series:
    part = pl.when(part != "").then(part)
    return values.alias("code").to_frame().select(part.alias("code"))["code"].alias(values.name)


def _outward() -> pl.Expr:
    code = pl.col("code")
    return pl.when(code.str.contains(_SPACED)).then(code.str.head(-4))


def _bare() -> pl.Expr:
    """Letters and digits of a code that is not British."""
    return pl.col("code").str.replace_all(r"[^\p{L}\p{M}\p{N}]", "")


def _mended(bare: pl.Expr) -> pl.Expr:
    """The code of five to seven characters with slips mended where one kind of character alone can stand."""
    front = bare.str.head(-3)
    length = front.str.len_bytes()
    first, second, third, rest = (front.str.slice(i, n) for i, n in ((0, 1), (1, 1), (2, 1), (3, None)))
    second = (
        pl.when(length == 4)
        .then(_swap(second, _TO_LETTER))
        .when(length == 2)
        .then(_swap(second, _TO_DIGIT))
        .otherwise(second)
    )
    third = pl.when(length == 4).then(_swap(third, _TO_DIGIT)).otherwise(third)
    inward = _swap(bare.str.slice(-3, 1), _TO_DIGIT) + bare.str.tail(2)
    mended = _swap(first, _TO_LETTER) + second + third + rest + inward
    return pl.when(length.is_between(2, 4)).then(mended).otherwise(bare)


def _swap(text: pl.Expr, pairs: dict[str, str]) -> pl.Expr:
    out = text
    for slip, meant in pairs.items():
        out = pl.when(text == slip).then(pl.lit(meant)).otherwise(out)
    return out
