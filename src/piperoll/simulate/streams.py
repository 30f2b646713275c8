"""Random streams by name, so that one more draw in one place shifts no other place."""

from __future__ import annotations

import hashlib

import numpy as np


class Streams:
    """Seeded generators, each found by its names.

    ``Streams(7).of("claims", "2008-03")`` is always the same sequence, whatever else was drawn before.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def of(self, *names: object) -> np.random.Generator:
        """A fresh generator for these names, at the start of its sequence."""
        text = "\x1f".join(str(each) for each in (self.seed, *names))
        digest = hashlib.sha256(text.encode()).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
