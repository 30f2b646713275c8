"""The forms of one office for one dataset: drafts, records saved, corrected with history, withdrawn, read back."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from piperoll.collect.columns import shown
from piperoll.collect.entry.content import Content, is_text, with_values
from piperoll.collect.entry.validate import Fault, faults_of
from piperoll.collect.slots import Slot, Stated, find_slot
from piperoll.errors import UserError
from piperoll.govern import ENTRIES, Action, Actor, Resource, act, permit
from piperoll.journal import AuditDraft, Entry, EntryVersion
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.store.objects import ObjectStore
from piperoll.store.tokens import Keyring
from piperoll.store.vault import entry as port
from piperoll.store.vault.write import drop, put_bytes


if TYPE_CHECKING:
    from piperoll.journal import Journal


LONGEST_CLERK = 100


@dataclass(frozen=True)
class Place:
    """A register and a home, opened for one actor.

    Attributes:
        home: Directory of the home; ``store``, ``vault`` and ``staging`` are below it.
        clock: Gives the moment of an act.
    """

    register: Register
    home: Path
    journal: Journal
    keyring: Keyring
    actor: Actor
    clock: Callable[[], dt.datetime]

    @property
    def vault(self) -> Path:
        """Root of the vault."""
        return self.home / "vault"

    @property
    def store(self) -> ObjectStore:
        """The object store."""
        return ObjectStore(self.home / "store")


class Forms:
    """Forms of one office for one dataset.

    Args:
        place: The home.
        dataset: ``source.dataset``.
        office: Key or name of the supplier.
        clerk: Who types, where that is not the actor (a person at the actor's screen); only the actor is audited.

    Raises:
        UserError: PR-C022 or PR-C024 for a dataset or office that the register does not know, PR-C160 for a
            clerk's name that cannot be shown.
    """

    def __init__(self, place: Place, dataset: str, office: str, clerk: str = "") -> None:
        self.place = place
        self.clerk = _clerk(clerk) or place.actor.name
        self.dataset = _dataset(place.register, dataset)
        self.key = dataset
        self.source = dataset.partition(".")[0]
        self.office = _office(place.register, self.dataset, office)

    @property
    def resource(self) -> Resource:
        """What govern decides over: the office's records of the dataset."""
        return Resource(ENTRIES, f"{self.dataset.suppliers}:{self.office}/{self.key}")

    def permit(self, action: Action, purpose: str = "", **details: object) -> AuditDraft:
        """Decide, and give the audit entry.

        Raises:
            UserError: PR-G001 if the actor may not.
        """
        place = self.place
        if self.clerk != place.actor.name:
            details["clerk"] = self.clerk
        return permit(place.journal, place.actor, action, self.resource, place.clock(), purpose, details)

    def record(self, action: Action, purpose: str = "", **details: object) -> None:
        """Decide, and write the audit entry before the act.

        Raises:
            UserError: PR-G001 if the actor may not.
        """
        place = self.place
        if self.clerk != place.actor.name:
            details["clerk"] = self.clerk
        act(place.journal, place.actor, action, self.resource, place.clock(), purpose, details)

    # --- typing -------------------------------------------------------------------------------------------------------

    def open(
        self, period: str, given: Mapping[str, str] | None = None, *, reference: str = "", dated: str = ""
    ) -> Entry:
        """Begin a draft for a period that the office owes.

        Args:
            period: As written: ``2012-05``.
            given: Values to begin with.
            reference, dated: Of the form on paper that it is keyed from, both or neither.

        Raises:
            UserError: PR-C024 or PR-C025 for the period, PR-C160 for values or the form's date.
        """
        slot = self.slot(period)
        way = "paper" if reference.strip() or dated.strip() else "staff"
        if way == "paper":
            _form(reference, dated)
        content = with_values(Content({}, reference.strip(), dated.strip()), self.dataset, given or {})
        place, now = self.place, self.place.clock()
        audit = self.permit(Action.ENTRY_WRITE, act="open", period=slot.period, way=way)
        with place.journal.write():
            made = place.journal.add_entry(
                Entry(
                    source=slot.source, dataset=slot.dataset, supplier=slot.supplier, period=slot.period, way=way,
                    made_by=self.clerk, made_at=now, changed_by=self.clerk, changed_at=now,
                ),
                audit,
            )  # fmt: skip
            return self._draft(made, content)

    def set(self, entry_id: str, given: Mapping[str, str], revision: int) -> Entry:
        """Set fields of a draft, one or some; of a saved record this begins a correction.

        The text is kept as typed, right or wrong: `faults` tells. On disk when this returns.

        Args:
            revision: The revision that the form shows.

        Raises:
            UserError: PR-C160 for a field, PR-C161 if another clerk was first, PR-C162 if there is no such record,
                PR-C165 if it is withdrawn.
        """
        # Not in the audit chain field by field: the draft's revision says who and when, its versions what.
        self.permit(Action.ENTRY_WRITE)
        with self.place.journal.write():
            found = self._at(entry_id, revision)
            content = with_values(self._content(found.draft or _item(found)), self.dataset, given)
            return self._draft(replace(found, changed_by=self.clerk, changed_at=self.place.clock()), content)

    def faults(self, entry_id: str) -> tuple[Fault, ...]:
        """What the contract has against the record as typed so far."""
        self.permit(Action.ENTRY_WRITE)
        found = self.entry(entry_id)
        return self._faults(found, self._content(found.draft or _item(found)))

    def save(self, entry_id: str, revision: int, reason: str = "") -> Entry:
        """Make the draft the record's next version, if the contract has nothing against it.

        Args:
            revision: The revision that the form shows.
            reason: Why a saved record is corrected; needed from the second version on.

        Raises:
            UserError: PR-C161, PR-C162; PR-C163 if it breaks the contract; PR-C164 if another record of the slot has
                its key; PR-C165 if there is nothing to save or no reason is given.
        """
        kind = "corrected" if self.entry(entry_id).version else "saved"
        audit = self.permit(Action.ENTRY_WRITE, reason, act=kind, entry=entry_id)
        found = self._at(entry_id, revision)
        if not found.draft:
            raise UserError("PR-C165", f"Nothing of {found.id} was changed since it was saved.", where=found.key)
        if found.version and not reason.strip():
            fix = "Say why it was wrong: --reason."
            raise UserError("PR-C165", f"{found.id} is corrected, and no reason is given.", where=found.key, fix=fix)
        return self.version(found, self._content(found.draft), kind, reason, audit)

    def version(self, found: Entry, content: Content, kind: str, reason: str, audit: AuditDraft) -> Entry:
        """Make contents the next version of a record (used by `save` and by `paper.resolve`).

        Raises:
            UserError: PR-C161, PR-C163, PR-C164.
        """
        wrong = [fault for fault in self._faults(found, content) if fault.severity in "EB"]
        if wrong:
            told = " ".join(f"{fault.rule}: {fault.sentence}" for fault in wrong)
            fix = "It is kept as a draft: correct it and save again."
            raise UserError("PR-C163", f"{found.id} breaks its contract. {told}", where=found.key, fix=fix)
        before = self._content(_item(found)) if found.version else Content()
        now, number = self.place.clock(), found.version + 1
        item = f"{found.id}.v{number}"
        token = self._key_token(found, content)
        with self.place.journal.write():
            self._at(found.id, found.revision)
            self._alone(found, token)
            put_bytes(self.place.vault, "entries", item, content.to_bytes(), self.place.keyring)
            changed = replace(
                found, state="saved", version=number, draft="", key_token=token, changed_by=self.clerk, changed_at=now
            )
            fields = content.differing(before, self.dataset)
            made = EntryVersion(
                version=number, act=kind, by=self.clerk, at=now, reason=reason, item=item, fields=fields
            )
            saved = self.place.journal.update_entry(changed, made, audit)
        self._forget_drafts(saved)
        return saved

    def withdraw(self, entry_id: str, revision: int, reason: str) -> Entry:
        """Take a record or a draft back, with a reason. Its versions stay; the next delivery is without it.

        Raises:
            UserError: PR-C161, PR-C162; PR-C165 without a reason or if it is withdrawn already.
        """
        audit = self.permit(Action.ENTRY_WRITE, reason, act="withdrawn", entry=entry_id)
        if not reason.strip():
            fix = "Say why: --reason."
            raise UserError("PR-C165", "A record is withdrawn with a reason.", where=self.key, fix=fix)
        now = self.place.clock()
        with self.place.journal.write():
            found = self._at(entry_id, revision)
            number = found.version + 1
            gone = replace(
                found, state="withdrawn", version=number, draft="", key_token="", changed_by=self.clerk, changed_at=now
            )
            made = EntryVersion(version=number, act="withdrawn", by=self.clerk, at=now, reason=reason)
            gone = self.place.journal.update_entry(gone, made, audit)
        self._forget_drafts(gone)
        return gone

    # --- reading back -------------------------------------------------------------------------------------------------

    def entry(self, entry_id: str) -> Entry:
        """The state of a record of this office.

        Raises:
            UserError: PR-C162 if the office has no such record of the dataset (another office may).
        """
        found = self.place.journal.entry(entry_id)
        if found is None or (found.key, found.supplier) != (self.key, self.office):
            message = f"`{self.office}` has no record {entry_id.strip()[:20]!r} of `{self.key}`."
            raise UserError("PR-C162", message, fix=f"`piperoll entries {self.key} --office {self.office}` lists them.")
        return found

    def entries(self, period: str | None = None) -> list[Entry]:
        """The office's records (of a period), withdrawn ones too; recorded."""
        self.record(Action.ENTRY_LIST)
        return self.place.journal.entered(self.source, self.dataset.name, self.office, period)

    def history(self, entry_id: str) -> list[EntryVersion]:
        """Versions of a record, oldest first: who, when, why, which fields."""
        self.record(Action.ENTRY_LIST, entry=entry_id)
        return self.place.journal.entry_versions(self.entry(entry_id).id)

    def read(self, entry_id: str, purpose: str, version: int | None = None) -> Content:
        """What a record says: as typed last, or a version of it. Recorded, with the purpose.

        Raises:
            UserError: PR-C162 if there is no such record or version; PR-C165 without a purpose.
        """
        require_purpose(purpose, self.key)
        self.record(Action.ENTRY_READ, purpose, entry=entry_id, version=version)
        found = self.entry(entry_id)
        item = found.draft or _item(found)
        if version is not None or not item or found.state == "withdrawn":
            versions = [v for v in self.place.journal.entry_versions(found.id) if v.item]
            chosen = next((v for v in reversed(versions) if version in (None, v.version)), None)
            if chosen is None:
                fix = "See its history: `piperoll entries ... --record`."
                raise UserError("PR-C162", f"{found.id} has no such version with values.", where=self.key, fix=fix)
            item = chosen.item
        return self._content(item, purpose)

    # --- for the modules beside this one ------------------------------------------------------------------------------

    def slot(self, period: str) -> Slot:
        """The office's slot of a period.

        Raises:
            UserError: PR-C024, PR-C025.
        """
        stated = Stated(dataset=self.key, supplier=self.office, period=period)
        return find_slot(self.place.register, "", stated, self.place.clock().date(), f"{self.key} of {self.office}")

    def twin(self, period: str, values: Mapping[str, str]) -> Entry | None:
        """The saved record of the office's slot that has the key of these values, if there is one."""
        slot = self.slot(period)
        found = Entry(
            source=slot.source, dataset=slot.dataset, supplier=slot.supplier, period=slot.period, way="staff",
            made_by=self.clerk, made_at=self.place.clock(), changed_by=self.clerk, changed_at=self.place.clock(),
        )  # fmt: skip
        return self._saved_with(found, self._key_token(found, Content(values)))

    def content(self, found: Entry) -> Content:
        """What a record says in its last version; the caller has been allowed."""
        return self._content(_item(found))

    def require(self, entry_id: str, revision: int) -> Entry:
        """The record, if it is still as the form shows it; see `set` for what is raised."""
        return self._at(entry_id, revision)

    def _at(self, entry_id: str, revision: int) -> Entry:
        found = self.entry(entry_id)
        if found.revision != revision:
            when = found.changed_at.astimezone(dt.UTC)
            message = f"{found.id} was changed by `{found.changed_by}` at {when:%Y-%m-%d %H:%M} since you opened it."
            fix = "Open it again: their change is kept, and yours was not made."
            raise UserError("PR-C161", message, where=found.key, fix=fix)
        if found.state == "withdrawn":
            raise UserError("PR-C165", f"{found.id} is withdrawn.", where=found.key, fix="Enter the record anew.")
        return found

    def _draft(self, found: Entry, content: Content) -> Entry:
        """Within a transaction: put the draft into the vault and its name into the journal."""
        item = f"{found.id}.d{found.revision + 1}"
        put_bytes(self.place.vault, "entries", item, content.to_bytes(), self.place.keyring)
        return self.place.journal.update_entry(replace(found, draft=item))

    def _forget_drafts(self, saved: Entry) -> None:
        """What was typed on the way to a version; a draft may have been left by a process that was killed."""
        for number in range(1, saved.revision):
            drop(self.place.vault, "entries", f"{saved.id}.d{number}")

    def _content(self, item: str, purpose: str = "typing") -> Content:
        if not item:
            return Content()
        return Content.from_bytes(port.entered(self.place.vault, self.place.keyring, item, purpose=purpose))

    def _faults(self, found: Entry, content: Content) -> tuple[Fault, ...]:
        slot = Slot(found.source, found.dataset, found.supplier, found.period)
        return faults_of(content, slot, self.place.register, self.place.keyring, self.place.clock().date())

    def _key_token(self, found: Entry, content: Content) -> str:
        if not self.dataset.key:
            return ""
        values = [content.values.get(name, "").strip() for name in self.dataset.key]
        text = json.dumps([found.key, found.supplier, found.period, values])
        key = self.place.keyring.purpose_key("entered keys")
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def _alone(self, found: Entry, token: str) -> None:
        other = self._saved_with(found, token)
        if other is not None:
            key = ", ".join(f"`{name}`" for name in self.dataset.key)
            message = f"{other.id} has the same {key} as {found.id} in {found.period}."
            fix = f"Correct {other.id} in place of a second record, or withdraw one."
            raise UserError("PR-C164", message, where=found.key, fix=fix)

    def _saved_with(self, found: Entry, token: str) -> Entry | None:
        """Another saved record of the same slot with this key; none where the contract has no key."""
        if not token:
            return None
        others = self.place.journal.entered(found.source, found.dataset, found.supplier, found.period)
        return next((o for o in others if o.id != found.id and o.state == "saved" and o.key_token == token), None)


def require_purpose(purpose: str, key: str) -> None:
    """Refuse to read values for no purpose.

    Raises:
        UserError: PR-C165.
    """
    if not purpose.strip():
        raise UserError("PR-C165", "A record is read with a purpose.", where=key, fix="Say why: --purpose.")


def _item(found: Entry) -> str:
    return f"{found.id}.v{found.version}" if found.version and found.state != "withdrawn" else ""


def _dataset(register: Register, key: str) -> Dataset:
    source, _, name = key.partition(".")
    for each, dataset in register.datasets():
        if (each.key, dataset.name) == (source, name) and not dataset.linkage:
            return dataset
    fix = "Write it `source.dataset`; see `piperoll register list`."
    raise UserError("PR-C022", f"There is no dataset {shown(key)} that anybody delivers.", fix=fix)


def _office(register: Register, dataset: Dataset, office: str) -> str:
    group = register.suppliers.get(dataset.suppliers)
    known = group.suppliers if group else ()
    wanted = office.strip().casefold()
    for supplier in known:
        if wanted in (supplier.key.casefold(), supplier.name.casefold()):
            return supplier.key
    few = ", ".join(f"`{s.key}`" for s in known[:8])
    message = f"`{dataset.name}` is owed by no office {shown(office)}."
    raise UserError("PR-C024", message, fix=f"Known: {few}{' ...' if len(known) > 8 else ''}.")


def _clerk(name: str) -> str:
    name = name.strip()
    if not name.isprintable() or len(name) > LONGEST_CLERK:
        fix = f"Give it in at most {LONGEST_CLERK} printable characters: --as."
        raise UserError("PR-C160", "The name of who types cannot be shown.", fix=fix)
    return name


def _form(reference: str, dated: str) -> None:
    try:
        if reference.strip() and len(reference) <= 100 and is_text(reference):
            dt.date.fromisoformat(dated.strip())
            return
    except ValueError:
        pass
    fix = "Give --reference (at most 100 characters) and --dated as 2012-05-31."
    raise UserError("PR-C160", "A form on paper is keyed with its reference and its date.", fix=fix)
