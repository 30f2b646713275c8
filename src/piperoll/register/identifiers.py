"""Check letters of identifiers, computed as the register declares them."""

from __future__ import annotations

import re

from piperoll.register.model.codes import IdentifierCheck


def check_character(check: IdentifierCheck, value: str) -> bool:
    """Whether ``value`` has the form that ``check`` declares, and the right check character.

    Raises:
        re.error: If the pattern cannot be read (a loaded register has none such).
    """
    found = re.fullmatch(check.pattern, value)
    if found is None:
        return False
    number = ""
    for group in check.numbers:
        text = found[group] or ""
        if not (text.isascii() and text.isdigit()):
            continue
        # [-n:] and not [:n]: the last two digits of a year, the serial's last seven
        text = text[-check.take[group] :] if group in check.take else text
        number += text.zfill(check.pad.get(group, 0))
    return bool(number) and found[check.check] == check.letters[int(number) % len(check.letters)]
