"""From one published number back to its rule, its models, its vintage, its deliveries and their receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from piperoll.derive import inputs_of, needed, plan
from piperoll.derive.lineage import Tracer
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.journal import Delivery, Published, Release, parse_identity
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import CountingRule, Measure, Publication
from piperoll.register.model.register import Register
from piperoll.release.locate import Place, find_cell, find_release
from piperoll.store.duck import quote_name, quote_text
from piperoll.tabulate import Hierarchy, find_table
from piperoll.tabulate.vintage import connection


@dataclass(frozen=True)
class Contribution:
    """A delivery whose records stand behind a cell, and how many of them.

    ``certain`` is False where the dataset has no key that leads from a counted row to its records: then it is every
    delivery that can hold them, with all its records.
    """

    delivery: Delivery
    records: int
    certain: bool = True


@dataclass(frozen=True)
class Step:
    """One counted measure behind a cell: its rule, its model, the datasets it rests on, the deliveries."""

    measure: Measure
    rule: CountingRule | None
    models: tuple[str, ...]
    datasets: tuple[str, ...]
    rows: int
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class Trace:
    """Everything an auditor asks of one published figure."""

    release: Release
    table: str
    place: Place
    value: str
    marks: str
    policy: Policy | None
    steps: tuple[Step, ...]
    history: tuple[Published, ...]


def trace(desk: Desk, release: str, table: str, cell: str) -> Trace:
    """Follow a published cell back.

    Args:
        desk: Register and home in which the release was made.
        release: Its id or directory.
        table: Name or number of the table.
        cell: The cell, see `piperoll.release.locate.find_cell`.

    Raises:
        UserError: ``PR-E030`` to ``PR-E033``: the release, the cell, or its figure in the table is not known.
    """
    found = find_release(desk, release)
    publication = desk.publication(found.publication)
    definition = find_table(publication, table)
    place = find_cell(desk.register, publication, definition, cell)
    desk.act("trace.read", f"release {found.id}", details={"table": definition.name, "cell": place.identity})
    history = tuple(desk.journal.cell_history(parse_identity(place.identity)))
    shown = next((each for each in history if each.release == found.id and each.table == definition.name), None)
    if shown is None:
        raise UserError(
            "PR-E033",
            f"table {definition.name} of {found.id} shows no cell {place}.",
            fix="Check period and codes against the table's CSV.",
        )
    return Trace(
        release=found,
        table=definition.name,
        place=place,
        value=shown.value,
        marks=shown.marks,
        policy=desk.register.policy_of(publication),
        steps=tuple(_steps(desk, publication, found, place)),
        history=history,
    )


def counted_behind(publication: Publication, measure: Measure) -> list[Measure]:
    """The counted measures that a measure is made from (itself, if it is counted)."""
    known = {each.name: each for each in publication.measures}
    if measure.model:
        return [measure]
    behind = [known[name] for name in (measure.of, measure.numerator, measure.denominator) if name in known]
    return [each for one in behind for each in counted_behind(publication, one)]


def _steps(desk: Desk, publication: Publication, release: Release, place: Place) -> Sequence[Step]:
    rules = {rule.id: rule for rule in publication.counting_rules}
    planned = plan(desk.register, publication, desk.cache)
    parts, corrections = desk.parts(release.vintage), desk.corrections(release.vintage)
    deliveries = {each.id: each for each in desk.deliveries(release.vintage)}
    tracer = Tracer(desk.register, publication)
    tables = [table for table in publication.tables if place.measure.name in table.measures]
    con = connection(desk, publication, parts, corrections, tables, planned)
    steps = []
    try:
        for measure in counted_behind(publication, place.measure):
            chain = needed(planned, [measure.model or ""])
            model = next(each for each in chain if each.name == measure.model)
            # A token stays a token: a column of another type only says something about it.
            origins = {
                column: tracer.column(model.name, column, "value").fields()
                for column, type_ in model.columns.items()
                if type_ == "VARCHAR"
            }
            datasets = inputs_of(chain, desk.register)
            rows, found = _contributions(con, desk.register, publication, measure, place, origins, datasets)
            steps.append(
                Step(
                    measure=measure,
                    rule=rules.get(measure.counting_rule or ""),
                    models=tuple(each.name for each in chain),
                    datasets=datasets,
                    rows=rows,
                    contributions=tuple(
                        Contribution(deliveries[delivery], count, certain)
                        for delivery, count, certain in found
                        if delivery in deliveries
                    ),
                )
            )
    finally:
        con.close()
    return steps


def _contributions(
    con: Any,
    register: Register,
    publication: Publication,
    measure: Measure,
    place: Place,
    origins: Mapping[str, tuple[str, ...]],
    datasets: Sequence[str],
) -> tuple[int, list[tuple[str, int, bool]]]:
    """Rows of the model behind the cell, and by delivery the records they come from, and whether that is certain.

    ``origins`` gives, for each column of the model, the contract fields it comes from.
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE _cell AS {_rows_sql(register, publication, measure, place)}").fetchall()
    rows = int(con.execute("SELECT count(*) FROM _cell").fetchall()[0][0])
    found: list[tuple[str, int, bool]] = []
    for key in datasets:
        # A column of the model that comes from a key field of the dataset says which of its records are behind the row.
        shared = [
            (name, column)
            for name in register.dataset(key).key
            for column, fields in origins.items()
            if f"{key}.{name}" in fields
        ]
        view = quote_name(key.replace(".", "__", 1))
        if not shared:
            found += [
                (delivery, count, False) for delivery, count in _possible(con, register.dataset(key), view, place)
            ]
            continue
        on = " AND ".join(f"d.{quote_name(name)} = c.{quote_name(column)}" for name, column in shared)
        query = (
            f"SELECT d._delivery, count(*) FROM {view} AS d SEMI JOIN _cell AS c ON {on} "
            "GROUP BY d._delivery ORDER BY min(d._period), d._delivery"
        )
        found += [(str(delivery), int(count), True) for delivery, count in con.execute(query).fetchall()]
    return rows, found


def _possible(con: Any, dataset: Dataset, view: str, place: Place) -> list[tuple[str, int]]:
    """Deliveries that can hold the records of a cell: of its period where deliveries hold what happened in theirs."""
    query = f"SELECT _delivery, _period, count(*) FROM {view} GROUP BY ALL ORDER BY _period, _delivery"
    return [
        (str(delivery), int(count))
        for delivery, period, count in con.execute(query).fetchall()
        if dataset.mode != "events" or _meet(Period.parse(period), place.period)
    ]


def _meet(one: Period, other: Period) -> bool:
    return one.start <= other.end and other.start <= one.end


def _rows_sql(register: Register, publication: Publication, measure: Measure, place: Place) -> str:
    """The model's rows that a cell counts."""
    column = quote_name(measure.period_column or "")
    conditions = [f"{column} BETWEEN DATE '{place.period.start}' AND DATE '{place.period.end}'"]
    if measure.where:
        conditions.append(f"({measure.where})")
    for dimension in publication.dimensions:
        code = place.codes.get(dimension.name)
        hierarchy = Hierarchy(register, dimension)
        if code is None or code == hierarchy.top or not dimension.column:
            continue
        leaves = sorted(leaf for leaf, path in hierarchy.paths.items() if code in path)
        listed = ", ".join(quote_text(leaf) for leaf in leaves)
        own = f"{quote_name(dimension.column)} IN ({listed})"
        if code == dimension.unknown:
            known = ", ".join(quote_text(leaf) for leaf in hierarchy.paths if leaf != dimension.unknown)
            own = f"({quote_name(dimension.column)} IS NULL OR {quote_name(dimension.column)} NOT IN ({known}))"
        conditions.append(own)
    return f"SELECT * FROM {quote_name(measure.model or '')} WHERE {' AND '.join(conditions)}"
