"""What a policy lets anyone ask for at all: kinds of period, and measures that are national only."""

from __future__ import annotations

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Measure


_KINDS = {
    "month": "months",
    "quarter": "calendar quarters",
    "year": "calendar years",
    "financial_year": "financial years",
    "rolling_year": "years that end with a quarter",
}


def permit(policy: Policy, period: Period) -> None:
    """Refuse a period of a kind the policy does not allow.

    Raises:
        UserError: ``PR-P001``, quoting the rule.
    """
    if period.kind in policy.periods:
        return
    allowed = " and ".join(_KINDS[kind] for kind in policy.periods)
    quoted = f' The rule: "{policy.rule_text.strip()}" ({policy.rule_source})' if policy.rule_text else ""
    raise UserError(
        "PR-P001",
        f"figures for {period.words} ({period}) are not provided: policy `{policy.key}` allows only {allowed}.{quoted}",
        fix=f"Ask for {_nearest(policy, period)}.",
    )


def permit_measure(policy: Policy, measure: Measure, *, national: bool) -> None:
    """Refuse a measure below the national level that the policy makes national only.

    Raises:
        UserError: ``PR-P002``.
    """
    if national or policy.applies == "all" or measure.kind not in policy.national_only:
        return
    raise UserError(
        "PR-P002",
        f"`{measure.name}` is a {measure.kind}, and policy `{policy.key}` gives it for the national level only.",
        fix="Ask for the national figure.",
    )


def _nearest(policy: Policy, period: Period) -> str:
    around = [str(Period.containing(period.start, kind)) for kind in policy.periods]
    return " or ".join(around)
