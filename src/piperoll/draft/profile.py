"""Columns of a file inside DuckDB: counts, forms and types, read exactly as the contract check reads them.

A type fits if the check of the contract (`piperoll.collect.check_types`) would find nothing wrong, so that what is
drafted refuses no row of the file it was drafted from. Runs in the limited child alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from piperoll.collect.check_types import null_text, parse
from piperoll.draft.classes import Facts
from piperoll.register.model.contract import Field
from piperoll.store.duck import Connection, quote_name, quote_text


MISSING = (
    " ",
    "  ",
    "NA",
    "N/A",
    "n/a",
    "NULL",
    "null",
    "#N/A",
    "NaN",
    "None",
    "none",
    "-",
    "--",
    ".",
    "..",
    "?",
    "[x]",
    "[z]",
)
DATES = ("", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%Y/%m/%d",
         "%m/%d/%Y", "%Y%m%d")  # fmt: skip
TIMES = ("", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%S.%fZ", "%d/%m/%Y %H:%M",
         "%d/%m/%Y %H:%M:%S")  # fmt: skip
_FORMS = {
    "email": r"\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*",
    "phone": r"\s*(\+|0)[0-9 ()-]{8,18}\s*",
    "postcode": r"\s*[A-Za-z]{1,2}[0-9][0-9A-Za-z]? ?[0-9][A-Za-z]{2}\s*",
    "digits": r"(?s).*[0-9].*",
    "spaced": r"(?s)\s*\S.*\s.*\S\s*",
}


@dataclass(frozen=True)
class Kind:
    """A type that fits every value, with its format and what counts as missing for it."""

    type: str
    format: str = ""
    missing: tuple[str, ...] = ()
    why: str = "no narrower type fits every value"
    note: str = ""


class Profile:
    """The table ``t`` of texts, one column for each named column of the file.

    Args:
        con: Connection that holds it.
        rows: Its rows.
    """

    def __init__(self, con: Connection, rows: int) -> None:
        self.con = con
        self.rows = rows

    def facts(self, column: str, missing: tuple[str, ...] = ()) -> Facts:
        """Counts and forms of a column's values."""
        forms = ", ".join(
            f"count(*) FILTER (WHERE regexp_full_match(v, {quote_text(form)})) AS {name}"
            for name, form in _FORMS.items()
        )
        query = (
            f"SELECT count(*) AS rows, count(v) AS filled, count(DISTINCT v) AS distinct, "
            f"coalesce(max(length(v)), 0) AS longest, {forms} FROM ({self._values(column, missing)})"
        )
        return Facts.from_row(self.con.sql(query).pl().row(0, named=True))

    def kind(self, column: str, words: frozenset[str]) -> Kind:
        """The narrowest type that fits every value; texts that mean nothing may stand among numbers and dates."""
        found = self.con.execute(
            f"SELECT DISTINCT v FROM ({self._values(column)}) WHERE v IN ({_listed(MISSING)}) ORDER BY v"
        ).fetchall()
        gaps = tuple(str(v) for (v,) in found)
        for missing in dict.fromkeys(((), gaps)):
            if typed := self._typed(column, words, missing):
                return typed
        return Kind("str", missing=tuple(each for each in gaps if each.casefold() not in ("none", "-", "?")))

    def _typed(self, column: str, words: frozenset[str], missing: tuple[str, ...]) -> Kind | None:
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE d AS SELECT DISTINCT v FROM ({self._values(column, missing)}) "
            "WHERE v IS NOT NULL ORDER BY v"
        )
        low, high, padded, words_only, count = self.con.execute(
            "SELECT min(length(v)), max(length(v)), count(*) FILTER (WHERE regexp_matches(v, '^-?0[0-9]')), "
            "count(*) FILTER (WHERE lower(v) IN ('true', 'false', 'yes', 'no', 'y', 'n', 't', 'f')), count(*) FROM d"
        ).fetchall()[0]
        if not count:
            return None
        if words_only == count:
            return Kind("bool", missing=missing, why="its values are words for true and false")
        dated = bool(words & {"date", "dob", "day", "birth", "birthdate", "when"})
        if found := self._dated(column, words, missing, low, high, dated):
            return found
        if not padded and self._fits(Field("v", "int", "M")):
            return Kind("int", missing=missing, why="every value is a whole number")
        numeric = re.compile(r"-?[0-9]+(\.[0-9]+)?").pattern
        digits = self.con.execute(
            f"SELECT bool_and(regexp_full_match(v, {quote_text(numeric)})), "
            "max(length(replace(split_part(v, '.', 1), '-', ''))), max(length(split_part(v, '.', 2))) FROM d"
        ).fetchall()[0]
        if digits[0] and not padded and digits[2] > 0 and digits[1] + digits[2] <= 36:
            written = f"dec({digits[1] + digits[2] + 2},{digits[2]})"
            if self._fits(Field("v", written, "M")):
                return Kind(written, missing=missing, why=f"every value is a number with at most {digits[2]} decimals")
        return None

    def _dated(
        self, column: str, words: frozenset[str], missing: tuple[str, ...], low: int, high: int, dated: bool
    ) -> Kind | None:
        for lead in ("", " "):
            for kind, formats in (("date", DATES), ("datetime", TIMES)):
                for form in formats:
                    if (form == "%Y%m%d" and not (dated and {low, high} == {8 + len(lead)})) or (lead and not form):
                        continue
                    if self._fits(Field("v", kind, "T", format=(lead + form) or None)):
                        told = (
                            f"every value is a {'date' if kind == 'date' else 'time'} as {form or 'ISO 8601 writes it'}"
                        )
                        swap = form.startswith("%d/%m") and self._fits(
                            Field("v", kind, "T", format=lead + form.replace("%d/%m", "%m/%d"))
                        )
                        note = "Every value would also be a date with the month first." if swap else ""
                        return Kind(kind, lead + form, missing, told, note)
        return None

    def nearly(self, column: str, missing: tuple[str, ...]) -> str:
        """For a text that is nearly all dates or numbers: a sentence that says so; '' otherwise."""
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE d AS SELECT v FROM ({self._values(column, missing)}) WHERE v IS NOT NULL"
        )
        for kind, form in (("int", ""), ("dec(18,6)", ""), *(("date", form) for form in DATES)):
            wrong = self._wrong(Field("v", kind, "T", format=form or None))
            count = self.con.execute("SELECT count(*) FROM d").fetchall()[0][0]
            if count and 0 < wrong <= count * 0.05:
                what = "dates" if kind == "date" else "numbers"
                return f"All but {wrong:,} of {count:,} values are {what}: are those mistakes?"
        return ""

    def _fits(self, field: Field) -> bool:
        # A few values first: most types fail on the first one.
        return not self._wrong(field, few=True) and not self._wrong(field)

    def _wrong(self, field: Field, few: bool = False) -> int:
        read = parse(field, "v", "typed")
        source = "(SELECT v FROM d LIMIT 50)" if few else "d"
        typed = f"SELECT v, {read.value} AS typed FROM {source}"
        query = f"SELECT count(*) FILTER (WHERE {read.wrong or 'false'}) FROM ({typed})"
        return int(self.con.execute(query).fetchall()[0][0])

    def values(self, column: str, missing: tuple[str, ...]) -> tuple[str, ...]:
        """Different values, sorted."""
        query = f"SELECT DISTINCT v FROM ({self._values(column, missing)}) WHERE v IS NOT NULL ORDER BY v"
        return tuple(str(v) for (v,) in self.con.execute(query).fetchall())

    def shaped(self, column: str, pattern: str) -> bool:
        """Whether every value has a form."""
        query = f"SELECT bool_and(regexp_full_match(v, {quote_text(pattern)})) FROM ({self._values(column)})"
        return bool(self.con.execute(query).fetchall()[0][0])

    def unique(self, columns: tuple[str, ...]) -> bool:
        """Whether these columns together tell every row apart."""
        listed = ", ".join(quote_name(each) for each in columns)
        query = f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM t)"
        return bool(columns) and int(self.con.execute(query).fetchall()[0][0]) == self.rows

    def _values(self, column: str, missing: tuple[str, ...] = ()) -> str:
        return f"SELECT {null_text(quote_name(column), missing)} AS v FROM t"


def _listed(texts: tuple[str, ...]) -> str:
    return ", ".join(quote_text(each) for each in texts)
