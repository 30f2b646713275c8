"""Whether a certificate is about this very release: the checker sees that it proves something, this that it is that.

The certificate must take for granted at least what the release tells: every cell of it, the same cells suppressed, no
looser bound than a figure gives, every sum that follows from the definitions, and the policy's requirement for every
small count. What it takes for granted besides (earlier releases, known zeros) only makes the proof stronger: tables
that keep to more rows and narrower bounds keep to these as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from piperoll.protect.proof.certificate import FORMAT, PRIMARY, SECONDARY, SHOWN
from piperoll.protect.proof.checker import Faulty
from piperoll.protect.relations import BIG, Ints
from piperoll.release.outside import Seen


Row = tuple[dict[int, int], int, int]


def tie(data: bytes, seen: Seen, width: int, limited: int) -> None:
    """Hold a certificate that proves what it says against the release.

    Args:
        data: The certificate, checked.
        seen: The release as it is read from outside.
        width: How many counts more than one must remain possible, as the manifest says.
        limited: For how many small counts the manifest says that this is not reached.

    Raises:
        Faulty: With what the certificate leaves out.
        KeyError, TypeError, ValueError, IndexError: If it is damaged.
    """
    read = json.loads(data)
    if read["format"] != FORMAT:
        raise Faulty("it is of another version and does not name its cells")
    of_name = {name: cell for cell, name in enumerate(read["names"])}
    if not len(of_name) == len(read["names"]) == len(read["values"]) == len(read["states"]):
        raise Faulty("it does not name each of its cells once")
    names = seen.linked.relations.names
    wanted = [of_name.get(names.key(cell), -1) for cell in range(len(names))]
    own = np.array(wanted, np.int64)
    _refuse(seen, np.flatnonzero(own < 0), "{} cells of the release are not in it")
    _states(read, own, seen)
    _bounds(read, own, seen)
    _requirement(read, own, seen, width, limited)
    _rows(read, own, seen)


def _refuse(seen: Seen, wrong: Ints, text: str) -> None:
    if len(wrong):
        first = seen.linked.relations.names.of(int(wrong[0]))
        raise Faulty(f"{text.format(f'{len(wrong):,}')}; the first is [{first}]")


def _states(read: Mapping[str, Any], own: Ints, seen: Seen) -> None:
    """The same cells are suppressed."""
    proven = np.array([state != SHOWN for state in read["states"]])[own]
    _refuse(seen, np.flatnonzero(seen.hidden & ~proven), "{} suppressed cells of the release are shown in it")
    _refuse(seen, np.flatnonzero(~seen.hidden & proven), "{} cells that the release shows are suppressed in it")


def _bounds(read: Mapping[str, Any], own: Ints, seen: Seen) -> None:
    """No looser bound than the release gives."""
    low, high = np.array(read["low"])[own], np.array(read["high"])[own]
    looser = (low < seen.low) | (high > seen.high)
    _refuse(seen, np.flatnonzero(looser & ~seen.hidden), "{} figures of the release say more than it takes for known")
    states = np.array(list(read["states"]))[own]
    # Which suppressed counts are small is taken for known: the rule is public, and who reasons can often tell.
    looser |= (states == PRIMARY) & (high > seen.rule.threshold - 1)
    looser |= (states == SECONDARY) & (low < seen.rule.threshold)
    _refuse(seen, np.flatnonzero(looser), "of {} suppressed cells less is taken for known than the rule tells")


def _requirement(read: Mapping[str, Any], own: Ints, seen: Seen, width: int, limited: int) -> None:
    """Every small suppressed count stays open as far as the manifest says."""
    values = np.array(read["values"])[own]
    small = seen.hidden & (values < seen.rule.threshold) & ((values > 0) | seen.rule.zero)
    span = np.zeros(len(read["values"]), np.int64)
    for cell, _, _, far in read["required"]:
        span[cell] = far
    lacking = np.flatnonzero(small & (span[own] < width))
    if len(lacking) > limited:
        _refuse(seen, lacking, "for {} small counts it shows less than the manifest says")


def _rows(read: Mapping[str, Any], own: Ints, seen: Seen) -> None:
    """Every sum that follows from the definitions is a row, or follows from one with more cells in it."""
    rows: list[Row] = [
        (dict(zip(read["cell"][a:b], read["coef"][a:b], strict=True)), low, high)
        for (a, b), low, high in zip(pairwise(read["start"]), read["row_low"], read["row_high"], strict=True)
    ]
    of_cell: dict[int, list[Row]] = {}
    for row in rows:
        for cell in row[0]:
            of_cell.setdefault(cell, []).append(row)
    relations = seen.linked.relations
    bounds: tuple[list[int], list[int]] = (read["low"], read["high"])
    for at in range(relations.rows):
        entries = relations.entries(at)
        cells = own[relations.cell[entries]].tolist()
        mine = dict(zip(cells, relations.coef[entries].tolist(), strict=True))
        limits = int(relations.low[at]), int(relations.high[at])
        candidates = min((of_cell.get(cell, []) for cell in mine), key=len)
        if not any(_follows(mine, *limits, row, bounds) for row in candidates):
            raise Faulty(f"a sum of the release is not in it: {relations.words(at)}")


def _follows(mine: Mapping[int, int], low: int, high: int, row: Row, bounds: tuple[list[int], list[int]]) -> bool:
    """Whether a row, with what is known of its further cells, says as much as ``low <= mine <= high``."""
    theirs, least, most = row
    if len(theirs) < len(mine) or any(theirs.get(cell) != coef for cell, coef in mine.items()):
        return False
    more = [(cell, coef) for cell, coef in theirs.items() if cell not in mine]
    below = sum(coef * bounds[coef < 0][cell] for cell, coef in more)
    above = sum(coef * bounds[coef > 0][cell] for cell, coef in more)
    return (low <= -BIG // 2 or least - above >= low) and (high >= BIG // 2 or most - below <= high)
