"""Rows as the text of a file."""

from __future__ import annotations

import gzip
import io
import zipfile

import polars as pl

from piperoll.simulate.world import Form


_STAMP = (1980, 1, 1, 0, 0, 0)


def as_text(column: pl.Series) -> pl.Series:
    """A column's values as they stand in a CSV; null stays null."""
    if column.dtype == pl.String:
        return column
    if column.dtype == pl.Datetime:
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S")
    return column.cast(pl.String)


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """UTF-8 CSV with a header, comma, quotes where needed, newline LF; null is empty."""
    out = io.BytesIO()
    frame.write_csv(out, datetime_format="%Y-%m-%dT%H:%M:%S")
    return out.getvalue()


def pack(content: bytes, name: str, form: Form) -> tuple[str, bytes]:
    """The file's name and bytes in the form wanted; ``name`` ends in ``.csv``. Containers carry no clock."""
    if form == "csv.gz":
        return f"{name}.gz", gzip.compress(content, 4, mtime=0)
    if form == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
        return name.removesuffix(".csv") + ".zip", out.getvalue()
    return name, content
