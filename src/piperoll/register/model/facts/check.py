"""References among the facts: products, sections, domains, sources, dates."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from piperoll.errors import UserError
from piperoll.register.model.facts.atoms import When, bounds
from piperoll.register.model.facts.entry import Entry, Output
from piperoll.register.model.facts.frame import Frame


Path = tuple[str | int, ...]
Finding = tuple[str, Path, str, str]
_INVERSE = {"replaces": "replaced_by", "replaced_by": "replaces"}


def check(
    frame: Frame | None, entries: Mapping[str, Entry], policies: Collection[str] | None = None
) -> Iterator[Finding]:
    """Whatever in the facts refers to something that is not there, or contradicts its counterpart.

    Args:
        frame: What is said once for all; without it entries have nothing to refer to, and only dates are checked.
        entries: The entry of each source that has one, by the source's key.
        policies: Keys of the disclosure policies there are; None to leave references to them unchecked.

    Yields:
        Key of the source (empty for the frame), path below ``entry`` or ``statement``, message, cure.
    """
    for key, entry in entries.items():
        for path, when in _whens(entry, ()):
            yield from _when(key, path, when)
        yield from _successions(key, entry, entries)
        if policies is not None and entry.disclosure:
            yield from _known(key, ("disclosure",), "policy", entry.disclosure, policies)
        if frame is not None:
            yield from _names(key, entry, frame, entries)
    if frame is not None:
        for path, when in _whens(frame, ()):
            yield from _when("", path, when)
        yield from _frame(frame, entries)
        if policies is not None and frame.suppression and frame.suppression.policy:
            yield from _known("", ("suppression", "policy"), "policy", frame.suppression.policy, policies)


def _names(key: str, entry: Entry, frame: Frame, entries: Mapping[str, Entry]) -> Iterator[Finding]:
    if entry.section or frame.sections:
        yield from _known(key, ("section",), "section", entry.section, frame.sections)
    if entry.domain or frame.domains:
        yield from _known(key, ("domain",), "domain", entry.domain, frame.domains)
    products = {each.key for each in frame.products}
    for heading in ("statistical", "non_statistical", "synergies"):
        outputs: str | tuple[Output, ...] = getattr(entry, heading)
        if isinstance(outputs, str):
            continue
        for i, output in enumerate(outputs):
            yield from _known(key, (heading, i, "product"), "product", output.product, products)
    for i, use in enumerate(entry.applications):
        if use.feeds:
            yield from _known(key, ("applications", i, "feeds"), "product", use.feeds, products)
    if entry.linkage:
        for i, analysis in enumerate(entry.linkage.analyses):
            for j, source in enumerate(analysis.sources):
                path = ("linkage", "analyses", i, "sources", j)
                yield from _known(key, path, "source", source, entries)


def _successions(key: str, entry: Entry, entries: Mapping[str, Entry]) -> Iterator[Finding]:
    for i, edge in enumerate(entry.successions):
        other = entries.get(edge.other)
        inverse = _INVERSE.get(edge.relation)
        if other is None or inverse is None:
            continue
        back = [each for each in other.successions if each.relation == inverse and each.other == key]
        path: Path = ("successions", i)
        if not back:
            yield key, path, f"`{edge.other}` does not say `{inverse}: {key}`.", "Say it in both entries."
        elif (back[0].when.starts, back[0].overlap_until) != (edge.when.starts, edge.overlap_until):
            yield key, path, f"`{edge.other}` gives other dates for this.", "Make the two entries agree."


def _frame(frame: Frame, entries: Mapping[str, Entry]) -> Iterator[Finding]:
    products = {each.key for each in frame.products}
    if len(products) < len(frame.products):
        yield "", ("products",), "Two products have the same key.", "Rename one."
    if frame.suppression:
        for i, product in enumerate(frame.suppression.applies_to):
            yield from _known("", ("suppression", "applies_to", i), "product", product, products)
    for i, candidate in enumerate(frame.candidates):
        if candidate.source:
            yield from _known("", ("candidates", i, "source"), "source", candidate.source, entries)
    answers = {"sources", "candidates", *(each.key for each in frame.procedures)}
    if frame.protocol:
        for i, item in enumerate(frame.protocol.items):
            for j, answer in enumerate(item.answered):
                path = ("protocol", "items", i, "answered", j)
                yield from _known("", path, "procedure", answer, answers)


def _when(key: str, path: Path, when: When) -> Iterator[Finding]:
    for name in ("starts", "ends"):
        text: str = getattr(when, name)
        if not text:
            continue
        try:
            bounds(text)
        except UserError as error:
            yield key, (*path, name), error.message, error.fix
            return
    if when.starts and when.ends and bounds(when.ends)[1] < bounds(when.starts)[0]:
        yield key, (*path, "ends"), "It ends before it starts.", "Change one of the two."


def _known(key: str, path: Path, kind: str, name: str, names: Any) -> Iterator[Finding]:
    if name not in names:
        near = difflib.get_close_matches(name, sorted(names), n=1)
        cure = f"Did you mean `{near[0]}`?" if near else f"Name a {kind} that is declared."
        yield key, path, f"There is no {kind} `{name}`.", cure


def _whens(value: Any, path: Path) -> Iterator[tuple[Path, When]]:
    if isinstance(value, When):
        yield path, value
    elif isinstance(value, tuple):
        for i, each in enumerate(value):
            yield from _whens(each, (*path, i))
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _whens(getattr(value, name), (*path, name))
