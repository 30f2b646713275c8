"""Letters of other alphabets in plain Latin ones, and marks taken off.

Latin letters that Unicode does not take apart are written as their own languages write them without them. Greek
follows ELOT 743 (ISO 843, type 2) without its rules for pairs of letters; Cyrillic follows BGN/PCGN for Russian,
Ukrainian and Serbian, without what depends on neighbours. Every other script is left as it is.
"""

from __future__ import annotations

import polars as pl


# Unicode's blocks of combining marks that go with any letter; marks that are part of a script's spelling stay
_MARKS = r"[\x{0300}-\x{036F}\x{1AB0}-\x{1AFF}\x{1DC0}-\x{1DFF}\x{20D0}-\x{20FF}\x{FE20}-\x{FE2F}]+"

_CAPITALS = {
    # Latin
    "ẞ": "SS", "Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "Ħ": "H", "Ŧ": "T",
    "Ŋ": "N", "Ə": "A", "Ɓ": "B", "Ɗ": "D", "Ɛ": "E", "Ɔ": "O", "Ƙ": "K", "Ɨ": "I", "Ɵ": "O",
    # Greek
    "Α": "A", "Β": "V", "Γ": "G", "Δ": "D", "Ε": "E", "Ζ": "Z", "Η": "I", "Θ": "TH", "Ι": "I", "Κ": "K", "Λ": "L",
    "Μ": "M", "Ν": "N", "Ξ": "X", "Ο": "O", "Π": "P", "Ρ": "R", "Σ": "S", "Τ": "T", "Υ": "Y", "Φ": "F", "Χ": "CH",
    "Ψ": "PS", "Ω": "O",
    # Cyrillic
    "А": "A", "Б": "B", "В": "V", "Г": "G", "Д": "D", "Е": "E", "Ж": "ZH", "З": "Z", "И": "I", "К": "K", "Л": "L",
    "М": "M", "Н": "N", "О": "O", "П": "P", "Р": "R", "С": "S", "Т": "T", "У": "U", "Ф": "F", "Х": "KH", "Ц": "TS",
    "Ч": "CH", "Ш": "SH", "Щ": "SHCH", "Ъ": "", "Ы": "Y", "Ь": "", "Э": "E", "Ю": "YU", "Я": "YA", "І": "I",
    "Є": "YE", "Ґ": "G", "Ђ": "DJ", "Ј": "J", "Љ": "LJ", "Њ": "NJ", "Ћ": "C", "Џ": "DZ", "Ѕ": "DZ",
}  # fmt: skip
_ONLY_SMALL = {"ß": "ss", "ς": "s", "ı": "i", "ĸ": "k"}

LATIN = _CAPITALS | {one.lower(): many.lower() for one, many in _CAPITALS.items() if one != "ẞ"} | _ONLY_SMALL


def plain(text: pl.Expr) -> pl.Expr:
    """The text in compatibility form (NFKD, Unicode Standard Annex 15), marks taken off, letters by ``LATIN``."""
    bare = text.str.normalize("NFKD").str.replace_all(_MARKS, "")
    return bare.str.replace_many(list(LATIN), list(LATIN.values())).str.normalize("NFC")
