"""Slips of the ear: a name written as another spelling of its sound."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from piperoll.simulate.errors.letters import mistype


# Spellings that English ears confuse, written both ways where both occur.
RULES: tuple[tuple[str, str], ...] = (
    ("ph", "f"), ("f", "ph"), ("ck", "k"), ("k$", "ck"), ("c([aour])", r"k\1"), ("k([aour])", r"c\1"),
    ("ey$", "y"), ("([^aeiou])y$", r"\1ey"), ("ie$", "y"), ("([^aeiou])y$", r"\1ie"), ("ee", "ea"), ("ea", "ee"),
    ("ai", "ay"), ("ay", "ai"), ("ei", "ie"), ("ie", "ei"), ("ll", "l"), ("([aeiou])l([aeiou])", r"\1ll\2"),
    ("nn", "n"), ("([aeiou])n([aeiou])", r"\1nn\2"), ("tt", "t"), ("([aeiou])t([aeiou])", r"\1tt\2"), ("ss", "s"),
    ("([a-z])s$", r"\1"), ("([^s])$", r"\1s"), ("e$", ""), ("([^e])$", r"\1e"), ("([a-z])y([a-z])", r"\1i\2"),
    ("([a-z])i([a-z])", r"\1y\2"), ("son$", "sen"), ("er$", "or"), ("or$", "er"), ("an$", "en"), ("en$", "on"),
    ("th", "t"), ("gh", "g"), ("ou", "u"), ("oo", "u"), ("v", "f"), ("w", "v"), ("z", "s"), ("mb", "m"), ("ow", "ou"),
    ("([aeiou])h", r"\1"), ("mac", "mc"), ("mc", "mac"),
)  # fmt: skip
_RULES = [(re.compile(pattern, re.IGNORECASE), new) for pattern, new in RULES]
_TRIES = 3


def misheard(rng: np.random.Generator, texts: pl.Series) -> pl.Series:
    """Each text in another spelling of its sound; where three rules drawn at random all fail, with a slip of the hand.

    Texts are written small with a first capital, which the rules keep; who writes capitals does so afterwards.
    """
    rules = rng.integers(0, len(_RULES), (len(texts), _TRIES)).tolist()
    # Row by row: these are the few rows that are spoilt, and a column at a time for each rule costs tenfold.
    out = pl.Series(texts.name, [_heard(text, own) for text, own in zip(texts, rules, strict=True)], dtype=pl.String)
    still = np.flatnonzero((out == texts).to_numpy())
    if not len(still):
        return out
    place = np.arange(len(texts))
    place[still] = len(texts) + np.arange(len(still))
    return pl.concat([out, mistype(rng, texts.gather(still)).rename(out.name)]).gather(place)


def _heard(text: str, rules: list[int]) -> str:
    for number in rules:
        pattern, new = _RULES[number]
        found = pattern.sub(new, text, count=1)
        if found != text and found:
            found = found[0].upper() + found[1:]
            if found != text:
                return found
    return text
