"""The store: immutable, content-addressed Parquet without identifiers; the vault: everything else, encrypted.

`duck` is the one place that opens DuckDB; `objects` keeps files by their hash; `parts` says which files make
a vintage and `vintage` makes views of them; `tokens` makes the keyed tokens by which records are joined
without their numbers; `vault` has four ports, each for one kind of use.
"""

from __future__ import annotations

from piperoll.store.duck import connect, lock
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Correction, Part
from piperoll.store.tokens import Keyring, add_token_function
from piperoll.store.types import duck_type, store_schema
from piperoll.store.vintage import create_views


__all__ = [
    "Correction",
    "Keyring",
    "ObjectStore",
    "Part",
    "add_token_function",
    "connect",
    "create_views",
    "duck_type",
    "lock",
    "store_schema",
]
