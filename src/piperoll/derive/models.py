"""SQL models as files: one SELECT each, read by DuckDB."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from piperoll.errors import Problem, Problems
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


if TYPE_CHECKING:
    from sqlglot import exp


DIALECT = "duckdb"


@dataclass(frozen=True)
class Model:
    """One SQL model.

    Attributes:
        name: File stem; the name other models read it by.
        path: The file.
        where: The file as errors name it, relative to the register.
        sql: Its text.
        references: Names of the tables it reads (datasets, code lists, models), sorted.
    """

    name: str
    path: Path
    where: str
    sql: str
    references: tuple[str, ...]

    @cached_property
    def query(self) -> exp.Query:
        """Parsed when first asked for; shared, so copy it before changing it.

        Raises:
            Problems: ``PR-D002`` or ``PR-D003`` if it is not one SELECT.
        """
        from piperoll.derive.parse import parse

        parsed = parse(self.sql, self.where)
        if isinstance(parsed, Problem):
            raise Problems([parsed])
        return parsed


def model_texts(register: Register, publication: Publication) -> dict[str, str | None]:
    """Text of each model the publication names, sorted; None where it cannot be read."""
    texts: dict[str, str | None] = {}
    for name in sorted(set(publication.models)):
        try:
            path = register.root / register.model_file(publication.key, name)
            texts[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            texts[name] = None
    return texts
