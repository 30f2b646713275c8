"""Charts as SVG, the same bytes each time, each with a title that states its finding and a description.

matplotlib with the Analysis Function's style (``afcharts``). Text is drawn as outlines of Liberation Sans
(the Debian package fonts-liberation), so that a chart looks and measures the same everywhere. The description
is generated from the numbers drawn.

Source of the rules: Government Analysis Function, "Charts: a checklist" (2 May 2023): at most ten light grey
gridlines, horizontal text, labels beside the lines where there are few, colour never the only cue.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from piperoll.errors import UserError
from piperoll.present.words import joined, number, small, trend_words


COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
_MARKERS = ("o", "s", "^", "D", "v", "P")
_DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))
_FONT_FILES = ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf")
_FONT_DIRECTORIES = (
    "/usr/share/fonts/truetype/liberation",
    "/usr/share/fonts/truetype/liberation2",
    "/usr/share/fonts/liberation",
    "/usr/share/fonts/liberation-sans",
)
_INCHES = (6.4, 4.2)
_BAR_INCHES = 0.42
_BAR_LETTERS = 28  # of a line of a bar's name
_LEGEND_LETTERS = 34  # of a line of a legend
_INK = "#0b0c0c"
_MOST_GRIDLINES = 9
_NAME_GAP = 0.07  # of the axis, for a line of a name at a line's end
MOST_SERIES = len(COLOURS)
_MOST_X_LABELS = 6


@dataclass(frozen=True)
class Series:
    """A named line or set of bars: one value for each label, None where there is no figure."""

    name: str
    values: tuple[int | float | Decimal | None, ...]


@dataclass(frozen=True)
class Chart:
    """A chart, ready to be put on a page.

    Attributes:
        svg: The drawing, with its ``title`` and ``desc``.
        alt: The same in words.
        title: The finding.
        subtitle: What is drawn: measure, unit, place, period.
    """

    svg: bytes
    alt: str
    title: str
    subtitle: str


def line_chart(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    subtitle: str,
    y_label: str = "",
    places: int = 0,
    unit: str = "",
    breaks: Sequence[int] = (),
) -> Chart:
    """Lines over time, each named at its end.

    Args:
        labels: The periods, in order.
        series: One to six lines, each with a value for every label.
        title: The finding, generated from the numbers (``words.change_words``).
        subtitle: Measure, unit, place and period.
        y_label: What the numbers are, written horizontally above the axis.
        places: Decimals of the numbers in the words.
        unit: Put directly after each number, for example ``%``.
        breaks: Places of the labels with which the series breaks: no line leads up to them, a dotted one stands before.

    Raises:
        UserError: ``PR-Y050`` if there is nothing to draw or too much; ``PR-Y051`` without the font.
    """
    _require(labels, series)
    parts = [range(*ends) for ends in pairwise((0, *sorted(set(breaks)), len(labels)))]
    with figure() as (fig, axes):
        at = range(len(labels))
        ends: list[tuple[float, str, str, int]] = []
        for i, line in enumerate(series):
            values = [float("nan") if v is None else float(v) for v in line.values]
            for part in parts:
                axes.plot(
                    part, values[part.start : part.stop], color=COLOURS[i], linestyle=_DASHES[i], linewidth=2.2,
                    marker=_MARKERS[i], markersize=4 if len(labels) <= 30 else 0,
                )  # fmt: skip
            last = [(x, v) for x, v in zip(at, values, strict=True) if not math.isnan(v)]
            if last:
                ends.append((last[-1][1], line.name, COLOURS[i], last[-1][0]))
        if all(v is None or v >= 0 for s in series for v in s.values):
            # Room above for the marker of the highest point.
            axes.set_ylim(0, axes.get_ylim()[1] * 1.04 or 1)
        for place in sorted(set(breaks)):
            axes.axvline(place - 0.5, color=_INK, linestyle=":", linewidth=1.2)
        axes.set_xlim(-0.3, len(labels) - 1 + 0.3)
        if len(series) > 1:
            _name_lines(axes, ends, len(labels) - 1)
        beside = max((len(word) for s in series for word in _wrapped(s.name)), default=0) if len(series) > 1 else 0
        name_axes(axes, labels, y_label, _MOST_X_LABELS if beside <= 10 else _MOST_X_LABELS - 2)
        svg = _svg(fig)
    return _chart("Line chart", svg, labels, series, title, subtitle, places, unit, breaks)


def bar_chart(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    title: str,
    subtitle: str,
    y_label: str = "",
    places: int = 0,
    unit: str = "",
    breaks: Sequence[int] = (),
) -> Chart:
    """Bars for categories, horizontal where there is one series so that long names stay readable.

    Arguments and errors are those of ``line_chart``.
    """
    _require(labels, series)
    names = [textwrap.wrap(label, _BAR_LETTERS) or [label] for label in labels]
    legend = [textwrap.wrap(each.name, _LEGEND_LETTERS) or [each.name] for each in series]
    across = max(1, min(3, _LEGEND_LETTERS * 2 // (max(len(line) for each in legend for line in each) + 6)))
    height = 0.5 + _BAR_INCHES * sum(max(1.0, 0.5 * len(each) + 0.2) for each in names)
    if len(series) > 1:
        rows = [legend[place : place + across] for place in range(0, len(legend), across)]
        height = _INCHES[1] + 0.2 * sum(max(len(each) for each in row) for row in rows[1:])
    with figure(height) as (fig, axes):
        if len(series) == 1:
            values = [float("nan") if v is None else float(v) for v in series[0].values]
            at = range(len(labels))
            axes.barh(at, values, color=COLOURS[0], height=0.7)
            axes.set_yticks(list(at), ["\n".join(each) for each in names])
            axes.tick_params(axis="y", length=0)
            axes.invert_yaxis()
            axes.grid(visible=False, axis="y")
            written = ["no figure" if v is None else f"{number(v, places)}{unit}" for v in series[0].values]
            for y, (value, text) in enumerate(zip(series[0].values, written, strict=True)):
                axes.annotate(
                    text, (max(0.0, float(value or 0)), y), xytext=(4, 0),
                    textcoords="offset points", va="center", fontsize=12,
                )  # fmt: skip
            known = [value for value in values if not math.isnan(value)]
            # Room beyond the longest bar for its figure, by its letters.
            room = (max(known) - min(0.0, *known)) * (0.06 + 0.03 * max(map(len, written)))
            axes.set_xlim(min(0.0, *known), (max(0.0, *known) + room) or 1)
            axes.grid(visible=False, axis="x")
            axes.set_xticks([])
            axes.spines["bottom"].set_visible(False)
        else:
            width = 0.8 / len(series)
            for i, bars in enumerate(series):
                heights = [float("nan") if v is None else float(v) for v in bars.values]
                x = [n + (i - (len(series) - 1) / 2) * width for n in range(len(labels))]
                axes.bar(x, heights, width=width * 0.92, color=COLOURS[i], label="\n".join(legend[i]))
            fig.legend(loc="outside lower left", ncols=across, fontsize=12)
            name_axes(axes, labels, y_label)
        svg = _svg(fig)
    return _chart("Bar chart", svg, labels, series, title, subtitle, places, unit, breaks)


def describe(
    kind: str, labels: Sequence[str], series: Sequence[Series], subtitle: str, places: int = 0, unit: str = ""
) -> str:
    """What a chart shows, in words computed from its numbers."""
    what = f"{kind} of {subtitle[:1].lower() + subtitle[1:] if subtitle[1:2].islower() else subtitle}"
    if kind == "Bar chart":
        if len(series) == 1:
            parts = [
                f"{label}: {'no figure' if v is None else number(v, places) + unit}"
                for label, v in zip(labels, series[0].values, strict=True)
            ]
            return f"{what}. {'; '.join(parts)}."
        known = [f"{s.name}: {_extremes(labels, s, places, unit)}" for s in series]
        return f"{what}, for {joined([s.name for s in series])}. {'. '.join(known)}."
    if len(series) == 1:
        words = trend_words(series[0].values, labels, places, unit)
        return f"{what}. {series[0].name}: {words}."
    lines = [f"{s.name}: {trend_words(s.values, labels, places, unit)}" for s in series]
    return f"{what}, with {small(len(series))} lines. {'. '.join(lines)}."


def _extremes(labels: Sequence[str], series: Series, places: int, unit: str) -> str:
    known = [(v, label) for v, label in zip(series.values, labels, strict=True) if v is not None]
    if not known:
        return "no figures"
    top, low = max(known, key=lambda k: k[0]), min(known, key=lambda k: k[0])
    return f"highest {number(top[0], places)}{unit} ({top[1]}), lowest {number(low[0], places)}{unit} ({low[1]})"


def _require(labels: Sequence[str], series: Sequence[Series]) -> None:
    problem = ""
    if not labels or not series:
        problem = "The chart has nothing to draw."
    elif len(series) > MOST_SERIES:
        problem = f"The chart has {len(series)} series; beyond {MOST_SERIES} nobody can tell them apart."
    elif any(len(s.values) != len(labels) for s in series):
        problem = "A series of the chart has not one value for each label."
    elif all(v is None for s in series for v in s.values):
        problem = "The chart has no figure to draw."
    if problem:
        raise UserError("PR-Y050", problem, fix="Draw one to six series, each with a value for every label.")


@lru_cache(maxsize=1)
def _font() -> str:
    """Name of the pinned font, registered with matplotlib.

    Raises:
        UserError: ``PR-Y051`` if it is not installed: another font would give other bytes.
    """
    from matplotlib import font_manager

    for directory in _FONT_DIRECTORIES:
        files = [Path(directory) / name for name in _FONT_FILES]
        if all(path.exists() for path in files):
            for path in files:
                font_manager.fontManager.addfont(str(path))
            return "Liberation Sans"
    raise UserError(
        "PR-Y051",
        "Charts are drawn with the font Liberation Sans, which is not installed.",
        fix="Install it, on Debian: apt-get install fonts-liberation.",
    )


@contextmanager
def figure(height: float = _INCHES[1]) -> Iterator[tuple[Any, Any]]:
    """A figure in the house style with its axes; all settings are local to it."""
    with canvas(height) as drawing:
        yield drawing, drawing.add_subplot()


@contextmanager
def canvas(height: float = _INCHES[1]) -> Iterator[Any]:
    """A figure in the house style, empty; all settings are local to it."""
    import afcharts
    import matplotlib as mpl
    from cycler import cycler
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    settings: dict[Any, Any] = {
        **mpl.rcParamsDefault,
        **mpl.rc_params_from_file(
            str(Path(afcharts.__file__).parent / "afcharts.mplstyle"), use_default_template=False
        ),
        "font.family": _font(),
        "font.size": 13,
        "svg.hashsalt": "piperoll",
        "svg.fonttype": "path",
        "axes.prop_cycle": cycler(color=COLOURS),
    }
    settings.pop("backend", None)
    settings.pop("backend_fallback", None)
    with mpl.rc_context(settings):
        drawing = Figure(figsize=(_INCHES[0], height), layout="constrained")
        FigureCanvasSVG(drawing)
        yield drawing


def format_axis(axes: Any, gridlines: int = _MOST_GRIDLINES - 2) -> None:
    """At most so many gridlines at round numbers, each written as numbers are everywhere."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=gridlines, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda v, _: number(v, 0 if float(v).is_integer() else 1 if (v * 10) % 1 < 1e-9 else 2))
    )


def name_axes(axes: Any, labels: Sequence[str], y_label: str, most: int = _MOST_X_LABELS) -> None:
    """Write ``most`` of the labels below a chart at most, few numbers beside it, and what they are above it."""
    step = _step(labels, most)
    # Counted from the last label, so that the latest period is always named.
    at = sorted(range(len(labels) - 1, -1, -step))
    axes.set_xticks(at, ["\n".join(split_label(labels[i])) for i in at])
    format_axis(axes)
    axes.tick_params(axis="y", length=0)
    if y_label:
        axes.set_title(y_label, loc="left", fontsize=12, pad=10)


def _step(labels: Sequence[str], most: int) -> int:
    """Every how manyth label is written: at most ``most`` of them, the same part of each year where years repeat."""
    step = max(1, -(-len(labels) // most))
    parts = [split_label(label)[0] for label in labels]
    for cycle in (4, 12):
        if cycle < 2 * step and parts[cycle:] and parts[cycle:] == parts[:-cycle]:
            return -(-step // cycle) * cycle
    return step


def _wrapped(name: str) -> list[str]:
    """A line's name on as many lines as leave room for the line itself."""
    return textwrap.wrap(name, 20) or [name]


def split_label(label: str) -> list[str]:
    """``Apr to Jun 2012`` on two lines, its year below."""
    found = re.fullmatch(r"(.*\D) (\d{4})", label)
    return [found[1], found[2]] if found else [label]


def _name_lines(axes: Any, ends: list[tuple[float, str, str, int]], last: int) -> None:
    """Names at the lines' ends, moved apart where they would overlap, and down where they would leave the picture."""
    low, high = axes.get_ylim()
    gap = (high - low) * _NAME_GAP
    ordered = sorted(ends)
    sizes = [gap * len(_wrapped(name)) for _, name, _, _ in ordered]
    places: list[float] = []
    top = float("-inf")
    for (value, *_), size in zip(ordered, sizes, strict=True):
        places.append(max(value, top + size / 2))
        top = places[-1] + size / 2
    limit = max(high, low + sum(sizes))
    for number_, size in reversed(list(enumerate(sizes))):
        places[number_] = min(places[number_], limit - size / 2)
        limit = places[number_] - size / 2
    for (value, name, colour, x), y in zip(ordered, places, strict=True):
        axes.annotate(
            "\n".join(_wrapped(name)), (x, value), xytext=(last + 0.035 * (last + 1) + 0.15, y), textcoords="data",
            va="center", color=_INK, fontweight="bold", fontsize=12, annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": colour, "linewidth": 1, "shrinkA": 1, "shrinkB": 3, "relpos": (0, 0.5),
            },
        )  # fmt: skip


def _svg(fig: Any) -> bytes:
    out = io.BytesIO()
    fig.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return out.getvalue()


def _chart(
    kind: str,
    svg: bytes,
    labels: Sequence[str],
    series: Sequence[Series],
    title: str,
    subtitle: str,
    places: int,
    unit: str,
    breaks: Sequence[int],
) -> Chart:
    alt = describe(kind, labels, series, subtitle, places, unit)
    if breaks:
        said = f"The series breaks with {joined([labels[place] for place in sorted(set(breaks))])}: figures before and "
        alt, subtitle = f"{alt} {said}after cannot be compared.", f"{subtitle}. {said}after cannot be compared"
    return _named(svg, alt, title, subtitle)


def drawn(fig: Any, alt: str, title: str, subtitle: str) -> Chart:
    """The chart of a `figure` that was drawn by hand: ``alt`` says in words what it shows."""
    return _named(_svg(fig), alt, title, subtitle)


def _named(svg: bytes, alt: str, title: str, subtitle: str) -> Chart:
    """The drawing with title and description; without the prologue, so that it is the same as a file and in a page."""
    text = svg.decode()
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
    opening, rest = text.split(">", 1)
    opening = re.sub(r'\s(?:width|height)="[^"]*pt"', "", opening) + ' role="img"'
    text = f"{opening}>\n <title>{escape(title)}</title>\n <desc>{escape(alt)}</desc>{rest}"
    return Chart(text.encode(), alt, title, subtitle)
