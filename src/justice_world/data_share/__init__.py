"""The return of the departments that linked the world's offenders to benefits and employment, once."""

from __future__ import annotations

from justice_world.data_share.room import DataShare


__all__ = ["DataShare"]
