"""Run the models of a publication in a connection that has the store's views."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from piperoll.derive.cache import code_fingerprint, model_key
from piperoll.derive.catalogue import merged_name, source_name
from piperoll.derive.engine import Engine, engine_of
from piperoll.derive.plan import Planned, plan
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.store.codetables import code_columns, code_values


MERGED = merged_name("")


@dataclass(frozen=True)
class Result:
    """One model that ran.

    Attributes:
        name: Model.
        key: Hash of its text and everything it reads; empty without fingerprints.
        rows: Rows it gave.
        reused: Whether an earlier result was taken.
    """

    name: str
    key: str
    rows: int
    reused: bool


def needed(planned: Iterable[Planned], names: Iterable[str]) -> list[Planned]:
    """Those models, and those they read, in order."""
    ordered = list(planned)
    wanted = set(names)
    for each in reversed(ordered):
        if each.name in wanted:
            wanted.update(each.model.references)
    return [each for each in ordered if each.name in wanted]


def inputs_of(planned: Iterable[Planned], register: Register) -> tuple[str, ...]:
    """Datasets (``source.dataset``) that these models read from the store, themselves or in a merge; sorted."""
    models = list(planned)
    own = {each.name for each in models}
    names = {name for each in models for name in each.model.references if name not in own}
    found = {name.replace("__", ".", 1) for name in names if not name.startswith(("codes__", MERGED))}
    for name in names:
        if name.startswith(MERGED):
            # Who reads no merge need not import the SQL parser.
            from piperoll.derive.merges.declared import datasets_of

            found.update(datasets_of(register, register.merges[name.removeprefix(MERGED)]))
    return tuple(sorted(found))


def merges_of(planned: Iterable[Planned]) -> list[str]:
    """Views of merges (``merged__key``) that these models read, sorted."""
    return sorted({name for each in planned for name in each.model.references if name.startswith(MERGED)})


def run(
    con: duckdb.DuckDBPyConnection | Engine,
    register: Register,
    publication: Publication,
    *,
    models: Iterable[str] | None = None,
    planned: Sequence[Planned] | None = None,
    cache: Path | None = None,
    fingerprints: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> list[Result]:
    """Make each model a table or view of its name in the connection.

    Args:
        con: An engine, or a DuckDB connection with a view ``<source>__<dataset>`` for each dataset the models read, and
            with ``came`` (`piperoll.derive.merges.load_came`) if they read merges; it should be locked
            (`piperoll.store.duck.lock`), with ``cache`` among the directories allowed.
        register, publication: What is declared.
        models: Only these and what they read; default all.
        planned: The publication's models, if they are planned already.
        cache: Directory of results; with ``fingerprints`` an earlier result is taken instead of running a model.
        fingerprints: Hash of each dataset's contents (`piperoll.derive.fingerprint`).
        progress: Told the name of each model before it runs.

    Raises:
        Problems: See `piperoll.derive.plan`; ``PR-T030`` for what Spark would not run as DuckDB does.
        UserError: ``PR-D009`` when a model fails while it runs, ``PR-D021`` to ``PR-D026`` when a merge does.
    """
    engine = engine_of(con)
    planned = tuple(planned) if planned is not None else plan(register, publication)
    if models is not None:
        planned = tuple(needed(planned, models))
    lists = sorted({name for each in planned for name in each.model.references if name.startswith("codes__")})
    for name in lists:
        codes = register.codes[name.removeprefix("codes__")]
        engine.lists(name, code_values(codes), code_columns(codes))
    known = {source_name(name): text for name, text in (fingerprints or {}).items()}
    known.update({name: code_fingerprint(register, name.removeprefix("codes__")) for name in lists})
    for name in merges_of(planned):
        from piperoll.derive.merges.view import merged_fingerprint

        key = name.removeprefix(MERGED)
        progress(name)
        known[name] = merged_fingerprint(register, register.merges[key], fingerprints or {})
        engine.merged(register, key, known[name] if fingerprints is not None else "", cache)
    results = []
    for each in planned:
        progress(each.name)
        key = model_key(each.model, known) if fingerprints is not None else ""
        known[each.name] = key
        rows, reused = engine.model(each, key, cache)
        results.append(Result(each.name, key, rows, reused))
    return results
