"""A small dictionary from texts of one length to texts, as one SQL expression: no join, and no error on a miss.

The pairs lie in one long text, in buckets found by DuckDB's own hash. (A cast to an ENUM also finds a text, but each
miss builds an error message, which costs microseconds; a look-up by longest start misses most of the time.)
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from piperoll.store.duck import Connection, quote_text


LARGEST_TEXT = 4_000_000  # characters
SHAPES = tuple((slots, factor) for slots in (1, 2, 3) for factor in (2, 4, 8, 16, 32))
# Smallest text first, for files so small that reading the text costs more than looking into more slots.
SMALL_SHAPES = tuple(
    sorted(
        ((slots, factor) for slots in (1, 2, 3, 4, 5, 6) for factor in (1, 2, 4, 8, 16, 32)), key=lambda s: s[0] * s[1]
    )
)
SEEDS = 3
EMPTY = "\x01"  # fills empty slots: no code is made of it


# Where tables made once are kept for the other processes of a run; they depend on the register alone.
_kept_in: list[tuple[Path, bool]] = []


def keep_tables_in(directory: Path, *, small: bool = False) -> None:
    """Keep tables in a directory from now on, and take them from there.

    Args:
        directory: Of the run.
        small: Whether a short text matters more than a fast look-up: for a file of few rows.
    """
    _kept_in[:] = [(directory, small)]


def once(name: str, check: Callable[[], None]) -> None:
    """Do a check that depends on the contract alone once a run, where the run keeps its tables; else each time."""
    done = _kept_in[0][0] / f"{hashlib.sha256(name.encode()).hexdigest()}.checked" if _kept_in else None
    if done is None or not done.exists():
        check()
        if done is not None:
            done.touch()


@dataclass(frozen=True)
class HashTable:
    """The packed pairs.

    Attributes:
        text: Buckets of ``slots`` pairs: a key, and its value padded with spaces.
        buckets: Number of buckets.
        slots: Pairs in a bucket.
        seed: What the hash is salted with.
        key_width, value_width: In characters.
        padded: Whether a value is shorter than ``value_width``.
    """

    text: str
    buckets: int
    slots: int
    seed: int
    key_width: int
    value_width: int
    padded: bool

    @classmethod
    def build(cls, con: Connection, pairs: Mapping[str, str]) -> HashTable | None:
        """Pack pairs whose keys are of one length; taken from where tables are kept, if it is there.

        Returns:
            None if they are too many, or not plain ASCII without spaces at the end of values.
        """
        if not _kept_in:
            return cls._build(con, pairs)
        directory, small = _kept_in[0]
        name = hashlib.sha256(json.dumps([small, *pairs.items()]).encode()).hexdigest()
        path = directory / f"{name}.json"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            return cls(**found) if found is not None else None
        except (OSError, ValueError, TypeError):
            made = cls._build(con, pairs, SMALL_SHAPES if small else SHAPES)
        partial = path.with_name(f"{name}.{os.getpid()}")
        partial.write_text(json.dumps(asdict(made) if made else None), encoding="utf-8")
        partial.replace(path)
        return made

    @classmethod
    def _build(
        cls, con: Connection, pairs: Mapping[str, str], shapes: tuple[tuple[int, int], ...] = SHAPES
    ) -> HashTable | None:
        keys = list(pairs)
        key_width = len(keys[0])
        value_width = max(1, *(len(value) for value in pairs.values()))
        plain = all(key.isascii() and value.isascii() for key, value in pairs.items())
        if (
            not plain
            or any(EMPTY in key for key in keys)
            or any(value != value.rstrip(" ") for value in pairs.values())
        ):
            return None
        for slots, factor in shapes:
            count = factor * len(keys)
            width = slots * (key_width + value_width)
            for seed in range(SEEDS if count * width <= LARGEST_TEXT else 0):
                places = con.execute(
                    f"SELECT CAST(hash(unnest($1::VARCHAR[]), {seed}) % {count} AS BIGINT)", [keys]
                ).fetchall()
                filled: dict[int, list[str]] = {}
                for key, (place,) in zip(keys, places, strict=True):
                    filled.setdefault(place, []).append(key + pairs[key].ljust(value_width))
                if all(len(each) <= slots for each in filled.values()):
                    text = "".join("".join(filled.get(i, ())).ljust(width, EMPTY) for i in range(count))
                    padded = any(len(value) < value_width for value in pairs.values())
                    return cls(text, count, slots, seed, key_width, value_width, padded)
        return None

    def sql(self, key: str) -> str:
        """SQL of the value of ``key``, null if it is not there."""
        pair = self.key_width + self.value_width
        text = quote_text(self.text)
        place = f"CAST(hash({key}, {self.seed}) % {self.buckets} AS BIGINT) * {self.slots * pair}"
        cases = []
        for slot in range(self.slots):
            value = f"substr({text}, {place} + {slot * pair + self.key_width + 1}, {self.value_width})"
            value = f"rtrim({value})" if self.padded else value
            cases.append(f"WHEN substr({text}, {place} + {slot * pair + 1}, {self.key_width}) = {key} THEN {value}")
        return f"CASE {' '.join(cases)} END"
