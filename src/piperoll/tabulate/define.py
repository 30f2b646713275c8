"""What a table is made of, as declared: its dimensions, its measures and those they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from piperoll.errors import UserError
from piperoll.register.model.publication import Measure, Publication, Table
from piperoll.register.model.register import Register
from piperoll.tabulate.cells import CELL_SCHEMA
from piperoll.tabulate.hierarchy import Hierarchy
from piperoll.tabulate.query import Axis


COUNTED = ("count", "sum", "stock", "distinct", "mean", "median", "percentile", "maximum", "progression")
_VALUED = ("sum", "distinct", "mean", "median", "percentile", "maximum", "progression")


def find_table(publication: Publication, name: str) -> Table:
    """The table of this name or number.

    Raises:
        UserError: ``PR-T005`` if there is none.
    """
    for table in publication.tables:
        if name in (table.name, table.number):
            return table
    raise UserError(
        "PR-T005",
        f"{publication.key} has no table {name}.",
        fix=f"Its tables are: {', '.join(table.name for table in publication.tables)}.",
    )


def models_of(publication: Publication, tables: Iterable[Table]) -> tuple[str, ...]:
    """Names of the models that these tables count, sorted."""
    names = {
        measure.model for table in tables for measure in closure(publication, table.measures).values() if measure.model
    }
    return tuple(sorted(names))


def axes_of(register: Register, publication: Publication, table: Table) -> tuple[Axis, ...]:
    """A table's dimensions with the levels it shows.

    Raises:
        UserError: ``PR-T003`` for an unknown dimension or level, ``PR-T008`` for a name that cells need themselves.
    """
    dimensions = {each.name: each for each in publication.dimensions}
    axes = []
    for name, levels in table.rows.items():
        if name not in dimensions:
            raise UserError(
                "PR-T003",
                f"the table {table.name} has rows by {name}, which is no dimension.",
                where=f"publications/{publication.key}/publication.yaml",
                fix=f"Dimensions are: {', '.join(sorted(dimensions))}.",
            )
        if (
            name in CELL_SCHEMA
            or (name.endswith("_level") and name.removesuffix("_level") in dimensions)
            or name.startswith("_")
        ):
            raise UserError(
                "PR-T008",
                f"a dimension cannot be named {name}: cells have a column of that name for something else.",
                where=f"publications/{publication.key}/publication.yaml",
                fix=f"Rename it; taken are {', '.join(CELL_SCHEMA)}.",
            )
        hierarchy = Hierarchy(register, dimensions[name])
        for level in levels:
            hierarchy.step(level)
        national = [step.name for step in hierarchy.steps if step.national]
        own = tuple(level for level in levels if not (table.national_only and national) or level in national)
        axes.append(Axis(name, hierarchy, own or tuple(national)))
    return tuple(axes)


def closure(publication: Publication, names: Iterable[str]) -> dict[str, Measure]:
    """These measures and those they are made from, by name, in order of first need.

    Raises:
        UserError: ``PR-T006`` for a measure that is not declared.
    """
    known = {each.name: each for each in publication.measures}

    def add(found: dict[str, Measure], name: str) -> dict[str, Measure]:
        if name in found:
            return found
        if name not in known:
            raise UserError(
                "PR-T006",
                f"there is no measure {name}.",
                where=f"publications/{publication.key}/publication.yaml",
                fix=f"Measures are: {', '.join(sorted(known))}.",
            )
        measure = known[name]
        found[name] = measure
        for other in (measure.of, measure.numerator, measure.denominator):
            if other and not other.startswith("codes:"):
                add(found, other)
        return found

    return reduce(add, names, {})


def check_fits(table: Table, axes: Sequence[Axis], measures: Iterable[Measure]) -> None:
    """Check that measures are complete and fit the table.

    Raises:
        UserError: ``PR-T007`` for the first that does not.
    """
    elapsed = any(axis.elapsed for axis in axes)
    for measure in measures:
        if (measure.kind == "progression") != elapsed:
            raise UserError(
                "PR-T007",
                f"the table {table.name} cannot show {measure.name}: progressions go with a dimension of `steps`, "
                "and no other measure does.",
                where="publication.yaml",
                fix="Move the measure to a table of its own.",
            )
        if measure.kind in COUNTED and not (measure.model and measure.period_column):
            raise UserError(
                "PR-T007",
                f"the measure {measure.name} names no model or no period column.",
                where="publication.yaml",
                fix="Give it `model` and `period_column`.",
            )
        if measure.kind in _VALUED and not measure.value:
            raise UserError(
                "PR-T007",
                f"the measure {measure.name} is a {measure.kind} and names no `value`.",
                where="publication.yaml",
                fix="Name the column, or write an expression over the model's columns.",
            )
        if measure.kind == "percentile" and not (measure.at is not None and 0 < measure.at < 1):
            raise UserError(
                "PR-T007",
                f"the measure {measure.name} is a percentile and `at` is no share between 0 and 1.",
                where="publication.yaml",
                fix="Write `at: 0.25` for the value that a quarter of all lie below.",
            )
        if measure.kind == "stock" and table.also_years:
            raise UserError(
                "PR-T007",
                f"the table {table.name} shows {measure.name}, a stock, and the years beside their parts.",
                where="publication.yaml",
                fix="Leave out `also_years`: a year's stock is that of its last month, and no sum.",
            )
