"""Editions sent to recipients. The intent is written before anything leaves, the outcome after; nothing is changed."""

from __future__ import annotations

import json
from dataclasses import replace

from piperoll.errors import UserError
from piperoll.journal import models as m
from piperoll.journal.base import utc
from piperoll.journal.chain import Chain
from piperoll.journal.identity import canonical_json, clean, numbered
from piperoll.journal.records import AuditDraft
from piperoll.journal.sent import Dispatch, DispatchStep, SentFile


class Dispatches(Chain):
    """Dispatches of a journal."""

    def begin_dispatch(self, dispatch: Dispatch, audit: AuditDraft | None = None) -> tuple[Dispatch, bool]:
        """Record that a release is about to go to a recipient, unless it went already or nobody knows whether it did.

        Args:
            dispatch: ``attempt`` and ``id`` are filled in.
            audit: The act; the id, recipient and files are added to its details.

        Returns:
            The dispatch begun now and True; or the last one for this release, recipient and way, and False, where that
            one is not known to have failed.
        """
        with self.write():
            same = {
                "release": clean(dispatch.release),
                "manifest_sha256": clean(dispatch.manifest_sha256),
                "recipient": clean(dispatch.recipient),
                "way": clean(dispatch.way),
            }
            last = self.rows(m.DispatchRow).filter(**same).order_by("-attempt").first()
            if last is not None and (known := self._to_dispatch(last)).state != "failed":
                return known, False
            files = sorted(dispatch.files)
            row = m.DispatchRow(
                number=self.next_number("dispatch"),
                attempt=last.attempt + 1 if last is not None else 1,
                marking=clean(dispatch.marking),
                files=canonical_json([[clean(each.name), each.sha256, each.bytes] for each in files]),
                bytes=dispatch.bytes,
                by=clean(dispatch.by),
                at=utc(dispatch.at),
                **same,
            )
            row.save(using=self.alias, force_insert=True)
            self._told(audit, row, {"files": {each.name: each.sha256 for each in files}, "marking": row.marking})
            return self._to_dispatch(row), True

    def end_dispatch(self, dispatch_id: str, step: DispatchStep, audit: AuditDraft | None = None) -> Dispatch:
        """Record what became of a dispatch.

        Raises:
            UserError: PR-N026 where there is no such dispatch.
        """
        with self.write():
            row = self._dispatch_row(dispatch_id)
            m.DispatchStepRow(
                dispatch=row,
                number=self.rows(m.DispatchStepRow).filter(dispatch=row).count() + 1,
                state=step.state,
                answer=clean(step.answer),
                reason=clean(step.reason),
                by=clean(step.by),
                at=utc(step.at),
            ).save(using=self.alias, force_insert=True)
            self._told(audit, row, {"state": step.state, "answer": step.answer})
            return self._to_dispatch(row)

    def dispatch(self, dispatch_id: str) -> Dispatch:
        """A dispatch by its id.

        Raises:
            UserError: PR-N026 where there is none.
        """
        return self._to_dispatch(self._dispatch_row(dispatch_id))

    def dispatches(self, publication: str | None = None, release: str | None = None) -> list[Dispatch]:
        """Every dispatch, or those of one publication or release, in the order in which they were begun."""
        rows = self.rows(m.DispatchRow).order_by("number")
        if release is not None:
            rows = rows.filter(release=clean(release))
        wanted = [row for row in rows if publication in (None, row.release.partition("/")[0])]
        steps: dict[int, list[m.DispatchStepRow]] = {}
        for step in self.rows(m.DispatchStepRow).order_by("dispatch_id", "number"):
            steps.setdefault(step.dispatch_id, []).append(step)
        return [self._to_dispatch(row, steps.get(row.number, [])) for row in wanted]

    def _told(self, audit: AuditDraft | None, row: m.DispatchRow, details: dict[str, object]) -> None:
        if audit is not None:
            about = {"dispatch": f"C{row.number}", "release": row.release, "recipient": row.recipient, "way": row.way}
            self.append_audit(replace(audit, details={**audit.details, **about, **details}))

    def _dispatch_row(self, dispatch_id: str) -> m.DispatchRow:
        row = self.rows(m.DispatchRow).filter(number=numbered(dispatch_id, "C")).first()
        if row is None:
            message = f"there is no dispatch `{dispatch_id[:40]}`."
            raise UserError("PR-N026", message, fix="`piperoll dispatches` lists them.")
        return row

    def _to_dispatch(self, row: m.DispatchRow, steps: list[m.DispatchStepRow] | None = None) -> Dispatch:
        if steps is None:
            steps = list(self.rows(m.DispatchStepRow).filter(dispatch=row).order_by("number"))
        return Dispatch(
            release=row.release,
            manifest_sha256=row.manifest_sha256,
            recipient=row.recipient,
            way=row.way,
            marking=row.marking,
            files=tuple(SentFile(*each) for each in json.loads(row.files)),
            by=row.by,
            at=row.at,
            attempt=row.attempt,
            steps=tuple(DispatchStep(state=s.state, by=s.by, at=s.at, answer=s.answer, reason=s.reason) for s in steps),
            id=f"C{row.number}",
        )
