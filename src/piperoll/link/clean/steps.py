"""Small steps by which text is cleaned, chained by the names that they have in a linkage's YAML.

Each step is one polars expression over the distinct values of a column. The usual chain for a name is `upper`,
`strip accents`, `strip punctuation`, `squeeze blanks`, `strip titles`, for a surname `particles`, and `null words`.
Each step but `other words` leaves alone what it has done; a chain does so where the letters come before the words, as
here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.link.clean.letters import plain
from piperoll.link.clean.words import NULL_WORDS, PARTICLES, RANKS, SUFFIXES, TITLES
from piperoll.register.shape import nearest


LONGEST = 64  # characters; what is beyond them is no name

_APOSTROPHES = r"['`\x{00B4}\x{02B9}-\x{02BD}\x{02C8}\x{2018}-\x{201B}\x{2032}\x{2035}\x{A78C}\x{FF07}]"
_NOT_SAID = r"[\p{P}\p{S}]"  # punctuation and symbols
_EMPTY = (
    r"[\s\p{Z}\p{C}\x{115F}\x{1160}\x{3164}\x{FFA0}]+"  # blanks, controls, and Hangul's fillers, which show nothing
)


@dataclass(frozen=True)
class Step:
    """A step of cleaning.

    Attributes:
        name: As written in YAML.
        says: What it does, in a sentence.
        apply: From text to text; what is left empty is made null after it.
    """

    name: str
    says: str
    apply: Callable[[pl.Expr], pl.Expr]


def clean(values: pl.Series, steps: Sequence[str]) -> pl.Series:
    """Texts after each of the steps in turn, cut at 64 characters.

    Args:
        values: n texts (String); each distinct one once, for the sake of speed alone.
        steps: Names of `STEPS`; none leaves the texts as they are but for blanks at their ends and their length.

    Returns:
        n texts; null where nothing is left.

    Raises:
        UserError: ``PR-L010`` if there is no such step.
    """
    check_steps(steps)
    # a frame for each step: one long expression would have what a step reads twice worked out twice, step by step
    text = pl.col("text")
    frame = values.alias("text").to_frame().select(_trimmed(text))
    for name in steps:
        frame = frame.select(STEPS[name].apply(text).alias("text")).select(_trimmed(text))
    return frame["text"].alias(values.name)


def check_steps(names: Iterable[str]) -> None:
    """Raise ``PR-L010``, with the nearest name there is, for the first that is no step."""
    for name in names:
        if name not in STEPS:
            fix = nearest(name, STEPS) or f"Steps are {', '.join(f'`{each}`' for each in STEPS)}."
            raise UserError("PR-L010", f"There is no step of cleaning `{name}`.", fix=fix)


def squeezed(text: pl.Expr) -> pl.Expr:
    """Runs of blanks and of what cannot be seen as one blank; none at the ends."""
    return text.str.replace_all(_EMPTY, " ").str.strip_chars(" ")


def nothing_known(text: pl.Expr) -> pl.Expr:
    """Whether a text is a word for nothing (`NULL_WORDS`), or has no letter and no digit; null for null."""
    bare = squeezed(text.str.to_uppercase().str.replace_all(_NOT_SAID, " "))
    return bare.is_in(["", *NULL_WORDS])


def _trimmed(text: pl.Expr) -> pl.Expr:
    """Cut, and null if empty. Each step cuts what it made longer, so that none sees a word that a later cut breaks."""
    text = text.str.head(LONGEST).str.strip_chars()
    return pl.when(text != "").then(text)


def _any_of(words: Iterable[str]) -> str:
    """Pattern of any of the words, the longest first: alternatives are tried in order."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "(?:" + "|".join(word.replace(" ", r"\.?\s+") for word in ordered) + ")"


_TITLED = rf"(?i)^\s*(?:{_any_of(TITLES)}(?:\.\s*|\s+))+\b"
_RANKED = rf"(?i)(\w)[.,\s]*\s(?:[0-9]+(?:ST|ND|RD|TH)|FIRST|SECOND|THIRD)\s+{_any_of(RANKS)}\b.*$"
_SUFFIXED = rf"(?i)(\w)(?:[.,\s]*[,\s][.,\s]*{_any_of(SUFFIXES)})+[.,\s]*$"
_PARTICLE = rf"(?i)\b({_any_of(PARTICLES)})\s+\b"


def _strip_titles(text: pl.Expr) -> pl.Expr:
    return text.str.replace(_TITLED, "").str.replace(_RANKED, "${1}").str.replace(_SUFFIXED, "${1}")


def _upper(text: pl.Expr) -> pl.Expr:
    # compatibility forms first: some of them, such as the ordinal indicator, have no capital of their own; nor has kra
    return text.str.normalize("NFKC").str.to_uppercase().str.replace_all("ĸ", "K", literal=True).str.normalize("NFC")


def _strip_punctuation(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(_APOSTROPHES, "").str.replace_all(_NOT_SAID, " ")


def _join_particles(values: pl.Series) -> pl.Series:
    """Particles joined until none is left: what was joined may be one itself, as DE of D E LA CRUZ."""
    values, left = values.clone(), np.arange(len(values))
    while len(left):
        before = values.gather(left)
        after = before.str.replace_all(_PARTICLE, "${1}")
        changed = (before != after).fill_null(value=False).to_numpy()
        left = left[changed]
        values = values.scatter(left.astype(np.uint32), after.filter(pl.Series(changed)))
    return values


def _sorted_words(text: pl.Expr) -> pl.Expr:
    return squeezed(text).str.split(" ").list.sort().list.join(" ")


_ALL = (
    Step("upper", "Capital letters, each written in one way (Unicode NFKC).", _upper),
    Step("strip accents", "Accents and other marks off; Greek and Cyrillic in Latin letters.", plain),
    Step("strip punctuation", "Apostrophes off (O'BRIEN, OBRIEN); other punctuation blank.", _strip_punctuation),
    Step("squeeze blanks", "One blank for any run of them.", squeezed),
    Step("strip titles", "Titles before a name, suffixes and ranks after it off, if a name is left.", _strip_titles),
    Step("particles", "VAN DER, MC, O and the like joined to the word after them.",
         lambda text: text.map_batches(_join_particles, return_dtype=pl.String)),
    Step("first word", "What is before the first blank.", lambda text: text.str.extract(r"^\s*(\S+)")),
    Step("last word", "What is after the last blank.", lambda text: text.str.extract(r"(\S+)\s*$")),
    Step("other words", "What is after the first blank.", lambda text: text.str.extract(r"^\s*\S+\s+(\S.*)$")),
    Step("sorted words", "The words in the order of the alphabet.", _sorted_words),
    Step("initial", "The first character.", lambda text: text.str.head(1)),
    Step("digits", "The digits 0 to 9 alone.", lambda text: text.str.replace_all(r"[^0-9]+", "")),
    Step("letters and digits", "Letters, with what marks them, and digits alone.",
         lambda text: text.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", "").str.normalize("NFC")),
    Step("null words", "Nothing for UNKNOWN, N/A, NO FIXED ABODE and the like.",
         lambda text: pl.when(~nothing_known(text)).then(text)),
)  # fmt: skip

STEPS: Mapping[str, Step] = MappingProxyType({step.name: step for step in _ALL})
