"""Interpreters under the framework agreement of January 2012, as their contractor records them."""

from __future__ import annotations

from justice_world.language.room import Interpreters


__all__ = ["Interpreters"]
