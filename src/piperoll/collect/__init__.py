"""From a file that arrived to a receipt: read, slot found, checked, split at the door, kept or refused."""

from __future__ import annotations
