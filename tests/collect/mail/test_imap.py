"""A mailbox on a real Dovecot, over TLS."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from piperoll.errors import UserError
from tests.collect.mail.letters import NAME, ONE, TWO, Post, letter, table
from tests.servers import PASSWORD, Dovecot, free_port


@pytest.fixture
def box(server: Dovecot) -> mailbox.Maildir:
    """The account's folder, empty."""
    found = mailbox.Maildir(server.maildir)
    found.clear()
    return found


@pytest.fixture
def declare(post: Post, server: Dovecot, tmp_path: Path):
    secret = tmp_path / "password"

    def write(password: str = PASSWORD, address: str = server.address, ca: str = f"ca: {server.ca}, ") -> None:
        secret.write_text(password + "\n", encoding="utf-8")
        secret.chmod(0o600)
        post.declare(f"mailboxes:\n  returns: {{address: '{address}', {ca}file: {secret}, largest_mb: 1}}\n")

    write()
    return write


def test_a_folder_is_read_and_left_as_it_is(post: Post, server: Dovecot, box: mailbox.Maildir, declare) -> None:
    server.put(letter((NAME, table(ONE))))
    server.put(letter(sender="stranger@evil.example", number=2))
    server.put(letter((NAME, bytes(2 << 20)), number=3))
    receipts = post.collect(server.address)
    assert sorted(r.codes for r in receipts) == [(), ("PR-C140",), ("PR-C144",)]
    assert [d.rows_in for d in post.space.deliveries()] == [1]
    assert len(post.replies) == 2 and post.collect("returns") == []
    names = [path.name for path in server.maildir.glob("*/*") if path.parent.name in ("cur", "new")]
    assert len(names) == 3 and not any("S" in name.partition(":2,")[2] for name in names), "none is marked as read"
    server.put(letter((NAME, table(ONE, TWO)), number=4))
    assert [r.rows_in for r in post.collect("returns")] == [2], "and later only what is new"


def test_the_same_message_from_a_server_and_a_folder_is_handled_once(
    post: Post, server: Dovecot, box: mailbox.Maildir, declare
) -> None:
    message = letter((NAME, table(ONE)))
    server.put(message)
    post.put(message)
    assert len(post.collect()) == 1 and post.collect("returns") == []


def test_there_is_no_way_in(post: Post, server: Dovecot, box: mailbox.Maildir, declare) -> None:
    def code() -> str:
        with pytest.raises(UserError) as caught:
            post.collect("returns")
        assert "canary" not in caught.value.sentence
        return caught.value.code

    declare(password="wrong-canary")
    assert code() == "PR-C151"
    declare(ca="")
    assert code() == "PR-C150", "a certificate of nobody known"
    declare(address=server.address.replace("localhost", "127.0.0.1"))
    assert code() == "PR-C150", "a certificate of another host"
    declare(address=server.address.replace(str(server.port), str(free_port())))
    assert code() == "PR-C152"
    declare(address=server.address.replace("INBOX", "Nothing"))
    assert code() == "PR-C149"
    declare(address="imap://returns@localhost/INBOX")
    assert code() == "PR-C149", "never without TLS"
    (post.space.home.parent / "password").chmod(0o644)
    declare_address = server.address
    post.declare(
        f"mailboxes:\n  returns: {{address: '{declare_address}', file: {post.space.home.parent / 'password'}}}\n"
    )
    assert code() == "PR-C121"
