"""A fan chart: what was seen, what is expected, and the bands that should hold it.

After the Bank of England's charts of inflation (Britton, Fisher and Whitley, Quarterly Bulletin, February 1998): the
wider a band, the lighter. The line of what is expected is dashed, so that colour is not the only cue.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from piperoll.errors import UserError
from piperoll.present.charts import COLOURS, Chart, Series, describe, drawn, figure, name_axes
from piperoll.present.words import number


@dataclass(frozen=True)
class Band:
    """A band around what is expected: its name (``95%``), lower and upper bound, one for each month expected."""

    name: str
    low: tuple[float, ...]
    high: tuple[float, ...]


def fan_chart(
    labels: Sequence[str],
    seen: Sequence[float | None],
    expected: Sequence[float],
    bands: Sequence[Band],
    *,
    title: str,
    subtitle: str,
    y_label: str = "",
    zero: bool = True,
) -> Chart:
    """A fan chart.

    Args:
        labels: The periods, in order: those seen, then those expected.
        seen: What was measured, None where there is no figure.
        expected: The central figures; with ``seen`` as many as there are labels.
        bands: The widest first.
        zero: Whether the axis begins at nought.

    Raises:
        UserError: ``PR-Y050`` if there is nothing to draw, or not one figure for each label; ``PR-Y051`` without the
            font.
    """
    ahead = len(expected)
    fits = all(len(band.low) == len(band.high) == ahead for band in bands)
    if not ahead or not labels or len(seen) + ahead != len(labels) or not fits:
        raise UserError("PR-Y050", "A fan chart needs a figure for each label, and some that are expected.",
                        fix="Give what was seen, then what is expected, and each band as long as that.")  # fmt: skip
    at = list(range(len(labels)))
    start = len(seen)
    # The fan opens from the last figure seen, if that is the one before.
    joint = [float(seen[-1])] if seen and seen[-1] is not None else []
    x = at[start - len(joint) :]
    with figure() as (fig, axes):
        for place, band in enumerate(bands):
            axes.fill_between(x, [*joint, *band.low], [*joint, *band.high], color=COLOURS[0], linewidth=0,
                              alpha=0.18 + 0.22 * place, label=f"{band.name} interval")  # fmt: skip
        if seen:
            values = [math.nan if each is None else float(each) for each in seen]
            # A figure alone makes no line.
            alone = sum(each is not None for each in seen) == 1
            axes.plot(
                at[:start], values, color=COLOURS[4], linewidth=2.2, label="Measured", marker="o" if alone else ""
            )
        axes.plot(x, [*joint, *expected], color=COLOURS[0], linewidth=2.2, linestyle="--", label="Projected")
        axes.set_xlim(-0.3, len(labels) - 1 + 0.3)
        if zero:
            axes.set_ylim(0, axes.get_ylim()[1] * 1.04 or 1)
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.14), ncols=2, fontsize=12)
        name_axes(axes, labels, y_label)
        alt = _words(labels, seen, expected, bands, subtitle)
        return drawn(fig, alt, title, subtitle)


def _words(
    labels: Sequence[str], seen: Sequence[float | None], expected: Sequence[float], bands: Sequence[Band], subtitle: str
) -> str:
    """The chart in words, computed from its numbers."""
    start = len(seen)
    lines = [Series("Projected", tuple(expected))]
    said = describe("Line chart", labels[start:], lines, subtitle)
    ends = [f"{band.name} interval {number(band.low[-1])} to {number(band.high[-1])}" for band in bands]
    before = describe("Line chart", labels[:start], [Series("Measured", tuple(seen))], "").partition(". ")[2]
    return " ".join(each for each in (said, f"At the end: {'; '.join(ends)}." if ends else "", before) if each)
