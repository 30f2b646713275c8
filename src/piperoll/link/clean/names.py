"""What different writings of a name have in common: its canonical form, and its sound."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import polars as pl

from piperoll.link.clean.letters import plain
from piperoll.link.clean.metaphone import metaphone
from piperoll.link.clean.sounds import nysiis, soundex


NICKNAMES = Path(__file__).parents[1] / "data" / "nicknames.csv"


@cache
def table() -> dict[str, str]:
    """Nickname to canonical given name, as ``data/nicknames.csv`` has them.

    Raises:
        ValueError: If a nickname has two canonical names, or is one (the engine's own file has none such).
    """
    out: dict[str, str] = {}
    rows = [line.split(",") for line in NICKNAMES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for name, others, *_ in rows[1:]:
        for other in others.split():
            if out.setdefault(other, name) != name or other == name:
                raise ValueError(f"{other} stands twice")
    if both := sorted(set(out) & {name for name, *_ in rows[1:]}):
        raise ValueError(f"{both[0]} is a nickname and a canonical name")
    return out


def nicknames(forenames: pl.Series) -> pl.Series:
    """The canonical given name of each (BILL, WILLIAM); itself if it has none.

    Short and pet forms, and the commonest other spellings of the same name (CATHERINE, KATHRYN). A form that belongs
    to several names goes to the one it is most often short for in the United Kingdom.

    Args:
        forenames: n names, one word each, cleaned: capitals without accents.

    Returns:
        n names.
    """
    known = table()
    return forenames.replace(list(known), list(known.values()))


def phonetic(values: pl.Series, code: Literal["soundex", "nysiis", "metaphone"]) -> pl.Series:
    """How each name sounds, in a code: names that are spelt differently and sound alike have the same.

    Only letters count; accents are taken off, and letters that are not Latin after that are left out.

    Args:
        values: n names.
        code: ``soundex`` (a letter and three digits), ``nysiis`` (letters; the original code is its first six), or
            ``metaphone`` (letters: the first code of Double Metaphone, whose original is its first four).

    Returns:
        n codes; null where there is no Latin letter.
    """
    text = pl.col("text")
    frame = values.alias("text").to_frame().select(plain(text).str.to_uppercase().str.replace_all(r"[^A-Z]+", ""))
    letters = frame.select(pl.when(text != "").then(text))["text"]
    return {"soundex": soundex, "nysiis": nysiis, "metaphone": metaphone}[code](letters).alias(values.name)
