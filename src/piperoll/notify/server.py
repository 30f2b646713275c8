"""Which server takes our mail: as the home declares it in ``connections.yaml``, or the environment says."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from piperoll.collect.connections import FILE, Outgoing, read_connections
from piperoll.errors import UserError
from piperoll.register.model.circulation import is_address


NAME = "mail"
SECURITY = ("starttls", "tls", "none")
_VARIABLES = {
    "PIPEROLL_SMTP_HOST": "host",
    "PIPEROLL_SMTP_PORT": "port",
    "PIPEROLL_SMTP_SECURITY": "security",
    "PIPEROLL_SMTP_SENDER": "sender",
    "PIPEROLL_SMTP_USER": "user",
    "PIPEROLL_SMTP_PASSWORD_FILE": "file",
    "PIPEROLL_SMTP_CA": "ca",
}
_FIX = "See docs/how-to/circulate.md."


def server_of(home: Path) -> Outgoing:
    """The server, with what the environment says put in the place of what the home declares.

    Raises:
        UserError: ``PR-N021`` where none is declared, or it cannot be used so; ``PR-C120`` for a file that is not
            understood.
    """
    found = read_connections(home).outgoing.get(NAME, Outgoing(""))
    said: dict[str, Any] = {}
    for variable, field in _VARIABLES.items():
        value = os.environ.get(variable, "")
        if value and field == "port":
            if not value.isascii() or not value.isdigit() or len(value) > 5:
                raise _wrong(f"{variable} is no number of a port.")
            said[field] = int(value)
        elif value:
            said[field] = value
            if field == "file":
                said["environment"] = ""
    made = replace(found, **said)
    if not made.host:
        raise _wrong(f"No server for outgoing mail is declared (`outgoing.{NAME}` in {FILE}, or PIPEROLL_SMTP_HOST).")
    if made.security not in SECURITY:
        raise _wrong(f"`security` is one of {', '.join(SECURITY)}.")
    if not is_address(made.sender):
        raise _wrong("The sender is not one plain mail address.")
    if not 0 < made.port < 65536:
        raise _wrong("The port is none.")
    if made.user and made.security == "none":
        raise _wrong("A password is never sent without TLS.")
    if any(not each.isprintable() for each in (made.host, made.user)):
        raise _wrong("Host or user have signs that no name has.")
    return made


def _wrong(said: str) -> UserError:
    return UserError("PR-N021", said, where=FILE, fix=_FIX)
