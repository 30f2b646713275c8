"""Cross-checks of people and of the Statement's facts."""

from __future__ import annotations

from typing import Any

from piperoll.register.loaded import Loaded, Made
from piperoll.register.model import facts
from piperoll.register.model.register import Source
from piperoll.register.shape import Path


def check_people(loaded: Loaded) -> None:
    """People are in groups that exist, from a day to a later one; ``PR-R020``, ``PR-R022``, ``PR-R028``."""
    for made in loaded.named("People"):
        groups = {each.key for each in made.value.groups}
        loaded.unique("group", [each.key for each in made.value.groups], made, ("groups",))
        loaded.unique("person", [each.key for each in made.value.people], made, ("people",))
        for i, person in enumerate(made.value.people):
            path: Path = ("people", i)
            for j, group in enumerate(person.groups):
                loaded.must_be("group", group, groups, made, (*path, "groups", j))
            loaded.ordered(person.valid_from, person.valid_to, made, (*path, "valid_to"))


def check_facts(loaded: Loaded) -> None:
    """What the facts' own room says of itself: ``facts.check(frame, entries)`` gives ``(key, path, message, fix)``.

    The model of the facts knows its own references (products, groups, sources); this only finds their lines.
    """
    heads: list[Made[Any]] = loaded.named("Head")
    frame = heads[0].value.statement if heads else None
    if frame is not None:
        _frame(loaded, heads[0], frame)
    sources = {made.key: made for made in loaded.all(Source)}
    for made in sources.values():
        for heading in ("access", "statistical", "non_statistical", "synergies"):
            listed = getattr(made.value.entry, heading) if made.value.entry else ()
            for i, each in enumerate(() if isinstance(listed, str) else listed):
                if each.publication:
                    where: Path = ("entry", heading, i, "publication")
                    loaded.must_be("publication", each.publication, loaded.declared["publications"], made, where)
    entries = {key: made.value.entry for key, made in sources.items() if made.value.entry is not None}
    for key, path, message, fix in facts.check(frame, entries, loaded.declared["policies"]):
        if key in sources:
            loaded.tell("PR-R020", sources[key], ("entry", *path), message, fix)
        elif heads:
            loaded.tell("PR-R020", heads[0], ("statement", *path), message, fix)


def _frame(loaded: Loaded, made: Made[Any], frame: facts.Frame) -> None:
    """Publications of the register that the frame says are made with it."""
    for i, product in enumerate(frame.products):
        if product.publication:
            where: Path = ("statement", "products", i, "publication")
            loaded.must_be("publication", product.publication, loaded.declared["publications"], made, where)
