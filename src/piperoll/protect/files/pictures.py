"""Pictures of disclosure control: a table's map of what is published and hidden, and the intervals an attack leaves.

Drawn as `piperoll.present.charts` draws: the same bytes each time, with words beside the drawing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from piperoll.errors import UserError
from piperoll.present.charts import COLOURS, Chart, drawn, figure
from piperoll.protect.files.outside import Attack, Seen
from piperoll.protect.files.run import Protected


MOST_SIDE = 400
MOST_BARS = 40
_LIGHT = "#D9E3EC"


def role_map(made: Protected, table: str = "") -> Chart:
    """A table as a grid, coloured by what is published, hidden for itself (primary), hidden for others (secondary).

    Rows are codes of the first dimension, columns combinations of the others; beyond 400 rows or columns neighbours
    share a square, which then shows the strongest of them. For inside only.
    """
    name = table or next(iter(made.tables))
    roles, row_words, column_words = _grid(made, name)
    return draw_roles(roles, row_words, column_words, f"{made.cells.loaded.spec.title or name}: role of each cell")


def draw_roles(roles: np.ndarray, row_words: str, column_words: str, subtitle: str) -> Chart:
    """A grid of roles (0 published, 1 primary, 2 secondary, -1 no cell) as a map. For inside only."""
    shape = roles.shape
    counts = {role: int((roles == k).sum()) for k, role in enumerate(("published", "primary", "secondary"))}
    roles = _thin(_thin(roles, 0), 1)
    words = (
        f"A map of {shape[0]:,} by {shape[1]:,} cells: {counts['published']:,} published, {counts['primary']:,} hidden "
        f"for themselves, {counts['secondary']:,} hidden for others."
    )
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    colours = (_LIGHT, COLOURS[2], COLOURS[3])
    with figure(6.0) as (fig, axes):
        axes.imshow(
            np.ma.masked_less(roles, 0),
            aspect="auto",
            interpolation="nearest",
            cmap=ListedColormap(list(colours)),
            vmin=0,
            vmax=2,
        )
        axes.grid(False)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_ylabel(row_words, fontsize=12)
        axes.set_xlabel(column_words, fontsize=12)
        labels = [
            f"published ({counts['published']:,})",
            f"primary ({counts['primary']:,})",
            f"secondary ({counts['secondary']:,})",
        ]
        handles = [
            Patch(facecolor=colour, label=label, edgecolor="#3D3D3D", linewidth=0.5)
            for colour, label in zip(colours, labels, strict=True)
        ]
        fig.legend(handles=handles, loc="outside upper left", ncols=3, frameon=False, fontsize=11)
        share = counts["secondary"] / max(1, counts["published"] + counts["secondary"])
        title = f"{share:.1%} of what could be shown is hidden for the sake of other cells"
        return drawn(fig, words, title, subtitle)


def _grid(made: Protected, name: str) -> tuple[np.ndarray, str, str]:
    frame = made.cells.frames[name]
    first, rest = frame.columns[0], frame.columns[1:]
    order = {code: at for at, code in enumerate(_in_order(made, first, frame[first].unique().to_list()))}
    rows = np.array([order[code] for code in frame[first].to_list()])
    columns = np.zeros(frame.height, np.int64)
    for dimension in rest:
        within = {code: at for at, code in enumerate(_in_order(made, dimension, frame[dimension].unique().to_list()))}
        columns = columns * len(within) + np.array([within[code] for code in frame[dimension].to_list()])
    columns = np.unique(columns, return_inverse=True)[1]
    grid = np.full((len(order), int(columns.max(initial=0)) + 1), -1, np.int8)
    grid[rows, columns] = made.roles[made.cells.linked.ids[name]]
    return grid, f"{first} (totals first)", ", ".join(rest) if rest else "figure"


def _in_order(made: Protected, dimension: str, codes: Sequence[str]) -> list[str]:
    """Codes of a dimension as in its first hierarchy, each total before its parts."""
    found = next(each for each in made.cells.dimensions if each.name == dimension)
    if not found.hierarchies:
        return sorted(codes)
    children = found.hierarchies[0].children
    parts = {code for below in children.values() for code in below}
    out: dict[str, None] = {}
    stack = [code for code in reversed(list(children)) if code not in parts]
    while stack:
        code = stack.pop()
        out.setdefault(code)
        stack.extend(reversed(children.get(code, ())))
    present = set(codes)
    return [code for code in out if code in present] + sorted(present - set(out))


def _thin(grid: np.ndarray, axis: int) -> np.ndarray:
    """At most 400 along an axis: neighbours together, the strongest shown (secondary, primary, published)."""
    step = -(-grid.shape[axis] // MOST_SIDE)
    if step <= 1:
        return grid
    starts = np.arange(0, grid.shape[axis], step)
    return np.maximum.reduceat(grid, starts, axis=axis)


def interval_chart(found: Attack, most: int = MOST_BARS) -> Chart:
    """Possible values of hidden cells as bars, those below the requirement first, the narrowest at the top.

    Raises:
        UserError: ``PR-P072`` if nothing is hidden.
    """
    if not found.seen:
        raise UserError("PR-P072", "nothing is hidden, so there is nothing to draw.", fix="Look at the table itself.")
    order = sorted(found.seen, key=lambda each: (not each.below, _width(each), each.cell))
    bars = order[:most]
    scale = 10**found.public.cells.places
    widest = (
        max([each.high for each in bars if each.high is not None] + [each.low + 5 * scale for each in bars]) / scale
    )
    below = len(found.below)
    with figure(1.5 + 0.3 * len(bars)) as (fig, axes):
        for at, each in enumerate(bars):
            low, high = each.low / scale, (widest * 1.08 if each.high is None else each.high / scale)
            colour = COLOURS[2] if each.below else COLOURS[0]
            axes.plot([low, high], [at, at], color=colour, linewidth=4 if each.below else 2.5, solid_capstyle="butt")
            axes.plot([low], [at], "|", color=colour, markersize=11, markeredgewidth=2)
            axes.plot(
                [high],
                [at],
                ">" if each.high is None else "|",
                color=colour,
                markersize=9 if each.high is None else 11,
                markeredgewidth=2,
            )
        axes.set_yticks(range(len(bars)), [_short(each.name) for each in bars], fontsize=9)
        axes.set_ylim(len(bars) - 0.4, -0.6)
        axes.set_xlim(-0.02 * widest, 1.1 * widest)
        axes.tick_params(axis="x", labelsize=10)
        axes.grid(axis="y", visible=False)
        axes.set_title("possible values", loc="left", fontsize=11)
        from matplotlib.lines import Line2D

        handles = [
            Line2D([], [], color=COLOURS[2], linewidth=4, label="below the requirement"),
            Line2D([], [], color=COLOURS[0], linewidth=2.5, label="open enough"),
        ]
        fig.legend(handles=handles, loc="outside lower left", ncols=2, frameon=False, fontsize=10)
        shown = f"the {len(bars):,} narrowest of " if len(bars) < len(found.seen) else ""
        words = f"Bars for {shown}{len(found.seen):,} hidden cells. " + " ".join(
            each.sentence.split(", known from")[0].rstrip(".") + "." for each in bars[:10]
        )
        title = f"{below:,} of {len(found.seen):,} hidden cells are known better than the requirement allows"
        return drawn(fig, words, title, "What can be inferred from the published figures")


def _width(each: Seen) -> float:
    return float("inf") if each.high is None else each.high - each.low


def _short(text: str) -> str:
    return text if len(text) <= 38 else text[:36] + "…"
