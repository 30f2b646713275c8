"""Where messages lie: a Maildir, or a folder on an IMAP server over TLS. Nothing there is changed."""

from __future__ import annotations

import contextlib
import imaplib
import mailbox
import os
import re
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from piperoll.collect.connections import Mailbox, secret
from piperoll.errors import UserError


SECONDS = 60
MIB = 1 << 20


@dataclass(frozen=True)
class Found:
    """A message in a mailbox.

    Attributes:
        mark: Of the message in this mailbox, for the next run: a UID, or ''.
        name: Of the message in this mailbox.
        path: Where a copy lies; None where it is too large to be opened.
    """

    mark: str
    name: str
    path: Path | None


class Box(Protocol):
    """A mailbox that is open."""

    generation: str

    def messages(self, after: str, work: Path) -> Iterator[Found]:
        """Messages after a mark of this generation, oldest first, each copied into ``work``."""
        ...

    def close(self) -> None:
        """Let it go."""
        ...


@contextlib.contextmanager
def opened(entry: Mailbox, name: str) -> Iterator[Box]:
    """Open a mailbox.

    Raises:
        UserError: PR-C149 where there is none, PR-C150 to PR-C152 for a server.
    """
    scheme, _, rest = entry.address.partition(":")
    box: Box = _Maildir(Path(rest), entry) if scheme == "maildir" else _Imap(entry, name)
    try:
        yield box
    finally:
        box.close()


class _Maildir:
    generation = ""

    def __init__(self, path: Path, entry: Mailbox) -> None:
        self._largest = entry.largest_mb * MIB
        if not all((path / each).is_dir() for each in ("cur", "new")):
            message = "There is no Maildir here (it has folders `cur` and `new`)."
            raise UserError("PR-C149", message, where=str(path), fix="Check the path.")
        self._path = path
        self._box = mailbox.Maildir(path, factory=None, create=False)

    def messages(self, after: str, work: Path) -> Iterator[Found]:
        for number, key in enumerate(sorted(self._box.keys())):
            try:
                file = self._box.get_file(key)
            except (KeyError, OSError):
                continue  # it was moved meanwhile
            with contextlib.closing(file):
                target = work / f"message-{number}"
                file.seek(0, os.SEEK_END)
                if file.tell() > self._largest:
                    yield Found("", key, None)
                    continue
                file.seek(0)
                with target.open("wb") as out:
                    shutil.copyfileobj(file, out)
            yield Found("", key, target)

    def close(self) -> None:
        self._box.close()


class _Imap:
    def __init__(self, entry: Mailbox, name: str) -> None:
        self._largest = entry.largest_mb * MIB
        self._name = name
        try:
            found = urlsplit(entry.address)
            host, port, user = found.hostname, found.port or 993, unquote(found.username or "")
        except ValueError:
            host = None
        if found.scheme != "imaps" or not host or not user or found.password:
            message = "A mailbox's address is imaps://user@host:port/folder, without a password, or maildir:PATH."
            raise UserError("PR-C149", message, where=name, fix="Correct it in connections.yaml.")
        folder = unquote(found.path.lstrip("/")) or "INBOX"
        if not folder.isascii() or re.search(r"[\x00-\x1f\x7f]", folder + user):
            raise UserError("PR-C149", "The folder's name is not plain ASCII.", where=name, fix="Name another folder.")
        password = secret(entry, name)
        try:
            context = ssl.create_default_context(cafile=entry.ca or None)
        except (OSError, ssl.SSLError):
            message = "The file of trusted certificates cannot be read."
            raise UserError("PR-C150", message, where=name, fix="Check `ca` in connections.yaml.") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        with self._told():
            self._server = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=SECONDS)
        try:
            self._server.login(user, password)
        except imaplib.IMAP4.abort:
            self.close()
            raise self._lost() from None
        except imaplib.IMAP4.error:
            self.close()
            message = "The server does not let us in with this user and password."
            raise UserError("PR-C151", message, where=name, fix="Correct what connections.yaml names.") from None
        quoted = folder.replace("\\", "\\\\").replace('"', '\\"')
        with self._told():
            status, _ = self._server.select(f'"{quoted}"', readonly=True)
            if status != "OK":
                self.close()
                raise UserError("PR-C149", "The account has no such folder.", where=name, fix="Check the address.")
            _, said = self._server.response("UIDVALIDITY")
            self.generation = said[0].decode("ascii", "replace") if said and isinstance(said[0], bytes) else ""

    def messages(self, after: str, work: Path) -> Iterator[Found]:
        first = int(after or 0) + 1
        with self._told():
            _, data = self._server.uid("SEARCH", f"UID {first}:*")
        numbers = sorted(int(each) for each in (data[0] or b"").split() if each.isdigit())
        for uid in numbers:
            if uid < first:
                continue  # `*` names the last one even where it is older
            with self._told():
                _, said = self._server.uid("FETCH", str(uid), "(RFC822.SIZE)")
                size = re.search(rb"RFC822\.SIZE (\d+)", b" ".join(each for each in said if isinstance(each, bytes)))
                if size is None:
                    continue  # it was removed meanwhile
                if int(size[1]) > self._largest:
                    yield Found(str(uid), f"{self.generation}/{uid}", None)
                    continue
                _, parts = self._server.uid("FETCH", str(uid), "(BODY.PEEK[])")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if raw is None:
                continue
            path = work / f"message-{uid}"
            path.write_bytes(raw)
            yield Found(str(uid), f"{self.generation}/{uid}", path)

    def close(self) -> None:
        with contextlib.suppress(OSError, imaplib.IMAP4.error, AttributeError):
            self._server.logout()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong on the way, as a sentence."""
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            message = f"The server's certificate is not to be trusted ({error.verify_message})."
            fix = "Check host and port; for a certificate of your own, name its authority's file as `ca`."
            raise UserError("PR-C150", message, where=self._name, fix=fix) from None
        except (OSError, imaplib.IMAP4.error):
            raise self._lost() from None

    def _lost(self) -> UserError:
        message = "The mail server cannot be reached, or the connection to it was lost."
        fix = "Check host, port and network, then run it again: what was handled is not handled twice."
        return UserError("PR-C152", message, where=self._name, fix=fix)
