"""Drafts looked at, sign-offs, approvals: who made an edition cannot sign it, and what is not signed is not approved.

The rules are held here, in the transaction that writes, so that no way into the journal goes round them.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

from piperoll.errors import UserError
from piperoll.journal import signing_models as m
from piperoll.journal.base import utc
from piperoll.journal.identity import canonical_json, clean, numbered
from piperoll.journal.ledger import Ledger, to_release
from piperoll.journal.records import AuditDraft, Release
from piperoll.journal.signing import Approval, Draft, QualityWaiver, Signoff, how_to_sign, require_second


class Signoffs(Ledger):
    """What people decided of the editions of a journal."""

    def record_draft(self, draft: Draft, audit: AuditDraft | None = None) -> Draft:
        """Record a draft that was looked at; the one looked at last, looked at again, is the same one."""
        with self.write():
            if audit is not None:
                self.append_audit(audit)
            last = next(iter(self.drafts(draft.publication, draft.period)[-1:]), None)
            if last is not None and (last.object, last.fingerprint) == (draft.object, draft.fingerprint):
                return last
            number = self.next_number("draft")
            m.DraftRow(number=number, **_texts(draft)).save(using=self.alias, force_insert=True)
            return replace(draft, id=f"D{number}")

    def drafts(self, publication: str, period: str) -> list[Draft]:
        """Drafts of an edition that were looked at, in the order in which they were."""
        rows = self.rows(m.DraftRow).filter(publication=publication, period=period).order_by("number")
        return [_of(Draft, row, id=f"D{row.number}") for row in rows]

    def makers(self, release_id: str) -> tuple[str, ...]:
        """Everyone who made an edition: who recorded it, and who made the same one again.

        Raises:
            UserError: PR-J013 when there is none.
        """
        found = to_release(self._release_row(release_id))
        place = f"{found.publication}/{found.period}"
        again = self.audit_entries(action="release.make", resource_key=place, allowed=True)
        return tuple(sorted({found.by, *(each.actor for each in again if each.details.get("entry") == found.id)}))

    def record_signoff(self, signoff: Signoff, audit: AuditDraft | None = None) -> Signoff:
        """Record that a second person signed an edition.

        Raises:
            UserError: PR-E061 where the signer is nobody or made it, PR-E062 where it is not the edition that was
                recorded, PR-E066 where it is made no longer, PR-J013 where there is none.
        """
        with self.write():
            found = to_release(self._release_row(signoff.release))
            _require(found, "made", "signed")
            if (signoff.fingerprint, signoff.manifest_sha256) != (found.definitions_hash, found.manifest_sha256):
                message = "what is signed is not this edition: its fingerprint or its manifest is another."
                raise UserError("PR-E062", message, where=found.id, fix="Look at the edition again, and sign that.")
            self._second(found, signoff.signer)
            number = self.next_number("signoff")
            m.SignoffRow(number=number, **_texts(signoff)).save(using=self.alias, force_insert=True)
            if audit is not None:
                self.append_audit(audit)
            return replace(signoff, id=f"S{number}")

    def signoffs(self, release_id: str | None = None) -> list[Signoff]:
        """Every sign-off, or those of one edition, in the order in which they were recorded."""
        chosen = {} if release_id is None else {"release": clean(release_id)}
        rows = self.rows(m.SignoffRow).filter(**chosen).order_by("number")
        return [_of(Signoff, row, id=f"S{row.number}") for row in rows]

    def record_approval(self, approval: Approval, audit: AuditDraft | None = None) -> Release:
        """Approve an edition, in one transaction with its status.

        Raises:
            UserError: PR-E062 where its sign-off is not of this edition, PR-E061 where the signer made it, PR-E066
                where it is made no longer (it is approved once), PR-J013 where there is none.
        """
        with self.write():
            row = self._release_row(approval.release)
            found = to_release(row)
            _require(found, "made", "approved")
            signed = self.rows(m.SignoffRow).filter(number=numbered(approval.signoff, "S"), release=found.id).first()
            held = (found.definitions_hash, found.manifest_sha256)
            if signed is None or (signed.fingerprint, signed.manifest_sha256) != held:
                message = "no second person has signed this very edition."
                raise UserError("PR-E062", message, where=found.id, fix=how_to_sign(found))
            self._second(found, signed.signer)
            number = self.next_number("approval")
            m.ApprovalRow(number=number, **_texts(approval)).save(using=self.alias, force_insert=True)
            row.status = "approved"
            row.save(using=self.alias)
            if audit is not None:
                self.append_audit(audit)
            return to_release(row)

    def approval(self, release_id: str) -> Approval | None:
        """The approval of an edition, if it has one."""
        row = self.rows(m.ApprovalRow).filter(release=clean(release_id)).first()
        return _of(Approval, row) if row else None

    def record_quality_waiver(self, waiver: QualityWaiver, audit: AuditDraft | None = None) -> QualityWaiver:
        """Record a waiver; returned with its id.

        Raises:
            UserError: PR-E068 where no reason or no approver is given.
        """
        if not waiver.reason.strip() or not waiver.approver.strip():
            message = "an override of what quality is required needs a reason and an approver."
            raise UserError("PR-E068", message, where=waiver.publication, fix="Give --reason and --approver.")
        with self.write():
            number = self.next_number("quality waiver")
            texts = {**_texts(waiver), "shortfalls": canonical_json(sorted(waiver.shortfalls))}
            m.QualityWaiverRow(number=number, **texts).save(using=self.alias, force_insert=True)
            if audit is not None:
                self.append_audit(audit)
            return replace(waiver, id=f"L{number}")

    def quality_waivers(self) -> list[QualityWaiver]:
        """Every waiver of quality, in the order in which they were recorded."""
        rows = self.rows(m.QualityWaiverRow).order_by("number")
        return [
            _of(QualityWaiver, row, id=f"L{row.number}", shortfalls=tuple(json.loads(row.shortfalls))) for row in rows
        ]

    def _second(self, found: Release, signer: str) -> None:
        makers = self.makers(found.id)
        require_second(found, signer, makers)


def _require(release: Release, status: str, what: str) -> None:
    if release.status != status:
        message = f"the edition is {release.status}, and only one that is {status} can be {what}."
        fix = f"`piperoll release status {release.publication}` shows how its editions stand."
        raise UserError("PR-E066", message, where=release.id, fix=fix)


def _texts(record: Any) -> dict[str, Any]:
    """Values of a record for its row; its id is the row's number."""
    values = {f.name: getattr(record, f.name) for f in fields(record) if f.name != "id"}
    return {
        name: clean(value) if isinstance(value, str) else utc(value) if name == "at" else value
        for name, value in values.items()
    }


def _of(kind: Any, row: Any, **known: Any) -> Any:
    """The record of a row."""
    return kind(**{f.name: known.get(f.name, getattr(row, f.name, "")) for f in fields(kind)})
