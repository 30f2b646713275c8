"""The Statement as a document: headings and lines, before any format."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from piperoll.register.model.facts import Heading, State


Change = Literal["", "added", "removed"]


@dataclass(frozen=True)
class Line:
    """One sentence or list entry.

    Attributes:
        text: What it says.
        items: A list under it.
        state: Whether the fact is planned, current or ended on the day asked for.
        href: Where it leads, if anywhere; ``link`` the words that lead there (the whole text if empty).
        change: Against the older register, if one was given.
    """

    text: str
    items: tuple[str, ...] = ()
    state: State = "current"
    href: str = ""
    link: str = ""
    change: Change = ""

    @property
    def plain(self) -> str:
        """The line and its list as one text."""
        return "; ".join((self.text.rstrip(":") + ":" if self.items else self.text, *self.items)).replace(":; ", ": ")


@dataclass(frozen=True)
class Part:
    """A heading and its lines."""

    key: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class EntryText:
    """One entry, rendered.

    Attributes:
        key: Of the source.
        state, state_words: Whether the source is planned, in use or closed on that day, and since when.
        section, domain: Titles of where it is filed and of where it works.
        parts: By heading, in the order of the Statement.
        notes: What is doubtful in the text, for its owner.
        abbreviations: Those used, with what they stand for.
    """

    key: str
    number: int
    title: str
    stated_title: str
    section: str
    domain: str
    page: int | None
    state: State
    state_words: str
    parts: tuple[Part, ...]
    notes: tuple[Line, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()

    def part(self, key: Heading) -> Part:
        """The part under this heading.

        Raises:
            KeyError: If there is none.
        """
        for each in self.parts:
            if each.key == key:
                return each
        raise KeyError(key)


@dataclass(frozen=True)
class EntryChange:
    """What changed in one entry (or in the frame) since an older register."""

    key: str
    title: str
    kind: Literal["added", "removed", "changed"]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Statement:
    """The whole Statement on one day.

    Attributes:
        front: Parts before the entries.
        entries: In the register's order.
        back: Contact, formats, licence.
        changes: Entry by entry, if an older register was given; ``since`` says which (empty if none).
    """

    title: str
    kind: str
    publisher: str
    published: str
    as_of: dt.date
    front: tuple[Part, ...]
    entries: tuple[EntryText, ...]
    back: tuple[Part, ...]
    since: str = ""
    changes: tuple[EntryChange, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()
    contact: str = ""
    register_hash: str = ""
