"""Check letters of identifiers, as SQL; a register declares which identifier uses which.

Nothing here knows an identifier by name: see `piperoll.register.model.codes.IdentifierCheck`.
"""

from __future__ import annotations

import re

from piperoll.register.model.codes import IdentifierCheck
from piperoll.store.duck import quote_text


def wrong_sql(check: IdentifierCheck, raw: str) -> str:
    """SQL, true where the text in ``raw`` does not have the form that ``check`` declares, or the wrong check character.

    As `piperoll.register.identifiers.check_character`, for numbers of up to 38 digits. NULL is not wrong.
    """
    groups = re.compile(check.pattern).groupindex
    pattern = quote_text(f"^(?:{check.pattern})$")
    misshapen = f"NOT regexp_full_match({raw}, {quote_text(check.pattern)})"
    if not check.letters:
        return f"CASE WHEN {raw} IS NULL THEN false ELSE {misshapen} END"

    def digits(group: str) -> str:
        found = f"regexp_extract({raw}, {pattern}, {groups[group]})"
        text = f"right({found}, {check.take[group]})" if group in check.take else found
        if group in check.pad:
            # not lpad, which cuts what is longer
            text = f"repeat('0', {check.pad[group]} - length({text})) || {text}"
        return f"CASE WHEN regexp_full_match({found}, '[0-9]+') THEN {text} ELSE '' END"

    number = f"TRY_CAST({' || '.join(digits(group) for group in check.numbers)} AS HUGEINT)"
    place = f"CAST({number} % {len(check.letters)} AS INTEGER) + 1"
    letter = f"substr({quote_text(check.letters)}, {place}, 1)"
    found = f"regexp_extract({raw}, {pattern}, {groups[check.check]})"
    return f"CASE WHEN {raw} IS NULL THEN false WHEN {misshapen} THEN true ELSE coalesce({letter} <> {found}, true) END"
