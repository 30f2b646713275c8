"""Whether a simulated database can be read here, and its connection, declared in the home."""

from __future__ import annotations

from pathlib import Path

import yaml

from piperoll.collect.connections import FILE, read_connections
from piperoll.collect.database.odbc import Source
from piperoll.errors import UserError
from piperoll.simulate.post.database import SUFFIX


DRIVER = "SQLite3"  # as Debian's libsqliteodbc names it


def reachable() -> bool:
    """Whether ODBC reads SQLite here: a database in memory is opened."""
    try:
        Source("trial", f"Driver={DRIVER};Database=:memory:").row("SELECT 1 AS one")
    except UserError:
        return False
    return True


def declare(home: Path, directory: Path) -> list[str]:
    """Write the connection of each simulated database, and declare it in the home where nothing is declared yet.

    Returns:
        Names of the databases that the home does not declare, to be added by hand; none as a rule.
    """
    entries = {}
    for path in sorted(directory.glob(f"*{SUFFIX}")):
        secret = path.with_suffix(".odbc")
        secret.touch(mode=0o600)
        secret.write_text(f"Driver={DRIVER};Database={path.absolute()};NoCreat=1\n", encoding="utf-8")
        entries[path.stem] = {"file": str(secret.absolute()), "simulated": True}
    if not entries:
        return []
    declared = home / FILE
    if not declared.exists():
        text = yaml.safe_dump({"databases": entries}, sort_keys=False, allow_unicode=True)
        declared.write_text(f"# Written by piperoll simulate.\n{text}", encoding="utf-8")
    known = read_connections(home).databases
    return [name for name, entry in entries.items() if name not in known or known[name].file != entry["file"]]
