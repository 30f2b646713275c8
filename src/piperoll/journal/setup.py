"""The one place that configures Django: `open_journal` works outside any Django project.

Each database gets an alias of its own, made from its address, so one process can have several journals open;
the same address opened twice is the same database.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from piperoll.errors import UserError


if TYPE_CHECKING:
    from piperoll.journal.journal import Journal


APP = "piperoll.journal.apps.JournalConfig"
BUSY_SECONDS = 60
SCHEMES = ("postgresql", "postgres")


def configure() -> None:
    """Configure Django once for the process; inside a Django project that lists the journal, do nothing."""
    import django
    from django.apps import apps
    from django.conf import settings

    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=[APP],
            DATABASES={},
            USE_TZ=True,
            TIME_ZONE="UTC",
            # Local settings of Python's logging stay as they are.
            LOGGING_CONFIG=None,
        )
        # What `django.setup` does but for logging, which is none of ours, and for URLs, whose import costs more.
        apps.populate(settings.INSTALLED_APPS)
    elif not apps.ready:
        django.setup()


def open_journal(path_or_url: str | os.PathLike[str]) -> Journal:
    """Open a journal, making or bringing up to date its tables.

    Args:
        path_or_url: Path of an SQLite file (made with its folder when absent), or a URL
            ``postgresql://user:password@host:port/database``.

    Raises:
        UserError: PR-J001 for an address that is not understood, PR-J002 when the database cannot be
            opened, PR-J003 when a newer version made it, PR-J004 when it stays busy.
    """
    configure()
    from django.db import connections

    from piperoll.journal.journal import Journal
    from piperoll.journal.migrate import bring_up_to_date

    label, database = _database(path_or_url)
    alias = "journal_" + hashlib.sha256(label.encode()).hexdigest()[:16]
    if alias not in connections.databases:
        # Django fills in its defaults, as it does for the databases of a settings file.
        connections.databases[alias] = connections.configure_settings({"default": {}, alias: database})[alias]
    bring_up_to_date(alias, label)
    return Journal(alias, label)


def _database(path_or_url: str | os.PathLike[str]) -> tuple[str, dict[str, Any]]:
    """A label for people (never a password) and Django's settings of the database."""
    text = os.fspath(path_or_url)
    if "://" in text:
        return _postgresql(text)
    if not text or "\x00" in text:
        raise UserError("PR-J001", "the journal's address is empty or not a path.", fix=_FIX)
    path = Path(text).expanduser().absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path = path.parent.resolve() / path.name
    except OSError as error:
        raise UserError(
            "PR-J002", f"the folder of the journal cannot be made ({error.strerror}).", where=str(path)
        ) from None
    if path.is_dir():
        raise UserError("PR-J001", "the journal's address is a folder.", where=str(path), fix=_FIX)
    options = {
        "timeout": BUSY_SECONDS,
        # A writer takes its lock at once: a read that turns into a write could otherwise fail half-way.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY",
    }
    return str(path), {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}


_FIX = "Give a path such as .piperoll/journal.sqlite3, or postgresql://user:password@host/database."


def _postgresql(url: str) -> tuple[str, dict[str, Any]]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UserError("PR-J001", "the journal's URL cannot be read.", fix=_FIX) from None
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in SCHEMES:
        raise UserError("PR-J001", f"a journal cannot be kept in `{parts.scheme}`.", fix=_FIX)
    if not name:
        raise UserError("PR-J001", "the journal's URL names no database.", fix=_FIX)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    # A socket directory may be given as ?host=/var/run/postgresql, as libpq has it.
    host = options.pop("host", None) or unquote(parts.hostname or "")
    user = unquote(parts.username or "")
    label = f"postgresql://{user + '@' if user else ''}{host}{f':{port}' if port else ''}/{name}"
    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": user,
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "OPTIONS": options,
    }
    return label, database
