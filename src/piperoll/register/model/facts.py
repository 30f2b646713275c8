"""The Statement's facts about a source (`Entry`) and about all of them (`Frame`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """What the Statement says of one source, as facts."""

    section: str = ""
    domain: str = ""


@dataclass(frozen=True)
class Frame:
    """What the Statement says once for all sources, as facts."""

    title: str = ""
