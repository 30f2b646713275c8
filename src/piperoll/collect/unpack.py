"""Unpack gzip and zip within limits. Names inside an archive are told, never used as paths."""

from __future__ import annotations

import gzip
import hashlib
import stat
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from piperoll.collect.kinds import SHEET_SUFFIXES, SUFFIXES, kind_of
from piperoll.collect.limits import MIB, Limits
from piperoll.collect.manifest import parse_manifest
from piperoll.errors import UserError


BLOCK = 1 << 20
MANIFEST = "manifest.yaml"
MANIFEST_BYTES = 4 * MIB
LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
ENCRYPTED = 0x1
_AGAIN = "Ask the supplier to send it again."


def unpack_gzip(path: Path, out: Path, told: str, limits: Limits) -> None:
    """Unpack a gzip file.

    Raises:
        UserError: PR-C014 when it is cut off or damaged, PR-C005 when it unpacks to too much.
    """
    allowed = _allowed(path.stat().st_size, limits)
    try:
        with gzip.open(path, "rb") as source, out.open("wb") as target:
            _pour(source, target, allowed, told)
    except EOFError:
        raise UserError("PR-C014", "The gzip file is cut off before its end.", where=told, fix=_AGAIN) from None
    except (gzip.BadGzipFile, zlib.error):
        raise UserError("PR-C014", "The gzip file is damaged.", where=told, fix=_AGAIN) from None


def is_workbook(names: list[str]) -> bool:
    """Whether the members of a zip are those of a spreadsheet."""
    return "[Content_Types].xml" in names or ("mimetype" in names and "content.xml" in names)


def inspect_zip(path: Path, told: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """The members of a zip, checked for what is declared of them.

    Raises:
        UserError: PR-C014 when damaged, PR-C005 when it declares too much, PR-C016 for hostile names.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
        raise UserError("PR-C014", "The zip file is damaged or cut off.", where=told, fix=_AGAIN) from None
    if len(members) > limits.members:
        message = f"The zip file holds more than {limits.members} files."
        raise UserError("PR-C005", message, where=told, fix="Deliver it in parts.")
    total = sum(m.file_size for m in members)
    if total > _allowed(path.stat().st_size, limits):
        raise _too_much(told)
    names = [m.filename for m in members]
    if len(set(names)) != len(names):
        message = "The zip file holds two files of one name."
        raise UserError("PR-C016", message, where=told, fix="Give each file a name of its own.")
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\x00" in name:
            message = "A name in the zip file points outside of it."
            raise UserError("PR-C016", message, where=told, fix="Do not open it; ask the supplier what it is.")
    return members


def unpack_zip(path: Path, work: Path, told: str, limits: Limits) -> dict[str, Any]:
    """Unpack a zip into numbered files in ``work``.

    Returns:
        ``{"workbook": True}`` for a spreadsheet (nothing is unpacked), else ``members``: ``name`` with ``file``,
        ``size`` and ``sha256``, or with ``refused`` (code and sentences); and ``manifest``: its lines or None.
    """
    infos = inspect_zip(path, told, limits)
    if is_workbook([m.filename for m in infos]):
        return {"workbook": True}
    left = _allowed(path.stat().st_size, limits)
    members: list[dict[str, Any]] = []
    manifest = None
    with zipfile.ZipFile(path) as archive:
        for number, info in enumerate(infos):
            if info.is_dir() or info.filename.startswith(LITTER[0]) or info.filename.endswith(LITTER[1:]):
                continue
            target = work / f"member-{number:05d}"
            name = f"{told}/{info.filename}"
            try:
                _member(archive, info, target, left, name)
                left -= target.stat().st_size
                if info.filename.rsplit("/", 1)[-1] == MANIFEST:
                    manifest = parse_manifest(read_manifest(target, name), name)
                    continue
                _no_archive_within(target, info.filename, name)
                members.append({"name": info.filename, "file": target.name, **_hashed(target)})
            except UserError as error:
                if error.code in {"PR-C005", "PR-C018"}:
                    raise
                refused = {k: getattr(error, k) for k in ("code", "message", "where", "fix")}
                members.append({"name": info.filename, "refused": refused})
    return {"workbook": False, "members": members, "manifest": manifest}


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, left: int, told: str) -> None:
    if info.flag_bits & ENCRYPTED:
        fix = "Ask for it without a password, over a channel that is safe, or unpack it before delivering."
        raise UserError("PR-C017", "The file in the zip is encrypted with a password.", where=told, fix=fix)
    if stat.S_ISLNK(info.external_attr >> 16):
        message = "The zip file holds a link instead of a file."
        raise UserError("PR-C016", message, where=told, fix="Put the file itself in.")
    try:
        with archive.open(info) as source, target.open("wb") as out:
            _pour(source, out, left, told)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise UserError("PR-C014", "The file in the zip is damaged or cut off.", where=told, fix=_AGAIN) from None


def _no_archive_within(target: Path, name: str, told: str) -> None:
    with target.open("rb") as file:
        kind = kind_of(file.read(64), told)
    lower = name.casefold()
    if kind == "zip" and not lower.endswith(SHEET_SUFFIXES):
        fix = "Pack the files themselves, one level deep."
        raise UserError("PR-C015", "The zip file holds another zip file.", where=told, fix=fix)
    if kind == "gzip" and not lower.removesuffix(".gz").endswith(SUFFIXES):
        fix = "Pack the files themselves, one level deep."
        raise UserError("PR-C015", "The zip file holds another archive.", where=told, fix=fix)


def read_manifest(target: Path, told: str) -> str:
    """Text of a manifest.

    Raises:
        UserError: PR-C018 when it is too large or not UTF-8.
    """
    if target.stat().st_size > MANIFEST_BYTES:
        raise UserError("PR-C018", "The manifest is too large.", where=told, fix="A manifest lists files.")
    try:
        return target.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError("PR-C018", "The manifest is not UTF-8.", where=told, fix="Save it as UTF-8.") from None


def _hashed(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
    return {"size": size, "sha256": digest.hexdigest()}


def _allowed(packed: int, limits: Limits) -> int:
    """Bytes that a compressed file of this size may unpack to."""
    return min(limits.file_mb * MIB, max(limits.free_mb * MIB, packed * limits.ratio))


def _pour(source: Any, target: BinaryIO, allowed: int, told: str) -> None:
    done = 0
    while block := source.read(BLOCK):
        done += len(block)
        if done > allowed:
            raise _too_much(told)
        target.write(block)


def _too_much(told: str) -> UserError:
    message = "The file unpacks to far more than its size: it may be an archive bomb."
    return UserError("PR-C005", message, where=told, fix="Deliver it unpacked, or in parts.")
