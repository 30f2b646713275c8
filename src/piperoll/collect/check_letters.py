"""Check letters of identifiers, as parameterised primitives; a register declares which identifier uses which.

A declaration (``codes/identifiers.yaml``) names an algorithm, the pattern whose groups are the parts, and its
parameters. Nothing here knows an identifier by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from piperoll.store.duck import quote_text


def wrong_sql(declared: Mapping[str, Any], raw: str) -> str:
    """SQL, true where the text does not bear the check letter it should.

    Algorithm ``mod``: the digits of the pattern's groups ``digits`` (numbers of groups, in order), as one
    whole number, modulo ``modulus``; the letter at that place (from 0) of ``letters`` must be the group
    ``letter``. A group that is not all digits counts as empty if ``letters_are_empty``.

    Raises:
        ValueError: If the algorithm is not known.
    """
    if declared.get("algorithm") != "mod":
        raise ValueError(f"unknown algorithm {declared.get('algorithm')!r}")
    pattern = quote_text(f"^(?:{declared['pattern']})$")

    def group(number: int) -> str:
        return f"regexp_extract({raw}, {pattern}, {int(number)})"

    parts = []
    for number in declared["digits"]:
        text = group(number)
        if declared.get("letters_are_empty"):
            text = f"CASE WHEN regexp_full_match({text}, '[0-9]+') THEN {text} ELSE '' END"
        parts.append(text)
    number = f"TRY_CAST({' || '.join(parts)} AS HUGEINT)"
    place = f"CAST({number} % {int(declared['modulus'])} AS INTEGER) + 1"
    letter = f"substr({quote_text(str(declared['letters']))}, {place}, 1)"
    return (
        f"CASE WHEN {raw} IS NULL THEN false WHEN NOT regexp_matches({raw}, {pattern}) THEN true"
        f" ELSE coalesce({letter} <> {group(int(declared['letter']))}, true) END"
    )
