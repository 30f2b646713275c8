"""A linked population in memory: explain any pair of it, and look a record up in it.

::

    population = Population.of(linked)
    population.explain(a, b)                          # a pair, in words
    population.search({"forename": "Jon", ...})       # those most like a record, in milliseconds

`kept` writes it to disk and reads it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.link import tables
from piperoll.link.cluster.names import further_names, rows_of
from piperoll.link.compare.program import Coded, Program, compare
from piperoll.link.encode.columns import FARTHEST, derive, prepared
from piperoll.link.encode.values import encode, kinds_of, spell
from piperoll.link.engine import Linked
from piperoll.link.explain.lookup import Lookup
from piperoll.link.explain.parts import Parts, parts
from piperoll.link.score.scan import Weights
from piperoll.link.spec.defaults import kind_of
from piperoll.link.spec.model import Linkage
from piperoll.link.spec.terms import UNORDERED, Term
from piperoll.register.shape import nearest


MOST_CANDIDATES = 20_000


@dataclass(frozen=True)
class Column:
    """A column of the population.

    Attributes:
        values: Its distinct values.
        codes: int32 (records,): which each record has; -1 for none.
        order: int32 (records,): records by value.
        starts: int64 (values + 1,): where each value's records begin in ``order``.
    """

    values: Lookup
    codes: np.ndarray
    order: np.ndarray
    starts: np.ndarray

    def records(self, code: int) -> np.ndarray:
        """Records that have it."""
        return self.order[self.starts[code] : self.starts[code + 1]] if code >= 0 else self.order[:0]


@dataclass(frozen=True)
class Found:
    """A record of the population that is like the one looked up."""

    row: int
    file: str
    record: str
    person: str
    weight: float
    probability: float


class Population:
    """See the module.

    Args:
        columns: For each term of rules and levels, its values and who has them.
        texts: For each text column of the codes, number of its first text and texts.
        at: Position of each term among the codes; ``dense`` that of codes with frequencies, where it is another.
        names: ``file``, ``record`` and ``person`` of each record.
        whose: Empty, or int32 (rows,): whose each row is, where records have further names.
    """

    def __init__(
        self,
        linkage: Linkage,
        rules: Sequence[tuple[Term, ...]],
        coded: Coded,
        program: Program,
        weights: Weights,
        columns: Mapping[Term, Column],
        texts: Mapping[Term, tuple[int, Lookup]],
        at: Mapping[Term, int],
        dense: Mapping[Term, int],
        names: pl.DataFrame,
        whose: np.ndarray | None = None,
    ) -> None:
        self.whose = np.zeros(0, np.int32) if whose is None else whose
        self.further = further_names(self.whose, len(names))
        self.linkage, self.rules, self.coded, self.program, self.weights = linkage, rules, coded, program, weights
        self.columns, self.texts, self.at, self.dense, self.names = (
            dict(columns),
            dict(texts),
            dict(at),
            dict(dense),
            names,
        )

    @classmethod
    def of(cls, linked: Linked) -> Population:
        """The population of a linkage that has just been made."""
        ready = linked.ready
        texts = {text.partition(";")[0] for text in linked.empty}  # one record alone may have what is looked up
        empty = [each.terms for each in ready.linkage.rules if each.text in texts]
        rules = list(dict.fromkeys([*(each.rule.terms for each in linked.blocks), *empty]))
        terms = {term for rule in rules for term in rule if term.function != UNORDERED}
        terms |= {Term(name) for rule in rules for term in rule if term.function == UNORDERED for name in term.fields}
        columns = {}
        for term in sorted(terms):
            values = ready.records.columns[term]
            order = np.argsort(values.codes, kind="stable").astype(np.int32)
            counts = values.counts()
            nothing = len(values.codes) - int(counts.sum())
            starts = np.concatenate([[0], np.cumsum(counts)]) + nothing
            columns[term] = Column(Lookup(values.distinct), values.codes, order, starts.astype(np.int64))
        names = pl.DataFrame({
            "file": pl.Series(np.array(ready.records.files)[ready.records.file], dtype=pl.String),
            "record": ready.records.ids, "person": tables.person_ids(linked),
        })  # fmt: skip
        return cls(
            ready.linkage, rules, ready.layout.coded, ready.program, linked.weights, columns,
            {term: (each.start, Lookup(each.distinct)) for term, each in ready.layout.texts.items()}, ready.layout.at,
            {term: each.column for term, each in ready.layout.dense.items()}, names, ready.records.whose,
        )  # fmt: skip

    # --- pairs -------------------------------------------------------------------------------------------------------

    def row(self, name: str) -> int:
        """Position of a record named ``record`` or ``file/record``.

        Raises:
            UserError: ``PR-L008`` if there is none, or several.
        """
        rows = self.names.with_row_index().filter(pl.col("record") == name)
        if rows.is_empty() and "/" in name:
            file, _, record = name.partition("/")
            rows = self.names.with_row_index().filter((pl.col("record") == record) & (pl.col("file") == file))
        if rows.height != 1:
            message = "there is no record of that name." if rows.is_empty() else "several files have such a record."
            fix = "Name it as clusters.parquet does; write FILE/RECORD where files share names."
            raise UserError("PR-L008", message, fix=fix)
        return int(rows["index"][0])

    def levels(self, left: np.ndarray, right: np.ndarray, coded: Coded | None = None) -> np.ndarray:
        """Levels of pairs, uint8 (comparisons, pairs)."""
        out = np.zeros((len(self.program.starts) - 1, max(len(left), 1)), np.uint8)
        one, other = left.astype(np.int32), right.astype(np.int32)
        compare(self.program, coded or self.coded, one, other, len(left), out)
        return out[:, : len(left)]

    def pair(self, a: int, b: int) -> tuple[np.ndarray, Parts]:
        """Levels and parts of the weight of two records of the population, under the names that agree best."""
        one, other = (np.array([each]) for each in self.nearest(a, b))
        levels = self.levels(one, other)
        codes = self.coded.codes
        return levels[:, 0], parts(self.weights, levels, codes[one], codes[other], np.ones(codes.shape[1], bool))

    def nearest(self, a: int, b: int) -> tuple[int, int]:
        """Rows of two records' names that agree best: themselves where they have no further ones."""
        a, b = min(a, b), max(a, b)
        if not len(self.further):
            return a, b
        ours, theirs = rows_of(self.further, a), rows_of(self.further, b)
        one, other = np.repeat(ours, len(theirs)), np.tile(theirs, len(ours))
        left, right = np.minimum(one, other), np.maximum(one, other)
        codes = self.coded.codes
        found = parts(self.weights, self.levels(left, right), codes[left], codes[right], np.ones(codes.shape[1], bool))
        best = int(np.argmax(found.total))
        return int(one[best]), int(other[best])

    def values(self, row: int) -> dict[str, str]:
        """What is known of a record, by field: cleaned, as it is compared."""
        out = {}
        for term, place in self.at.items():
            code = int(self.coded.codes[row, place])
            if not term.function and code >= 0:
                start, lookup = self.texts.get(term, (0, None))
                out[term.field] = str(code) if lookup is None else str(lookup.distinct[code - start])
        return out

    def side_by_side(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Pairs, as pairs.parquet has them, with what both records hold: ``FIELD_l``, ``FIELD_r``."""
        at = {(file, record): k for k, (file, record) in enumerate(self.names.select("file", "record").iter_rows())}
        fields = [each.name for each in self.linkage.fields if Term(each.name) in self.at]
        out = pairs
        for side in ("l", "r"):
            held = [self.values(at[row]) for row in pairs.select(f"file_{side}", f"record_{side}").iter_rows()]
            out = out.with_columns(
                pl.Series(f"{name}_{side}", [each.get(name, "") for each in held], dtype=pl.String) for name in fields
            )
        order = [f"{name}_{side}" for name in fields for side in ("l", "r")]
        first = [each for each in pairs.columns if each.startswith(("file", "record")) or each in ("weight",)]
        rest = [each for each in pairs.columns if each not in first]
        return out.select(*first, *order, *rest)

    # --- looking up --------------------------------------------------------------------------------------------------

    def search(self, record: Mapping[str, Any], most: int = 10) -> list[Found]:
        """Records most like ``record``, a mapping from fields to values as they come; the best first.

        Raises:
            UserError: ``PR-L009`` for a field that the linkage does not have.
        """
        cleaned = self._cleaned(record)
        values = {term: _value(term, cleaned) for term in {*self.columns, *self.at}}
        rows = self._candidates(values)
        if not len(rows):
            return []
        row, coded, known = self._coded(values, rows)
        count = len(rows)
        levels = self.levels(np.arange(count), np.full(count, count), coded)
        found = parts(self.weights, levels, coded.codes[:count], np.repeat(row[None, :], count, axis=0), known)
        whose = self.whose[rows] if len(self.whose) else rows
        best = np.lexsort((whose, -found.total))
        if len(self.whose):  # a record once, under the name that is nearest
            best = best[np.sort(np.unique(whose[best], return_index=True)[1])]
        out = []
        for k in best[:most]:
            file, name, person = self.names.row(int(whose[k]))
            weight = max(min(float(found.total[k]), 1000.0), -1000.0)
            out.append(Found(int(whose[k]), file, name, person, weight, 1 / (1 + 2.0**-weight)))
        return out

    def _cleaned(self, record: Mapping[str, Any]) -> dict[str, pl.Series]:
        fields = {each.name: each for each in self.linkage.fields}
        for name in record:
            if name not in fields:
                raise UserError("PR-L009", f"`{name}` is no field of the linkage.",
                                fix=nearest(name, fields) or f"Fields are {', '.join(fields)}.")  # fmt: skip
        out = {}
        for name, spec in fields.items():
            values = prepared(spec, encode(pl.Series([record.get(name)], dtype=None if name in record else pl.String)))
            out[name] = values.distinct if values.codes[0] >= 0 else pl.Series([], dtype=values.distinct.dtype)
        return out

    def _candidates(self, values: Mapping[Term, Any]) -> np.ndarray:
        """Records that agree with the one looked up on some rule."""
        code = {term: column.values.find(values[term]) for term, column in self.columns.items()}
        out = []
        for rule in self.rules:
            ways = [[(term, code[term]) for term in rule if term.function != UNORDERED]]
            for term in rule:
                if term.function == UNORDERED:
                    one, other = Term(term.field), Term(term.other)
                    a, b = values[one], values[other]
                    turned = [(one, self.columns[one].values.find(b)), (other, self.columns[other].values.find(a))]
                    ways = [way + more for way in ways for more in ([(one, code[one]), (other, code[other])], turned)]
            out += [self._agreeing(way)[:MOST_CANDIDATES] for way in ways]
        return np.unique(np.concatenate(out)) if out else np.zeros(0, np.int32)

    def _agreeing(self, wanted: Sequence[tuple[Term, int]]) -> np.ndarray:
        """Records with all of these values: those with the rarest, filtered by the others."""
        first = min(range(len(wanted)), key=lambda k: len(self.columns[wanted[k][0]].records(wanted[k][1])))
        rows = self.columns[wanted[first][0]].records(wanted[first][1])
        for k, (term, code) in enumerate(wanted):
            if k != first and len(rows):
                rows = rows[self.columns[term].codes[rows] == code]
        return rows

    def _coded(self, values: Mapping[Term, Any], rows: np.ndarray) -> tuple[np.ndarray, Coded, np.ndarray]:
        """The record's codes, the candidates' codes with it at the end, and which of its values are known."""
        coded = self.coded
        row = np.full(coded.codes.shape[1], -1, np.int32)
        known = np.ones(len(row), bool)
        chars, offs, kinds = [coded.chars], [coded.offs], [coded.kinds]
        texts = len(coded.offs) - 1
        fresh: dict[str, int] = {}
        fields = {each.name: each for each in self.linkage.fields}
        for term, place in self.at.items():
            value = values[term]
            if value is None:
                continue
            if term not in self.texts:
                number = not term.function and kind_of(fields[term.field]) in ("number", "day")
                row[place] = int(value) + (FARTHEST if number else 0)
                if term in self.dense:
                    code = self.columns[term].values.find(value) if term in self.columns else -1
                    row[self.dense[term]], known[self.dense[term]] = max(code, 0), code >= 0
                continue
            start, lookup = self.texts[term]
            found = lookup.find(value)
            if found >= 0:
                row[place] = start + found
                continue
            known[place] = False
            if value not in fresh:
                fresh[value] = texts
                texts += 1
                more, ends, _ = spell(pl.Series([value]), coded.alphabet)
                chars.append(more)
                offs.append(offs[-1][-1:] + ends[1:])
                kinds.append(kinds_of(more, ends))
            row[place] = fresh[value]
        whole = np.concatenate([coded.codes[rows], row[None, :]])
        if fresh:
            coded = coded._replace(chars=np.concatenate(chars), offs=np.concatenate(offs), kinds=np.concatenate(kinds))
        return row, coded._replace(codes=np.ascontiguousarray(whole)), known


def _value(term: Term, cleaned: Mapping[str, pl.Series]) -> Any:
    base = cleaned[term.field]
    if not len(base):
        return None
    return derive(term, base)[0] if term.function else base[0]
