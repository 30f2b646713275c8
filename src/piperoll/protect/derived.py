"""What percentages, rates and revisions tell, as rows.

A figure q shown with d decimals stands for anything within half of the last place. Each row is guarded: it is known
only while the figure and the counts it is made from are shown. A ``figure`` is a cell of its own, part of no total
(see ``more`` of `piperoll.protect.tables.link`), so that leaving the percentage out can be weighed against the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from piperoll.protect.relations import BIG, Relations, Rows, join, row


def change(now: int, then: int, shown: Decimal, figure: int) -> list[Rows]:
    """A percentage change from ``then`` to ``now``: ``(q - h)/100 * then <= now - then <= (q + h)/100 * then``."""
    low, high, scale = _ends(shown)
    per = 100 * scale
    guard, origin = (figure, now, then), "a published percentage change"
    return [
        row([now, then], [per, -(per + low)], 0, BIG, guard=guard, origin=origin),
        row([now, then], [per, -(per + high)], -BIG, 0, guard=guard, origin=origin),
    ]


def share(part: int, whole: int, shown: Decimal, figure: int) -> list[Rows]:
    """A percentage of a total."""
    low, high, scale = _ends(shown)
    guard, origin = (figure, part, whole), "a published percentage"
    return [
        row([part, whole], [100 * scale, -low], 0, BIG, guard=guard, origin=origin),
        row([part, whole], [100 * scale, -high], -BIG, 0, guard=guard, origin=origin),
    ]


def rate(count: int, denominator: int, per: int, shown: Decimal, figure: int) -> list[Rows]:
    """A rate per ``per`` of a public denominator."""
    low, high, scale = _ends(shown)
    least, most = -(-low * denominator // (per * scale)), high * denominator // (per * scale)
    return [row([count], [1], least, most, guard=(figure, count), origin="a published rate")]


def base_rule(then: int, now: int, minimum: int, shown: bool, figure: int) -> Rows:
    """A change that is shown has a base of at least ``minimum``; one that is not, beside both counts, has less."""
    origin = "whether a percentage is shown"
    if shown:
        return row([then], [1], minimum, BIG, guard=(figure, then, now), origin=origin)
    return row([then], [1], 0, minimum - 1, guard=(then, now), origin=origin)


def revision(old: int, new: int, most: int) -> Rows:
    """A published limit of how far figures are revised."""
    return row([new, old], [1, -1], -most, most, origin="the limit of revisions")


def extend(relations: Relations, rows: Sequence[Rows]) -> Relations:
    """Relations with further rows."""
    return join(relations.names, [*pieces(relations), *rows])


def pieces(relations: Relations) -> list[Rows]:
    """The rows of relations as `join` takes them, by where they come from."""
    out = []
    for number, origin in enumerate(relations.origins):
        rows = np.flatnonzero(relations.origin == number)
        lengths = np.diff(relations.start)[rows]
        entry = relations.origin[relations.row_of] == number
        out.append(
            Rows(
                np.concatenate([[0], np.cumsum(lengths)]),
                relations.cell[entry],
                relations.coef[entry],
                relations.low[rows],
                relations.high[rows],
                origin,
                tuple(tuple(relations.guards(int(r)).tolist()) for r in rows),
            )
        )
    return out


def _ends(shown: Decimal) -> tuple[int, int, int]:
    """The figure less and plus half of its last place, as integers over a scale."""
    exponent = shown.as_tuple().exponent
    assert isinstance(exponent, int)
    scale = 2 * 10 ** max(-exponent, 0)
    middle = int(shown * scale)
    return middle - 1, middle + 1, scale
