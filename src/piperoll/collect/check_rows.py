"""The checks that a row can fail, as SQL conditions over its texts and typed values.

Names inside the SQL: ``"raw:<field>"`` is the text as delivered (null where empty), ``<field>`` the typed
value.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from piperoll.collect.check_codes import Lists
from piperoll.collect.check_letters import wrong_sql
from piperoll.collect.check_types import parse, text_length
from piperoll.collect.generic import date_checks
from piperoll.collect.rowcheck import RowCheck
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.register import Register
from piperoll.store.duck import quote_name, quote_text


@dataclass(frozen=True)
class RowChecks:
    """All checks of a row: first whether its texts are of their types, then the rest."""

    types: tuple[RowCheck, ...]
    others: tuple[RowCheck, ...]


def raw_name(field: str) -> str:
    """Quoted name of a field's text."""
    return quote_name(f"raw:{field}")


def row_checks(dataset: Dataset, register: Register, lists: Lists, period: Period) -> RowChecks:
    """Every check of a contract that looks at one row."""
    types: list[RowCheck] = []
    others: list[RowCheck] = []
    for field in dataset.fields:
        raw = raw_name(field.name)
        read = parse(field, raw, quote_name(field.name))
        if read.wrong:
            types.append(RowCheck("G-V01", "E", field.name, "type", read.wrong, f"is not {read.expected}"))
        others += _field_checks(field, dataset, register, lists, period)
    others += date_checks(dataset, period)
    for rule in dataset.rules:
        if rule.check is not None:
            fields = ", ".join(rule.fields)
            wrong = f"NOT ({rule.check})"
            others.append(RowCheck(rule.id, rule.severity, fields, "rule", wrong, rule.message, rule.question, True))
    return RowChecks(tuple(types), tuple(others))


def _field_checks(
    field: Field, dataset: Dataset, register: Register, lists: Lists, period: Period
) -> Iterator[RowCheck]:
    raw, name = raw_name(field.name), quote_name(field.name)
    if field.null == "never" or field.name in dataset.key:
        yield RowCheck("G-V01", "E", field.name, "empty", f"{raw} IS NULL", "is empty")
    elif field.required_when:
        wrong = f"{raw} IS NULL AND ({field.required_when})"
        yield RowCheck("G-V01", "E", field.name, "required", wrong, "is empty where it is required", gated=True)
    if longest := text_length(field):
        wrong = f"length({raw}) > {longest}"
        yield RowCheck("G-V01", "E", field.name, "length", wrong, f"is longer than {longest} characters")
    if field.pattern:
        wrong = f"NOT regexp_full_match({raw}, {quote_text(field.pattern)})"
        yield RowCheck("G-V01", "E", field.name, "pattern", wrong, "does not have the form agreed")
    if field.check:
        declared = getattr(register, "identifiers", {}).get(field.check)
        if declared is not None:
            wrong = wrong_sql(declared, raw)
            yield RowCheck("G-V01", field.check_severity, field.name, "letter", wrong, "has the wrong check letter")
    yield from _range_checks(field, name)
    if field.codes:
        codes = register.codes.get(field.codes)
        if codes is None:
            raise UserError(
                "PR-C050",
                f"The code list `{field.codes}` of the field `{field.name}` is not in the register.",
                where=dataset.name,
                fix="Run `piperoll register check`.",
            )
        if not codes.codes:
            yield RowCheck("G-V02", "E", field.name, "code", f"{raw} IS NOT NULL", "is no code of its list")
            return
        wrong = f"{raw} IS NOT NULL AND NOT ({lists.member(codes, raw)})"
        yield RowCheck("G-V02", "E", field.name, "code", wrong, f"is no code of the list `{codes.key}`")
        at = quote_name(field.codes_at) if field.codes_at else None
        if at is not None and field.codes_at and dataset.field(field.codes_at).type == "datetime":
            at = f"CAST({at} AS DATE)"
        if outside := lists.outside(codes, raw, at, period.end):
            words = f"is a code of the list `{codes.key}` that is not valid on that day"
            yield RowCheck("G-V02", "E", field.name, "code day", outside, words, gated=True)


def _range_checks(field: Field, name: str) -> Iterator[RowCheck]:
    for bound, sign, words in ((field.min, "<", "is below"), (field.max, ">", "is above")):
        if bound is None:
            continue
        if field.type in {"date", "datetime"}:
            day = bound.isoformat() if isinstance(bound, dt.date) else str(bound)
            wrong = f"CAST({name} AS DATE) {sign} DATE {quote_text(day)}"
            shown = day
        else:
            shown = str(bound)
            wrong = f"{name} {sign} CAST({quote_text(shown)} AS DECIMAL(38,6))"
        yield RowCheck("G-V01", "E", field.name, "range", wrong, f"{words} {shown}", gated=True)
