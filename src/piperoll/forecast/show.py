"""A projection at a terminal."""

from __future__ import annotations

from math import isfinite

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from piperoll.forecast.book import BOUNDS, made_words, title_of, trial_words, warnings, whole
from piperoll.forecast.files import measured_since
from piperoll.forecast.make import Projection
from piperoll.forecast.scenarios import words
from piperoll.present.words import counted, number
from piperoll.register.model.forecast import Scenario


SHOWN = (*range(1, 13), 18, 24, 36, 48, 60)  # horizons of a back-test


def show(found: Projection, console: Console | None = None) -> None:
    """Print figures by month for each scenario, what was learnt, and the back-test if there is one."""
    console = console or Console()
    say = console.print
    say(Text(title_of(found), style="bold"))
    for each in warnings(found):
        say(Text(each))
    for scenario in found.scenarios:
        say()
        _scenario(found, scenario, console)
    say()
    say(Text(made_words(found)))
    for code, start in found.fitted.starts.items():
        if not start.ages.sum() and not start.coming.mean.any():
            say(Text(f"  {found.cohorts[code]}: nobody is in it and nobody comes"))
            continue
        stay = start.leaving.mean_stay()
        long = f"mean stay {stay:,.1f} months" if isfinite(stay) else "nobody has left"
        tie = f", count over stays {start.tie:.3f}" if found.taken.counted else ""
        about = f"{start.ages.sum():,.0f} at the start, inflow {start.coming.mean.mean():,.1f} a month"
        say(Text(f"  {found.cohorts[code]}: {about} ({start.coming.way}), {long}{tie}"))
    gaps = [month for month in sorted(found.taken.gaps) if month <= found.base]
    if gaps:
        say(
            Text(f"Passed over, since a delivery is missing: {counted(len(gaps), 'month')}, the last {gaps[-1].words}.")
        )
    if found.tried:
        say()
        _trial(found, console)
    for note in found.declared.notes:
        say(Text(f"Note: {note}"))


def _scenario(found: Projection, scenario: Scenario, console: Console) -> None:
    console.print(Text(f"{scenario.title} ({scenario.name})", style="bold underline"))
    if scenario.changes:
        supposed = "; ".join(words(each, found.declared.cohort_labels) for each in scenario.changes)
        console.print(Text(f"Supposed: {supposed}. {scenario.reason.strip()} Source: {scenario.source.strip()}"))
    since = measured_since(found)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Month", no_wrap=True)
    for name in ("Central", "95% from", "80% from", "80% to", "95% to", *(["Measured since"] if since else [])):
        table.add_column(name, justify="right")
    each = found.figures[scenario.name][""]
    for step, month in enumerate(found.months):
        values = [each.central[step], *(getattr(each, name)[step] for name in BOUNDS)]
        known = [number(whole(since[month])) if month in since else ""] if since else []
        table.add_row(month.words, *(number(whole(value)) for value in values), *known)
    console.print(table)


def _trial(found: Projection, console: Console) -> None:
    console.print(Text("Back-test", style="bold underline"))
    console.print(Text(trial_words(found)))
    if found.trial is None:
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    heads = ("Months ahead", "Figures", "MAE", "MAPE", "MAE year before", "MAE no change", "In 80%", "In 95%")
    for name in heads:
        table.add_column(name, justify="right")
    for each in found.trial.horizons:
        if each.ahead in SHOWN:
            percent = "" if each.percent is None else f"{each.percent:.1f}%"
            year = "" if each.seasonal is None else number(each.seasonal, 1)
            table.add_row(
                str(each.ahead), str(each.figures), number(each.error, 1), percent, year, number(each.same, 1),
                f"{each.cover80:.0%}", f"{each.cover95:.0%}",
            )  # fmt: skip
    console.print(table)
