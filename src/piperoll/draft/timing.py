"""The day on which a row counts: a date of the file, or what its columns say of year, quarter and month.

Runs in the limited child alone. The SQL stays within the subset that models may use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from piperoll.draft.profile import Profile
from piperoll.draft.seen import Column


_FINANCIAL = r"(19|20)[0-9]{2}[/-][0-9]{2}"
_FORMS = (
    (r"(19|20)[0-9]{2}", "year", "CAST({text} || '-01-01' AS DATE)"),
    (r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", "month", "CAST({text} || '-01' AS DATE)"),
    (r"(19|20)[0-9]{2}/[0-9]{2}", "financial_year", "CAST(SUBSTRING({text}, 1, 4) || '-04-01' AS DATE)"),
    (r"(19|20)[0-9]{2}-[0-9]{2}", "financial_year", "CAST(SUBSTRING({text}, 1, 4) || '-04-01' AS DATE)"),
    (
        r"(19|20)[0-9]{2}[ -]?[Qq][1-4]",
        "quarter",
        "CAST(SUBSTRING({text}, 1, 4) || CASE SUBSTRING({text}, LENGTH({text}), 1) WHEN '1' THEN '-01-01' "
        "WHEN '2' THEN '-04-01' WHEN '3' THEN '-07-01' ELSE '-10-01' END AS DATE)",
    ),
)
_WRITTEN = ("int", "code", "str")
_EVENT = ("received", "issued", "recorded", "created", "opened", "start", "event", "incident", "decision", "date")


@dataclass(frozen=True)
class When:
    """SQL of the day over columns of the alias ``s``, the columns it reads, why, and what it can tell apart."""

    sql: str
    columns: tuple[str, ...]
    why: str
    grain: str


def find_when(profile: Profile, columns: Sequence[Column]) -> When | None:
    """The day on which rows count, or None if nothing in the file says it."""
    dates = [c for c in columns if c.type in ("date", "datetime") and c.cls == "T" and c.nulls * 5 <= profile.rows]
    if dates:
        best = min(dates, key=lambda c: (c.nulls, _rank(c.name)))
        sql = f"s.{best.name}" if best.type == "date" else f"CAST(s.{best.name} AS DATE)"
        told = "the only date" if len(dates) == 1 else f"the likeliest of {len(dates)} dates"
        return When(sql, (best.name,), f"`{best.name}` is {told} that is not of a birth", "day")
    for column in columns:
        if (
            column.nulls
            or column.cls in ("D", "L")
            or column.distinct > 1000
            or column.type not in ("int", "code", "str")
        ):
            continue
        words = set(column.name.split("_"))
        for form, grain, template in _FORMS:
            if grain == "year" and not words & {"year", "yr", "years"}:
                continue
            if profile.shaped(column.name, form) and (grain != "financial_year" or _follows(profile, column)):
                text = f"CAST(s.{column.name} AS VARCHAR)" if column.type == "int" else f"s.{column.name}"
                plain = When(
                    template.format(text=text),
                    (column.name,),
                    f"`{column.name}` holds what look like {grain.replace('_', ' ')}s",
                    grain,
                )
                return _finer(profile, columns, plain, text)
    return None


def _rank(name: str) -> int:
    words = name.split("_")
    return next((place for place, word in enumerate(_EVENT) if word in words), len(_EVENT))


def _follows(profile: Profile, column: Column) -> bool:
    """Whether ``2018/19`` ends in the year after the one it begins with, throughout."""
    values = profile.values(column.name, ())
    return all((int(v[:4]) + 1) % 100 == int(v[-2:]) for v in values)


def _finer(profile: Profile, columns: Iterable[Column], when: When, text: str) -> When:
    """A year with a column of quarters or months beside it."""
    if when.grain not in ("year", "financial_year"):
        return when
    for column in columns:
        if column.nulls or column.type not in _WRITTEN or column.name in when.columns:
            continue
        words = set(column.name.split("_"))
        other = f"CAST(s.{column.name} AS VARCHAR)" if column.type == "int" else f"s.{column.name}"
        year = f"SUBSTRING({text}, 1, 4)"
        if words & {"quarter", "qtr"} and profile.shaped(column.name, "[Qq]?[1-4]"):
            last = f"SUBSTRING({other}, LENGTH({other}), 1)"
            if when.grain == "year":
                sql = (
                    f"CAST({year} || CASE {last} WHEN '1' THEN '-01-01' WHEN '2' THEN '-04-01' "
                    "WHEN '3' THEN '-07-01' ELSE '-10-01' END AS DATE)"
                )
            else:
                sql = (
                    f"CAST(CASE {last} WHEN '1' THEN {year} || '-04-01' WHEN '2' THEN {year} || '-07-01' "
                    f"WHEN '3' THEN {year} || '-10-01' "
                    f"ELSE CAST(CAST({year} AS INT) + 1 AS VARCHAR) || '-01-01' END AS DATE)"
                )
            why = f"{when.why}, and `{column.name}` quarters of them"
            return When(sql, (*when.columns, column.name), why, "quarter")
        if when.grain == "year" and "month" in words and profile.shaped(column.name, "0?[1-9]|1[0-2]"):
            padded = f"CASE WHEN LENGTH({other}) < 2 THEN '-0' ELSE '-' END"
            sql = f"CAST({year} || {padded} || {other} || '-01' AS DATE)"
            return When(sql, (*when.columns, column.name), f"{when.why}, and `{column.name}` months of them", "month")
    return when
