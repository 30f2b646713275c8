"""Tables found so far in a file, so that a proof that was stopped goes on where it was.

The file holds tables of counts and stays inside. One that was made for another problem or pattern is left aside.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.problem import Problem
from piperoll.protect.proof.pool import Pool, Table
from piperoll.protect.relations import Ints


class Checkpoint:
    """One file; without a path it keeps nothing."""

    def __init__(self, path: Path | None, problem: Problem, pattern: Mask) -> None:
        self.path = path
        hasher = hashlib.sha256(problem.relations.digest.encode())
        for array in (problem.values, *problem.knowledge.arrays, problem.hidden(pattern)):
            hasher.update(np.ascontiguousarray(array, dtype="<i8").tobytes())
        self._of = hasher.hexdigest()

    def tables(self) -> list[Table]:
        """What an earlier run left; nothing if it was for something else or is damaged."""
        if self.path is None or not self.path.exists():
            return []
        try:
            with self.path.open("rb") as file, np.load(file, allow_pickle=False) as read:
                arrays = {name: read[name] for name in ("begin", "leaf", "by")}
                if str(read["of"]) != self._of or str(read["seal"]) != _seal(arrays):
                    return []
        except (ValueError, KeyError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
            return []
        spans = [slice(a, b) for a, b in pairwise(arrays["begin"].tolist())]
        return [(arrays["leaf"][span].astype(np.int64), arrays["by"][span].astype(np.int64)) for span in spans]

    def save(self, pool: Pool) -> None:
        """Keep all tables but the true one."""
        if self.path is None:
            return
        begin = pool.begin[1 : pool.count + 1]
        arrays: dict[str, Any] = {"begin": begin, "leaf": pool.leaf[: begin[-1]], "by": pool.by[: begin[-1]]}
        new = self.path.with_suffix(".new")
        with new.open("wb") as file:
            np.savez(file, of=np.array(self._of), seal=np.array(_seal(arrays)), **arrays)
        os.replace(new, self.path)


def _seal(arrays: Mapping[str, Ints]) -> str:
    hasher = hashlib.sha256()
    for name in sorted(arrays):
        hasher.update(len(arrays[name]).to_bytes(8, "little"))
        hasher.update(np.ascontiguousarray(arrays[name], dtype="<i8").tobytes())
    return hasher.hexdigest()
