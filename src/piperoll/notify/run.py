"""Send an edition to everyone on its circulation list, each once; what fails for one stops no other."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from piperoll.collect.connections import Outgoing
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.journal.sent import Dispatch, DispatchState, DispatchStep
from piperoll.notify.folder import put
from piperoll.notify.line import Line
from piperoll.notify.message import message_of
from piperoll.notify.parcel import Parcel, parcel_of
from piperoll.notify.release import Edition, edition_of, release_of, too_early
from piperoll.notify.server import server_of
from piperoll.periods import Period
from piperoll.register.model.circulation import Circulation


State = Literal["sent", "already sent", "failed", "unsure", "refused", "waiting", "on request"]
LOCK = "dispatch.lock"
MIB = 1 << 20
_UNSURE = "PR-N027 it was begun, and nobody knows whether it arrived. Ask the recipient, then use `piperoll settle {}`."


@dataclass(frozen=True)
class Outcome:
    """What became of an entry of a circulation list.

    Attributes:
        state: ``refused``: nothing left, and it is not tried until what is told is mended; ``waiting``: its day has not
            come.
        told: Why, with a code, or where it lies.
        dispatch: Id in the journal, if it was begun.
    """

    recipient: str
    way: str
    state: State
    told: str = ""
    dispatch: str = ""

    @property
    def bad(self) -> bool:
        """Whether somebody has to look after it."""
        return self.state in ("failed", "unsure", "refused")


@dataclass(frozen=True)
class Planned:
    """What an entry would come to: its parcel, or the outcome that it has already."""

    entry: Circulation
    parcel: Parcel | None = None
    outcome: Outcome | None = None


def planned(
    desk: Desk, publication: str, period: str, directory: Path, *, edition: str | None = None, to: Sequence[str] = ()
) -> tuple[Edition, list[Planned]]:
    """What would be sent to whom, in the order of the list; nothing leaves.

    Args:
        desk: Register, home and actor.
        directory: Where the files of the edition lie.
        edition: Which edition; the last one that was not withdrawn by default.
        to: Only these recipients; those who are sent it on request are sent it only if they are named.

    Raises:
        UserError: ``PR-N017`` for no circulation list, ``PR-N018`` for no release, ``PR-N019`` if it may not leave,
            ``PR-N020`` if its files are not those that were released.
    """
    declared = desk.publication(publication)
    desk.act("dispatch.plan", f"publication {publication}/{Period.parse(period)}")
    if not declared.circulation:
        message = f"`{publication}` has no circulation list."
        raise UserError("PR-N017", message, fix="Declare `circulation` in its publication.yaml.")
    for name in to:
        if name not in {each.to for each in declared.circulation}:
            listed = ", ".join(sorted({each.to for each in declared.circulation}))
            message = f"`{name[:60]}` is not on the circulation list of `{publication}`."
            raise UserError("PR-N017", message, fix=f"On it: {listed}.")
    found = edition_of(release_of(desk, publication, period, edition), directory, declared.official)
    chosen = [each for each in declared.circulation if not to or each.to in to]
    return found, [_plan(desk, found, entry, entry.to in to) for entry in chosen]


def dispatch(
    desk: Desk,
    publication: str,
    period: str,
    directory: Path,
    out: Path,
    *,
    edition: str | None = None,
    to: Sequence[str] = (),
    progress: Callable[[str], None] = lambda step: None,
) -> list[Outcome]:
    """Send an edition to those on its list who have not been sent it; arguments as of `planned`, and where folders go.

    Before anything leaves, the journal holds that it is about to; after it, what became of it. Where a process was
    killed in between, or a line broke before the server's answer, a message counts as ``unsure`` and is not sent again
    until somebody has said with `settle` whether it arrived; folders are simply looked at.

    Raises:
        UserError: As of `planned`. What goes wrong with one recipient is an outcome.
    """
    with _alone(desk.home):
        _, entries = planned(desk, publication, period, directory, edition=edition, to=to)
        with contextlib.ExitStack() as stack:
            post = _Post(desk, stack)
            outcomes = []
            for each in entries:
                progress(f"To {each.entry.to} by {each.entry.by}")
                outcomes.append(each.outcome or _send(desk, each, out, post))
            return outcomes


def settle(desk: Desk, dispatch_id: str, *, arrived: bool, reason: str) -> Dispatch:
    """Record what a recipient says of a dispatch; one that did not arrive may be sent again.

    Raises:
        UserError: ``PR-N026`` where there is no such dispatch, ``PR-N029`` without a reason.
    """
    known = desk.journal.dispatch(dispatch_id)
    if not reason.strip():
        message = "it has to be said who was asked, and what they said."
        raise UserError("PR-N029", message, where=known.id, fix="Give --reason.")
    state: DispatchState = "sent" if arrived else "failed"
    audit = desk.permit("dispatch.settle", f"release {known.release}", reason)
    step = DispatchStep(state=state, by=desk.who, at=desk.now(), answer="settled", reason=reason)
    return desk.journal.end_dispatch(known.id, step, audit)


def dispatches(desk: Desk, publication: str | None = None) -> list[Dispatch]:
    """Everything that was sent, or what was sent of one publication, oldest first."""
    if publication is not None:
        desk.publication(publication)
    desk.act("dispatch.list", f"publication {publication or 'all'}")
    return desk.journal.dispatches(publication)


def _plan(desk: Desk, edition: Edition, entry: Circulation, named: bool) -> Planned:
    def ended(state: State, told: str) -> Planned:
        return Planned(entry, outcome=Outcome(entry.to, entry.by, state, told))

    now, register = desk.now(), desk.register
    publication = desk.publication(edition.release.publication)
    recipient, marking = register.recipients[entry.to], register.marking_of(publication)
    if entry.when == "request" and not named:
        return ended("on request", f"Sent when it is asked for, with --to {entry.to}.")
    if too_early(entry.when, edition.published, now):
        return ended("waiting", f"It is published on {edition.published}, and leaves from 09:30 UTC of that day.")
    if not recipient.holds(now.date()):
        when = "ended" if recipient.until is not None and recipient.until < now.date() else "has not begun"
        return ended("refused", f"PR-N012 the agreement of `{entry.to}` {when}. Renew it in recipients.yaml.")
    # The register was checked: a list is held under a marking that is declared, by those who are cleared for it.
    if marking is None or marking.key not in recipient.cleared:
        return ended("refused", f"PR-N011 `{entry.to}` is not cleared for what this publication is marked.")
    contact = publication.contact or register.contact
    try:
        parcel = parcel_of(edition, entry, recipient, marking, publication.title, contact)
    except UserError as error:
        return ended("refused", error.sentence)
    return Planned(entry, parcel)


class _Post:
    """The server and the line to it, when the first message needs them."""

    def __init__(self, desk: Desk, stack: contextlib.ExitStack) -> None:
        self._desk, self._stack = desk, stack
        self._server: Outgoing | None = None
        self._line: Line | None = None

    @property
    def server(self) -> Outgoing:
        if self._server is None:
            self._server = server_of(self._desk.home)
        return self._server

    @property
    def line(self) -> Line:
        if self._line is None:
            self._line = Line(self.server)
            self._stack.callback(self._line.close)
        return self._line


def _send(desk: Desk, item: Planned, out: Path, post: _Post) -> Outcome:
    if item.parcel is None:
        raise ValueError(f"{item.entry.to} has neither parcel nor outcome")
    return _by_mail(desk, item.parcel, post) if item.entry.by == "mail" else _by_folder(desk, item.parcel, out)


def _by_mail(desk: Desk, parcel: Parcel, post: _Post) -> Outcome:
    entry = parcel.entry
    try:
        server = post.server
        if parcel.marking.restricted and server.security == "none":
            message = "what is restricted goes only over TLS."
            fix = "Set `security` of the mail server to starttls or tls."
            raise UserError("PR-N023", message, where=entry.to, fix=fix)
        message_bytes = message_of(parcel, server.sender)
        if len(message_bytes) > server.largest_mb * MIB:
            size = f"the message has {len(message_bytes) / MIB:.1f} MiB, and {server.largest_mb} may be sent."
            fix = "Send less (`what`), choose another way, or raise `largest_mb` if the server takes more."
            raise UserError("PR-N024", size, where=entry.to, fix=fix)
    except UserError as error:
        if error.code == "PR-N020":
            raise
        return Outcome(entry.to, entry.by, "refused", error.sentence)
    known, new = _begun(desk, parcel)
    if not new:
        if known.state == "sent":
            return Outcome(entry.to, entry.by, "already sent", f"{known.id} of {known.at:%Y-%m-%d}.", known.id)
        if known.state == "begun":
            _ended(desk, known, "unsure", "PR-N027")
        return Outcome(entry.to, entry.by, "unsure", _UNSURE.format(known.id), known.id)
    answer = post.line.send(parcel.recipient.mailbox, message_bytes)
    _ended(desk, known, answer.state, answer.answer)
    state: State = answer.state if answer.state != "begun" else "unsure"
    return Outcome(entry.to, entry.by, state, answer.told, known.id)


def _by_folder(desk: Desk, parcel: Parcel, out: Path) -> Outcome:
    entry = parcel.entry
    known, new = _begun(desk, parcel)
    if not new and known.state == "sent":
        return Outcome(entry.to, entry.by, "already sent", f"{known.id} of {known.at:%Y-%m-%d}.", known.id)
    # One that was begun and not ended is looked at: it is either wholly there, or not at all.
    try:
        place = put(parcel, out)
    except UserError as error:
        _ended(desk, known, "failed", error.code)
        if error.code == "PR-N020":
            raise
        return Outcome(entry.to, entry.by, "failed", error.sentence, known.id)
    _ended(desk, known, "sent", "written")
    return Outcome(entry.to, entry.by, "sent", str(place), known.id)


def _begun(desk: Desk, parcel: Parcel) -> tuple[Dispatch, bool]:
    release = parcel.edition.release
    audit = desk.permit("dispatch.send", f"release {release.id}")
    intent = Dispatch(
        release=release.id,
        manifest_sha256=release.manifest_sha256,
        recipient=parcel.recipient.key,
        way=parcel.entry.by,
        marking=parcel.marking.key,
        files=parcel.files,
        by=desk.who,
        at=desk.now(),
    )
    return desk.journal.begin_dispatch(intent, audit)


def _ended(desk: Desk, known: Dispatch, state: DispatchState, answer: str) -> None:
    audit = desk.permit("dispatch.send", f"release {known.release}")
    step = DispatchStep(state=state, by=desk.who, at=desk.now(), answer=answer)
    desk.journal.end_dispatch(known.id, step, audit)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One dispatch at a time from a home: the second waits, and finds what the first has sent.

    The operating system gives the lock back when its holder dies. From another home on the same journal, what is under
    way is seen as begun, and so is not sent twice either.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / LOCK).open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
