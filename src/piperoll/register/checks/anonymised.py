"""A dataset that comes from elsewhere without identifiers has no field that could hold one.

What no field can hold cannot come in: not by mistake, and not by somebody else's. A text that is neither a code of a
list nor of a fixed form could be a name; a date could be a date of birth; a number without bounds could be any number
that somebody was given.
"""

from __future__ import annotations

import re

from piperoll.register.checks.at import At
from piperoll.register.loaded import Loaded
from piperoll.register.model.contract import Field
from piperoll.register.model.register import Source
from piperoll.register.shape import Path


# A number up to this has fewer digits than a day of birth (6), and than the numbers that people are given.
LARGEST = 99_999
# Of no person, in the forms that persons' identifiers have: a pattern that takes one of them, as it is or filled up to
# the length of the field, takes the real ones. So a pseudonym has neither digits nor vowels.
FORMS = (
    "QQ123456C", "QQ 12 34 56 C", "QQ123456", "Zebedee", "CANARIUS", "Jo", "O'Neill-Smith", "Zebedee Canarius",
    "1931-07-13", "13/07/1931", "13.07.1931", "19310713", "310713", "13 July 1931", "13JUL1931", "1931-07-13T00:00:00",
    "ZZ9 9QX", "ZZ99QX", "ZZ9", "9QX", "12345678", "a.canarius@example.org", "07700900123",
)  # fmt: skip


def check_anonymised(loaded: Loaded) -> None:
    """Note where a dataset that is said to be anonymised could hold an identifier (``PR-L093``)."""
    for made in loaded.all(Source):
        for i, dataset in enumerate(made.value.datasets):
            if dataset.anonymised:
                at = At(loaded, made, ("datasets", i), dataset)
                _whole(at)
                for j, field in enumerate(dataset.fields):
                    _field(at, field, ("fields", j))


def _whole(at: At) -> None:
    dataset = at.dataset
    if dataset.extra_columns != "refuse":
        said = "A column that nobody declared could hold identifiers, and an anonymised dataset does not refuse it."
        at.tell("PR-L093", ("extra_columns",), said, "Write `extra_columns: refuse`.")
    if dataset.on_error != "refuse_delivery":
        said = "A row that is wrong could hold an identifier, and the rest would be taken from who sent it."
        at.tell("PR-L093", ("on_error",), said, "Write `on_error: refuse_delivery`.")
    if dataset.derive:
        said = "What is derived is derived from identifiers, and an anonymised dataset has none."
        at.tell("PR-L093", ("derive",), said, "Leave it out.")


def _field(at: At, field: Field, path: Path) -> None:
    if not at.sound(*path):
        return
    said, cure = _room(field)
    if said:
        at.tell("PR-L093", path, f"`{field.name}` of an anonymised dataset {said}.", cure)


def _room(field: Field) -> tuple[str, str]:
    """How an identifier could stand in a field, and the cure; empty texts if none could."""
    kind = field.type.partition("(")[0]
    if field.is_identifier:
        return f"is of class {field.cls}, so it is made for identifiers", "Leave it out, or make it class A or Q."
    if kind in ("date", "datetime"):
        return "is a date to the day, as dates of birth are", "Give months as texts with a pattern, or years."
    if kind in ("int", "dec"):
        bounds = [each for each in (field.min, field.max) if isinstance(each, int | float)]
        if len(bounds) < 2 or max(map(abs, bounds)) > LARGEST:
            cure = f"Give `min` and `max` with 5 digits at most ({LARGEST:,})."
            return "has room for any number, and so for one that somebody was given", cure
    return _text(field) if kind == "str" else ("", "")


def _text(field: Field) -> tuple[str, str]:
    if field.pattern is None:
        return "is any text", "Give it a code list, or a `pattern` that no identifier has the form of."
    try:
        pattern = re.compile(field.pattern)
    except (re.error, OverflowError, RecursionError):
        return "", ""  # told with the field
    size = int(field.type[4:-1]) if "(" in field.type else 0
    for form in FORMS:
        for text in (form, form.upper(), form.lower()):
            padded = [fill for pad in "0Aa" for fill in (text.ljust(size, pad), text.rjust(size, pad))]
            if any(pattern.fullmatch(each) for each in (text, *padded)):
                said = f"takes a text of the form of `{text}`, or one that holds it"
                return said, "Give it a `pattern` that no identifier has the form of."
    return "", ""
