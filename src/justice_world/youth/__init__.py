"""Young people with youth offending teams and in custody: Themis at true size, YJMIS, SACHS, eAsset of one people."""

from __future__ import annotations

from justice_world.youth.room import Youth


__all__ = ["Youth"]
