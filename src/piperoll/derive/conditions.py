"""Conditions and expressions of publication.yaml (`Measure.where`, `Measure.value`), within the SQL subset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from piperoll.derive.models import DIALECT
from piperoll.errors import Problem
from piperoll.register.model.publication import Publication


@dataclass(frozen=True)
class Condition:
    """What is needed of one.

    Attributes:
        sql: Written anew in DuckDB's dialect: no comment of the text survives.
        columns: Names of the columns it uses, sorted.
    """

    sql: str
    columns: tuple[str, ...]


_KNOWN: dict[str, Condition] = {}
_MOST = 10_000


def condition(text: str, where: str) -> Condition | Problem:
    """The condition a text says, parsed once; a problem, placed at ``where``, if it says none."""
    if text not in _KNOWN:
        # Nothing is parsed where a plan was kept, and then the parser need not be imported.
        from piperoll.derive.columns import expression_columns
        from piperoll.derive.subset import parse_condition

        parsed = parse_condition(text, where)
        if isinstance(parsed, Problem):
            return parsed
        remember({text: Condition(parsed.sql(dialect=DIALECT), expression_columns(parsed))})
    return _KNOWN[text]


def remember(known: Mapping[str, Condition]) -> None:
    """Take conditions that were parsed before, by this engine."""
    if len(_KNOWN) + len(known) > _MOST:
        _KNOWN.clear()
    _KNOWN.update(known)


def conditions_of(publication: Publication) -> tuple[str, ...]:
    """Texts of the conditions of a publication's measures, sorted."""
    return tuple(sorted({text for each in publication.measures for text in (each.where, each.value) if text}))


def parsed_of(texts: Iterable[str]) -> dict[str, Condition]:
    """Those of the texts that say a condition."""
    found = {text: condition(text, "") for text in texts}
    return {text: each for text, each in found.items() if isinstance(each, Condition)}
