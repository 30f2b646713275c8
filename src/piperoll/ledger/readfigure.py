"""Cells of a published table read back: which cell, which figure, which marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from piperoll.errors import Problem, UserError
from piperoll.journal import PublishedCell, parse_identity
from piperoll.ledger.columns import MEASURE, PERIOD, VALUE, Columns
from piperoll.ledger.figures import bracketed, published_text
from piperoll.periods import Period
from piperoll.present.csvw import FORMULA_STARTS
from piperoll.protect.primary import COUNTS
from piperoll.register.model.publication import Dimension, Measure, Publication
from piperoll.register.model.register import Register
from piperoll.tabulate import Hierarchy, identity_of


MARKS = ("b", "c", "cr", "e", "p", "r", "u", "w", "x", "z")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,9})?\Z")
_BRACKETED = re.compile(r"\[([a-z]{1,4})\]")
_LONGEST = 40


class Figures:
    """Reads the rows of one file.

    Args:
        register: For code lists.
        publication: For measures and dimensions.
        where: Name of the file, for messages; the cells' table.
    """

    def __init__(self, register: Register, publication: Publication, where: str) -> None:
        self._register, self._publication, self._where = register, publication, where
        self._measures = {measure.name: measure for measure in publication.measures}
        self._dimensions = {dimension.name: dimension for dimension in publication.dimensions}

    def cells(self, columns: Columns, row: Mapping[str, str], number: int) -> Iterator[PublishedCell | Problem]:
        """The cells of a row, or what is wrong with it."""
        place = f"{self._where} row {number}"
        try:
            period = self._period(row[PERIOD].strip())
            codes = {name: self._code(name, row[column].strip()) for name, column in columns.codes.items()}
        except UserError as error:
            yield Problem(error.code, error.message, place, error.where, error.fix)
            return
        told = {name: code for name, code in codes.items() if code is not None}
        if columns.tidy:
            wanted = {row[MEASURE].strip(): (VALUE, columns.status)}
        else:
            wanted = dict(columns.figures)
        for name, (column, status) in wanted.items():
            measure = self._measures.get(name)
            if measure is None:
                yield _unknown(place, MEASURE, "measure", name, self._measures)
                continue
            marks = row[status] if status else ""
            if not columns.tidy and not row[column].strip() and not marks.strip():
                continue  # the measure is not given for this row
            try:
                value, kept = figure(row[column], marks, measure)
            except UserError as error:
                yield Problem(error.code, error.message, place, column, error.fix)
                continue
            identity = identity_of(self._register, self._publication, measure, period, told)
            yield PublishedCell(parse_identity(identity), self._where, value, bracketed(kept))

    @cache  # noqa: B019 - lives as long as one file is read
    def _period(self, text: str) -> Period:
        try:
            return Period.parse(text)
        except UserError as error:
            raise UserError("PR-E042", f"{_short(text)} is no period.", where=PERIOD, fix=error.fix) from None

    @cache  # noqa: B019 - lives as long as one file is read
    def _code(self, name: str, text: str) -> str | None:
        """The code; None where the dimension is at its whole."""
        dimension = self._dimensions[name]
        known = self._known(name)
        if text in known:
            return text
        if text.startswith("'") and text[1:] in known:
            return text[1:]  # as a CSV guards a code that a spreadsheet would run
        if not text:
            if Hierarchy(self._register, dimension).top is not None:
                return None
            raise UserError("PR-E042", "there is no code.", where=name, fix="The dimension has no whole: give a code.")
        near = get_close_matches(text, known, n=1)
        raise UserError(
            "PR-E042",
            f"{_short(text)} is no code of it.",
            where=name,
            fix=f"Did you mean `{near[0]}`?" if near else f"Known codes are {_some(known)}.",
        )

    @cache  # noqa: B019 - lives as long as one file is read
    def _known(self, name: str) -> dict[str, None]:
        dimension: Dimension = self._dimensions[name]
        return {code: None for step in Hierarchy(self._register, dimension).steps for code in step.codes}


def figure(text: str, status: str, measure: Measure) -> tuple[str, tuple[str, ...]]:
    """A figure as the ledger keeps it, and its marks.

    Args:
        text: As the file has it: a number, or a mark in brackets, or nothing.
        status: Marks, with or without brackets, a space between two.

    Raises:
        UserError: ``PR-E041``.
    """
    text, fix = text.strip(), "Write digits alone, or leave it empty and give a mark in the status column."
    marks = {*_BRACKETED.findall(text), *re.sub(r"[\[\]]", " ", status).split()}
    bare = _BRACKETED.sub("", text).strip()
    if wrong := sorted(marks - set(MARKS)):
        raise UserError("PR-E041", f"{_short(wrong[0])} is no mark.", fix=f"Marks are {', '.join(MARKS)}.")
    if not bare:
        if not marks & {"c", "x", "z", "w", "u"}:
            raise UserError("PR-E041", "there is neither a figure nor a mark that says why.", fix=fix)
        return "", tuple(sorted(marks))
    if not _NUMBER.match(bare):
        what = "is a formula" if bare.startswith(FORMULA_STARTS) else "is no number"
        raise UserError("PR-E041", f"{_short(bare)} {what}.", fix=fix)
    value = float(bare)
    if value < 0 and measure.kind != "change":
        raise UserError("PR-E041", "the figure is negative.", fix="Only a change can be.")
    if measure.kind in COUNTS and measure.decimals == 0 and value != int(value):
        raise UserError("PR-E041", "the count is no whole number.", fix="Give it as it was published.")
    if "c" in marks:
        raise UserError("PR-E041", "the figure is shown and marked as hidden.", fix="Take out one of the two.")
    return published_text(value, measure.decimals), tuple(sorted(marks))


def _unknown(place: str, column: str, what: str, text: str, known: Mapping[str, object]) -> Problem:
    near = get_close_matches(text, list(known), n=1)
    fix = f"Did you mean `{near[0]}`?" if near else f"Known are {_some(known)}."
    return Problem("PR-E042", f"{_short(text)} is no {what}.", place, column, fix)


def _some(known: Mapping[str, object]) -> str:
    names = list(known)
    return ", ".join(names[:8]) + (" ..." if len(names) > 8 else "")


def _short(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else text[:_LONGEST] + "...")
