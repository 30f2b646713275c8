"""Which rows of other datasets a delivery's checks can depend on, read from the SQL of the rules.

A rule that joins a dataset to ``this`` by equality of a column sees nothing of rows whose column has no value
of ``this``. Where every use of the dataset is such a join by one column, its rows can be narrowed to those
values beforehand. Where that is not certain, nothing is narrowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlglot
from sqlglot import exp

from piperoll.register.model.contract import Dataset
from piperoll.store.vintage import view_name


Equalities = dict[str, set[str]]


def narrowing(dataset: Dataset, needed: list[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """For each dataset that can be narrowed: its column, and the columns of ``this`` that it is compared with."""
    out = {}
    for key in needed:
        uses = list(_uses(dataset, key))
        if not uses or any(use is None for use in uses):
            continue
        known = [use for use in uses if use is not None]
        shared = sorted(set.intersection(*(set(use) for use in known)))
        if shared:
            own = sorted(set().union(*(use[shared[0]] for use in known)))
            out[key] = (shared[0], tuple(own))
    return out


def _uses(dataset: Dataset, key: str) -> Iterator[Equalities | None]:
    for reference in dataset.references:
        if reference.to == key:
            yield {b: {a} for a, b in zip(reference.fields, reference.to_fields, strict=True)}
    view = view_name(key).casefold()
    # As a whole word: the name of one dataset may begin the name of another.
    named = re.compile(rf"\b{re.escape(view)}\b")
    for rule in dataset.rules:
        if rule.sql is None or not named.search(rule.sql.casefold()):
            continue
        try:
            tree = sqlglot.parse_one(rule.sql, dialect="duckdb")
        except sqlglot.errors.SqlglotError:
            yield None
            continue
        tables = [t for t in tree.find_all(exp.Table) if t.name.casefold() == view]
        if not tables or list(tree.find_all(exp.CTE)):
            yield None
        for table in tables:
            yield _equalities(table)


def _equalities(table: exp.Table) -> Equalities | None:
    """Columns of one use of the dataset that must equal a column of ``this`` for its row to be seen."""
    select = table.parent_select
    join = table.parent
    if not isinstance(select, exp.Select) or not isinstance(join, exp.Join) or join.this is not table:
        return None
    if join.args.get("using") or str(join.side or "").upper() in {"RIGHT", "FULL"} or join.args.get("method"):
        return None
    if str(join.kind or "").upper() in {"SEMI", "ANTI", "CROSS"} or join.args.get("on") is None:
        return None
    if any(str(other.side or "").upper() in {"RIGHT", "FULL"} for other in select.args.get("joins") or []):
        return None
    first = select.args.get("from") or select.args.get("from_")
    this = {t.alias_or_name for t in [first.this] if isinstance(t, exp.Table) and t.name == "this"} if first else set()
    alias = table.alias_or_name
    found: Equalities = {}
    for part in _conjuncts(join.args["on"]):
        if not isinstance(part, exp.EQ):
            continue
        sides = (part.left, part.right)
        for mine, theirs in (sides, sides[::-1]):
            if (
                isinstance(mine, exp.Column)
                and isinstance(theirs, exp.Column)
                and mine.table == alias
                and theirs.table in this
            ):
                found.setdefault(mine.name, set()).add(theirs.name)
    return found


def _conjuncts(condition: Any) -> Iterator[Any]:
    if isinstance(condition, exp.Paren):
        yield from _conjuncts(condition.this)
    elif isinstance(condition, exp.And):
        yield from _conjuncts(condition.left)
        yield from _conjuncts(condition.right)
    else:
        yield condition
