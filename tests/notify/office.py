"""A small register with a circulation list, and editions of its one publication made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from piperoll.journal import Release
from piperoll.notify import Outcome, dispatch
from piperoll.release import manifest
from piperoll.workspace import Workspace
from tests.register.conftest import copy_with


AT = dt.datetime(2012, 7, 20, 12, tzinfo=dt.UTC)
PUBLISHED = dt.date(2012, 7, 20)
FIGURE = "31415926"  # a figure that is restricted: no log, no error and no header may hold it
RECIPIENTS = """\
markings:
  open: {says: ["", Official]}
  management: {label: MANAGEMENT INFORMATION, says: [Management]}
  restricted: {label: RESTRICTED, says: [Restricted], restricted: true}
recipients:
  alpha: {organisation: Alpha Office, mailbox: alpha@alpha.invalid, cleared: [open, management, restricted], agreement: DSA 1}
  beta: {organisation: Beta Office, mailbox: beta@beta.invalid, cleared: [open, management, restricted]}
  gamma: {organisation: Gamma Hub, cleared: [open, management, restricted], agreement: DSA 3}
  delta: {organisation: Delta, mailbox: delta@delta.invalid, cleared: [open, management, restricted], agreement: DSA 4, until: 2012-03-31}
  nobody: {organisation: Nobody, mailbox: nobody@alpha.invalid, cleared: [open, management, restricted]}
  later: {organisation: Later, mailbox: later@alpha.invalid, cleared: [open, management, restricted]}
"""
BOTH = ("{to: alpha, by: mail, when: made}", "{to: beta, by: mail, what: [tickets], when: made}")
FILES = {
    "fines_2012Q2.ods": b"PK an ods",
    "fines_2012Q2.xlsx": b"PK an xlsx with " + FIGURE.encode(),
    "index.html": b"<!doctype html><title>Fines</title>",
    "charts/tickets.svg": b"<svg/>",
    "tables/tickets.csv": f"area,tickets\r\nE,{FIGURE}\r\n.,1\r\n".encode(),
    "tables/tickets.csv-metadata.json": b"{}",
}


def circulating(
    into: Path,
    *entries: str,
    marking: str = "Restricted, not for publication",
    kind: str = "management_information",
    also: str = "",
) -> Path:
    """A copy of the small register whose publication goes to these."""
    path = copy_with(into, write={"recipients.yaml": RECIPIENTS}) / "publications/fines/publication.yaml"
    lines = [f"kind: {kind}", *([f"marking: {marking}"] if marking else [])]
    lines += ["circulation:", *(f"  - {each}" for each in entries)] if entries else []
    path.write_text(path.read_text() + "\n".join(lines) + "\n" + also)
    return into


@dataclass
class Office:
    """A workspace, the edition's directory, and where folders go."""

    desk: Workspace
    directory: Path
    out: Path

    def release(self, edition: int = 1, files: Mapping[str, bytes] = FILES, published: dt.date = PUBLISHED) -> Release:
        """Make an edition by hand, and record it."""
        for name, data in files.items():
            path = self.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        content = {
            "publication": "fines",
            "period": "2012Q2",
            "edition": str(edition),
            "published": published.isoformat(),
            "workbooks": [name for name in files if name.endswith((".ods", ".xlsx"))],
            "tables": [{"name": "tickets", "csv": "tables/tickets.csv"}],
            "simulated": True,
            "files": manifest.files_of(self.directory),
        }
        made = Release(
            id=f"fines/2012Q2/{edition}",
            publication="fines",
            period="2012Q2",
            edition=str(edition),
            vintage=0,
            definitions_hash=f"d{edition}",
            manifest_sha256=manifest.write(self.directory, content),
            at=AT,
            by="someone",
        )
        return self.desk.journal.record_release(made, [])

    def send(self, *to: str, edition: str | None = None) -> list[Outcome]:
        """Dispatch the edition."""
        return dispatch(self.desk, "fines", "2012Q2", self.directory, self.out, edition=edition, to=to)

    def states(self, *to: str) -> dict[str, str]:
        """Dispatch it: state of each recipient."""
        return {each.recipient: each.state for each in self.send(*to)}

    def server(self, port: int, **other: object) -> None:
        """Declare the mail server in the home."""
        said = {"host": "localhost", "port": port, "sender": "statistics@justice.invalid"} | other
        text = ", ".join(f"{name}: {value}" for name, value in said.items())
        (self.desk.home / "connections.yaml").write_text(f"outgoing:\n  mail: {{{text}}}\n", encoding="utf-8")
