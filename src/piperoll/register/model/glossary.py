"""The glossary: terms that readers of publications need, each explained once for all of them.

Declared in ``glossary.yaml`` at the top of the register; `Publication.glossary` takes terms by their id.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A term.

    Attributes:
        id: By which publications take it.
        term: As readers meet it.
        meaning: What it means, in sentences.
        source: Where the meaning is taken from, if from somewhere.
    """

    id: str
    term: str
    meaning: str
    source: str = ""


@dataclass(frozen=True)
class Glossary:
    """Every term of a register."""

    terms: tuple[Term, ...] = ()
