"""One query over ODBC, as Arrow batches; every failure is a sentence that shows neither secrets nor data.

arrow-odbc binds the buffers; a value that does not fit is an error of its own, never cut off. Text is asked for as
UTF-16, and the C library's locale is UTF-8 meanwhile: a driver manager in the locale ``C`` turns letters into question
marks or fails.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from piperoll.errors import UserError


if TYPE_CHECKING:
    import pyarrow as pa


ROWS = 20_000
BATCH_BYTES = 64 << 20
LONGEST_TEXT = 65_536
LOGIN_SECONDS = 30
_STATE = re.compile(r"State: ([0-9A-Z]{5})")
# Some drivers say every failure to connect by one state, and its reason in words.
_LOGIN = re.compile(r"authentication failed|role .* does not exist|login failed|ORA-01017|no password supplied", re.I)
_LOST = ("08", "57P", "HYT", "40001")


class Source:
    """A database, by its connection string.

    Args:
        name: Of the connection, for people.
        connection: ODBC connection string; it may hold a password and is never shown.
    """

    def __init__(self, name: str, connection: str) -> None:
        self.name = name
        self._connection = connection

    def schema(self, query: str) -> pa.Schema:
        """Columns of a query's result."""
        return self._open(query, (), 1).schema

    def row(self, query: str) -> tuple[pa.Schema, list[Any]]:
        """Types and values of a query's only row."""
        reader = self._open(query, (), 1)
        (row,) = (row for batch in self._batches(reader) for row in batch.to_pylist())
        return reader.schema, list(row.values())

    def batches(self, query: str, parameters: Sequence[str] = (), rows: int = ROWS) -> Iterator[pa.RecordBatch]:
        """The rows of a query.

        Raises:
            UserError: PR-C123 without a driver, PR-C124 where there is no way to it, PR-C125 where it does not let us
                in, PR-C126 where it refuses the query, PR-C127 when the connection is lost meanwhile.
        """
        yield from self._batches(self._open(query, parameters, rows))

    def _open(self, query: str, parameters: Sequence[str], rows: int) -> Any:
        try:
            import arrow_odbc
        except (ImportError, OSError):
            message = "Nothing here speaks ODBC: arrow-odbc or the driver manager (unixodbc) is missing."
            raise UserError("PR-C123", message, where=self.name, fix="apt-get install unixodbc.") from None
        try:
            with _utf8():
                return arrow_odbc.read_arrow_batches_from_odbc(
                    query,
                    self._connection,
                    batch_size=rows,
                    parameters=list(parameters) or None,
                    max_bytes_per_batch=BATCH_BYTES,
                    max_text_size=LONGEST_TEXT,
                    max_binary_size=1024,
                    falliable_allocations=True,
                    login_timeout_sec=LOGIN_SECONDS,
                    fetch_concurrently=False,
                    payload_text_encoding=arrow_odbc.TextEncoding.UTF16,
                )
        except arrow_odbc.Error as error:
            raise self._said(str(error), fetching=False) from None

    def _batches(self, reader: Any) -> Iterator[pa.RecordBatch]:
        import arrow_odbc

        try:
            yield from reader
        except arrow_odbc.Error as error:
            raise self._said(str(error), fetching=True) from None

    def _said(self, text: str, *, fetching: bool) -> UserError:
        """A failure by its SQLSTATE. What the database itself says may quote its data, so it is not passed on."""
        found = _STATE.search(text)
        state = found[1] if found else ""
        told = f" (SQLSTATE {state})" if state else ""
        if "Can't open lib" in text or "Data source name not found" in text or state in ("IM002", "IM003"):
            message = f"The ODBC driver or data source that the connection names is not there{told}."
            fix = "Install the driver, and name it as `odbcinst -q -d` lists it."
            return UserError("PR-C123", message, where=self.name, fix=fix)
        if "SQLDriverConnect" in text or "SQLConnect" in text:
            if state.startswith("28") or _LOGIN.search(text):
                message = f"The database does not let us in with these credentials{told}."
                return UserError("PR-C125", message, where=self.name, fix="Check user and password of the connection.")
            message = f"The database cannot be reached{told}."
            return UserError("PR-C124", message, where=self.name, fix="Check host, port and network.")
        if state.startswith(_LOST):
            message = f"The connection to the database was lost{told}."
            fix = "Run it again: what was read is kept, and it goes on from there."
            return UserError("PR-C127", message, where=self.name, fix=fix)
        if "too large to be written" in text:
            message = f"A value is longer than {LONGEST_TEXT:,} bytes."
            return UserError("PR-C126", message, where=self.name, fix="Leave the column out, or shorten it in a query.")
        doing = "gave no row any more" if fetching else "does not take the query"
        fix = "Compare its tables and columns with the contract's `extract`; they may have changed."
        return UserError("PR-C126", f"The database {doing}{told}.", where=self.name, fix=fix)


@contextmanager
def _utf8() -> Iterator[None]:
    """The environment names a UTF-8 locale while the driver is asked."""
    before = os.environ.get("LC_ALL")
    said = before or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""
    if re.search(r"utf-?8", said, re.IGNORECASE):
        yield
        return
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        yield
    finally:
        if before is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = before
