"""The manifest of an edition: what it was made from, by which definitions, and the hash of every file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from piperoll.errors import UserError


MANIFEST = "manifest.json"
EDITIONS = "editions"  # Earlier editions of the same period, each with a manifest of its own.
FORMAT = "piperoll-manifest/1"


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_of(value: Any) -> str:
    """SHA-256 of a JSON-like value in canonical form (sorted keys, no spaces)."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def files_of(directory: Path) -> dict[str, str]:
    """Hash of every file below a directory but its manifest and earlier editions, by relative POSIX name, sorted."""
    found = (path for path in sorted(directory.rglob("*")) if path.is_file() or path.is_symlink())
    return {
        path.relative_to(directory).as_posix(): file_hash(path)
        for path in found
        if path.relative_to(directory).as_posix() != MANIFEST and not earlier(directory, path)
    }


def earlier(directory: Path, path: Path) -> bool:
    """Whether a path below a release's directory is of an earlier edition that is kept there."""
    parts = path.relative_to(directory).parts
    return len(parts) > 1 and parts[0] == EDITIONS


def write(directory: Path, content: Mapping[str, Any]) -> str:
    """Write the manifest beside the files it lists; its own SHA-256."""
    data = (json.dumps({"format": FORMAT, **content}, ensure_ascii=False, indent=2, default=str) + "\n").encode()
    (directory / MANIFEST).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def read(directory: Path) -> dict[str, Any]:
    """The manifest of a release directory.

    Raises:
        UserError: ``PR-E001`` if there is none, ``PR-E002`` if it cannot be read as one.
    """
    path = directory / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UserError(
            "PR-E001",
            "there is no manifest here, so this is no release.",
            where=str(directory),
            fix="Give the directory that `piperoll release ... --out` made.",
        ) from None
    except (OSError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not _well_formed(content):
        raise UserError(
            "PR-E002",
            "the manifest cannot be read as a manifest of this version.",
            where=str(path),
            fix="Get the release again from where it was published.",
        )
    return content


def inputs_of(parts: Iterable[Any]) -> list[dict[str, str]]:
    """The deliveries of a vintage as the manifest lists them, sorted.

    By the delivery, which is named by the bytes that came in: what the store made of them holds tokens, and
    those differ from home to home.
    """
    rows = [
        {
            "dataset": part.dataset,
            "supplier": part.supplier,
            "period": part.period,
            "delivery": part.delivery,
        }
        for part in parts
    ]
    return sorted(rows, key=lambda row: tuple(row.values()))


def _well_formed(content: dict[str, Any]) -> bool:
    files = content.get("files")
    texts = ("publication", "period", "edition")
    return (
        isinstance(files, dict)
        and all(isinstance(k, str) and isinstance(v, str) for k, v in files.items())
        and all(isinstance(content.get(name), str) for name in texts)
        and isinstance(content.get("tables"), list)
    )
