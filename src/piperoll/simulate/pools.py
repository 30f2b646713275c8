"""Things drawn by frequency: names, employers, streets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib import resources

import numpy as np
import polars as pl


class Pool:
    """Texts with weights.

    Args:
        texts: What is drawn.
        weights: How often, on any scale; all alike if None.
    """

    def __init__(self, texts: Iterable[str], weights: Sequence[float] | np.ndarray | None = None) -> None:
        self.texts = pl.Series("text", list(texts), dtype=pl.String)
        if not len(self.texts):
            raise ValueError("a pool needs at least one text")
        self.weights = np.ones(len(self.texts)) if weights is None else np.asarray(weights, dtype=float)
        if len(self.weights) != len(self.texts) or (self.weights < 0).any() or self.weights.sum() <= 0:
            raise ValueError("a pool needs a weight, not below zero, for each text, and some above it")

    @cached_property
    def edges(self) -> np.ndarray:
        """Upper edges of the texts' shares of (0, 1)."""
        edges = np.cumsum(self.weights) / self.weights.sum()
        edges[-1] = 1.0
        return edges

    def indices(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """``count`` positions in `texts`, by weight."""
        return np.searchsorted(self.edges, rng.random(count), side="right").astype(np.int64)

    def draw(self, rng: np.random.Generator, count: int) -> pl.Series:
        """``count`` texts, by weight."""
        return self.texts.gather(self.indices(rng, count))


class GroupedPool:
    """Codes drawn by weights that differ between groups: one search for all groups together.

    Args:
        groups: For each group its codes (int) and their weights, on any scale; a group may be empty if nobody draws
            from it.
    """

    def __init__(self, groups: Sequence[tuple[np.ndarray, np.ndarray]]) -> None:
        self.codes = np.concatenate([codes for codes, _ in groups]).astype(np.int64)
        edges = []
        for number, (codes, weights) in enumerate(groups):
            if len(codes) != len(weights) or (len(codes) and not (np.min(weights) >= 0 and np.sum(weights) > 0)):
                raise ValueError(f"group {number} needs a weight, not below zero, for each code, and some above it")
            if len(codes):
                own = np.cumsum(weights, dtype=float) / np.sum(weights, dtype=float)
                own[-1] = 1.0
                edges.append(own + number)
        self.edges = np.concatenate(edges) if edges else np.empty(0)
        self._filled = np.array([len(codes) > 0 for codes, _ in groups])

    def draw(self, rng: np.random.Generator, group: np.ndarray) -> np.ndarray:
        """A code for each group given (positions in ``groups``).

        Raises:
            ValueError: If a group has no codes.
        """
        return self.at(group, rng.random(len(group)))

    def at(self, group: np.ndarray, share: np.ndarray) -> np.ndarray:
        """The code at a share (0 to 1, without 1) of the weights of each group given.

        Raises:
            ValueError: If a group has no codes.
        """
        if len(group) and not self._filled[group].all():
            raise ValueError("nothing can be drawn from a group without codes")
        # Half a step below 1 keeps the rounding of large group numbers from reaching into the next group.
        return self.codes[np.searchsorted(self.edges, group + np.minimum(share, 1.0 - 1e-9), side="right")]


def read_pool(package: str, name: str, column: str = "name", weight: str = "weight") -> Pool:
    """A pool from a CSV that lies in a package as data."""
    with resources.files(package).joinpath(name).open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return Pool([row[column] for row in rows], [float(row[weight]) for row in rows])
