"""Cross-checks of measures, tables, charts, sections and main points of a publication."""

from __future__ import annotations

from piperoll.register.checks.at import Of, number, period_of
from piperoll.register.model.codes import CodeList
from piperoll.register.model.publication import CELL_COLUMNS, Chart, Measure, Table
from piperoll.register.refer import shown_codes, top_of
from piperoll.register.shape import Path


# what each kind of measure cannot do without
_NEEDS: dict[str, tuple[str, ...]] = {
    "count": ("model", "period_column"),
    "sum": ("model", "period_column", "value"),
    "mean": ("model", "period_column", "value"),
    "median": ("model", "period_column", "value"),
    "progression": ("model", "period_column", "value"),
    "rate": ("numerator", "denominator"),
    "share": ("numerator", "denominator"),
    "change": ("of",),
}


LINES, PANELS = 6, 24  # What `piperoll.present` can draw in one chart.


def check_measures(of: Of) -> None:
    """Measures have what their kind needs, over columns and measures there are (``PR-R020``, 25, 31)."""
    measures = of.publication.measures
    names = [each.name for each in measures]
    of.loaded.unique("measure", names, of.made, ("measures",))
    rules = [each.id for each in of.publication.counting_rules]
    for i, measure in enumerate(measures):
        path: Path = ("measures", i)
        for name in _NEEDS.get(measure.kind, ()):
            if not getattr(measure, name):
                of.tell("PR-R031", path, f"A measure of kind {measure.kind} needs `{name}`.")
        if measure.model is not None:
            of.must_be("model", measure.model, of.publication.models, (*path, "model"))
        if measure.counting_rule is not None:
            of.must_be("counting rule", measure.counting_rule, rules, (*path, "counting_rule"))
        if measure.decimals < 0:
            of.tell("PR-R018", (*path, "decimals"), f"Expected 0 or more, found {measure.decimals}.")
        for name in ("period_column", "where", "value"):
            of.over(measure.model, getattr(measure, name), (*path, name))
        for name in ("numerator", "denominator", "of"):
            other = getattr(measure, name)
            if other is not None and not _attribute(of, other, (*path, name)):
                of.must_be("measure", other, names, (*path, name))
        _circle(of, measure, path)


def _attribute(of: Of, written: str, path: Path) -> bool:
    """Whether this is ``codes:<list>.<attribute>``, checked if so."""
    if not written.startswith("codes:"):
        return False
    key, _, attribute = written.removeprefix("codes:").partition(".")
    if of.must_be("code list", key, of.loaded.declared["codes"], path) and (codes := of.codes(key)) and codes.codes:
        names = {name for code in codes.codes for name in code.attributes}
        if of.must_be("attribute", attribute, names, path):
            bad = [each.code for each in codes.codes if not _number(each.attributes.get(attribute, ""))]
            if bad:
                said = f"`{attribute}` is not a number for {number(len(bad), 'code')} of `{key}`, the first `{bad[0]}`."
                of.tell("PR-R012", path, said)
    return True


def _number(text: str) -> bool:
    try:
        return float(text) >= 0
    except ValueError:
        return False


def _circle(of: Of, measure: Measure, path: Path) -> None:
    by_name = {each.name: each for each in of.publication.measures}
    waiting = [measure.numerator, measure.denominator, measure.of]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name is None or name in seen or name not in by_name:
            continue
        seen.add(name)
        waiting += [by_name[name].numerator, by_name[name].denominator, by_name[name].of]
    if measure.name in seen:
        of.tell("PR-R031", path, f"The measure `{measure.name}` is made from itself.")


def check_tables(of: Of) -> None:
    """Tables show measures, dimensions and levels there are; their models have the columns (``PR-R020``, 25)."""
    publication = of.publication
    of.loaded.unique("table", [each.name for each in publication.tables], of.made, ("tables",))
    of.loaded.unique("table number", [each.number for each in publication.tables], of.made, ("tables",))
    notes = [each.id for each in publication.notes]
    of.loaded.unique("note", notes, of.made, ("notes",))
    names = [each.name for each in publication.measures]
    for i, table in enumerate(publication.tables):
        path: Path = ("tables", i)
        if not table.measures:
            of.tell("PR-R031", (*path, "measures"), "A table shows one measure at least.")
        for j, name in enumerate(table.measures):
            of.must_be("measure", name, names, (*path, "measures", j))
        for j, note in enumerate(table.notes):
            of.must_be("note", note, notes, (*path, "notes", j))
        if table.first is not None and (said := period_of(table.first, table.period)):
            of.tell("PR-R029", (*path, "first"), said)
        if table.last is not None and table.last < 1:
            of.tell("PR-R018", (*path, "last"), f"Expected 1 or more, found {table.last}.")
        if table.also_years and table.period not in ("month", "quarter"):
            of.tell("PR-R031", (*path, "also_years"), "Calendar years are made of months or quarters.")
        _rows(of, table, path)


def _rows(of: Of, table: Table, path: Path) -> None:
    dimensions = {each.name: each for each in of.publication.dimensions}
    measures = {each.name: each for each in of.publication.measures}
    for name, levels in table.rows.items():
        where = (*path, "rows", name)
        if not of.must_be("dimension", name, dimensions, where):
            continue
        dimension = dimensions[name]
        known = ["within"] if dimension.steps else [each.name for each in dimension.levels]
        if dimension.total is not None:
            known.append("total")
        for j, level in enumerate(levels):
            of.must_be("level", level, known, (*where, j))
        for measure in table.measures:
            model = measures[measure].model if measure in measures else None
            columns = of.columns.get(model or "")
            if columns is not None and dimension.column and dimension.column not in columns:
                said = f"The model `{model}` of `{measure}` has no column `{dimension.column}`, which `{name}` needs."
                of.tell("PR-R025", where, said)


def check_dimensions(of: Of) -> None:
    """A code stands at one level of a dimension only: a cell is named by its codes; ``PR-R031``. No dimension is named
    like another column of a cell; ``PR-R136``."""
    for i, dimension in enumerate(of.publication.dimensions):
        if dimension.name in CELL_COLUMNS:
            said = f"Each cell has a column `{dimension.name}` of its own, beside those of its dimensions."
            of.tell("PR-R136", ("dimensions", i, "name"), said, "Give the dimension another name.")
        seen: dict[str, str] = {}
        for j, level in enumerate(dimension.levels):
            listed = next((each.value for each in of.loaded.all(CodeList) if each.key == level.codes), None)
            # a code may stand in its list more than once, for different times
            for code in dict.fromkeys(each.code for each in listed.codes) if listed else ():
                if code in seen:
                    said = f"The code `{code}` stands at the levels `{seen[code]}` and `{level.name}`."
                    cure = "Give one of them another code: a cell is named by its codes."
                    of.tell("PR-R031", ("dimensions", i, "levels", j, "codes"), said, cure)
                seen[code] = level.name


def _drawn(of: Of, chart: Chart, path: Path) -> None:
    """No more lines than can be told apart (``PR-R134``), and each of one cell a period (``PR-R135``)."""
    table = next((each for each in of.publication.tables if each.name == chart.table), None)
    dimensions = {each.name: each for each in of.publication.dimensions}
    if table is None or any(of.made.touched((name,)) for name in ("tables", "dimensions")):
        return
    drawn = dimensions.get(chart.dimension or "")
    codes = {code for code, _ in shown_codes(drawn, (chart.level or "",), of.codes)} if drawn else {""}
    codes -= {drawn.unknown} if drawn else set()
    lines, most = len(codes) * len(chart.measures), PANELS if chart.form == "panels" else LINES
    bars = chart.form == "bar" and chart.last == 1 and len(chart.measures) == 1  # A bar for each, in one period.
    if lines > most and not bars and chart.form != "map":
        said = f"The chart has {lines} lines; beyond {most} nobody can tell them apart."
        of.tell("PR-R134", path, said, "Draw a coarser level, or fewer codes; up to 24 as `form: panels`.")
    for name in table.rows:
        dimension = dimensions.get(name)
        if dimension is None or name == chart.dimension or name in (chart.where or {}):
            continue
        if top_of(dimension, table, of.codes) is None:
            said = f"The table `{table.name}` is by `{name}`, too, which has no code for everything."
            of.tell(
                "PR-R135",
                path,
                said,
                f"Draw it as the `dimension`, or name a code of it under `where: {{{name}: ...}}`.",
            )


def _form(of: Of, chart: Chart, path: Path) -> None:
    """Panels and maps are of one measure by a level; every code of a map has its tile (``PR-R133``)."""
    if chart.form not in ("panels", "map"):
        return
    if chart.dimension is None or chart.level is None or len(chart.measures) != 1:
        of.tell("PR-R133", path, f"A chart of form {chart.form} is of one measure, by a `dimension` and its `level`.")
        return
    dimension = next((each for each in of.publication.dimensions if each.name == chart.dimension), None)
    level = next((each for each in dimension.levels if each.name == chart.level), None) if dimension else None
    held = of.codes(level.codes) if level else None
    if chart.form != "map" or held is None:
        return
    seen: dict[tuple[str, str], str] = {}
    for each in held.codes:
        tile = each.attributes.get("tile_row", ""), each.attributes.get("tile_column", "")
        if not all(part.isdigit() and int(part) > 0 for part in tile):
            said = f"The code `{each.code}` of `{held.key}` has no tile."
            of.tell("PR-R133", path, said, "Give it the attributes tile_row and tile_column, counted from 1.")
            return
        if tile in seen:
            of.tell("PR-R133", path, f"`{seen[tile]}` and `{each.code}` of `{held.key}` have one tile.", "Move one.")
            return
        seen[tile] = each.code


def check_bulletin(of: Of) -> None:
    """Charts, sections and main points refer to tables, measures and levels there are; ``PR-R020``."""
    publication = of.publication
    tables = {each.name: each for each in publication.tables}
    dimensions = {each.name: each for each in publication.dimensions}
    charts = [each.name for each in publication.charts]
    of.loaded.unique("chart", charts, of.made, ("charts",))
    for i, chart in enumerate(publication.charts):
        path: Path = ("charts", i)
        if of.must_be("table", chart.table, tables, (*path, "table")):
            for j, name in enumerate(chart.measures):
                of.must_be("measure of the table", name, tables[chart.table].measures, (*path, "measures", j))
        if chart.dimension is not None and of.must_be("dimension", chart.dimension, dimensions, (*path, "dimension")):
            levels = [each.name for each in dimensions[chart.dimension].levels]
            if chart.level is not None:
                of.must_be("level", chart.level, [*levels, "total", "within"], (*path, "level"))
        _form(of, chart, path)
        _drawn(of, chart, path)
    for i, section in enumerate(publication.sections):
        for j, name in enumerate(section.tables):
            of.must_be("table", name, tables, ("sections", i, "tables", j))
        for j, name in enumerate(section.charts):
            of.must_be("chart", name, charts, ("sections", i, "charts", j))
    measures = [each.name for each in publication.measures]
    for i, point in enumerate(publication.main_points):
        if not point.measure:
            continue
        of.must_be("measure", point.measure, measures, ("main_points", i, "measure"))
        for name in point.codes:
            of.must_be("dimension", name, dimensions, ("main_points", i, "codes", name))
