"""Collect from a mailbox: attachments become deliveries of their sender; anything else is set aside with a reply."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from piperoll.collect.arrived import Arrived, MayFill
from piperoll.collect.batch import Options, Progress
from piperoll.collect.child import Children
from piperoll.collect.connections import Mailbox, mailbox
from piperoll.collect.door import Door, arriving, bring
from piperoll.collect.mail.boxes import Box, Found, opened
from piperoll.collect.mail.message import Opened, open_message
from piperoll.collect.mail.reply import draft
from piperoll.collect.mail.senders import may_fill
from piperoll.collect.receipt import Receipt
from piperoll.collect.simulated import is_simulated
from piperoll.collect.slots import Stated
from piperoll.collect.verdict import KNOWN, NOT_TAKEN
from piperoll.errors import UserError
from piperoll.govern import Action


WAY = "mail"
TOGETHER = 50  # messages taken in at a time
TAKEN, SET_ASIDE = "taken", "set aside"


@dataclass(frozen=True)
class _Message:
    """A message to be handled: its hash, what it holds, whose slots it may fill, and why nothing of it is taken."""

    sha256: str
    opened: Opened | None
    directory: Path
    may_fill: MayFill = frozenset()
    problem: tuple[str, str, str] | None = None

    @property
    def told(self) -> str:
        return f"mail-{self.sha256[:16]}"

    @property
    def order(self) -> tuple[str, str]:
        return (self.opened.received if self.opened else "", self.sha256)


def collect_mailbox(
    door: Door, name: str, options: Options | None = None, progress: Progress | None = None
) -> list[Receipt]:
    """Handle every message that was not handled before.

    Nothing in the mailbox is changed. A message is handled once, known by the hash of its bytes; a run that was killed
    is completed by running it again. With ``options.again`` messages that were set aside are handled anew.

    Args:
        door: The workspace.
        name: Of a mailbox that the home declares, its address, or ``maildir:PATH``.
        options: As of files; ``stated`` may narrow to a source, a dataset or a period.
        progress: Told what is going on.

    Returns:
        Receipts: of each attachment, and one that is not taken for each message that is set aside whole.

    Raises:
        UserError: PR-C120 and PR-C121 for what the home declares, PR-C149 to PR-C152 for the mailbox.
    """
    options = options or Options()
    entry = mailbox(door.home, name)
    scheme, _, path = entry.address.partition(":")
    if scheme == "maildir" and is_simulated(Path(path) / "cur"):
        entry = replace(entry, simulated=True)
    key = hashlib.sha256(entry.address.encode()).hexdigest()[:16]
    door.act(Action.MAILBOX_READ, f"mailbox {key}")
    receipts: list[Receipt] = []
    with arriving(door, options) as work, opened(entry, name) as box:
        for number, together in enumerate(_chunks(_new(door, box, key, options, work))):
            place = work / f"together-{number}"
            place.mkdir()
            receipts += _Handling(door, entry, options, place, progress).run(together)
            _advance(door, box, key, together)
    return receipts


def _new(door: Door, box: Box, key: str, options: Options, work: Path) -> Iterator[tuple[Found, str]]:
    """Messages that were not handled yet (or, of those set aside, are to be again), with their hashes."""
    state = door.journal.get_state(f"mailbox/{key}") or {}
    known = state.get("generation") == box.generation and not options.again
    copies = work / "messages"
    copies.mkdir()
    seen = set()
    for found in box.messages(str(state.get("mark", "")) if known else "", copies):
        sha256 = _hash(found)
        verdict = (door.journal.get_state(f"message/{sha256}") or {}).get("verdict")
        handled = verdict == TAKEN or (verdict is not None and not options.again)
        if handled or sha256 in seen:
            if found.path is not None:
                found.path.unlink()
            # Passed over, yet its mark moves on.
            yield found, ""
            continue
        seen.add(sha256)
        yield found, sha256


def _hash(found: Found) -> str:
    """Of the bytes; ends of lines differ between a server and a file."""
    if found.path is None:
        return hashlib.sha256(f"too large: {found.name}".encode()).hexdigest()
    return hashlib.sha256(found.path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _chunks(found: Iterator[tuple[Found, str]]) -> Iterator[list[tuple[Found, str]]]:
    while together := list(islice(found, TOGETHER)):
        yield together


def _advance(door: Door, box: Box, key: str, together: list[tuple[Found, str]]) -> None:
    mark = together[-1][0].mark
    if mark:
        door.journal.set_state(f"mailbox/{key}", {"generation": box.generation, "mark": mark})


class _Handling:
    """Some messages, handled together."""

    def __init__(self, door: Door, entry: Mailbox, options: Options, work: Path, progress: Progress | None) -> None:
        self.door = door
        self.entry = entry
        self.options = options
        self.work = work
        self.progress = progress

    def run(self, together: list[tuple[Found, str]]) -> list[Receipt]:
        """Their receipts; each is recorded as handled once its reply is drafted."""
        fresh = [(found, sha256) for found, sha256 in together if sha256]
        if not fresh:
            return []
        with Children({}, 1) as children:
            messages = sorted((self._open(f, s, children) for f, s in fresh), key=lambda m: m.order)
        arrived = [each for message in messages if message.problem is None for each in self._arrived(message)]
        taken = bring(self.door, arrived, self.options, self.progress) if arrived else []
        receipts = []
        for message in messages:
            own = [r for r in taken if r.provenance.get("message") == message.sha256]
            own = sorted([*own, *self._aside(message)], key=lambda r: r.file)
            self._handled(message, own)
            receipts += own
        return receipts

    def _open(self, found: Found, sha256: str, children: Children) -> _Message:
        directory = self.work / sha256[:32]
        directory.mkdir()
        if found.path is None:
            message = f"The message is larger than {self.entry.largest_mb} MiB and was not opened."
            problem = ("PR-C144", message, "Send the files in parts, or compressed.")
            return _Message(sha256, None, directory, problem=problem)
        limits = self.options.limits
        # The child works in a directory of its own, where a relative path leads nowhere.
        path, work = str(found.path.resolve()), str(directory.resolve())
        job = {"kind": open_message, "path": path, "work": work, "told": "", "limits": limits}
        try:
            data = Opened.from_json(children.run(job))
        except UserError as error:
            if error.code == "PR-C004":
                raise
            return _Message(sha256, None, directory, problem=(error.code, error.message, error.fix))
        except (KeyError, TypeError, ValueError):
            problem = ("PR-C147", "The message could not be read; it may be hostile.", "Send it again.")
            return _Message(sha256, None, directory, problem=problem)
        finally:
            found.path.unlink()
        may = may_fill(self.door.register, data.sender)
        return _Message(sha256, data, directory, may, self._refusal(data, may))

    def _refusal(self, message: Opened, may: MayFill) -> tuple[str, str, str] | None:
        """Why nothing of a message is taken, or None."""
        if message.problem and message.problem[0] == "PR-C148":
            return message.problem
        if not may:
            said = "The sender's address is not one from which deliveries are taken."
            return ("PR-C140", said, "Send from the address that was agreed, or ask to have this one added.")
        if self.entry.authenticated_by:
            server = self.entry.authenticated_by.casefold()
            # The uppermost is the nearest server's own; a sender can put others below it.
            own = next((passed for name, passed in message.authentication if name == server), False)
            if not own:
                said = "The mail server could not prove that the message comes from its sender's domain."
                return ("PR-C148", said, "Send it through the mail server of your organisation.")
        if message.problem:
            return message.problem
        if not message.attachments:
            return ("PR-C141", "The message has no file attached.", "Attach the files of the delivery.")
        return None

    def _arrived(self, message: _Message) -> Iterator[Arrived]:
        assert message.opened is not None
        suppliers = ", ".join(sorted({key for _, key in message.may_fill})[:5])
        stated = self.options.stated
        said = Stated(stated.source, stated.dataset, period=stated.period)
        for each in message.opened.attachments:
            if each.problem:
                continue
            provenance = {
                "way": WAY,
                "message": message.sha256,
                "message_id": message.opened.message_id,
                "sender": suppliers,
                "received": message.opened.received,
            }
            told = f"{message.told}/{each.told}"
            path = message.directory / each.file
            name = each.name or each.told
            yield Arrived(path, name, told, said, provenance, message.may_fill, self.entry.simulated)

    def _aside(self, message: _Message) -> Iterator[Receipt]:
        """What of a message never became a file to be collected."""
        if message.problem:
            yield _not_taken(message.told, message.problem)
            return
        assert message.opened is not None
        for each in message.opened.attachments:
            if each.problem:
                yield _not_taken(f"{message.told}/{each.told}", each.problem)

    def _handled(self, message: _Message, receipts: list[Receipt]) -> None:
        """Draft the reply, then record the message as handled, with the audit entry, in one transaction."""
        full = [self._in_full(each) for each in receipts]
        aside = any(each.refused for each in full)
        opened_ = message.opened
        if aside and not (opened_ and opened_.automatic):
            sender, received = (opened_.sender, opened_.received) if opened_ else ("", "")
            draft(self.door.home, message.sha256, sender, received, full)
        codes = sorted({code for each in full for code in each.codes})
        suppliers = sorted({f"{group}/{key}" for group, key in message.may_fill})
        verdict = SET_ASIDE if aside else TAKEN
        now = self.door.now()
        details = {"verdict": verdict, "codes": codes, "suppliers": suppliers}
        audit = self.door.permit(Action.MAILBOX_READ, f"message {message.sha256[:16]}", details=details)
        with self.door.journal.write():
            value = {"verdict": verdict, "codes": codes, "at": _iso(now)}
            self.door.journal.set_state(f"message/{message.sha256}", value)
            self.door.journal.append_audit(audit)

    def _in_full(self, receipt: Receipt) -> Receipt:
        """What an earlier run that was killed said of the very file, in place of "delivered before"."""
        if receipt.verdict != KNOWN:
            return receipt
        kept = Receipt.from_json(dict(self.door.journal.delivery(receipt.delivery).receipt))
        same = kept.provenance.get("message") == receipt.provenance.get("message") and kept.file == receipt.file
        return kept if same else receipt


def _iso(at: dt.datetime) -> str:
    return at.isoformat(timespec="seconds")


def _not_taken(told: str, problem: tuple[str, str, str]) -> Receipt:
    code, message, fix = problem
    return Receipt(file=told, verdict=NOT_TAKEN, reasons=(f"{code} {message} {fix}",), codes=(code,))
