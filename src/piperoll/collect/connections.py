"""Where databases, mailboxes and the server for mail are, as the home declares it: ``<home>/connections.yaml``.

::

    databases:
      iaps: {file: /etc/piperoll/iaps.odbc}          # the ODBC connection string, in a file of the owner alone
      other: {environment: OTHER_ODBC}               # or in an environment variable
    mailboxes:
      returns:
        address: imaps://returns@mail.example.org/INBOX
        file: /etc/piperoll/returns.password
        ca: /etc/piperoll/ours.pem
    outgoing:
      mail: {host: smtp.example.org, sender: office@example.org, user: office, file: /etc/piperoll/smtp.password}

It names where secrets are and never holds one; the register knows nothing of it.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from piperoll.errors import UserError


FILE = "connections.yaml"
SECRET_BYTES = 1 << 16
_KINDS = {int: "a number", bool: "true or false", str: "a text"}
_FIX = "See docs/how-to/collect-database.md, docs/how-to/collect-mail.md and docs/how-to/circulate.md."

T = TypeVar("T")


@dataclass(frozen=True)
class Database:
    """A database: where its ODBC connection string is. Exactly one of file and environment.

    Attributes:
        simulated: Whether what it holds is simulated: its deliveries then say so.
    """

    file: str = ""
    environment: str = ""
    simulated: bool = False


@dataclass(frozen=True)
class Mailbox:
    """A mailbox.

    Attributes:
        address: ``imaps://user@host:port/folder`` or ``maildir:PATH``.
        file, environment: Where the password of an IMAP account is.
        ca: File of the certificates that are trusted; default: the system's.
        authenticated_by: Name of the mail server whose ``Authentication-Results`` (RFC 8601) must say that the sender's
            domain was proven (``dmarc=pass``); '' where the network lets only known senders in.
        simulated: Whether what it holds is simulated.
        largest_mb: Largest message that is opened, in MiB.
    """

    address: str
    file: str = ""
    environment: str = ""
    ca: str = ""
    authenticated_by: str = ""
    largest_mb: int = 64
    simulated: bool = False


@dataclass(frozen=True)
class Outgoing:
    """A server that takes mail from us (SMTP submission).

    Attributes:
        host, port: Where it listens.
        sender: Address of the office that sends.
        security: ``starttls`` (usually port 587), ``tls`` (usually 465), both with the certificate verified, or
            ``none``: then there is no sign-in, and what is restricted is not sent.
        user: Whom to sign in as; '' for a server that asks for nobody.
        file, environment: Where the user's password is.
        ca: File of the certificates that are trusted; default: the system's.
        largest_mb: Largest message that is sent, in MiB, as it is on the wire.
        seconds: How long an answer is waited for.
    """

    host: str
    sender: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    file: str = ""
    environment: str = ""
    ca: str = ""
    largest_mb: int = 10
    seconds: int = 60


@dataclass(frozen=True)
class Connections:
    """Everything that is declared, by name."""

    databases: dict[str, Database]
    mailboxes: dict[str, Mailbox]
    outgoing: dict[str, Outgoing]


def read_connections(home: Path) -> Connections:
    """What the home declares; nothing where there is no file.

    Raises:
        UserError: PR-C120 where it is not understood.
    """
    import yaml

    path = home / FILE
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        data = {}
    except (OSError, ValueError, yaml.YAMLError):
        raise _wrong("It cannot be read as YAML.") from None
    if not isinstance(data, dict) or set(data) - {"databases", "mailboxes", "outgoing"}:
        raise _wrong("Expected `databases`, `mailboxes` and `outgoing`, and nothing else.")
    return Connections(
        _section(data.get("databases"), "databases", Database),
        _section(data.get("mailboxes"), "mailboxes", Mailbox),
        _section(data.get("outgoing"), "outgoing", Outgoing),
    )


def database(home: Path, name: str) -> Database:
    """The database of this name.

    Raises:
        UserError: PR-C120 if there is none.
    """
    found = read_connections(home).databases
    if name not in found:
        raise _unknown("database", name, list(found))
    return found[name]


def mailbox(home: Path, name: str) -> Mailbox:
    """The mailbox of this name or address; a ``maildir:`` needs no declaration.

    Raises:
        UserError: PR-C120 if there is none.
    """
    found = read_connections(home).mailboxes
    for key, each in found.items():
        if name in (key, each.address):
            return each
    if name.startswith("maildir:"):
        return Mailbox(name)
    # An address may hold a password by mistake: it is not said again.
    raise _unknown("mailbox", "" if "://" in name else name, list(found))


def secret(entry: Database | Mailbox | Outgoing, name: str) -> str:
    """What the file or the environment variable of a connection holds, without the line's end.

    Raises:
        UserError: PR-C121 where it is not there, or may be read by others.
    """
    if bool(entry.file) == bool(entry.environment):
        message = f"`{name}` says where its secret is in one of `file` and `environment`."
        raise UserError("PR-C121", message, where=FILE, fix=_FIX)
    if entry.environment:
        text = os.environ.get(entry.environment, "")
        if not text:
            message = f"The environment variable {entry.environment[:60]} of `{name}` is not set."
            raise UserError("PR-C121", message, where=FILE, fix="Set it for this command.")
        return text
    path = Path(entry.file)
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077:
                message = f"The secret's file of `{name}` may be read by others than its owner."
                raise UserError("PR-C121", message, where=FILE, fix="chmod 600 it.")
            return file.read(SECRET_BYTES).decode("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        message = f"The secret's file of `{name}` cannot be read."
        raise UserError("PR-C121", message, where=FILE, fix="Check its path and its rights.") from None


def _section(data: Any, name: str, kind: type[T]) -> dict[str, T]:
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise _wrong(f"Expected names below `{name}`.")
    made: dict[str, T] = {}
    known = {each.name: type(each.default) for each in fields(kind)}  # type: ignore[arg-type]
    for key, entry in data.items():
        if not isinstance(entry, dict) or set(entry) - set(known):
            raise _wrong(f"`{name}.{str(key)[:60]}` has what is not known. Known: {', '.join(known)}.")
        for each, value in entry.items():
            wanted = known[each] if known[each] in (int, bool) else str
            if type(value) is not wanted or (wanted is not bool and value in ("", 0)):
                raise _wrong(f"`{name}.{str(key)[:60]}.{each}` is not {_KINDS[wanted]}.")
        try:
            made[str(key)] = kind(**entry)
        except TypeError:
            raise _wrong(f"`{name}.{str(key)[:60]}` has no address.") from None
    return made


def _wrong(said: str) -> UserError:
    return UserError("PR-C120", said, where=FILE, fix=_FIX)


def _unknown(what: str, name: str, known: list[str]) -> UserError:
    there = f"Declared: {', '.join(f'`{each}`' for each in known)}." if known else "None is declared."
    called = f" `{name[:60]}`" if name else " of this address"
    return UserError("PR-C120", f"The home declares no {what}{called}. {there}", where=FILE, fix=_FIX)
