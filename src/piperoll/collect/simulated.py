"""The mark of simulated deliveries: a file ``.simulated`` in their folder, or in a folder above it.

`piperoll simulate` puts it there; a delivery collected from there says so in its receipt, and what is released from it
says so to its readers.
"""

from __future__ import annotations

from pathlib import Path


MARK = ".simulated"
TEXT = "Everything in this folder is simulated. No official statistics may be made of it.\n"


def is_simulated(path: Path) -> bool:
    """Whether a file, or one of the folders it lies in, is marked."""
    return any((folder / MARK).is_file() for folder in path.absolute().parents)


def mark(folder: Path) -> None:
    """Mark a folder and everything below it."""
    (folder / MARK).write_text(TEXT, encoding="utf-8")
