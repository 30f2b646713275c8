"""Merged records as a table that the models of a publication read: ``merged__<key>``."""

from __future__ import annotations

from collections.abc import Mapping

from piperoll.derive.cache import code_fingerprint, digest
from piperoll.derive.catalogue import merged_columns, merged_name
from piperoll.derive.codes import create_code_tables
from piperoll.derive.merges.declared import datasets_of, lists_of
from piperoll.derive.merges.run import run_merge
from piperoll.derive.merges.sides import where_of
from piperoll.errors import UserError
from piperoll.present.words import percent
from piperoll.register.model.merge import Merge
from piperoll.register.model.register import Register
from piperoll.store.duck import Connection


def create_merged(con: Connection, register: Register, key: str) -> None:
    """Make ``merged__<key>`` over the views and ``came`` of a connection; one that is there already is left.

    Raises:
        UserError: ``PR-D026`` if more differs for reasons unknown than the declaration allows, ``PR-D021`` to
            ``PR-D023`` if it cannot be made.
    """
    name = merged_name(key)
    if con.execute("SELECT 1 FROM information_schema.tables WHERE table_name = ?", [name]).fetchall():
        return
    merge = register.merges[key]
    create_code_tables(con, register, lists_of(merge))
    made = run_merge(con, merge)
    if not made.within:
        said = (
            f"{percent(100 * made.unexplained, 2)} of the compared records differ for reasons unknown, and "
            f"{percent(100 * merge.unexplained, 2)} are allowed, so nothing is counted from them."
        )
        fix = f"Look at `piperoll merge {key}`: find the reason and declare it, or have the deliveries corrected."
        raise UserError("PR-D026", said, where=where_of(merge), fix=fix)
    columns = ", ".join(f'"{each}"' for each in merged_columns(merge))
    con.execute(f'CREATE TEMP TABLE "{name}" AS SELECT {columns} FROM m').fetchall()
    for table in (*(f"side_{each.name}" for each in merge.sides), "grouped", "candidates", "wide", "m", "differences",
                  "explained"):  # fmt: skip
        con.execute(f'DROP TABLE "{table}"').fetchall()


def merged_fingerprint(register: Register, merge: Merge, fingerprints: Mapping[str, str]) -> str:
    """A hash of a merge's records, from its declaration and the hash of everything it reads."""
    reads = [f"{each}={fingerprints.get(each, 'none')}" for each in datasets_of(register, merge)]
    lists = [f"{each}={code_fingerprint(register, each)}" for each in lists_of(merge)]
    return digest([repr(merge), *reads, *lists])
