"""Messages in a Maildir: whose attachments fill which slots, what is set aside, and that each is handled once."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.collect.mail.letters import BAD, NAME, ONE, REMOTE, SENDER, TWO, Post, letter, table


def test_attachments_become_deliveries_of_their_sender(post: Post) -> None:
    post.put(letter((NAME, table(ONE, TWO)), sender='"Returns, T01" <Returns@T01.example>'))
    (receipt,) = post.collect()
    assert receipt.verdict == "accepted" and receipt.rows_in == 2
    assert receipt.slot and str(receipt.slot) == "programmes.requirement of T01 for 2012-01"
    (delivery,) = post.space.deliveries()
    came = delivery.receipt["provenance"]
    assert came["way"] == "mail" and came["sender"] == "T01" and came["received"] == "2012-02-02T10:01:00+00:00"
    assert len(came["message"]) == len(came["message_id"]) == 64
    assert delivery.filename == f"mail-{came['message'][:16]}/attachment-1.csv"
    assert post.replies == [] and post.collect() == [], "it is handled once"
    assert len(list(post.box.keys())) == 1, "the mailbox is left as it was"
    acts = [(e.action, e.resource_kind, e.details.get("verdict")) for e in post.space.journal.audit_entries()]
    assert ("mailbox.read", "message", "taken") in acts


def test_the_name_need_not_say_who_delivers_where_the_sender_is_one(post: Post) -> None:
    post.put(letter(("programme_2012.csv", b"code,title\nA,Anger\n"), sender="anybody@centre.example"))
    assert [r.verdict for r in post.collect()] == ["accepted"]


def test_home_and_mailbox_may_be_named_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIPEROLL_NOW", "2012-04-02T09:30:00+00:00")
    post = Post(Path())
    post.put(letter((NAME, table(ONE, TWO))))
    assert [(each.verdict, each.rows_in) for each in post.collect("maildir:mail")] == [("accepted", 2)]


def test_a_zip_of_files_is_opened(post: Post) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(NAME, table(ONE))
        archive.writestr("requirement_T02_2012-01.csv", table(ONE.replace("T01", "T02")))
    post.put(letter(("january.zip", packed.getvalue()), kind="application/zip"))
    receipts = post.collect()
    assert sorted((r.verdict, r.codes) for r in receipts) == [("accepted", ()), ("not_taken", ("PR-C142",))]
    (reply,) = post.replies
    assert "PR-C142 Its sender does not deliver for T02" in reply and "attachment-1.zip/" in reply
    assert reply.startswith(f"To: {SENDER}\n") and "anary" not in reply


def test_later_messages_take_the_place_of_earlier_ones_whatever_order_they_lie_in(post: Post) -> None:
    post.put(letter((NAME, table(ONE, TWO)), number=9))
    post.put(letter((NAME, table(ONE)), number=3))
    assert [r.rows_in for r in post.collect()] != []
    (delivery,) = post.space.deliveries()
    assert delivery.rows_in == 2


def set_aside(post: Post, code: str) -> str:
    """The reply to the only message, which was set aside whole with this code."""
    receipts = post.collect()
    assert [r.codes for r in receipts] == [(code,)] and receipts[0].refused
    assert not post.space.deliveries()
    (reply,) = post.replies
    assert f"{code} " in reply and "anary" not in reply
    states = [e.details for e in post.space.journal.audit_entries() if e.resource_kind == "message"]
    assert [s["verdict"] for s in states] == ["set aside"] and states[0]["codes"] == [code]
    assert post.collect() == []
    return reply


def test_a_stranger(post: Post) -> None:
    post.put(letter((NAME, table(ONE)), sender="returns@t01.example.evil.example"))
    assert "To: returns@t01.example.evil.example" in set_aside(post, "PR-C140")


def test_no_attachment(post: Post) -> None:
    post.put(letter(text="The figures are: Zoe Canary, 3."))
    set_aside(post, "PR-C141")


def test_a_slot_of_somebody_else(post: Post) -> None:
    post.put(letter(("requirement_T02_2012-01.csv", table(ONE.replace("T01", "T02")))))
    set_aside(post, "PR-C142")


@pytest.mark.parametrize(
    ("sender", "code"),
    [
        ("returns@t01.example, boss@t01.example", "PR-C148"),
        ("returns@t01.example <evil@evil.example>", "PR-C148"),
        ('"returns@t01.example" <evil@evil.example>', "PR-C140"),
        ("returns@t01.example)evil@evil.example", "PR-C148"),
        ("=?utf-8?q?returns=40t01=2Eexample?= <evil@evil.example>", "PR-C140"),
        ("(returns@t01.example) evil@evil.example", "PR-C148"),
        ("", "PR-C148"),
    ],
)
def test_a_sender_who_can_be_read_in_two_ways_is_nobody(post: Post, sender: str, code: str) -> None:
    raw = letter((NAME, table(ONE))).as_bytes().replace(b"From: returns@t01.example", b"From: " + sender.encode())
    post.put(raw)
    set_aside(post, code)


def test_two_senders_in_two_headers(post: Post) -> None:
    post.put(b"From: evil@evil.example\n" + letter((NAME, table(ONE))).as_bytes())
    set_aside(post, "PR-C148")


def test_what_was_refused_gets_a_reply_with_its_receipt(post: Post) -> None:
    post.put(letter((NAME, table(ONE, BAD)), ("notes.docx", b"PK\x05\x06" + bytes(18))))
    receipts = post.collect()
    assert [r.verdict for r in receipts] == ["refused", "not_taken"]
    (reply,) = post.replies
    assert "attachment-1.csv: refused" in reply and "attachment-2: not taken" in reply and "PR-C0" in reply
    assert "anary" not in reply and "notes" not in reply


def test_what_was_refused_is_checked_anew_when_asked(post: Post) -> None:
    post.put(letter((NAME, table(ONE, BAD))))
    first, again = post.collect(), post.collect(again=True)
    assert [r.verdict for r in (*first, *again)] == ["refused", "refused"]
    assert first[0].delivery != again[0].delivery and len(post.replies) == 1


def test_a_machine_gets_no_reply(post: Post) -> None:
    message = letter()
    message["Auto-Submitted"] = "auto-replied"
    post.put(message)
    assert [r.codes for r in post.collect()] == [("PR-C141",)] and post.replies == []


def test_once_the_sender_is_declared_what_was_set_aside_is_taken(post: Post, tmp_path: Path) -> None:
    import shutil

    register = shutil.copytree(REMOTE, tmp_path / "register")
    group = register / "suppliers" / "trusts.yaml"
    known = group.read_text(encoding="utf-8")
    group.write_text(known.replace(SENDER, "old@t01.example"), encoding="utf-8")
    other = Post(tmp_path / "other", register)
    other.put(letter((NAME, table(ONE))))
    assert [r.codes for r in other.collect()] == [("PR-C140",)]
    group.write_text(known, encoding="utf-8")
    again = Post(tmp_path / "other", register)
    assert again.collect() == []
    assert [r.verdict for r in again.collect(again=True)] == ["accepted"]


def test_the_mail_server_s_word_on_the_sender(post: Post) -> None:
    post.declare(f"mailboxes:\n  returns: {{address: '{post.address}', authenticated_by: mx.ministry.example}}\n")

    def put(number: int, *results: str) -> None:
        message = letter((NAME, table(ONE, *([TWO] * (number == 4)))), number=number)
        for result in results:
            message["Authentication-Results"] = result
        post.put(message)

    put(1)
    put(2, "mx.evil.example; dmarc=pass header.from=t01.example")
    put(3, "mx.ministry.example; spf=pass; dmarc=fail", "mx.ministry.example; dmarc=pass")
    put(4, "mx.ministry.example; dkim=pass; dmarc=pass (p=reject) header.from=t01.example")
    receipts = post.collect("returns")
    assert [r.codes for r in receipts] == [("PR-C148",)] * 3 + [()]
    assert receipts[-1].verdict == "accepted" and receipts[-1].rows_in == 2


@pytest.mark.parametrize("moment", ["commit_delivery", "set_state"])
def test_killed_at_any_moment_it_is_completed_by_the_next_run(post: Post, tmp_path: Path, moment: str) -> None:
    post.put(letter((NAME, table(ONE, TWO))))
    post.put(letter(("requirement_T01_2012-02.csv", table(BAD)), number=2))
    program = """
import os, signal, sys
from pathlib import Path
from piperoll.journal import Journal
from tests.collect.mail.letters import Post
moment, real = sys.argv[2], getattr(Journal, sys.argv[2])
def die(self, *args, **words):
    found = real(self, *args, **words) if moment == "set_state" else None
    os.kill(os.getpid(), signal.SIGKILL)
setattr(Journal, moment, die)
Post(Path(sys.argv[1])).collect()
"""
    command = [sys.executable, "-c", program, str(tmp_path), moment]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr[-1000:]
    post.collect()
    assert [(d.period, d.verdict) for d in post.space.journal.deliveries()] == [
        ("2012-01", "accepted"),
        ("2012-02", "refused"),
    ]
    (reply,) = post.replies
    assert "attachment-1.csv: refused" in reply and "expected a number" not in reply
    assert post.collect() == [] and not list((post.space.home / "outbox").glob("*.partial"))


def test_simulated_mail_is_told(post: Post) -> None:
    from piperoll.collect.simulated import mark

    mark(post.path)
    post.put(letter((NAME, table(ONE))))
    assert [r.simulated for r in post.collect()] == [True]


def test_what_the_command_says(post: Post, capsys: pytest.CaptureFixture[str]) -> None:
    from piperoll.cli import main

    base = ["--register", str(REMOTE), "--home", str(post.space.home), "collect", "--mailbox"]

    def run(address: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([*base, address])
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out + out.err

    post.put(letter((NAME, table(ONE))))
    status, text = run(post.address)
    assert status == 0 and "1 file: 1 accepted. 1 rows kept" in text
    assert run(post.address) == (0, "0 files: nothing to do.\n")
    status, text = run("maildir:/nowhere")
    assert status == 16 and "PR-C149" in text
    status, text = run("imaps://returns:secret-canary@localhost/INBOX")
    assert status == 16 and "PR-C120" in text and "canary" not in text
