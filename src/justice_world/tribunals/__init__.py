"""Tribunals: appeals and claims of all jurisdictions, each in the system that keeps them, on one set of tables."""

from __future__ import annotations

from justice_world.tribunals.room import Tribunals


__all__ = ["Tribunals"]
