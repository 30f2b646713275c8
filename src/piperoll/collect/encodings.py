"""The encoding of a text file: found from its bytes and told, never guessed in silence.

UTF-8 proves itself (text that is not UTF-8 almost never is valid UTF-8); a byte order mark says what follows;
Windows-1252 proves nothing (nearly any bytes are valid), so it must have been agreed or be told.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from piperoll.errors import UserError


BLOCK = 1 << 20
# Longest first: the mark of UTF-32 little-endian begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"cp1252": "Windows-1252", "utf-8": "UTF-8", "iso8859-1": "ISO 8859-1", "ascii": "ASCII"}
_SAY = "Export it as UTF-8, or say which encoding it is: --encoding windows-1252, or in the contract."


@dataclass(frozen=True)
class Encoding:
    """How a text file is encoded.

    Attributes:
        name: Python's name of the codec.
        mark: Length of the byte order mark.
        note: A sentence where it is not as agreed.
        blocks: Whether it must be rewritten as UTF-8 before DuckDB reads it.
    """

    name: str
    mark: int = 0
    note: str = ""

    @property
    def rewrite(self) -> bool:
        """Whether the text must be rewritten before DuckDB can read it."""
        return self.name != "utf-8" or self.mark > 0


def canonical(name: str, where: str = "") -> str:
    """Python's name of an encoding.

    Raises:
        UserError: PR-C008 if there is no such encoding.
    """
    try:
        found = codecs.lookup(name)
        if not getattr(found, "_is_text_encoding", True):
            raise LookupError
        return "utf-8" if found.name in {"utf-8-sig", "ascii"} else found.name
    except LookupError:
        fix = "Use for instance utf-8 or windows-1252."
        raise UserError("PR-C008", f"There is no encoding `{name[:40]}`.", where=where, fix=fix) from None


def find_encoding(path: Path, agreed: str, told: str, *, said: bool = False) -> Encoding:
    """The encoding of a text file, from all of its bytes.

    Args:
        path: The file.
        agreed: What the contract says, or the person who delivers it (``said``).
        told: Name of the file for people.

    Raises:
        UserError: PR-C008 when it cannot be known, or the bytes are not what they are said to be.
    """
    expected = canonical(agreed, told)
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in _MARKS:
        if head.startswith(mark):
            note = (
                ""
                if name == expected
                else f"The file is {name.upper()} by its byte order mark; agreed was {say(expected)}."
            )
            if name == "utf-8" and _first_bad(path, "utf-8") is not None:
                message = "The byte order mark says UTF-8, but the text is not."
                raise UserError("PR-C008", message, where=told, fix="Export it afresh as UTF-8.")
            return Encoding(name, len(mark), note)
    if expected.startswith(("utf-16", "utf-32")):
        return Encoding(expected if expected[-2:] in {"le", "be"} else f"{expected}-le")
    if b"\x00" in head:
        message = "The text holds NUL bytes: it may be UTF-16 without a byte order mark, or no text at all."
        raise UserError("PR-C008", message, where=told, fix=_SAY.replace("windows-1252", "utf-16-le"))
    bad = _first_bad(path, "utf-8")
    if bad is None:
        if expected == "utf-8" or _is_ascii(path):
            return Encoding("utf-8")
        return Encoding("utf-8", 0, f"The file is UTF-8; agreed was {say(expected)}.")
    if expected == "utf-8":
        message = f"The text is not UTF-8 (first at byte {bad + 1})."
        raise UserError("PR-C008", message, where=told, fix=_SAY)
    wrong = _first_bad(path, expected)
    if wrong is not None:
        who = "said" if said else "agreed"
        message = f"The text is neither {say(expected)}, as {who} (first at byte {wrong + 1}), nor UTF-8."
        raise UserError("PR-C008", message, where=told, fix=_SAY)
    return Encoding(expected)


def say(name: str) -> str:
    """An encoding's name for people."""
    return _NAMES.get(name, name.upper())


def rewrite(path: Path, encoding: Encoding, out: Path, told: str) -> None:
    """Write the text as UTF-8 with newlines as they are, but a lone carriage return as a newline.

    Raises:
        UserError: PR-C008 if the bytes are not of this encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)("strict")
    with path.open("rb") as source, out.open("w", encoding="utf-8", newline="") as target:
        source.seek(encoding.mark)
        try:
            while block := source.read(BLOCK):
                target.write(decoder.decode(block))
            target.write(decoder.decode(b"", final=True))
        except UnicodeError:
            message = f"The text is not {say(encoding.name)} all through."
            raise UserError("PR-C008", message, where=told, fix="Export it afresh as UTF-8.") from None


def _is_ascii(path: Path) -> bool:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if not block.isascii():
                return False
    return True


def _first_bad(path: Path, name: str) -> int | None:
    """Offset of the first byte that is not of this encoding, or None. Blocks of ASCII cost next to nothing."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    done = 0
    pending = False
    simple = name in {"utf-8", "cp1252", "iso8859-1"}
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if simple and not pending and block.isascii():
                done += len(block)
                continue
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                return max(0, done + error.start)
            pending = bool(decoder.getstate()[0])
            done += len(block)
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return max(0, done - 1)
    return None
