"""Every edition that was made, kept in the home by content, and the earlier ones laid beside the present one.

A manifest names each file by its hash, so the home keeps files by their hash and an edition by its manifest's. An
edition that corrects or revises another of the same period has it in ``editions/<number>/``; what is there is not the
present edition's, so its manifest names only their manifests.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from piperoll.errors import Problem
from piperoll.present.pages import Crumb, Section, render_page
from piperoll.present.parts import bullets, link, paragraph
from piperoll.present.workbook import day_words
from piperoll.release import manifest
from piperoll.release.manifest import EDITIONS
from piperoll.release.vintages import Listed


PAGE = "index.html"
LIST = f"{EDITIONS}/{PAGE}"


def keep(home: Path, directory: Path) -> None:
    """Keep an edition: its manifest and each file that this names, and the page of its place among others.

    A file that is not what the manifest says is left out.
    """
    content = manifest.read(directory)
    for name, sha256 in sorted(content["files"].items()):
        path = directory / name
        if path.is_file() and manifest.file_hash(path) == sha256:
            _put(home, sha256, path.read_bytes())
    if beside(content):
        # Kept as they are now: a later version may write them otherwise.
        for page in (list_page(content), elsewhere(content)):
            _put(home, _sha256(page), page.encode())
    # Last: an edition is kept whole or not at all.
    data = (directory / manifest.MANIFEST).read_bytes()
    _put(home, hashlib.sha256(data).hexdigest(), data)


def keep_whole(home: Path, directory: Path) -> None:
    """Keep what lies in a place before something else does: made elsewhere or long ago, it may be the only copy."""
    for place in (directory, *sorted((directory / EDITIONS).glob("*"))):
        if (place / manifest.MANIFEST).is_file():
            keep(home, place)


def lay(home: Path, sha256: str, directory: Path) -> bool:
    """Lay a kept edition into a directory to make; False, and nothing done, where it is not kept.

    Args:
        sha256: Of its manifest.
    """
    data = _get(home, sha256)
    content = json.loads(data) if data is not None else {}
    files = {name: _get(home, file) for name, file in content.get("files", {}).items() if _plain(name)}
    if data is None or any(each is None for each in files.values()):
        return False
    for name, each in {**files, manifest.MANIFEST: data}.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each or b"")
    return True


def lay_earlier(home: Path, content: Mapping[str, Any], directory: Path) -> tuple[str, ...]:
    """Lay the earlier editions of the same period beside an edition that lies in ``directory``.

    Args:
        content: Its manifest.

    Returns:
        Ids of those that are not kept, and so are not there.
    """
    lost = []
    wanted = beside(content)
    for each in wanted:
        place = directory / EDITIONS / each.edition
        if not lay(home, each.manifest_sha256, place):
            lost.append(each.id)
        else:
            _lay_page(home, manifest.read(place), "elsewhere", place)
    _lay_page(home, content, "here", directory)
    return tuple(lost)


def _lay_page(home: Path, content: Mapping[str, Any], which: str, directory: Path) -> None:
    """Write the page of earlier editions where an edition has one."""
    page = _get(home, content["kept"][which]) if content.get("kept") else None
    if page is not None:
        (directory / LIST).parent.mkdir(parents=True, exist_ok=True)
        (directory / LIST).write_bytes(page)


def beside(content: Mapping[str, Any]) -> tuple[Listed, ...]:
    """Earlier editions of the same period as a manifest lists them, oldest first, but those withdrawn."""
    listed = tuple(Listed(**each) for each in content.get("vintages", ()))
    return tuple(each for each in listed if each.period == content["period"] and not each.withdrawn)


def pages_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Hash of the page of earlier editions, here and where the edition is itself an earlier one; empty without any."""
    if not beside(content):
        return {}
    return {"here": _sha256(list_page(content)), "elsewhere": _sha256(elsewhere(content))}


def list_page(content: Mapping[str, Any]) -> str:
    """The page ``editions/index.html`` of an edition."""
    period = _title(content)
    items = [
        link(f"Edition {each.edition}, published {day_words(each.day)}", f"{each.edition}/{PAGE}")
        for each in reversed(beside(content))
    ]
    body = paragraph(link(f"Edition {content['edition']}, which replaces them", f"../{PAGE}")) + bullets(items)
    return _page(f"Earlier editions: {period}", f"../{PAGE}", body)


def elsewhere(content: Mapping[str, Any]) -> str:
    """The same page where the edition lies among the earlier ones of another: it leads to all of them."""
    body = paragraph(link("All editions of this period that are kept here", f"../../{PAGE}"))
    return _page(f"Earlier editions: {_title(content)}", f"../{PAGE}", body)


def check_kept(directory: Path, content: Mapping[str, Any]) -> tuple[int, tuple[Problem, ...]]:
    """Whether what lies under ``editions/`` is what the manifest says: how many files were looked at, what is wrong."""
    root = directory / EDITIONS
    pages = content.get("kept") or {}
    found = {
        path.relative_to(directory).as_posix(): path
        for path in (sorted(root.rglob("*")) if root.is_dir() else ())
        if path.is_file() or path.is_symlink()
    }
    page = manifest.file_hash(found[LIST]) if LIST in found and not found[LIST].is_symlink() else ""
    if page and page == pages.get("elsewhere"):
        expected = {LIST: page}  # it is itself an earlier edition of another
    elif not pages:
        expected = {}
    else:
        expected = {LIST: pages.get("here", "")}
        for each in beside(content):
            expected |= _expected(directory, each)
    problems = []
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            problems.append(Problem("PR-E010", "a file of an earlier edition is missing.", name))
        elif name not in expected:
            problems.append(Problem("PR-E011", "a file lies here that no manifest lists.", name))
        elif found[name].is_symlink() or manifest.file_hash(found[name]) != expected[name]:
            problems.append(Problem("PR-E012", "the file is not the one that was released: its hash differs.", name))
    return len(found), tuple(problems)


def _expected(directory: Path, each: Listed) -> dict[str, str]:
    """Hash of every file of an earlier edition, by path; its manifest alone where that is not the one listed."""
    place = PurePosixPath(EDITIONS) / each.edition
    own = str(place / manifest.MANIFEST)
    path = directory / own
    if path.is_symlink() or not path.is_file() or manifest.file_hash(path) != each.manifest_sha256:
        return {own: each.manifest_sha256}
    content = json.loads(path.read_bytes())
    expected = {str(place / name): sha256 for name, sha256 in content["files"].items()}
    if content.get("kept"):
        expected[str(place / LIST)] = content["kept"]["elsewhere"]
    return {own: each.manifest_sha256, **expected}


def _title(content: Mapping[str, Any]) -> str:
    return f"{content['title']}, {Listed('', content['period'], '', '', '').period_words}"


def _page(title: str, back: str, body: Any) -> str:
    return render_page(
        title,
        sections=[Section("editions", "Editions", body)],
        home=back,
        crumbs=[Crumb("This edition", back), Crumb("Earlier editions")],
        assets="../assets",
        description=title[:155],
    )


def _plain(name: str) -> bool:
    """Whether a name stays below the directory it is laid into."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _sha256(page: str) -> str:
    return hashlib.sha256(page.encode()).hexdigest()


def _path(home: Path, sha256: str) -> Path:
    return home / EDITIONS / sha256[:2] / sha256


def _put(home: Path, sha256: str, data: bytes) -> None:
    path = _path(home, sha256)
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.parent / f".{uuid.uuid4().hex}.part"
    partial.write_bytes(data)
    os.replace(partial, path)


def _get(home: Path, sha256: str) -> bytes | None:
    """The bytes of this hash; None where they are not kept, or are others by now."""
    try:
        data = _path(home, sha256).read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == sha256 else None
