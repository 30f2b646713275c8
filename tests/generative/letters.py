"""Messages to spoil: headers, structure, encodings, names of attachments, what is attached, and bytes.

Each mutation makes, of a number that is its own and a generator, the bytes of one message. What is attached is a good
delivery of `LINES` rows, save where the attachment itself is what is spoilt.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from email.message import EmailMessage
from functools import partial

from tests.collect.mail.letters import HEAD, NAME, SENDER, letter
from tests.generative.good import archive, binary_workbook, workbook
from tests.generative.mutations import ARCHIVE, BYTES, HOSTILE


LINES = 5
SECRETS = ("Canary", "R7777")
Maker = Callable[[int, random.Random], bytes]
Change = Callable[[bytes, random.Random], bytes]


def delivery(number: int) -> bytes:
    """A good attachment; no two are the same."""
    lines = (f"R7777{number:05d}{n},T01,Canary {n},2012-01-03,20,{n}.00,true" for n in range(LINES))
    return "\n".join((HEAD, *lines, "")).encode()


def plain(number: int) -> bytes:
    """A good message, its attachment in base64 as programs send it."""
    return letter((NAME, delivery(number)), number=number).as_bytes()


def _over(change: Change) -> Maker:
    return lambda number, rng: change(plain(number), rng)


# --- headers ------------------------------------------------------------------------------------------------------------

FROM = f"From: {SENDER}".encode()
SENDERS: tuple[bytes, ...] = (
    b"", b"From:", b"From: \x00", FROM + b"\n" + FROM, FROM + b", other@t02.example", b"From: <>",
    b"From: undisclosed-recipients:;", b"From: =?utf-8?b?" + base64.b64encode(SENDER.encode()) + b"?=",
    b"From: Zoe Canary", b"From: returns@t01.example@t02.example", b"From: " + b"a" * 5000 + b"@t01.example",
    b"From: \xff\xfe@t01.example", "From: returns@t\u0131.example".encode(), b"From: returns@t01.example\r\nBcc: x@y.example",
    b"From: \"returns@t01.example\" <evil@evil.example>", b"From: (returns@t01.example) returns@t02.example",
    b"From: " + b"(" * 3000 + b"x@y.example", b"From: <script>@t01.example",
)  # fmt: skip


def _sender(data: bytes, rng: random.Random) -> bytes:
    return data.replace(FROM, rng.choice(SENDERS), 1)


def _dates(data: bytes, rng: random.Random) -> bytes:
    said = rng.choice(
        (b"", b"\x00", b"Thu, 99 Foo 99999 99:99:99 +9999", b"Mon, 1 Jan 0000 00:00:00 -2400", b"1" * 4000,
         b"Fri, 31 Dec 9999 23:59:59 -1200", b"\xff\xfe", b"Sat, 01 Jan 2012 10:00:00 +99999999999")
    )  # fmt: skip
    lines = data.split(b"\n")
    return b"\n".join(
        each.partition(b":")[0] + b": " + said if each.startswith((b"Date:", b"Received:")) else each for each in lines
    )


def _more_headers(data: bytes, rng: random.Random) -> bytes:
    more = rng.choice(
        (b"X-Long: " + b"y" * 300_000, b"X: y\n" * 20_000, b"X-Folded: a" + b"\n  b" * 20_000, b"no colon here", b" folded",
         b": nothing before", b"X\x00Y: z", b"Message-ID: " + b"<a@b>" * 500, b"Subject: =?x?q?=zz?= =?utf-8?b?!!!?=",
         b"Authentication-Results: " + b"(" * 5000 + b";" * 5000, b"Return-Path: <>", b"MIME-Version: 9.9\nMIME-Version: 1",
         b"Auto-Submitted: \xff", b"Content-Length: -1", b"\n", b"From nobody Thu Jan  1 00:00:00 1970")
    )  # fmt: skip
    at = rng.choice((0, data.find(b"To:")))
    return data[:at] + more + b"\n" + data[at:]


# --- structure ----------------------------------------------------------------------------------------------------------


def _boundary(data: bytes, rng: random.Random) -> bytes:
    start = data.index(b'boundary="') + 10
    end = data.index(b'"', start)
    said = rng.choice(
        (b"", b"other", b" ", b"=", b".*", b"(" * 70, b"a" * 5000, b"\x00", b"\xff", data[start:end] + b" ",
         data[start : end - 1], data[start:end].swapcase(), b"a\n b")
    )  # fmt: skip
    if rng.random() < 0.5:
        return data[:start] + said + data[end:]
    lines = data.split(b"\n")
    marks = [at for at, each in enumerate(lines) if each.startswith(b"--" + data[start:end])]
    lines[rng.choice(marks)] = rng.choice((b"--" + said, b"", b"--" + data[start:end] + b"--", b"-" + data[start:end]))
    return b"\n".join(lines)


def _type(data: bytes, rng: random.Random) -> bytes:
    said = rng.choice(
        (b"multipart/alternative", b"multipart/encrypted", b"multipart/report", b"multipart/x-\xff", b"multipart", b"text/plain",
         b"message/rfc822", b"message/partial; id=a; number=1; total=2", b"message/external-body; access-type=local-file",
         b"application/octet-stream", b"", b";" * 3000, b"multipart/digest")
    )  # fmt: skip
    return data.replace(b"multipart/mixed", said, 1)


def _part_type(data: bytes, rng: random.Random) -> bytes:
    said = rng.choice(
        (b"message/rfc822", b"multipart/mixed", b"text/plain", b"image/png", b"application/pkcs7-mime", b"text/calendar",
         b"application/ms-tnef", b"message/delivery-status", b"text/csv; charset=no-such", b"x", b"/", b"text/csv; =;;=\x00")
    )  # fmt: skip
    return data.replace(b"text/csv", said)


def _within(number: int, rng: random.Random) -> bytes:
    """Multiparts or messages in one another, with the attachment innermost, or nothing."""
    deep = rng.choice((1, 3, 90, 2000))
    lines = [FROM, b"MIME-Version: 1.0"]
    for n in range(deep):
        lines += [b"Content-Type: multipart/mixed; boundary=b%d" % n, b"", b"--b%d" % n]
    lines += [b"Content-Type: text/csv", b"Content-Disposition: attachment; filename=" + NAME.encode(), b""]
    lines += [delivery(number)]
    if rng.random() < 0.8:
        lines += [b"--b%d--" % n for n in range(deep - 1, -1, -1)]
    return b"\n".join([*lines, b""])


def _forwarded(number: int, rng: random.Random) -> bytes:
    inner = letter((NAME, delivery(number)), number=number)
    for n in range(rng.choice((1, 2, 30))):
        outer = letter(number=number * 100 + n)
        outer.add_attachment(inner)
        inner = outer
    return inner.as_bytes()


def _many(number: int, rng: random.Random) -> bytes:
    count = rng.choice((0, 2, 30, 101, 700))
    good = delivery(number)
    return letter(*((NAME if n == 0 else f"{n}.csv", good if n == 0 else b"a\n") for n in range(count)), number=number).as_bytes()  # fmt: skip


def _around(data: bytes, rng: random.Random) -> bytes:
    """Words where nobody looks: before the first part, and after the last."""
    more = b"Content-Disposition: attachment; filename=x.csv\n\n" + delivery(99999)
    if rng.random() < 0.5:
        at = data.index(b"\n\n") + 2
        return data[:at] + more + data[at:]
    return data + more


# --- encodings ----------------------------------------------------------------------------------------------------------


def _transfer(data: bytes, rng: random.Random) -> bytes:
    said = rng.choice(
        (b"7bit", b"8bit", b"binary", b"quoted-printable", b"x-uuencode", b"uuencode", b"rot13", b"", b"base64 base64",
         b"base64\nContent-Transfer-Encoding: 7bit", b"\xff", b"BASE64 ", b"base64 (comment)")
    )  # fmt: skip
    return data.replace(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: " + said, 1)


def _base64(data: bytes, rng: random.Random) -> bytes:
    lines = data.split(b"\n")
    start = next(at for at, each in enumerate(lines) if each.startswith(base64.b64encode(HEAD.encode())[:20]))
    which = rng.randrange(5)
    if which == 0:
        lines[start] = lines[start][: rng.randrange(1, len(lines[start]))]
    elif which == 1:
        lines[start] = lines[start][:9] + rng.choice((b"!", b"=", b"====", b"\x00", b"\xe2\x80\x8b")) + lines[start][9:]
    elif which == 2:
        del lines[start + 1]
    elif which == 3:
        lines[start] = b"=" * 80
    else:
        lines[start:start] = [b"A" * 3_000_001]
    return b"\n".join(lines)


def _quoted(number: int, rng: random.Random) -> bytes:
    """Quoted-printable, with escapes that are none."""
    made = letter(number=number)
    made.add_attachment(delivery(number).decode(), subtype="csv", filename=NAME, cte="quoted-printable")
    data = made.as_bytes()
    at = data.index(b"Canary")
    return data[:at] + rng.choice((b"=ZZ", b"=", b"=\n", b"=4", b"=00", b"=FF=FE", b"=3D" * 9000)) + data[at:]


# --- names and contents of attachments ----------------------------------------------------------------------------------

NAMES = (
    *HOSTILE, "../../etc/cron.d/slipped.csv", "C:\\Users\\slipped.csv", "/tmp/slipped.csv", "a\\..\\slipped.csv", "CON", ".", "..",
    "", " ", ".csv", "x" * 5000, "requirement_T01_2012-01.csv\u202egpj.exe", "requirement_T02_2012-01.csv",
    "requirement_T01_2999-01.csv", "<img src=x onerror=alert(1)>.csv", "Zoe Canary.csv", "return.csv.exe", "return.lnk",
    "requirement_T01_2012-01.CSV ", "requirement_T01_2012-01.csv.gz", "requirement_T01_2012-01.xlsx",
    "r\u0435quirement_T01_2012-01.csv", "requirement_T\u0661_2012-01.csv", "\ud800.csv",
)  # fmt: skip


def _named(data: bytes, rng: random.Random) -> bytes:
    name = rng.choice(NAMES).encode("utf-8", "surrogatepass").replace(b"\n", b" ")
    coded = rng.choice(
        (b'filename="%s"' % name, b"filename=%s" % name, b"filename*=utf-8''%s" % name, b"filename*=no-such''%s" % name,
         b'filename="=?utf-8?b?%s?="' % base64.b64encode(name[:400]), b'filename*0="%s"; filename*7="%s"' % (name, name),
         b'filename="%s"; filename="other.csv"' % name)
    )  # fmt: skip
    return data.replace(f'filename="{NAME}"'.encode(), coded, 1)


def _attached(number: int, rng: random.Random) -> bytes:
    """What is attached is no delivery: a bomb, something locked, a program, a page, a picture."""
    good = delivery(number)
    inner = archive({NAME: good})
    locked = inner.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )
    hostile = rng.choice(("bomb", "archives in archives", "path of a member", ""))
    content = ARCHIVE[hostile](rng.choice((inner, workbook())), rng) if hostile else rng.choice(
        (locked, binary_workbook(), b"MZ" + bytes(70), b"#!/bin/sh\n",
         b"<html><script>alert('Zoe Canary')</script>", b"%PDF-1.4\nZoe Canary", b"\x78\x9f\x3e\x22" + bytes(80), b"",
         good[:-30], good * 2, good.decode().encode("utf-16"), b"\x00" * 70_000, rng.randbytes(5000))
    )  # fmt: skip
    kind = rng.choice(("text/csv", "application/zip", "application/octet-stream", "application/vnd.ms-excel"))
    return letter((rng.choice((NAME, "r.zip", "r.xlsx")), content), number=number, kind=kind).as_bytes()


FAMILIES: dict[str, dict[str, Maker]] = {
    "headers": {"sender": _over(_sender), "dates": _over(_dates), "headers more or broken": _over(_more_headers)},
    "structure": {
        "boundary": _over(_boundary), "type of the whole": _over(_type), "type of a part": _over(_part_type),
        "nested parts": _within, "messages in messages": _forwarded, "attachments many or none": _many,
        "words around the parts": _over(_around),
    },
    "encodings": {"transfer encoding": _over(_transfer), "base64": _over(_base64), "quoted-printable": _quoted},
    "names of attachments": {"a hostile name": _over(_named), "a hostile name, again": _over(_named)},
    "what is attached": {"no delivery": _attached, "no delivery, again": _attached},
    "by bytes": {name: _over(partial(lambda change, data, rng: change(data, rng), change)) for name, change in BYTES.items()},
}  # fmt: skip
# What of these leaves the attachment as it was: if it is taken, all its rows are.
WHOLE = ("sender", "dates", "headers more or broken", "boundary", "type of the whole", "a hostile name")


def kinds() -> list[tuple[str, str, str, Maker]]:
    """Each mutation of a message: ``mail``, family, name, maker."""
    return [("mail", family, name, make) for family, makers in FAMILIES.items() for name, make in makers.items()]


def good(number: int) -> EmailMessage:
    """A message as it should be."""
    return letter((NAME, delivery(number)), number=number)
