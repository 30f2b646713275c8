"""The waterfall of a pair as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from piperoll.link.explain.words import Line, probability
from piperoll.present.charts import COLOURS, Chart, drawn, figure


def waterfall(steps: Sequence[Line]) -> Chart:
    """Bars from the prior to the sum, each beginning where the last one ended."""
    with figure(1.4 + 0.3 * len(steps)) as (fig, axes):
        _draw(axes, steps)
        total = steps[-1].sum
        words = "; ".join(f"{each.text} {each.bits:+.2f}" for each in steps) + f"; together {total:+.2f}."
        title = f"Together {total:+.1f} bits: a probability of {probability(total):.4f}"
        return drawn(fig, words, title, "What each comparison adds to the match weight")


def save_waterfall(steps: Sequence[Line], path: Path) -> None:
    """Write it as SVG; as PNG where the name ends so."""
    if path.suffix.lower() != ".png":
        path.write_bytes(waterfall(steps).svg)
        return
    with figure(1.4 + 0.3 * len(steps)) as (fig, axes):
        _draw(axes, steps)
        fig.savefig(path, format="png", dpi=150, metadata={"Software": None})


def _draw(axes: Any, steps: Sequence[Line]) -> None:
    for at, each in enumerate(steps):
        colour = COLOURS[0] if each.bits >= 0 else COLOURS[2]
        axes.barh(at, each.bits, left=each.sum - each.bits, color=colour, height=0.7)
        axes.text(max(each.sum, each.sum - each.bits) + 0.3, at, f"{each.bits:+.1f}", va="center", fontsize=9)
    axes.axvline(0, color="#0b0c0c", linewidth=1)
    axes.set_yticks(range(len(steps)), [each.text for each in steps], fontsize=9)
    axes.set_ylim(len(steps) - 0.4, -0.6)
    axes.margins(x=0.08)
    axes.grid(axis="y", visible=False)
    axes.set_title("match weight, bits", loc="left", fontsize=10)
