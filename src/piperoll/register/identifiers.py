"""Forms and check letters of identifiers, as the register declares them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from piperoll.register.model.codes import IdentifierCheck


_PART = re.compile(r"\{(?P<group>[A-Za-z_][A-Za-z0-9_]*)(?::(?:(?P<century>[0-9]{4})\+|(?P<width>[0-9]{1,2})))?\}")


@dataclass(frozen=True)
class Part:
    """A piece of a form: a text as it stands, or a group of the pattern.

    Attributes:
        text: What is written, if no group is.
        group: Group whose text is written.
        width: Digits to which it is padded with zeros on the left.
        century: First of the hundred years in which a year of two digits lies; 0 if it is no year.
    """

    text: str = ""
    group: str = ""
    width: int = 0
    century: int = 0


def forms(form: str) -> tuple[tuple[Part, ...], ...]:
    """The forms that `IdentifierCheck.form` declares, in order; none if it is empty.

    Raises:
        ValueError: If a brace does not belong to a part.
    """
    return tuple(_parts(each) for each in form.split(" | ")) if form else ()


def _parts(form: str) -> tuple[Part, ...]:
    out, at = [], 0
    for found in _PART.finditer(form):
        out.append(Part(form[at : found.start()]))
        out.append(Part("", found["group"], int(found["width"] or 0), int(found["century"] or 0)))
        at = found.end()
    out.append(Part(form[at:]))
    if any(brace in part.text for part in out for brace in "{}"):
        raise ValueError(f"its form `{form}` cannot be read")
    return tuple(part for part in out if part != Part())


def check_character(check: IdentifierCheck, value: str) -> bool:
    """Whether ``value`` has the form that ``check`` declares, and the right check character if it declares one.

    Raises:
        re.error: If the pattern cannot be read (a loaded register has none such).
    """
    found = re.fullmatch(check.pattern, value)
    if found is None or not check.letters:
        return found is not None
    number = ""
    for group in check.numbers:
        text = found[group] or ""
        if not (text.isascii() and text.isdigit()):
            continue
        # [-n:] and not [:n]: the last two digits of a year, the serial's last seven
        text = text[-check.take[group] :] if group in check.take else text
        number += text.zfill(check.pad.get(group, 0))
    return bool(number) and found[check.check] == check.letters[int(number) % len(check.letters)]
