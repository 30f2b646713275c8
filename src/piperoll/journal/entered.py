"""Records entered by hand, as the journal knows them: who, when, why, which fields; never what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from piperoll.journal.records import _aware, _one_of


WAYS = ("staff", "paper")
ENTRY_STATES = ("draft", "saved", "withdrawn")
ENTRY_ACTS = ("saved", "corrected", "resolved", "withdrawn")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A record of an office, entered by hand. Its values are in the vault, under the names kept here.

    Attributes:
        id: ``E1``, ``E2`` ... given when it is added.
        way: staff (typed into a form) or paper (keyed from one on paper).
        state: draft (never saved), saved or withdrawn.
        version: Of what was saved last; 0 while nothing was.
        revision: Grows with each change, drafts too: whoever changes it must know the last one.
        draft: Name in the vault of what is being typed, or ''.
        key_token: Keyed token of the primary key as saved, or ''; two records of a slot may not share one.
        checked: Of paper: whether a second person keyed the same.
        evidence: Name in the vault of the scanned form, or ''.
        sent_version: Version in the office's last delivery; 0 if none.
        delivery: Id of that delivery, or ''.
    """

    source: str
    dataset: str
    supplier: str
    period: str
    made_by: str
    made_at: datetime
    changed_by: str
    changed_at: datetime
    id: str = ""
    way: str = "staff"
    state: str = "draft"
    version: int = 0
    revision: int = 0
    draft: str = ""
    key_token: str = ""
    checked: bool = False
    evidence: str = ""
    sent_version: int = 0
    delivery: str = ""

    def __post_init__(self) -> None:
        _one_of("way", self.way, WAYS)
        _one_of("state", self.state, ENTRY_STATES)
        _aware("made_at", self.made_at)
        _aware("changed_at", self.changed_at)

    @property
    def key(self) -> str:
        """``source.dataset``."""
        return f"{self.source}.{self.dataset}"

    @property
    def number(self) -> int:
        """The number of its id."""
        return int(self.id[1:])


@dataclass(frozen=True, kw_only=True)
class EntryVersion:
    """One version of an entered record.

    Attributes:
        act: saved, corrected, resolved (of two keyings) or withdrawn.
        item: Name in the vault of its values.
        fields: Names of the fields it changed.
    """

    version: int
    act: str
    by: str
    at: datetime
    reason: str = ""
    item: str = ""
    fields: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _one_of("act", self.act, ENTRY_ACTS)
        _aware("at", self.at)


@dataclass(frozen=True, kw_only=True)
class Keying:
    """A form keyed a second time.

    Attributes:
        version: Which version of the record it was compared with.
        differs: Names of the fields that differ; none: the two agree.
        resolved_by, resolved_at, reason: Who decided between them, when and why.
    """

    number: int
    version: int
    by: str
    at: datetime
    item: str
    differs: tuple[str, ...] = ()
    resolved_by: str = ""
    resolved_at: datetime | None = None
    reason: str = ""

    @property
    def open(self) -> bool:
        """Whether differences wait to be resolved."""
        return bool(self.differs) and self.resolved_at is None


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Which records of an office (id and version) went into a delivery; ``delivery`` is '' until it is in."""

    sha256: str
    source: str
    dataset: str
    supplier: str
    period: str
    by: str
    at: datetime
    records: tuple[tuple[str, int], ...] = ()
    delivery: str = ""
