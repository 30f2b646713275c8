"""A small dictionary from text to text as one SQL expression, with no join and no error on a miss.

The pairs lie in one long text, in buckets found by DuckDB's own hash. (A cast to an ENUM also finds a text, but each
miss builds an error message, which costs microseconds; a look-up by longest start misses most of the time.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from piperoll.store.duck import Connection, quote_text


SLOTS = 3  # pairs in a bucket
LARGEST = 50_000  # pairs; beyond it the text would be too long
TRIES = 40


@dataclass(frozen=True)
class HashTable:
    """The packed pairs.

    Attributes:
        text: Buckets of `SLOTS` pairs; key and value padded with spaces to their widths.
        buckets: Number of buckets.
        seed: What the hash is salted with.
        key_width, value_width: In characters.
    """

    text: str
    buckets: int
    seed: int
    key_width: int
    value_width: int

    @classmethod
    def build(cls, con: Connection, pairs: Mapping[str, str]) -> HashTable | None:
        """Pack pairs; None if they are too many, or not plain ASCII without spaces at the end."""
        plain = all(text.isascii() and text == text.rstrip(" ") for pair in pairs.items() for text in pair)
        if not pairs or len(pairs) > LARGEST or not plain:
            return None
        key_width = max(len(key) for key in pairs)
        value_width = max(1, *(len(value) for value in pairs.values())) if pairs else 1
        keys = list(pairs)
        for seed in range(TRIES):
            count = (4 + seed) * len(keys)
            places = con.execute(
                f"SELECT CAST(hash(unnest($1::VARCHAR[]), {seed}) % {count} AS BIGINT)", [keys]
            ).fetchall()
            filled: dict[int, list[str]] = {}
            for key, (place,) in zip(keys, places, strict=True):
                filled.setdefault(place, []).append(key.ljust(key_width) + pairs[key].ljust(value_width))
            if all(len(each) <= SLOTS for each in filled.values()):
                width = SLOTS * (key_width + value_width)
                text = "".join("".join(filled.get(i, ())).ljust(width) for i in range(count))
                return cls(text, count, seed, key_width, value_width)
        return None

    def sql(self, key: str) -> str:
        """SQL of the value of ``key``, null if it is not there. An empty key is never there."""
        pair = self.key_width + self.value_width
        place = f"CAST(hash({key}, {self.seed}) % {self.buckets} AS BIGINT) * {SLOTS * pair}"
        bucket = f"substr({quote_text(self.text)}, {place} + 1, {SLOTS * pair})"
        cases = []
        for slot in range(SLOTS):
            at = slot * pair
            cases.append(
                f"WHEN rtrim(substr({bucket}, {at + 1}, {self.key_width}), ' ') = {key}"
                f" THEN rtrim(substr({bucket}, {at + self.key_width + 1}, {self.value_width}), ' ')"
            )
        return f"CASE WHEN {key} = '' THEN NULL {' '.join(cases)} END"
