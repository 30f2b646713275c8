"""The receipt: what became of a file, for whoever delivered it. It holds no value of the data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from piperoll.collect.prepared import RuleFinding, RuleQuery
from piperoll.collect.slots import Slot
from piperoll.collect.verdict import KNOWN, LESS, NOT_TAKEN, QUERIES, REFUSED, WORDS


@dataclass(frozen=True)
class Receipt:
    """What became of one file. ``rows_in == rows_kept + rows_refused``.

    Attributes:
        file: Name as it arrived (``archive.zip/member.csv``).
        verdict: accepted, accepted_with_queries, accepted_less_refused, refused; ``known`` when these bytes were
            in already and nothing changed; ``not_taken`` when no delivery came of it (no slot was found).
        delivery: Id, or ''.
        reasons: Sentences: why it was refused or not taken, or when it came before.
        codes: Codes of errors among the reasons.
        counted: Rows that count from now on: none of a delivery refused whole.
        supersedes: Id of the delivery that this one replaces.
        resubmits: Id of the delivery whose refused rows this one brings again, and how many rows were carried over.
        simulated: Whether its records are simulated.
        provenance: How it came, where not as a file: the way, and what the way knows of it.
    """

    file: str
    verdict: str
    sha256: str = ""
    size: int = 0
    slot: Slot | None = None
    delivery: str = ""
    received_at: dt.datetime | None = None
    nil: bool = False
    rows_in: int = 0
    rows_kept: int = 0
    rows_refused: int = 0
    findings: tuple[RuleFinding, ...] = ()
    queries: tuple[RuleQuery, ...] = ()
    reasons: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    nulls: dict[str, float] = field(default_factory=dict)
    supersedes: str = ""
    resubmits: str = ""
    carried: int = 0
    simulated: bool = False
    provenance: dict[str, str] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """Whether its rows count from now on."""
        return self.verdict in {"accepted", QUERIES, LESS}

    @property
    def refused(self) -> bool:
        """Whether somebody has to do something before it can count."""
        return self.verdict in {REFUSED, NOT_TAKEN}

    @property
    def counted(self) -> int:
        """Rows that count."""
        return self.rows_kept if self.accepted else 0

    def to_json(self) -> dict[str, Any]:
        """As JSON-like data, the same for the same receipt."""
        data = asdict(self)
        data["received_at"] = self.received_at.isoformat() if self.received_at else None
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Receipt:
        """Read what `to_json` gave."""
        values = dict(data)
        slot, at = values.get("slot"), values.get("received_at")
        values["slot"] = Slot(**slot) if slot else None
        values["received_at"] = dt.datetime.fromisoformat(at) if at else None
        values["findings"] = tuple(RuleFinding(**{**f, "rows": tuple(f["rows"])}) for f in values.get("findings", ()))
        values["queries"] = tuple(RuleQuery(**q) for q in values.get("queries", ()))
        for name in ("reasons", "codes"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)

    @property
    def text(self) -> str:
        """The receipt as it is sent to the supplier."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.file}: {WORDS[self.verdict]}"
        if self.slot:
            yield f"  Slot      {self.slot}"
        if self.delivery:
            yield f"  Delivery  {self.delivery}"
        if self.simulated:
            yield "  Simulated: no official statistics may be made of it"
        if self.provenance:
            told = "; ".join(f"{name} {value}" for name, value in self.provenance.items() if value)
            yield f"  Came      {told}"
        if self.supersedes and self.accepted:
            yield f"  Replaces  {self.supersedes}"
        if self.resubmits:
            yield f"  Brings again the refused rows of {self.resubmits}; {self.carried:,} rows of it were carried over"
        if self.sha256:
            yield f"  SHA-256   {self.sha256} ({self.size:,} bytes)"
        if self.verdict not in {KNOWN, NOT_TAKEN}:
            yield f"  Rows      {self.rows_in:,} in = {self.rows_kept:,} valid + {self.rows_refused:,} refused"
            if not self.accepted:
                yield "  None of them counts: the delivery was refused whole."
        for reason in self.reasons:
            yield f"  {reason}"
        for finding in self.findings:
            yield f"  {finding.rule} {_SEVERITY[finding.severity]}: {finding.sentence}"
        if self.queries:
            yield "  Please answer:"
            yield from (f"    {query.sentence}" for query in self.queries)


_SEVERITY = {"E": "rows refused", "W": "to note", "B": "delivery refused", "R": "asked"}
