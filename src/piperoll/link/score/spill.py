"""Pairs on disk, part by part, so that a run that was stopped goes on where it was and memory is not what limits it.

A part is a Parquet file of the pairs that some tasks in a row have kept, named by the first and the last of them. It is
written beside its name and renamed, so that it is there whole or not at all. Parts are believed only under the same
key: what was linked, how, and by which version.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.link.score.run import Pairs, Scanner, Task, together
from piperoll.link.score.scan import Weights


PART = 2_000_000  # kept pairs from which a part is closed
MAPPED = 50_000_000  # pairs beyond which they are not held in memory, which takes 26 bytes for each
MOST_TASKS = 200  # tasks of a part, at most: so much is done again after a stop


class Spill:
    """Parts in a directory.

    Args:
        key: What pairs are of; parts of another key are thrown away.
    """

    def __init__(self, directory: Path, key: str) -> None:
        self.directory = directory
        known = directory / "key"
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not known.is_file() or known.read_text(encoding="ascii") != key:
                for each in directory.iterdir():
                    each.unlink()
                self._put("key", key.encode("ascii"))
        except OSError as error:
            raise _full(directory, error) from None

    def _put(self, name: str, data: bytes) -> None:
        fresh = self.directory / f".{name}.{os.getpid()}"
        fresh.write_bytes(data)
        fresh.replace(self.directory / name)

    def remember(self, name: str, told: object) -> None:
        """Keep something small, such as the model, to go on with it."""
        try:
            self._put(f"{name}.json", json.dumps(told).encode())
        except OSError as error:
            raise _full(self.directory, error) from None

    def remembered(self, name: str) -> object | None:
        """What was kept under a name; None if nothing was."""
        try:
            return json.loads((self.directory / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def parts(self) -> list[Path]:
        """Parts that follow one another from the first task on."""
        found = sorted(self.directory.glob("part-*.parquet"))
        out, following = [], 0
        for each in found:
            first, last = (int(text) for text in each.stem.split("-")[1:])
            if first == following:
                out.append(each)
                following = last
        return out

    def fill(self, scanner: Scanner, weights: Weights, bound: float) -> Iterator[int]:
        """Do the tasks that no part has, and write parts; gives after each the number of tasks that are done."""
        done = self.parts()
        at = int(done[-1].stem.split("-")[2]) if done else 0
        if at:
            yield at
        work: Iterable[Task] = islice(scanner.tasks(), at, None)
        first, kept, sofar = at, 0, []
        for pairs in scanner.run(work, weights, bound):
            sofar.append(pairs)
            kept += len(pairs)
            at += 1
            if kept >= PART or at - first >= MOST_TASKS:
                self._write(first, at, together(sofar))
                first, kept, sofar = at, 0, []
                yield at
        if sofar:
            self._write(first, at, together(sofar))
            yield at

    def _write(self, first: int, last: int, pairs: Pairs) -> None:
        frame = pl.DataFrame({name: getattr(pairs, name) for name in Pairs.__annotations__})
        path = self.directory / f"part-{first:08d}-{last:08d}.parquet"
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            frame.write_parquet(fresh, compression="lz4")
            fresh.replace(path)
        except OSError as error:
            fresh.unlink(missing_ok=True)
            raise _full(self.directory, error) from None

    def read(self, bound: float = -np.inf) -> Iterator[Pairs]:
        """Pairs of all parts in order, those of ``bound`` or more."""
        for path in self.parts():
            frame = pl.read_parquet(path, glob=False)
            if np.isfinite(bound):
                frame = frame.filter(pl.col("weight") >= bound)
            yield Pairs(*(frame[name].to_numpy() for name in Pairs.__annotations__))

    def load(self) -> Pairs:
        """All pairs of all parts, in order, without holding any of them twice.

        More than `MAPPED` stay in a file that is gone from the directory already: memory is given up for them only
        while there is some to spare.
        """
        paths = self.parts()
        counts = [pl.scan_parquet(path, glob=False).select(pl.len()).collect().item() for path in paths]
        total = sum(counts)
        room = np.empty if total <= MAPPED else self._mapped
        out = Pairs(*(room(total, each.dtype) for each in vars(together([])).values()))
        start = 0
        for part, count in zip(self.read(), counts, strict=True):
            for name in Pairs.__annotations__:
                getattr(out, name)[start : start + count] = getattr(part, name)
            start += count
        return out

    def _mapped(self, size: int, dtype: np.dtype) -> np.ndarray:
        path = self.directory / "mapped"
        try:
            with path.open("wb+") as file:
                os.posix_fallocate(file.fileno(), 0, size * dtype.itemsize)  # a full disk is told now, not when written
                path.unlink()
                return np.memmap(file, dtype, "r+", shape=(size,)).view(np.ndarray)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise _full(self.directory, error) from None

    def clear(self) -> None:
        """Throw all parts away: the run is done."""
        for each in self.directory.iterdir():
            each.unlink()
        self.directory.rmdir()


def key_of(*said: str) -> str:
    """A key of what makes a run what it is."""
    return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()


def _full(directory: Path, error: OSError) -> UserError:
    return UserError("PR-L007", f"pairs cannot be kept there: {os.strerror(error.errno or 0)}.", where=str(directory),
                     fix="Make room, and run the same command again: it goes on where it was.")  # fmt: skip
