"""The models of a publication in their order, planned once while nothing changes; a home keeps the plan, too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from piperoll.cache import Cache
from piperoll.derive.catalogue import Columns, readable
from piperoll.derive.conditions import Condition, conditions_of, parsed_of, remember
from piperoll.derive.models import Model, model_texts
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


if TYPE_CHECKING:
    from sqlglot import exp


@dataclass(frozen=True)
class Planned:
    """A model in its place.

    Attributes:
        model: The file.
        columns: Columns it gives and their types, in order.
        schema: What it may read: columns by view or model.
    """

    model: Model
    columns: Columns
    schema: Mapping[str, Columns] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """Name by which it is read."""
        return self.model.name

    @cached_property
    def qualified(self) -> exp.Query:
        """The query with every column written as ``table.column`` and stars expanded; made when first asked for."""
        from piperoll.derive.planning import qualified

        return qualified(self.model, self.schema)


Texts = Mapping[str, str | None]

_PLANS: dict[tuple[object, ...], tuple[Register, Publication, tuple[Planned, ...]]] = {}


def plan(register: Register, publication: Publication, cache: Cache | None = None) -> tuple[Planned, ...]:
    """The publication's models, each after those it reads (otherwise by name); made once while nothing changes.

    Args:
        register, publication: What is declared.
        cache: Where the plan may be kept for the next process; what it is made from is read all the same.

    Raises:
        Problems: Everything wrong, at once: ``PR-D001`` to ``PR-D003`` files, ``PR-D004`` outside of the subset,
            ``PR-D005`` an unknown table, ``PR-D006`` a circle, ``PR-D007`` an unknown or ambiguous column, ``PR-D008``
            a model named like a dataset or code list, or two columns of one name.
    """
    texts = model_texts(register, publication)
    key = (id(register), id(publication), tuple(texts.items()))
    if key not in _PLANS:
        while len(_PLANS) >= 8:
            _PLANS.pop(next(iter(_PLANS)))
        # The two are kept with the plan, so that their ids cannot become another's.
        _PLANS[key] = (register, publication, _plan(register, publication, texts, cache))
    return _PLANS[key][2]


def _plan(register: Register, publication: Publication, texts: Texts, cache: Cache | None) -> tuple[Planned, ...]:
    views = readable(register, publication)
    conditions = conditions_of(publication)
    entry = f"plan-{publication.key}"
    made_from = json.dumps([texts, views, conditions])
    payload = cache.get(entry, made_from) if cache is not None else None
    if payload is not None:
        return _restored(register, publication, texts, views, payload)
    # Whoever finds the plan as it was need not import the SQL parser.
    from piperoll.derive.planning import make

    planned = make(register, publication, texts, views)
    if cache is not None:
        kept = {
            "models": [[each.name, each.model.references, each.columns] for each in planned],
            "conditions": {text: asdict(each) for text, each in parsed_of(conditions).items()},
        }
        cache.put(entry, made_from, json.dumps(kept).encode())
    return planned


def _restored(
    register: Register, publication: Publication, texts: Texts, views: Mapping[str, Columns], payload: bytes
) -> tuple[Planned, ...]:
    kept = json.loads(payload)
    remember({text: Condition(each["sql"], tuple(each["columns"])) for text, each in kept["conditions"].items()})
    schema = dict(views)
    planned = []
    for name, references, columns in kept["models"]:
        where = register.model_file(publication.key, name)
        model = Model(name, register.root / where, where, texts[name] or "", tuple(references))
        planned.append(Planned(model, columns, dict(schema)))
        schema[name] = columns
    return tuple(planned)
