"""From what checking found to a verdict, as the contract says. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from piperoll.collect.prepared import CheckResult
from piperoll.journal.records import NOT_AVAILABLE
from piperoll.register.model.contract import Dataset


ACCEPTED, QUERIES, LESS, REFUSED = (
    "accepted",
    "accepted_with_queries",
    "accepted_less_refused",
    "refused",
)
# No delivery came of these: the bytes were in already; or no slot was found, and nothing was kept.
KNOWN, NOT_TAKEN = "known", "not_taken"

WORDS = {
    ACCEPTED: "accepted",
    QUERIES: "accepted with queries",
    LESS: "accepted less refused rows",
    REFUSED: "refused",
    NOT_AVAILABLE: "not available",
    KNOWN: "delivered before",
    NOT_TAKEN: "not taken",
}


@dataclass(frozen=True)
class Verdict:
    """A verdict, and the reasons where all was refused."""

    name: str
    reasons: tuple[str, ...] = ()


def judge(result: CheckResult, dataset: Dataset, nil: bool, not_available: str = "", filled: bool = False) -> Verdict:
    """The verdict on a delivery that could be read.

    Args:
        result: What checking found.
        dataset: The contract: what a row-level error does and how much may be refused.
        nil: Whether the supplier said that there is nothing to deliver.
        not_available: Why the supplier cannot supply the slot, if it said so.
        filled: Whether a delivery counts for the slot already.
    """
    if not_available:
        return _not_available(result.rows_in, nil, not_available, filled)
    reasons = [f.sentence for f in result.findings if f.severity == "B"]
    if nil and result.rows_in:
        reasons.append(f"The delivery is said to be nil, but it holds {result.rows_in:,} rows.")
    if nil and not dataset.nil_allowed:
        reasons.append("The contract does not allow a nil delivery.")
    if not nil and not result.rows_in:
        reasons.append("The delivery holds no rows and was not said to be nil.")
    if result.rows_refused and dataset.on_error == "refuse_delivery":
        reasons.append(f"{_rows(result.rows_refused)} not valid, and the contract then refuses the delivery.")
    elif result.rows_refused > dataset.max_refused * result.rows_in:
        share = result.rows_refused / result.rows_in
        reasons.append(
            f"{_rows(result.rows_refused)} not valid ({share:.1%}); the contract allows {dataset.max_refused:.1%}."
        )
    if reasons:
        return Verdict(REFUSED, tuple(dict.fromkeys(reasons)))
    if result.rows_refused:
        return Verdict(LESS)
    return Verdict(QUERIES if result.queries else ACCEPTED)


def _not_available(rows: int, nil: bool, why: str, filled: bool) -> Verdict:
    """What is not available counts neither as a delivery nor as nought."""
    reasons = []
    if rows:
        reasons.append(f"The figures are said not to be available, but the delivery holds {_count(rows)}.")
    if nil:
        reasons.append("The delivery is said to be nil and its figures not to be available: it is one or the other.")
    if filled:
        reasons.append("A delivery counts for this slot already; withdraw it first if its figures do not hold.")
    if reasons:
        return Verdict(REFUSED, tuple(reasons))
    return Verdict(NOT_AVAILABLE, (f"The supplier cannot supply these figures: {why}",))


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _rows(count: int) -> str:
    return "1 row is" if count == 1 else f"{count:,} rows are"
