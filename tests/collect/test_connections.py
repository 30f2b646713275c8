"""What the home declares of databases and mailboxes, and where secrets are."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.collect.connections import Database, Mailbox, database, mailbox, read_connections, secret
from piperoll.errors import UserError


def declared(home: Path, text: str) -> Path:
    (home / "connections.yaml").write_text(text, encoding="utf-8")
    return home


def test_nothing_is_declared_and_a_maildir_needs_nothing(tmp_path: Path) -> None:
    found = read_connections(tmp_path)
    assert found.databases == {} and found.mailboxes == {}
    assert mailbox(tmp_path, "maildir:/var/mail") == Mailbox("maildir:/var/mail")


def test_what_is_declared(tmp_path: Path) -> None:
    address = "imaps://me@mail.example/INBOX"
    text = f"databases: {{a: {{environment: A}}}}\nmailboxes: {{b: {{address: '{address}', largest_mb: 3, simulated: true}}}}"
    home = declared(tmp_path, text)
    assert database(home, "a") == Database(environment="A")
    assert mailbox(home, "b") == mailbox(home, address) == Mailbox(address, largest_mb=3, simulated=True)


@pytest.mark.parametrize(
    "text",
    ["[", "- a", "other: {}", "databases: 3", "databases: {a: 3}", "databases: {a: {password: canary}}",
     "databases: {a: {file: 3}}", "mailboxes: {a: {file: x}}", "mailboxes: {a: {address: x, largest_mb: true}}",
     "mailboxes: {a: {address: ''}}", "mailboxes: {a: {address: x, simulated: 1}}"],
)  # fmt: skip
def test_what_is_not_understood(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError) as caught:
        read_connections(declared(tmp_path, text))
    assert caught.value.code == "PR-C120" and "canary" not in caught.value.sentence


def test_a_name_that_is_not_declared(tmp_path: Path) -> None:
    home = declared(tmp_path, "databases: {known: {file: x}}")
    with pytest.raises(UserError, match=r"PR-C120 connections.yaml: .* no database `other`.*`known`"):
        database(home, "other")
    with pytest.raises(UserError) as caught:
        mailbox(home, "imaps://me:canary@mail.example/INBOX")
    assert "canary" not in caught.value.sentence


def test_a_secret_s_file_is_its_owner_s_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    path.write_text("canary \n", encoding="utf-8")
    path.chmod(0o600)
    assert secret(Database(file=str(path)), "a") == "canary ", "only the line's end is no part of it"
    monkeypatch.setenv("CANARY_VARIABLE", "word")
    assert secret(Database(environment="CANARY_VARIABLE"), "a") == "word"
    path.chmod(0o640)
    for entry in (
        Database(file=str(path)),
        Database(file=str(tmp_path / "nowhere")),
        Database(environment="NO_SUCH_VARIABLE"),
        Database(file=str(path), environment="CANARY_VARIABLE"),
        Database(),
    ):
        with pytest.raises(UserError) as caught:
            secret(entry, "a")
        assert caught.value.code == "PR-C121" and "canary" not in caught.value.sentence
