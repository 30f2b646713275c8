"""What came in: the files under the paths given, with their hashes; folders and zips opened, manifests read."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from piperoll.collect.arrived import Arrived, MayFill
from piperoll.collect.child import Children
from piperoll.collect.columns import printable, shown
from piperoll.collect.kinds import SHEET_SUFFIXES, ZIP, read_head
from piperoll.collect.limits import Limits
from piperoll.collect.manifest import stated_of
from piperoll.collect.simulated import is_simulated
from piperoll.collect.slots import NOTHING_STATED, Stated
from piperoll.collect.unpack import LITTER, MANIFEST
from piperoll.errors import UserError


REASON = 300  # characters
NIL_SHA256 = hashlib.sha256(b"nil").hexdigest()


@dataclass(frozen=True)
class Incoming:
    """One file that may become a delivery.

    Attributes:
        told: Its name for people: as given, or ``archive.zip/member``.
        path: Where it is; None for a delivery without a file (nil, or not available).
        name: Its own name, for the slot.
        signature: Of the file when it was hashed: a file that changes while it is read is noticed.
        problem: Why it cannot be taken.
        simulated: Whether it lay in a folder marked as simulated.
        provenance, may_fill: See `Arrived`.
    """

    told: str
    path: Path | None
    name: str
    sha256: str = ""
    size: int = 0
    signature: tuple[int, ...] = ()
    stated: Stated = NOTHING_STATED
    problem: UserError | None = None
    simulated: bool = False
    provenance: dict[str, str] = field(default_factory=dict)
    may_fill: MayFill | None = None


def expand(
    paths: Iterable[Path | Arrived], stated: Stated, children: Children, work: Path, limits: Limits
) -> Iterator[Incoming]:
    """Every file under the paths, in a fixed order; problems stand in the place of the file they concern.

    Args:
        paths: Files and folders, and what other ways brought.
        stated: What the options say of all of them; it goes before what a manifest says.
        children: Open archives and manifests.
        work: Directory for unpacked members.
        limits: For them.
    """
    for number, given in enumerate(paths):
        if isinstance(given, Arrived):
            yield from _arrived(given, stated, children, work / f"arrived-{number}", limits)
        elif given.is_dir():
            yield from _folder(given, stated, children, work / f"folder-{number}", limits)
        else:
            yield from _file(given, printable(given.name), stated, children, work / f"file-{number}", limits)


def _arrived(given: Arrived, stated: Stated, children: Children, work: Path, limits: Limits) -> Iterator[Incoming]:
    said = stated.over(given.stated)
    if given.path is None:
        found: Iterable[Incoming] = [nothing(said, given.told)]
    else:
        found = _file(given.path, given.told, said, children, work, limits, given.name)
    for each in found:
        simulated = each.simulated or given.simulated
        yield replace(each, provenance=given.provenance, may_fill=given.may_fill, simulated=simulated)


def _folder(folder: Path, stated: Stated, children: Children, work: Path, limits: Limits) -> Iterator[Incoming]:
    lines: dict[str, Stated] = {}
    manifest = folder / MANIFEST
    nil: list[Stated] = []
    if manifest.is_file():
        work.mkdir(parents=True)
        told = f"{printable(folder.name)}/{MANIFEST}"
        job = {"kind": "manifest", "path": str(manifest.resolve()), "work": str(work), "told": told, "limits": limits}
        try:
            lines, nil = _lines(children.run(job))
        except UserError as error:
            yield Incoming(told, manifest, MANIFEST, problem=error)
            return
    found = sorted(_walk(folder), key=lambda path: path.relative_to(folder).as_posix())
    named = set()
    for number, path in enumerate(found):
        relative = path.relative_to(folder).as_posix()
        if relative == MANIFEST:
            continue
        named.add(relative)
        said = stated.over(lines.get(relative, Stated()))
        yield from _file(path, printable(relative), said, children, work / f"{number}", limits)
    yield from _absent(lines, named, nil, stated, printable(folder.name))


def _walk(folder: Path) -> Iterator[Path]:
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f + "/" != LITTER[0])
        yield from (Path(top) / f for f in files if not f.startswith(".") and f not in LITTER)


def _lines(entries: Any) -> tuple[dict[str, Stated], list[Stated]]:
    """What a manifest says, by file; and what is nil or not available and has none."""
    by_file: dict[str, Stated] = {}
    nil: list[Stated] = []
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict):
            name, said = stated_of(entry)
            if name:
                by_file[name] = said
            else:
                nil.append(said)
    return by_file, nil


def _absent(
    lines: dict[str, Stated], named: set[str], nil: list[Stated], stated: Stated, told: str
) -> Iterator[Incoming]:
    for name in sorted(set(lines) - named):
        said = lines[name]
        if said.nil or said.not_available:
            nil.append(said)
            continue
        message = "The manifest names this file, and it is not there."
        where = f"{told}/{printable(name)}"
        problem = UserError("PR-C027", message, where=where[:300], fix="Send it, or correct the manifest.")
        yield Incoming(where, None, name, problem=problem)
    for number, said in enumerate(nil, 1):
        word = "not available" if said.not_available else "nil"
        yield nothing(stated.over(said), f"{told}/{MANIFEST} ({word} {number})")


def nothing(stated: Stated, told: str) -> Incoming:
    """A delivery without a file: nil, or said not to be available."""
    if stated.not_available:
        stated = replace(stated, not_available=shown_reason(stated.not_available))
        sha256 = hashlib.sha256(f"not available: {stated.not_available}".encode()).hexdigest()
        return Incoming(told, None, "", sha256, 0, stated=stated)
    return Incoming(told, None, "", NIL_SHA256, 0, stated=replace(stated, nil=True))


def shown_reason(text: str) -> str:
    """A supplier's reason, short and in one line, as it is told in receipts."""
    return printable(" ".join(text.split()))[:REASON]


def _file(
    path: Path, told: str, stated: Stated, children: Children, work: Path, limits: Limits, name: str = ""
) -> Iterator[Incoming]:
    simulated = is_simulated(path)
    for each in _opened(path, name or path.name, told, stated, children, work, limits):
        yield replace(each, simulated=simulated)


def _opened(
    path: Path, name: str, told: str, stated: Stated, children: Children, work: Path, limits: Limits
) -> Iterator[Incoming]:
    try:
        incoming = replace(hashed(path, told, stated), name=name)
    except UserError as error:
        yield Incoming(told, path, name, stated=stated, problem=error)
        return
    if stated.sha256 and stated.sha256.casefold() != incoming.sha256:
        message = "The file's bytes are not those that the manifest tells (another SHA-256)."
        problem = UserError("PR-C028", message, where=told, fix="Ask the supplier to send it again.")
        yield replace(incoming, problem=problem)
        return
    if name.casefold().endswith(SHEET_SUFFIXES) or not read_head(path).startswith(ZIP):
        yield incoming
        return
    yield from _zip(incoming, path, children, work, limits)


def _zip(outer: Incoming, path: Path, children: Children, work: Path, limits: Limits) -> Iterator[Incoming]:
    work.mkdir(parents=True)
    job = {"kind": "unpack", "path": str(path.resolve()), "work": str(work), "told": outer.told, "limits": limits}
    try:
        answer = children.run(job)
        if answer["workbook"]:
            yield outer
            return
        lines, nil = _lines(answer["manifest"])
        members = [_member(m, outer, work, lines) for m in answer["members"]]
    except UserError as error:
        yield replace(outer, problem=error)
        return
    except (KeyError, TypeError, ValueError):
        message = "The archive could not be unpacked."
        yield replace(outer, problem=UserError("PR-C003", message, where=outer.told, fix="Send it again."))
        return
    if not members and not lines and not nil:
        message = "The archive holds no files."
        yield replace(outer, problem=UserError("PR-C006", message, where=outer.told, fix="Send it again."))
    named = {name for name, _ in members}
    yield from (member for _, member in sorted(members, key=lambda m: m[0]))
    yield from _absent(lines, named, nil, outer.stated, outer.told)


def _member(answer: dict[str, Any], outer: Incoming, work: Path, lines: dict[str, Stated]) -> tuple[str, Incoming]:
    name = str(answer["name"])
    told = f"{outer.told}/{printable(name)}"
    said = outer.stated.over(lines.get(name, Stated()))
    if refused := answer.get("refused"):
        texts = {key: str(refused.get(key, "")) for key in ("code", "message", "where", "fix")}
        problem = UserError(texts["code"], texts["message"], where=texts["where"], fix=texts["fix"])
        return name, Incoming(told, None, name.rsplit("/", 1)[-1], stated=said, problem=problem)
    file = str(answer["file"])
    if "/" in file or file.startswith("."):
        raise ValueError("a member's file is a path")
    incoming = hashed(work / file, told, said)
    if said.sha256 and said.sha256.casefold() != incoming.sha256:
        message = "The file's bytes are not those that the manifest tells (another SHA-256)."
        incoming = replace(incoming, problem=UserError("PR-C028", message, where=told, fix="Ask for the file again."))
    return name, replace(incoming, name=name.rsplit("/", 1)[-1])


def signature(path: Path) -> tuple[int, ...]:
    """What changes when a file changes."""
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def hashed(path: Path, told: str, stated: Stated) -> Incoming:
    """A file with the SHA-256 of its bytes.

    Raises:
        UserError: PR-C029 when it cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UserError("PR-C029", "This is not a file.", where=told, fix="Give files or folders.")
        before = signature(path)
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except FileNotFoundError:
        raise UserError("PR-C029", "There is no such file.", where=told, fix="Check the path.") from None
    except OSError as error:
        message = f"The file cannot be read ({error.strerror})."
        raise UserError("PR-C029", message, where=told, fix="Check its rights.") from None
    return Incoming(told, path, path.name, digest.hexdigest(), before[2], before, stated)


def unchanged(incoming: Incoming) -> None:
    """Refuse a file that changed since it was hashed.

    Raises:
        UserError: PR-C030 if it did.
    """
    if incoming.path is None:
        return
    try:
        same = signature(incoming.path) == incoming.signature
    except OSError:
        same = False
    if not same:
        message = f"The file {shown(incoming.name)} changed while it was read."
        fix = "Wait until it is written, then collect it again."
        raise UserError("PR-C030", message, where=incoming.told, fix=fix)
