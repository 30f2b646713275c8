"""Small multiples: a small line chart for each area or group, all to one scale, so that they can be compared.

Source of the rules: Government Analysis Function, "Data visualisation: charts", on small multiples: one measure, the
same axes, an order that a reader can follow; and the checklist that `piperoll.present.charts` keeps to.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from piperoll.errors import UserError
from piperoll.present.charts import COLOURS, Chart, Series, canvas, drawn, format_axis, split_label
from piperoll.present.words import number, small, trend_words


MOST = 24  # panels: beyond it they are too many to look at
_ACROSS = 3
_INCHES = 1.55  # height of a row
_INK = "#0b0c0c"


def panels(
    labels: Sequence[str],
    series: Sequence[Series],
    gaps: Sequence[Sequence[str]],
    *,
    title: str,
    subtitle: str,
    y_label: str = "",
    places: int = 0,
) -> Chart:
    """A small chart for each series.

    Args:
        labels: The periods, in order.
        series: One for each panel, with a value for every label; the panels stand in this order.
        gaps: What stands in place of each figure that is not there (``[c]``), in the shape of the values.
        title: The finding.
        subtitle: Measure, unit, place and period.
        y_label: What the numbers are.
        places: Decimals of the numbers in the words.

    Raises:
        UserError: ``PR-Y050`` if there is nothing to draw or too much; ``PR-Y051`` without the font.
    """
    if not labels or not 1 <= len(series) <= MOST or all(v is None for s in series for v in s.values):
        raise UserError(
            "PR-Y050",
            f"The chart has {len(series)} panels, or no figure to draw.",
            fix=f"Draw one to {MOST} panels.",
        )
    known = [float(v) for s in series for v in s.values if v is not None]
    top = max(0.0, *known) * 1.1 or 1.0
    low = min(0.0, *known) * 1.1
    rows = -(-len(series) // _ACROSS)
    with canvas(0.55 + _INCHES * rows) as fig:
        grid = fig.subplots(rows, _ACROSS, sharex=True, sharey=True, squeeze=False)
        for place, axes in enumerate(grid.flat):
            if place >= len(series):
                axes.set_visible(False)
                continue
            line = series[place]
            values = [float("nan") if v is None else float(v) for v in line.values]
            axes.plot(range(len(labels)), values, color=COLOURS[0], linewidth=1.8, marker="o", markersize=2.5)
            axes.set_ylim(low, top)
            axes.set_xlim(-0.4, len(labels) - 0.6)
            axes.set_title(textwrap.fill(line.name, 26), loc="left", fontsize=11, color=_INK, pad=4)
            _gaps(axes, gaps[place], low + (top - low) * 0.06)
            format_axis(axes, 4)
            # The first and the last period, so that labels stay apart.
            ends = sorted({0, len(labels) - 1})
            axes.set_xticks(ends, ["\n".join(split_label(labels[i])) for i in ends])
            axes.tick_params(labelsize=9, length=0)
            last = place + _ACROSS >= len(series)
            axes.tick_params(labelbottom=last, labelleft=place % _ACROSS == 0)
            if last:
                _inside(axes)
        if y_label:
            fig.suptitle(y_label, x=0.01, ha="left", fontsize=11)
        words = describe(labels, series, gaps, subtitle, places)
        return drawn(fig, words, title, subtitle)


def _inside(axes: Any) -> None:
    """The first label begins where its panel does, the last ends there: they do not run into those beside them."""
    texts = axes.get_xticklabels()
    if len(texts) > 1:
        texts[0].set_ha("left")
        texts[-1].set_ha("right")


def _gaps(axes: Any, marks: Sequence[str], height: float) -> None:
    """What stands in place of the figures of each gap, once, in its middle."""
    for mark, run in groupby(enumerate(marks), key=lambda each: each[1]):
        places = [place for place, _ in run]
        if mark:
            middle = (places[0] + places[-1]) / 2
            axes.annotate(mark, (middle, height), ha="center", va="bottom", fontsize=9, color=_INK)


def describe(
    labels: Sequence[str], series: Sequence[Series], gaps: Sequence[Sequence[str]], subtitle: str, places: int = 0
) -> str:
    """What the panels show, in words computed from their numbers."""
    last = labels[-1]
    told = []
    for line, marks in zip(series, gaps, strict=True):
        if all(value is None for value in line.values):
            told.append(f"{line.name}: no figures {marks[-1]}".rstrip())
        else:
            told.append(f"{line.name}: {trend_words(line.values, labels, places)}")
    ends = [(line.values[-1], line.name) for line in series if line.values[-1] is not None]
    order = ""
    if len(ends) > 1:
        most, least = max(ends), min(ends)
        order = (
            f" In {last} the highest is {number(most[0], places)} ({most[1]}) and the lowest "
            f"{number(least[0], places)} ({least[1]})."
        )
    return f"{small(len(series)).capitalize()} small line charts to one scale: {subtitle}. {'. '.join(told)}.{order}"
