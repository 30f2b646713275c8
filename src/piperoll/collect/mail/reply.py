"""Replies, drafted and never sent: a text file in ``<home>/outbox`` for each message that needs one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from piperoll.collect.receipt import Receipt


OUTBOX = "outbox"


def draft(home: Path, message: str, sender: str, received: str, receipts: Sequence[Receipt]) -> Path:
    """Write the reply to a message: what became of each of its files. It holds no value of the data.

    Args:
        home: Of the workspace.
        message: Hash of the message; its first digits name the file, so that drafting again changes nothing.
        sender: Its address, checked, or ''.
        received: When it came.
        receipts: Of its attachments, or one for the message as a whole.
    """
    outbox = home / OUTBOX
    outbox.mkdir(mode=0o700, exist_ok=True)
    path = outbox / f"{message[:16]}.txt"
    partial = path.with_suffix(".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text(message, sender, received, receipts))
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    return path


def text(message: str, sender: str, received: str, receipts: Sequence[Receipt]) -> str:
    """The reply."""
    open_ = [each for each in receipts if each.refused]
    taken = len(receipts) - len(open_)
    lines = [
        f"To: {sender or '(not known)'}",
        f"Subject: Your delivery{f' of {received[:10]}' if received else ''}: please look at it again",
        "",
        f"Your message (our mark {message[:16]}) could not be taken in {'whole' if taken else 'as it is'}.",
        "",
    ]
    for each in receipts:
        name = each.file.partition("/")[2] or "The message"
        lines += [*each.text.replace(each.file, name, 1).splitlines(), ""]
    lines += [
        "Please correct what is named above and send it again, as a new message. Files that were taken in are not"
    ]
    lines += ["needed again.", ""]
    return "\n".join(lines)
