"""Cross-checks of forecasts: kind, SQL, measure, cohorts, scenarios and months agree with each other."""

from __future__ import annotations

import re

from piperoll.register.checks.rules import relations, unmade
from piperoll.register.loaded import Loaded, Made
from piperoll.register.model.forecast import CENTRAL, COUNTED, STAYS, Forecast
from piperoll.register.model.monitor import Monitor
from piperoll.register.shape import Path, nearest
from piperoll.register.sql import query


_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RANGES = {"months": (1, 120), "learn": (3, 600), "origins": (1, 60), "paths": (100, 100_000), "seed": (0, 2**63)}


def check_forecasts(loaded: Loaded) -> None:
    """Note what is wrong with forecasts: ``PR-F010``, and faults of their SQL (``PR-R024``, ``PR-R025``)."""
    for made in loaded.all(Forecast):
        _kind(loaded, made)
        _numbers(loaded, made)
        cohorts = [each.code for each in made.value.cohorts]
        loaded.unique("cohort", cohorts, made, ("cohorts",))
        _scenarios(loaded, made, cohorts)


def _kind(loaded: Loaded, made: Made[Forecast]) -> None:
    found = made.value
    wanted = ("stays", "cohorts") if found.kind == "stock_flow" else ("series",)
    for name in ("stays", "cohorts", "series"):
        there = bool(getattr(found, name))
        if there and name not in wanted:
            said = f"A forecast of kind {found.kind} has no {name}."
            loaded.tell("PR-F010", made, (name,), said, "Leave it out, or change the kind.")
        if name in wanted and not there:
            said = f"A forecast of kind {found.kind} needs {name}."
            loaded.tell("PR-F010", made, ("kind",), said, f"Write `{name}`, or change the kind.")
    if found.stays is not None:
        _sql(loaded, made, found.stays.sql, STAYS, ("stays", "sql"))
        if found.stays.count:
            _sql(loaded, made, found.stays.count, COUNTED, ("stays", "count"))
        _month(loaded, made, found.stays.known_from, ("stays", "known_from"))
    if found.series is not None:
        _measure(loaded, made)
        _month(loaded, made, found.series.known_from, ("series", "known_from"))


def _measure(loaded: Loaded, made: Made[Forecast]) -> None:
    assert made.value.series is not None
    source, _, name = made.value.series.measure.partition(".")
    path: Path = ("series", "measure")
    monitors = {each.key: each.value for each in loaded.all(Monitor)}
    if not loaded.must_be("source with operational measures", source, monitors, made, path):
        return
    measures = {each.name: each for each in monitors[source].measures}
    if not loaded.must_be(f"operational measure of {source}", name, measures, made, path):
        return
    if measures[name].form not in ("count", "sum"):
        said = f"`{name}` is a {measures[name].form}, which is no workload that comes in month by month."
        loaded.tell("PR-F010", made, path, said, "Name a measure of the form count or sum.")


def _numbers(loaded: Loaded, made: Made[Forecast]) -> None:
    for name, (least, most) in _RANGES.items():
        value = getattr(made.value, name)
        if not least <= value <= most:
            said = f"Expected a whole number from {least} to {most}, found {value}."
            loaded.tell("PR-F010", made, (name,), said)


def _scenarios(loaded: Loaded, made: Made[Forecast], cohorts: list[str]) -> None:
    loaded.unique("scenario", [each.name for each in made.value.scenarios], made, ("scenarios",))
    for i, scenario in enumerate(made.value.scenarios):
        at = ("scenarios", i)
        if scenario.name == CENTRAL:
            said = f"`{CENTRAL}` is the scenario in which nothing changes; every forecast has it."
            loaded.tell("PR-F010", made, (*at, "name"), said, "Leave it out, or give it another name.")
        elif not _NAME.fullmatch(scenario.name):
            said = f"`{scenario.name[:30]}` cannot be written on a command line."
            loaded.tell("PR-F010", made, (*at, "name"), said, "Use small letters, digits and underscores.")
        for name in ("reason", "source"):
            if not getattr(scenario, name).strip():
                said = f"A scenario needs its {name}, so that a reader can judge it."
                loaded.tell("PR-F010", made, (*at, name), said)
        if not scenario.changes:
            loaded.tell("PR-F010", made, (*at, "changes"), "Nothing is otherwise in this scenario.", "Say what is.")
        for j, change in enumerate(scenario.changes):
            here = (*at, "changes", j)
            _month(loaded, made, change.from_, (*here, "from"))
            if not -100 < change.percent <= 1000:
                said = f"Expected more than -100 and at most 1000 per cent, found {change.percent:g}."
                loaded.tell("PR-F010", made, (*here, "percent"), said)
            if change.of == "stay" and made.value.kind == "workload":
                said = "Nobody stays in a workload; only its inflow can be otherwise."
                loaded.tell("PR-F010", made, (*here, "of"), said, "Write `of: inflow`.")
            for k, code in enumerate(change.cohorts):
                loaded.must_be("cohort", code, cohorts, made, (*here, "cohorts", k))


def _month(loaded: Loaded, made: Made[Forecast], text: str, path: Path) -> None:
    if text and not _MONTH.fullmatch(text):
        loaded.tell("PR-F010", made, path, f"Expected a month, found `{text[:20]}`.", "Write it as 2012-07.")


def _sql(loaded: Loaded, made: Made[Forecast], sql: str, needed: tuple[str, ...], path: Path) -> None:
    columns, faults = query(sql, {**relations(loaded), **unmade(loaded, sql)})
    for fault in faults:
        code = "PR-R024" if fault.kind == "parse" else "PR-R025"
        loaded.tell(code, made, path, fault.message, nearest(fault.name, fault.names) if fault.name else "")
    missing = [name for name in needed if columns is not None and name not in columns]
    if not faults and missing:
        said = f"This SELECT gives {', '.join(needed)}; missing: {', '.join(missing)}."
        loaded.tell("PR-F010", made, path, said)
