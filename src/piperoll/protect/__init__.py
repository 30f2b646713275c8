"""Disclosure control: what may be shown.

::

    permit(policy, Period.parse("2012-05"))        # PR-P001, quoting the rule
    shown = apply(cells, policy, decimals)         # adds `shown`, `reason`; marks `c`
    faults = check_written(rows, policy)           # the same rules again, on what was written

Primary rules only: whether a suppressed count can be worked out from published totals is not examined here yet, and
`STATEMENT_OF_LIMITS` says so in every manifest.
"""

from __future__ import annotations

from piperoll.protect.permit import permit, permit_measure
from piperoll.protect.primary import apply, round_to_base
from piperoll.protect.written import WrittenCell, check_written


STATEMENT_OF_LIMITS = (
    "Each cell was protected on its own by the policy's rules. That a suppressed count can be worked out from other "
    "published figures (totals, earlier releases, other publications) has not been ruled out."
)

__all__ = [
    "STATEMENT_OF_LIMITS",
    "WrittenCell",
    "apply",
    "check_written",
    "permit",
    "permit_measure",
    "round_to_base",
]
