"""What one recipient is sent: files of an edition, under names that carry the marking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from piperoll.errors import UserError
from piperoll.journal.sent import SentFile
from piperoll.notify.release import Edition
from piperoll.register.model.circulation import Circulation, Marking, Recipient
from piperoll.release.manifest import MANIFEST


@dataclass(frozen=True)
class Piece:
    """A file that leaves.

    Attributes:
        source: Its name in the edition.
        name: Its name as the recipient sees it.
        sha256: Of its bytes.
        size: In bytes.
    """

    source: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Parcel:
    """An edition for one recipient by one way.

    Attributes:
        title: Of the publication, on one line.
        contact: Where questions go.
    """

    edition: Edition
    entry: Circulation
    recipient: Recipient
    marking: Marking
    pieces: tuple[Piece, ...]
    title: str
    contact: str = ""

    @property
    def size(self) -> int:
        """In bytes, before anything is encoded."""
        return sum(each.size for each in self.pieces)

    @property
    def files(self) -> tuple[SentFile, ...]:
        """What leaves, as the journal keeps it."""
        return tuple(sorted(SentFile(each.name, each.sha256, each.size) for each in self.pieces))

    @property
    def label(self) -> str:
        """How it is marked, on one line; '' where it is not."""
        return " ".join(self.marking.label.split())


def parcel_of(
    edition: Edition, entry: Circulation, recipient: Recipient, marking: Marking, title: str, contact: str = ""
) -> Parcel:
    """What an entry of a circulation list comes to.

    Files that are opened by themselves (by mail, or a folder of spreadsheets) have the marking before their names. In
    an extract and on a hub they keep their names, by which they refer to each other, and the folder is marked.

    Raises:
        UserError: ``PR-N018`` if the edition holds nothing of what the list names.
    """
    alone = entry.by in ("mail", "spreadsheet")
    files = edition.files
    wanted = sorted({name for word in entry.what for name in _named(word, edition, entry)})
    if not wanted:
        message = "the edition holds nothing of what the circulation list names."
        raise UserError("PR-N018", message, where=edition.release.id, fix="Make the edition again, or change the list.")
    label = "-".join("".join(c if c.isalnum() and c.isascii() else " " for c in marking.label).split())
    pieces = []
    for name in wanted:
        shown = (
            f"{label}-{PurePosixPath(name).name}" if alone and label else PurePosixPath(name).name if alone else name
        )
        sha256 = edition.release.manifest_sha256 if name == MANIFEST else files[name]
        pieces.append(Piece(name, shown, sha256, (edition.directory / name).stat().st_size))
    return Parcel(edition, entry, recipient, marking, tuple(pieces), _line(title), _line(contact))


def _named(word: str, edition: Edition, entry: Circulation) -> Iterator[str]:
    files, content = edition.files, edition.content
    described = entry.by not in ("mail", "spreadsheet")  # a description refers to its CSV by name
    if entry.by == "extract":
        yield MANIFEST
    if word == "workbook":
        yield from (name for name in content.get("workbooks", ()) if name in files)
    elif word == "csv":
        yield from (name for name in files if name.startswith("tables/") and (described or name.endswith(".csv")))
    elif word == "page":
        yield from files  # it refers to its charts, tables and workbook
    else:
        for table in content["tables"]:
            if table["name"] == word:
                stem = table["csv"]
                yield from (n for n in files if n == stem or (described and n == f"{stem}-metadata.json"))


def _line(text: str) -> str:
    """Text of a register on one line: nothing in it can end a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
