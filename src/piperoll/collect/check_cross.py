"""Checks over several rows or datasets: keys, references, and the contract's ``sql`` rules."""

from __future__ import annotations

import re

from piperoll.collect.check_stage import KEY_PREFIX, Stage
from piperoll.collect.past import own_rows, view_of
from piperoll.collect.prepared import CheckContext
from piperoll.collect.rowcheck import RowCheck
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset, Rule
from piperoll.register.model.register import Register
from piperoll.store.codetables import PREFIX, create_code_tables
from piperoll.store.duck import DuckError, filled, quote_name, quote_text
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Part
from piperoll.store.vintage import Pending, create_view, view_name


_VIEW = re.compile(r"\b([A-Za-z][A-Za-z0-9_]*?)__([A-Za-z][A-Za-z0-9_]*)\b")


def late_checks(dataset: Dataset) -> list[RowCheck]:
    """The checks over several rows, in the order in which they are made."""
    found = []
    if dataset.key:
        key = ", ".join(dataset.key)
        words = "is delivered more than once, every field the same; the first is kept"
        found.append(RowCheck("G-V03", "E", key, "duplicate", "", words))
        words = "is delivered more than once with different content; none is kept"
        found.append(RowCheck("G-V03", "E", key, "conflict", "", words))
    for each in dataset.references:
        words = f"is not found in `{each.to}`, neither before nor in this delivery"
        found.append(RowCheck("G-V10", each.severity, ", ".join(each.fields), "parent", "", words))
    for rule in dataset.rules:
        if rule.sql is not None:
            fields = ", ".join(rule.fields)
            found.append(
                RowCheck(
                    rule.id, rule.severity, fields, "rule", "", rule.message, rule.question,
                    tolerance=rule.tolerance,
                )
            )  # fmt: skip
    return found


def run_late(staged: Stage, register: Register, context: CheckContext, first: int) -> None:
    """Make the checks of `late_checks`, whose bits begin at ``first``, and mark the rows that fail."""
    number = first
    if staged.dataset.key:
        _keys(staged, number)
        number += 2
    _this(staged, context)
    views = _Views(staged, register, context)
    for reference in staged.dataset.references:
        views.need(reference.to)
        own = [quote_name(each) for each in reference.fields]
        theirs = [quote_name(each) for each in reference.to_fields]
        on = " AND ".join(f"p.{b} = t.{a}" for a, b in zip(own, theirs, strict=True))
        there = " AND ".join(f"t.{a} IS NOT NULL" for a in own)
        places = (
            f"SELECT t._place FROM this_placed AS t WHERE {there} AND NOT EXISTS"
            f" (SELECT 1 FROM {quote_name(view_name(reference.to))} AS p WHERE {on})"
        )
        staged.mark(number, places)
        number += 1
    for rule in staged.dataset.rules:
        if rule.sql is None:
            continue
        for source, name in _VIEW.findall(rule.sql):
            views.need(f"{source}.{name}")
        _rule(staged, rule, number)
        number += 1


def _keys(staged: Stage, number: int) -> None:
    """Keys that come twice: of equal rows all but the first fail, of different ones all."""
    names = [
        quote_name(KEY_PREFIX + each) if staged.dataset.field(each).cls == "D" else quote_name(each)
        for each in staged.dataset.key
    ]
    key = ", ".join(names)
    there = " AND ".join(f"{each} IS NOT NULL" for each in names)
    # Hashes first: a key comes twice only where its hash does, and grouping by a number is cheap.
    hashes = (
        f"CREATE OR REPLACE TABLE _again_hashes AS SELECT hash({key}) AS h"
        f" FROM _stage WHERE {there} AND {staged.good} GROUP BY h HAVING count(*) > 1"
    )
    twice = (
        f"CREATE OR REPLACE TABLE _twice AS SELECT {key}, min(rowid) AS kept, min(_h) <> max(_h) AS differ"
        f" FROM _stage SEMI JOIN _again_hashes ON hash({key}) = h"
        f" WHERE {there} AND {staged.good} GROUP BY {key} HAVING count(*) > 1"
    )
    if not filled(staged.con, hashes) or not filled(staged.con, twice):
        return
    on = " AND ".join(f"s.{each} = t.{each}" for each in names)
    places = (
        "SELECT s.rowid AS place, t.differ FROM _stage AS s JOIN _twice AS t"
        f" ON {on} WHERE {staged.good} AND (t.differ OR s.rowid <> t.kept)"
    )
    staged.con.execute(f"CREATE OR REPLACE TABLE _again AS {places}").fetchall()
    staged.mark(number, "SELECT place FROM _again WHERE NOT differ")
    staged.mark(number + 1, "SELECT place FROM _again WHERE differ")


def _this(staged: Stage, context: CheckContext) -> None:
    """The views ``this`` and ``this_placed``: rows that nothing refuses so far, and the slot they are for."""
    slot = {"_supplier": context.supplier, "_period": context.period, "_delivery": context.delivery}
    told = [f"{quote_text(value)} AS {name}" for name, value in slot.items()]
    columns = ", ".join([*(quote_name(each) for each in staged.columns), *told, "_row"])
    for name, extra in (("this", ""), ("this_placed", ", _place")):
        staged.con.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT {columns}{extra} FROM staged WHERE {staged.good}")


class _Views:
    """Views of other datasets as of now, this delivery included, made when first needed."""

    def __init__(self, staged: Stage, register: Register, context: CheckContext) -> None:
        self._staged, self._register, self._context = staged, register, context
        self._made: set[str] = set()

    def need(self, key: str) -> None:
        """Make the view of a dataset or a code list (``codes.<list>``), unless it is there or nothing has this key."""
        context = self._context
        if key in self._made:
            return
        source, _, name = key.partition(".")
        if f"{source}__" == PREFIX and name in self._register.codes:
            self._made.add(key)
            create_code_tables(self._staged.con, self._register, [name])
            return
        try:
            dataset = self._register.dataset(key)
        except KeyError:
            return
        self._made.add(key)
        pending = None
        if key == context.key:
            last = max((part.sequence for part in context.parts), default=0)
            part = Part(key, context.supplier, context.period, last + 1, "", dataset.mode, context.delivery)
            pending = Pending(part, "this")
        past = context.past
        if past is not None and key in past.hidden:
            own = own_rows(dataset, pending.part, pending.relation) if pending else None
            narrow = past.narrow.get(key)
            view_of(self._staged.con, key, dataset, past.hidden[key], narrow, own, self._staged.dataset)
            return
        parts = [part for part in context.parts if part.dataset == key]
        corrections = [each for each in context.corrections if each.dataset == key]
        store = ObjectStore(context.store_root)
        create_view(self._staged.con, key, dataset, store, parts, corrections, pending)


def _rule(staged: Stage, rule: Rule, number: int) -> None:
    """Run one ``sql`` rule and mark its rows."""
    try:
        # Most rules find nothing: their rows are looked up only then. Rows are numbered from 1, and the comparison lets
        # a rule whose _row is no number fail, though it finds nothing.
        found = f"SELECT f._row FROM ({rule.sql}) AS f WHERE f._row >= CAST(0 AS BIGINT)"
        if filled(staged.con, f"CREATE OR REPLACE TABLE _failing AS {found}"):
            staged.mark(number, "SELECT t._place FROM this_placed AS t WHERE t._row IN (SELECT _row FROM _failing)")
    except DuckError as error:
        if type(error).__name__ in ("OutOfMemoryException", "IOException", "InterruptException"):
            raise
        # What DuckDB says may quote the data, so it is not repeated.
        raise UserError(
            "PR-C052",
            f"The SQL of the rule {rule.id} does not run ({type(error).__name__}).",
            where=staged.dataset.name,
            fix="It must SELECT a column _row from `this` and views named <source>__<dataset>.",
        ) from None
