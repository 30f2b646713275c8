"""A home with a Maildir; a real IMAP server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.collect.mail.letters import Post
from tests.servers import Dovecot, dovecot


@pytest.fixture(scope="session")
def server() -> Iterator[Dovecot]:
    with dovecot() as made:
        yield made


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setenv("PIPEROLL_NOW", "2012-04-02T09:30:00+00:00")
    return Post(tmp_path)
