"""The jobs of a wave: for each delivery, what its limited child is to check and what it may know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from piperoll.collect.child import Children, Job
from piperoll.collect.incoming import Incoming
from piperoll.collect.known import Known
from piperoll.collect.limits import MIB, Limits
from piperoll.collect.past import PastPlan
from piperoll.collect.prepared import CheckContext, Past
from piperoll.collect.slots import Slot
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.store.tokens import Keyring


# Files up to this size share a child, a few at a time.
SMALL = 4 << 20
# A file beyond this size is checked with two threads. It depends on the file alone, as its bytes in the store must.
LARGE = 64 * MIB
PAST = "past.duckdb"


@dataclass(frozen=True)
class Task:
    """A delivery to be checked."""

    incoming: Incoming
    slot: Slot
    dataset: Dataset
    id: str
    work: Path
    supersedes: str


class Jobs:
    """Makes the jobs of one wave after the other.

    Args:
        register, known, keyring: Of the home.
        store_root: Root of the object store.
        now: The moment of the batch.
        children: Keep the past in order.
        work: The run's directory.
        limits: Of each job.
        batch: Name of the batch.
    """

    def __init__(
        self,
        register: Register,
        known: Known,
        keyring: Keyring,
        store_root: Path,
        now: dt.datetime,
        children: Children,
        work: Path,
        limits: Limits,
        batch: str,
    ) -> None:
        self._register = register
        self._known = known
        self._keyring = keyring
        self._root = store_root.resolve()
        self._now = now
        self._children = children
        self._work = work.resolve()
        self._limits = limits
        self._batch = batch
        self._plan: PastPlan | None = PastPlan(register)
        self._tables = self._work / "tables"
        self._tables.mkdir(mode=0o700)
        self._narrow: dict[str, dict[str, tuple[str, tuple[str, ...]]]] = {}

    def of(self, wave: Sequence[Task]) -> list[Job]:
        """A job for each delivery of a wave; the past is brought up to date first."""
        contexts = [self._context(task) for task in wave]
        self._bring_up(contexts)
        jobs = []
        for task, context in zip(wave, contexts, strict=True):
            task.work.mkdir(mode=0o700)
            path = task.incoming.path
            jobs.append(
                {
                    "kind": "check",
                    "path": str(path.resolve()) if path else None,
                    "work": str(task.work.resolve()),
                    "told": task.incoming.told,
                    "limits": self._limits,
                    "stated": task.incoming.stated,
                    "context": self._with_past(task, context),
                    "tables": str(self._tables),
                    "small": task.incoming.size <= SMALL,
                }
            )
        return jobs

    def _context(self, task: Task) -> CheckContext:
        slot = task.slot
        group = self._register.suppliers.get(task.dataset.suppliers)
        supplier = group.get(slot.supplier) if group else None
        return CheckContext(
            source=slot.source,
            dataset=slot.dataset,
            supplier=slot.supplier,
            supplier_name=supplier.name if supplier else slot.supplier,
            period=slot.period,
            delivery=task.id,
            received=self._now.date(),
            store_root=self._root,
            keyring=self._keyring,
            parts=self._known.parts(slot, task.dataset, self._batch),
            corrections=self._known.corrections,
            history=self._known.history(slot, self._batch),
            settled=self._known.settled,
            last=self._known.last(slot, task.dataset, self._batch),
            threads=2 if task.incoming.size > LARGE else 1,
        )

    def _bring_up(self, contexts: list[CheckContext]) -> None:
        if self._plan is None:
            return
        additions = self._plan.before(context.parts for context in contexts)
        if not additions:
            return
        work = self._work / "past"
        work.mkdir(exist_ok=True)
        job: Job = {
            "kind": "past",
            "path": self._work / PAST,
            "work": str(work),
            "told": "the store",
            "limits": self._limits,
            "additions": additions,
            "store_root": self._root,
            "corrections": self._known.corrections,
        }
        try:
            self._children.run(job)
        except UserError as error:
            if error.code.startswith("PR-S") or error.code == "PR-C004":
                raise
            # It is only a shortcut: without it each delivery reads the parts themselves.
            self._plan = None

    def _with_past(self, task: Task, context: CheckContext) -> CheckContext:
        if self._plan is None or not context.parts:
            return context
        needed = self._known.needed(task.slot.key, task.dataset)
        hidden: dict[str, tuple[str, ...]] = {}
        for key in needed:
            found = self._plan.hidden(key, context.parts, task.slot.key)
            if found is not None:
                hidden[key] = found
        if not hidden:
            return context
        if task.slot.key not in self._narrow:
            from piperoll.collect.narrow import narrowing

            self._narrow[task.slot.key] = narrowing(task.dataset, needed)
        parts = tuple(p for p in context.parts if p.dataset not in hidden)
        past = Past(self._work / PAST, hidden, self._narrow[task.slot.key])
        return replace(context, past=past, parts=parts)


def answered(answer: Any) -> dict[str, Any]:
    """An answer of a check, which must be an object.

    Raises:
        ValueError: If it is not.
    """
    if not isinstance(answer, dict):
        raise ValueError("not the answer of a check")
    return answer
