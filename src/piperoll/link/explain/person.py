"""How the records of one person hang together, as text: each record's nearest, and who is near from outside."""

from __future__ import annotations

import numpy as np

from piperoll.link.explain.population import Population
from piperoll.link.explain.words import probability


MOST = 60


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
