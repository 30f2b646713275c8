"""Counts that nobody can make any more: of them only what was published is known.

A year that was published before Piperoll began is the sum of its quarters all the same. So such cells stand in the
problem with what their figures can stand for, and some counts that agree with every sum take the place of the true
ones, which nobody has. Nothing is concluded from those counts: what a reader knows is bounds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from piperoll.protect.attacker import Attacker, Knowledge, Mask
from piperoll.protect.relations import BIG, Ints, Relations
from piperoll.protect.solver import model, quiet
from piperoll.register.model.policy import Policy


NODES = 2000  # of a search for agreeing counts


@dataclass(frozen=True)
class Unknown:
    """Cells of a problem that cannot be counted.

    Attributes:
        cells: Which they are.
        shown: Those of which a figure is out.
        figures: The figures; 0 elsewhere.
        low, high: The least and the greatest count that each can stand for.
    """

    cells: Mask
    shown: Mask
    figures: Ints
    low: Ints
    high: Ints

    def only(self, held: Mask) -> Unknown:
        """With those figures alone that agree with everything else."""
        low, high = np.where(held, self.low, 0), np.where(held, self.high, BIG)
        return replace(self, shown=self.shown & held, low=low, high=high)

    def known(self, knowledge: Knowledge) -> Knowledge:
        """Knowledge of a reader, to whom these cells are what was published of them."""
        figures = knowledge.figures
        return replace(
            knowledge,
            shown_low=np.where(self.cells, self.low, knowledge.shown_low),
            shown_high=np.where(self.cells, self.high, knowledge.shown_high),
            hidden_low=np.where(self.cells, 0, knowledge.hidden_low),
            hidden_high=np.where(self.cells, BIG, knowledge.hidden_high),
            figures=None if figures is None else np.where(self.shown, self.figures, figures),
        )


def unknown_of(
    cells: Mask, identities: Sequence[str], exact: Mask, shown: Mapping[str, float], attacker: Attacker, policy: Policy
) -> Unknown:
    """What is known of cells that cannot be counted.

    Args:
        cells: Which they are.
        exact: Cells that the policy does not concern: their figures are the counts.
        shown: Figures that were published, whole numbers, by identity.

    A figure stands for the counts that the policy would give as it. Where one figure of a period is no multiple of the
    base, those of that period were not rounded.
    """
    at = [cell for cell in np.flatnonzero(cells).tolist() if identities[cell] in shown]
    out = np.zeros(len(cells), bool)
    out[at] = True
    figures = np.zeros(len(cells), np.int64)
    figures[at] = [int(shown[identities[cell]]) for cell in at]
    low, high = attacker.of_shown(figures)
    if not policy.suppress_zero:
        # A zero is shown as zero, so that a 0 is none and anything else at least 1.
        low, high = np.where(figures == 0, 0, np.maximum(low, 1)), np.where(figures == 0, 0, high)
    plain = exact.copy()
    for period in _unrounded(out & ~exact, identities, figures, attacker):
        plain[period] = True
    low, high = np.where(plain, figures, low), np.where(plain, figures, high)
    return Unknown(cells, out, figures, np.where(out, low, 0), np.where(out, high, BIG))


def _unrounded(cells: Mask, identities: Sequence[str], figures: Ints, attacker: Attacker) -> list[list[int]]:
    """Cells of the periods whose figures were published as they were."""
    of_period: dict[str, list[int]] = defaultdict(list)
    for cell in np.flatnonzero(cells).tolist():
        of_period[identities[cell].rpartition("|")[2]].append(cell)
    return [some for some in of_period.values() if (attacker.figure(figures[some]) != figures[some]).any()]


def complete(relations: Relations, values: Ints, unknown: Unknown) -> tuple[Ints, Mask] | None:
    """Counts for the cells that have none, which agree with every relation and with what was published.

    Where figures contradict others (one of them was revised since), some are set aside: those with which all of them
    together are wrong by the least number of counts.

    Args:
        values: Counts of all other cells.

    Returns:
        All counts, and which figures they agree with; None if there are no such counts, or none were found.
    """
    held = unknown.shown.copy()
    columns = np.flatnonzero(unknown.cells)
    if not len(columns):
        return values, held
    found = _solve(relations, values, columns, unknown, slack=False)
    if found is None and held.any():
        found = _solve(relations, values, columns, unknown, slack=True)
    if found is None:
        return None
    out = values.copy()
    out[columns] = found
    held &= (out >= unknown.low) & (out <= unknown.high)
    # The solver's numbers are floats: what it found is looked at before it is believed.
    sums = relations.sums(out)
    agrees = bool(((sums >= relations.low) & (sums <= relations.high)).all() and (out >= 0).all())
    return (out, held) if agrees else None


def _solve(relations: Relations, values: Ints, columns: Ints, unknown: Unknown, slack: bool) -> Ints | None:
    """The integer program over the unknown counts; with ``slack``, figures may be wrong at a cost."""
    loose = unknown.cells[relations.cell]
    rows = np.unique(relations.row_of[loose])
    held = unknown.shown[columns]
    count, more = len(columns), np.flatnonzero(held) if slack else np.zeros(0, np.int64)
    place = np.full(relations.cells, -1, np.int64)
    place[columns] = np.arange(count)
    known = relations.sums(np.where(unknown.cells, 0, values))[rows] if len(rows) else np.zeros(0, np.int64)
    line = np.full(relations.rows, -1, np.int64)
    line[rows] = np.arange(len(rows))
    entries = np.flatnonzero(loose)
    width = np.bincount(line[relations.row_of[entries]], minlength=len(rows))
    # A row more for each figure that may be wrong: low <= count + under - over <= high.
    start = np.concatenate([[0], np.cumsum(np.concatenate([width, np.full(len(more), 3)]))])
    under = count + np.arange(len(more))
    cells = np.concatenate([place[relations.cell[entries]], np.column_stack([more, under, under + len(more)]).ravel()])
    coefs = np.concatenate([relations.coef[entries], np.tile([1, 1, -1], len(more))])
    low, high = unknown.low[columns], unknown.high[columns]
    row_low = np.concatenate([_less(relations.low[rows], known), low[more]])
    row_high = np.concatenate([_less(relations.high[rows], known), high[more]])
    low, high = np.where(held & slack, 0, low), np.where(held & slack, BIG, high)
    extra = 2 * len(more)
    solver = quiet()
    solver.setOptionValue("mip_max_nodes", NODES)
    solver.passModel(
        model(
            np.concatenate([np.zeros(count), np.ones(extra)]),
            np.concatenate([low, np.zeros(extra, np.int64)]),
            np.concatenate([high, np.full(extra, BIG)]),
            (start, cells, coefs),
            row_low,
            row_high,
            True,
        )
    )
    solver.run()
    point = np.array(solver.getSolution().col_value[:count])
    if not solver.getSolution().value_valid or len(point) != count:
        return None
    return np.rint(point).astype(np.int64)


def _less(limits: Ints, known: Ints) -> Ints:
    """Limits of what is left of a row when the known counts are taken out of it."""
    endless = np.abs(limits) >= BIG // 2
    return np.where(endless, limits, limits - known)


__all__ = ["Unknown", "complete", "unknown_of"]
