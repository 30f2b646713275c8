"""A linkage of Piperoll as Splink settings, for Splink to score as Piperoll does.

::

    settings = write_settings(linked)
    frames = prepare_columns(frames, linked.ready.linkage)      # cleaned, with the columns that the settings need

What Splink has nothing for is refused by name, not left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from piperoll.errors import UserError
from piperoll.link.block.groups import Mode
from piperoll.link.compare import program as op
from piperoll.link.engine import Linked
from piperoll.link.estimate.chances import Chances
from piperoll.link.estimate.train import Trained
from piperoll.link.spec.model import Comparison, Level, Linkage, Rule
from piperoll.link.spec.terms import Test
from piperoll.link.splink.columns import SOURCE, UNIQUE, Names, whole
from piperoll.link.splink.dates import date_sql
from piperoll.link.splink.model import LEAST
from piperoll.link.splink.read import trained as written_in


WITHOUT = ("relatives", "vetoes", "one_each", "also")  # what may be left out, by those who know
_TYPES = {"dedupe": "dedupe_only", "link": "link_only", "both": "link_and_dedupe"}
_CALLED: dict[str, dict[int, str]] = {
    "duckdb": {op.JARO_WINKLER: "jaro_winkler_similarity", op.JARO_WINKLER_CROSSED: "jaro_winkler_similarity",
               op.JARO: "jaro_similarity", op.EDITS: "levenshtein", op.EDITS_SWAPS: "damerau_levenshtein"},
    "spark": {op.JARO_WINKLER: "jaro_winkler", op.JARO_WINKLER_CROSSED: "jaro_winkler", op.JARO: "jaro_sim",
              op.EDITS: "levenshtein", op.EDITS_SWAPS: "damerau_levenshtein"},
}  # fmt: skip


def write_settings(
    linkage: Linked | Linkage,
    trained: Trained | None = None,
    *,
    dialect: str = "duckdb",
    mode: Mode | None = None,
    rules: Sequence[Rule] | None = None,
    without: Collection[str] = (),
) -> dict[str, Any]:
    """Settings for Splink 4 or 5.

    Args:
        linkage: What was linked; or a linkage, then with ``trained``, if its chances are not written in it.
        dialect: Whose SQL: ``duckdb`` or ``spark``.
        mode: What is linked with what; by default as it was, or as declared, or records of one file.
        rules: Blocking rules; by default those that were used, or that are declared.
        without: Of ``relatives``, ``vetoes``, ``one_each``, ``also``: what is left out all the same.

    Raises:
        UserError: ``PR-L022`` for what Splink lacks, ``PR-L025`` without chances.
    """
    if isinstance(linkage, Linked):
        trained = linkage.trained if trained is None else trained
        mode = linkage.ready.mode if mode is None else mode
    linkage, rules = whole(linkage, rules)
    if trained is None:
        trained = written_in(linkage)
    lacking = [*_lacking(linkage, trained, without), *_beyond(linkage, trained.chances)]
    if lacking:
        raise UserError("PR-L022", f"Splink has nothing for {'; '.join(lacking)}.", where=linkage.declared.linkage,
                        fix=f"Leave {', '.join(WITHOUT)} out by name, or replace the level.")  # fmt: skip
    writer = _Writer(Names(linkage, rules), dialect)
    return {
        "link_type": _TYPES[mode or linkage.mode(1)],
        "probability_two_random_records_match": trained.prior,
        "unique_id_column_name": UNIQUE,
        "source_dataset_column_name": SOURCE,
        "retain_intermediate_calculation_columns": True,
        "blocking_rules_to_generate_predictions": [writer.rule(each) for each in rules],
        "comparisons": [
            writer.comparison(each, m, u)
            for each, m, u in zip(linkage.comparisons, trained.chances.m, trained.chances.u, strict=True)
        ],
        "sql_dialect": dialect,
    }


def _lacking(linkage: Linkage, trained: Trained, without: Collection[str]) -> Iterator[str]:
    """What concerns the linkage as a whole."""
    if trained.chances.r and "relatives" not in without:
        yield "the class of relatives (`relatives`)"
    if linkage.vetoes and "vetoes" not in without:
        yield f"vetoes such as `{linkage.vetoes[0].text}` (`vetoes`)"
    if linkage.declared.one_each and "one_each" not in without:
        yield "files in which no person is twice (`one_each`)"
    if any(each.also for each in linkage.fields) and "also" not in without:
        yield "further names of a record (`also`)"


def _beyond(linkage: Linkage, chances: Chances) -> Iterator[str]:
    """Levels that no SQL of Splink's databases says."""
    for comparison, u in zip(linkage.comparisons, chances.u, strict=True):
        for number, level in enumerate(comparison.said):
            for test in _tests(level):
                if test.op == op.EDITS_SWAPS and test.number > 1:
                    yield f"`{level.spec.when}`: with exchanged letters its databases count otherwise beyond one"
            term = comparison.adjusted(level)
            if term is None:
                continue
            if level.spec.when == "else":
                yield f"an adjustment for frequency of what is left of `{comparison.name}`"
            elif _start(comparison, level, number, u) is None:
                yield f"an adjustment of `{level.spec.when}` without a level at which `{term}` is equal"


def _start(comparison: Comparison, level: Level, number: int, u: np.ndarray) -> bool | None:
    """Whether an adjustment starts from the level's own u; None where it starts from what Splink has nothing for."""
    term = comparison.adjusted(level)
    exact = [at for at, each in enumerate(comparison.said) if each.exact == term]
    equal = float(u[comparison.equal_at(term)].sum()) if term else 0.0
    start = equal if level.spec.tf_from is None else level.spec.tf_from
    if exact and start == u[exact[0]]:
        return False
    return True if start == u[number] else None


def _tests(level: Level) -> Iterator[Test]:
    return (test for tests in level.clauses.alternatives for test in tests)


class _Writer:
    """SQL over the columns of ``names``."""

    def __init__(self, names: Names, dialect: str) -> None:
        self.names, self.dialect = names, dialect
        self.quote = '"' if dialect == "duckdb" else "`"

    def rule(self, rule: Rule) -> dict[str, str]:
        """A blocking rule."""
        columns = [self.quoted(self.names.of[term]) for term in rule.terms]
        sql = " AND ".join(f"l.{column} = r.{column}" for column in columns)
        return {"blocking_rule": sql, "sql_dialect": self.dialect}

    def comparison(self, comparison: Comparison, m: np.ndarray, u: np.ndarray) -> dict[str, Any]:
        """A comparison with its levels; those after the first that always holds are never asked."""
        levels = []
        for number, level in zip(comparison.numbers, comparison.levels, strict=True):
            sql = self.condition(level)
            entry: dict[str, Any] = {"sql_condition": sql, "label_for_charts": level.label}
            if level.spec.null:
                entry["is_null_level"] = True
            else:
                entry["m_probability"] = max(float(m[number - 1]), LEAST)
                entry["u_probability"] = max(float(u[number - 1]), LEAST)
                entry |= self.adjustment(comparison, level, number - 1, u)
            levels.append(entry)
            if sql == "ELSE":
                break
        return {"output_column_name": re.sub(r"\W", "_", comparison.name), "comparison_levels": levels}

    def adjustment(self, comparison: Comparison, level: Level, number: int, u: np.ndarray) -> dict[str, Any]:
        """Keys of the adjustment for frequency."""
        term = comparison.adjusted(level)
        if term is None:
            return {}
        out: dict[str, Any] = {"tf_adjustment_column": self.names.of[term], "tf_adjustment_weight": level.spec.tf}
        if level.spec.tf_least:
            out["tf_minimum_u_value"] = level.spec.tf_least
        if _start(comparison, level, number, u):
            out["disable_tf_exact_match_detection"] = True
        return out

    def condition(self, level: Level) -> str:
        """The condition of a level; ELSE where it always holds."""
        if any(not tests for tests in level.clauses.alternatives):
            return "ELSE"
        either = [" AND ".join(self.test(test, len(tests) == 1) for test in tests)
                  for tests in level.clauses.alternatives]  # fmt: skip
        return either[0] if len(either) == 1 else " OR ".join(f"({each})" for each in either)

    def test(self, test: Test, alone: bool) -> str:
        """A test; a null answers no, as it does in the engine."""
        sql = self.positive(test)
        if test.negated:
            return f"NOT coalesce({sql}, FALSE)"
        return sql if alone else f"({sql})"

    def positive(self, test: Test) -> str:
        """A test, not negated."""
        column, number = test.columns[0], test.number
        left, right = self.sides(self.names.of[column])
        whole = int(number)
        if test.op == op.EQUAL:
            return f"{left} = {right}"
        if test.op == op.NULL:
            return f"{left} IS NULL OR {right} IS NULL"
        if test.op in (op.CROSSED, op.CROSSED_ONE, op.JARO_WINKLER_CROSSED):
            return self.crossed(test)
        if test.op in (op.JARO_WINKLER, op.JARO):
            return f"{self.called(test)}({left}, {right}) >= {number!r}"
        if test.op in (op.EDITS, op.EDITS_SWAPS):
            return f"{self.called(test)}({left}, {right}) <= {whole}"
        if test.op == op.START:
            return (f"length({left}) >= {whole} AND length({right}) >= {whole} "
                    f"AND substr({left}, 1, {whole}) = substr({right}, 1, {whole})")  # fmt: skip
        if test.op == op.INITIAL:
            least = f"least(length({left}), length({right}))"
            return f"{least} BETWEEN 1 AND {whole} AND substr({left}, 1, {least}) = substr({right}, 1, {least})"
        if test.op == op.DATE_DAYS:
            left, right = self.sides(self.names.of_days[column])
            return f"abs({left} - {right}) <= {number!r}"
        if test.op == op.NUMBER_WITHIN:
            return f"abs({left} - {right}) <= {number!r}"
        if test.op == op.SHARED:
            size, common = ("len", "list_intersect") if self.dialect == "duckdb" else ("size", "array_intersect")
            return f"{size}({common}({left}, {right})) >= {whole}"
        return date_sql(test.op, whole, left, right)

    def crossed(self, test: Test) -> str:
        """Two columns, each against the other."""
        (a_l, a_r), (b_l, b_r) = (self.sides(self.names.of[column]) for column in test.columns)
        if test.op == op.CROSSED:
            return f"{a_l} = {b_r} AND {a_r} = {b_l}"
        if test.op == op.CROSSED_ONE:
            return f"{a_l} = {b_r} OR {a_r} = {b_l}"
        like = self.called(test)
        return f"{like}({a_l}, {b_r}) >= {test.number!r} AND {like}({a_r}, {b_l}) >= {test.number!r}"

    def called(self, test: Test) -> str:
        """Name of the database's function."""
        return _CALLED[self.dialect][test.op]

    def sides(self, column: str) -> tuple[str, str]:
        """A column of both records."""
        return self.quoted(f"{column}_l"), self.quoted(f"{column}_r")

    def quoted(self, name: str) -> str:
        """A name as the dialect writes it."""
        return f"{self.quote}{name}{self.quote}"
