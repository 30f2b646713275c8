"""Who is who for analysts: pseudonyms that hold within a purpose and tell nothing beyond it.

A person's name never leaves the linkage room. What leaves it is an HMAC-SHA-256 of the name under a key of the purpose
and its version, 128 bits of it: two purposes cannot be joined, and no one without the key can go from a pseudonym to a
name or try names out. A new version of the key (rotation) gives new pseudonyms; old ones can still be made with the old
version as long as the home's keys exist.
"""

from __future__ import annotations

import hmac

import polars as pl

from piperoll.errors import UserError
from piperoll.store.tokens import Keyring


_HEX = 32


def pseudonyms(keyring: Keyring, clusters: pl.DataFrame, purpose: str, version: int = 1) -> pl.DataFrame:
    """``file``, ``record`` and ``pseudonym`` of each record.

    Args:
        clusters: ``file``, ``record``, ``person``.
        purpose: Such as the name of a project; another gives other pseudonyms.
        version: Of the purpose's key.

    Raises:
        UserError: ``PR-L016`` if the purpose says nothing.
    """
    words = " ".join(purpose.split())
    if not words or version < 1:
        raise UserError("PR-L016", "pseudonyms are made for a purpose.", fix="Name the project that they are for.")
    key = keyring.purpose_key(f"pseudonym/{words}/{version}")
    names = clusters.select("person").unique().sort("person")
    made = [hmac.digest(key, name.encode(), "sha256").hex()[:_HEX] for name in names["person"].to_list()]
    lookup = names.with_columns(pseudonym=pl.Series(made, dtype=pl.String))
    return clusters.join(lookup, on="person", how="left").select("file", "record", "pseudonym").sort("file", "record")
