"""What a message holds, found in the limited child: who sent it, and its attachments as numbered files.

Nothing of a message names a path. Bodies, inline pictures and detached signatures are passed over; whatever else is no
attachment that can be a delivery has a code.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import email.utils
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import errors as mime
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path
from typing import Any

from piperoll.collect.kinds import SUFFIXES
from piperoll.errors import UserError


HEADER_BYTES = 1 << 18
PARTS = 500
ATTACHMENTS = 100
_SIMPLE = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+"
_FROM = re.compile(rf"\s*(?:(?:\"(?:[^\"\\\r\n]|\\.)*\"|[^<>\"@,;:()\r\n]*)\s*<({_SIMPLE})>|({_SIMPLE}))\s*")
# Endings of what runs when it is opened.
_PROGRAM = re.compile(
    r".*\.(exe|com|scr|pif|bat|cmd|ps1|vbs|vbe|js|jse|wsf|wsh|hta|jar|msi|msp|lnk|reg|cpl|dll|chm|iso|img|vhd|url|sh|apk|"
    r"app|dmg|deb|rpm|py|pl|rb)[. ]*",
    re.IGNORECASE | re.DOTALL,
)
_MAGIC = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"L\x00\x00\x00\x01\x14\x02\x00")
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_BROKEN = (
    mime.NoBoundaryInMultipartDefect,
    mime.StartBoundaryNotFoundDefect,
    mime.CloseBoundaryNotFoundDefect,
    mime.MultipartInvariantViolationDefect,
    mime.FirstHeaderLineIsContinuationDefect,
    mime.MissingHeaderBodySeparatorDefect,
    mime.InvalidMultipartContentTransferEncodingDefect,
)
_AGAIN = "Send it again as an ordinary message with the files attached."


@dataclass(frozen=True)
class Attachment:
    """One attachment.

    Attributes:
        number: From 1, as it stands in the message.
        name: As the sender named it, its last part alone; may be ''.
        file: Name of the file in the work directory, or '' where there is a problem.
        problem: Code, sentence and cure, or None.
    """

    number: int
    name: str
    file: str = ""
    problem: tuple[str, str, str] | None = None

    @property
    def told(self) -> str:
        """For people: its number and a known ending. The name itself may name somebody."""
        lower = self.name.casefold()
        packed = ".gz" if lower.endswith(".gz") else ""
        ending = next((s for s in (*SUFFIXES, ".zip") if lower.removesuffix(".gz").endswith(s)), "")
        return f"attachment-{self.number}{ending}{packed}"


@dataclass(frozen=True)
class Opened:
    """A message, opened.

    Attributes:
        sender: The one address it is from, lower case, or ''.
        message_id: SHA-256 of its Message-ID, or ''.
        received: When it was received, by the uppermost ``Received`` (else by ``Date``), ISO 8601 in UTC, or ''.
        automatic: Whether a machine wrote it (a bounce, an absence note): it gets no reply.
        authentication: What servers say of the sender: their names, and whether the sender's domain was proven.
        problem: Why nothing of it can be taken.
    """

    sender: str
    message_id: str
    received: str
    automatic: bool
    authentication: tuple[tuple[str, bool], ...]
    attachments: tuple[Attachment, ...]
    problem: tuple[str, str, str] | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Opened:
        """Read what `open_message` answered, checked again."""

        def problem(found: Any) -> tuple[str, str, str] | None:
            return None if found is None else (str(found[0])[:8], str(found[1])[:500], str(found[2])[:500])

        attachments = []
        for each in data["attachments"]:
            file = str(each["file"])
            if not re.fullmatch(r"(file-\d{1,4})?", file):
                raise ValueError("an attachment's file is a path")
            attachments.append(Attachment(int(each["number"]), str(each["name"]), file, problem(each["problem"])))
        sender = str(data["sender"])
        if sender and not re.fullmatch(_SIMPLE, sender):
            raise ValueError("the sender is no address")
        return cls(
            sender,
            str(data["message_id"])[:64],
            str(data["received"])[:40],
            data["automatic"] is True,
            tuple((str(a), b is True) for a, b in data["authentication"]),
            tuple(attachments),
            problem(data["problem"]),
        )


def open_message(shared: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """The child's job: ``path`` of a message to `Opened` as JSON, its attachments in ``work``."""
    raw = Path(job["path"]).read_bytes()
    answer: dict[str, Any] = {
        "sender": "", "message_id": "", "received": "", "automatic": False, "authentication": [], "attachments": [],
        "problem": None,
    }  # fmt: skip
    try:
        _header_size(raw)
        message = BytesParser(policy=compat32).parsebytes(raw)
        answer["automatic"] = _automatic(message)
        answer["received"] = _received(message)
        answer["message_id"] = _message_id(message)
        answer["authentication"] = _authentication(message)
        answer["sender"] = _sender(message)
        answer["attachments"] = list(_attachments(message, Path(job["work"])))
    except UserError as error:
        answer["problem"] = [error.code, error.message, error.fix]
    except RecursionError:
        deep = _broken("is nested too deeply")
        answer["problem"] = [deep.code, deep.message, deep.fix]
    return answer


def _header_size(raw: bytes) -> None:
    end = re.search(rb"\r?\n\r?\n", raw[: HEADER_BYTES + 4])
    if end is None and len(raw) > HEADER_BYTES:
        raise UserError("PR-C147", "The message's header is larger than any that is opened.", fix=_AGAIN)


def _sender(message: Message) -> str:
    """The one address; anything that two readers could read differently is nobody's."""
    found = message.get_all("From", [])
    matched = _FROM.fullmatch(_unfolded(found[0])) if len(found) == 1 else None
    address = (matched[1] or matched[2]).casefold() if matched else ""
    if not address or address.count("@") != 1 or len(address) > 254:
        message_ = "The message does not say in one plain address who sent it."
        raise UserError("PR-C148", message_, fix="Send it from one address, without others beside it.")
    return address


def _automatic(message: Message) -> bool:
    kind = _unfolded(message.get("Auto-Submitted", "")).strip().casefold()
    bounced = _unfolded(message.get("Return-Path", "")).strip() == "<>"
    listed = _unfolded(message.get("Precedence", "")).strip().casefold() in ("bulk", "junk", "list", "auto_reply")
    return (kind not in ("", "no")) or bounced or listed or message.get_content_type() == "multipart/report"


def _received(message: Message) -> str:
    for header in (*message.get_all("Received", [])[:1], *message.get_all("Date", [])[:1]):
        text = _unfolded(header)
        try:
            found = email.utils.parsedate_to_datetime(text.rpartition(";")[2].strip())
            moment = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
            return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return ""


def _message_id(message: Message) -> str:
    found = _unfolded(message.get("Message-ID", "")).strip()
    return hashlib.sha256(found.encode("utf-8", "replace")).hexdigest() if found else ""


def _authentication(message: Message) -> list[tuple[str, bool]]:
    """Each server that says something of the sender (RFC 8601), and whether it says ``dmarc=pass``; uppermost first."""
    found = []
    for header in message.get_all("Authentication-Results", [])[:20]:
        text = re.sub(r"\([^()]*\)", "", _unfolded(header))
        name, _, rest = text.partition(";")
        words = name.split()
        if words:
            found.append((words[0].casefold()[:253], bool(re.search(r"(?:^|;)\s*dmarc\s*=\s*pass\b", rest, re.I))))
    return found


def _attachments(message: Message, work: Path) -> Iterator[dict[str, Any]]:
    count = 0
    for number, part in enumerate(_leaves(message, [0])):
        if number >= PARTS:
            raise UserError("PR-C144", f"The message has more than {PARTS} parts.", fix="Send the files in a zip file.")
        kind = part.get_content_type()
        name = _name(part)
        if kind in _SIGNATURES or _body(part, kind, name):
            continue
        count += 1
        if count > ATTACHMENTS:
            message_ = f"The message has more than {ATTACHMENTS} attachments."
            raise UserError("PR-C144", message_, fix="Send the files in a zip file.")
        try:
            file = _written(part, kind, name, work, count)
            yield {"number": count, "name": name, "file": file, "problem": None}
        except UserError as error:
            problem = [error.code, error.message, error.fix]
            yield {"number": count, "name": name, "file": "", "problem": problem}


def _leaves(part: Message, depth: list[int]) -> Iterator[Message]:
    """Parts that hold no others; a message within the message is one, and is not opened."""
    if any(isinstance(defect, _BROKEN) for defect in part.defects):
        raise _broken("is broken or cut off")
    kind = part.get_content_type()
    if part.is_multipart() and part.get_content_maintype() == "multipart" and kind != "multipart/encrypted":
        depth[0] += 1
        if depth[0] > PARTS:
            raise _broken("is nested too deeply")
        for each in part.get_payload():
            if isinstance(each, Message):
                yield from _leaves(each, depth)
    else:
        yield part


def _body(part: Message, kind: str, name: str) -> bool:
    """Whether a part is what people read and no file."""
    said = (part.get_content_disposition() or "").casefold()
    if said == "attachment":
        return False
    if kind.startswith("image/"):
        return True
    return kind in ("text/plain", "text/html", "text/enriched", "text/calendar") and not name


def _written(part: Message, kind: str, name: str, work: Path, number: int) -> str:
    if kind in _ENCRYPTED:
        message = "It is encrypted or sealed (S/MIME or PGP), and nothing here has a key to it."
        raise UserError("PR-C143", message, fix="Send the file itself; the mailbox is a secure one.")
    if part.get_content_maintype() == "message" or name.casefold().endswith((".eml", ".msg")):
        message = "It is a message within the message, which is not opened."
        raise UserError("PR-C146", message, fix="Attach the files themselves, and do not forward.")
    data = _decoded(part)
    if _PROGRAM.fullmatch(name) or data.startswith(_MAGIC):
        raise UserError("PR-C145", "It is a program or a script, which is never taken.", fix="Send the data alone.")
    file = f"file-{number}"
    (work / file).write_bytes(data)
    return file


def _decoded(part: Message) -> bytes:
    payload = part.get_payload()
    if not isinstance(payload, str):
        raise _broken("has a part that is no file")
    how = _unfolded(part.get("Content-Transfer-Encoding", "7bit")).strip().casefold()
    if how == "base64":
        # Characters that are none of base64 are an attachment that was changed on its way, and not to be passed over.
        try:
            return base64.b64decode("".join(payload.split()), validate=True)
        except (binascii.Error, ValueError):
            raise _broken("has an attachment that is damaged or cut off") from None
    if how not in ("7bit", "8bit", "binary", "quoted-printable"):
        raise _broken("has an attachment in an encoding that is not known")
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        raise _broken("has a part that is no file")
    return data


def _name(part: Message) -> str:
    """The last part of a file's name; what cannot be decoded is left as it is."""
    try:
        found = part.get_filename() or ""
        pieces = [
            text if isinstance(text, str) else text.decode(charset or "ascii", "replace")
            for text, charset in decode_header(found)
        ]
        found = "".join(pieces)
    except (LookupError, ValueError, TypeError, mime.HeaderParseError, binascii.Error):
        return "unreadable"
    return re.split(r"[/\\]", found.replace("\x00", ""))[-1].strip()[:200]


def _unfolded(header: Any) -> str:
    return re.sub(r"\r?\n[ \t]*", " ", str(header))


def _broken(how: str) -> UserError:
    return UserError("PR-C147", f"The message {how}.", fix=_AGAIN)
