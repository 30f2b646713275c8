"""The performance database of the courts: what other systems count, added up, and what it alone holds."""

from __future__ import annotations

from justice_world.performance.room import Performance


__all__ = ["Performance"]
