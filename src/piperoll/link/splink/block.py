"""Pairs that the blocking rules of a Splink model bring together, whatever SQL they are, by DuckDB.

As Splink does it: a rule is a join of the records with themselves; lists that a rule is to unpack give a record for
each of their values first; a pair that several rules find belongs to the first.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from sqlglot import exp

from piperoll.errors import UserError
from piperoll.link.splink.model import SplinkModel
from piperoll.link.splink.sql import for_duckdb, read_expression, read_rule
from piperoll.store.duck import Connection, quote_name


MOST = 50_000_000  # pairs, all rules together
Rule = tuple[str, tuple[str, ...]]  # SQL over l and r, and lists that are unpacked for it


def rule_columns(model: SplinkModel, rules: Sequence[Rule]) -> set[str]:
    """Columns that rules look at.

    Raises:
        UserError: ``PR-L021`` for SQL that is not run.
    """
    out = set()
    for sql, lists in rules:
        out |= {node.name for node in _checked(sql, model).find_all(exp.Column)} | set(lists)
    return out


def _checked(sql: str, model: SplinkModel) -> exp.Expression:
    """A rule as one scalar expression over columns of ``l`` and ``r``, each part of it known."""
    tree = read_rule(sql, model.dialect, model.name)

    def plain(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            side = node.table.lower()
            if side not in ("l", "r") or node.args.get("db"):
                raise UserError("PR-L021", f"the SQL is not run: `{node.name}` is a column of neither `l` nor `r`.",
                                where=model.name, fix="A rule's SQL is over columns `l.x` and `r.x`.")  # fmt: skip
            return exp.column(f"{node.name}_{side}", quoted=True)
        return node

    sides = tree.copy().transform(plain)
    assert isinstance(sides, exp.Expression)
    read_expression(for_duckdb(sides), "duckdb", model.name)
    return tree


def candidates(
    con: Connection, model: SplinkModel, rules: Sequence[Rule], across: str = "", most: int = MOST
) -> pl.DataFrame:
    """Pairs ``l`` < ``r`` (positions in the table ``records`` of ``con``) with ``rule``, the first that finds them.

    Args:
        across: Column of ``records`` in which the two of a pair are to differ; empty for none.

    Raises:
        UserError: ``PR-L029`` for more than ``most`` pairs; ``PR-L021``.
    """
    con.execute("CREATE TABLE candidates (l UINTEGER, r UINTEGER, rule SMALLINT)").fetchall()
    differ = f" AND l.{quote_name(across)} <> r.{quote_name(across)}" if across else ""
    found = 0
    for number, (sql, lists) in enumerate(rules):
        table = _unpacked(lists)
        said = for_duckdb(_checked(sql, model))
        con.execute(
            f"INSERT INTO candidates SELECT DISTINCT l.n, r.n, {number} FROM {table} l JOIN {table} r "
            f"ON ({said}) WHERE l.n < r.n{differ} LIMIT {most - found + 1}"
        ).fetchall()
        found = con.sql("SELECT count(*) FROM candidates").fetchall()[0][0]
        if found > most:
            short = " ".join(sql.split())
            raise UserError("PR-L029", f"the rules bring more than {most:,} pairs together, with `{short[:100]}`.",
                            where=model.name, fix="Give rules that find fewer: `--rule \"l.a = r.a AND l.b = r.b\"`.",
                            )  # fmt: skip
    return con.sql("SELECT l, r, min(rule) AS rule FROM candidates GROUP BY l, r ORDER BY l, r").pl()


def _unpacked(lists: Sequence[str]) -> str:
    table = "records"
    for name in lists:
        column = quote_name(name)
        table = f"(SELECT * EXCLUDE ({column}), unnest({column}) AS {column} FROM {table})"
    return table
