"""A message to one recipient: the same parcel gives the same bytes, whenever and however often it is sent."""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from piperoll.notify.parcel import Parcel


_TYPES = {
    "csv": ("text", "csv"),
    "json": ("application", "json"),
    "ods": ("application", "vnd.oasis.opendocument.spreadsheet"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def message_of(parcel: Parcel, sender: str) -> bytes:
    """The message as it goes to the server, lines ended by CR LF.

    Date and Message-ID come from the release, so that a message sent again is known for the same by whoever gets both.
    It has one recipient; neither subject nor text holds a figure.

    Raises:
        UserError: ``PR-N020`` if a file is not the one that was released.
    """
    release = parcel.edition.release
    name = hashlib.sha256(
        "\n".join((release.id, release.manifest_sha256, parcel.recipient.key, parcel.entry.by)).encode()
    ).hexdigest()
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = parcel.recipient.mailbox
    message["Subject"] = subject(parcel)
    message["Date"] = format_datetime(release.at)
    message["Message-ID"] = f"<{name[:40]}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if parcel.label:
        message["X-Protective-Marking"] = parcel.label
    message.set_content(text(parcel), cte="quoted-printable")
    for piece in parcel.pieces:
        kind = _TYPES.get(piece.name.rpartition(".")[2].lower(), ("application", "octet-stream"))
        # As bytes, a CSV too: a text would have its line ends changed, and so its hash.
        data = parcel.edition.read(piece.source)
        message.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=piece.name)
    message.set_boundary(f"=_{name[:40]}")
    return message.as_bytes()


def subject(parcel: Parcel) -> str:
    """Marking, title and period."""
    marked = f"{parcel.label}: " if parcel.label else ""
    return f"{marked}{parcel.title}, {parcel.edition.release.period}"


def text(parcel: Parcel) -> str:
    """What it is, under which marking and agreement, and how each file can be checked."""
    release, content = parcel.edition.release, parcel.edition.content
    lines = [parcel.label, ""] if parcel.label else []
    lines += [f"{parcel.title}, {release.period}, edition {release.edition}", ""]
    if content.get("simulated"):
        lines += ["Made from simulated data: not official statistics.", ""]
    if parcel.marking.restricted:
        lines += ["It is for those on the circulation list alone: do not pass it on.", ""]
    lines += [f"To: {' '.join(parcel.recipient.organisation.split())}"]
    if parcel.recipient.agreement:
        lines += [f"Under: {' '.join(parcel.recipient.agreement.split())}"]
    lines += [
        f"Release: {release.id}",
        f"SHA-256 of its manifest: {release.manifest_sha256}",
        "",
        "Files, with SHA-256:",
    ]
    lines += [f"{piece.sha256}  {piece.name}" for piece in parcel.pieces]
    if parcel.contact:
        lines += ["", f"Questions: {parcel.contact}"]
    lines += ["", parcel.label] if parcel.label else []
    return "\n".join(lines) + "\n"
