"""The main points: a sentence for each, from the figures as published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from piperoll.periods import Period
from piperoll.present.words import change_words, number
from piperoll.register.model.publication import Publication
from piperoll.release.series import Point, main_figure
from piperoll.release.status import SeriesBreak, caveat, crossed


def main_points(
    publication: Publication, period: Period, cells: Mapping[str, pl.DataFrame], breaks: Sequence[SeriesBreak] = ()
) -> tuple[str, ...]:
    """A sentence for each main point, with figures and direction as published; no direction across a break."""
    measures = {measure.name: measure for measure in publication.measures}
    out = []
    for point in publication.main_points:
        subject = point.subject[:1].upper() + point.subject[1:]
        found = main_figure(publication, point, period, cells)
        if found is None:
            continue
        now, when, then, before = found
        places = measures[point.measure].decimals
        if now.value is None:
            out.append(f"{subject}: no figure for {when.words} can be given {_brackets(now)}.")
        elif then.value is None:
            out.append(f"{subject}: {number(now.value, places)} in {when.words}.")
        elif found_break := crossed(breaks, before, when, point.measure, point.codes):
            out.append(
                f"{subject}: {number(now.value, places)} in {when.words}, and {number(then.value, places)} in "
                f"{before.words}; {caveat(found_break)}."
            )
        else:
            words = change_words(
                subject, then.value, now.value, from_when=before.words, to_when=when.words, places=places
            )
            out.append(f"{words}.")
    return tuple(out)


def _brackets(point: Point) -> str:
    return "".join(f"[{mark}]" for mark in point.marks)
