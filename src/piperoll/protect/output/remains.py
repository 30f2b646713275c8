"""What a workbook carries beside its cells: comments, formulas, hidden rows, caches of pivot tables, embedded files.

Runs in the limited child alone. Parts are scanned as bytes, within limits; nothing is unpacked to a file.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from piperoll.collect.limits import MIB, Limits


# What is counted, in which members, by which pattern. A key is the name of the remains.
_PARTS: tuple[tuple[str, str, bytes], ...] = (
    ("formulas", r"xl/worksheets/.*\.xml|content\.xml", rb"<f[ >/]|table:formula="),
    ("comments", r"xl/(comments|threadedComments).*\.xml", rb"<comment |<threadedComment "),
    ("comments", r"content\.xml", rb"<office:annotation[ >]"),
    ("hidden_rows", r"xl/worksheets/.*\.xml", rb'<row [^>]*hidden="(?:1|true)"'),
    ("hidden_columns", r"xl/worksheets/.*\.xml", rb'<col [^>]*hidden="(?:1|true)"'),
    ("hidden_rows", r"content\.xml", rb'<table:table-row [^>]*table:visibility="(?:collapse|filter)"'),
    ("hidden_columns", r"content\.xml", rb'<table:table-column [^>]*table:visibility="(?:collapse|filter)"'),
    ("pivot_records", r"xl/pivotCache/pivotCacheRecords.*\.xml", rb"<r[ >]"),
    ("pivot_caches", r"xl/pivotCache/pivotCacheDefinition.*\.xml", rb"<pivotCacheDefinition[ >]"),
    ("links", r"xl/externalLinks/externalLink.*\.xml", rb"<externalLink[ >]"),
    ("tracked_changes", r"content\.xml", rb"<table:tracked-changes[ >]"),
)
_MEMBERS: tuple[tuple[str, str], ...] = (
    ("embedded_files", r"xl/embeddings/.+|Object \d+/content\.xml|ObjectReplacements/.+"),
    ("macros", r"xl/vbaProject\.bin|(Basic|Scripts)/.+\.(xml|xba|py|js)"),
)
_TAIL = 4096


def remains(path: Path, limits: Limits) -> dict[str, int]:
    """How many of each kind there are, sorted by name; empty for what is no zip."""
    found: dict[str, int] = {}
    if not zipfile.is_zipfile(path):
        return found
    budget = limits.file_mb * MIB
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            for kind, name in _MEMBERS:
                if re.fullmatch(name, info.filename):
                    found[kind] = found.get(kind, 0) + 1
            wanted = [(kind, pattern) for kind, name, pattern in _PARTS if re.fullmatch(name, info.filename)]
            if wanted:
                budget -= _scan(archive, info, wanted, found, budget)
    return dict(sorted(found.items()))


def _scan(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    wanted: list[tuple[str, bytes]],
    found: dict[str, int],
    budget: int,
) -> int:
    """Count patterns in a member, block by block; bytes read."""
    compiled = [(kind, re.compile(pattern)) for kind, pattern in wanted]
    tail, done = b"", 0
    try:
        with archive.open(info) as part:
            while done < budget and (block := part.read(MIB)):
                done += len(block)
                text = tail + block
                for kind, pattern in compiled:
                    # Matches that end within the tail were counted with the block before.
                    count = sum(1 for match in pattern.finditer(text) if match.end() > len(tail))
                    if count:
                        found[kind] = found.get(kind, 0) + count
                tail = text[-_TAIL:]
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError):
        found["unreadable_parts"] = found.get("unreadable_parts", 0) + 1
    return done
