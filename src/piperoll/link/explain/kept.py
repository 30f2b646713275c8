"""A population on disk: written when files have been linked, so that pairs can be explained and records looked up.

It holds what records are known by. The directory is its owner's alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from piperoll.errors import Problems, UserError
from piperoll.link.compare.program import Coded, Program
from piperoll.link.explain.lookup import Lookup
from piperoll.link.explain.population import Column, Population
from piperoll.link.files.spec import read_linkage
from piperoll.link.score.scan import Weights
from piperoll.link.spec.terms import NotUnderstood, parse_term


VERSION = 1


def keep(population: Population, spec: str, directory: Path) -> None:
    """Write ``population``, linked as ``spec`` (YAML) says, into a directory that is there and empty."""
    arrays: dict[str, np.ndarray] = {}
    for name, part in (("coded", population.coded), ("program", population.program), ("weights", population.weights)):
        arrays |= {f"{name}.{field}": np.asarray(getattr(part, field)) for field in part._fields}
    columns, texts = [], []
    for number, (term, column) in enumerate(population.columns.items()):
        columns.append(str(term))
        arrays |= {f"column{number}.{field}": getattr(column, field) for field in ("codes", "order", "starts")}
        _write(column.values.distinct, directory / f"column{number}.arrow")
    for number, (term, (start, lookup)) in enumerate(population.texts.items()):
        texts.append([str(term), start])
        _write(lookup.distinct, directory / f"text{number}.arrow")
    if len(population.whose):
        arrays["whose"] = population.whose
    for name, lookup in _lookups(population):
        arrays[f"{name}.prints"], arrays[f"{name}.places"] = lookup.sorted
    for name, array in arrays.items():
        np.save(directory / f"{name}.npy", array, allow_pickle=False)
    population.names.write_ipc(directory / "names.arrow")
    told: dict[str, Any] = {
        "version": VERSION, "spec": spec, "arrays": sorted(arrays), "columns": columns, "texts": texts,
        "rules": [[str(term) for term in rule] for rule in population.rules],
        "at": {str(term): place for term, place in population.at.items()},
        "dense": {str(term): place for term, place in population.dense.items()},
    }  # fmt: skip
    (directory / "population.json").write_text(json.dumps(told), encoding="utf-8")


def kept(directory: Path) -> Population:
    """Read what `keep` wrote.

    Raises:
        UserError: ``PR-L011`` if there is no population, or it is damaged or of another version.
    """
    fix = "Name a directory that `piperoll link files` wrote, as this version of Piperoll writes it."
    try:
        told = json.loads((directory / "population.json").read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            raise ValueError
        arrays = {name: np.load(directory / f"{name}.npy", allow_pickle=False) for name in told["arrays"]}

        def lookup(name: str) -> Lookup:
            return Lookup(_read(directory / f"{name}.arrow"), (arrays[f"{name}.prints"], arrays[f"{name}.places"]))

        columns = {
            parse_term(text): Column(lookup(f"column{k}"),
                                     *(arrays[f"column{k}.{field}"] for field in ("codes", "order", "starts")))
            for k, text in enumerate(told["columns"])
        }  # fmt: skip
        texts = {parse_term(text): (int(start), lookup(f"text{k}")) for k, (text, start) in enumerate(told["texts"])}
        names = pl.read_ipc(directory / "names.arrow")
        coded = Coded(*(arrays[f"coded.{field}"] for field in Coded._fields))
        program = Program(*(arrays[f"program.{field}"] for field in Program._fields))
        weights = Weights(*(arrays[f"weights.{field}"] for field in Weights._fields))
        weights = weights._replace(prior=float(weights.prior), kin_prior=float(weights.kin_prior))
        rules = [tuple(parse_term(text) for text in rule) for rule in told["rules"]]
        at, dense = ({parse_term(text): int(place) for text, place in told[key].items()} for key in ("at", "dense"))
        linkage = read_linkage(str(told["spec"]), "spec.yaml").linkage
    except (OSError, ValueError, LookupError, TypeError, AttributeError, NotUnderstood, Problems,
            pl.exceptions.PolarsError):  # fmt: skip
        raise UserError("PR-L011", "there is no linked population.", where=str(directory), fix=fix) from None
    whose = arrays.get("whose")
    return Population(linkage, rules, coded, program, weights, columns, texts, at, dense, names, whose)


def _lookups(population: Population) -> Iterator[tuple[str, Lookup]]:
    yield from ((f"column{k}", each.values) for k, each in enumerate(population.columns.values()))
    yield from ((f"text{k}", lookup) for k, (_, lookup) in enumerate(population.texts.values()))


def _write(values: pl.Series, path: Path) -> None:
    values.rename("value").to_frame().write_ipc(path)


def _read(path: Path) -> pl.Series:
    return pl.read_ipc(path)["value"]
