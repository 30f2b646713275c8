"""The commands, as a user runs them, with a real edition and a real server; and one that is killed half-way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from piperoll.errors import EXIT_STATUS
from tests.exim import USER, Exim, bad_line
from tests.notify.office import AT, BOTH, FIGURE, RECIPIENTS, Office
from tests.searches import Released, edited, register, released
from tests.servers import PASSWORD


__all__ = ["register", "released"]

pytestmark = pytest.mark.slow  # processes, and a mail server


def command(office: Office | None, *words: str, status: int = 0, **variables: str) -> str:
    """Run a command in a process of its own: what it says, both ways."""
    desk = [] if office is None else ["--register", str(office.desk.register_dir), "--home", str(office.desk.home)]
    done = subprocess.run(
        [sys.executable, "-m", "piperoll", *desk, *words], capture_output=True, text=True, check=False,
        env={**os.environ, "PIPEROLL_NOW": AT.isoformat(), **variables},
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == status, said
    assert FIGURE not in said and PASSWORD not in said and "Traceback" not in said
    return said


def test_the_commands(office: Office, post: Exim, signed_in: Callable[..., None]) -> None:
    where = ("fines", "2012Q2", "--from", str(office.directory))
    assert "would be sent" in command(office, "dispatch", *where, "--dry-run") and post.received() == []
    assert "2 on the list, 2 sent now, 0 to look after." in command(office, "dispatch", *where)
    assert len(post.received(2)) == 2
    assert "2 on the list, 0 sent now, 0 to look after." in command(office, "dispatch", *where)
    listed = command(office, "dispatches")
    assert "C1 " in listed and "alpha by mail: sent (250), 2 files" in listed and "2 dispatches." in listed
    (one, _) = json.loads(command(office, "dispatches", "fines", "--json"))
    assert one["files"][0]["name"] == "RESTRICTED-fines_2012Q2.ods" and one["steps"][0]["state"] == "sent"
    assert "PR-N029" in command(office, "settle", "C1", "lost", status=EXIT_STATUS["N"])
    assert "C1 is failed." in command(office, "settle", "C1", "lost", "--reason", "They say so.")
    assert "1 sent now" in command(office, "dispatch", *where)
    assert len(post.received(3)) == 3
    said = command(office, "dispatch", *where, "--to", "eve", status=EXIT_STATUS["N"])
    assert "PR-N017" in said and "docs/errors/PR-N017.md" in said
    signed_in(password="another")
    office.release(2)
    said = command(office, "dispatch", *where, status=EXIT_STATUS["N"])
    assert "0 sent now, 2 to look after." in said and "PR-N025" in said


def test_killed_between_the_servers_yes_and_our_record(new_office: Callable[..., Office], post: Exim) -> None:
    office = new_office(*BOTH, marking="Management")
    office.release()
    where = ("dispatch", "fines", "2012Q2", "--from", str(office.directory), "--to", "alpha")
    with bad_line(post.port, "hold") as line:
        office.server(line.port, security="none")
        run = [
            sys.executable,
            "-m",
            "piperoll",
            "--register",
            str(office.desk.register_dir),
            "--home",
            str(office.desk.home),
        ]
        process = subprocess.Popen([*run, *where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert line.held.wait(60)
        process.kill()
        process.wait(timeout=30)
    assert [each.state for each in office.desk.journal.dispatches()] == ["begun"]
    office.server(post.port, security="none")
    said = command(office, *where, status=EXIT_STATUS["N"])
    assert "unsure" in said and "piperoll settle C1" in said
    assert [each.state for each in office.desk.journal.dispatches()] == ["unsure"]
    assert "unsure" in command(office, *where, status=EXIT_STATUS["N"])
    assert len(post.received(1)) == 1, "it had arrived, and was not sent again"
    command(office, "settle", "C1", "arrived", "--reason", "Alpha has it.")
    assert "already sent" in command(office, *where)


def test_a_real_edition(released: Released, register: Path, post: Exim, tmp_path: Path) -> None:
    path = "publications/stop_and_search/publication.yaml"
    listed = "marking: Restricted\ncirculation:\n  - {to: alpha, by: mail}\n  - {to: gamma, by: hub, what: [page]}\n"
    ours = edited(
        register, tmp_path / "register", (path, "kind: official\n", f"kind: management_information\n{listed}")
    )
    (ours / "recipients.yaml").write_text(RECIPIENTS, encoding="utf-8")
    secret = tmp_path / "password"
    secret.write_text(PASSWORD, encoding="utf-8")
    secret.chmod(0o600)
    out = tmp_path / "out"
    said = command(
        None, "--register", str(ours), "--home", str(released.desk.home), "dispatch", "stop_and_search", "2020Q3",
        "--from", str(released.directory), "--out", str(out), PIPEROLL_NOW="2020-12-14T09:30:00+00:00",
        PIPEROLL_SMTP_HOST="localhost", PIPEROLL_SMTP_PORT=str(post.port), PIPEROLL_SMTP_CA=str(post.ca),
        PIPEROLL_SMTP_SENDER="statistics@justice.invalid", PIPEROLL_SMTP_USER=USER, PIPEROLL_SMTP_PASSWORD_FILE=str(secret),
    )  # fmt: skip
    assert "2 sent now, 0 to look after." in said
    (message,) = post.received(1)
    held = {path.name: path.read_bytes() for path in released.directory.glob("*.*")}
    for attached in message.iter_attachments():
        name = attached.get_filename().removeprefix("RESTRICTED-")
        assert attached.get_payload(decode=True) == held[name]
    hub = out / "hub" / "gamma" / "stop_and_search" / "2020Q3"
    assert (hub / "index.html").read_bytes() == held["index.html"] and (hub / "assets").is_dir()
