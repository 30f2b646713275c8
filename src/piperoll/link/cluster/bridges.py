"""Bridges: links without which a group of records would fall into two."""

from __future__ import annotations

import numpy as np

from piperoll.link.kernels import njit


@njit(cache=True, nogil=True)
def find_bridges(count: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Which of the links between ``count`` nodes are bridges, bool (links,), by Tarjan (1974), without recursion.

    Args:
        left, right: int64 (links,), no link twice.
    """
    links = len(left)
    starts = np.zeros(count + 1, np.int64)
    for k in range(links):
        starts[left[k] + 1] += 1
        starts[right[k] + 1] += 1
    for i in range(count):
        starts[i + 1] += starts[i]
    fill = starts[:count].copy()
    to, by = np.empty(2 * links, np.int64), np.empty(2 * links, np.int64)
    for k in range(links):
        for a, b in ((left[k], right[k]), (right[k], left[k])):
            to[fill[a]], by[fill[a]] = b, k
            fill[a] += 1
    seen, low = np.full(count, -1, np.int64), np.zeros(count, np.int64)
    place, came, stack = starts[:count].copy(), np.full(count, -1, np.int64), np.empty(count + 1, np.int64)
    time, found = 0, np.zeros(links, np.bool_)
    for root in range(count):
        if seen[root] >= 0:
            continue
        depth = 0
        stack[0] = root
        seen[root] = low[root] = time
        time += 1
        while depth >= 0:
            node = stack[depth]
            if place[node] < starts[node + 1]:
                at = place[node]
                place[node] += 1
                if by[at] == came[node]:
                    continue
                if seen[to[at]] < 0:
                    seen[to[at]] = low[to[at]] = time
                    time += 1
                    came[to[at]] = by[at]
                    depth += 1
                    stack[depth] = to[at]
                else:
                    low[node] = min(low[node], seen[to[at]])
            else:
                depth -= 1
                if depth >= 0:
                    above = stack[depth]
                    low[above] = min(low[above], low[node])
                    if low[node] > seen[above]:
                        found[came[node]] = True
    return found
