"""Column-level lineage: from the column of a published table down to the fields of the contracts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from piperoll.derive.catalogue import Columns, readable
from piperoll.derive.conditions import condition
from piperoll.derive.models import Model
from piperoll.derive.plan import Planned, plan
from piperoll.errors import Problem, Problems, UserError
from piperoll.register.model.contract import Dataset
from piperoll.register.model.merge import Merge
from piperoll.register.model.publication import Dimension, Measure, Publication, Table
from piperoll.register.model.register import Register


Kind = Literal[
    "table column", "measure", "dimension", "model column", "field", "platform", "code list", "merged column"
]


@dataclass(frozen=True)
class Lineage:
    """A node of the tree; below it is what it is made of.

    Attributes:
        kind: What it is.
        name: ``table.column``, ``model.column``, ``source.dataset.field`` or ``list.attribute``.
        role: What it is to the node above: ``value``, ``rows`` (which of them there are), ``period``, ``condition``,
            ``codes``, ``numerator``, ``denominator``, ``earlier``, ``derived from``.
        expression: As written.
        where: File and line.
        rules: Counting rules that apply.
        note: Class of a field, kind of a measure.
        made_of: What is below.
    """

    kind: Kind
    name: str
    role: str = ""
    expression: str = ""
    where: str = ""
    rules: tuple[str, ...] = ()
    note: str = ""
    made_of: tuple[Lineage, ...] = ()

    def fields(self) -> tuple[str, ...]:
        """Contract fields (``source.dataset.field``) anywhere below, sorted."""
        return tuple(sorted({node.name for node in self.walk() if node.kind == "field"}))

    def walk(self) -> Iterator[Lineage]:
        """This node and all below it, top down."""
        yield self
        for each in self.made_of:
            yield from each.walk()

    def to_dict(self) -> dict[str, Any]:
        """As JSON; empty parts are left out."""
        plain: dict[str, Any] = {
            "kind": self.kind,
            "name": self.name,
            "role": self.role,
            "expression": self.expression,
            "where": self.where,
            "rules": list(self.rules),
            "note": self.note,
            "made_of": [each.to_dict() for each in self.made_of],
        }
        return {name: value for name, value in plain.items() if value}

    def lines(self, indent: str = "") -> Iterator[str]:
        """As an indented text tree."""
        yield indent + self.words
        for each in self.made_of:
            yield from each.lines(indent + "  ")

    @property
    def words(self) -> str:
        """This node in one line."""
        parts = [f"{self.role}: " if self.role else "", f"{self.kind} {self.name}"]
        if self.note:
            parts.append(f" ({self.note})")
        if self.expression and self.expression != self.name.rpartition(".")[2]:
            parts.append(f" = {self.expression}")
        if self.rules:
            parts.append(f" [{', '.join(self.rules)}]")
        if self.where:
            parts.append(f"  {self.where}")
        return "".join(parts)


def lineage(register: Register, publication: Publication, table: str, column: str) -> Lineage:
    """The lineage of a column (a measure or a dimension) of a published table.

    Raises:
        UserError: ``PR-D010`` if the publication has no such table or the table no such column.
        Problems: If the models cannot be planned.
    """
    return Tracer(register, publication).table_column(table, column)


class Tracer:
    """Traces columns of one publication; models are planned once."""

    def __init__(self, register: Register, publication: Publication) -> None:
        self.register = register
        self.publication = publication
        self.file = f"publications/{publication.key}/publication.yaml"

    @cached_property
    def _views(self) -> dict[str, Columns]:
        """All that a merge may read, which `Publication.inputs` does not limit."""
        return readable(self.register, replace(self.publication, inputs=()))

    @cached_property
    def planned(self) -> dict[str, Planned]:
        """Planned models by name."""
        return {each.name: each for each in plan(self.register, self.publication)}

    def table_column(self, table_name: str, column: str) -> Lineage:
        """See `lineage`."""
        table = self._find(table_name, {each.name: each for each in self.publication.tables}, "table")
        measures = {each.name: each for each in self.publication.measures if each.name in table.measures}
        dimensions = {each.name: each for each in self.publication.dimensions if each.name in table.rows}
        found = self._find(column, {**measures, **dimensions}, f"column of the table {table_name}")
        below = [self.measure(found)] if isinstance(found, Measure) else self._dimension(table, found)
        return Lineage(
            "table column",
            f"{table.name}.{column}",
            note=f"table {table.number}",
            where=self.file,
            made_of=tuple(below),
        )

    def measure(self, measure: Measure, role: str = "value") -> Lineage:
        """A measure, and what it is counted or made from."""
        known = {each.name: each for each in self.publication.measures}
        below: list[Lineage] = []
        if measure.of:
            below += [self.measure(known[measure.of], "value"), self.measure(known[measure.of], "earlier")]
        if measure.numerator:
            below.append(self.measure(known[measure.numerator], "numerator"))
        if measure.denominator:
            below.append(
                Lineage("code list", measure.denominator.removeprefix("codes:"), "denominator")
                if measure.denominator.startswith("codes:")
                else self.measure(known[measure.denominator], "denominator")
            )
        if measure.model:
            below += self._counted(measure, self._model(measure.model))
        rules = (measure.counting_rule,) if measure.counting_rule else ()
        written = " ".join(each for each in (measure.value, f"WHERE {measure.where}" if measure.where else "") if each)
        return Lineage("measure", measure.name, role, written, "", rules, measure.kind, tuple(below))

    def _counted(self, measure: Measure, model: Planned) -> list[Lineage]:
        below = []
        for text, role in ((measure.value, "value"), (measure.where, "condition"), (measure.period_column, "period")):
            if not text:
                continue
            parsed = condition(text, self.file)
            if isinstance(parsed, Problem):
                raise Problems([parsed])
            below += [self.column(model.name, name, role) for name in parsed.columns]
        below += self._rows(model)
        return below

    def _rows(self, model: Planned, seen: frozenset[str] = frozenset()) -> list[Lineage]:
        """What decides which rows a model has, through the models it reads."""
        from piperoll.derive.columns import row_origin

        leaves = row_origin(model)
        nodes = []
        for table, column in leaves:
            if table not in self.planned:
                nodes.append(self._leaf(table, column, "rows"))
        for reference in model.model.references:
            if reference in self.planned and reference not in seen:
                seen |= {reference}
                nodes += self._rows(self.planned[reference], seen)
        unique = {node.name: node for node in nodes}
        return [unique[name] for name in sorted(unique)]

    def _dimension(self, table: Table, dimension: Dimension) -> list[Lineage]:
        """A dimension's column in each model the table counts, and its code lists."""
        if dimension.steps:
            return []
        measures = [each for each in self.publication.measures if each.name in table.measures]
        known = {each.name: each for each in self.publication.measures}
        models = {
            each.model
            for measure in measures
            for each in (measure, known.get(measure.of or ""), known.get(measure.numerator or ""))
            if each is not None and each.model
        }
        below = [self.column(model, dimension.column, "value") for model in sorted(models)]
        return below + [Lineage("code list", level.codes, "codes", note=level.label) for level in dimension.levels]

    def column(self, model: str, column: str, role: str) -> Lineage:
        """A model's column, and the columns it is made of."""
        from piperoll.derive.columns import origin

        if model not in self.planned:
            return self._leaf(model, column, role)
        planned = self._model(model)
        self._find(column, planned.columns, f"column of the model {model}")
        found = origin(planned, column)
        rules = tuple(each.id for each in self.publication.counting_rules if each.model == model)
        below = tuple(self.column(table, name, "value") for table, name in found.leaves)
        where = f"{planned.model.where}:{found.line}"
        return Lineage("model column", f"{model}.{column}", role, found.expression, where, rules, made_of=below)

    def _leaf(self, table: str, column: str, role: str) -> Lineage:
        if table.startswith("codes__"):
            return Lineage("code list", f"{table.removeprefix('codes__')}.{column}", role)
        if table.startswith("merged__"):
            return self._merged(self.register.merges[table.removeprefix("merged__")], column, role)
        key = table.replace("__", ".", 1)
        dataset = self.register.dataset(key)
        where = f"sources/{key.partition('.')[0]}.yaml"
        for field in dataset.fields:
            if field.name == column:
                return Lineage("field", f"{key}.{column}", role, where=where, note=_about(field.cls, field.codes))
        for each in dataset.derive:
            if each.name == column:
                return Lineage(
                    "field",
                    f"{key}.{column}",
                    role,
                    where=where,
                    note=f"computed at the door by {each.method}{f' in {each.codes}' if each.codes else ''}",
                    made_of=(self._origin_field(key, dataset, each.field, where),),
                )
        return Lineage("platform", f"{key}.{column}", role)

    def _merged(self, merge: Merge, column: str, role: str) -> Lineage:
        """A column of merged records, and what each side's SELECT makes it of."""
        from piperoll.derive.columns import origin
        from piperoll.derive.parse import parse, references

        where = f"merges/{merge.key}.yaml"
        asked = {"month": "day", **{f"in_{each.name}": "record" for each in merge.sides}}.get(column, column)
        below = []
        for side in merge.sides:
            query = parse(side.sql, where)
            if isinstance(query, Problem) or asked not in query.named_selects:
                continue
            model = Model(side.name, Path(where), where, side.sql, references(query))
            columns = dict.fromkeys(query.named_selects, "VARCHAR")
            leaves = origin(Planned(model, columns, dict(self._views)), asked).leaves
            below += [self._leaf(name, field, "value") for name, field in leaves]
        unique = {(each.kind, each.name): each for each in below}
        made_of = tuple(unique[key] for key in sorted(unique))
        return Lineage("merged column", f"merged.{merge.key}.{column}", role, where=where, made_of=made_of)

    def _origin_field(self, key: str, dataset: Dataset, name: str, where: str) -> Lineage:
        field = dataset.field(name)
        return Lineage("field", f"{key}.{name}", "derived from", where=where, note=_about(field.cls, field.codes))

    def _model(self, name: str) -> Planned:
        return self._find(name, self.planned, "model")

    def _find(self, name: str, known: dict[str, Any], what: str) -> Any:
        if name in known:
            return known[name]
        near = get_close_matches(name, known, 1, 0.6)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UserError(
            "PR-D010",
            f"{self.publication.key} has no {what} named {name}.{hint}",
            fix=f"Known are: {', '.join(sorted(known))}.",
        )


def _about(cls: str, codes: str | None) -> str:
    words = {"D": "class D, in the vault alone", "L": "class L, a token in the store"}.get(cls, f"class {cls}")
    return f"{words}, codes {codes}" if codes else words
