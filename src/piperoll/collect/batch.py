"""Take in a batch of files: each becomes a delivery with a receipt, in an order that its contents decide."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piperoll.collect.arrived import Arrived, slot_of
from piperoll.collect.checking import OUT
from piperoll.collect.child import Children
from piperoll.collect.incoming import Incoming, expand, nothing, unchanged
from piperoll.collect.jobs import Jobs, Task, answered
from piperoll.collect.keep import Files, Keeper, Placing, disk
from piperoll.collect.known import Known
from piperoll.collect.limits import Limits
from piperoll.collect.order import batch_name, waves
from piperoll.collect.prepared import CheckResult, RuleFinding, RuleQuery
from piperoll.collect.receipt import Receipt
from piperoll.collect.slots import NOTHING_STATED, Slot, Stated
from piperoll.collect.staging import WAIT_SECONDS, alone
from piperoll.collect.verdict import KNOWN, NOT_TAKEN, REFUSED, WORDS, judge
from piperoll.errors import UserError
from piperoll.govern import ENTRIES, Action, Actor, Resource, check, permit
from piperoll.journal import AuditDraft, Query, delivery_id
from piperoll.register.model.register import Register
from piperoll.store.objects import ObjectStore
from piperoll.store.tokens import Keyring


if TYPE_CHECKING:
    from piperoll.journal import Journal


Progress = Callable[[int, int, str], None]
SAME_BYTES = "G-V12"
PLACING = 8  # files on their way to the disk at a time
AHEAD = 6  # deliveries whose files may be on their way before the oldest is waited for
# What is wrong with a file. Other errors (a full disk, a contract that does not run, a damaged store) say nothing
# of the file: they stop the batch, and nothing is recorded.
OF_THE_FILE = frozenset(f"PR-C{n:03d}" for n in (*range(1, 22), *range(180, 183))) - {"PR-C004"}


@dataclass(frozen=True)
class Options:
    """How a batch is collected.

    Attributes:
        stated: What is said of all files.
        again: Check bytes again that were refused before, or withdrawn.
        resubmit: Id of the delivery whose refused rows the one file brings again, corrected.
        entered: Key of the office's entered records that the one file was made of (see `collect.entry`): who may
            submit those may bring it in.
        limits: Of the children.
        parallel: Children at a time.
        wait: Seconds to wait for another collect on the same home.
    """

    stated: Stated = NOTHING_STATED
    again: bool = False
    resubmit: str = ""
    entered: str = ""
    limits: Limits = field(default_factory=Limits)
    parallel: int = 2
    wait: float = WAIT_SECONDS


def collect(
    register: Register,
    store: ObjectStore,
    vault: Path,
    journal: Journal,
    keyring: Keyring,
    actor: Actor,
    now: dt.datetime,
    paths: Iterable[Path | Arrived],
    options: Options | None = None,
    progress: Progress | None = None,
    *,
    staging: Path | None = None,
) -> list[Receipt]:
    """Take in files: find each one's slot, check it against its contract, keep or refuse it.

    Running it again with the same files changes nothing: bytes that are in already are recognised. A run that
    was killed at any moment is completed by running it again.

    Args:
        register: Whose contracts count.
        store, vault, journal, keyring: Of the home.
        actor: Who brings them in.
        now: The moment they are received.
        paths: Files and folders; none for a delivery without a file (``options.stated`` says nil, or not available).
        options: See `Options`.
        progress: Told how many of how many are done, and what is going on.
        staging: Default: ``staging`` beside the store.

    Returns:
        A receipt for each file, in the order in which they were taken in; those without a slot first.

    Raises:
        UserError: PR-C004 when the disk is full, PR-C026 when another collect holds the home for too long,
            PR-G001 when the actor may not.
    """
    options = options or Options()
    if options.entered:
        check(actor, Action.ENTRY_SUBMIT, Resource(ENTRIES, options.entered), now)
    else:
        check(actor, Action.COLLECT_DELIVER, Resource("delivery"), now)
    # The children get the keys, never the right to make some.
    keyring.token_key("")
    keyring.vault_key()
    tell = progress or (lambda done, total, words: None)
    staging = staging or store.root.parent / "staging"
    with (
        disk("the home"),
        alone(staging, wait=options.wait, waiting=lambda words: tell(0, 0, words)) as work,
        Children({"register": register, "keyring": keyring, "vault": vault}, options.parallel) as children,
        ThreadPoolExecutor(PLACING) as pool,
    ):
        batch = _Batch(register, Keeper(store, vault, journal, keyring, pool), actor, now, options, children, work)
        return batch.run(list(paths), tell)


@dataclass(frozen=True)
class _Begun:
    """A delivery whose files are on their way to their places."""

    task: Task
    receipt: Receipt
    files: Files
    placing: Placing


class _Batch:
    def __init__(
        self,
        register: Register,
        keeper: Keeper,
        actor: Actor,
        now: dt.datetime,
        options: Options,
        children: Children,
        work: Path,
    ) -> None:
        self.register = register
        self.keeper = keeper
        self.actor = actor
        self.now = now
        self.options = options
        self.children = children
        self.work = work
        self.known = Known(keeper.journal, register)
        self.name = ""
        self._planned = 0

    def run(self, paths: list[Path | Arrived], tell: Progress) -> list[Receipt]:
        """Everything that came in, as receipts."""
        tell(0, 0, "Reading what came in")
        stated = self.options.stated
        found = list(expand(paths, stated, self.children, self.work / "in", self.options.limits))
        if (stated.nil or stated.not_available) and not paths:
            found.append(nothing(stated, "not available" if stated.not_available else "nil"))
        receipts: list[Receipt] = []
        slotted: list[tuple[Slot, Incoming]] = []
        for incoming in found:
            try:
                slotted.append((self._slot(incoming), incoming))
            except UserError as error:
                receipts.append(_not_taken(incoming, error))
        self.name = batch_name([f"{i.sha256} {slot}" for slot, i in slotted])
        self.jobs = Jobs(
            self.register,
            self.known,
            self.keeper.keyring,
            self.keeper.store.root,
            self.now,
            self.children,
            self.work,
            self.options.limits,
            self.name,
        )
        total, done = len(slotted), 0
        for wave in waves(self.register, slotted):
            for receipt in self._wave(wave):
                done += 1
                tell(done, total, f"{receipt.slot}: {WORDS[receipt.verdict]}")
                receipts.append(receipt)
        return receipts

    def _slot(self, incoming: Incoming) -> Slot:
        if incoming.problem:
            raise incoming.problem
        if self.options.resubmit:
            from piperoll.collect.resubmit import slot_of_resubmission

            return slot_of_resubmission(self.keeper.journal, self.register, self.options.resubmit)
        return slot_of(self.register, incoming, self.now.date())

    def _wave(self, wave: list[tuple[Slot, Incoming]]) -> Iterable[Receipt]:
        planned: list[Receipt | Task] = []
        for slot, incoming in wave:
            # Counted over all waves: the same bytes may come again in a later one.
            self._planned += 1
            task = self._plan(slot, incoming, self.work / f"{self._planned}-{incoming.sha256[:16]}")
            planned.append(task)
        tasks = [each for each in planned if isinstance(each, Task)]
        jobs = self.jobs.of(tasks)
        if self.options.resubmit:
            from piperoll.collect.resubmit import previous_of

            for job in jobs:
                job["previous"] = previous_of(self.keeper.journal, self.options.resubmit)
        answers = iter(self.children.map(zip(tasks, jobs, strict=True)))
        # Files go to their places while the next answers are waited for; the journal's order is that of the wave.
        begun: deque[_Begun] = deque()
        for each in planned:
            if isinstance(each, Receipt) or any(other.task.id == each.id for other in begun):
                yield from self._committed(begun, 0)
            if isinstance(each, Receipt):
                yield each
                continue
            _, answer = next(answers)
            there = next((n for n, other in enumerate(begun) if not other.placing.done()), len(begun))
            yield from self._committed(begun, len(begun) - there)
            receipt, files = self._finish(each, answer)
            if files is None:
                yield from self._committed(begun, 0)
                yield receipt
                continue
            begun.append(_Begun(each, receipt, files, self.keeper.begin(receipt, files, each.work / "sealed")))
            yield from self._committed(begun, AHEAD)
        yield from self._committed(begun, 0)

    def _committed(self, begun: deque[_Begun], most: int) -> Iterable[Receipt]:
        """Commit the oldest until no more than ``most`` are left: together, for each time the disk is waited for."""
        ready = [begun.popleft() for _ in range(len(begun) - most)]
        # Waited for before the journal's transaction, which keeps others from writing.
        failed = next((n for n, each in enumerate(ready) if each.placing.failed()), None)
        done, error = self._commit_together(ready[:failed]) if ready[:failed] else ([], None)
        for each in done:
            self.keeper.pool.submit(shutil.rmtree, each.task.work, ignore_errors=True)
            yield each.receipt
        if error is not None:
            raise error
        if failed is not None:
            self._commit(ready[failed], self._permit(ready[failed]))

    def _commit_together(self, whole: list[_Begun]) -> tuple[list[_Begun], Exception | None]:
        """Commit deliveries in one transaction; those before the first that cannot be are in, and why it cannot."""
        # A refusal is recorded by itself: it must not be undone with the transaction.
        audits = [self._permit(each) for each in whole]
        done: list[_Begun] = []
        with self.keeper.journal.write():
            for each, audit in zip(whole, audits, strict=True):
                try:
                    self._commit(each, audit)
                except Exception as error:
                    # Its own part of the transaction is undone by now.
                    return done, error
                done.append(each)
        return done, None

    def _plan(self, slot: Slot, incoming: Incoming, work: Path) -> Receipt | Task:
        dataset = self.register.dataset(slot.key)
        earlier = self.known.same_bytes(incoming.sha256, slot)
        if earlier:
            last = earlier[-1]
            renewed = self.options.again and (last.verdict == REFUSED or last.withdrawn is not None)
            if not renewed:
                return _known(incoming, slot, last)
        name = delivery_id(incoming.sha256, slot.source, slot.dataset, slot.supplier, slot.period, again=len(earlier))
        current = self.known.in_force(slot)
        return Task(incoming, slot, dataset, name, work, current.id if current else "")

    def _finish(self, task: Task, answer: Callable[[], Any]) -> tuple[Receipt, Files | None]:
        """Judge one delivery; its files, if it is to be kept."""
        try:
            data = answered(answer())
            unchanged(task.incoming)
            result = CheckResult.from_json(data["result"])
            receipt = self._judged(task, result, int(data.get("carried", 0)))
            files = _files(task, result)
        except UserError as error:
            if error.code in {"PR-C030", "PR-C036"}:
                return _not_taken(task.incoming, error), None
            if error.code not in OF_THE_FILE:
                raise
            receipt = self._unreadable(task, error)
            files = Files(task.incoming.path)
        except (KeyError, TypeError, ValueError):
            message = "The process that checked the file gave no sound answer; the file may be hostile."
            fix = "Ask the supplier for the file again, exported afresh."
            receipt = self._unreadable(task, UserError("PR-C003", message, fix=fix))
            files = Files(task.incoming.path)
        return receipt, files

    def _judged(self, task: Task, result: CheckResult, carried: int) -> Receipt:
        incoming = task.incoming
        why = incoming.stated.not_available
        if why:
            # What is not there differs from earlier periods in everything, and nothing is to be asked of it.
            result = replace(result, findings=(), queries=())
        queries = result.queries
        findings = result.findings
        twin = self.known.elsewhere(incoming.sha256, task.slot, self.name) if incoming.size else None
        if twin is not None:
            key = f"{SAME_BYTES}|{task.slot.key}|{task.slot.supplier}|{task.slot.period}|"
            other = f"{twin.source}.{twin.dataset} of {twin.supplier} for {twin.period}"
            sentence = f"The file is byte for byte the one delivered for {other}. Is it the right file?"
            findings = (*findings, RuleFinding(SAME_BYTES, "R", "", 1, sentence))
            if key not in self.known.settled:
                queries = (*queries, RuleQuery(SAME_BYTES, key, sentence))
        result = replace(result, findings=findings, queries=queries)
        verdict = judge(result, task.dataset, incoming.stated.nil, why, bool(task.supersedes))
        return Receipt(
            file=incoming.told,
            verdict=verdict.name,
            sha256=incoming.sha256,
            size=incoming.size,
            slot=task.slot,
            delivery=task.id,
            received_at=self.now,
            nil=incoming.stated.nil,
            rows_in=result.rows_in,
            rows_kept=result.rows_kept,
            rows_refused=result.rows_refused,
            findings=findings,
            queries=queries,
            reasons=verdict.reasons,
            nulls=dict(result.nulls),
            supersedes=task.supersedes if verdict.name != REFUSED else "",
            resubmits=self.options.resubmit,
            carried=carried,
            simulated=self._simulated(incoming),
            provenance=incoming.provenance,
        )

    def _simulated(self, incoming: Incoming) -> bool:
        """Corrected rows of a simulated delivery are simulated, wherever they lie."""
        again = self.options.resubmit
        earlier = bool(again) and self.keeper.journal.delivery(again).receipt.get("simulated") is True
        return incoming.simulated or earlier

    def _unreadable(self, task: Task, error: UserError) -> Receipt:
        return Receipt(
            file=task.incoming.told,
            verdict=REFUSED,
            sha256=task.incoming.sha256,
            size=task.incoming.size,
            slot=task.slot,
            delivery=task.id,
            received_at=self.now,
            nil=task.incoming.stated.nil,
            reasons=(_sentence(error),),
            codes=(error.code,),
            resubmits=self.options.resubmit,
            simulated=self._simulated(task.incoming),
            provenance=task.incoming.provenance,
        )

    def _permit(self, begun: _Begun) -> AuditDraft:
        task, receipt = begun.task, begun.receipt
        action = Action.COLLECT_RESUBMIT if self.options.resubmit else Action.COLLECT_DELIVER
        resource = Resource("delivery", task.id)
        details = {"slot": asdict(task.slot), "verdict": receipt.verdict, "sha256": receipt.sha256}
        if self.options.entered:
            action, resource = Action.ENTRY_SUBMIT, Resource(ENTRIES, self.options.entered)
            details["delivery"] = task.id
        return permit(self.keeper.journal, self.actor, action, resource, self.now, details=details)

    def _commit(self, begun: _Begun, audit: AuditDraft) -> None:
        task, receipt = begun.task, begun.receipt
        queries = tuple(Query(rule=q.rule, key=q.key, sentence=q.sentence) for q in receipt.queries if receipt.accepted)
        facts: dict[str, Any] = {
            "mode": task.dataset.mode,
            "contract_hash": self.register.hash,
            "batch": self.name,
            "supersedes": task.supersedes or None if receipt.accepted else None,
        }
        delivery = self.keeper.commit(begun.placing, receipt, begun.files, facts, queries, audit)
        self.known.committed(delivery)


def _files(task: Task, result: CheckResult) -> Files:
    out = task.work / OUT

    def place(name: str) -> Path | None:
        path = out / name
        if not name:
            return None
        if path.is_symlink() or not path.is_file():
            raise ValueError("a file of the result is missing")
        return path

    return Files(
        original=task.incoming.path,
        store=place(result.store),
        vault=place(result.vault),
        refused=place(result.refused),
        places=place(result.places),
    )


def _known(incoming: Incoming, slot: Slot, last: Any) -> Receipt:
    what = f"These bytes came for this slot before (delivery {last.id}, {last.received_at:%Y-%m-%d})"
    if last.withdrawn is not None:
        reason = f"{what} and were withdrawn; to bring them in again: --again."
    elif last.verdict == REFUSED:
        reason = f"{what} and were refused; to have them checked again: --again."
    else:
        reason = f"{what}; nothing changed."
    return Receipt(
        file=incoming.told,
        verdict=KNOWN,
        sha256=incoming.sha256,
        size=incoming.size,
        slot=slot,
        delivery=last.id,
        received_at=last.received_at,
        rows_in=last.rows_in,
        rows_kept=last.rows_kept,
        rows_refused=last.rows_refused,
        reasons=(reason,),
        provenance=incoming.provenance,
    )


def _not_taken(incoming: Incoming, error: UserError) -> Receipt:
    return Receipt(
        file=incoming.told,
        verdict=NOT_TAKEN,
        sha256=incoming.sha256,
        size=incoming.size,
        reasons=(_sentence(error),),
        codes=(error.code,),
        provenance=incoming.provenance,
    )


def _sentence(error: UserError) -> str:
    return f"{error.code} {error.message}{' ' + error.fix if error.fix else ''}"
