"""Sign-off by a second person: of one made edition, as it is, and void once anything it rests on is another."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from piperoll.assure.people import named
from piperoll.derive import inputs_of, plan
from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal import Release
from piperoll.journal.signing import Approval, Signoff, how_to_sign, person_key, require_second
from piperoll.periods import Period
from piperoll.present.words import counted, joined
from piperoll.register.model.publication import Publication
from piperoll.release.edition import rests_on


@dataclass(frozen=True)
class Standing:
    """How an edition stands.

    Attributes:
        makers: Everyone who made it.
        signoffs: All there are of it, oldest first.
        void: Ids of those that hold no longer.
        holds: The last of them that holds, or the one that its approval rests on; None where there is none.
        changed: What is other than when it was made, in words; empty where nothing is, or where it is approved.
        approval: Its approval, if it has one.
    """

    release: Release
    makers: tuple[str, ...]
    signoffs: tuple[Signoff, ...]
    void: frozenset[str]
    holds: Signoff | None
    changed: str
    approval: Approval | None

    @property
    def state(self) -> str:
        """``made``, ``signed``, ``approved``, ``published`` or ``withdrawn``."""
        return "signed" if self.release.status == "made" and self.holds is not None else self.release.status


def standing(desk: Desk, release: Release) -> Standing:
    """Hold an edition's sign-offs against the edition, its makers, and what it rests on now."""
    makers = desk.journal.makers(release.id)
    signoffs = tuple(desk.journal.signoffs(release.id))
    approval = desk.journal.approval(release.id)
    if approval is not None or release.status != "made":
        signed = next((each for each in signoffs if approval and each.id == approval.signoff), None)
        return Standing(release, makers, signoffs, frozenset(), signed, "", approval)
    now, changed = _now(desk, release)
    theirs = {person_key(each) for each in makers}
    good = [
        each
        for each in signoffs
        if not changed
        and each.rests_on == now
        and (each.fingerprint, each.manifest_sha256) == (release.definitions_hash, release.manifest_sha256)
        and person_key(each.signer) not in theirs
    ]
    void = frozenset(each.id for each in signoffs) - {each.id for each in good}
    return Standing(release, makers, signoffs, void, good[-1] if good else None, changed, None)


def edition_of(desk: Desk, publication: str, period: str, edition: str = "") -> Release:
    """The last edition of a period, or the one of a number.

    Raises:
        UserError: ``PR-E067`` where there is none.
    """
    made = [
        each
        for each in desk.journal.releases(publication=publication, period=period)
        if each.edition == edition or (not edition and each.status != "withdrawn")
    ]
    if not made:
        which = f"edition {edition}" if edition else "no edition"
        raise UserError(
            "PR-E067",
            f"{which} of {period} has {'not ' if edition else ''}been made, so there is nothing to sign.",
            where=publication,
            fix=f"Make it: piperoll release {publication} {period} --out DIRECTORY",
        )
    return made[-1]


def sign(
    desk: Desk, publication: str, period: str, name: str = "", note: str = "", edition: str = ""
) -> tuple[Release, Signoff]:
    """Sign an edition off as the second person.

    Args:
        period: As written; the last edition of it is signed.
        name: The second person, on a machine with one local user; empty for the actor.
        note: What the signer wants to be kept.
        edition: Number of an earlier edition.

    Returns:
        The edition and the sign-off.

    Raises:
        UserError: ``PR-E067`` where no edition is made, ``PR-E061`` where the signer made it, ``PR-E063`` where it is
            not what would be made now, ``PR-E065`` for a name that may not be given, ``PR-E066`` where it is approved
            or withdrawn; as `Desk.permit`.
    """
    declared, when = desk.publication(publication), str(Period.parse(period))
    who = named(desk.actor, name)
    release = edition_of(desk, declared.key, when, edition)
    details = {"entry": release.id, "signer": who.name, "mode": who.mode, "fingerprint": release.definitions_hash}
    audit = desk.permit(Action.QA_SIGN, f"release {release.id}", note, details)
    require_second(release, who.name, desk.journal.makers(release.id))
    now, changed = _now(desk, release)
    if changed and release.status == "made":
        raise UserError(
            "PR-E063",
            f"it is not what would be made now: {changed}.",
            where=release.id,
            fix=f"Make it again (piperoll release {publication} {when} --out DIRECTORY), look at that, and sign it.",
        )
    signoff = Signoff(
        release=release.id,
        fingerprint=release.definitions_hash,
        manifest_sha256=release.manifest_sha256,
        rests_on=now,
        signer=who.name,
        mode=who.mode,
        recorded_by=desk.who,
        note=note,
        at=desk.now(),
    )
    return release, desk.journal.record_signoff(signoff, audit)


def require_signed(found: Standing) -> Signoff:
    """The sign-off that holds for an edition.

    Raises:
        UserError: ``PR-E062`` where nobody signed it, ``PR-E061`` where only those who made it did, ``PR-E063`` where
            what it rests on has changed.
    """
    if found.holds is not None:
        return found.holds
    release = found.release
    if not found.signoffs:
        message = "no second person has signed this very edition."
        raise UserError("PR-E062", message, where=release.id, fix=how_to_sign(release))
    require_second(release, found.signoffs[-1].signer, found.makers)
    why = found.changed or "what it rests on is other than when it was signed"
    raise UserError(
        "PR-E063",
        f"the sign-off of {found.signoffs[-1].signer} holds no longer: {why}.",
        where=release.id,
        fix="Make the edition again, and have that signed. To hold to a cut-off, name the vintage (piperoll vintage "
        "name NAME) and make it of that: "
        f"piperoll release {release.publication} {release.period} --vintage NAME --out DIRECTORY",
    )


def _now(desk: Desk, release: Release) -> tuple[str, str]:
    """Hash of what an edition rests on now, and in words what is other than when it was made.

    An edition of a named vintage is held to that vintage: naming it is how a cut-off is declared. Any other is held to
    what has come by now.
    """
    publication = desk.publication(release.publication)
    cut_off = any(each.sequence == release.vintage for each in desk.journal.vintages())
    now = rests_on(desk, publication, release.vintage if cut_off else None)
    if now in _made_of(desk, release):
        return now, ""
    said = [] if cut_off else _come_since(desk, publication, release)
    return now, joined(said) if said else "the register's definitions, or the engine, are other than they were"


def _made_of(desk: Desk, release: Release) -> set[str]:
    """What an edition rested on each time it was made, as the audit chain tells."""
    acts = desk.journal.audit_entries(
        action=str(Action.RELEASE_MAKE), resource_key=f"{release.publication}/{release.period}", allowed=True
    )
    return {str(each.details.get("rests_on", "")) for each in acts if each.details.get("entry") == release.id} - {""}


def _come_since(desk: Desk, publication: Publication, release: Release) -> list[str]:
    """Deliveries, withdrawals and values set by hand that its figures do not know of."""
    datasets = set(inputs_of(plan(desk.register, publication, desk.cache), desk.register))
    then = {each.delivery for each in desk.parts(release.vintage) if each.dataset in datasets}
    now = {each.delivery: each.dataset for each in desk.parts() if each.dataset in datasets}
    came = Counter(dataset for delivery, dataset in now.items() if delivery not in then)
    said = [f"{counted(n, 'delivery', 'deliveries')} of {dataset} came since" for dataset, n in sorted(came.items())]
    gone = len(then - now.keys())
    if gone:
        said.append(f"{counted(gone, 'delivery', 'deliveries')} {'counts' if gone == 1 else 'count'} no longer")
    if desk.corrections(release.vintage) != desk.corrections():
        said.append("values were set by hand since, or taken back")
    return said
