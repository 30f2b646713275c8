"""Changes of publications and policies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Literal

from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Publication


Effect = Literal["breaks", "adds", "describes"]
Found = Iterator[tuple[Effect, str, str]]

# lists whose entries have a name, by the name of their field
_NAMED = {"counting_rules": "id", "dimensions": "name", "measures": "name", "tables": "name", "notes": "id"}
_SHOWN = ("charts", "sections", "main_points", "methods")
_TEXTS = ("title", "label", "description", "unit", "total_label", "unknown_label", "notes", "text")
_FIGURES = ("policy", "geography_version", "period", "inputs", "models", "supplier_areas")


def compare_publication(key: str, old: Publication, new: Publication) -> Found:
    """Changes of a publication: what changes a figure, or removes one, breaks."""
    for each in fields(Publication):
        name, was, now = each.name, getattr(old, each.name), getattr(new, each.name)
        if was == now:
            continue
        if name in _NAMED:
            yield from _named(f"{key}.{name}", name, was, now)
        elif name == "models":
            for model in sorted(set(was) ^ set(now)):
                yield (
                    ("breaks" if model in was else "adds"),
                    f"{key}.{model}",
                    ("The model is gone." if model in was else "The model is new."),
                )
        elif name == "disclosure_reasons":
            lapsed = [all(each.holds for each in reasons) for reasons in (was, now)]
            if lapsed[0] != lapsed[1]:
                yield "breaks", key, f"The policy applies {'no longer' if lapsed[0] else 'from now on'}."
            else:
                yield "describes", key, f"`{name}` changed."
        elif name in _FIGURES:
            yield "breaks", key, f"`{name}` changed, so figures may."
        else:
            yield "describes", key, f"`{name}` changed."


def _named(place: str, what: str, was: tuple[Any, ...], now: tuple[Any, ...]) -> Found:
    word = what.replace("_", " ").removesuffix("s")
    before, after = ({getattr(each, _NAMED[what]): each for each in things} for things in (was, now))
    for name in sorted(before.keys() | after.keys()):
        here = f"{place}.{name}"
        if name not in after:
            yield ("describes" if what == "notes" else "breaks"), here, f"The {word} is gone."
        elif name not in before:
            yield ("describes" if what == "notes" else "adds"), here, f"The {word} is new."
        elif before[name] != after[name]:
            for each in fields(before[name]):
                if getattr(before[name], each.name) != getattr(after[name], each.name):
                    effect: Effect = "describes" if each.name in _TEXTS else "breaks"
                    yield effect, here, f"`{each.name}` of the {word} changed."
    if [n for n in before if n in after] != [n for n in after if n in before]:
        yield "describes", place, "They stand in another order."


def compare_policy(key: str, old: Policy, new: Policy) -> Found:
    """Changes of a policy: every change of what may be shown breaks, for the same figures are shown otherwise."""
    for each in fields(Policy):
        was, now = getattr(old, each.name), getattr(new, each.name)
        if was != now:
            words = each.name in ("title", "rule_text", "rule_source", "description", "applies_when")
            yield ("describes" if words else "breaks"), key, f"`{each.name}` changed."
