"""Zip containers with the same bytes each time: fixed times, fixed order, fixed attributes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable


_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip entry can carry
_PLAIN_FILE = 0o100644 << 16


def write_zip(parts: Iterable[tuple[str, bytes]], stored: frozenset[str] = frozenset()) -> bytes:
    """Zip ``parts`` in the order given; those named in ``stored`` are not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3
            info.external_attr = _PLAIN_FILE
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data, compresslevel=6)
    return out.getvalue()
