"""How records hang together, as a picture: records as nodes, pairs as lines whose width says the match weight.

Records that agree lie near each other: the layout brings distances in the plane as near as it can to distances that
fall with the weight of each pair (stress majorization; Gansner, Koren and North, "Graph drawing by stress
majorization", 2005), from a circle, in a fixed number of rounds. The same records give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from piperoll.link.cluster.agree import components
from piperoll.present.words import counted


MOST = 60  # records that can be told apart in a picture
ROUNDS = 300
SURE = 20.0  # bits from which two records lie as near as they can
_NEAR, _FAR = 1.0, 3.0  # distances of pairs of +SURE and of -SURE bits
FEW = 6  # records up to which each line bears its weight


@dataclass(frozen=True)
class Net:
    """Some records and all of their pairs.

    Attributes:
        weights: float64 (k, k), bits.
        join: Match weight from which two records alone would be joined.
        files: The file of each.
        person: int (k,): which person each is of; 0 for all where one person is shown.
        never: bool (k, k): pairs that a veto speaks against; none by default.
    """

    weights: np.ndarray
    join: float
    files: tuple[str, ...]
    person: np.ndarray
    never: np.ndarray | None = None

    @property
    def size(self) -> int:
        """How many records."""
        return len(self.weights)

    def pairs(self, mask: np.ndarray) -> list[tuple[int, int]]:
        """Pairs of a mask (k, k), each once, the weakest first, so that the strongest is drawn on top."""
        one, other = np.nonzero(np.triu(mask, 1))
        order = np.argsort(self.weights[one, other], kind="stable")
        return list(zip(one[order].tolist(), other[order].tolist(), strict=True))

    @property
    def _same(self) -> np.ndarray:
        return np.equal(self.person[:, None], self.person[None, :])

    @property
    def _vetoed(self) -> np.ndarray:
        return np.zeros(self.weights.shape, bool) if self.never is None else self.never

    @property
    def kept(self) -> list[tuple[int, int]]:
        """Pairs of one person that are as likely as not, or more."""
        return self.pairs(self._same & (self.weights >= 0) & ~self._vetoed)

    @property
    def against(self) -> list[tuple[int, int]]:
        """Pairs that speak against: vetoes; of one person, pairs as surely not as others are; of two, their links.

        Of those of one person only the strongest are told, one a record: all others would hide what holds.
        """
        unlike = self.pairs(self._same & (self.weights <= -self.join) & ~self._vetoed)[: self.size]
        unlike = [] if len(np.unique(self.person)) > 1 else unlike
        return sorted({*unlike, *self.pairs(self._vetoed), *self.pairs(~self._same & (self.weights >= self.join))})

    @property
    def bridges(self) -> set[tuple[int, int]]:
        """Links without which a person of three records or more would fall into parts."""
        many = np.bincount(self.person)[self.person] >= 3
        links = self.pairs(self._same & (self.weights >= self.join) & many[:, None] & ~self._vetoed)
        whole = _parts(self.size, links)
        return {each for each in links if _parts(self.size, [x for x in links if x != each]) > whole}


def _parts(count: int, links: Sequence[tuple[int, int]]) -> int:
    ends = np.array(links, np.int32).reshape(-1, 2)
    return len(np.unique(components(count, ends[:, 0], ends[:, 1])))


def place(weights: np.ndarray) -> np.ndarray:
    """Where records lie, float64 (k, 2), from weights of their pairs (k, k): within [-1, 1], to three decimals."""
    count = len(weights)
    angle = 2 * np.pi * np.arange(count) / max(count, 1)
    at = np.column_stack([np.cos(angle), np.sin(angle)])
    if count <= 2:
        return np.round(at, 3)
    share = (np.clip(weights, -SURE, SURE) + SURE) / (2 * SURE)
    wanted = _FAR - (_FAR - _NEAR) * share
    np.fill_diagonal(wanted, 0.0)
    pull = np.where(wanted > 0, 1.0 / np.maximum(wanted, 1e-9) ** 2, 0.0)  # near pairs count for more
    for _ in range(ROUNDS):
        apart = at[:, None, :] - at[None, :, :]
        far = np.maximum(np.sqrt((apart**2).sum(axis=2)), 1e-9)
        to = at[None, :, :] + apart * (wanted / far)[:, :, None]
        at = (pull[:, :, None] * to).sum(axis=1) / pull.sum(axis=1)[:, None]
    at -= at.mean(axis=0)
    return np.round(at / max(float(np.abs(at).max()), 1e-9), 3)


def words(net: Net) -> str:
    """What the picture shows, in words."""
    kept, bridges = net.kept, net.bridges
    every = net.size * (net.size - 1) // 2
    out = [f"{counted(net.size, 'record')} of {counted(len(np.unique(net.person)), 'person', 'people')}."]
    if kept:
        weights = [net.weights[pair] for pair in kept]
        out.append(f"{len(kept):,} of {counted(every, 'pair')} are as likely as not of one person, from "
                   f"{min(weights):+.1f} to {max(weights):+.1f} bits.")  # fmt: skip
    if bridges:
        out.append(f"{counted(len(bridges), 'link')} {'is a bridge' if len(bridges) == 1 else 'are bridges'}.")
    if net.against:
        out.append(f"{counted(len(net.against), 'pair')} shown speak against.")
    return " ".join(out)


def draw(axes: Any, net: Net, colours: Sequence[str], light: str, ink: str) -> None:
    """Draw it into matplotlib axes: lines first, records on top, by number."""
    at, bridges = place(net.weights), net.bridges
    many = max(net.size / 20.0, 1.0)
    for a, b in net.kept:
        share = min(net.weights[a, b] / SURE, 1.0)
        bridge = (a, b) in bridges
        axes.plot(*at[[a, b]].T, color=colours[3] if bridge else _mixed(light, colours[0], share), zorder=3 if bridge
                  else 1, linewidth=(0.6 + 3.4 * share) / many**0.7 + (0.8 if bridge else 0.0),
                  solid_capstyle="round")  # fmt: skip
    for a, b in net.against:
        axes.plot(*at[[a, b]].T, color=colours[2], linewidth=1.2 / many**0.4, linestyle=(0, (4, 3)), zorder=0.5)
    if net.size <= FEW:
        for a, b in [*net.kept, *net.against]:
            x, y = at[a] * 0.5 + at[b] * 0.5
            axes.text(x, y, f"{net.weights[a, b]:+.1f}", ha="center", va="center", fontsize=9, color=ink, zorder=4,
                      bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"})  # fmt: skip
    files = list(dict.fromkeys(net.files))
    marks = "osD^vP"
    for k, name in enumerate(files):
        own = [n for n in range(net.size) if net.files[n] == name]
        filled = [colours[0] if net.person[n] == 0 else colours[1] for n in own]
        axes.scatter(*at[own].T, s=(300.0 if net.size <= 20 else 170.0), c=filled, marker=marks[k % len(marks)],
                     edgecolors="white", linewidths=1.2, zorder=5, label=name)  # fmt: skip
    for n, (x, y) in enumerate(at):
        axes.text(x, y - 0.003, str(n + 1), ha="center", va="center", fontsize=9 if net.size <= 20 else 7,
                  color="white", fontweight="bold", zorder=6)  # fmt: skip
    axes.set_xlim(-1.12, 1.12)
    axes.set_ylim(-1.12, 1.12)
    axes.set_aspect("equal")
    axes.axis("off")


def _mixed(light: str, dark: str, share: float) -> str:
    """A colour between two, as #rrggbb."""
    parts = [(int(light[k : k + 2], 16), int(dark[k : k + 2], 16)) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in parts)
