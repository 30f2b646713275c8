"""A mailbox of simulated messages: a Maildir, whose every message brings one file of a supplier."""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate.world import Delivery


FOLDERS = ("cur", "new", "tmp")
TO = "returns@statistics.example"
_NOON = dt.time(12, 0, tzinfo=dt.UTC)


class Mailbox:
    """Messages are written as they are sent; the same message is the same bytes.

    Args:
        directory: The Maildir, made with the first message.
    """

    def __init__(self, register: Register, directory: Path) -> None:
        self.register = register
        self.directory = directory

    def send(self, delivery: Delivery, group: str, arrives: Period, name: str, content: bytes) -> str:
        """Write a message with a file attached, from the supplier's address; gives its name in the truth."""
        supplier = self.register.suppliers[group].get(delivery.supplier)
        sender = supplier.mail[0] if supplier is not None else ""
        # A whole domain is declared as @example.org: somebody there sends.
        sender = f"returns{sender}" if sender.startswith("@") else sender
        number = hashlib.sha256(f"{arrives}/{delivery.dataset}/{name}".encode()).hexdigest()[:24]
        message = EmailMessage(policy=SMTP)
        message["From"] = sender
        message["To"] = TO
        message["Subject"] = f"Return for {delivery.period}"
        message["Date"] = email.utils.format_datetime(dt.datetime.combine(arrives.start.replace(day=10), _NOON))
        message["Message-ID"] = f"<{number}@{sender.rpartition('@')[2]}>"
        message.set_content("Please find attached the return.\n")
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        message.set_boundary(f"part-{number}")
        for each in FOLDERS:
            (self.directory / each).mkdir(parents=True, exist_ok=True)
        (self.directory / "new" / f"{arrives}.{number}.post").write_bytes(message.as_bytes())
        return f"mail/{arrives}/{name}"

    def close(self) -> None:
        """The mailbox is there, were it empty: who collects it finds nothing, and no mistake."""
        for each in FOLDERS:
            (self.directory / each).mkdir(parents=True, exist_ok=True)
