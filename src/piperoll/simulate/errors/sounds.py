"""Slips of the ear: a name written as another spelling of its sound."""

from __future__ import annotations

import numpy as np
import polars as pl

from piperoll.simulate.errors.letters import mistype


# Spellings that English ears confuse, written both ways where both occur; patterns are of the Rust regex crate.
RULES: tuple[tuple[str, str], ...] = (
    ("ph", "f"), ("f", "ph"), ("ck", "k"), ("k$", "ck"), ("c([aour])", "k$1"), ("k([aour])", "c$1"),
    ("ey$", "y"), ("([^aeiou])y$", "${1}ey"), ("ie$", "y"), ("([^aeiou])y$", "${1}ie"), ("ee", "ea"), ("ea", "ee"),
    ("ai", "ay"), ("ay", "ai"), ("ei", "ie"), ("ie", "ei"), ("ll", "l"), ("([aeiou])l([aeiou])", "${1}ll$2"),
    ("nn", "n"), ("([aeiou])n([aeiou])", "${1}nn$2"), ("tt", "t"), ("([aeiou])t([aeiou])", "${1}tt$2"), ("ss", "s"),
    ("([a-z])s$", "$1"), ("([^s])$", "${1}s"), ("e$", ""), ("([^e])$", "${1}e"), ("([a-z])y([a-z])", "${1}i$2"),
    ("([a-z])i([a-z])", "${1}y$2"), ("son$", "sen"), ("er$", "or"), ("or$", "er"), ("an$", "en"), ("en$", "on"),
    ("th", "t"), ("gh", "g"), ("ou", "u"), ("oo", "u"), ("v", "f"), ("w", "v"), ("z", "s"), ("mb", "m"), ("ow", "ou"),
    ("([aeiou])h", "$1"), ("mac", "mc"), ("mc", "mac"),
)  # fmt: skip
_TRIES = 3


def misheard(rng: np.random.Generator, texts: pl.Series) -> pl.Series:
    """Each text in another spelling of its sound; where three rules drawn at random all fail, with a slip of the hand.

    Texts are written small with a first capital, which they keep; a system that writes capitals does so afterwards.
    """
    out = texts.rename("text")
    for _ in range(_TRIES):
        waiting = np.flatnonzero((out == texts).to_numpy())
        rule = rng.integers(0, len(RULES), len(waiting))
        order = np.argsort(rule, kind="stable")
        bounds = np.searchsorted(rule[order], np.arange(len(RULES) + 1))
        rows, parts = waiting[order], []
        for number, (pattern, new) in enumerate(RULES):
            some = out.gather(rows[bounds[number] : bounds[number + 1]])
            if len(some):
                parts.append(some.str.replace(f"(?i){pattern}", new))
        if parts:
            out = _put(out, rows, pl.concat(parts))
    out = out.str.slice(0, 1).str.to_uppercase() + out.str.slice(1)
    still = np.flatnonzero((out == texts).to_numpy())
    return _put(out, still, mistype(rng, texts.gather(still)))


def _put(texts: pl.Series, rows: np.ndarray, values: pl.Series) -> pl.Series:
    if not len(rows):
        return texts
    place = np.arange(len(texts))
    place[rows] = len(texts) + np.arange(len(rows))
    return pl.concat([texts, values.rename(texts.name)]).gather(place)
