"""Mail by a real server: it arrives, or what became of it is known exactly."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

import pytest

from piperoll.notify import Outcome, settle
from tests.exim import LIMIT, USER, Exim, bad_line, exim
from tests.notify.office import BOTH, FILES, Office
from tests.servers import PASSWORD, free_port


pytestmark = pytest.mark.slow  # a mail server is started


def told(outcomes: list[Outcome]) -> list[tuple[str, str, str]]:
    return [(each.recipient, each.state, each.told[:7]) for each in outcomes]


def open_line(office: Office, port: int) -> None:
    """A server without TLS, for what is not restricted."""
    office.server(port, security="none", seconds=10)


@pytest.fixture
def plain(new_office: Callable[..., Office], post: Exim) -> Office:
    """An edition that is not restricted, so that the line may be one that can be watched and broken."""
    office = new_office(*BOTH, marking="Management information")
    office.release()
    return office


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_arrives(office: Office, post: Exim, signed_in: Callable[..., None], security: str) -> None:
    signed_in(port=post.port if security == "starttls" else post.wrapped, security=security)
    assert told(office.send()) == [("alpha", "sent", ""), ("beta", "sent", "")]
    alpha, beta = post.received(2)
    assert (alpha["Envelope-to"], beta["Envelope-to"]) == ("alpha@alpha.invalid", "beta@beta.invalid")
    assert alpha["To"] == "alpha@alpha.invalid" and alpha["Cc"] is None
    assert [each.get_filename() for each in alpha.iter_attachments()] == [
        "RESTRICTED-fines_2012Q2.ods", "RESTRICTED-fines_2012Q2.xlsx",
    ]  # fmt: skip
    (attached,) = beta.iter_attachments()
    assert attached.get_payload(decode=True) == FILES["tables/tickets.csv"]
    first, second = office.desk.journal.dispatches()
    assert (first.state, first.answer, second.files[0].name) == ("sent", "250", "RESTRICTED-tickets.csv")
    assert second.files[0].sha256 == hashlib.sha256(FILES["tables/tickets.csv"]).hexdigest()
    assert "TLS1." in post.log() and f"A=plain:{USER}" in post.log()


def test_it_is_sent_once(office: Office, post: Exim, signed_in: Callable[..., None]) -> None:
    office.send()
    assert office.states() == {"alpha": "already sent", "beta": "already sent"}
    assert len(post.received(2)) == 2 and len(office.desk.journal.dispatches()) == 2
    office.release(2)
    assert office.states("beta") == {"beta": "sent"}, "a new edition goes to them again"
    settle(office.desk, "C1", arrived=False, reason="They say nothing came.")
    office.release(1)  # its files again
    assert [each.state for each in office.send("alpha", edition="1")] == ["sent"]
    messages = [each for each in post.received(4) if each["To"] == "alpha@alpha.invalid"]
    assert len({each["Message-ID"] for each in messages}) == 1, "and whoever got both knows it for the same"


@pytest.mark.parametrize(("to", "answer"), [("nobody", "550"), ("later", "451")], ids=["never", "not now"])
def test_one_who_is_refused_stops_no_other(
    new_office: Callable[..., Office], post: Exim, to: str, answer: str, request: pytest.FixtureRequest
) -> None:
    office = new_office(f"{{to: {to}, by: mail, when: made}}", *BOTH, marking="Management")
    office.release()
    open_line(office, post.port)
    assert told(office.send()) == [(to, "failed", "PR-N025"), ("alpha", "sent", ""), ("beta", "sent", "")]
    assert len(post.received(2)) == 2
    assert office.desk.journal.dispatches()[0].answer == answer
    assert office.states()[to] == "failed" and office.desk.journal.dispatches()[-1].attempt == 2


def test_a_message_that_is_refused(new_office: Callable[..., Office], post: Exim) -> None:
    office = new_office(*BOTH, marking="Management")
    office.release()
    open_line(office, post.port)
    office.release(2, {"fines_2012Q2.xlsx": bytes(LIMIT), "tables/tickets.csv": b"a\r\n"})
    assert told(office.send()) == [("alpha", "failed", "PR-N025"), ("beta", "sent", "")], "the server's limit, not ours"
    assert office.desk.journal.dispatches()[0].answer == "552"
    assert len(post.received(1)) == 1


def test_there_is_no_way_in(office: Office, post: Exim, signed_in: Callable[..., None], capfd, caplog) -> None:
    def both(code: str) -> None:
        outcomes = office.send()
        assert {(each.state, each.told[:7]) for each in outcomes} == {("failed", code)}
        assert "canary" not in "".join(each.told for each in outcomes)

    signed_in(password="wrong-canary")
    both("PR-N025")
    signed_in(user="", file="")
    both("PR-N025")
    signed_in(ca="")
    both("PR-N022")
    signed_in(host="127.0.0.1")
    both("PR-N022")
    signed_in(port=free_port())
    both("PR-N022")
    signed_in(password="pässwort-canary")
    both("PR-N025")
    signed_in(host="a..b")
    both("PR-N022")
    signed_in(ca="/nowhere.pem")
    both("PR-N021")
    (office.desk.home.parent / "smtp.password").chmod(0o644)
    office.server(post.port, user=USER, file=office.desk.home.parent / "smtp.password", ca=post.ca)
    both("PR-C121")
    assert post.received() == [] and {each.state for each in office.desk.journal.dispatches()} == {"failed"}
    signed_in()
    assert office.states() == {"alpha": "sent", "beta": "sent"}
    said = "".join(capfd.readouterr()) + caplog.text + repr(office.desk.journal.content())
    assert PASSWORD not in said and "wrong-canary" not in said


def test_a_certificate_that_is_over(office: Office) -> None:
    with exim(days=-1) as old:
        office.server(old.port, ca=old.ca)
        (first, second) = office.send()
        assert (first.state, first.told[:7]) == ("failed", "PR-N022") and "expired" in first.told
        assert second.told == first.told and old.received() == []


def test_no_tls_where_it_has_to_be(office: Office, post: Exim) -> None:
    """A line that takes the offer of TLS away, as whoever sits on it might."""
    with bad_line(post.port, "tls") as line:
        office.server(line.port, ca=post.ca)
        assert told(office.send()) == [("alpha", "failed", "PR-N022"), ("beta", "failed", "PR-N022")]
    assert post.received() == []


def test_the_line_breaks_before_the_answer(plain: Office, post: Exim) -> None:
    with bad_line(post.port, "answer") as line:
        open_line(plain, line.port)
        assert told(plain.send()) == [("alpha", "unsure", "PR-N027"), ("beta", "unsure", "PR-N027")]
        assert line.messages == 2
        assert told(plain.send()) == [("alpha", "unsure", "PR-N027"), ("beta", "unsure", "PR-N027")]
        assert line.messages == 2, "never twice as long as nobody knows"
    assert len(post.received(2)) == 2
    settle(plain.desk, "C1", arrived=True, reason="Alpha has it.")
    settle(plain.desk, "C2", arrived=False, reason="Beta has deleted it.")
    open_line(plain, post.port)
    assert plain.states() == {"alpha": "already sent", "beta": "sent"}
    assert len(post.received(3)) == 3


def test_the_line_breaks_in_the_middle_of_a_message(plain: Office, post: Exim) -> None:
    plain.release(2, {**FILES, "fines_2012Q2.xlsx": bytes(range(256)) * (100 << 10)})
    with bad_line(post.port, "message") as line:
        plain.server(line.port, security="none", largest_mb=64, seconds=10)
        first, _ = plain.send()
        assert (first.state, first.told[:7]) == ("failed", "PR-N022"), "not all of it left, so it was not taken"
        assert line.messages == 0
    assert post.received() == []


def test_two_at_once_send_it_once(office: Office, post: Exim, signed_in: Callable[..., None]) -> None:
    found: list[dict[str, str]] = []

    def go() -> None:
        found.append(office.states())
        office.desk.journal.close()

    threads = [threading.Thread(target=go) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    assert sorted(each["alpha"] for each in found) == ["already sent", "already sent", "sent"]
    assert len(post.received(2)) == 2 and len(office.desk.journal.dispatches()) == 2
