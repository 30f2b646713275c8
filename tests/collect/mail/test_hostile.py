"""Hostile and broken messages: a code and a sentence each, no crash, nothing taken and nothing written elsewhere."""

from __future__ import annotations

import base64
import io
import random
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from piperoll.collect import Limits
from piperoll.collect.mail.message import Opened, open_message
from tests.collect.mail.letters import NAME, ONE, SENDER, TWO, Post, letter, table


def opened(raw: bytes, tmp_path: Path) -> Opened:
    """What the child finds in a message, without the child."""
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    path = tmp_path / "message"
    path.write_bytes(raw)
    job = {"path": str(path), "work": str(work), "limits": Limits()}
    return Opened.from_json(open_message({}, job))


def codes(found: Opened) -> list[str]:
    if found.problem:
        return [found.problem[0]]
    return [each.problem[0] if each.problem else "" for each in found.attachments]


def nested() -> EmailMessage:
    outer = letter()
    outer.add_attachment(letter((NAME, table(ONE))))
    return outer


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (letter((NAME, table(ONE))), [""]),
        (nested(), ["PR-C146"]),
        (letter(("mail.eml", b"From: x")), ["PR-C146"]),
        (letter(("return.csv.exe", b"a,b")), ["PR-C145"]),
        (letter(("return.JS. ", b"a,b")), ["PR-C145"]),
        (letter((NAME, b"MZ" + bytes(60))), ["PR-C145"]),
        (letter((NAME, b"#!/bin/sh\n")), ["PR-C145"]),
        (letter(("smime.p7m", b"sealed"), kind="application/pkcs7-mime"), ["PR-C143"]),
        (letter(("smime.p7s", b"signed"), kind="application/pkcs7-signature"), []),
        (letter(*((f"{n}.csv", b"a") for n in range(101))), ["PR-C144"]),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_an_attachment_is(message: EmailMessage, expected: list[str], tmp_path: Path) -> None:
    assert codes(opened(message.as_bytes(), tmp_path)) == expected


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "C:\\Users\\zoe\\x.csv", "/etc/cron.d/x", "a\x00b.csv", "\u202efdp.csv", "..", "x" * 5000, ""],
)
def test_a_name_is_never_a_path(name: str, tmp_path: Path) -> None:
    message = letter(("x.csv", b"a"))
    raw = message.as_bytes().replace(b'filename="x.csv"', f'filename="{name}"'.encode())
    found = opened(raw, tmp_path)
    assert found.problem is None
    (attachment,) = found.attachments
    assert attachment.file == "file-1" and "/" not in attachment.name and "\\" not in attachment.name
    assert len(attachment.name) <= 200 and attachment.told in ("attachment-1", "attachment-1.csv")
    assert sorted(p.name for p in (tmp_path / "work").iterdir()) == ["file-1"]


RAW = letter((NAME, table(ONE, TWO))).as_bytes()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "PR-C148"),
        (b"\x00\xff" * 100, "PR-C148"),
        (b"X: " + b"y" * 400_000, "PR-C147"),
        (RAW[: len(RAW) * 3 // 4], "PR-C147"),
        (RAW.replace(b"boundary=", b"border="), "PR-C147"),
        (RAW.replace(b"boundary=", b"boundary=other"), "PR-C147"),
        (RAW.replace(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: rot13"), "PR-C147"),
        (RAW.replace(b"cmVxdWly", b"!!!!"), "PR-C147"),
        (b"From: returns@t01.example\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 900 + b"--a--\n", "PR-C147"),
    ],
    ids=range(9),
)  # fmt: skip
def test_a_broken_message(raw: bytes, expected: str, tmp_path: Path) -> None:
    assert codes(opened(raw, tmp_path)) == [expected]


def test_deeply_nested_parts(tmp_path: Path) -> None:
    lines = [f"From: {SENDER}"]
    for n in range(3000):
        lines += [f"Content-Type: multipart/mixed; boundary=b{n}", "", f"--b{n}"]
    assert codes(opened("\n".join([*lines, ""]).encode(), tmp_path)) == ["PR-C147"]


def test_a_charset_that_does_not_exist(tmp_path: Path) -> None:
    raw = RAW.replace(f'filename="{NAME}"'.encode(), b"filename*=no-such-charset''%FF%FEx.csv")
    assert codes(opened(raw, tmp_path)) == [""]
    raw = RAW.replace(f'filename="{NAME}"'.encode(), b'filename="=?no-such?b?/////w==?="')
    assert codes(opened(raw, tmp_path)) == [""]


def test_an_address_can_put_nothing_into_the_reply(tmp_path: Path) -> None:
    raw = RAW.replace(b"From: returns@t01.example", b"From: a@b.example\r\n Bcc: x@y.example")
    assert codes(opened(raw, tmp_path)) == ["PR-C148"]


def test_changed_bytes_never_crash(tmp_path: Path) -> None:
    draw = random.Random(5)
    for _ in range(400):
        raw = bytearray(RAW)
        for _ in range(draw.randrange(1, 30)):
            place = draw.randrange(len(raw))
            raw[place : place + draw.randrange(0, 4)] = draw.randbytes(draw.randrange(0, 4))
        found = opened(bytes(raw), tmp_path)
        assert all(code == "" or code.startswith("PR-C14") for code in codes(found))


def test_bombs_and_locked_archives_through_the_whole_way(post: Post) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, bytes(100 << 20))
    locked = io.BytesIO()
    with zipfile.ZipFile(locked, "w") as archive:
        archive.writestr(NAME, table(ONE))
    data = bytearray(locked.getvalue())
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + place] |= 1
    page = b"<html><script>alert('Zoe Canary')</script></html>"
    post.put(letter(("a.zip", bomb.getvalue()), ("b.zip", bytes(data)), (NAME, page), kind="application/zip"))
    receipts = post.collect()
    assert [r.codes for r in receipts] == [("PR-C005",), ("PR-C017",), ("PR-C007",)]
    (reply,) = post.replies
    assert all(f"PR-C0{n} " in reply for n in ("05", "17", "07")) and "anary" not in reply
    assert sum(d.accepted for d in post.space.journal.deliveries()) == 0


def test_a_html_body_and_its_pictures_are_passed_over(tmp_path: Path) -> None:
    message = letter((NAME, table(ONE)))
    message.get_body().add_alternative("<img src=cid:logo onerror=alert(1)>", subtype="html")
    picture = base64.b64decode("iVBORw0KGgo=")
    message.add_attachment(picture, maintype="image", subtype="png", disposition="inline", filename="logo.png")
    found = opened(message.as_bytes(), tmp_path)
    assert [a.name for a in found.attachments] == [NAME] and codes(found) == [""]
