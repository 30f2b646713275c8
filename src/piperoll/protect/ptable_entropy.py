"""Perturbation tables made to measure: of all with no bias and a given variance, the one of greatest entropy.

The approach is that of Marley and Leaver, "A method for confidentialising user-defined tables: statistical properties
and a risk-utility analysis" (58th World Statistics Congress, 2011), and Giessing, "Computational issues in the design
of transition probabilities and disclosure risk estimation for additive noise" (Privacy in Statistical Databases, 2016);
the R package `ptable` is another implementation. Among all distributions of a change v over the possible ones with mean
0 and variance V, entropy is greatest for probabilities proportional to exp(a v + b v^2); a and b come from a convex
problem in two unknowns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from piperoll.errors import UserError
from piperoll.protect.ptable import PTable, check, lay_out


_EDGE = 1e-4


def possible_changes(count: int, largest: int, hidden: int) -> NDArray[np.int64]:
    """Changes that a count may undergo: at most ``largest``, to no negative number and to none of 1 ... ``hidden``."""
    changes = np.arange(max(-count, -largest), largest + 1)
    results = count + changes
    return changes[(results == 0) | (results > hidden)]


def probabilities(changes: NDArray[np.int64], variance: float) -> NDArray[np.float64]:
    """The distribution of greatest entropy over ``changes`` with mean 0 and the variance asked for.

    Where every distribution with mean 0 has a larger variance (a count of 1 that may not be shown as 1 or 2), the
    smallest there is.

    Raises:
        UserError: PR-P113 where there is none with mean 0, or none with so large a variance.
    """
    from scipy.optimize import linprog, minimize

    v = changes.astype(np.float64)
    sums = np.vstack([np.ones_like(v), v])
    least = linprog(v**2, A_eq=sums, b_eq=[1, 0], bounds=(0, 1))
    if not least.success:
        raise UserError("PR-P113", "no change leaves the count as it is on average.", fix="Allow larger changes.")
    if least.fun >= variance - _EDGE:
        return np.asarray(least.x)
    most = -linprog(-(v**2), A_eq=sums, b_eq=[1, 0], bounds=(0, 1)).fun
    if most <= variance + _EDGE:
        raise UserError(
            "PR-P113",
            f"changes of at most {int(np.abs(changes).max())} cannot have a variance of {variance:g} "
            f"(the largest possible is {most:.4g}).",
            fix="Ask for a smaller variance, or allow larger changes.",
        )
    features = np.vstack([v, v**2 - variance])

    def log_partition(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        powers = at @ features
        top = powers.max()
        weights = np.exp(powers - top)
        return float(top + np.log(weights.sum())), features @ (weights / weights.sum())

    found = minimize(log_partition, np.zeros(2), jac=True, method="BFGS", options={"gtol": 1e-11, "maxiter": 2000})
    powers = found.x @ features
    chances = np.exp(powers - powers.max())
    return np.asarray(chances / chances.sum())


def make(largest: int, variance: float, *, hidden: int = 0, key_range: int = 256) -> PTable:
    """A p-table of greatest entropy.

    Args:
        largest: Largest change (D of the literature).
        variance: Variance of the change (V), where the count leaves room for it.
        hidden: Positive counts up to this never come out (js): 2 leaves no 1 and no 2.
        key_range: Cell keys; more of them come nearer to the probabilities.

    Returns:
        Rows for 0 up to the count from which on nothing changes any more; a count of 0 stays 0.

    Raises:
        UserError: PR-P113 when there is no such table.
    """
    if largest < 1 or hidden < 0 or hidden >= largest or not 0 < variance < np.inf:
        raise UserError(
            "PR-P113",
            f"no p-table has changes up to {largest}, variance {variance:g} and counts up to {hidden} hidden.",
            fix="Allow changes of at least 1, a variance above 0, and hide fewer counts than the largest change.",
        )
    if not 2 <= key_range <= 1 << 16:
        raise UserError("PR-P113", f"the key range is {key_range}.", fix="Take 256, or up to 65,536.")
    last = largest + hidden + (1 if hidden else 0)
    changes = np.zeros((last + 1, key_range), dtype=np.int64)
    for count in range(1, last + 1):
        possible = possible_changes(count, largest, hidden)
        chances = probabilities(possible, variance)
        changes[count] = np.repeat(possible, lay_out(possible, chances, key_range))
    table = PTable(0, changes)
    check(table)
    return table
