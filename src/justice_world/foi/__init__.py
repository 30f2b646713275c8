"""Requests under the Freedom of Information Act to the Ministry, by working days of the whole United Kingdom."""

from __future__ import annotations

from justice_world.foi.room import Requests


__all__ = ["Requests"]
