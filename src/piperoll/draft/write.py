"""The files of a drafted register, as text."""

from __future__ import annotations

from piperoll.draft.plan import Breakdown, Plan, measure_name
from piperoll.draft.seen import Column, Seen
from piperoll.draft.yamltext import flow, guess, listed, scalar


SUPPLIERS = "suppliers"
MODEL = "counted"
DATASET = "record"


def files(seen: Seen, plan: Plan) -> dict[str, str]:
    """Name relative to the register -> text, for everything but ``CONFIRM.md``."""
    folder = f"publications/{plan.key}"
    found = {
        "register.yaml": _register(plan),
        f"sources/{plan.key}.yaml": _source(seen, plan),
        f"suppliers/{SUPPLIERS}.yaml": _suppliers(),
        f"policies/{plan.key}.yaml": _policy(plan),
        f"{folder}/publication.yaml": _publication(plan),
        f"{folder}/{MODEL}.sql": _sql(seen, plan),
    }
    found.update({f"codes/{each.name}.yaml": _codes(each) for each in seen.columns if each.type == "code"})
    return found


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def label(name: str) -> str:
    """A name as people read it."""
    return name.replace("_", " ").capitalize()


def _register(plan: Plan) -> str:
    return _text(
        [
            f"key: {plan.key}",
            guess(f"title: {scalar(plan.title)}", "from the file's name"),
            guess("owner: The producer", "not known"),
            guess('licence: ""', "not known"),
            guess('contact: ""', "not known"),
        ]
    )


def _source(seen: Seen, plan: Plan) -> str:
    lines = [
        guess(f"title: {scalar(plan.title)}", "from the file's name"),
        "number: 1",
        "",
        "# Class: D direct identifier (vault only), L reference number (kept as a keyed token), Q quasi-identifier,",
        "# S sensitive, QS both, A attribute, M measure, T date.",
        "datasets:",
        f"  - name: {DATASET}",
        guess(f"    title: {scalar(plan.title)}", "from the file's name"),
        guess(f"    mode: {plan.mode}", plan.whys["mode"]),
        guess(
            f"    key: {listed(seen.key)}", "these tell the rows apart" if seen.key else "nothing tells the rows apart"
        ),
        guess(f"    period: {plan.slot.kind}", plan.whys["slot"]),
        f"    suppliers: {SUPPLIERS}",
        guess(f"    owed_from: {scalar(str(plan.slot))}", "the slot of this file"),
        guess("    due_days: 30", "not known"),
        guess("    on_error: refuse_rows", "not known"),
        guess("    max_refused: 0.05", "not known"),
        guess("    extra_columns: query", "not known"),
        "    file:",
        guess(f"      pattern: {scalar(plan.pattern)}", plan.whys["pattern"]),
        guess(f"      encoding: {scalar(seen.encoding)}", _encoding(seen)),
        guess(f"      delimiter: {scalar(seen.delimiter)}", "rows divided so have one width"),
        guess(f"      header_row: {seen.header_row}", "the first row of full width"),
        "    fields:",
        *(_field(each, seen, plan) for each in seen.columns),
    ]
    return _text(lines)


def _encoding(seen: Seen) -> str:
    return "the bytes are that" if seen.encoding == "utf-8" else "the bytes are not UTF-8, and could be this"


def never_null(column: Column, seen: Seen) -> bool:
    """Whether the contract says that a value is always there."""
    return not column.nulls and (column.name in (*seen.key, *seen.when_columns) or seen.rows >= 50)


def _field(column: Column, seen: Seen, plan: Plan) -> str:
    pairs = [("name", column.name), ("type", scalar(column.type)), ("class", column.cls)]
    if never_null(column, seen):
        pairs.append(("null", "never"))
    if column.type == "code":
        pairs.append(("codes", column.name))
    if column.cls == "L":
        pairs.append(("domain", column.name))
    if column.format:
        pairs.append(("format", scalar(column.format)))
    if column.missing:
        pairs.append(("missing", listed(column.missing)))
    if column.header:
        pairs.append(("aliases", listed([column.header])))
    pairs.append(("title", scalar(label(column.name))))
    return guess(f"      - {flow(pairs)}", f"{column.why_type}; class {column.cls}: {column.why_class}")


def _suppliers() -> str:
    return _text(
        [
            "title: Suppliers",
            "suppliers:",
            guess("  - {key: supplier, name: The supplier}", "one organisation delivers it all"),
        ]
    )


def _codes(column: Column) -> str:
    lines = [
        f"title: {scalar(label(column.name))}",
        guess("status: illustrative", f"the list is what stands in one file: {column.why_type}"),
        "codes:",
    ]
    lines += [f"  - {flow([('code', quoted(code)), ('label', quoted(code.strip()))])}" for code in column.codes]
    return _text(lines)


def quoted(text: str) -> str:
    """A code as text, whatever it looks like."""
    shown = scalar(text)
    return shown if shown.startswith('"') else f'"{shown}"'


def _policy(plan: Plan) -> str:
    return _text(
        [
            f"title: {scalar(plan.title)}",
            guess("applies: all", "a careful beginning"),
            guess("suppress_below: 5", "a careful beginning"),
            guess("suppress_zero: false", "a careful beginning"),
            guess("round_to: 5", "a careful beginning"),
            guess("change_from: published", "a careful beginning"),
            guess("periods: [month, quarter, year, financial_year]", "a careful beginning"),
            "national_only: []",
            "rule_text: Counts from one to four are not shown, and all others are given to the nearest 5.",
            f"rule_source: This register, policies/{plan.key}.yaml",
        ]
    )


def _publication(plan: Plan) -> str:
    codes = flow((each.name, each.total) for each in plan.breakdowns)
    by = " and ".join(label(each.name).lower() for each in plan.breakdowns)
    title = f"{_measure_label(plan)} by {plan.rows.replace('_', ' ')}" + (f", {by}" if by else "")
    rows = flow((each.name, listed(["total", each.column.name])) for each in plan.breakdowns)
    shown = f"last: {plan.last}" if plan.last is not None else f"first: {scalar(plan.first)}"
    charts = ", charts: [by_period]" if plan.periods > 1 else ""
    point = [("measure", plan.measure), ("subject", scalar(_measure_label(plan))), ("codes", codes)]
    lines = [
        guess(f"title: {scalar(plan.title)}", "from the file's name"),
        guess("kind: management_information", "official statistics need their sources assessed, under quality/"),
        guess("producer: The producer", "not known"),
        guess(f"frequency: {_FREQUENCY[plan.slot.kind]}", "as often as the file comes"),
        f"sources: [{plan.key}]",
        guess("coverage: as delivered", "not known"),
        f"policy: {plan.key}",
        guess(f"period: {plan.slot.kind}", "an edition for each slot"),
        guess("summary: A first release from a drafted register; nothing in it is confirmed yet.", "not known"),
        f"inputs: [{plan.key}.{DATASET}]",
        f"models: [{MODEL}]",
        guess("lag_days: 60", "not known"),
        "",
        "counting_rules:",
        f"  - id: {RULE}",
        guess("    title: A row is counted once", "nothing says otherwise"),
        f"    model: {MODEL}",
        guess(f"    description: {scalar(_rule(plan))}", plan.whys["when"]),
        "",
        *_dimensions(plan.breakdowns),
        "measures:",
        *_measures(plan),
        "",
        "tables:",
        "  - name: first",
        '    number: "1"',
        f"    title: {scalar(title)}",
        f"    measures: {listed(_names(plan))}",
        guess(f"    rows: {rows}", "columns with few codes"),
        guess(f"    period: {plan.rows}", plan.whys["rows"]),
        f"    {shown}",
        "    notes: [rounding]",
        "",
        "notes:",
        "  - {id: rounding, text: "
        '"Counts from one to four are not shown and others are given to the nearest 5, so that parts may not add up."}',
        "",
        *_chart(plan, codes),
        "sections:",
        f"  - {{key: first, title: {scalar(plan.title)}, tables: [first]{charts}}}",
        "",
        "main_points:",
        f"  - {flow([*point, ('against', 'previous_period')])}",
    ]
    return _text(lines)


RULE = "CR-ROW"
_FREQUENCY = {"month": "monthly", "quarter": "quarterly", "year": "annual", "financial_year": "annual"}


def _measure_label(plan: Plan) -> str:
    return label(plan.sums[0].name) if plan.sums else "Records"


def _names(plan: Plan) -> list[str]:
    return [measure_name(each) for each in plan.sums] or ["records"]


def _rule(plan: Plan) -> str:
    what = "The numbers of a row are added up" if plan.sums else "Each row of the file is one case"
    return f"{what}, on the day that the model {MODEL} gives it."


def _dimensions(breakdowns: tuple[Breakdown, ...]) -> list[str]:
    if not breakdowns:
        return []
    lines = ["dimensions:"]
    for each in breakdowns:
        name = each.column.name
        lines += [
            f"  - name: {each.name}",
            f"    column: {name}",
            f"    label: {scalar(label(name))}",
            f"    unknown: {each.unknown}",
            f"    total: {each.total}",
            f"    levels: [{flow([('name', name), ('codes', name), ('label', scalar(label(name)))])}]",
        ]
    return [*lines, ""]


def _measures(plan: Plan) -> list[str]:
    common = [("model", MODEL), ("period_column", "counted_on"), ("counting_rule", RULE)]
    if not plan.sums:
        pairs = [("name", "records"), ("label", "Records"), ("kind", "count"), *common, ("unit", "records")]
        return [guess(f"  - {flow(pairs)}", "rows are records")]
    return [
        guess(
            "  - "
            + flow(
                [
                    ("name", measure_name(each)),
                    ("label", scalar(label(each.name))),
                    ("kind", "sum"),
                    *common,
                    ("value", each.name),
                    ("unit", "cases"),
                ]
            ),
            "rows are cells, and this column holds their numbers",
        )
        for each in plan.sums
    ]


def _chart(plan: Plan, codes: str) -> list[str]:
    if plan.periods < 2:
        return []
    where = f", where: {codes}" if plan.breakdowns else ""
    title = scalar(f"{_measure_label(plan)} over time")
    return [
        "charts:",
        f"  - {{name: by_period, table: first, measures: [{plan.measure}], title: {title}{where}, section: first}}",
        "",
    ]


def _sql(seen: Seen, plan: Plan) -> str:
    """The model: the day on which a row counts, what tables need, and text keys, so that a figure leads back."""
    names = [each.column.name for each in plan.breakdowns] + [each.name for each in plan.sums]
    keys = [n for n in seen.key if seen.column(n).type in ("str", "code") and n not in names]
    columns = [f"  {plan.when} AS counted_on", *(f"  s.{name}" for name in (*names, *keys))]
    return (
        f"-- guess: {plan.whys['when']}; confirm\nSELECT\n"
        + ",\n".join(columns)
        + f"\nFROM {plan.key}__{DATASET} AS s\n"
    )
