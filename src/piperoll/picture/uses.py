"""Who reads each field of a source (keys, rules, models, measures, forecasts, linkages), and the fields nobody reads.

A field counts as read if SQL that reads its dataset names it. Where a query takes everything (``*``), whatever the
other queries of its publication name counts, too: a field is called unused only where nothing can use it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.linkage import Declared
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


@dataclass(frozen=True)
class FieldUse:
    """A field and what reads it.

    Attributes:
        dataset: Written ``source.dataset``.
        users: ``key``, ``rule X``, ``model publication/name``, ``measure source/name``, ``linkage name`` ...; sorted.
    """

    dataset: str
    field: Field
    users: tuple[str, ...]


@dataclass(frozen=True)
class _Reads:
    """A query: who asks, the relations it reads, the columns it names, whether it takes everything."""

    user: str
    relations: frozenset[str]
    columns: frozenset[str]
    star: bool


def uses(register: Register, source: str) -> list[FieldUse]:
    """Every field of a source's datasets with its users, in the order of the contracts."""
    queries = _queries(register)
    found: dict[str, set[str]] = defaultdict(set)
    for key in register.linkages:
        for path in _linked(register, register.linkages[key]):
            found[path].add(f"linkage {key}")
    out = []
    for dataset in register.sources[source].datasets:
        name = f"{source}.{dataset.name}"
        _contract(register, name, dataset, found)
        for each in queries:
            if name.replace(".", "__", 1) in each.relations:
                for column in (*(f.name for f in dataset.fields), *(d.name for d in dataset.derive)):
                    if column in each.columns:
                        found[f"{name}.{column}"].add(each.user)
        for derived in dataset.derive:
            # What is derived and read reads the field that it is derived from.
            users = found[f"{name}.{derived.name}"]
            found[f"{name}.{derived.field}"] |= users
            if derived.at:
                found[f"{name}.{derived.at}"] |= users
        out += [FieldUse(name, f, tuple(sorted(found[f"{name}.{f.name}"]))) for f in dataset.fields]
    return out


def _contract(register: Register, name: str, dataset: Dataset, found: dict[str, set[str]]) -> None:
    for field in dataset.key:
        found[f"{name}.{field}"].add("key")
    if dataset.cut_off:
        found[f"{name}.{dataset.cut_off}"].add("cut-off")
    if dataset.deleted:
        found[f"{name}.{dataset.deleted.field}"].add("deletions")
    for field_ in dataset.fields:
        if field_.codes_at:
            found[f"{name}.{field_.codes_at}"].add(f"codes of {field_.name}")
        for column in _columns(field_.required_when or ""):
            found[f"{name}.{column}"].add(f"condition of {field_.name}")
    for reference in dataset.references:
        for field in reference.fields:
            found[f"{name}.{field}"].add(f"reference to {reference.to}")
    for rule in dataset.rules:
        named = {*rule.fields, *_columns(rule.check or ""), *(_named(rule.sql)[1] if rule.sql else ())}
        for column in named & {*(f.name for f in dataset.fields), *(d.name for d in dataset.derive)}:
            found[f"{name}.{column}"].add(f"rule {rule.id}")
    for source, other in register.datasets():
        for reference in other.references:
            if reference.to == name:
                for field in reference.to_fields:
                    found[f"{name}.{field}"].add(f"reference from {source.key}.{other.name}")


def _queries(register: Register) -> list[_Reads]:
    out = []
    for key, publication in register.publications.items():
        models = []
        for model in publication.models:
            path = register.root / register.model_file(key, model)
            relations, columns, star = _named(path.read_text(encoding="utf-8"))
            models.append(_Reads(f"model {key}/{model}", relations, columns, star))
        above = frozenset().union(*(each.columns for each in models)) | _tables(publication)
        out += [_Reads(m.user, m.relations, m.columns | above if m.star else m.columns, m.star) for m in models]
    for key, monitor in register.monitors.items():
        for measure in monitor.measures:
            relations, columns, star = _named(measure.sql)
            out.append(_Reads(f"measure {key}/{measure.name}", relations, columns, star))
    for key, forecast in register.forecasts.items():
        # Who goes on from a measure reads what the measure does, which is told.
        for text in register.forecast_queries(forecast) if forecast.stays else ():
            relations, columns, star = _named(text)
            out.append(_Reads(f"forecast {key}", relations, columns, star))
    for source, dataset in register.datasets():
        # A rule of another dataset that looks across.
        for rule in dataset.rules:
            if rule.sql:
                relations, columns, star = _named(rule.sql)
                out.append(_Reads(f"rule {rule.id}", relations - {f"{source.key}__{dataset.name}"}, columns, star))
    return out


def _tables(publication: Publication) -> frozenset[str]:
    """Columns that measures and dimensions of a publication name over its models."""
    names: set[str] = set()
    for measure in publication.measures:
        names |= {measure.period_column or ""} | _columns(measure.where or "") | _columns(measure.value or "")
    names |= {each.column for each in publication.dimensions}
    return frozenset(names - {""})


def _linked(register: Register, declared: Declared) -> Iterable[str]:
    """Fields that a linkage reads of its inputs, ``source.dataset.field``."""
    for each in declared.inputs:
        dataset = register.dataset(each.dataset)
        known = {*(f.name for f in dataset.fields), *(d.name for d in dataset.derive)}
        names = {*dataset.key, *_columns(each.where), *each.case, each.rates_by}
        for field in declared.fields:
            names |= {field.column(each.name), *field.also}
        for beside in each.beside:
            names |= set(beside.on)
            yield from (f"{beside.dataset}.{name}" for name in (beside.column, *beside.on))
        names |= set(declared.groups)
        for name in sorted(names & known):
            yield f"{each.dataset}.{name}"


def _columns(condition: str) -> set[str]:
    return set(_named(f"SELECT 1 WHERE ({condition}\n)")[1]) if condition else set()


def _named(sql: str) -> tuple[frozenset[str], frozenset[str], bool]:
    """Relations and columns that a text of SQL names, and whether it takes everything of one."""
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except SqlglotError:
        return frozenset(), frozenset(), False
    relations = frozenset(each.name for each in tree.find_all(exp.Table))
    columns = frozenset(each.name for each in tree.find_all(exp.Column) if not isinstance(each.this, exp.Star))
    star = any(not isinstance(each.parent, exp.Count) for each in tree.find_all(exp.Star))
    # JOIN ... USING (x) names x without making a column of it.
    using = frozenset(each.name for join in tree.find_all(exp.Join) for each in join.args.get("using") or ())
    return relations, columns | using, star
