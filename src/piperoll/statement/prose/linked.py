"""Linked data: what is linked, how, for whom, and what is planned. Spread over the headings of the entry."""

from __future__ import annotations

import datetime as dt

from piperoll.register.model.facts import Entry, Frame, Linkage, LinkedAnalysis
from piperoll.statement.document import Line
from piperoll.statement.words import join, plural, qualifier, sentence


def lines(entry: Entry, frame: Frame, heading: str, day: dt.date) -> list[Line]:
    """What the linkage adds under one heading."""
    linkage = entry.linkage
    if linkage is None:
        return []
    out: list[Line] = []
    if heading == "collection":
        out += _collection(linkage)
    if heading == "application":
        out += _application(entry, linkage)
    if heading == "non_statistical" and linkage.developmental:
        out += _public(entry, frame)
    for stage in linkage.plans:
        if stage.heading == heading:
            when = qualifier(stage.when, day).removeprefix("planned, ")
            opening = "Planned" if when in ("", "planned") else f"Planned, {when}"
            out.append(Line(f"{opening}: {join(stage.change)}.", state="planned"))
    return out


def _collection(linkage: Linkage) -> list[Line]:
    out = []
    stage = "developmental" if linkage.developmental else "in regular production"
    out.append(Line(sentence(f"This is the work of the {linkage.project}, which is {stage}")))
    for analysis in linkage.analyses:
        out += _analysis(analysis)
    if linkage.matching:
        kind = "sensitive personal data" if linkage.sensitive else "data"
        text = f"matching needs {kind}, among them {join(linkage.matching)}"
        if linkage.reference_numbers:
            text += f", and reference numbers (such as {join(linkage.reference_numbers)})"
        out.append(Line(sentence(text)))
    return out


def _analysis(analysis: LinkedAnalysis) -> list[Line]:
    span = f"{analysis.period[0]} to {analysis.period[1]}"
    size = f"{'about ' if analysis.about else ''}{_number(analysis.population)} {analysis.unit}"
    many = plural(analysis.name)
    kind = "made once only," if analysis.one_off else "linked"
    text = f"{'' if many else 'the '}{analysis.name} {'are' if many else 'is'} {kind} for {span}, with {size}"
    if analysis.contents:
        text += f", and {'hold' if many else 'holds'} {join(analysis.contents)}"
    more = []
    if analysis.purpose:
        more.append(f"The purpose is a better understanding of how {join(analysis.purpose)} relate")
    if analysis.linked_by:
        more.append(f"The linkage was done by {analysis.linked_by}")
    if analysis.example:
        more.append(f"One of its origins is {analysis.example}")
    told = " ".join(sentence(each) for each in (text, *more))
    return [Line(f"{told} The inputs:", analysis.inputs)] if analysis.inputs else [Line(told)]


def _number(count: int | None) -> str:
    if count is None:
        return "an unstated number of"
    if count >= 1_000_000:
        return f"{count / 1_000_000:g} million"
    return f"{count:,}"


def _application(entry: Entry, linkage: Linkage) -> list[Line]:
    out = []
    if linkage.processing:
        out.append(Line(sentence(f"Before use the data are {join(linkage.processing)}")))
    if linkage.developmental:
        out.append(Line("At present the data are not used for regular official statistics, being developmental."))
    return out


def _public(entry: Entry, frame: Frame) -> list[Line]:
    if isinstance(entry.statistical, str):
        return []
    regular = {part for each in entry.statistical if each.form == "series" for part in each.part}
    return [
        Line(
            sentence(
                f"Apart from {join(sorted(regular))}, no official statistics come from the linked data yet, "
                "since they are developmental"
            )
        ),
        Line("Whatever else has been made public came out as ad hoc statistics releases."),
    ]
