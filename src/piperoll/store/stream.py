"""A query's result for Polars, over Arrow's C interface.

Polars keeps the class of whatever it makes a frame of, and with it the globals of that class's module. If DuckDB were
among them (so not given the relation itself, nor a class of a module that imports DuckDB) it would still be there when
the program ends, and say on standard error that it leaks.
"""

from __future__ import annotations

from typing import Protocol


class Result(Protocol):
    """What DuckDB's ``con.sql(q)`` gives."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The capsule of the result."""
        ...


class Stream:
    """``pl.DataFrame(Stream(con.sql(q)))`` is ``con.sql(q).pl()`` without PyArrow.

    PyArrow takes longer to import than a small result takes to read.
    """

    def __init__(self, result: Result) -> None:
        self._result = result

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The capsule of the result."""
        return self._result.__arrow_c_stream__(requested_schema)
