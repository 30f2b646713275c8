"""Which cells are hidden for their own sake, how far they must stay open, and what suppressing each costs.

Formulas of the dominance and p-percent rules and of their protection levels: Hundepool et al., *Handbook on Statistical
Disclosure Control* (ESSnet SDC, 2010), section 4.2.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from piperoll.protect.attacker import Mask
from piperoll.protect.files.cells import Cells
from piperoll.protect.files.spec import Spec
from piperoll.protect.relations import Ints
from piperoll.protect.requirement import AS_ROUNDED, Requirement


# Of a magnitude whose rule derives no level: tau-Argus asks for such a share with its frequency rule.
MARGIN_PERCENT = 10.0


def primary(cells: Cells) -> tuple[Mask, Ints]:
    """Primary cells, and the level that a rule for amounts derives (0 elsewhere)."""
    spec, values = cells.loaded.spec, cells.values
    rule = spec.rule
    chosen = np.zeros(len(values), bool)
    if rule.threshold is not None:
        amount = cells.extras.get("_frequency", values)
        small = amount < rule.threshold
        chosen |= small if rule.zero else small & (amount != 0)
    level = np.zeros(len(values), np.int64)
    for excess, divisor in _excesses(cells):
        level = np.maximum(level, -(-excess // divisor))
    chosen |= level > 0
    if "_status" in cells.extras:
        chosen |= cells.extras["_status"] > 0
    chosen &= ~cells.select("published", "exact")
    chosen |= cells.select("hide")
    return chosen, np.where(chosen, np.maximum(level, 0), 0)


def _excesses(cells: Cells) -> list[tuple[Ints, int]]:
    """For each rule the level times a whole number; the cell is sensitive where it is above 0."""
    rule, total = cells.loaded.spec.rule, cells.values
    tops = [cells.extras[name] for name in sorted(cells.extras) if name.startswith("_top")]
    out = []
    if rule.dominance and tops:
        share = Fraction(str(rule.dominance.k)) / 100
        largest = sum(tops[: rule.dominance.n], np.zeros(len(total), np.int64))
        out.append((largest * share.denominator - total * share.numerator, share.numerator))
    if rule.p_percent is not None and tops:
        p = Fraction(str(rule.p_percent)) / 100
        second = tops[1] if len(tops) > 1 else np.zeros(len(total), np.int64)
        out.append((tops[0] * p.numerator - (total - tops[0] - second) * p.denominator, p.denominator))
    return out


def requirement(cells: Cells, chosen: Mask, level: Ints) -> Requirement:
    """What must stay open about each primary cell."""
    need, values = cells.loaded.spec.requirement, cells.values
    if need.width is not None:
        most = most_width(cells.loaded.spec)
        if 0 <= most < need.width:
            raise cells.loaded.error(
                f"No suppression gives a hidden count a width of {need.width}: only {most + 1} counts are small.",
                f"Ask for a width of at most {most}.",
                "requirement", "width", code="PR-P044",
            )  # fmt: skip
        return Requirement.width(len(values), need.width)
    if need.around is not None:
        return Requirement.around(values, need.around)
    percents = (need.lower_percent, need.upper_percent, need.sliding_percent)
    if any(percent is not None for percent in percents):
        lower, upper, sliding = (_share(values, percent) for percent in percents)
        return _levels(values, chosen, lower, upper, sliding)
    if cells.loaded.spec.counts:
        return Requirement.width(len(values), default_width(cells.loaded.spec))
    margin = np.maximum(_share(values, MARGIN_PERCENT), 1)
    wanted = np.where(chosen & (level == 0), margin, level)
    return _levels(values, chosen, wanted, wanted, np.zeros_like(wanted))


def _levels(values: Ints, chosen: Mask, lower: Ints, upper: Ints, sliding: Ints) -> Requirement:
    """Levels of the primary cells. Others get the largest: so far may they move in a proof's tables."""
    most = max((int(part[chosen].max()) for part in (lower, upper, sliding) if chosen.any()), default=0)
    down, up = (np.where(chosen, part, 2 * most) for part in (lower, upper))
    return Requirement.levels(values, down, up, np.where(chosen, sliding, 0))


def most_width(spec: Spec) -> int:
    """The widest that a hidden small count can be, when it is known to be one; -1 where nothing limits it."""
    rule = spec.rule
    if not spec.counts or rule.threshold is None or not spec.attacker.knows_status:
        return -1
    return rule.threshold - 1 if rule.zero else rule.threshold - 2


def default_width(spec: Spec) -> int:
    """As wide as a rounded count; less only where fewer counts are below the threshold."""
    most = most_width(spec)
    return AS_ROUNDED if most < 0 else min(AS_ROUNDED, most)


def _share(values: Ints, percent: float | None) -> Ints:
    part = Fraction(str(percent or 0)) / 100
    return -(-values * part.numerator // part.denominator)


def costs(cells: Cells) -> np.ndarray:
    """What suppressing each cell costs; positive."""
    said = cells.loaded.spec.costs
    if said == "count":
        return np.ones(len(cells.values))
    amount = cells.extras["_cost"] if said not in ("value", "root") else cells.values
    cost = np.maximum(amount, 1).astype(float)
    return np.sqrt(cost) if said == "root" else cost
