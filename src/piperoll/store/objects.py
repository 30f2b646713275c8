"""Files kept by the SHA-256 of their bytes: put once, never changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from piperoll.errors import UserError


_SHA = re.compile(r"[0-9a-f]{64}\Z")
_BLOCK = 1 << 20


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def sync_directory(path: Path) -> None:
    """Make renames within a directory last through a crash."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make a file's bytes last through a crash."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


class ObjectStore:
    """Parquet files under ``root``, each at ``ab/<sha256>.parquet``.

    Args:
        root: Directory; made on first `put`.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def path(self, sha256: str) -> Path:
        """Where an object is, or would be.

        Raises:
            ValueError: If ``sha256`` is not 64 hexadecimal digits.
        """
        if not _SHA.match(sha256):
            raise ValueError("an object is named by the 64 hexadecimal digits of its SHA-256")
        return self.root / sha256[:2] / f"{sha256}.parquet"

    def put(self, path: Path) -> str:
        """Take a file into the store (it is moved) and return its name.

        Can be run again at any point: a file that is already there is left as it is.
        """
        sha256 = file_sha256(path)
        target = self.path(sha256)
        if target.exists() and file_sha256(target) == sha256:
            path.unlink()
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.stat().st_dev != target.parent.stat().st_dev:
            near = target.parent / f".{sha256}.{os.getpid()}.incoming"
            shutil.copyfile(path, near)
            path.unlink()
            path = near
        sync_file(path)
        path.chmod(0o440)
        os.replace(path, target)
        sync_directory(target.parent)
        sync_directory(self.root)
        return sha256

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).exists()

    def __iter__(self) -> Iterator[str]:
        """Names of all objects, sorted."""
        yield from sorted(p.stem for p in self.root.glob("??/*.parquet") if _SHA.match(p.stem))

    def require(self, sha256: str) -> Path:
        """Path of an object that must be there.

        Raises:
            UserError: ``PR-S001`` if it is missing.
        """
        path = self.path(sha256)
        if not path.exists():
            raise UserError(
                "PR-S001",
                f"The store has lost the object {sha256}, which a vintage needs.",
                where=str(path),
                fix="Restore the file from a backup of the store, or collect its delivery again.",
            )
        return path

    def verify(self) -> list[str]:
        """Names of the objects whose bytes are no longer what their name says, sorted."""
        return [sha256 for sha256 in self if file_sha256(self.path(sha256)) != sha256]
