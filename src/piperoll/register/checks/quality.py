"""Cross-checks of what is declared about the quality and the operations of a source."""

from __future__ import annotations

from piperoll.register.checks.rules import relations, unmade
from piperoll.register.loaded import Loaded, Made
from piperoll.register.model.monitor import COLUMNS, Monitor, OperationalMeasure
from piperoll.register.model.publication import Publication
from piperoll.register.model.quality import LEVELS, MATRIX, PRACTICES, Assessment
from piperoll.register.shape import Path, nearest
from piperoll.register.sql import query


def check_quality(loaded: Loaded) -> None:
    """Note what is wrong with assessments: ``PR-Q001`` to ``PR-Q004``."""
    for made in loaded.all(Assessment):
        if not _of_a_source(loaded, made):
            continue
        found = made.value
        loaded.ordered(found.reviewed, found.review_by, made, ("review_by",))
        allowed = MATRIX[found.risk, found.profile]
        if found.required not in allowed:
            said = f"With {found.risk} risk and {found.profile} profile, the toolkit asks for {' or '.join(allowed)}."
            loaded.tell("PR-Q003", made, ("required",), said, "Change the level, or the risk or the profile.")
        _areas(loaded, made)


def _areas(loaded: Loaded, made: Made[Assessment]) -> None:
    names = [each.practice for each in made.value.areas]
    loaded.unique("area", list(names), made, ("areas",))
    missing = [name for name in PRACTICES if name not in names]
    if missing:
        said = f"Not assessed: {', '.join(missing)}."
        loaded.tell("PR-Q002", made, ("areas",), said, "Write each of the four areas, at A0 where nothing is known.")
    for i, area in enumerate(made.value.areas):
        if area.level != "A0" and not any(text.strip() for text in area.evidence):
            said = f"{area.level} ({LEVELS[area.level]}) is claimed without evidence."
            loaded.tell(
                "PR-Q004", made, ("areas", i, "level"), said, "Say what shows it under `evidence`, or write A0."
            )


def check_monitors(loaded: Loaded) -> None:
    """Note what is wrong with operational measures: ``PR-Q001``, ``PR-Q005``, ``PR-Q006``, and faults of their SQL."""
    for made in loaded.all(Monitor):
        if not _of_a_source(loaded, made):
            continue
        monitor = made.value
        if monitor.offices is not None:
            loaded.must_be("code list", monitor.offices, loaded.declared["codes"], made, ("offices",))
        loaded.unique("measure", [each.name for each in monitor.measures], made, ("measures",))
        for i, measure in enumerate(monitor.measures):
            _sql(loaded, made, measure, ("measures", i, "sql"))
            target = measure.target
            if target is None:
                continue
            loaded.ordered(target.from_, target.to, made, ("measures", i, "target", "to"))
            if not target.source.strip():
                said = "A target needs its source, so that a reader can look it up."
                loaded.tell("PR-Q006", made, ("measures", i, "target", "source"), said)


def _sql(loaded: Loaded, made: Made[Monitor], measure: OperationalMeasure, path: Path) -> None:
    columns, faults = query(measure.sql, {**relations(loaded), **unmade(loaded, measure.sql)})
    for fault in faults:
        code = "PR-R024" if fault.kind == "parse" else "PR-R025"
        loaded.tell(code, made, path, fault.message, nearest(fault.name, fault.names) if fault.name else "")
    if faults or columns is None:
        return
    missing = [name for name in COLUMNS[measure.form] if name not in columns]
    if missing:
        said = (
            f"The SELECT of a {measure.form} gives {', '.join(COLUMNS[measure.form])}; missing: {', '.join(missing)}."
        )
        loaded.tell("PR-Q005", made, path, said)


def check_caveats(loaded: Loaded) -> None:
    """Official statistics say how good their sources are: each is assessed and has caveats (``PR-E060``)."""
    assessed = {made.key: made.value for made in loaded.all(Assessment)}
    for made in loaded.all(Publication):
        found = made.value
        if not found.official or not found.tables:
            continue
        if not found.sources:
            said = "Its quality and caveat section would be empty: it names no source."
            loaded.tell("PR-E060", made, ("tables",), said, "Name what it is made from under `sources`.")
        for i, key in enumerate(found.sources):
            if key not in loaded.declared["sources"] or (key in loaded.declared["quality"] and key not in assessed):
                continue  # there is no such source, or its assessment could not be read: told already
            if key not in assessed or not any(text.strip() for text in assessed[key].caveats):
                what = "has no caveats" if key in assessed else "is not assessed"
                said = f"Its quality and caveat section would not be whole: `{key}` {what}."
                cure = f"Write {'`caveats` in ' if key in assessed else ''}quality/{key}.yaml, or another `kind`."
                loaded.tell("PR-E060", made, ("sources", i), said, cure)


def _of_a_source(loaded: Loaded, made: Made[Assessment] | Made[Monitor]) -> bool:
    """Whether the file is named as a source is; ``PR-Q001``."""
    known = loaded.declared["sources"]
    if made.key in known:
        return True
    fix = nearest(made.key, known) or "Name the file as the source's."
    loaded.note("PR-Q001", made.file, 1, f"There is no source `{made.key}`.", fix)
    return False
