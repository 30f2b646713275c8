"""Witnesses without a solver: small changes in a unit, and the opposite in a sibling.

A job is a pair of siblings, a cell and how far it has to go. It begins with no change and the wish unfulfilled. While
anything is out of bounds, one such cell is taken at random, and of the leaves below it the one whose change puts the
least else out of bounds is changed. Many jobs run side by side in the same array arithmetic, for so many steps at most.
Source of the idea: Selman, Kautz and Cohen (1994), Noise strategies for improving local search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piperoll.protect.proof.kin import Kind
from piperoll.protect.relations import Ints


CHOICES = 24  # leaves looked at in each step
STEPS = 60
BACK = 6  # steps in which a change is not taken back
SUSPECTS = 24  # forms out of bounds at once
WIDE = 20_000  # stands for no bound


@dataclass(frozen=True)
class Frame:
    """A kind, laid out for the search: forms of each leaf and leaves of each form, filled up.

    Attributes:
        form, coef: A row a leaf; the idle form fills up.
        leaf, sign: A row a form.
        count: Leaves of each form.
    """

    form: Ints
    coef: Ints
    leaf: Ints
    sign: Ints
    count: Ints

    @classmethod
    def of(cls, kind: Kind) -> Frame:
        form, coef = _filled(kind.forms.T, len(kind.forms))
        leaf, sign = _filled(kind.forms, 0)
        return cls(
            form, coef.astype(np.int16), leaf, np.sign(sign).astype(np.int16), np.count_nonzero(kind.forms, axis=1)
        )


def _filled(matrix: Ints, filling: int) -> tuple[Ints, Ints]:
    """Columns and values of the entries of each row, filled up to the longest."""
    counts = np.count_nonzero(matrix, axis=1)
    wide = max(int(counts.max(initial=1)), 1)
    columns = np.full((len(matrix), wide), filling, np.int64)
    values = np.zeros((len(matrix), wide), np.int64)
    row, column = np.nonzero(matrix)
    at = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    columns[row, at], values[row, at] = column, matrix[row, column]
    return columns, values


def search(
    frame: Frame, low: Ints, high: Ints, target: Ints, goal: Ints, random: np.random.Generator, steps: int = STEPS
) -> tuple[np.ndarray, Ints]:
    """Run jobs side by side.

    Args:
        low, high: Bounds of the change of each form, a row a job.
        target, goal: Of each job the form and how far it is to go (signed).

    Returns:
        Which jobs succeeded, and the changes of all forms, a row a job.
    """
    jobs, forms = low.shape
    leaves = len(frame.form)
    idle = np.full((jobs, 1), WIDE)
    least = np.hstack([np.clip(low, -WIDE, WIDE), -idle]).astype(np.int16)
    most = np.hstack([np.clip(high, -WIDE, WIDE), idle]).astype(np.int16)
    every = np.arange(jobs)
    least[every, target] = np.where(goal > 0, np.maximum(least[every, target], goal), least[every, target])
    most[every, target] = np.where(goal < 0, np.minimum(most[every, target], goal), most[every, target])
    by = np.zeros((jobs, forms + 1), np.int16)
    last = np.full((jobs, leaves), -BACK - 1, np.int32)  # when a leaf was changed last
    way = np.zeros((jobs, leaves), np.int16)
    good = np.zeros(jobs, bool)
    # What may be out of bounds: what was before, and what the last move touched.
    wide = frame.form.shape[1]
    suspects = np.full((jobs, wide + SUSPECTS), forms, np.int64)
    suspects[:, 0] = target
    live = np.flatnonzero((least <= most).all(axis=1) & (goal != 0))
    for step in range(steps):
        at = suspects[live]
        here = live[:, None]
        now, below, above = by[here, at], least[here, at], most[here, at]
        off = np.maximum(below - now, 0) - np.maximum(now - above, 0)
        bad = off != 0
        open_jobs = bad.any(axis=1)
        good[live[~open_jobs]] = True
        # A job with more out of bounds than it can remember is given up.
        open_jobs &= bad.sum(axis=1) <= SUSPECTS
        live = live[open_jobs]
        if not len(live):
            break
        at, off, bad = (array[open_jobs] for array in (at, off, bad))
        rows, here = np.arange(len(live)), live[:, None]
        pick = np.argmax(bad * random.random(bad.shape, dtype=np.float32), axis=1)
        leaf, change, real = _choices(frame, at[rows, pick], off[rows, pick], random)
        touched = frame.form[leaf]
        now = by[here[:, :, None], touched]
        then = now + frame.coef[leaf] * change[:, :, None]
        floor, roof = least[here[:, :, None], touched], most[here[:, :, None], touched]
        worse = np.maximum(floor - then, 0) + np.maximum(then - roof, 0)
        worse -= np.maximum(floor - now, 0) + np.maximum(now - roof, 0)
        score = worse.sum(axis=2) + random.random(leaf.shape, dtype=np.float32) * 0.9
        recent = step - last[here, leaf] <= BACK
        score += 3.0 * (recent & (way[here, leaf] * change < 0))
        score[~real] = np.inf
        best = np.argmin(score, axis=1)
        chosen, amount = leaf[rows, best], change[rows, best]
        by[here, frame.form[chosen]] += frame.coef[chosen] * amount[:, None]
        by[live, forms] = 0
        last[live, chosen], way[live, chosen] = step, np.sign(amount)
        order = np.argsort(~bad, axis=1, kind="stable")[:, :SUSPECTS]
        suspects[live, wide:] = np.take_along_axis(np.where(bad, at, forms), order, axis=1)
        suspects[live, :wide] = frame.form[chosen]
    return good, by[:, :forms].astype(np.int64)


def _choices(frame: Frame, form: Ints, lacking: Ints, random: np.random.Generator) -> tuple[Ints, Ints, np.ndarray]:
    """Leaves of each form to look at, the change of each, and which of them are no filling."""
    wide = frame.leaf.shape[1]
    if wide <= CHOICES:
        place = np.broadcast_to(np.arange(wide), (len(form), wide))
        real = place < frame.count[form][:, None]
    else:
        place = (random.random((len(form), CHOICES)) * frame.count[form][:, None]).astype(np.int64)
        real = np.ones(place.shape, bool)
    leaf, sign = frame.leaf[form[:, None], place], frame.sign[form[:, None], place]
    # One at a time, or now and then all that is lacking.
    amount = np.where(random.random(place.shape, dtype=np.float32) < 0.3, np.abs(lacking)[:, None], 1)
    return leaf, (np.sign(lacking)[:, None] * sign * amount).astype(np.int16), real
