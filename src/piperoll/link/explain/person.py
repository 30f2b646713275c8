"""How the records of one person hang together, as text: each record's nearest, and who is near from outside."""

from __future__ import annotations

import numpy as np

from piperoll.link.cluster.persons import weight_of
from piperoll.link.engine import join_of
from piperoll.link.explain.net import MOST, Net
from piperoll.link.explain.population import Population
from piperoll.link.explain.vetoed import vetoed
from piperoll.link.explain.words import probability
from piperoll.link.prepare import declared_vetoes
from piperoll.present.words import counted


def members(population: Population, row: int) -> np.ndarray:
    """Positions of all records of a record's person."""
    person = population.names["person"][row]
    return np.flatnonzero((population.names["person"] == person).to_numpy())


def matrix(population: Population, rows: np.ndarray) -> np.ndarray:
    """Match weights of all pairs of some records, float64 (k, k), 0 on the diagonal."""
    out = np.zeros((len(rows), len(rows)))
    for a in range(len(rows)):
        for b in range(a + 1, len(rows)):
            out[a, b] = out[b, a] = population.pair(int(rows[a]), int(rows[b]))[1].total[0]
    return out


def person_net(population: Population, row: int) -> tuple[Net, list[str], str]:
    """The person of a record as a picture's parts: the net, what its records are called, and a title.

    Records are called by file and name, by name alone where there is one file; long ones are cut.
    """
    rows = members(population, row)
    shown = rows[:MOST]
    weights = matrix(population, shown)
    one, other = np.triu_indices(len(shown), 1)
    program, unless = declared_vetoes(population.linkage, population.at)
    never = np.zeros(weights.shape, bool)
    never[one, other] = vetoed(program, unless, population.coded, shown[one], shown[other], weights[one, other])
    told = [population.names.row(int(at)) for at in shown]
    files = tuple(file for file, _, _ in told)
    several = population.names["file"].n_unique() > 1
    names = [_short(f"{file}/{record}" if several else record) for file, record, _ in told]
    join = weight_of(join_of(population.linkage))
    title = f"{told[0][2]}: {counted(len(rows), 'record')}" + (f", {MOST} drawn" if len(rows) > MOST else "")
    return Net(weights, join, files, np.zeros(len(shown), np.int64), never | never.T), names, title


def _short(name: str) -> str:
    return name if len(name) <= 28 else f"{name[:27]}…"


def person_text(population: Population, row: int) -> str:
    """The person of a record: each record with its nearest one and with how many others it would be joined."""
    rows = members(population, row)
    name = population.names["person"][row]
    if len(rows) == 1:
        file, record, _ = population.names.row(row)
        return f"{name}: one record, {file}/{record}."
    shown = rows[:MOST]
    weights = matrix(population, shown)
    out = [f"{name}: {len(rows):,} records" + (f", {MOST} shown" if len(rows) > MOST else "") + "."]
    for k, at in enumerate(shown):
        file, record, _ = population.names.row(int(at))
        others = np.delete(weights[k], k)
        best = int(np.argmax(np.where(np.arange(len(shown)) == k, -np.inf, weights[k])))
        near = population.names.row(int(shown[best]))
        out.append(
            f"  {file}/{record}: nearest {near[0]}/{near[1]} at {weights[k, best]:+.1f} "
            f"({probability(weights[k, best]):.4f}); as likely as not with {int((others >= 0).sum())} of {len(others)}"
        )
    return "\n".join(out)
