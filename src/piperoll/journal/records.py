"""What the journal keeps, as frozen dataclasses. No value of a restricted field belongs in any of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote


# Signs that stand for themselves in canonical text; ``; = | %`` are its grammar and are percent-encoded.
SAFE = " !#$&'()*+,/:?@[]^`{}~<>\""
ACCEPTED_VERDICTS = ("accepted", "accepted_with_queries", "accepted_less_refused")
NOT_AVAILABLE = "not_available"
VERDICTS = (*ACCEPTED_VERDICTS, "refused", NOT_AVAILABLE)
MODES = ("full", "snapshot", "increment", "events")
QUERY_STATES = ("open", "answered", "confirmed", "corrected", "waived")
WORD_STATES = ("confirmed", "correct")
OVERRIDE_MARKS = ("e", "r")
RELEASE_STATUSES = ("made", "approved", "published", "withdrawn")
RELEASE_KINDS = ("release", "answer", "import")


def _aware(name: str, at: datetime) -> None:
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"{name} needs a time zone: {at!r}")


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name} is {value!r}; expected one of {', '.join(known)}")


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """Who took something back, when and why.

    Attributes:
        sequence: Reading of the journal's clock: vintages before it still hold what was withdrawn.
    """

    at: datetime
    by: str
    reason: str
    sequence: int = 0


@dataclass(frozen=True, kw_only=True)
class ReturnWord:
    """What a supplier says of the figures that one of its deliveries came to.

    Attributes:
        delivery: Id of the delivery whose figures they were: word on an earlier one says nothing of a later.
        state: ``confirmed``, or ``correct``: they are wrong, and ``reason`` says how.
        by: Who of the supplier says so.
        recorded_by: Who recorded it.
        reason: The supplier's words; never empty for ``correct``.
        id: Given when it is recorded.
    """

    delivery: str
    state: str
    by: str
    recorded_by: str
    at: datetime
    reason: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        _aware("at", self.at)
        _one_of("state", self.state, WORD_STATES)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What filled a slot (source, dataset, supplier, period): immutable, named by the SHA-256 of its bytes.

    Attributes:
        id: Stable name, best made by `delivery_id`, so that a step run again names the same delivery.
        sha256: Of the file as it arrived, lower-case hexadecimal.
        period: As written everywhere: ``2012-05``, ``2012Q2``, ``2012``, ``2011/12``.
        mode: full, snapshot, increment or events, as the contract declares.
        received_at: UTC time given by the caller.
        verdict: accepted, accepted_with_queries, accepted_less_refused, refused; or not_available: the supplier says
            that it cannot supply the slot, which is no refusal and no nought.
        object: SHA-256 of the Parquet in the store, or ``''``.
        vault_object: Id in the vault of its identifiers, or ``''``.
        refused_object: Id in the vault of its refused rows in full, or ``''``.
        original_object: Id in the vault of the file as it arrived, or ``''``.
        supersedes: Id of the delivery it replaces. When left out, `commit_delivery` fills in the one in force
            for the slot.
        batch: Name of the manifest or batch it came in with, or ``''``.
        receipt: JSON-like facts told to the supplier; no restricted values.
        sequence: The journal's clock when it was committed; 0 before.
        withdrawn: Set once it has been taken back.
    """

    id: str
    sha256: str
    filename: str
    source: str
    dataset: str
    supplier: str
    period: str
    mode: str
    received_at: datetime
    verdict: str
    rows_in: int = 0
    rows_kept: int = 0
    rows_refused: int = 0
    object: str = ""
    vault_object: str = ""
    refused_object: str = ""
    original_object: str = ""
    contract_version: str = ""
    contract_hash: str = ""
    supersedes: str | None = None
    batch: str = ""
    receipt: Mapping[str, Any] = field(default_factory=dict)
    sequence: int = 0
    withdrawn: Withdrawal | None = None

    def __post_init__(self) -> None:
        _one_of("mode", self.mode, MODES)
        _one_of("verdict", self.verdict, VERDICTS)
        _aware("received_at", self.received_at)

    @property
    def slot(self) -> tuple[str, str, str, str]:
        """Source, dataset, supplier, period."""
        return self.source, self.dataset, self.supplier, self.period

    @property
    def accepted(self) -> bool:
        """Whether any of it may be counted."""
        return self.verdict in ACCEPTED_VERDICTS


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule's outcome over one delivery: how many rows broke it, and a sentence without values."""

    rule: str
    sentence: str
    field: str = ""
    severity: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Where a row was refused and by which rule; ``kind`` says what was found ("text of 14 characters").

    The row itself is only in the vault (`Delivery.refused_object`).
    """

    file: str
    sheet: str
    row: int
    field: str
    rule: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class QueryEvent:
    """One step in a query's life."""

    by: str
    at: datetime
    state: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A question to a supplier.

    Attributes:
        key: Stable identity (for instance rule, dataset, supplier, period and field): what was confirmed or
            waived under this key is not asked again.
        sentence: Ready to send to the supplier.
        state: open, answered, confirmed, corrected or waived.
        id: ``Q1``, ``Q2`` ... given when committed.
        delivery: Id of the delivery that raised it first; source to period are the slot of that delivery.
    """

    rule: str
    key: str
    sentence: str
    state: str = "open"
    id: str = ""
    delivery: str = ""
    source: str = ""
    dataset: str = ""
    supplier: str = ""
    period: str = ""
    events: tuple[QueryEvent, ...] = ()

    def __post_init__(self) -> None:
        _one_of("state", self.state, QUERY_STATES)


@dataclass(frozen=True, kw_only=True)
class Override:
    """A value set by hand; the original stays in the store.

    Attributes:
        key: Primary key of the record, field to value; linkage identifiers only as their tokens.
        value: The new value as text; None for "no value".
        mark: ``e`` (estimated) or ``r`` (revised), shown with every figure that it touches.
        id: ``O1``, ``O2`` ... given when recorded.
        sequence: The journal's clock: vintages from here on hold it.
    """

    source: str
    dataset: str
    key: Mapping[str, Any]
    field: str
    value: str | None
    mark: str
    reason: str
    approver: str
    made_by: str
    at: datetime
    id: str = ""
    sequence: int = 0
    withdrawn: Withdrawal | None = None

    def __post_init__(self) -> None:
        _one_of("mark", self.mark, OVERRIDE_MARKS)
        _aware("at", self.at)
        if not self.reason.strip() or not self.approver.strip():
            raise ValueError("an override needs a reason and an approver")


@dataclass(frozen=True, kw_only=True)
class Vintage:
    """The state of the store as of a moment: everything up to this sequence. ``name`` may be empty."""

    sequence: int
    name: str = ""
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Release:
    """One edition of a publication; or an answer, or what was taken in from before, which tell figures as well.

    Attributes:
        id: For instance ``publication/2012Q2/1``; an answer's ends in ``A1``, an import's in ``I1``.
        vintage: Sequence that the figures were made from; 0 for an import.
        manifest_sha256: Of the manifest; of an answer the hash of its cells, of an import that of its file.
        status: made, approved, published or withdrawn.
        kind: release, answer or import.
        purpose: What an answer was asked for, or where an import is from.
        cells_sha256: `cells_hash` of the cells told; empty where none was taken.
    """

    id: str
    publication: str
    period: str
    edition: str
    vintage: int
    definitions_hash: str
    manifest_sha256: str
    at: datetime
    by: str
    out: str = ""
    status: str = "made"
    kind: str = "release"
    purpose: str = ""
    cells_sha256: str = ""

    def __post_init__(self) -> None:
        _one_of("status", self.status, RELEASE_STATUSES)
        _one_of("kind", self.kind, RELEASE_KINDS)
        _aware("at", self.at)


@dataclass(frozen=True, slots=True)
class CellIdentity:
    """What makes two cells the same cell, in whatever table, publication or release.

    Attributes:
        measure: Key of the measure.
        codes: Canonical text of the codes (`canonical_codes`): sorted, ``dimension=code;dimension=code``.
        geography_version: For instance ``2012-04``; '' where there is none.
        period: As written everywhere.
    """

    measure: str
    codes: str
    geography_version: str
    period: str

    @property
    def text(self) -> str:
        """One line that names the cell: ``measure|codes|geography_version|period``."""
        measure, version = quote(self.measure, SAFE), quote(self.geography_version, SAFE)
        return f"{measure}|{self.codes}|{version}|{self.period}"


@dataclass(frozen=True, slots=True)
class PublishedCell:
    """A cell as one table shows it: value as shown (text) and marks. Exact values stay in the store."""

    identity: CellIdentity
    table: str
    value: str
    marks: str = ""


@dataclass(frozen=True, kw_only=True)
class Published:
    """One line of a cell's history: which release, answer or import showed it, where and as what."""

    release: str
    publication: str
    period: str
    edition: str
    table: str
    value: str
    marks: str
    at: datetime


@dataclass(frozen=True)
class SealFault:
    """An entry of the ledger that is not as it was recorded."""

    entry: str
    sentence: str


@dataclass(frozen=True, kw_only=True)
class AuditDraft:
    """An act to be written to the audit chain. ``details`` is JSON-like, without restricted values."""

    at: datetime
    actor: str
    actor_kind: str
    action: str
    resource_kind: str
    resource_key: str
    allowed: bool
    reason: str
    purpose: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _aware("at", self.at)


@dataclass(frozen=True, kw_only=True)
class AuditEntry(AuditDraft):
    """An entry in the chain: number from 1, hash of the entry before, hash of this one."""

    number: int
    previous: str
    hash: str


@dataclass(frozen=True)
class ChainFault:
    """One thing wrong with the audit chain, at an entry's number."""

    number: int
    kind: str
    sentence: str


@dataclass(frozen=True)
class ChainReport:
    """Outcome of checking the chain: how many entries, the hash of the last, and what is wrong."""

    entries: int
    head: str
    faults: tuple[ChainFault, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, removed, inserted or reordered."""
        return not self.faults


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A signed statement: after entry ``number`` the chain's hash was ``hash``. Key and signature are hex."""

    number: int
    hash: str
    at: datetime
    public_key: str
    signature: str
