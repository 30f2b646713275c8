"""What must hold of every receipt, whatever was delivered: a code with a sentence, rows that add up, nothing told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from piperoll.collect import Receipt
from tests.generative.good import SECRETS


CODE = re.compile(r"^(PR-[A-Z]\d{3}|[A-Z]+-V\d+[A-Z]?) ")


PAGES = Path(__file__).parents[2] / "docs" / "errors"


def has_page(code: str) -> bool:
    """Whether a code of ours has its page; rules of contracts have none."""
    return not code.startswith("PR-") or (PAGES / f"{code}.md").is_file()


def told(receipt: Receipt) -> list[str]:
    """Everything that a receipt says."""
    return [*receipt.reasons, *(each.sentence for each in receipt.findings), *(q.sentence for q in receipt.queries)]


def judge(receipt: Receipt, secrets: Iterable[str] = SECRETS) -> str:
    """What is wrong with a receipt; '' if nothing."""
    if receipt.rows_in != receipt.rows_kept + receipt.rows_refused:
        return "rows do not add up"
    if receipt.verdict in ("refused", "not_taken") and not (receipt.codes or receipt.findings):
        return "refused without a code"
    if receipt.verdict == "known":
        return "" if receipt.reasons else "known without a reason"
    if receipt.rows_refused and not receipt.findings and not receipt.codes:
        return "rows refused without a finding"
    if any(code and not CODE.match(f"{code} ") and not code.startswith("G-V") for code in receipt.codes):
        return f"no code: {receipt.codes}"
    if not all(has_page(code) for code in receipt.codes):
        return f"no page: {receipt.codes}"
    # An archive's member may have a row number or an amount in it by chance, never a name.
    if any(secret in sentence for sentence in told(receipt) for secret in secrets):
        return "a value was told"
    return ""
