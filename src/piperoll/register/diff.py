"""What changed between two versions of a register, and whether it breaks, adds or only describes.

A change *breaks* if a delivery that was right may be refused or queried after it, or if something that a model, a
table or a reader could name is gone or means something else. It *adds* if whatever was right stays right and something
more is possible. It *describes* if only texts for people differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from piperoll.register.diffcodes import compare_codes, compare_suppliers
from piperoll.register.diffcontract import compare_dataset
from piperoll.register.diffpublication import compare_policy, compare_publication
from piperoll.register.model.facts import Linkage
from piperoll.register.model.register import Register


Effect = Literal["breaks", "adds", "describes"]
EFFECTS: tuple[Effect, ...] = ("breaks", "adds", "describes")

# told by the Statement's own comparison, entry by entry; here that something differs is enough
_TOP = ("title", "owner", "licence", "contact", "frame")


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        effect: ``breaks``, ``adds`` or ``describes``.
        kind: Kind of thing, as in `piperoll.register.find.KINDS`; ``register`` for the whole.
        key: What changed, dotted: ``caseman.claim.court_code``.
        message: What changed, as a sentence.
    """

    effect: Effect
    kind: str
    key: str
    message: str

    def __str__(self) -> str:
        return f"{self.effect:<9} {self.kind} {self.key}: {self.message}"


def compare(old: Register, new: Register) -> list[Change]:
    """Every change from ``old`` to ``new``: the ones that break first, then by kind and key."""
    found: list[Change] = []

    def add(kind: str, changes: Iterable[tuple[Effect, str, str]]) -> None:
        found.extend(Change(effect, kind, key, message) for effect, key, message in changes)

    add("register", _texts("register", old, new, _TOP))
    add("source", _both(old.sources, new.sources, "source", _source))
    before = {f"{source.key}.{dataset.name}": dataset for source, dataset in old.datasets()}
    after = {f"{source.key}.{dataset.name}": dataset for source, dataset in new.datasets()}
    add("dataset", _both(before, after, "dataset", compare_dataset))
    add("codes", _both(old.codes, new.codes, "code list", compare_codes))
    add("suppliers", _both(old.suppliers, new.suppliers, "supplier group", compare_suppliers))
    add("publication", _both(old.publications, new.publications, "publication", compare_publication))
    add("publication", _models(old, new))
    add("policy", _both(old.policies, new.policies, "policy", compare_policy))
    add("quality", _both(old.assessments, new.assessments, "assessment", _describing))
    add("monitor", _both(old.monitors, new.monitors, "monitor", _monitor))
    add("merge", _both(old.merges, new.merges, "merge", _whole))
    add("forecast", _both(old.forecasts, new.forecasts, "forecast", _whole))
    add("identifier", _both(old.identifiers, new.identifiers, "identifier check", _whole))
    add("person", _both(old.people, new.people, "person", _describing))
    add("group", _both(old.groups, new.groups, "group", _describing))
    add("marking", _both(old.markings, new.markings, "marking", _whole))
    add("recipient", _both(old.recipients, new.recipients, "recipient", _describing))
    return sorted(found, key=lambda each: (EFFECTS.index(each.effect), each.kind, each.key, each.message))


def _both(old: Mapping[str, Any], new: Mapping[str, Any], what: str, inside: Any) -> Iterator[tuple[Effect, str, str]]:
    for key in sorted(old.keys() | new.keys()):
        if key not in new:
            yield "breaks", key, f"The {what} is gone."
        elif key not in old:
            yield "adds", key, f"The {what} is new."
        elif old[key] != new[key]:
            yield from inside(key, old[key], new[key])


def _source(key: str, old: Any, new: Any) -> Iterator[tuple[Effect, str, str]]:
    yield from _texts(key, old, new, ("title", "number", "entry"))
    yield from _developmental(key, *(each.entry.linkage if each.entry else None for each in (old, new)))


def _developmental(key: str, old: Linkage | None, new: Linkage | None) -> Iterator[tuple[Effect, str, str]]:
    """What linked data may be made into changes for whoever answers for them, whichever way it changes."""
    before, after = (each.developmental if each else False for each in (old, new))
    if before != after:
        state = ["in regular production", "developmental"]
        said = f"The linked data were {state[before]}, now {state[after]}: official statistics"
        yield "breaks", f"{key}.linkage.developmental", f"{said} may {'not ' if after else ''}be made of all of them."
    was, now = (set(each.official) if each else set() for each in (old, new))
    for name in sorted(was ^ now):
        change = "no longer" if name in was else "from now on"
        yield "breaks", f"{key}.linkage.official.{name}", f"Official statistics may {change} be made of the dataset."


def _describing(key: str, old: Any, new: Any) -> Iterator[tuple[Effect, str, str]]:
    yield from _texts(key, old, new, tuple(f.name for f in fields(old)))


def _monitor(key: str, old: Any, new: Any) -> Iterator[tuple[Effect, str, str]]:
    yield from _texts(key, old, new, ("office", "offices", "notes"))
    before, after = ({each.name: each for each in side.measures} for side in (old, new))
    for effect, name, message in _both(before, after, "measure", _whole):
        yield effect, f"{key}.{name}", message


def _whole(key: str, old: Any, new: Any) -> Iterator[tuple[Effect, str, str]]:
    for each in fields(old):
        if getattr(old, each.name) != getattr(new, each.name):
            words = each.name in ("title", "label", "description", "source", "examples")
            yield "describes" if words else "breaks", key, f"`{each.name}` changed."


def _texts(key: str, old: Any, new: Any, names: Iterable[str]) -> Iterator[tuple[Effect, str, str]]:
    for name in names:
        if getattr(old, name) != getattr(new, name):
            word = {"frame": "statement"}.get(name, name)
            yield "describes", key, f"`{word}` changed."


def _models(old: Register, new: Register) -> Iterator[tuple[Effect, str, str]]:
    """SQL models by their text: a figure may differ, so whoever uses it is told."""
    for key in sorted(old.publications.keys() & new.publications.keys()):
        for model in sorted(set(old.publications[key].models) & set(new.publications[key].models)):
            texts = [each.root / each.model_file(key, model) for each in (old, new)]
            if texts[0].read_bytes() != texts[1].read_bytes():
                yield "breaks", f"{key}.{model}", "The SQL of the model changed, so figures may."
