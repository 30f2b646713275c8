"""What was done and what it cost, in words a reader understands, and the same as JSON.

Two reports: one to publish, which holds nothing that helps to undo the protection, and one for inside.
"""

from __future__ import annotations

import json
from typing import Any

from piperoll.protect.files.outside import Attack
from piperoll.protect.files.rule import default_width
from piperoll.protect.files.run import Protected
from piperoll.protect.files.spec import Spec


def figures(made: Protected) -> dict[str, Any]:
    """Cells and values by role, information loss, bound and gap; for inside, since sums of figures are figures."""
    problem, outcome, values = made.problem, made.outcome, made.cells.values
    publishable = ~problem.primary
    secondary = outcome.pattern
    value = int(values[secondary].sum())
    total = int(values[publishable].sum())
    count = int(publishable.sum())
    return {
        "cells": problem.relations.cells,
        "relations": problem.relations.rows,
        "primary": int(problem.primary.sum()),
        "secondary": int(secondary.sum()),
        "secondary_share": round(float(secondary.sum()) / count, 6) if count else 0.0,
        "secondary_value": value,
        "secondary_value_share": round(value / total, 6) if total else 0.0,
        "cost": round(outcome.cost, 3),
        "lower_bound": round(outcome.lower_bound, 3),
        "gap": round(outcome.gap, 6),
        "complete": outcome.complete,
        "proven": made.certificate is not None,
    }


def public_figures(made: Protected) -> dict[str, Any]:
    """What of it may be told: no sums, and no split by role unless readers are taken to know it anyway."""
    inside = figures(made)
    out = {key: inside[key] for key in ("cells", "relations", "complete", "proven")}
    out["hidden"] = inside["primary"] + inside["secondary"]
    out["gap"] = round(inside["gap"], 3)
    if made.cells.loaded.spec.attacker.knows_status:
        out |= {key: inside[key] for key in ("primary", "secondary")}
        out["secondary_share"] = round(inside["secondary_share"], 3)
    return out


def done(spec: Spec) -> list[str]:
    """What was done, in sentences."""
    rule, out = spec.rule, []
    if rule.threshold is not None:
        what = "counts" if spec.counts else "cells with fewer contributors than that, and amounts of those"
        zero = "zero included" if rule.zero else "but not zero"
        out.append(f"Hidden for being small: {what} below {rule.threshold}, {zero}.")
    if rule.dominance:
        out.append(
            f"Hidden for being dominated: amounts of which the {rule.dominance.n} largest contributors hold more than "
            f"{rule.dominance.k:g}%."
        )
    if rule.p_percent is not None:
        out.append(
            f"Hidden for giving a contributor away: amounts from which one can be estimated to within "
            f"{rule.p_percent:g}%."
        )
    if rule.status:
        out.append("Hidden as marked in the table delivered.")
    if spec.hide:
        out.append("Some further cells are hidden for reasons of their own.")
    out.append("Further cells are hidden so that those cannot be worked out from totals.")
    if spec.published.as_ == "rounded":
        out.append(f"All other counts are rounded to the nearest {spec.published.base}.")
    elif spec.published.as_ == "controlled":
        out.append(f"All other counts are rounded to multiples of {spec.published.base} so that they still add up.")
    else:
        out.append("All other figures are shown as they are.")
    if spec.published.exact:
        out.append("Headline figures are shown as they are.")
    out.append(asked(spec))
    return out


def asked(spec: Spec) -> str:
    """The requirement as a sentence."""
    need = spec.requirement
    if need.around is not None:
        return f"Of every hidden figure, {need.around} less and {need.around} more remain possible."
    percents = [("lower", need.lower_percent), ("higher", need.upper_percent)]
    if any(percent for _, percent in percents):
        told = " and ".join(f"{percent:g}% {word}" for word, percent in percents if percent)
        return f"Of every hidden figure, values {told} remain possible."
    if need.width is None and not spec.counts:
        return "Every hidden amount remains as open as the rule that hides it asks for."
    width = default_width(spec) if need.width is None else need.width
    return f"Whatever a reader adds up, at least {width + 1} values remain possible for every figure hidden for itself."


def public_markdown(made: Protected) -> str:
    """The report for readers."""
    spec, numbers = made.cells.loaded.spec, public_figures(made)
    lines = [f"# {spec.title or 'Disclosure control'}", "", "## What was done", ""]
    lines += [f"- {sentence}" for sentence in done(spec)]
    if made.rounding:
        lines.append(f"- {made.rounding}")
    lines += [f"- {sentence}" for sentence in less(made)]
    lines += ["", "## What is lost", "", f"- {lost(made)}"]
    if "secondary_share" in numbers:
        share = numbers["secondary_share"]
        lines.append(f"- Of the figures that could be shown otherwise, {share:.1%} are hidden for the sake of others.")
    lines += [f"- {optimality(made)}", "", "## What is proven", "", proven(made), ""]
    return "\n".join(lines)


def lost(made: Protected) -> str:
    """How many figures are hidden."""
    numbers = public_figures(made)
    text = f"{numbers['hidden']:,} of {numbers['cells']:,} figures are hidden and shown as [c]"
    if "primary" not in numbers:
        return f"{text}."
    return f"{text}: {numbers['primary']:,} for being what the rule hides, {numbers['secondary']:,} others."


def less(made: Protected) -> list[str]:
    """Where less than the width asked for was possible."""
    span = made.problem.requirement.span[made.problem.targets]
    if not made.cells.loaded.spec.requirement.where_possible or not len(span) or span.min() == span.max():
        return []
    fewer, least = int((span < span.max()).sum()), int(span.min()) + 1
    return [f"For {fewer:,} of them the rule itself leaves fewer values possible, at least {least}."]


def optimality(made: Protected) -> str:
    """How far the pattern is from the best; no amounts, since a sum of hidden figures is a figure as well."""
    outcome = made.outcome
    end = "" if outcome.complete else " The search ended at its limit of rounds."
    if not outcome.pattern.any():
        return "Nothing had to be hidden besides what the rule hides."
    if outcome.gap <= 1e-9:
        return "No safe choice of further cells costs less."
    if outcome.lower_bound <= 0:
        return f"How near this is to the best choice of further cells is not known.{end}"
    return f"The choice of further cells costs at most {max(outcome.gap, 0.0005):.1%} more than the best safe one.{end}"


def proven(made: Protected) -> str:
    """The verdict as a sentence."""
    if made.certificate is None:
        return "Nothing was proven: the specification asked for no proof. Bounds were checked by adding up alone."
    return (
        "For every figure hidden for itself, two whole tables were found that agree with everything published and lie "
        "as far apart as is asked. A separate checker, with whole numbers and no solver, has gone through them. They "
        f"hold the true figures and are kept inside; their HMAC-SHA-256 under the secret seed is {made.commitment}."
    )


def public_json(made: Protected) -> bytes:
    """The report for machines."""
    content = {
        "title": made.cells.loaded.spec.title,
        "done": done(made.cells.loaded.spec) + ([made.rounding] if made.rounding else []),
        "loss": public_figures(made),
        "certificate_hmac_sha256": made.commitment or None,
        "relations_sha256": made.problem.relations.digest,
    }
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def internal_json(made: Protected) -> bytes:
    """Everything, sums too; for inside."""
    return (json.dumps(figures(made), indent=1, sort_keys=True) + "\n").encode()


def attack_markdown(found: Attack) -> str:
    """An attack's report: keep it inside."""
    lines = ["# What can be inferred from what is published", "", found.summary, "", found.looked, ""]
    lines += [f"- {note}" for note in found.notes]
    if found.below:
        lines += ["", "## Known better than the requirement allows", ""]
        lines += [f"- {each.sentence}" for each in found.below]
    rest = [each for each in found.seen if not each.below]
    if rest:
        lines += ["", "## Other hidden cells", ""]
        lines += [f"- {each.sentence}" for each in rest]
    return "\n".join(lines) + "\n"


def attack_json(found: Attack) -> bytes:
    """The same for machines."""
    content = {
        "summary": found.summary,
        "notes": list(found.notes),
        "looked": found.looked,
        "cells": found.frame().to_dicts(),
    }
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
