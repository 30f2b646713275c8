"""Multi-agency arrangements and public protection casework: MAPPA returns at true size, PPUD cases of prisoners."""

from __future__ import annotations

from justice_world.public_protection.room import PublicProtection


__all__ = ["PublicProtection"]
