"""From a register to the Statement on a day: pure, no files."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from piperoll.errors import UserError
from piperoll.register.model.facts import Entry, Flag, Frame, Heading, State
from piperoll.register.model.register import Register, Source
from piperoll.statement.compare import changes_of, mark
from piperoll.statement.document import EntryText, Line, Part, Statement
from piperoll.statement.prose import describe, linked, outputs, share
from piperoll.statement.prose import frame as framed
from piperoll.statement.words import STATE_WORDS, join, qualifier, sentence, upper


HEADINGS = (
    "description",
    "collection",
    "application",
    "access",
    "statistical",
    "non_statistical",
    "synergies",
)
_TITLES = {
    "description": "Brief description",
    "collection": "Collection",
    "application": "Application",
    "access": "Access and dissemination",
    "non_statistical": "Non-statistical publication",
    "statistical": "Statistical publication",
    "synergies": "Synergies",
}
_FLAGS = {
    "source_spelling": "Spelling in the source text",
    "incomplete_in_source": "Incomplete in the source text",
    "needs_owner_confirmation": "To be confirmed by the owner",
    "ambiguous_in_source": "Ambiguous in the source text",
    "filed_elsewhere": "Filed in the contents",
    "not_statistics": "Listed as statistics",
    "same_name_elsewhere": "Same name elsewhere",
}


def render(
    register: Register, as_of: dt.date | None = None, since: Register | None = None, since_name: str = ""
) -> Statement:
    """The Statement of a register.

    Args:
        register: With a `Frame` and entries.
        as_of: Day as of which facts are planned, current or ended; default: the frame's.
        since: An older version of the register, to say what changed.
        since_name: What to call it.

    Raises:
        UserError: ``PR-X001`` if the register keeps no Statement; ``PR-X002`` if no day is known.
    """
    if register.frame is None:
        raise UserError(
            "PR-X001",
            "The register keeps no Statement.",
            where=f"{register.root}/register.yaml",
            fix="Add `statement:` to it.",
        )
    frame = register.frame
    day = as_of or frame.as_of
    if day is None:
        raise UserError(
            "PR-X002",
            "It is not said as of which day the Statement is to be made.",
            where=f"{register.root}/register.yaml",
            fix="Add `as_of:` under `statement:`, or give --as-of.",
        )
    entries = [_entry(each, register, frame, day) for each in register.sources.values() if each.entry]
    front, back = framed.front(register, frame, day), framed.back(frame)
    text = Statement(
        title=frame.title or register.title,
        kind=frame.kind,
        publisher=frame.publisher or register.owner,
        published=frame.published,
        as_of=day,
        front=front,
        entries=tuple(entries),
        back=back,
        abbreviations=used(frame, (line.plain for part in front for line in part.lines)),
        contact=frame.contact,
        register_hash=register.hash,
    )
    if since is None:
        return text
    older = render(since, day)
    return mark(text, older, changes_of(text, older), since_name or "an older register")


def _entry(source: Source, register: Register, frame: Frame, day: dt.date) -> EntryText:
    entry = source.entry
    assert entry is not None
    titles = {each.heading: each.title for each in frame.headings}
    parts = tuple(
        Part(key, titles.get(key, _TITLES[key]), tuple(_lines(key, entry, register, frame, day)))  # type: ignore[call-overload]
        for key in HEADINGS
    )
    state = entry.lifecycle.at(day)
    when = qualifier(entry.lifecycle, day)
    texts = [source.title, *(line.plain for part in parts for line in part.lines)]
    return EntryText(
        key=source.key,
        number=source.number,
        title=source.title,
        stated_title=entry.stated_title,
        section=frame.sections.get(entry.section, entry.section),
        domain=frame.domains.get(entry.domain, entry.domain),
        page=entry.page,
        state=state,
        state_words=_state_words(state, when, entry),
        parts=parts,
        notes=tuple(_flag(each, titles) for each in entry.flags),
        abbreviations=used(frame, texts),
    )


def _disclosure(frame: Frame) -> str:
    rule = frame.suppression
    if rule is None:
        return "Disclosure control"
    titles = join([frame.product(each).title for each in rule.applies_to])
    return f"{upper(rule.on)}{f' ({titles})' if titles else ''} are under disclosure control"


def _state_words(state: State, when: str, entry: Entry) -> str:
    words = STATE_WORDS[state]
    if state == "current" and entry.linkage and entry.linkage.developmental:
        words = f"{words}, in development"
    if state == "ended":
        when = f"in use {when.removesuffix(', now ended')}" if entry.lifecycle.ends else ""
    return when if when.startswith(words) else f"{words} ({when})" if when else words


def _lines(key: str, entry: Entry, register: Register, frame: Frame, day: dt.date) -> list[Line]:
    titles = {each.key: each.title for each in register.sources.values()}
    if key == "description":
        lines = describe.description(entry, day)
    elif key == "collection":
        lines = describe.collection(entry, day)
    elif key == "application":
        lines = share.applications(entry, frame, day)
    elif key == "access":
        lines = share.access(entry, day)
        policy = register.policies.get(entry.disclosure)
        if policy:
            lines += share.policy_lines(policy, _disclosure(frame))
    elif key == "statistical":
        lines = outputs.statistical(entry, frame, day)
    else:
        lines = outputs.other(getattr(entry, key), frame, day)
    extra = linked.lines(entry, frame, key, day)
    after = outputs.successions(entry, key, titles, day)  # type: ignore[arg-type]
    if after and lines and lines[0].text == outputs.NOT_STATED:
        lines = []
    return (lines + extra + after) or [Line(outputs.SILENT)]


def _flag(flag: Flag, titles: Mapping[Heading, str]) -> Line:
    where = titles.get(flag.heading, _TITLES.get(flag.heading) or "Title")
    said = f" “{flag.stated}”" if flag.stated else ""
    note = f": {flag.note}" if flag.note else ""
    return Line(sentence(f"{_FLAGS[flag.kind]} ({where}):{said}{note}"))


def used(frame: Frame, texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Abbreviations that occur in ``texts``, with what they stand for."""
    words = {word for text in texts for word in re.findall(r"[\w-]+", text)}
    parts = words | {piece for word in words for piece in word.split("-")}
    return tuple((short, long) for short, long in sorted(frame.abbreviations.items()) if short in parts)
