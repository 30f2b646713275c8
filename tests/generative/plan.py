"""How many of what is spoilt: drawn alike by the tests that run it and by the test of the page that tells it."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any, TypeVar

from tests.generative import letters, mutations, returned, tables, typed


Kind = TypeVar("Kind", bound=tuple[Any, ...])
# By way of delivery: how many in every run of the tests, and how many in the slow one.
COUNTS = {"files": (200, 2_200), "mail": (40, 400), "entry": (50, 500), "database": (4, 40), "returns": (30, 300)}
KINDS = {
    "files": mutations.kinds, "mail": letters.kinds, "entry": typed.kinds, "database": tables.kinds, "returns": returned.kinds,
}  # fmt: skip
SEEDS = 1, 2
READERS = {
    "csv": "CSV", "tab": "Text with tabs", "latin": "CSV, Windows-1252", "utf16": "CSV, UTF-16", "gzip": "CSV in gzip", "zip": "CSV in zip",
    "xlsx": "XLSX", "ods": "ODS", "parquet": "Parquet", "fixed": "Fixed width text", "xls": "XLS", "xlsb": "XLSB", "mail": "Message",
    "entry": "Entry", "database": "Database", "returns": "Returned template",
}  # fmt: skip


def drawn(kinds: list[Kind], count: int, rng: random.Random) -> list[Kind]:
    """So many of these, each about as often, in an order of chance."""
    order = list(kinds)
    rng.shuffle(order)
    return [order[n % len(order)] for n in range(count)]


def counted() -> Counter[tuple[str, str]]:
    """How many of each reader and family the slow run draws."""
    return Counter(
        (reader, family)
        for way, kinds in KINDS.items()
        for reader, family, *_ in drawn(kinds(), COUNTS[way][1], random.Random(SEEDS[1]))
    )


def table() -> list[str]:
    """The lines of the page's table: reader, kind of mutation, how many; and their sum."""
    found = counted()
    lines = ["| What is read | Spoilt | Deliveries |", "|---|---|---:|"]
    for reader, words in READERS.items():
        lines += [f"| {words} | {family} | {many:,} |" for (of, family), many in found.items() if of == reader]
    head, rule, *body = lines
    return [head, rule, *sorted(body), f"| All | | {sum(found.values()):,} |"]
