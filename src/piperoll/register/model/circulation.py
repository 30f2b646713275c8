"""To whom editions go: recipients and protective markings, declared in ``recipients.yaml`` at the top of a register."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


Way = Literal["mail", "extract", "spreadsheet", "hub"]
When = Literal["publication", "made", "request"]
# Local part and domain of RFC 5321 as far as mailboxes of offices use them: no quotes, no comments, no literals.
_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!#$&'*+/=?^_`{|}~-]{0,63}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
WHOLE = ("workbook", "csv", "page")  # What an entry may name beside single tables.


@dataclass(frozen=True)
class Marking:
    """A protective marking, and what it binds to.

    Attributes:
        key: For example ``restricted``; recipients are cleared for it.
        label: How a message and a file are marked, for example ``RESTRICTED``; empty: they are not marked.
        says: How the `marking` of a publication under it begins; an empty text stands for publications without one.
        restricted: Whether it goes only to those on a list, and by mail only over TLS.
    """

    key: str
    label: str = ""
    says: tuple[str, ...] = ()
    restricted: bool = False


@dataclass(frozen=True)
class Recipient:
    """An organisation that is sent editions. Its mailbox is that of a role, never of a person.

    Attributes:
        key: For example ``home_office_statistics``.
        organisation: Its name, with the team or role where that matters.
        mailbox: Address of the role's mailbox; empty for one who is sent nothing by mail.
        cleared: Markings that it may receive.
        agreement: Reference of the data-sharing agreement, or of what stands in its place.
        from_: First day on which it may be sent anything.
        until: Last day; None as long as the agreement runs.
    """

    key: str
    organisation: str
    mailbox: str = ""
    cleared: tuple[str, ...] = ()
    agreement: str = ""
    from_: dt.date | None = None
    until: dt.date | None = None

    def holds(self, day: dt.date) -> bool:
        """Whether it may be sent anything on a day."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Recipients:
    """Protective markings, and who is cleared for them.

    Attributes:
        markings: Markings, by key.
        recipients: Recipients, by key.
    """

    markings: tuple[Marking, ...] = ()
    recipients: tuple[Recipient, ...] = ()


@dataclass(frozen=True)
class Circulation:
    """One line of a publication's circulation list.

    Attributes:
        to: Key of a recipient.
        by: ``mail``; ``extract``: a folder with files, manifest and checksums to be handed over; ``spreadsheet``: a
            folder with files; ``hub``: a folder that always holds the newest edition.
        what: ``workbook`` (ODS and XLSX), ``csv`` (every table), ``page`` (the bulletin with its charts), or names of
            tables.
        when: ``publication``: from half past nine on the day of publication; ``made``: as soon as the edition is made;
            ``request``: only when somebody names the recipient.
    """

    to: str
    by: Way
    what: tuple[str, ...] = ("workbook",)
    when: When = "publication"


def is_address(text: str) -> bool:
    """Whether this is one plain mail address, with nothing before, behind or between."""
    return len(text) <= 254 and ".." not in text and _ADDRESS.fullmatch(text) is not None


def marking_of(text: str, markings: Iterable[Marking]) -> Marking | None:
    """The marking whose `Marking.says` a publication's words begin with, the longest first; None if there is none."""
    words = " ".join(text.split()).casefold()
    fitting = [
        (len(each), marking)
        for marking in markings
        for each in marking.says
        if (words.startswith(each.casefold()) if each else not words)
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None
