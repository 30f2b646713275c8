"""What tests of tribunals, of requests and of legal aid count with: rows of a period, cells of a table."""

from __future__ import annotations

import datetime as dt

import polars as pl

from tests.publications.sent import Sent


YEAR = (dt.date(2011, 4, 1), dt.date(2012, 3, 31))
QUARTER = (dt.date(2012, 1, 1), dt.date(2012, 3, 31))


def within(rows: pl.DataFrame, column: str, span: tuple[dt.date, dt.date]) -> pl.DataFrame:
    """Rows whose date lies in a span, both days included."""
    return rows.filter(pl.col(column).is_between(*span))


def counted(rows: pl.DataFrame, *by: str) -> dict[object, int]:
    """Rows by one code, or by several."""
    return {key[0] if len(by) == 1 else key: rest.height for key, rest in rows.group_by(*by)}


class Shown:
    """A table's cells of one period."""

    def __init__(self, sent: Sent, publication: str, table: str, period: str) -> None:
        self.cells = sent.cells(publication, table, period)
        self.period = period

    def by(self, column: str, measure: str, period: str = "") -> dict[str, float | None]:
        """Values of a measure by the codes of a dimension, the only one of the table."""
        cells = self.cells.filter(period=period or self.period, measure=measure)
        found = dict(cells.select(column, "value").iter_rows())
        assert len(found) == cells.n_unique([column, "value"])
        return found

    def nonzero(self, column: str, measure: str) -> dict[object, float]:
        """The same without noughts."""
        return {code: value for code, value in self.by(column, measure).items() if value}

    def row(self, **codes: str) -> dict[str, float | None]:
        """Values of all measures of a row, by measure."""
        return dict(self.cells.filter(period=self.period, **codes).select("measure", "value").iter_rows())
