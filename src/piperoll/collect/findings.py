"""From masks to sentences: what each check found, and what is asked. No value of the data is in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from piperoll.collect.check_stage import Stage
from piperoll.collect.prepared import ROWS_NAMED, CheckContext, Prepared, RuleFinding, RuleQuery
from piperoll.collect.rowcheck import RowCheck
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset


def row_findings(staged: Stage, context: CheckContext) -> tuple[list[RuleFinding], list[RuleQuery]]:
    """Findings of all checks of rows, and the questions they raise."""
    findings, queries = [], []
    total = staged.rows + len(staged.broken)
    for number, count in sorted(staged.failed().items()):
        check = staged.checks[number]
        share = count / staged.rows
        if share < check.share:
            continue
        tolerated = bool(check.tolerance) and share <= check.tolerance
        severity = "W" if tolerated else check.severity
        named = staged.con.execute(
            f"SELECT _row FROM _failing_rows WHERE {staged.bit(number)} ORDER BY _place LIMIT {ROWS_NAMED}"
        ).fetchall()
        rows = tuple(row for (row,) in named)
        sentence = _sentence(check, count, rows)
        findings.append(RuleFinding(check.rule, severity, check.field, count, sentence, rows))
        if severity == "R" or (severity == "W" and check.question and not tolerated):
            text = check.question or f"{_rows(count)} of {{period}}: {check.message}. Is this right?"
            queries.append(query(check.rule, check.field, text, context, count, total, rows))
    return findings, queries


def broken_finding(staged: Stage) -> list[RuleFinding]:
    """Lines that are no rows."""
    if not staged.broken:
        return []
    count = len(staged.broken)
    rows = tuple(each.row for each in staged.broken[:ROWS_NAMED])
    verb = "has" if count == 1 else "have"
    sentence = f"{_rows(count)} {verb} too few or too many columns, or quotes that are not closed{_at(rows)}."
    return [RuleFinding("G-V01", "E", "", count, sentence, rows)]


def file_findings(
    prepared: Prepared, dataset: Dataset, context: CheckContext
) -> tuple[list[RuleFinding], list[RuleQuery]]:
    """What is to say of the file and its header: the reader's notes, and columns nobody declared."""
    findings = [RuleFinding("G-V00", "W", "", 1, note) for note in prepared.notes]
    queries = []
    for each in prepared.remarks:
        text = each.text.replace("{period}", Period.parse(context.period).words)
        findings.append(RuleFinding(each.code, each.severity, each.field, each.count, text, each.rows[:ROWS_NAMED]))
        if each.severity == "R":
            # The sentence names sheet and rows: the same matter elsewhere in the sheet is another question.
            told = each.sentence
            queries.append(query(each.code, each.field, each.text, context, each.count, each.count, (), tell=told))
    if not prepared.extra:
        return findings, queries
    count = len(prepared.extra)
    noun = "a column that is" if count == 1 else f"{count} columns that are"
    listed = _listed(prepared, dataset)
    sentence = f"The file holds {noun} not in the contract: {listed}."
    if dataset.extra_columns == "refuse":
        return [*findings, RuleFinding("G-V01", "B", "", count, sentence)], queries
    findings.append(RuleFinding("G-V01", "R", "", count, f"{sentence} It was not kept."))
    text = f"The file for {{period}} holds {noun} not in the contract: {listed}. What is it?"
    return findings, [*queries, query("G-V01", "", text, context, count, count, (), tell=listed)]


# What may be the name of a column. A number, a date or a reference in its place is a value.
_NAME = re.compile(r"[^\W\d][^\W\d]*(?:[ _./()-]+[^\W\d]+)*\d?")


def _listed(prepared: Prepared, dataset: Dataset) -> str:
    """Names of columns that nobody declared; none where they may be values.

    Where the end of the header's line is lost, the first rows are read as names, and no value may be told. A name may
    be that of a person, too, and of what is anonymised not even that is told.
    """
    extra = prepared.extra
    if dataset.anonymised:
        return "their names are not told, as the dataset is anonymised"
    few = len(extra) <= max(3, len(prepared.mapping) // 2)
    if few and all(_NAME.fullmatch(name) for name in extra):
        return ", ".join(f"`{name}`" for name in extra)
    return "their names are not told, as they may be values (is the end of the first line lost?)"


def query(
    rule: str,
    field: str,
    text: str,
    context: CheckContext,
    count: int,
    total: int,
    rows: Iterable[int],
    tell: str = "",
) -> RuleQuery:
    """A question, its places filled in. Its key changes when the matter does: another count is another question."""
    places = {
        "{n}": f"{count:,}",
        "{rows}": ", ".join(str(row) for row in rows),
        "{period}": Period.parse(context.period).words,
        "{supplier}": context.supplier_name or context.supplier,
        "{share}": f"{count / total:.1%}" if total else "0.0%",
    }
    for place, value in places.items():
        text = text.replace(place, value)
    key = "/".join((rule, context.key, context.supplier, context.period, field, tell or str(count)))
    return RuleQuery(rule, key, text, field)


def _sentence(check: RowCheck, count: int, rows: tuple[int, ...]) -> str:
    if check.kind == "rule":
        message = check.message.rstrip(".")
        return f"{_rows(count)}: {message}{_at(rows)}."
    fields = ", ".join(f"`{each}`" for each in check.field.split(", "))
    return f"In {_rows(count)}, {fields} {check.message}{_at(rows)}."


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _at(rows: tuple[int, ...]) -> str:
    if not rows:
        return ""
    first = rows[:5]
    return f" (row{'s' if len(rows) > 1 else ''} {', '.join(map(str, first))}{' ...' if len(rows) > 5 else ''})"
