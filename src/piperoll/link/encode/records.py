"""Records of some files as numbers, in an order that depends on nothing but which records there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.link.compare import program as op
from piperoll.link.compare.program import Coded
from piperoll.link.encode.aliases import Slot, slots, spread
from piperoll.link.encode.columns import FARTHEST, Columns, prepared
from piperoll.link.encode.lists import members, texts
from piperoll.link.encode.values import Values, encode, fingerprints, kinds_of, mix, spell, union
from piperoll.link.spec.declared import FieldSpec
from piperoll.link.spec.terms import Term, Test
from piperoll.register.model.codes import IdentifierCheck


_SPELLED = frozenset({op.JARO_WINKLER, op.EDITS, op.EDITS_SWAPS, op.START, op.INITIAL, op.JARO_WINKLER_CROSSED,
                      op.JARO})  # fmt: skip


@dataclass(frozen=True)
class Records:
    """All records of a linkage.

    Attributes:
        files: Names of the files.
        file: int16 (records,): of each record, position in ``files``.
        ids: Name of each record in its file.
        rows: int64 (records,): position in its file.
        columns: Cleaned columns, in the order of the records; then a row for each further name of a record.
        whose: Empty where no record has further names, else int32 (rows of columns,): the record of each row.
    """

    files: tuple[str, ...]
    file: np.ndarray
    ids: pl.Series
    rows: np.ndarray
    columns: Columns
    whose: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))

    @property
    def row_file(self) -> np.ndarray:
        """int16 (rows of columns,): the file of each row."""
        return self.file[self.whose] if len(self.whose) else self.file

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Dense:
    """Codes whose frequencies are known: record counts int64 by code, less ``start``, in column ``column``."""

    column: int
    start: int
    counts: np.ndarray


@dataclass(frozen=True)
class Texts:
    """Texts of a column: number ``start + k`` is the ``k``-th of ``distinct``."""

    start: int
    distinct: pl.Series


@dataclass(frozen=True)
class Layout:
    """Where columns lie among the codes of ``coded``.

    Attributes:
        at: Position of each column that levels compare.
        dense: For columns with adjusted frequencies.
        texts: For columns of texts, which text a number stands for.
    """

    coded: Coded
    at: Mapping[Term, int]
    dense: Mapping[Term, Dense]
    texts: Mapping[Term, Texts]

    def counted(self, of: np.ndarray) -> Layout:
        """The same with frequencies counted among some records, bool (records,)."""
        dense = {}
        for term, each in self.dense.items():
            codes = self.coded.codes[of, each.column]
            counts = np.bincount(codes[codes >= 0] - each.start, minlength=len(each.counts))
            dense[term] = Dense(each.column, each.start, counts)
        return Layout(self.coded, self.at, dense, self.texts)


def read_records(
    frames: Mapping[str, pl.DataFrame],
    fields: Sequence[FieldSpec],
    record: str = "",
    checks: Mapping[str, IdentifierCheck] = MappingProxyType({}),
) -> Records:
    """Bring the files' records into canonical order: by a fingerprint of file and record.

    Records that bear no name go by what is known of them, so that the order of rows decides nothing.

    Raises:
        UserError: ``PR-L003`` for a column that a file does not have, ``PR-L004`` for a record named twice or not.
    """
    names = tuple(frames)
    ids, prints, file, rows = [], [], [], []
    for number, (name, frame) in enumerate(frames.items()):
        own = _ids(name, frame, record)
        ids.append(own)
        prints.append(fingerprints(own, seed=number + 1) if record else _contents(name, frame, fields, number + 1))
        file.append(np.full(len(own), number, np.int16))
        rows.append(np.arange(len(own)))
    mixed = np.concatenate(prints)
    order = np.argsort(mixed, kind="stable")
    all_ids, all_files = pl.concat(ids).gather(order), np.concatenate(file)[order]
    _refuse_twice(mixed[order], all_ids, all_files, names)
    raw: dict[str, Values] = {}
    for each in fields:
        parts = [_column(name, frame, each) for name, frame in frames.items()]
        raw[each.name] = encode(_one(parts)).taken(order)
    columns = Columns({each.name: each for each in fields}, raw, checks)
    whose = _further(frames, fields, order, columns)
    return Records(names, all_files, all_ids, np.concatenate(rows)[order], columns, whose)


def _further(
    frames: Mapping[str, pl.DataFrame], fields: Sequence[FieldSpec], order: np.ndarray, columns: Columns
) -> np.ndarray:
    """Whose each row is, further names of records in ``columns`` from now on; empty if there are none."""
    further: dict[str, dict[Slot, Values]] = {}
    for each in fields:
        for column in each.also:
            if not any(column in frame.columns for frame in frames.values()):
                first, frame = next(iter(frames.items()))
                raise _lacks(first, column, frame.columns)
        if each.also:
            came = slots(each, frames, order)
            further[each.name] = {slot: prepared(each, values) for slot, values in came.items()}
    if not further:
        return np.zeros(0, np.int32)
    whose, made = spread({name: columns[Term(name)] for name in further}, further)
    if len(whose) == len(order):
        return np.zeros(0, np.int32)
    columns.spread(whose, made)
    return whose


def in_order(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Files by name: in which order they are given tells nothing of people."""
    return dict(sorted(frames.items()))


def _contents(name: str, frame: pl.DataFrame, fields: Sequence[FieldSpec], seed: int) -> np.ndarray:
    """A fingerprint of what each row holds, and of how many rows before it hold the same."""
    mixed = np.full(frame.height, seed, np.uint64)
    for each in fields:
        values = encode(_column(name, frame, each).cast(pl.String))
        told = np.append(fingerprints(values.distinct), np.uint64(0))
        mixed = mix(mixed, told[values.codes])
    order = np.argsort(mixed, kind="stable")
    begins = np.append(True, mixed[order][1:] != mixed[order][:-1])[: len(order)]
    places = np.arange(len(order), dtype=np.uint64)
    before = np.empty(len(order), np.uint64)
    before[order] = places - np.maximum.accumulate(np.where(begins, places, np.uint64(0)))
    return mix(mixed, before)


def _one(parts: list[pl.Series]) -> pl.Series:
    if len({part.dtype for part in parts}) > 1:
        parts = [part.cast(pl.String) for part in parts]
    return pl.concat([part.rename("") for part in parts])


def _ids(name: str, frame: pl.DataFrame, record: str) -> pl.Series:
    if not record:
        return pl.Series("record", np.arange(1, frame.height + 1)).cast(pl.String)
    if record not in frame.columns:
        raise _lacks(name, record, frame.columns)
    ids = frame[record].cast(pl.String).rename("record")
    missing = ids.null_count() + int((ids == "").sum())
    if missing:
        raise UserError("PR-L004", f"{missing:,} records have no `{record}`.", where=name,
                        fix="Name each record, or leave `record` out of the specification.")  # fmt: skip
    return ids


def _lacks(name: str, column: str, columns: Iterable[str]) -> UserError:
    from piperoll.register.shape import nearest

    fix = nearest(column, columns) or f"Its columns are {', '.join(list(columns)[:30])}."
    return UserError("PR-L003", f"there is no column `{column}`.", where=name, fix=fix)


def _column(name: str, frame: pl.DataFrame, spec: FieldSpec) -> pl.Series:
    source = spec.column(name)
    if not source or (spec.optional and source not in frame.columns):
        return pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    if source not in frame.columns:
        raise _lacks(name, source, frame.columns)
    series = frame[source]
    if isinstance(series.dtype, pl.List):
        return texts(series)
    return series.cast(pl.String) if series.dtype in (pl.Categorical, pl.Enum) else series


def _refuse_twice(prints: np.ndarray, ids: pl.Series, files: np.ndarray, names: Sequence[str]) -> None:
    same = np.flatnonzero(prints[1:] == prints[:-1])
    if len(same):
        twice = (ids.gather(same) == ids.gather(same + 1)).to_numpy() & (files[same] == files[same + 1])
        if twice.any():
            name = names[files[same[twice][0]]]
            raise UserError("PR-L004", f"{int(twice.sum()):,} records bear the name of another one of the file.",
                            where=name, fix="Name each record once in the column given as `record`.")  # fmt: skip


def lay_out(records: Records, tests: Iterable[Test], tf: Iterable[Term]) -> Layout:
    """Codes of all columns that ``tests`` look at, side by side for each record; and those of ``tf`` columns."""
    wanted = list(tests)
    crossed = sorted(
        {column for test in wanted for column in test.columns if len(test.columns) == 2 and test.op != op.DATE_BEFORE}
    )
    spelled = {column for test in wanted if test.op in _SPELLED for column in test.columns}
    adjusted = set(tf)
    values = {term: records.columns[term] for test in wanted for term in test.columns}
    values |= {term: records.columns[term] for term in adjusted}
    values |= dict(zip(crossed, union([values[term] for term in crossed]), strict=True))
    spelt = [values[crossed[0]].distinct] if crossed else []
    base = len(spelt[0]) if spelt else 0
    lists: list[pl.Series] = []
    codes: list[np.ndarray] = []
    at: dict[Term, int] = {}
    dense: dict[Term, Dense] = {}
    named: dict[Term, Texts] = {}
    for term in sorted(values):
        each = values[term]
        at[term] = len(codes)
        start = 0
        if records.columns.is_date(term) or records.columns.is_number(term):
            codes.append(_numbers(each, FARTHEST if records.columns.is_number(term) else 0))
            if term in adjusted:
                dense[term] = Dense(len(codes), 0, each.counts())
                codes.append(each.codes)
            continue
        if records.columns.is_list(term):
            start = sum(map(len, lists))
            lists.append(each.distinct)
        elif term in spelled and term not in crossed:  # the text's number is its code from ``start`` on
            spelt.append(each.distinct)
            start, base = base, base + len(each.distinct)
        if term in adjusted:
            dense[term] = Dense(len(codes), start, each.counts())
        named[term] = Texts(start, each.distinct)
        codes.append(np.where(each.codes >= 0, each.codes + start, -1).astype(np.int32))
    return Layout(_coded(codes, spelt, lists, len(records.row_file)), at, dense, named)


def _numbers(values: Values, above: int) -> np.ndarray:
    """Dates as they are; numbers with ``above`` added, so that none is below zero, which is for null."""
    numbers = np.concatenate([values.distinct.to_numpy().astype(np.int64) + above, [-1]])
    return numbers[values.codes].astype(np.int32)


def _coded(codes: Sequence[np.ndarray], spelt: Sequence[pl.Series], lists: Sequence[pl.Series], count: int) -> Coded:
    table = np.ascontiguousarray(np.stack(codes, axis=1)) if codes else np.zeros((count, 1), np.int32)
    nothing = pl.Series([], dtype=pl.String)
    chars, offs, alphabet = spell(pl.concat([each.rename("") for each in spelt]) if spelt else nothing)
    inside, starts = members(lists) if lists else (np.zeros(1, np.int32), np.zeros(2, np.int64))
    return Coded(table.astype(np.int32), chars, offs, kinds_of(chars, offs), inside, starts, alphabet)
