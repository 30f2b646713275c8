"""Disclosure control: what may be shown.

::

    permit(policy, Period.parse("2012-05"))        # PR-P001, quoting the rule
    shown = apply(cells, policy, decimals)         # adds `shown`, `reason`; marks `c`
    faults = check_written(rows, policy)           # the same rules again, on what was written

    linked = link(dimensions, tables)              # one variable for each distinct cell of all tables
    problem = pose(linked.relations, values, primary, Attacker(), Requirement.width(len(values)))
    outcome = secure(problem, seed=secret)         # what else to suppress; lower bound and gap
    certificate, outcome = prove(problem, outcome) # integer tables that show it; `check` reads them
    inferred = attack(problem, outcome.pattern)    # what an outsider can work out, in words

`apply` knows the primary rules, and suppresses what else it is told to; `joint` poses a whole problem.
`STATEMENT_OF_LIMITS` is said where nothing beyond the primary rules was done.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from piperoll.protect.permit import permit, permit_measure
from piperoll.protect.primary import apply, round_to_base
from piperoll.protect.written import WrittenCell, check_written


if TYPE_CHECKING:
    from piperoll.protect.attacker import Attacker, Insider, Knowledge, Shown, singletons
    from piperoll.protect.engine import Inferred, Outcome, attack, costs, pose, prove, secure
    from piperoll.protect.problem import Problem
    from piperoll.protect.proof.certificate import Certificate
    from piperoll.protect.proof.checker import Faulty, check
    from piperoll.protect.relations import Relations
    from piperoll.protect.requirement import Requirement
    from piperoll.protect.suppress.hitting import Limits
    from piperoll.protect.tables import Dimension, Hierarchy, Linked, Table, link


# The engine needs NumPy, SciPy and a solver; many a command only shows what is protected already.
_ENGINE = {
    "Attacker": "piperoll.protect.attacker",
    "Insider": "piperoll.protect.attacker",
    "Knowledge": "piperoll.protect.attacker",
    "Shown": "piperoll.protect.attacker",
    "singletons": "piperoll.protect.attacker",
    "Inferred": "piperoll.protect.engine",
    "Outcome": "piperoll.protect.engine",
    "attack": "piperoll.protect.engine",
    "costs": "piperoll.protect.engine",
    "pose": "piperoll.protect.engine",
    "prove": "piperoll.protect.engine",
    "secure": "piperoll.protect.engine",
    "Problem": "piperoll.protect.problem",
    "Certificate": "piperoll.protect.proof.certificate",
    "Faulty": "piperoll.protect.proof.checker",
    "check": "piperoll.protect.proof.checker",
    "Relations": "piperoll.protect.relations",
    "Requirement": "piperoll.protect.requirement",
    "Limits": "piperoll.protect.suppress.hitting",
    "Dimension": "piperoll.protect.tables",
    "Hierarchy": "piperoll.protect.tables",
    "Linked": "piperoll.protect.tables",
    "Table": "piperoll.protect.tables",
    "link": "piperoll.protect.tables",
}

STATEMENT_OF_LIMITS = (
    "Each cell was protected on its own by the policy's rules. That a suppressed count can be worked out from other "
    "published figures (totals, earlier releases, other publications) has not been ruled out."
)

__all__ = [
    "STATEMENT_OF_LIMITS",
    "Attacker",
    "Certificate",
    "Dimension",
    "Faulty",
    "Hierarchy",
    "Inferred",
    "Insider",
    "Knowledge",
    "Limits",
    "Linked",
    "Outcome",
    "Problem",
    "Relations",
    "Requirement",
    "Shown",
    "Table",
    "WrittenCell",
    "apply",
    "attack",
    "check",
    "check_written",
    "costs",
    "link",
    "permit",
    "permit_measure",
    "pose",
    "prove",
    "round_to_base",
    "secure",
    "singletons",
]


def __getattr__(name: str) -> Any:
    if name not in _ENGINE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_ENGINE[name]), name)
