"""The report of a linkage as a page with charts. It speaks of levels, rules and sizes, never of a record's values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from piperoll.link.engine import Linked
from piperoll.link.evaluate.sensitivity import band, person_count
from piperoll.link.evaluate.truth import Evaluation
from piperoll.link.report.charts import chance_chart, pair_chart, size_chart, threshold_chart, weight_chart
from piperoll.link.report.figures import At, diagnosis, expected, sizes
from piperoll.link.report.notable import notable_charts
from piperoll.present.charts import Chart
from piperoll.present.pages import Section, figure, render_page, stylesheet
from piperoll.present.words import counted


MOST_BAND = 2_000_000  # records up to which persons are put together at several thresholds, and some are drawn


def report_files(linked: Linked, evaluation: Evaluation | None = None) -> dict[str, bytes]:
    """The report: ``report.html``, its charts and stylesheets, by name."""
    points = expected(linked)
    charts = {"weights": weight_chart(linked), "chances": chance_chart(linked), "pairs": pair_chart(linked),
              "thresholds": threshold_chart(points, evaluation.points if evaluation else ()),
              "sizes": size_chart(sizes(linked))}  # fmt: skip
    few = len(linked.ready.records) <= MOST_BAND
    shown = {f"person-{key}": chart for key, chart in notable_charts(linked).items()} if few else {}
    charts |= shown
    sections = [
        Section("persons", "Persons", _persons(linked, charts["sizes"])),
        *([Section("examples", "A few persons", _examples(shown))] if shown else []),
        Section("thresholds", "Thresholds", _thresholds(points, charts)),
        Section("model", "The model", _model(linked, charts)),
        Section("rules", "Which pairs were compared", _rules(linked)),
    ]
    if evaluation is not None:
        sections.insert(1, Section("truth", "Against known persons", _truth(evaluation)))
    title = f"Linkage: {linked.ready.linkage.declared.linkage}"
    lead = " ".join(sentences(linked))
    out = {f"charts/{name}.svg": chart.svg for name, chart in charts.items()}
    out |= {f"assets/{name}": stylesheet(name) for name in ("govuk.css", "piperoll.css")}
    out["report.html"] = render_page(title, sections=sections, lead=lead, language="en").encode()
    return out


def sentences(linked: Linked) -> list[str]:
    """What came of it, and what the reader must know: for the command line and the head of the report."""
    records, found = linked.ready.records, sizes(linked)
    many = [counted(int((records.file == k).sum()), "record") + f" of {name}" for k, name in enumerate(records.files)]
    out = [f"{counted(len(records), 'record')} ({', '.join(many)}) are {counted(found.persons, 'person')}."]
    out.append(
        f"{sum(each.pairs for each in linked.blocks):,} pairs were looked at under "
        f"{counted(len(linked.blocks), 'rule')}; records are joined from a probability of {linked.join:g}."
    )
    once = [name for name, single in zip(records.files, linked.ready.vetoes.single, strict=True) if single]
    if once:
        why = (
            "as declared"
            if linked.ready.linkage.declared.one_each
            else "since hardly any of its records match each other"
        )
        out.append(f"Nobody is taken to be twice in {' or '.join(once)}, {why}.")
    if linked.conflicts:
        out.append(
            f"Hardly anybody has two of {', '.join(linked.conflicts)}: records that differ in it are of two people, "
            "unless all else is overwhelming."
        )
    untrained = [
        comparison.name
        for comparison, trained in zip(linked.ready.linkage.comparisons, linked.trained.chances.trained, strict=True)
        if not trained
    ]
    for each in linked.divided:
        out.append(
            f"`{each.rule.text}` brings {counted(each.groups, 'group')} of up to {each.largest:,} records together; "
            f"these were divided by further fields, so that most of their {each.pairs:,} pairs were not looked at."
        )
    if untrained:
        out.append(f"Not trained, because no rule leaves them open: {', '.join(untrained)}.")
    return out


def _persons(linked: Linked, chart: Chart) -> Markup:
    looked = diagnosis(linked)
    items = [
        f"{looked.against:,} pairs that would be joined by themselves are of two persons: the other records speak "
        "against them, or a veto does.",
        f"{looked.loose:,} persons of three records or more hang together loosely: fewer than half of their pairs "
        "would be joined by themselves.",
        f"{looked.bridges:,} links are bridges: without one of them a person would fall into parts.",
    ]
    if looked.cut:
        items.append(f"{len(looked.cut):,} groups of up to {max(looked.cut):,} records were too large to be looked at "
                     "all with all and were cut at a higher weight first.")  # fmt: skip
    out = figure(chart, "charts/sizes.svg") + _bullets(items)
    if len(linked.ready.records) > MOST_BAND:
        return out
    found = band(linked, person_count)
    rows = [(f"{at:g}", f"{int(value):,}") for at, value in zip(found.thresholds, found.values, strict=True)]
    told = (
        f"The number of persons moves by {found.spread:.1%} over this band of thresholds: a figure that counts them is "
        "no surer than that."
    )
    table = _table(("Joined from", "Persons"), rows, "Persons by threshold")
    return out + table + Markup('<p class="govuk-body">{}</p>').format(told)


def _examples(charts: dict[str, Chart]) -> Markup:
    text = (
        "Each dot is a record, by a number of its own in each picture; a line is a pair. Broken lines speak against: a "
        "veto, two records of one person that are as surely of two as others are of one, or a link between two people "
        "that was not followed. `piperoll link explain` draws any person, for those who may see records."
    )
    return Markup('<p class="govuk-body">{}</p>').format(text) + Markup("").join(
        figure(chart, f"charts/{name}.svg") for name, chart in charts.items()
    )


def _thresholds(points: Sequence[At], charts: dict[str, Chart]) -> Markup:
    rows = [(f"{each.probability:g}", f"{each.pairs:,}", f"{each.precision:.4f}", f"{each.recall:.4f}")
            for each in points]  # fmt: skip
    note = ("Expected precision is the mean probability of the pairs above the threshold, expected recall their sum "
            "among all matches that the model expects. Both are right as far as the model is.")  # fmt: skip
    return (
        figure(charts["thresholds"], "charts/thresholds.svg", after=_table(
            ("Threshold", "Pairs", "Expected precision", "Expected recall"), rows, "Pairs by threshold"))
        + figure(charts["pairs"], "charts/pairs.svg")
        + Markup('<p class="govuk-body">{}</p>').format(note)
    )  # fmt: skip


def _model(linked: Linked, charts: dict[str, Chart]) -> Markup:
    rows = []
    for number, comparison in enumerate(linked.ready.linkage.comparisons):
        m, u = linked.trained.chances.m[number], linked.trained.chances.u[number]
        for level, each in enumerate(comparison.said):
            tf = f"{each.spec.tf:g}" if each.spec.tf else ""
            rows.append((comparison.name, each.label, f"{m[level]:.4g}", f"{u[level]:.4g}",
                         f"{np.log2(m[level] / u[level]):+.2f}", tf))  # fmt: skip
    head = ("Comparison", "Level", "m", "u", "Weight", "Share of frequency")
    prior = linked.trained.prior
    text = f"Two records taken at random are of one person with a chance of 1 in {1 / prior:,.0f}."
    return (
        Markup('<p class="govuk-body">{}</p>').format(text)
        + figure(charts["weights"], "charts/weights.svg")
        + figure(charts["chances"], "charts/chances.svg", after=_table(head, rows, "Levels"))
    )


def _rules(linked: Linked) -> Markup:
    found = np.bincount(linked.pairs.rule, minlength=len(linked.blocks))
    rows = [(each.text, f"{each.pairs:,}", f"{int(count):,}")
            for each, count in zip(linked.blocks, found, strict=True)]  # fmt: skip
    return _table(("Rule", "Pairs it brings together", "Pairs kept that no earlier rule has"), rows, "Blocking rules")


def _truth(evaluation: Evaluation) -> Markup:
    whole = evaluation.agreement
    rows = [(name, f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}")
            for name, score in (("Pairs of records", whole.pairwise), ("Records (B-cubed)", whole.bcubed),
                                ("Whole persons", whole.clusters))]  # fmt: skip
    out = _table(("Counted by", "Precision", "Recall", "F1"), rows, "Found against known persons")
    for name, groups in evaluation.groups.items():
        lines = [(key, f"{count:,}", f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}")
                 for key, count, score in groups]  # fmt: skip
        out += _table((name, "Records", "Precision", "Recall", "F1"), lines, f"B-cubed by {name}")
    if evaluation.reliability:
        bins = [(f"{a:g} to {b:g}", f"{count:,}", f"{said:.3f}", f"{true:.3f}")
                 for a, b, count, said, true in evaluation.reliability]  # fmt: skip
        out += _table(("Probability", "Pairs", "Mean probability", "Share that is true"), bins,
                      "Reliability: do probabilities mean what they say?")  # fmt: skip
    return out


def _bullets(items: Sequence[str]) -> Markup:
    inner = Markup("").join(Markup("<li>{}</li>").format(text) for text in items)
    return Markup('<ul class="govuk-list govuk-list--bullet">{}</ul>').format(inner)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> Markup:
    """A plain table; columns that hold numbers stand to the right."""
    numeric = [all(_numeric(row[k]) for row in rows) and k > 0 for k in range(len(head))]

    def cell(tag: str, k: int, text: str, scope: str = "") -> Markup:
        name = "govuk-table__header" if tag == "th" else "govuk-table__cell"
        extra = f" {name}--numeric" if numeric[k] else ""
        return Markup('<{}{} class="{}{}">{}</{}>').format(tag, Markup(scope), name, extra, text, tag)

    top = Markup("").join(cell("th", k, text, ' scope="col"') for k, text in enumerate(head))
    body = Markup("").join(
        Markup('<tr class="govuk-table__row">{}</tr>').format(
            Markup("").join(cell("td", k, text) for k, text in enumerate(row))
        )
        for row in rows
    )
    return Markup(
        '<table class="govuk-table"><caption class="govuk-table__caption govuk-table__caption--s">{}</caption>'
        '<thead class="govuk-table__head"><tr class="govuk-table__row">{}</tr></thead>'
        '<tbody class="govuk-table__body">{}</tbody></table>'
    ).format(caption, top, body)


def _numeric(text: str) -> bool:
    return not text or text.replace(",", "").replace(".", "").lstrip("+-").replace("e-", "").isdigit()
