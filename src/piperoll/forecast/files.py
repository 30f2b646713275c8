"""The files of a projection: page with fan charts, workbook, CSVs with their metadata, and a manifest of the inputs."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.metadata import version

from markupsafe import Markup

from piperoll.forecast.book import book_of, made_words, scenario_title, title_of, trial_words, warnings, whole
from piperoll.forecast.make import Projection
from piperoll.periods import Period
from piperoll.present.charts import Chart, Series, line_chart
from piperoll.present.csvw import csv_files
from piperoll.present.fan import Band, fan_chart
from piperoll.present.htmltable import html_table
from piperoll.present.ods import write_ods
from piperoll.present.pages import Section, figure, one_file, render_page
from piperoll.present.parts import bullets, details, paragraph
from piperoll.register.model.forecast import CENTRAL
from piperoll.version import __version__


BEFORE = 36  # months seen that a chart shows
MOST_LINES = 6
FORMAT = "piperoll-projection/1"


def files_of(found: Projection) -> dict[str, bytes]:
    """Every file, by name; the same projection gives the same bytes.

    Raises:
        UserError: ``PR-Y040`` if the stylesheet was not made at set-up, ``PR-Y051`` without the font of the charts.
    """
    book = book_of(found)
    charts = charts_of(found)
    files = {f"{name}.svg": chart.svg for name, chart in charts.items()}
    files |= {**csv_files(book), "projection.ods": write_ods(book), "index.html": _page(found, charts).encode()}
    files["manifest.json"] = manifest(found, files)
    return dict(sorted(files.items()))


def charts_of(found: Projection) -> dict[str, Chart]:
    """A fan for each scenario, and one chart of all their central figures where there are several."""
    charts = {f"fan-{each.name}": _fan(found, each.name) for each in found.scenarios}
    if len(found.scenarios) > 1:
        lines = [
            Series(each.title, tuple(whole(v) for v in found.figures[each.name][""].central))
            for each in found.scenarios[:MOST_LINES]
        ]
        ends = [line.values[-1] or 0 for line in lines]
        charts["scenarios"] = line_chart(
            [month.words for month in found.months], lines,
            title=f"Scenarios lead to {min(ends):,} to {max(ends):,} {found.declared.unit} in {found.months[-1].words}",
            subtitle=f"{found.declared.title}: central figures of each scenario", y_label=found.declared.unit,
        )  # fmt: skip
    return charts


def _fan(found: Projection, scenario: str) -> Chart:
    each = found.figures[scenario][""]
    seen = [(month, value) for month, value in found.seen[""].items() if month <= found.base][-BEFORE:]
    bands = [Band(f"{level}%", tuple(map(float, getattr(each, f"low{level}"))),
                  tuple(map(float, getattr(each, f"high{level}")))) for level in ("95", "80")]  # fmt: skip
    while seen and seen[0][1] is None:
        del seen[0]
    labels = [month.words for month, _ in seen] + [month.words for month in found.months]
    last = next(((month, value) for month, value in reversed(seen) if value is not None), None)
    title = f"{whole(each.central[-1]):,} {found.declared.unit} projected for {found.months[-1].words}"
    title += f" (80% interval {whole(each.low80[-1]):,} to {whole(each.high80[-1]):,})"
    if last is not None:
        title += f", against {whole(last[1]):,} measured in {last[0].words}"
    return fan_chart(
        labels, [value for _, value in seen], [float(value) for value in each.central], bands,
        title=title, y_label=found.declared.unit,
        subtitle=f"{found.declared.title}, by month, measured and projected: {scenario_title(found, scenario)}",
    )  # fmt: skip


def _page(found: Projection, charts: dict[str, Chart]) -> str:
    book = book_of(found)
    tables = {table.slug: html_table(book, table) for table in book.tables}
    declared = found.declared
    central = _figure(charts[f"fan-{CENTRAL}"]) + details("Every figure as a table", tables["projection"])
    others = Markup("")
    if "scenarios" in charts:
        others += _figure(charts["scenarios"])
        others += Markup("").join(_figure(charts[f"fan-{each.name}"]) for each in found.scenarios[1:])
    test = paragraph(trial_words(found)) + tables.get("backtest", Markup(""))
    made = paragraph(made_words(found)) + bullets(declared.notes) + tables["learnt"]
    sections = [
        Section("projection", "Projection", central),
        Section("scenarios", "Scenarios", tables["scenarios"] + others),
        Section("back-test", "How it would have done", test),
        Section("made", "How it is made", made),
        Section("inputs", "What it was made from", tables["inputs"]),
    ]
    banner = Markup('<div class="govuk-inset-text">{}</div>').format(
        Markup("").join(paragraph(each) for each in warnings(found))
    )
    page = render_page(
        title_of(found), sections=sections, lead=declared.summary or declared.reason, banner=banner, site=found.owner,
        home="#main-content", language="en", footer="Projection, not statistics.",
    )  # fmt: skip
    return one_file(page)


def _figure(chart: Chart) -> Markup:
    return figure(chart, f"data:image/svg+xml;base64,{base64.b64encode(chart.svg).decode('ascii')}")


def manifest(found: Projection, files: dict[str, bytes]) -> bytes:
    """What it was made from, by which definition and with which draws, and the SHA-256 of every file."""
    content = {
        "format": FORMAT,
        "status": "projection, not statistics",
        "forecast": found.declared.key,
        "definition_sha256": found.definition,
        "base": str(found.base),
        "months": [str(month) for month in found.months],
        "scenarios": [each.name for each in found.scenarios],
        "seed_sha256": found.seed_hash,
        "paths": found.declared.paths,
        "vintage": found.taken.vintage.sequence,
        "simulated": found.taken.simulated,
        "gaps": [str(month) for month in sorted(found.taken.gaps) if month <= found.base],
        "inputs": [
            {"dataset": each.dataset, "deliveries": each.deliveries, "sha256": each.hash} for each in found.taken.reads
        ],
        # Draws and estimates are theirs: another version may give other last digits.
        "software": {"piperoll": __version__, **{name: version(name) for name in ("numpy", "statsmodels")}},
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def measured_since(found: Projection) -> dict[Period, float]:
    """What was measured of the months projected, where it is known already."""
    since = {month: found.seen[""].get(month) for month in found.months}
    return {month: value for month, value in since.items() if value is not None}
