"""Pictures: the waterfall of a pair, and how the records of a person hang together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from piperoll.link.explain.net import Net, draw, words
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


_LIGHT, _INK = "#C9D8E6", "#0b0c0c"
_KEY = 0.17  # inches of a line of the key


def net_chart(net: Net, title: str, subtitle: str, names: Sequence[str] = ()) -> Chart:
    """Records as numbered nodes, pairs as lines.

    Args:
        names: What to call each record in the key; by default none is named.
    """
    with figure(_height(net, names)) as (fig, axes):
        _net(fig, axes, net, names)
        return drawn(fig, words(net), title, subtitle)


def save_net(net: Net, path: Path, title: str, names: Sequence[str]) -> None:
    """Write it as SVG; as PNG where the name ends so."""
    if path.suffix.lower() != ".png":
        path.write_bytes(net_chart(net, title, "How its records hang together", names).svg)
        return
    with figure(_height(net, names)) as (fig, axes):
        _net(fig, axes, net, names)
        fig.savefig(path, format="png", dpi=150, metadata={"Software": None})


def _columns(names: Sequence[str]) -> int:
    longest = max((len(each) for each in names), default=0)
    return max(1, min(4, 100 // (longest + 8), len(names)))


def _height(net: Net, names: Sequence[str]) -> float:
    files = len(set(net.files)) > 1
    return 5.6 + 0.3 * (1 + files) + (_KEY * -(-len(names) // _columns(names)) + 0.15 if names else 0.0)


def _net(fig: Any, axes: Any, net: Net, names: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    draw(axes, net, COLOURS, _LIGHT, _INK)
    lines = [Line2D([], [], color=_LIGHT, linewidth=1, label="as likely as not"),
             Line2D([], [], color=COLOURS[0], linewidth=4, label="sure")]  # fmt: skip
    if net.bridges:
        lines.append(Line2D([], [], color=COLOURS[3], linewidth=3, label="bridge"))
    if net.against:
        lines.append(Line2D([], [], color=COLOURS[2], linewidth=1.1, linestyle=(0, (4, 3)), label="against"))
    marks, told = axes.get_legend_handles_labels() if len(set(net.files)) > 1 else ([], [])
    if len(set(net.person)) > 1:
        lines += [Line2D([], [], marker="o", linestyle="", markersize=9, color=colour, label=text)
                  for colour, text in ((COLOURS[0], "one person"), (COLOURS[1], "the other"))]  # fmt: skip
    handles = [*lines, *marks]
    fig.legend(handles, [*(each.get_label() for each in lines), *told], loc="outside upper left", frameon=False,
               ncols=6, fontsize=9, markerscale=0.55, handlelength=1.6, columnspacing=1.0)  # fmt: skip
    if names:
        keys = [Line2D([], [], linestyle="", label=f"{n + 1}  {name}") for n, name in enumerate(names)]
        fig.legend(handles=keys, loc="outside lower left", frameon=False, ncols=_columns(names), fontsize=8,
                   handlelength=0, handletextpad=0, columnspacing=1.5, labelspacing=0.25)  # fmt: skip


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
