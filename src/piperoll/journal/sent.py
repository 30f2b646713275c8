"""What was sent to whom: an intent, written before anything leaves, and the steps that say what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


DispatchState = Literal["begun", "sent", "failed", "unsure"]


@dataclass(frozen=True, order=True)
class SentFile:
    """A file that left: its name as the recipient sees it, SHA-256 in hexadecimal, and size in bytes."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class DispatchStep:
    """What became of a dispatch.

    Attributes:
        state: ``sent``; ``failed``: it certainly did not arrive; ``unsure``: nobody can tell until the recipient is
            asked.
        answer: The server's answer as its reply code (``250``, ``550 5.1.1``), or the error code of ours; never its
            words, which may repeat what was sent.
        reason: Who was asked and what they said, where a person settled it.
    """

    state: DispatchState
    by: str
    at: datetime
    answer: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """An edition sent to a recipient, once.

    Attributes:
        release: Id of the release.
        manifest_sha256: Of its manifest.
        recipient: Key of the recipient.
        way: mail, extract, spreadsheet or hub.
        marking: Key of the protective marking under which it went.
        files: What left.
        by, at: Who began it, and when.
        attempt: 1, 2 ...: how often it was tried for this recipient and way.
        steps: Oldest first; none as long as nobody knows what became of it.
        id: ``C1``, ``C2`` ... given when it is begun.
    """

    release: str
    manifest_sha256: str
    recipient: str
    way: str
    marking: str
    files: tuple[SentFile, ...]
    by: str
    at: datetime
    attempt: int = 1
    steps: tuple[DispatchStep, ...] = ()
    id: str = ""

    @property
    def state(self) -> DispatchState:
        """How it stands; ``begun`` is what a process leaves that was killed before it could say."""
        return self.steps[-1].state if self.steps else "begun"

    @property
    def answer(self) -> str:
        """The last answer."""
        return self.steps[-1].answer if self.steps else ""

    @property
    def bytes(self) -> int:
        """Size of what left."""
        return sum(each.bytes for each in self.files)
