"""The edition that is sent: chosen from the journal, allowed to leave, and byte for byte what was released."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.journal import Release
from piperoll.periods import Period
from piperoll.register.model.circulation import When
from piperoll.release import manifest


# In universal time: an hour late in summer rather than ever early.
HOUR = dt.time(9, 30, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Edition:
    """A release with its files.

    Attributes:
        release: As the journal records it.
        directory: Where its files lie.
        content: Its manifest, whose hash is the one recorded.
    """

    release: Release
    directory: Path
    content: Mapping[str, Any]

    @property
    def published(self) -> dt.date:
        """Day of publication, as the manifest says."""
        return dt.date.fromisoformat(str(self.content["published"]))

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of each file but the manifest, by relative name."""
        return dict(self.content["files"])

    def read(self, name: str) -> bytes:
        """A file's bytes, which are those that were released.

        Raises:
            UserError: ``PR-N020`` if they are not.
        """
        expected = self.release.manifest_sha256 if name == manifest.MANIFEST else self.files.get(name, "")
        try:
            data = (self.directory / name).read_bytes()
        except OSError:
            raise _changed("a file of the edition cannot be read", name) from None
        if hashlib.sha256(data).hexdigest() != expected:
            raise _changed("a file is not the one that was released", name)
        return data


def release_of(desk: Desk, publication: str, period: str, edition: str | None = None) -> Release:
    """The release of a period: the last one that was not withdrawn, or the edition named.

    Raises:
        UserError: ``PR-N018`` for no release, ``PR-N019`` where every one was withdrawn.
    """
    wanted = str(Period.parse(period))
    made = desk.journal.releases(publication=publication, period=wanted)
    found = [each for each in made if (each.status != "withdrawn" if edition is None else each.edition == edition)]
    if found:
        return found[-1]
    if made and edition is None:
        require_dispatchable(made[-1])
    there = f"There are {', '.join(each.id for each in made)}." if made else "Make it with `piperoll release` first."
    name = f"edition {edition} of " if edition is not None else ""
    raise UserError("PR-N018", f"there is no {name}{publication} for {wanted} in the journal.", fix=there)


def require_dispatchable(release: Release, official: bool = False) -> None:
    """Refuse a release that may not leave. The one place that says which may.

    Args:
        official: Whether it is official statistics, which somebody approves before anybody else has them.

    Raises:
        UserError: ``PR-N019``.
    """
    if release.status == "withdrawn":
        message = "this edition was withdrawn, and does not leave."
        raise UserError("PR-N019", message, where=release.id, fix="Send the edition that replaced it.")
    if official and release.status not in ("approved", "published"):
        message = "official statistics do not leave before they are approved."
        raise UserError("PR-N019", message, where=release.id, fix="`piperoll release approve` it first.")


def too_early(when: When, published: dt.date, now: dt.datetime) -> bool:
    """Whether something that goes out on publication would leave before half past nine (UTC) of that day."""
    return when == "publication" and now < dt.datetime.combine(published, HOUR)


def edition_of(release: Release, directory: Path, official: bool = False) -> Edition:
    """The release's files, every one of them as it was released; ``official``: as of `require_dispatchable`.

    Raises:
        UserError: ``PR-E001``, ``PR-E002`` for no manifest, ``PR-N019`` if it may not leave, ``PR-N020`` if the
            manifest is not the one recorded, or a file is missing, added or changed.
    """
    require_dispatchable(release, official)
    content = manifest.read(directory)
    if manifest.file_hash(directory / manifest.MANIFEST) != release.manifest_sha256:
        raise _changed(f"the manifest here is not that of {release.id}", manifest.MANIFEST)
    expected, found = content["files"], manifest.files_of(directory)
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            what = "is missing" if name not in found else "was not released" if name not in expected else "was changed"
            raise _changed(f"a file of the edition {what}", name)
    return Edition(release, directory, content)


def _changed(what: str, name: str) -> UserError:
    fix = "Find out who changed it, then make the edition again, or get its files from where they are kept."
    return UserError("PR-N020", f"{what}; nothing of it leaves.", where=name, fix=fix)
