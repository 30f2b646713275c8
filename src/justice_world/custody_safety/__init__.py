"""Incidents and deaths in prison custody, of the prisoners that the prison systems hold."""

from __future__ import annotations

from justice_world.custody_safety.room import CustodySafety


__all__ = ["CustodySafety"]
