"""Reading a zip of XML parts that anyone may have made: bounded in size, no entities, no document types."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree as ET

from piperoll.present.lint.model import Unreadable


_MOST_PARTS = 20_000
_MOST_BYTES = 1 << 30


class Archive:
    """The parts of a spreadsheet file.

    Raises:
        Unreadable: If it is no zip file, is damaged, or unpacks to more than a gigabyte.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Unreadable("it is not a zip container") from error
        infos = self._zip.infolist()
        self.names = [info.filename for info in infos]
        if len(infos) > _MOST_PARTS or sum(info.file_size for info in infos) > _MOST_BYTES:
            raise Unreadable("it unpacks to more than a gigabyte")
        if len(set(self.names)) != len(self.names):
            raise Unreadable("it holds two parts of one name")

    def read(self, name: str) -> bytes:
        """The bytes of a part."""
        try:
            with self._zip.open(name) as part:
                data = part.read(_MOST_BYTES + 1)
        except KeyError as error:
            raise Unreadable(f"its part {name} is missing") from error
        except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
            raise Unreadable("one of its parts is damaged") from error
        except Exception as error:  # zlib.error and what else a damaged stream raises
            raise Unreadable("one of its parts is damaged") from error
        if len(data) > _MOST_BYTES:
            raise Unreadable("it unpacks to more than a gigabyte")
        return data

    def xml(self, name: str) -> ET.Element:
        """The root element of a part."""
        data = self.read(name)
        # UTF-16 would hide a document type from this search; no writer of spreadsheets uses it.
        if b"\x00" in data or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            raise Unreadable("one of its parts declares a document type")
        try:
            return ET.fromstring(data)
        except (ET.ParseError, ValueError) as error:
            raise Unreadable("one of its parts is not well-formed XML") from error
