"""Columns that rules and levels speak of: fields, cleaned, and what functions make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from piperoll.link.block.groups import combine
from piperoll.link.clean.dates import dates
from piperoll.link.clean.fast import bare
from piperoll.link.clean.identifiers import cleaned
from piperoll.link.clean.names import nicknames, phonetic
from piperoll.link.clean.postcodes import area, outward, postcodes, sector
from piperoll.link.clean.steps import clean
from piperoll.link.encode.lists import joined
from piperoll.link.encode.values import Values, encode, union
from piperoll.link.spec.declared import FieldSpec
from piperoll.link.spec.defaults import CLEANING, kind_of
from piperoll.link.spec.terms import UNORDERED, Term
from piperoll.register.model.codes import IdentifierCheck


FARTHEST = 1 << 30  # units: so that codes of numbers, counted from its negative, are above zero and fit 31 bits
# Words and codes for sexes (1, 2, 0 and 9 are those of ISO/IEC 5218); what is not among them stays as it is.
_SEXES = {"MALE": "M", "1": "M", "FEMALE": "F", "2": "F", "0": None, "9": None, "U": None, "X": None}


class Columns:
    """The columns of some records, made when first asked for.

    Args:
        fields: Declared fields.
        raw: For each field its values as they came, in the order of the records.
        checks: Forms and check letters of identifiers, by the name that a field gives as its form.
    """

    def __init__(
        self,
        fields: Mapping[str, FieldSpec],
        raw: Mapping[str, Values],
        checks: Mapping[str, IdentifierCheck] = MappingProxyType({}),
    ) -> None:
        self.fields = dict(fields)
        self._made: dict[Term, Values] = {}
        self._barred: dict[str, np.ndarray] = {}  # by field, whether a distinct value may be no key
        for name, spec in self.fields.items():
            if spec.form and spec.form in checks:
                self._made[Term(name)], self._barred[name] = _checked(raw[name], checks[spec.form])
            else:
                self._made[Term(name)] = prepared(spec, raw[name])

    def __getitem__(self, term: Term) -> Values:
        """Codes and distinct values of a column; dates and numbers have their int32 values as distinct.

        Raises:
            KeyError: If a field of it is not there.
        """
        if term not in self._made:
            if term.field not in self.fields:
                raise KeyError(term.field)
            self._made[term] = self._make(term)
        return self._made[term]

    def key(self, term: Term) -> np.ndarray:
        """Codes of a column for blocking; an identifier that fails its check, or is a dummy, is no key."""
        codes = self[term].codes
        barred = self._barred.get(term.field)
        if barred is None or term.function:
            return codes
        return np.where((codes >= 0) & ~np.append(barred, False)[codes], codes, -1).astype(np.int32)

    def forget(self) -> None:
        """Let go of what functions made of fields; it is made again when it is asked for."""
        self._made = {term: values for term, values in self._made.items() if not term.function}

    def spread(self, whose: np.ndarray, fields: Mapping[str, Values]) -> None:
        """Make columns of the rows of records, int32 (rows,); some fields are given for all rows."""
        for name in self.fields:
            self._made[Term(name)] = fields[name] if name in fields else self._made[Term(name)].taken(whose)

    def is_date(self, term: Term) -> bool:
        """Whether the column has dates."""
        return not term.function and kind_of(self.fields[term.field]) == "date"

    def is_number(self, term: Term) -> bool:
        """Whether the column has numbers."""
        return not term.function and kind_of(self.fields[term.field]) in ("number", "day")

    def is_list(self, term: Term) -> bool:
        """Whether the column has lists."""
        return not term.function and kind_of(self.fields[term.field]) == "list"

    def _make(self, term: Term) -> Values:
        if term.function == UNORDERED:
            one, other = union([self[Term(term.field)], self[Term(term.other)]])
            low, high = np.minimum(one.codes, other.codes), np.maximum(one.codes, other.codes)
            key = np.unique(combine([low, high]), return_inverse=True)[1].astype(np.int32)
            missing = low < 0
            key[missing] = -1
            return Values(key, pl.Series(np.arange(int(key.max(initial=0)) + 1)))
        base = self[Term(term.field)]
        empty = kind_of(self.fields[term.field]) == "raw"
        return base.mapped(lambda values: derive(term, values, empty))


def _checked(raw: Values, check: IdentifierCheck) -> tuple[Values, np.ndarray]:
    """An identifier in the form of ``check``, and which of its distinct values may be no key."""
    text, valid = cleaned(raw.distinct, check)
    made = encode(text)
    barred = np.zeros(len(made.distinct), bool)
    wrong = made.codes[~valid.to_numpy()]
    barred[wrong[wrong >= 0]] = True
    return raw.recoded(made), barred


def prepared(spec: FieldSpec, raw: Values) -> Values:
    """A field's values, cleaned as its kind asks or as declared."""
    kind = kind_of(spec)
    if kind == "date":
        return raw.mapped(dates)
    if kind == "raw":
        return raw.mapped(lambda values: values.cast(pl.String))
    if kind == "day":
        return raw.mapped(_counted)
    if kind == "list":
        return raw.mapped(joined)
    if kind == "number":
        return raw.mapped(lambda values: _whole(values.cast(pl.Float64, strict=False) / spec.unit))
    steps = CLEANING[kind] if spec.clean is None else spec.clean
    dummies = [each.upper() for each in spec.dummies]

    def change(values: pl.Series) -> pl.Series:
        texts = values.cast(pl.String)
        if kind == "identifier" and spec.clean is None:
            texts = _number(texts)
        elif steps:
            texts = clean(texts, steps)
        if kind == "postcode" and spec.clean is None:
            texts = postcodes(texts)
        if kind == "sex":
            texts = texts.replace(_SEXES)
        if dummies:
            texts = pl.select(pl.when(~texts.str.to_uppercase().is_in(dummies)).then(texts)).to_series()
        return pl.select(pl.when(texts != "").then(texts)).to_series()

    return raw.mapped(change)


def _number(texts: pl.Series) -> pl.Series:
    """An identifier, cleaned by the steps of its kind; plain ASCII at the speed of bytes."""
    made = bare(texts)
    if made is None:
        return clean(texts, CLEANING["identifier"])
    out, digits = made
    words = np.flatnonzero(~digits)  # only what has no digit can be a word for nothing
    if len(words):
        told = clean(texts.gather(words), CLEANING["identifier"])
        out = out.scatter(words.astype(np.uint32), told.fill_null(""))
    return out


def _counted(values: pl.Series) -> pl.Series:
    """Days since the first of January 1970; texts are read as YYYY-MM-DD, null where they are no such date."""
    if values.dtype == pl.String:
        values = values.str.to_date("%Y-%m-%d", strict=False)
    elif isinstance(values.dtype, pl.Datetime):
        values = values.dt.date()
    return values.cast(pl.Int32, strict=False)


def _whole(values: pl.Series) -> pl.Series:
    """Whole numbers; null for one beyond `FARTHEST`, which is no number of anything counted."""
    whole = values.round()
    near = whole.is_between(-FARTHEST, FARTHEST - 1)
    return pl.select(pl.when(near).then(whole)).to_series().cast(pl.Int32, strict=False)


def derive(term: Term, values: pl.Series, empty: bool = False) -> pl.Series:
    """What a function makes of distinct values: texts of texts, words of dates; ``empty`` ones are kept or null."""
    if values.dtype.is_integer():
        return _of_date(term.function, values)
    make: dict[str, Callable[[], pl.Series]] = {
        "soundex": lambda: phonetic(values, "soundex"),
        "nysiis": lambda: phonetic(values, "nysiis"),
        "metaphone": lambda: phonetic(values, "metaphone"),
        "nickname": lambda: nicknames(values),
        "first": lambda: values.str.slice(0, term.arguments[0]),
        "last": lambda: values.str.slice(-term.arguments[0]),
        "part": lambda: values.str.slice(max(term.arguments[0] - 1, 0), term.arguments[1]),
        "initial": lambda: values.str.slice(0, 1),
        "first_word": values.str.split(" ").list.first,
        "last_word": values.str.split(" ").list.last,
        "words": lambda: values.str.split(" ").list.sort().list.join(" "),
        "outward": lambda: outward(values),
        "sector": lambda: sector(values),
        "area": lambda: area(values),
    }
    made = make[term.function]()
    if empty:
        return made
    return pl.select(pl.when(made != "").then(made)).to_series()


def _of_date(function: str, values: pl.Series) -> pl.Series:
    year, month, day = values // 10000, values // 100 % 100, values % 100
    if function == "year":
        return _known(year, year > 0)
    if function == "decade":
        return _known(year // 10, year > 0)
    if function == "month":
        return _known(month, month > 0)
    if function == "day":
        return _known(day, day > 0)
    low, high = (
        pl.select(pl.min_horizontal(month, day)).to_series(),
        pl.select(pl.max_horizontal(month, day)).to_series(),
    )
    known = (month > 0) & (day > 0)
    if function == "day_month":  # in either order
        return _known(low * 100 + high, known)
    return _known(month * 100 + day, known)


def _known(values: pl.Series, known: pl.Series) -> pl.Series:
    return pl.select(pl.when(known).then(values)).to_series()
