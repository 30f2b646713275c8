"""Approval of an edition, and the statement of it that may be given out beside the release.

The files of a release never say who signed or approved it: the same inputs give the same bytes, whoever works on them.
The journal says it, and a statement that names the manifest by its SHA-256.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from piperoll.assure.people import named
from piperoll.assure.required import require_assured
from piperoll.assure.signoff import Standing, require_signed, standing
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal import Release
from piperoll.journal.signing import Approval


FORMAT = "piperoll-approval/1"


def approve(desk: Desk, release_id: str, name: str = "") -> tuple[Release, Approval]:
    """Approve an edition that a second person has signed.

    Args:
        release_id: ``publication/period/edition``.
        name: Who approves, on a machine with one local user; empty for the actor.

    Raises:
        UserError: ``PR-E062`` where no second person signed it, ``PR-E061`` where the signer made it, ``PR-E063`` where
            the sign-off is void, ``PR-E064`` where its sources are not assured as required and no override covers it,
            ``PR-E066`` where it is approved already or no edition, ``PR-J013`` where there is none; as `Desk.permit`.
    """
    who = named(desk.actor, name)
    release = desk.journal.release(release_id)
    details = {"entry": release.id, "approver": who.name, "mode": who.mode, "manifest": release.manifest_sha256}
    audit = desk.permit(Action.RELEASE_APPROVE, f"release {release.id}", details=details)
    if release.kind != "release" or release.status != "made":
        what = release.status if release.kind == "release" else f"no edition (its kind is {release.kind})"
        fix = f"`piperoll release status {release.publication}` shows how its editions stand."
        raise UserError("PR-E066", f"it is {what}, and cannot be approved.", where=release.id, fix=fix)
    signed = require_signed(standing(desk, release))
    waiver = require_assured(desk, desk.publication(release.publication), release.period)
    approval = Approval(
        release=release.id,
        signoff=signed.id,
        approver=who.name,
        mode=who.mode,
        recorded_by=desk.who,
        waiver=waiver.id if waiver else "",
        at=desk.now(),
    )
    return desk.journal.record_approval(approval, audit), approval


def statement(desk: Desk, release_id: str) -> dict[str, Any]:
    """Who made, signed and approved an edition, and what was set aside for it.

    Raises:
        UserError: ``PR-E066`` where it is not approved, ``PR-J013`` where there is none.
    """
    release = desk.journal.release(release_id)
    desk.act(Action.RELEASE_LIST, f"release {release.id}")
    found = standing(desk, release)
    if found.approval is None or found.holds is None:
        fix = f"Approve it first: piperoll release approve {release.id}"
        raise UserError("PR-E066", "it is not approved, so there is nothing to state.", where=release.id, fix=fix)
    return _content(desk, found, found.approval)


def _content(desk: Desk, found: Standing, approval: Approval) -> dict[str, Any]:
    release, signed = found.release, found.holds
    assert signed is not None
    waiver = next((each for each in desk.journal.quality_waivers() if each.id == approval.waiver), None)
    return {
        "format": FORMAT,
        "release": release.id,
        "manifest_sha256": release.manifest_sha256,
        "fingerprint": release.definitions_hash,
        "made": {"by": list(found.makers), "at": release.at.isoformat()},
        "signed": _act(signed.signer, signed.mode, signed.recorded_by, signed.at.isoformat()),
        "approved": _act(approval.approver, approval.mode, approval.recorded_by, approval.at.isoformat()),
        "quality_set_aside": None
        if waiver is None
        else {"what": list(waiver.shortfalls), "reason": waiver.reason, "approver": waiver.approver},
    }


def _act(name: str, mode: str, recorded_by: str, at: str) -> dict[str, str]:
    return {"by": name, "mode": mode, "recorded_by": recorded_by, "at": at}


def write_statement(content: dict[str, Any], path: Path) -> None:
    """Write a statement, outside of the release whose files are all in its manifest.

    Raises:
        UserError: ``PR-E069`` for a place within a release, or one that cannot be written.
    """
    if any((folder / "manifest.json").exists() for folder in path.absolute().parents):
        message = "this place lies within a release, whose manifest lists every file."
        raise UserError("PR-E069", message, where=str(path), fix="Write the statement beside the release's directory.")
    try:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        message = f"the statement cannot be written ({error.strerror})."
        raise UserError("PR-E069", message, where=str(path), fix="Give another --out.") from None


def manifest_approved(path: Path) -> str:
    """The SHA-256 of the manifest that a statement approves.

    Raises:
        UserError: ``PR-E069`` where it cannot be read as one.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        content = None
    sha256 = content.get("manifest_sha256") if isinstance(content, dict) else None
    if not isinstance(sha256, str) or not sha256 or content.get("format") != FORMAT:
        message = "this is no statement of an approval."
        raise UserError(
            "PR-E069", message, where=str(path), fix="Give the file that `piperoll release approval` wrote."
        )
    return sha256
