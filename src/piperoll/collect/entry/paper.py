"""Forms on paper are keyed twice: by a second person who does not see the first, and differences are decided.

Names of the fields that differ go into the journal; values stay in the vault, and who looks at both is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from piperoll.collect.entry.content import Content, with_values
from piperoll.collect.entry.forms import Forms
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal import Entry, Keying
from piperoll.store.vault import entry as port
from piperoll.store.vault.write import put_bytes


FIRST, SECOND = "first", "second"


def key_again(forms: Forms, entry_id: str, given: Mapping[str, str], revision: int) -> Keying:
    """Key a form the second time, without seeing the first.

    Where both say the same, the record is checked and may be delivered. Where not, the fields that differ are named
    and `resolve` decides.

    Args:
        forms: Of the second person.
        given: Every value that the form shows.
        revision: The revision that was there when the person began.

    Raises:
        UserError: PR-C160 to PR-C162; PR-C168 if the record is not from paper, not saved, checked already, or was
            keyed by the same person.
    """
    second = with_values(Content(), forms.dataset, given)
    audit = forms.permit(Action.ENTRY_WRITE, act="key again", entry=entry_id)
    journal, now = forms.place.journal, forms.place.clock()
    with journal.write():
        found = forms.require(entry_id, revision)
        before = journal.keyings(found.id)
        last = journal.entry_versions(found.id)
        why = ""
        if found.way != "paper" or not last:
            why = "is no saved record from a form on paper"
        elif found.draft:
            why = "is being corrected"
        elif found.checked:
            why = "was keyed twice alike already"
        elif forms.clerk in {version.by for version in last}:
            why = f"was keyed by `{forms.clerk}`, and the second keying is another person's"
        if why:
            fix = "Another person keys it, without looking at the first."
            raise UserError("PR-C168", f"{found.id} {why}.", where=found.key, fix=fix)
        item = f"{found.id}.k{len(before) + 1}"
        put_bytes(forms.place.vault, "entries", item, second.to_bytes(), forms.place.keyring)
        keying = Keying(
            number=len(before) + 1,
            version=found.version,
            by=forms.clerk,
            at=now,
            item=item,
            differs=second.differing(forms.content(found), forms.dataset),
        )
        journal.add_keying(found.id, keying)
        journal.update_entry(replace(found, checked=not keying.differs), audit=audit)
    return keying


def open_keying(forms: Forms, entry_id: str) -> Keying:
    """The second keying whose differences wait to be decided.

    Raises:
        UserError: PR-C162; PR-C168 if there is none for the version as it is.
    """
    found = forms.entry(entry_id)
    keyings = forms.place.journal.keyings(found.id)
    if not keyings or not keyings[-1].open or keyings[-1].version != found.version:
        fix = "Key the form a second time first: `piperoll enter ... --second`."
        raise UserError("PR-C168", f"No differences of {found.id} wait to be decided.", where=found.key, fix=fix)
    return keyings[-1]


def both(forms: Forms, entry_id: str, purpose: str) -> dict[str, tuple[str, str]]:
    """Field by field what each of the two keyed, where they differ; recorded, with the purpose.

    Raises:
        UserError: As `open_keying`; PR-G001.
    """
    first = forms.read(entry_id, purpose)
    keying = open_keying(forms, entry_id)
    second = _keyed(forms, keying, purpose)
    return {name: (first.values.get(name, ""), second.values.get(name, "")) for name in keying.differs}


def resolve(forms: Forms, entry_id: str, decided: Mapping[str, str], revision: int, reason: str) -> Entry:
    """Decide between two keyings, field by field; the record gets a version of it, and is checked.

    Args:
        decided: For each field that differs ``first`` or ``second``.
        revision: The revision that the form shows.
        reason: Why; needed.

    Raises:
        UserError: PR-C161 to PR-C163; PR-C165 without a reason; PR-C168 if nothing waits, or not every field that
            differs is decided.
    """
    if not reason.strip():
        raise UserError("PR-C165", "Differences are decided with a reason.", where=entry_id, fix="Say why: --reason.")
    keying = open_keying(forms, entry_id)
    if set(decided) != set(keying.differs) or not set(decided.values()) <= {FIRST, SECOND}:
        listed = ", ".join(f"`{name}`" for name in keying.differs)
        fix = f"Say `first` or `second` for each: {listed}."
        raise UserError("PR-C168", "Not every difference is decided, or more than those are.", where=entry_id, fix=fix)
    audit = forms.permit(Action.ENTRY_WRITE, reason, act="resolved", entry=entry_id)
    found = forms.require(entry_id, revision)
    first, second = forms.content(found), _keyed(forms, keying, "deciding")
    taken = {name: second.values.get(name, "") for name, which in decided.items() if which == SECOND}
    content = with_values(first, forms.dataset, taken)
    with forms.place.journal.write():
        resolved = forms.version(replace(found, checked=True), content, "resolved", reason, audit)
        forms.place.journal.resolve_keying(found.id, keying.number, forms.clerk, forms.place.clock(), reason)
    return resolved


def _keyed(forms: Forms, keying: Keying, purpose: str) -> Content:
    return Content.from_bytes(
        port.entered(forms.place.vault, forms.place.keyring, keying.item, purpose=purpose)
    )  # fmt: skip
