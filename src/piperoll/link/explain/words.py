"""A pair in words: what each comparison says, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from piperoll.link.explain.parts import Parts
from piperoll.link.spec.model import Comparison


@dataclass(frozen=True)
class Line:
    """A step of the waterfall: what it is, how many bits it adds, and where the sum is then."""

    text: str
    bits: float
    sum: float


def lines(comparisons: Sequence[Comparison], levels: Sequence[int], found: Parts, k: int = 0) -> list[Line]:
    """The waterfall of pair ``k``: prior, comparisons, rarity, relatives, in order."""
    total = found.prior
    out = [Line("two records at random", found.prior, total)]
    for c, (comparison, level) in enumerate(zip(comparisons, levels, strict=True)):
        label = comparison.said[level - 1].label if level else "not known"
        total += float(found.level[c, k])
        out.append(Line(f"{comparison.name}: {label}", float(found.level[c, k]), total))
        if found.rare[c, k]:
            total += float(found.rare[c, k])
            rare = "rarer than most" if found.rare[c, k] > 0 else "commoner than most"
            out.append(Line(f"{comparison.name}: {rare}", float(found.rare[c, k]), total))
    if found.kin[k] < -0.005:
        total += float(found.kin[k])
        out.append(Line("relatives would agree as well", float(found.kin[k]), total))
    return out


def waterfall_text(steps: Sequence[Line]) -> str:
    """Steps as aligned text with bars, and the verdict."""
    width = max(len(each.text) for each in steps)
    top = max((abs(each.bits) for each in steps), default=1.0) or 1.0
    out = []
    for each in steps:
        bar = ("+" if each.bits >= 0 else "-") * round(20 * abs(each.bits) / top)
        out.append(f"{each.text:<{width}}  {each.bits:+7.2f}  {each.sum:+8.2f}  {bar}")
    total = steps[-1].sum
    out.append(f"{'together':<{width}}  {'':7}  {total:+8.2f}  probability {probability(total):.6f}")
    return "\n".join(out)


def probability(weight: float) -> float:
    """Probability of a match weight in bits."""
    return 1.0 / (1.0 + 2.0 ** -max(min(weight, 1000.0), -1000.0))
