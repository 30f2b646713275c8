"""Changes of code lists and supplier groups."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from typing import Literal

from piperoll.register.model.codes import Code, CodeList, Supplier, SupplierGroup


Effect = Literal["breaks", "adds", "describes"]
Found = Iterator[tuple[Effect, str, str]]

_WORDS = ("title", "version", "status", "source", "description", "label", "former_names", "contact", "name")


def compare_codes(key: str, old: CodeList, new: CodeList) -> Found:
    """Changes of a code list: effect, dotted key, sentence. A code that ends in the past of its data still breaks."""
    for name in ("title", "version", "status", "source", "description", "parents", "valid_from", "valid_to"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield ("describes" if name in _WORDS else _span(name, was, now)), key, f"`{name}` changed."
    before, after = _grouped(old), _grouped(new)
    for code in sorted(before.keys() | after.keys()):
        place = f"{key}.{code}"
        if code not in after:
            yield "breaks", place, "The code is gone."
        elif code not in before:
            yield "adds", place, "The code is new."
        elif before[code] != after[code]:
            yield from _code(place, before[code], after[code])


def _grouped(codes: CodeList) -> dict[str, list[Code]]:
    out: dict[str, list[Code]] = defaultdict(list)
    for each in codes.codes:
        out[each.code].append(each)
    return dict(out)


def _code(place: str, before: list[Code], after: list[Code]) -> Found:
    if len(before) != len(after):
        yield "breaks", place, "The times at which the code is valid changed."
        return
    for old, new in zip(before, after, strict=True):
        for each in fields(Code):
            was, now = getattr(old, each.name), getattr(new, each.name)
            if was == now:
                continue
            if each.name == "label":
                yield "describes", place, f"The label was `{was}`, now `{now}`."
            elif each.name in ("valid_from", "valid_to"):
                yield _span(each.name, was, now), place, f"`{each.name}` was {was or 'open'}, now {now or 'open'}."
            elif each.name == "attributes":
                lost = {k for k, v in was.items() if now.get(k) != v}
                yield ("breaks" if lost else "adds"), place, "Attributes of the code changed."
            else:
                yield "breaks", place, f"The {each.name} was {was or 'none'}, now {now or 'none'}."


def _span(name: str, was: dt.date | None, now: dt.date | None) -> Effect:
    """A longer time adds, a shorter one breaks."""
    if name == "parents":
        return "breaks"
    if name.endswith("from"):
        return "adds" if (now or dt.date.min) < (was or dt.date.min) else "breaks"
    return "adds" if (now or dt.date.max) > (was or dt.date.max) else "breaks"


def compare_suppliers(key: str, old: SupplierGroup, new: SupplierGroup) -> Found:
    """Changes of a group of suppliers: effect, dotted key, sentence."""
    for name in ("title", "description"):
        if getattr(old, name) != getattr(new, name):
            yield "describes", key, f"`{name}` changed."
    before, after = ({each.key: each for each in group.suppliers} for group in (old, new))
    for name in sorted(before.keys() | after.keys()):
        place = f"{key}.{name}"
        if name not in after:
            yield "breaks", place, "The supplier is gone."
        elif name not in before:
            yield "breaks", place, "The supplier is new: it owes deliveries from now on."
        elif before[name] != after[name]:
            for each in fields(Supplier):
                if getattr(before[name], each.name) != getattr(after[name], each.name):
                    yield _supplier(each.name, before[name], after[name]), place, f"`{each.name}` changed."


def _supplier(name: str, before: Supplier, after: Supplier) -> Effect:
    """What a change of one attribute does; another address that may send only adds."""
    if name == "mail":
        return "adds" if set(before.mail) <= set(after.mail) else "breaks"
    return "describes" if name in _WORDS else "breaks"
