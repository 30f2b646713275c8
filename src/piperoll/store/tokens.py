"""Keys, and the keyed tokens that stand in the store for linkage identifiers.

A token is the AES-256-CMAC (NIST SP 800-38B) of the value's UTF-8 text under the key of its key domain: 128 bits, 32
hexadecimal digits. It is the same for the same value in two datasets of one domain, so SQL can join and count; without
the key it cannot be computed or turned back.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piperoll.errors import UserError


if TYPE_CHECKING:
    from piperoll.store.duck import Connection


KEY_BYTES = 32
TOKEN_DIGITS = 32
ARROW: dict[str, Any] = {"type": "arrow", "null_handling": "special"}


def token_of(value: str, key: bytes) -> str:
    """The token of one value under a domain's key (32 bytes)."""
    from cryptography.hazmat.primitives.ciphers import algorithms
    from cryptography.hazmat.primitives.cmac import CMAC

    made = CMAC(algorithms.AES(key))
    made.update(value.encode())
    return made.finalize().hex()


def add_token_function(con: Connection, name: str, key: bytes) -> None:
    """Give a connection the SQL function ``name``: VARCHAR to its token under ``key``, equal to `token_of`.

    It works on a vector of values at a time; null gives null.
    """
    # Reading needs neither tokens nor Arrow, and many a command only reads.
    from piperoll.store.cmac import Cmac

    made = Cmac(key)
    # DuckDB reads the annotations of a function it is given; this one has none.
    con.create_function(name, lambda texts: made.hex(texts), ["VARCHAR"], "VARCHAR", **ARROW)  # noqa: PLW0108


class Keyring:
    """The keys of a home: one for tokens, a series for the vault. Made on first use, for their owner alone.

    Two processes that start at once end up with the same keys: a key file is written whole and then linked
    into place, and whoever comes second takes what is there.

    Args:
        directory: ``<home>/keys``.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory)
        self._held: dict[str, bytes] = {}

    def token_key(self, domain: str) -> bytes:
        """The key of a key domain (32 bytes)."""
        return hmac.digest(self._key("tokens"), b"piperoll/token/" + domain.encode(), "sha256")

    def token(self, value: str, domain: str) -> str:
        """The token of a value in a key domain."""
        return token_of(value, self.token_key(domain))

    def purpose_key(self, purpose: str) -> bytes:
        """A key for another purpose (pseudonyms of a project, seeds), apart from every token domain."""
        return hmac.digest(self._key("tokens"), b"piperoll/purpose/" + purpose.encode(), "sha256")

    def cache_key(self) -> bytes | None:
        """The key that vouches for what the home keeps to be fast; None while the home has no keys, or broken ones."""
        try:
            return self.purpose_key("cache") if (self.directory / "tokens.key").is_file() else None
        except (OSError, UserError):  # whoever needs the keys themselves will be told
            return None

    def secret(self, name: str) -> bytes:
        """A secret of its own (32 bytes), for what must not follow from any other key."""
        return self._key(name)

    def vault_key(self, name: str | None = None) -> tuple[str, bytes]:
        """A master key of the vault, the newest if no name is given, with its name (``vault-0001``)."""
        if name is None:
            names = self.vault_keys()
            name = names[-1] if names else "vault-0001"
        elif name not in self.vault_keys():
            raise UserError(
                "PR-S003",
                f"The vault's master key {name} is missing.",
                where=str(self.directory),
                fix="Restore the keys directory from its backup; without it the vault cannot be read.",
            )
        return name, self._key(name)

    def vault_keys(self) -> list[str]:
        """Names of the vault's master keys, oldest first."""
        return sorted(p.stem for p in self.directory.glob("vault-*.key"))

    def new_vault_key(self) -> tuple[str, bytes]:
        """Make the next master key of the vault (see `piperoll.store.vault.admin.rekey`)."""
        names = self.vault_keys()
        name = f"vault-{int(names[-1][-4:]) + 1 if names else 1:04d}"
        return name, self._key(name)

    def drop_vault_key(self, name: str) -> None:
        """Forget a master key that no item is wrapped with any more."""
        (self.directory / f"{name}.key").unlink(missing_ok=True)
        self._held.pop(name, None)

    def _key(self, name: str) -> bytes:
        if name not in self._held:
            path = self.directory / f"{name}.key"
            if not path.exists():
                self._make(path)
            key = path.read_bytes()
            if len(key) != KEY_BYTES:
                raise UserError(
                    "PR-S002",
                    f"The key file {path.name} is not {KEY_BYTES} bytes long.",
                    where=str(path),
                    fix="Restore the keys directory from its backup.",
                )
            self._held[name] = key
        return self._held[name]

    def _make(self, path: Path) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.directory / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):  # another process was first: its key holds
                os.link(fresh, path)
        finally:
            fresh.unlink()
