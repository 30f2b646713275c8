"""Double Metaphone: how a name is most likely said in English, with what its spelling owes to other languages.

The rules are those of Philips, *The Double Metaphone Search Algorithm*, C/C++ Users Journal 18 (6), June 2000: a code
of the commonest way to say a name, and of another way where there is one. Codes are not cut after four letters. ``0``
stands for th, ``X`` for sh and ch. Each rule gives what a letter adds to both codes, and how many letters it takes.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl


Sound = tuple[str, str, int]  # added to the first code, to the other; letters taken


class _Word:
    """A name in capitals A to Z; beyond its ends there are blanks."""

    def __init__(self, text: str) -> None:
        self.text, self.last = text, len(text) - 1
        self.slavic = any(each in text for each in ("W", "K", "CZ"))
        self.german = text.startswith("SCH")

    def __getitem__(self, at: int) -> str:
        return self.text[at] if 0 <= at <= self.last else " "

    def part(self, at: int, count: int) -> str:
        """``count`` letters from ``at`` on; blank if they begin before the name."""
        return self.text[at : at + count].ljust(count) if at >= 0 else " "

    def vowel(self, at: int) -> bool:
        """Whether a vowel, Y among them, stands there."""
        return self[at] in "AEIOUY"


def double_metaphone(name: str) -> tuple[str, str]:
    """Both codes of a name of capitals A to Z; the other is the same where there is one way to say it."""
    word, one, other = _Word(name), "", ""
    at = 1 if name[:2] in ("GN", "KN", "PN", "WR", "PS") else 0
    while at <= word.last:
        first, second, taken = _LETTERS[word[at]](word, at)
        one, other, at = one + first, other + second, at + taken
    return one, other


def metaphone(names: pl.Series) -> pl.Series:
    """First codes of names; ``names`` are capitals A to Z, none of them empty, or null. Null where nothing is heard."""
    codes = [None if each is None else double_metaphone(each)[0] or None for each in names.to_list()]
    return pl.Series(names.name, codes, dtype=pl.String)


def _twice(word: _Word, at: int, sound: str, also: str = "") -> Sound:
    """A sound that a letter makes once, also if the letter stands twice."""
    return sound, sound, 2 if word[at + 1] in (word[at], *also) else 1


def _vowel(_: _Word, at: int) -> Sound:
    return ("A", "A", 1) if at == 0 else ("", "", 1)


def _c(word: _Word, at: int) -> Sound:
    two = word.part(at, 2)
    after = word[at + 2]
    german = at > 1 and not word.vowel(at - 2) and word.part(at - 1, 3) == "ACH" and after != "I"
    if german and (after != "E" or word.part(at - 2, 6) in ("BACHER", "MACHER")):
        return "K", "K", 2
    if at == 0 and word.part(0, 6) == "CAESAR":
        return "S", "S", 2
    if word.part(at, 4) == "CHIA":
        return "K", "K", 2
    if two == "CH":
        return _ch(word, at)
    if two == "CZ" and word.part(at - 2, 4) != "WICZ":
        return "S", "X", 2
    if word.part(at + 1, 3) == "CIA":
        return "X", "X", 3
    if two == "CC" and not (at == 1 and word[0] == "M"):
        if after in "IEH" and word.part(at + 2, 2) != "HU":
            hard = (at == 1 and word[0] == "A") or word.part(at - 1, 5) in ("UCCEE", "UCCES")
            return ("KS", "KS", 3) if hard else ("X", "X", 3)
        return "K", "K", 2
    if two in ("CK", "CG", "CQ"):
        return "K", "K", 2
    if two in ("CI", "CE", "CY"):
        return ("S", "X", 2) if word.part(at, 3) in ("CIO", "CIE", "CIA") else ("S", "S", 2)
    return "K", "K", 2 if word[at + 1] in "CKQ" and word.part(at + 1, 2) not in ("CE", "CI") else 1


def _ch(word: _Word, at: int) -> Sound:
    after = word[at + 2]
    if at > 0 and word.part(at, 4) == "CHAE":
        return "K", "X", 2
    greek = word.part(1, 5) in ("HARAC", "HARIS") or word.part(1, 3) in ("HOR", "HYM", "HIA", "HEM")
    if at == 0 and greek and word.part(0, 5) != "CHORE":
        return "K", "K", 2
    hard = word.german or word.part(at - 2, 6) in ("ORCHES", "ARCHIT", "ORCHID") or after in "TS"
    if hard or ((at == 0 or word[at - 1] in "AOUE") and after in "LRNMBHFVW "):
        return "K", "K", 2
    if at == 0:
        return "X", "X", 2
    return ("K", "K", 2) if word.part(0, 2) == "MC" else ("X", "K", 2)


def _d(word: _Word, at: int) -> Sound:
    if word[at + 1] == "G":
        return ("J", "J", 3) if word[at + 2] in "IEY" else ("TK", "TK", 2)
    return _twice(word, at, "T", "T")


def _g(word: _Word, at: int) -> Sound:
    after, before, first = word[at + 1], word[at - 1], at == 0
    if after == "H":
        return _gh(word, at)
    if after == "N":
        if at == 1 and word.vowel(0) and not word.slavic:
            return "KN", "N", 2
        return ("N", "KN", 2) if word.part(at + 2, 2) != "EY" and not word.slavic else ("KN", "KN", 2)
    if word.part(at + 1, 2) == "LI" and not word.slavic:
        return "KL", "L", 2
    two = word.part(at + 1, 2)
    if first and (after == "Y" or two in ("ES", "EP", "EB", "EL", "EY", "IB", "IL", "IN", "IE", "EI", "ER")):
        return "K", "J", 2
    angry = word.part(0, 6) in ("DANGER", "RANGER", "MANGER") or before in "EI"
    if (two == "ER" or after == "Y") and not angry and word.part(at - 1, 3) not in ("RGY", "OGY"):
        return "K", "J", 2
    if after in "EIY" or word.part(at - 1, 4) in ("AGGI", "OGGI"):
        if word.german or two == "ET":
            return "K", "K", 2
        return ("J", "J", 2) if word.part(at + 1, 4) == "IER " else ("J", "K", 2)
    return _twice(word, at, "K")


def _gh(word: _Word, at: int) -> Sound:
    if at > 0 and not word.vowel(at - 1):
        return "K", "K", 2
    if at == 0:
        return ("J", "J", 2) if word[2] == "I" else ("K", "K", 2)
    if word[at - 2] in "BHD" or word[at - 3] in "BHD" or word[at - 4] in "BH":  # as in HUGH, BOUGH, BROUGHTON
        return "", "", 2
    if word[at - 1] == "U" and word[at - 3] in "CGLRT":  # as in LAUGH, COUGH, ROUGH
        return "F", "F", 2
    return ("K", "K", 2) if word[at - 1] != "I" else ("", "", 2)


def _h(word: _Word, at: int) -> Sound:
    return ("H", "H", 2) if (at == 0 or word.vowel(at - 1)) and word.vowel(at + 1) else ("", "", 1)


def _j(word: _Word, at: int) -> Sound:
    if word.part(at, 4) == "JOSE":
        return ("H", "H", 1) if at == 0 and word[4] == " " else ("J", "H", 1)
    taken = 2 if word[at + 1] == "J" else 1
    if at == 0:
        return "J", "A", taken
    if word.vowel(at - 1) and not word.slavic and word[at + 1] in "AO":
        return "J", "H", taken
    if at == word.last:
        return "J", "", taken
    silent = word[at + 1] in "LTKSNMBZ" or word[at - 1] in "SKL"
    return ("", "", taken) if silent else ("J", "J", taken)


def _l(word: _Word, at: int) -> Sound:
    spanish = at == word.last - 2 and word.part(at - 1, 4) in ("ILLO", "ILLA", "ALLE")
    ending = word.part(word.last - 1, 2) in ("AS", "OS") or word[word.last] in "AO"
    if word[at + 1] == "L" and (spanish or (ending and word.part(at - 1, 4) == "ALLE")):
        return "L", "", 2
    return _twice(word, at, "L")


def _m(word: _Word, at: int) -> Sound:
    silent = word.part(at - 1, 3) == "UMB" and (at + 1 == word.last or word.part(at + 2, 2) == "ER")
    return ("M", "M", 2) if silent else _twice(word, at, "M")


def _p(word: _Word, at: int) -> Sound:
    return ("F", "F", 2) if word[at + 1] == "H" else _twice(word, at, "P", "B")


def _r(word: _Word, at: int) -> Sound:
    french = at == word.last and not word.slavic and word.part(at - 2, 2) == "IE"
    if french and word.part(at - 4, 2) not in ("ME", "MA"):
        return "", "R", 1
    return _twice(word, at, "R")


def _s(word: _Word, at: int) -> Sound:
    after = word[at + 1]
    if word.part(at - 1, 3) in ("ISL", "YSL"):
        return "", "", 1
    if at == 0 and word.part(0, 5) == "SUGAR":
        return "X", "S", 1
    if after == "H":
        return ("S", "S", 2) if word.part(at + 1, 4) in ("HEIM", "HOEK", "HOLM", "HOLZ") else ("X", "X", 2)
    if word.part(at, 3) in ("SIO", "SIA"):
        return ("S", "S", 3) if word.slavic else ("S", "X", 3)
    if (at == 0 and after in "MNLW") or after == "Z":
        return "S", "X", 2 if after == "Z" else 1
    if after == "C":
        return _sc(word, at)
    if at == word.last and word.part(at - 2, 2) in ("AI", "OI"):
        return "", "S", 1
    return _twice(word, at, "S", "Z")


def _sc(word: _Word, at: int) -> Sound:
    if word[at + 2] == "H":
        two = word.part(at + 3, 2)
        if two in ("ER", "EN"):
            return "X", "SK", 3
        if two in ("OO", "UY", "ED", "EM"):
            return "SK", "SK", 3
        return ("X", "S", 3) if at == 0 and not word.vowel(3) and word[3] != "W" else ("X", "X", 3)
    return ("S", "S", 3) if word[at + 2] in "IEY" else ("SK", "SK", 3)


def _t(word: _Word, at: int) -> Sound:
    if word.part(at, 4) == "TION" or word.part(at, 3) in ("TIA", "TCH"):
        return "X", "X", 3
    if word[at + 1] == "H" or word.part(at, 3) == "TTH":
        return ("T", "T", 2) if word.part(at + 2, 2) in ("OM", "AM") or word.german else ("0", "T", 2)
    return _twice(word, at, "T", "D")


def _w(word: _Word, at: int) -> Sound:
    if word[at + 1] == "R":
        return "R", "R", 2
    one = other = ""
    if at == 0 and (word.vowel(1) or word[1] == "H"):
        one, other = "A", "F" if word.vowel(1) else "A"
    polish = word.part(at - 1, 5) in ("EWSKI", "EWSKY", "OWSKI", "OWSKY")
    if (at == word.last and word.vowel(at - 1)) or polish or word.german:
        return one, other + "F", 1
    if word.part(at, 4) in ("WICZ", "WITZ"):
        return one + "TS", other + "FX", 4
    return one, other, 1


def _x(word: _Word, at: int) -> Sound:
    if at == 0:
        return "S", "S", 1
    french = word.part(at - 3, 3) in ("IAU", "EAU") or word.part(at - 2, 2) in ("AU", "OU")
    sound = "" if at == word.last and french else "KS"
    return _twice(word, at, sound, "C")


def _z(word: _Word, at: int) -> Sound:
    if word[at + 1] == "H":
        return "J", "J", 2
    taken = 2 if word[at + 1] == "Z" else 1
    other = word.part(at + 1, 2) in ("ZO", "ZI", "ZA") or (word.slavic and at > 0 and word[at - 1] != "T")
    return ("S", "TS", taken) if other else ("S", "S", taken)


def _plain(sound: str) -> Callable[[_Word, int], Sound]:
    return lambda word, at: _twice(word, at, sound)


_LETTERS: dict[str, Callable[[_Word, int], Sound]] = {
    **dict.fromkeys("AEIOUY", _vowel),
    "B": _plain("P"), "C": _c, "D": _d, "F": _plain("F"), "G": _g, "H": _h, "J": _j, "K": _plain("K"), "L": _l, "M": _m,
    "N": _plain("N"), "P": _p, "Q": _plain("K"), "R": _r, "S": _s, "T": _t, "V": _plain("F"), "W": _w, "X": _x, "Z": _z,
}  # fmt: skip
