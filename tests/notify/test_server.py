"""Which server takes the mail: what the home and the environment say of it, and what they may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.notify.server import server_of


GOOD = "outgoing:\n  mail: {host: smtp.example.org, sender: office@example.org}\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "connections.yaml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def test_what_the_home_says(home: Path) -> None:
    made = server_of(home)
    assert (made.host, made.port, made.security, made.user, made.largest_mb) == (
        "smtp.example.org",
        587,
        "starttls",
        "",
        10,
    )


def test_what_the_environment_says_counts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"HOST": "other.example.org", "PORT": "465", "SECURITY": "tls", "SENDER": "us@example.org", "USER": "u",
            "PASSWORD_FILE": "/secret", "CA": "/ca"}  # fmt: skip
    for name, value in said.items():
        monkeypatch.setenv(f"PIPEROLL_SMTP_{name}", value)
    for place in (home, home / "nothing here"):
        made = server_of(place)
        assert (made.host, made.port, made.security, made.sender) == ("other.example.org", 465, "tls", "us@example.org")
        assert (made.user, made.file, made.environment, made.ca) == ("u", "/secret", "", "/ca")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("outgoing: {}\n", "PR-N021"),
        ("outgoing:\n  other: {host: x, sender: a@b.invalid}\n", "PR-N021"),
        (GOOD.replace("}", ", security: ssl}"), "PR-N021"),
        (GOOD.replace("office@example.org", "'Office <office@example.org>'"), "PR-N021"),
        (GOOD.replace("office@example.org", '"office@example.org\\nBcc: x@y.invalid"'), "PR-N021"),
        (GOOD.replace(", sender: office@example.org", ""), "PR-N021"),
        (GOOD.replace("}", ", port: 70000}"), "PR-N021"),
        (GOOD.replace("}", ", user: u, security: none}"), "PR-N021"),
        (GOOD.replace("smtp.example.org", '"a\\nb"'), "PR-N021"),
        (GOOD.replace("}", ", port: '25'}"), "PR-C120"),
        (GOOD.replace("}", ", password: canary}"), "PR-C120"),
        (GOOD.replace("host: smtp.example.org, ", ""), "PR-C120"),
        ("outgoing: [1]\n", "PR-C120"),
    ],
)
def test_what_is_wrong(home: Path, text: str, code: str) -> None:
    (home / "connections.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        server_of(home)
    assert caught.value.code == code and "canary" not in caught.value.sentence


@pytest.mark.parametrize("port", ["", "0", "x", "-1", "99999", "587587"])
def test_ports(home: Path, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PIPEROLL_SMTP_PORT", port)
    if not port:
        assert server_of(home).port == 587
        return
    with pytest.raises(UserError, match="PR-N021"):
        server_of(home)
