"""How long members stay: the share that leaves in each month of their stay, from stays and from those still there.

Time is in whole months. A member that enters in month e is of age m - e in month m; age 0 is the month of entry. The
hazard h[a] is the share of those who were there at some time in the month of their stay numbered a who leave in it:
leavers over those at risk, within a window of the last months (a period life table with late entry: Chiang, *The Life
Table and its Applications*, 1984; Kaplan and Meier, JASA 53, 1958). Who is still there at the end is at risk until
then and no longer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np


OPEN = 10**6  # month of leaving of those who have not left
FEWEST_LEFT = 10  # months of a stay are taken together until so many have left in them
FEWEST_THERE = 30  # and until so many were at risk


@dataclass(frozen=True)
class Counts:
    """Stays of one cohort, counted: a place for each pair of months.

    Attributes:
        entered, ended: Months, numbered since the year 0 (`month_number`); `OPEN` where the stay lasts.
        many: Stays of that pair.
    """

    entered: np.ndarray
    ended: np.ndarray
    many: np.ndarray

    def known_by(self, last: int) -> Counts:
        """The same as one could have known it at the end of a month."""
        there = self.entered <= last
        ended = np.where(self.ended > last, OPEN, self.ended)
        return Counts(self.entered[there], ended[there], self.many[there])

    def stock(self, month: int) -> int:
        """How many were there at the end of a month."""
        return int(self.many[(self.entered <= month) & (self.ended > month)].sum())

    def inflow(self, first: int, last: int) -> np.ndarray:
        """How many entered in each month of a span, its ends included."""
        within = (self.entered >= first) & (self.entered <= last)
        return np.bincount(self.entered[within] - first, weights=self.many[within], minlength=last - first + 1)

    def by_age(self, month: int) -> np.ndarray:
        """Members at the end of a month by age; at least one place."""
        there = (self.entered <= month) & (self.ended > month)
        return np.bincount(month - self.entered[there], weights=self.many[there], minlength=1)


@dataclass(frozen=True)
class Leaving:
    """The hazard of leaving, by age, piece by piece: ages of one piece share it.

    Attributes:
        piece: Piece of each age; ages beyond the last are of the last piece.
        left, risk: Leavers and member-months at risk, of each piece.
        excess: How much more exits vary from month to month than independent leaving explains, at least 1.
    """

    piece: np.ndarray
    left: np.ndarray
    risk: np.ndarray
    excess: float = 1.0

    def hazards(self, ages: int, by_piece: np.ndarray | None = None) -> np.ndarray:
        """Hazard of ages 0 to ``ages`` - 1.

        Args:
            by_piece: Hazard of each piece, one row for each draw; default: leavers over those at risk.

        Returns:
            A place for each age; with draws a row for each.
        """
        at = self.piece[np.minimum(np.arange(ages), len(self.piece) - 1)]
        values = self.left / self.risk if by_piece is None else by_piece
        return values[..., at]

    def draws(self, rng: np.random.Generator, paths: int) -> np.ndarray:
        """Hazards by piece as they may be, given what was seen: from the Beta posterior under Jeffreys' prior.

        Leavers that vary more than independently tell less: both counts are divided by `excess`.
        """
        left, stayed = self.left / self.excess, (self.risk - self.left) / self.excess
        return rng.beta(left + 0.5, np.maximum(stayed, 0.0) + 0.5, size=(paths, len(self.left)))

    def mean_stay(self) -> float:
        """Months that a member is counted at the end of, on average: the sum of the survival function over ages.

        In a steady state the stock is this times the inflow (Little, Operations Research 9, 1961).
        """
        survival = np.cumprod(1 - self.hazards(len(self.piece)))
        last = float(self.left[-1] / self.risk[-1])
        return float("inf") if last <= 0 else float(survival.sum() + survival[-1] * (1 - last) / last)


def learn(counts: Counts, first: int, last: int, *, gaps: Collection[int] = (), known_from: int = 0) -> Leaving:
    """Learn the hazards from the months ``first`` to ``last``.

    Args:
        counts: Stays as known at the end of ``last``.
        gaps: Months that are passed over, since something is missing of them.
        known_from: Stays that entered before this month are left out.
    """
    kept = counts.entered >= known_from
    entered, ended, many = counts.entered[kept], counts.ended[kept], counts.many[kept].astype(float)
    ages = max(1, last - max(known_from, int(entered.min()) if len(entered) else last) + 1)
    months = np.array([month for month in range(first, last + 1) if month not in set(gaps)], dtype=int)
    risk, left = np.zeros((len(months), ages)), np.zeros((len(months), ages))
    for row, month in enumerate(months):
        there = (entered <= month) & (ended >= month)
        risk[row] = np.bincount(month - entered[there], weights=many[there], minlength=ages)[:ages]
        gone = ended == month
        left[row] = np.bincount(month - entered[gone], weights=many[gone], minlength=ages)[:ages]
    piece = _pieces(left.sum(axis=0), risk.sum(axis=0))
    size = piece[-1] + 1
    by_piece = [np.bincount(piece, weights=each.sum(axis=0), minlength=size) for each in (left, risk)]
    found = Leaving(piece, by_piece[0], np.maximum(by_piece[1], 1.0))
    return Leaving(found.piece, found.left, found.risk, _excess(left, risk, found.hazards(ages)))


def _pieces(left: np.ndarray, risk: np.ndarray) -> np.ndarray:
    """Piece of each age: single months where enough leave in them, else several together; the rest joins the last."""
    piece = np.zeros(len(left), dtype=int)
    now, gone, there = 0, 0.0, 0.0
    for age in range(len(left)):
        piece[age] = now
        gone, there = gone + left[age], there + risk[age]
        if gone >= FEWEST_LEFT and there >= FEWEST_THERE:
            now, gone, there = now + 1, 0.0, 0.0
    if now and (gone < FEWEST_LEFT or there < FEWEST_THERE):
        piece[piece == now] = now - 1
    return piece


def _excess(left: np.ndarray, risk: np.ndarray, hazards: np.ndarray) -> float:
    """Pearson's dispersion of the exits of each month (McCullagh and Nelder, *Generalized Linear Models*, 4.5)."""
    expected = (risk * hazards).sum(axis=1)
    variance = (risk * hazards * (1 - hazards)).sum(axis=1)
    told = variance > 0
    if told.sum() < 3:
        return 1.0
    squares = (left.sum(axis=1) - expected)[told] ** 2 / variance[told]
    return float(max(1.0, squares.sum() / (told.sum() - 1)))


def stretched(hazards: np.ndarray, factor: float) -> np.ndarray:
    """Hazards of stays ``factor`` times as long: the survival function S(t) becomes S(t / factor).

    The accelerated life of Cox and Oakes, *Analysis of Survival Data* (1984), section 5.2. Members enter in mid-month,
    so that the end of the month of age a is a + 1/2 months into the stay; between ends of months the hazard
    is constant.

    Args:
        hazards: By age in the last axis; the last goes on beyond.
    """
    if factor == 1:
        return hazards
    ages = hazards.shape[-1]
    at = np.concatenate([[0.0], np.arange(ages) + 0.5])
    steps = -np.log1p(-np.minimum(hazards, 1 - 1e-12))
    grown = np.concatenate([np.zeros((*hazards.shape[:-1], 1)), np.cumsum(steps, axis=-1)], axis=-1)
    flat = grown.reshape(-1, ages + 1)
    wanted = at / factor
    made = np.empty_like(flat)
    for row, each in enumerate(flat):
        beyond = each[-1] + np.maximum(wanted - at[-1], 0.0) * (each[-1] - each[-2])
        made[row] = np.where(wanted > at[-1], beyond, np.interp(wanted, at, each))
    return (-np.expm1(-np.diff(made, axis=-1))).reshape(hazards.shape)
