"""How well persons that were found agree with those that are known.

Pairwise: of pairs of records put together, how many are of one person (precision), and of pairs of one person how many
were put together (recall). B-cubed (Bagga and Baldwin 1998): the same for each record's own company, averaged over
records, so that a large person does not count by the square of its size. Clusters: persons found exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Score:
    """Precision and recall, each with what it was counted of."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Agreement:
    """Found against known persons.

    Attributes:
        records: How many records have a known person.
        pairwise, bcubed, clusters: See the module.
        true_pairs, found_pairs: Pairs of records of one person, known and found.
    """

    records: int
    pairwise: Score
    bcubed: Score
    clusters: Score
    true_pairs: int
    found_pairs: int


def agreement(found: np.ndarray, known: np.ndarray) -> Agreement:
    """Compare two labellings of the same records, int (records,); records with ``known`` below zero are left out."""
    keep = known >= 0
    f = np.unique(found[keep], return_inverse=True)[1].astype(np.int64)
    k = np.unique(known[keep], return_inverse=True)[1].astype(np.int64)
    if not len(f):
        none = Score(0.0, 0.0)
        return Agreement(0, none, none, none, 0, 0)
    both, cell = np.unique(f * (int(k.max()) + 1) + k, return_inverse=True)
    in_both, in_found, in_known = np.bincount(cell), np.bincount(f), np.bincount(k)
    shared = _pairs(in_both)
    found_pairs, true_pairs = _pairs(in_found), _pairs(in_known)
    bcubed = Score(float((in_both[cell] / in_found[f]).mean()), float((in_both[cell] / in_known[k]).mean()))
    whole = np.flatnonzero(
        (in_both == in_found[both // (int(k.max()) + 1)]) & (in_both == in_known[both % (int(k.max()) + 1)])
    )
    return Agreement(
        len(f),
        Score(shared / found_pairs if found_pairs else 1.0, shared / true_pairs if true_pairs else 1.0),
        bcubed,
        Score(len(whole) / len(in_found), len(whole) / len(in_known)),
        true_pairs,
        found_pairs,
    )


def _pairs(sizes: np.ndarray) -> int:
    return int((sizes.astype(np.int64) * (sizes - 1) // 2).sum())


def within(found: np.ndarray, known: np.ndarray, group: np.ndarray) -> dict[int, Score]:
    """B-cubed precision and recall of the records of each group, against all records: where bias would show.

    Args:
        group: int (records,): group of each record, below zero for none.
    """
    keep = known >= 0
    f = np.unique(found[keep], return_inverse=True)[1].astype(np.int64)
    k = np.unique(known[keep], return_inverse=True)[1].astype(np.int64)
    own = group[keep]
    cell = np.unique(f * (int(k.max(initial=0)) + 1) + k, return_inverse=True)[1]
    in_both, in_found, in_known = np.bincount(cell), np.bincount(f), np.bincount(k)
    out = {}
    for each in np.unique(own[own >= 0]):
        mine = own == each
        out[int(each)] = Score(
            float((in_both[cell[mine]] / in_found[f[mine]]).mean()),
            float((in_both[cell[mine]] / in_known[k[mine]]).mean()),
        )
    return out
