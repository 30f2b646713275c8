"""A delivery against those before it: how many rows (``G-V07``), and how many empty fields (``G-V08``)."""

from __future__ import annotations

import math
from collections.abc import Mapping

from piperoll.collect.findings import query
from piperoll.collect.prepared import CheckContext, RuleFinding, RuleQuery
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset


BASELINE = 12  # earlier periods looked at
ENOUGH = 6  # earlier periods without which nothing is said
Z = 3.0
SMALLEST_CHANGE = 0.01  # of a share of nulls


def volume_findings(dataset: Dataset, context: CheckContext, rows: int) -> tuple[list[RuleFinding], list[RuleQuery]]:
    """Whether the number of rows kept differs from the same period last year, or the period before, by too much."""
    period = Period.parse(context.period)
    findings, queries = [], []
    for steps, allowed, words in (
        (12 // period.months, dataset.volume.same_period_last_year, "the same period a year before"),
        (1, dataset.volume.previous_period, "the period before"),
    ):
        before = context.history.rows.get(str(period.shift(-steps)))
        if allowed is None or before is None or max(before, rows) < dataset.volume.minimum_rows:
            continue
        change = (rows - before) / before if before else math.inf
        if abs(change) <= allowed:
            continue
        then = period.shift(-steps).words
        size = f"{abs(change):.0%} {'more' if change > 0 else 'fewer'}" if before else "more"
        sentence = f"{rows:,} rows are {size} than the {before:,} of {then}, {words}; {allowed:.0%} is expected."
        findings.append(RuleFinding("G-V07", "R", "", rows, sentence))
        text = f"{{supplier}} delivered {rows:,} rows for {{period}}, {size} than the {before:,} of {then}."
        tell = f"{steps}:{rows}:{before}"
        queries.append(query("G-V07", "", f"{text} Is this right?", context, rows, rows, (), tell=tell))
    return findings, queries


def missing_findings(
    dataset: Dataset, context: CheckContext, rows: int, nulls: Mapping[str, float]
) -> tuple[list[RuleFinding], list[RuleQuery]]:
    """Whether a field is empty far more often, or far less, than in the periods before."""
    findings, queries = [], []
    period = Period.parse(context.period)
    earlier = [str(period.shift(-step)) for step in range(1, BASELINE + 1)]
    if rows < dataset.volume.minimum_rows:
        return [], []
    for field, share in nulls.items():
        known = [context.history.nulls[p][field] for p in earlier if field in context.history.nulls.get(p, {})]
        if len(known) < ENOUGH:
            continue
        mean = sum(known) / len(known)
        spread = math.sqrt(sum((each - mean) ** 2 for each in known) / (len(known) - 1))
        # A share of few rows moves by chance alone, however steady it was.
        spread = max(spread, math.sqrt(mean * (1 - mean) / rows), 1e-6)
        if abs(share - mean) <= max(Z * spread, SMALLEST_CHANGE):
            continue
        sentence = f"`{field}` is empty in {share:.1%} of rows, against {mean:.1%} in {len(known)} earlier periods."
        findings.append(RuleFinding("G-V08", "R", field, round(share * rows), sentence))
        text = (
            f"`{field}` is empty in {share:.1%} of the rows of {{period}}, against {mean:.1%} in earlier periods."
            " What changed?"
        )
        count = round(share * rows)
        queries.append(query("G-V08", field, text, context, count, rows, ()))
    return findings, queries
