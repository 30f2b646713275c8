"""Tables found so far in a file, so that a proof that was stopped goes on where it was.

The file holds tables of counts and stays inside. One that was made for another problem or pattern is left aside.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.problem import Problem
from piperoll.protect.relations import Ints


class Checkpoint:
    """One file; without a path it keeps nothing."""

    def __init__(self, path: Path | None, problem: Problem, pattern: Mask) -> None:
        self.path = path
        hasher = hashlib.sha256(problem.relations.digest.encode())
        for array in (problem.values, *problem.knowledge.arrays, problem.hidden(pattern)):
            hasher.update(np.ascontiguousarray(array, dtype="<i8").tobytes())
        self._of = hasher.hexdigest()

    def tables(self) -> list[tuple[Ints, Ints]]:
        """What an earlier run left; nothing if it was for something else or is damaged."""
        if self.path is None or not self.path.exists():
            return []
        try:
            read = json.loads(self.path.read_text())
            if read["of"] != self._of or read["seal"] != _seal(read["tables"]):
                return []
            return [(np.array(cells, np.int64), np.array(by, np.int64)) for cells, by in read["tables"]]
        except (ValueError, KeyError, TypeError):
            return []

    def save(self, tables: list[tuple[Ints, Ints]]) -> None:
        """Keep all tables but the true one."""
        if self.path is None:
            return
        kept = [[c.tolist(), b.tolist()] for c, b in tables[1:]]
        content = {"of": self._of, "tables": kept, "seal": _seal(kept)}
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(content, separators=(",", ":")))
        os.replace(new, self.path)


def _seal(tables: object) -> str:
    return hashlib.sha256(json.dumps(tables, separators=(",", ":")).encode()).hexdigest()
