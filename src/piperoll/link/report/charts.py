"""Charts of a linkage, as a user of Splink knows them: match weights, m and u, weights of pairs, thresholds, sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from piperoll.link.engine import Linked
from piperoll.link.report.figures import At, Sizes
from piperoll.present.charts import COLOURS, Chart, drawn, figure


_LIGHT = "#D9E3EC"


def weight_chart(linked: Linked) -> Chart:
    """Match weight of each level of each comparison: how much it speaks for one person, or against."""
    names, values = [], []
    for number, comparison in enumerate(linked.ready.linkage.comparisons):
        for level, each in enumerate(comparison.said, start=1):
            names.append(f"{comparison.name}: {each.label}")
            values.append(float(linked.weights.level[number, level]))
    best = int(np.argmax(values))
    with figure(1.2 + 0.27 * len(values)) as (fig, axes):
        colours = [COLOURS[0] if value >= 0 else COLOURS[2] for value in values]
        axes.barh(range(len(values)), values, color=colours, height=0.7)
        axes.axvline(0, color="#0b0c0c", linewidth=1)
        axes.set_yticks(range(len(values)), names, fontsize=9)
        axes.set_ylim(len(values) - 0.4, -0.6)
        axes.grid(axis="y", visible=False)
        axes.set_title("match weight, bits (log2 of m over u); TF comes on top", loc="left", fontsize=10)
        words = (
            "Match weights. "
            + "; ".join(f"{name} {value:+.1f}" for name, value in zip(names, values, strict=True))
            + "."
        )
        return drawn(fig, words, f"{names[best]} says most: {values[best]:.1f} bits", "What each level says")


def chance_chart(linked: Linked) -> Chart:
    """m and u of each level, on a logarithmic scale."""
    names, m, u = [], [], []
    for comparison, high, low in zip(
        linked.ready.linkage.comparisons, linked.trained.chances.m, linked.trained.chances.u, strict=True
    ):
        for each, a, b in zip(comparison.said, high, low, strict=True):
            names.append(f"{comparison.name}: {each.label}")
            m.append(float(a))
            u.append(float(b))
    with figure(1.4 + 0.27 * len(names)) as (fig, axes):
        at = np.arange(len(names))
        for k in at:
            axes.plot([m[k], u[k]], [k, k], color=_LIGHT, linewidth=3, zorder=1)
        axes.plot(m, at, "o", color=COLOURS[0], label="among pairs of one person (m)")
        axes.plot(u, at, "s", color=COLOURS[3], label="among others (u)")
        axes.set_xscale("log")
        axes.set_yticks(at, names, fontsize=9)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.grid(axis="y", visible=False)
        fig.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=10)
        words = (
            "Chances of each level. "
            + "; ".join(f"{name} m {a:.3g}, u {b:.3g}" for name, a, b in zip(names, m, u, strict=True))
            + "."
        )
        return drawn(fig, words, "Levels tell persons apart where m and u are far from each other",
                     "How often each level occurs")  # fmt: skip


def pair_chart(linked: Linked) -> Chart:
    """How many pairs have which weight, and where they are joined."""
    weight = linked.pairs.weight
    low, high = (float(weight.min()), float(weight.max())) if len(weight) else (0.0, 1.0)
    edges = np.linspace(np.floor(low), np.ceil(high) + 1, 60)
    counts, _ = np.histogram(weight, edges)
    join = float(np.log2(linked.join / (1 - linked.join)))
    above = int((weight >= join).sum())
    with figure() as (fig, axes):
        colours = [COLOURS[0] if left >= join else COLOURS[3] for left in edges[:-1]]
        axes.bar(edges[:-1], counts, width=np.diff(edges), align="edge", color=colours)
        axes.axvline(join, color="#0b0c0c", linewidth=1.5, linestyle="--")
        axes.set_yscale("symlog", linthresh=10)
        axes.set_title("pairs", loc="left", fontsize=11)
        axes.set_xlabel("match weight, bits", fontsize=11)
        words = f"{above:,} of {len(weight):,} pairs weigh {join:.1f} bits or more, from which records are joined."
        return drawn(fig, words, f"{above:,} pairs are strong enough to join by", "Pairs by match weight")


def threshold_chart(points: Sequence[At], known: Sequence[At] = ()) -> Chart:
    """Precision and recall of pairs by threshold: expected, and where persons are known true."""
    at = range(len(points))
    with figure() as (fig, axes):
        axes.plot(at, [each.precision for each in points], "-o", color=COLOURS[0], label="precision, expected")
        axes.plot(at, [each.recall for each in points], "--s", color=COLOURS[3], label="recall, expected")
        if known:
            axes.plot(at, [each.precision for each in known], ":o", color=COLOURS[1], label="precision, true")
            axes.plot(at, [each.recall for each in known], ":s", color=COLOURS[2], label="recall, true")
        axes.set_xticks(at, [f"{each.probability:g}" for each in points], fontsize=10)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("threshold (probability)", fontsize=11)
        fig.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=10)
        words = (
            "By threshold: "
            + "; ".join(
                f"{each.probability:g}: precision {each.precision:.3f}, recall {each.recall:.3f}" for each in points
            )
            + "."
        )
        middle = min(points, key=lambda each: abs(each.probability - 0.5))
        title = f"At 0.5, precision is expected at {middle.precision:.1%} and recall at {middle.recall:.1%}"
        return drawn(fig, words, title, "Pairs taken one by one, before they are joined into persons")


def size_chart(found: Sizes) -> Chart:
    """How many persons have how many records; from ten on together."""
    shown = [*found.count[1:10], found.count[10:].sum()] if len(found.count) > 10 else list(found.count[1:])
    names = [str(k) for k in range(1, len(shown) + 1)]
    if len(found.count) > 10:
        names[-1] = "10+"
    single = found.count[1] if len(found.count) > 1 else 0
    with figure() as (fig, axes):
        axes.bar(range(len(shown)), [int(each) for each in shown], color=COLOURS[0])
        axes.set_xticks(range(len(shown)), names)
        axes.set_title("persons", loc="left", fontsize=11)
        axes.set_xlabel("records", fontsize=11)
        words = (
            "Persons by number of records: "
            + ", ".join(f"{name}: {int(each):,}" for name, each in zip(names, shown, strict=True))
            + "."
        )
        return drawn(fig, words, f"{int(single):,} of {found.persons:,} persons have one record",
                     f"Records of a person; at most {found.largest:,}")  # fmt: skip
