"""A folder to hand over: the files of a parcel, what they are and for whom, and a list of checksums.

It is written beside its place and renamed into it whole, so that it is wholly there or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from piperoll.errors import UserError
from piperoll.notify.message import text
from piperoll.notify.parcel import Parcel


ABOUT, SUMS, WORDS = "circulation.json", "SHA256SUMS", "READ-ME.txt"


def place_of(parcel: Parcel, out: Path) -> Path:
    """Where a parcel's folder belongs: a hub has one for each period, and other ways one for each edition."""
    release = parcel.edition.release
    period = release.period.replace("/", "-")
    base = out / parcel.entry.by / parcel.recipient.key
    if parcel.entry.by == "hub":
        return base / release.publication / period
    return base / f"{release.publication}_{period}_{release.edition}"


def put(parcel: Parcel, out: Path) -> Path:
    """Write the folder; the same one that lies there already is left, and on a hub an earlier edition is replaced.

    What is restricted can be read by the owner alone.

    Raises:
        UserError: ``PR-N020`` if a file is not the one that was released, ``PR-N028`` if something else lies there, or
            it cannot be written.
    """
    place = place_of(parcel, out)
    new, old = place.parent / f".{place.name}.new", place.parent / f".{place.name}.old"
    listed = _listed(parcel)
    try:
        if not place.exists() and old.is_dir():
            os.replace(old, place)  # stopped between the two renames below
        if place.is_symlink() or (place.exists() and not _is_same(place, listed)):
            _replaceable(parcel, place)
        elif place.exists():
            return place
        shutil.rmtree(new, ignore_errors=True)
        _make(new, parcel.marking.restricted)
        for piece in parcel.pieces:
            _write(new / piece.name, parcel.edition.read(piece.source), parcel.marking.restricted)
        for name, data in listed.items():
            _write(new / name, data, parcel.marking.restricted)
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
            os.replace(place, old)
        os.replace(new, place)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        message = f"the folder cannot be written ({error.strerror or type(error).__name__})."
        raise UserError("PR-N028", message, where=str(place), fix="Make room, or give another --out.") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return place


def _listed(parcel: Parcel) -> dict[str, bytes]:
    """What lies beside the files: about them, for machines and for people, and their checksums."""
    release = parcel.edition.release
    about = {
        "release": release.id,
        "publication": release.publication,
        "period": release.period,
        "edition": release.edition,
        "title": parcel.title,
        "manifest_sha256": release.manifest_sha256,
        "marking": {"key": parcel.marking.key, "label": parcel.label, "restricted": parcel.marking.restricted},
        "recipient": parcel.recipient.key,
        "organisation": parcel.recipient.organisation,
        "agreement": parcel.recipient.agreement,
        "simulated": bool(parcel.edition.content.get("simulated")),
        "files": {each.name: {"sha256": each.sha256, "bytes": each.bytes} for each in parcel.files},
    }
    made = {
        ABOUT: (json.dumps(about, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode(),
        WORDS: text(parcel).encode(),
    }
    sums = {each.name: each.sha256 for each in parcel.files}
    sums |= {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    return {**made, SUMS: "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()}


def _is_same(place: Path, listed: Mapping[str, bytes]) -> bool:
    """Whether the folder holds exactly this parcel."""
    if not place.is_dir() or not (place / SUMS).is_file() or (place / SUMS).read_bytes() != listed[SUMS]:
        return False
    wanted = {name: sha256 for sha256, name in (line.split("  ", 1) for line in listed[SUMS].decode().splitlines())}
    found = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if not path.is_dir()}
    return found.keys() == {*wanted, SUMS} and all(
        not found[name].is_symlink() and hashlib.sha256(found[name].read_bytes()).hexdigest() == sha256
        for name, sha256 in wanted.items()
    )


def _replaceable(parcel: Parcel, place: Path) -> None:
    """Only a hub's earlier edition of the same publication and period may be written over."""
    if parcel.entry.by == "hub" and place.is_dir() and not place.is_symlink():
        try:
            held = json.loads((place / ABOUT).read_bytes())
            if (held["publication"], held["period"]) == (
                parcel.edition.release.publication,
                parcel.edition.release.period,
            ):
                return
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            pass
    raise UserError(
        "PR-N028", "something else lies here, and it is not written over.", where=str(place), fix="Give another --out."
    )


def _make(folder: Path, restricted: bool) -> None:
    mode = 0o700 if restricted else 0o755
    folder.parent.mkdir(parents=True, exist_ok=True, mode=mode)
    folder.mkdir(mode=mode)


def _write(path: Path, data: bytes, restricted: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if restricted else 0o755)
    mode = 0o600 if restricted else 0o644
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
