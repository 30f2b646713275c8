"""What a file is, by its first bytes and not by its name."""

from __future__ import annotations

from pathlib import Path

from piperoll.errors import UserError


GZIP, ZIP, OLE, PARQUET = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1"
EMPTY_ZIP = b"PK\x05\x06"

TEXT_SUFFIXES = (".csv", ".txt", ".tsv", ".dat", ".psv")
SHEET_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
SUFFIXES = (*TEXT_SUFFIXES, *SHEET_SUFFIXES, ".parquet")

_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf", "a rich text document"),
)
_MARKUP = (b"<!doctype html", b"<html", b"<?xml", b"<!entity", b"<!doctype")


def kind_of(head: bytes, told: str) -> str:
    """``gzip``, ``zip`` (archives and most workbooks), ``ole`` (old workbooks), ``parquet`` or ``text``.

    Args:
        head: The first bytes (64 are enough).
        told: Name of the file for people.

    Raises:
        UserError: PR-C006 for an empty file, PR-C007 for a format that is not read.
    """
    if not head:
        fix = "If there is nothing to deliver, say so: --nil, or `nil: true` in the manifest."
        raise UserError("PR-C006", "The file is empty: it has no bytes.", where=told, fix=fix)
    for magic, kind in ((GZIP, "gzip"), (ZIP, "zip"), (EMPTY_ZIP, "zip"), (OLE, "ole"), (PARQUET, "parquet")):
        if head.startswith(magic):
            return kind
    fix = "Deliver CSV, XLSX, XLS, XLSB, ODS, Parquet or fixed width text, or gzip or zip of these."
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise UserError("PR-C007", f"The file is {what}, which is not read.", where=told, fix=fix)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_MARKUP):
        what = "a web page or XML document, perhaps an error page saved in place of the data"
        raise UserError("PR-C007", f"The file is {what}.", where=told, fix=fix)
    return "text"


def read_head(path: Path, size: int = 64) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(size)
