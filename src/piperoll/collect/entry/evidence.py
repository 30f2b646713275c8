"""The scanned form of a keyed record: kept in the vault, told by its bytes and not by its name, never opened here."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from piperoll.collect.entry.forms import Forms, require_purpose
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal import Entry
from piperoll.store.vault import entry as port
from piperoll.store.vault.write import put_bytes


LARGEST = 20 << 20
_TAIL = 2048
# Kind: how a file of it begins, and what stands near its end (a scan cut short in sending lacks it).
_KINDS = {
    "pdf": (b"%PDF-", b"%%EOF"),
    "png": (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
    "jpeg": (b"\xff\xd8\xff", b"\xff\xd9"),
}


def kind_of(data: bytes) -> str:
    """``pdf``, ``png`` or ``jpeg``.

    Raises:
        UserError: PR-C169 for anything else, for what is cut short, empty, or too large.
    """
    fix = f"Scan the form as PDF, PNG or JPEG of at most {LARGEST >> 20} MiB."
    if len(data) > LARGEST:
        raise UserError("PR-C169", f"The scan is larger than {LARGEST >> 20} MiB.", fix=fix)
    for kind, (start, end) in _KINDS.items():
        if data.startswith(start):
            if end not in data[-_TAIL:]:
                raise UserError("PR-C169", f"The scan begins as {kind.upper()} and is cut short.", fix=fix)
            return kind
    raise UserError("PR-C169", "The scan is no PDF, PNG or JPEG, whatever it is named.", fix=fix)


def attach(forms: Forms, entry_id: str, path: Path, revision: int) -> Entry:
    """Keep the scanned form of a record. A second scan is kept beside the first, and is the one read back.

    Raises:
        UserError: PR-C029 if the file cannot be read; PR-C161, PR-C162, PR-C165; PR-C168 if the record is not from
            paper; PR-C169 for what is no scan.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # ValueError: NUL in the path
        message = f"The scan cannot be read ({getattr(error, 'strerror', None) or 'its name is none'})."
        raise UserError("PR-C029", message, fix="Check the path and its rights.") from None
    kind = kind_of(data)
    audit = forms.permit(Action.ENTRY_WRITE, act="attach", entry=entry_id, kind=kind, bytes=len(data))
    with forms.place.journal.write():
        found = forms.require(entry_id, revision)
        if found.way != "paper":
            fix = "Open the record with the form's reference and date."
            raise UserError("PR-C168", f"{found.id} was not keyed from a form on paper.", where=found.key, fix=fix)
        item = f"{found.id}.s{found.revision + 1}.{kind}"
        put_bytes(forms.place.vault, "evidence", item, data, forms.place.keyring)
        return forms.place.journal.update_entry(replace(found, evidence=item), audit=audit)


def export(forms: Forms, entry_id: str, out: Path, purpose: str) -> str:
    """Write the scanned form to a new file for its office's eyes alone; recorded, with the purpose.

    Returns:
        Its kind.

    Raises:
        UserError: PR-C162 if there is no such record or it has no scan; PR-C165 without a purpose; PR-C035 if the file
            exists or cannot be made.
    """
    require_purpose(purpose, forms.key)
    found = forms.entry(entry_id)
    if not found.evidence:
        raise UserError("PR-C162", f"{found.id} has no scanned form.", where=found.key, fix="Add it: --scan FILE.")
    forms.record(Action.ENTRY_READ, purpose, entry=found.id, scan=True)
    data = port.evidence(forms.place.vault, forms.place.keyring, found.evidence, purpose=purpose)
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        message = f"The file cannot be made ({error.strerror})."
        raise UserError("PR-C035", message, where=str(out), fix="Name a new file where you may write.") from None
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return found.evidence.rsplit(".", 1)[-1]
