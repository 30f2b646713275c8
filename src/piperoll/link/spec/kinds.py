"""Which functions and measures go with which kinds of field: what is asked of a text means nothing of a date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from piperoll.link.compare import program as op
from piperoll.link.spec.declared import FieldSpec
from piperoll.link.spec.defaults import kind_of
from piperoll.link.spec.terms import OF_DATES, UNORDERED, NotUnderstood, Term, Test


Sort = Literal["text", "date", "number", "list", "part of a date"]
_ANY = frozenset({op.ALWAYS, op.NULL, op.EQUAL})
_DATES = (op.DATE_TURNED, op.DATE_DIGITS, op.DATE_PARTS, op.DATE_DAYS, op.DATE_BEFORE)
_WANTED: Mapping[int, Sort] = {
    **dict.fromkeys(_DATES, "date"), op.NUMBER_WITHIN: "number", op.SHARED: "list", op.SHARED_PRODUCT: "list",
}  # fmt: skip


def check_terms(terms: Iterable[Term], fields: Mapping[str, FieldSpec]) -> None:
    """Raise `NotUnderstood` for a function of a field of another kind than it is for."""
    for term in terms:
        sorts = {sort_of(Term(name), fields) for name in term.fields}
        if term.function == UNORDERED and len(sorts) > 1:
            raise NotUnderstood(f"`{term}` is of fields of two kinds.", "Take two fields of text.")
        wanted: Sort = "date" if term.function in OF_DATES else "text"
        if term.function and term.function != UNORDERED and sorts != {wanted}:
            raise NotUnderstood(f"`{term}` is no column: `{term.field}` is no {wanted}.", f"Take a {wanted}.")


def check_tests(tests: Iterable[Test], fields: Mapping[str, FieldSpec]) -> None:
    """Raise `NotUnderstood` for a measure of a column of another kind than it is for."""
    for test in tests:
        if test.op in _ANY:
            continue
        wanted = _WANTED.get(test.op, "text")
        for term in test.columns:
            sort = sort_of(term, fields)
            if sort != wanted:
                raise NotUnderstood(f"`{term}` is no {wanted}, of which alone this can be asked.", _instead(term, sort))


def sort_of(term: Term, fields: Mapping[str, FieldSpec]) -> Sort:
    """What the values of a column are."""
    if term.function in OF_DATES:
        return "part of a date"
    kind = kind_of(fields[term.field])
    if kind in ("number", "day"):
        return "number"
    return "date" if kind == "date" else "list" if kind == "list" else "text"


def _instead(term: Term, sort: Sort) -> str:
    return {
        "date": f"Of a date ask `digits({term}) <= 1` or `days({term}) <= 31`.",
        "number": f"Of a number ask `difference({term}) <= 1`.",
        "list": f"Of a list ask `shared({term}) >= 1`.",
        "part of a date": f"Ask `equal({term})`.",
        "text": f"Of a text ask `jaro_winkler({term}) >= 0.92` or `damerau({term}) <= 1`.",
    }[sort]
