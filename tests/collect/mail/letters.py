"""Messages for tests, and a home that takes them."""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from pathlib import Path

from piperoll.collect import Limits, Options, Receipt, Stated
from piperoll.collect.mail.run import collect_mailbox
from piperoll.workspace import Workspace


REMOTE = Path(__file__).parents[2] / "registers" / "remote"
HEAD = "requirement_id,trust,surname,started,score,cost,met"
ONE = "R00000001,T01,Zoe Canary,2012-01-03,20,10.00,true"
TWO = "R00000002,T01,Ann Canary,2012-01-04,30,5,false"
BAD = "R00000003,T01,Bob Canary,2012-01-05,200,5,false"
NAME = "requirement_T01_2012-01.csv"
SENDER = "returns@t01.example"


def table(*rows: str) -> bytes:
    return "\n".join((HEAD, *rows, "")).encode()


def letter(
    *attachments: tuple[str, bytes], sender: str = SENDER, number: int = 1, kind: str = "text/csv", text: str = "Hello."
) -> EmailMessage:
    """A message with attachments."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = "returns@ministry.example"
    made["Subject"] = "Zoe Canary's return"
    made["Message-ID"] = f"<{number}@t01.example>"
    made["Received"] = f"from t01 by ministry; Thu, 02 Feb 2012 10:{number % 60:02d}:00 +0000"
    made["Date"] = "Wed, 01 Feb 2012 09:00:00 +0000"
    made.set_content(text)
    main, _, sub = kind.partition("/")
    for name, content in attachments:
        made.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return made


class Post:
    """A workspace and a Maildir."""

    def __init__(self, root: Path, register: Path = REMOTE) -> None:
        self.space = Workspace(register, root / "home")
        self.space.keyring.token_key("")
        self.path = root / "mail"
        self.box = mailbox.Maildir(self.path, create=True)

    @property
    def address(self) -> str:
        return f"maildir:{self.path}"

    def put(self, message: EmailMessage | bytes) -> str:
        return self.box.add(message)

    def collect(self, address: str = "", **options: object) -> list[Receipt]:
        options.setdefault("limits", Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60))
        options.setdefault("stated", Stated())
        return collect_mailbox(self.space, address or self.address, Options(**options))

    def declare(self, text: str) -> None:
        (self.space.home / "connections.yaml").write_text(text, encoding="utf-8")

    @property
    def replies(self) -> list[str]:
        outbox = self.space.home / "outbox"
        return [p.read_text(encoding="utf-8") for p in sorted(outbox.glob("*"))] if outbox.is_dir() else []
