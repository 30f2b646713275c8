"""Texts as bytes end to end, for compiled functions."""

from __future__ import annotations

import polars as pl
import pyarrow as pa


def large_texts(texts: pl.Series) -> pa.LargeStringArray:
    """Texts as one array with offsets of 64 bits, empty for null."""
    array = texts.fill_null("").to_arrow()
    return array if pa.types.is_large_string(array.type) else array.cast(pa.large_string())
