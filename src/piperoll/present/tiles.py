"""A map of areas as tiles of one size, each where its area roughly lies, shaded by its figure and holding it.

Areas of few people are as large as those of many, and small ones can be read. The shades are one hue from light to
dark, which stay apart in every form of colour blindness and in grey; each tile says its figure, too, so that no one has
to tell shades. Source of the shades: C. Brewer, ColorBrewer 2.0, sequential scheme "Blues", five classes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from piperoll.errors import UserError
from piperoll.present.charts import Chart, canvas, drawn
from piperoll.present.words import number


SHADES = ("#eff3ff", "#bdd7e7", "#6baed6", "#3182bd", "#08519c")
_DARK = 4  # From this shade on, text is white: contrast stays above 4.5.
_INK, _PAPER, _NONE = "#0b0c0c", "#ffffff", "#ffffff"
_WIDTH = 6.4  # inches
_LEGEND = 1.75  # tiles


@dataclass(frozen=True)
class Tile:
    """An area.

    Attributes:
        row, column: Its place, counted from 1 from the top left.
        value: Its figure; None where ``marks`` stand in its place.
    """

    name: str
    row: int
    column: int
    value: int | float | Decimal | None
    marks: str = ""


def tile_map(tiles: Sequence[Tile], *, title: str, subtitle: str, y_label: str = "", places: int = 0) -> Chart:
    """A map of tiles with its legend.

    Args:
        tiles: The areas; no two in one place.
        title: The finding.
        subtitle: Measure, place and period.
        y_label: What the numbers are, above the legend.
        places: Decimals of the numbers.

    Raises:
        UserError: ``PR-Y050`` if there is no figure or two areas have one place; ``PR-Y051`` without the font.
    """
    known = [each.value for each in tiles if each.value is not None]
    if not known or len({(each.row, each.column) for each in tiles}) < len(tiles):
        raise UserError(
            "PR-Y050",
            "The map has no figure to draw, or two areas in one place.",
            fix="Give each area a tile of its own.",
        )
    from matplotlib.patches import Rectangle

    bounds = classes(known)
    high, wide = max(each.row for each in tiles), max(each.column for each in tiles)
    with canvas(_WIDTH / (wide + _LEGEND) * (high + 0.1)) as fig:
        axes = fig.add_subplot()
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.set_xlim(-0.05, wide + _LEGEND - 0.1)
        axes.set_ylim(high + 0.05, -0.05)
        for each in tiles:
            shade = shade_of(each.value, bounds)
            corner = (each.column - 1 + 0.03, each.row - 1 + 0.03)
            hatch = "////" if shade is None else None
            fill = _NONE if shade is None else SHADES[shade]
            axes.add_patch(Rectangle(corner, 0.94, 0.94, facecolor=fill, edgecolor="#0b0c0c", linewidth=0.8))
            if hatch:
                axes.add_patch(Rectangle(corner, 0.94, 0.94, fill=False, hatch=hatch, edgecolor="#c4c8ca", linewidth=0))
            ink = _PAPER if shade is not None and shade >= _DARK else _INK
            middle = each.column - 0.5
            axes.text(
                middle, each.row - 0.64, textwrap.fill(each.name, 12), ha="center", va="center", fontsize=10, color=ink
            )
            said = each.marks or "no figure"
            said = said if each.value is None else number(each.value, places)
            axes.text(
                middle, each.row - 0.22, said, ha="center", va="center", fontsize=12, fontweight="bold", color=ink
            )
        _legend(axes, bounds, tiles, wide + 0.25, y_label, places)
        return drawn(fig, describe(tiles, subtitle, places), title, subtitle)


def classes(values: Sequence[int | float | Decimal]) -> tuple[float, ...]:
    """Lower bounds of up to five classes of equal width from the least to the greatest; one where all are equal."""
    low, high = float(min(values)), float(max(values))
    if low == high:
        return (low,)
    return tuple(low + (high - low) * step / len(SHADES) for step in range(len(SHADES)))


def shade_of(value: int | float | Decimal | None, bounds: Sequence[float]) -> int | None:
    """Number of the shade of a figure; None without one. One class alone has the middle shade."""
    if value is None:
        return None
    if len(bounds) == 1:
        return len(SHADES) // 2
    return max(place for place, bound in enumerate(bounds) if float(value) >= bound or place == 0)


def _legend(axes: Any, bounds: Sequence[float], tiles: Sequence[Tile], left: float, label: str, places: int) -> None:
    """A box for each class that areas are in, with the least and the greatest figure in it."""
    from matplotlib.patches import Rectangle

    rows: list[tuple[str, str, str | None]] = []
    for shade in range(len(SHADES)):
        held = [each.value for each in tiles if each.value is not None and shade_of(each.value, bounds) == shade]
        if held:
            ends = dict.fromkeys((number(min(held), places), number(max(held), places)))
            rows.append((" to ".join(ends), SHADES[shade], None))
    for mark in sorted({each.marks or "no figure" for each in tiles if each.value is None}):
        rows.append((mark, _NONE, "////"))
    top = 0.3
    for line in textwrap.wrap(label, 16):
        axes.text(left, top, line, ha="left", va="center", fontsize=10, color=_INK)
        top += 0.2
    for text, fill, hatch in rows:
        box = Rectangle((left, top), 0.26, 0.2, facecolor=fill, edgecolor="#0b0c0c", linewidth=0.8)
        axes.add_patch(box)
        if hatch:
            axes.add_patch(Rectangle((left, top), 0.26, 0.2, fill=False, hatch=hatch, edgecolor="#c4c8ca", linewidth=0))
        axes.text(left + 0.34, top + 0.1, text, ha="left", va="center", fontsize=10, color=_INK)
        top += 0.3


def describe(tiles: Sequence[Tile], subtitle: str, places: int = 0) -> str:
    """The map in words: every area, from the highest figure to the lowest, then those without one."""
    known = sorted(
        (each for each in tiles if each.value is not None), key=lambda each: (-float(each.value or 0), each.name)
    )
    told = [f"{each.name}: {number(each.value, places)}" for each in known if each.value is not None]
    told += [f"{each.name}: no figure {each.marks}".rstrip() for each in tiles if each.value is None]
    return f"Map of areas as tiles, {subtitle}. From the highest: {'; '.join(told)}."
