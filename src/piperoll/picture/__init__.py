"""The picture of each source: what it is, owes, delivers, lacks and serves; its operational measures; its burden."""

from __future__ import annotations

from piperoll.picture.gather import Picture, picture
from piperoll.picture.operations import Operations, operations
from piperoll.picture.uses import FieldUse, uses


__all__ = ["FieldUse", "Operations", "Picture", "operations", "picture", "uses"]
