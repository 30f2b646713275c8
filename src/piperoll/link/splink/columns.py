"""Columns that an exported linkage compares: fields cleaned, and what functions make of them, added before Splink runs.

::

    ready = prepare_columns(frames, linkage)     # give these to Splink with the settings of `write_settings`
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from piperoll.link.compare import program as op
from piperoll.link.compare.dates import number_of_day
from piperoll.link.encode.lists import apart
from piperoll.link.encode.records import Records, in_order, read_records
from piperoll.link.engine import Linked
from piperoll.link.spec.defaults import kind_of
from piperoll.link.spec.model import Linkage, Rule
from piperoll.link.spec.terms import Term


UNIQUE, SOURCE = "unique_id", "source_dataset"


class Names:
    """Names of the columns: of a field its own, of what is made of one that of the function and the field.

    Args:
        linkage: What compares them.
        rules: Rules that need some, too.
    """

    def __init__(self, linkage: Linkage, rules: Sequence[Rule]) -> None:
        terms = {column for test in linkage.tests for column in test.columns} | linkage.tf
        terms |= {term for rule in rules for term in rule.terms}
        self.dates = {each.name for each in linkage.fields if kind_of(each) == "date"}
        self.days = {test.columns[0] for test in linkage.tests if test.op == op.DATE_DAYS}
        taken = {UNIQUE, SOURCE}
        self.of: dict[Term, str] = {}
        self.of_days: dict[Term, str] = {}
        for term in sorted(terms, key=lambda each: (bool(each.function), each)):
            parts = [term.function, term.field, term.other, *map(str, term.arguments)]
            self.of[term] = _free("_".join(part for part in parts if part), taken)
        for term in sorted(self.days):
            self.of_days[term] = _free(f"{term.field}_days", taken)


def _free(name: str, taken: set[str]) -> str:
    name = re.sub(r"\W", "_", name)
    while name.lower() in taken:
        name += "_"
    taken.add(name.lower())
    return name


def prepare_columns(
    frames: Mapping[str, pl.DataFrame], linkage: Linked | Linkage, rules: Sequence[Rule] | None = None
) -> dict[str, pl.DataFrame]:
    """Records as exported settings expect them: names of record and file, and a column for each thing compared.

    The names are ``unique_id`` and ``source_dataset``. Dates are texts YYYYMMDD, 00 for a part that is not known; where
    days between dates count, their numbers are a column of its own.

    Args:
        linkage: What `write_settings` was given.
        rules: Blocking rules, if it was given some.

    Returns:
        By file, as many records as came, in their order.

    Raises:
        UserError: ``PR-L003``, ``PR-L004`` for the files.
    """
    linkage, rules = whole(linkage, rules)
    fields = [replace(each, also=()) for each in linkage.fields]  # further names are nothing that Splink has
    records = read_records(in_order(frames), fields, linkage.declared.record)
    names = Names(linkage, rules)
    files = pl.Series(np.array(records.files)[records.file], dtype=pl.String)
    out = {UNIQUE: records.ids, SOURCE: files}
    for term, name in names.of.items():
        out[name] = _values(records, term, names)
    for term, name in names.of_days.items():
        dates = records.columns[term]
        days = pl.Series([number_of_day(date) for date in dates.distinct.to_list()], dtype=pl.Int32)
        out[name] = _spread(dates.codes, days)
    frame = pl.DataFrame({name: series.rename(name) for name, series in out.items()})
    frame = frame.with_columns(at=pl.Series(records.rows))
    return {file: frame.filter(pl.col(SOURCE) == file).sort("at").drop("at") for file in frames}


def whole(linkage: Linked | Linkage, rules: Sequence[Rule] | None) -> tuple[Linkage, Sequence[Rule]]:
    """A linkage, and its blocking rules: those that are given, that were used, or that are declared."""
    if isinstance(linkage, Linked):
        return linkage.ready.linkage, [each.rule for each in linkage.blocks] if rules is None else rules
    return linkage, [each for each in linkage.rules if each.given] if rules is None else rules


def frequencies(linked: Linked, rules: Sequence[Rule] | None = None) -> dict[str, pl.DataFrame]:
    """By column, its values and their shares as the engine has them, for Splink's ``register_term_frequency_lookup``.

    Splink counts all records; the engine counts a few of those that are the same in everything. Where there are none
    such, both are the same.
    """
    names, ready = Names(*whole(linked, rules)), linked.ready
    out = {}
    for term in sorted(ready.linkage.tf & set(ready.layout.dense)):
        name, counts = names.of[term], ready.layout.dense[term].counts
        texts = ready.layout.texts.get(term)
        lists = ready.records.columns.is_list(term)
        values = _distinct(ready.records, term, names) if texts is None or lists else texts.distinct
        table = pl.DataFrame({name: values, f"tf_{name}": counts / max(counts.sum(), 1)})
        out[name] = table.filter((pl.col(f"tf_{name}") > 0) & pl.col(name).is_not_null())
    return out


def _values(records: Records, term: Term, names: Names) -> pl.Series:
    return _spread(records.columns[term].codes, _distinct(records, term, names))


def _distinct(records: Records, term: Term, names: Names) -> pl.Series:
    values = records.columns[term].distinct
    if records.columns.is_list(term):
        return apart(values)
    if term.field in names.dates and not term.function:
        return values.cast(pl.String).str.zfill(8)
    return values


def _spread(codes: np.ndarray, distinct: pl.Series) -> pl.Series:
    at = pl.Series(np.where(codes < 0, 0, codes)).zip_with(pl.Series(codes >= 0), pl.Series([None], dtype=pl.Int64))
    return distinct.gather(at)
