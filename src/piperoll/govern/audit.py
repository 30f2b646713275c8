"""Signed checkpoints of the audit chain.

The chain shows any change by someone who cannot compute it anew; whoever can write the database could. A
checkpoint says, signed with Ed25519 by a key kept elsewhere: after entry N the hash was H. Kept by others too
(printed in a manifest, say), it shows a chain that was rewritten or cut.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from piperoll.errors import UserError
from piperoll.journal import ChainFault, Checkpoint


if TYPE_CHECKING:
    from piperoll.journal import Journal


KEY_BYTES = 32


@dataclass(frozen=True)
class AuditVerdict:
    """Outcome of `verify`: entries in the chain, checkpoints that held, and every fault as a sentence."""

    entries: int
    checkpoints: int
    faults: tuple[ChainFault, ...]

    @property
    def whole(self) -> bool:
        """Whether chain and checkpoints agree and nothing is wrong."""
        return not self.faults


def statement_to_sign(number: int, hash_: str, at: datetime) -> bytes:
    """The bytes that a checkpoint's signature covers."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"piperoll audit checkpoint\n{number}\n{hash_}\n{moment}\n".encode()


def public_key_of(private_key: bytes) -> bytes:
    """The 32-byte public key of a 32-byte Ed25519 private key.

    Raises:
        UserError: PR-G003 when it is no such key.
    """
    return _private(private_key).public_key().public_bytes_raw()


def sign_checkpoint(journal: Journal, private_key: bytes, at: datetime) -> Checkpoint:
    """Sign the chain as it stands and keep the checkpoint in the journal.

    Args:
        journal: Whose chain; it is checked first, a broken one is not signed.
        private_key: 32 bytes, Ed25519.
        at: When.

    Raises:
        UserError: PR-G002 when the chain is broken, PR-G003 when the key is none.
    """
    key = _private(private_key)
    with journal.write():
        report = journal.verify_chain()
        if report.faults:
            raise UserError(
                "PR-G002",
                f"the audit chain is broken and was not signed: {report.faults[0].sentence}",
                where=journal.label,
                fix="Restore the journal from a copy, and find out who changed it.",
            )
        number, head = journal.audit_head()
        checkpoint = Checkpoint(
            number=number,
            hash=head,
            at=at,
            public_key=key.public_key().public_bytes_raw().hex(),
            signature=key.sign(statement_to_sign(number, head, at)).hex(),
        )
        journal.add_checkpoint(checkpoint)
    return checkpoint


def verify(journal: Journal, public_key: bytes | None = None, elsewhere: Iterable[Checkpoint] = ()) -> AuditVerdict:
    """Check the chain, and every checkpoint against it.

    Args:
        journal: Whose chain.
        public_key: The key that must have signed; without it a checkpoint is checked by the key it names,
            which shows damage but not who signed.
        elsewhere: Checkpoints kept by others: they show a journal rewritten with its own checkpoints.
    """
    report = journal.verify_chain()
    hashes = {0: "0" * 64} | {entry.number: entry.hash for entry in journal.audit_entries()}
    faults = list(report.faults)
    held = 0
    for checkpoint in [*journal.checkpoints(), *elsewhere]:
        wrong = _wrong_with(checkpoint, hashes, public_key)
        if wrong:
            faults.append(ChainFault(checkpoint.number, "checkpoint", wrong))
        else:
            held += 1
    return AuditVerdict(report.entries, held, tuple(faults))


def _wrong_with(checkpoint: Checkpoint, hashes: dict[int, str], public_key: bytes | None) -> str | None:
    name = f"the checkpoint after entry {checkpoint.number}"
    if public_key is not None and checkpoint.public_key != public_key.hex():
        return f"{name} was signed with another key."
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(checkpoint.public_key))
        statement = statement_to_sign(checkpoint.number, checkpoint.hash, checkpoint.at)
        key.verify(bytes.fromhex(checkpoint.signature), statement)
    except (InvalidSignature, ValueError):
        return f"{name} has a signature that does not hold."
    if checkpoint.number not in hashes:
        return f"{name} stands, but the entry is gone."
    if hashes[checkpoint.number] != checkpoint.hash:
        return f"{name} stands, but the chain up to it was written anew."
    return None


def _private(key: bytes) -> Ed25519PrivateKey:
    if len(key) != KEY_BYTES:
        raise UserError(
            "PR-G003",
            f"the signing key has {len(key)} bytes; an Ed25519 private key has {KEY_BYTES}.",
            fix="Point to the key file that was made with the home, or make a new one.",
        )
    return Ed25519PrivateKey.from_private_bytes(key)
