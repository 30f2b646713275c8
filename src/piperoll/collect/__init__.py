"""From a file that arrived to a receipt: read, find the slot, check, split at the door, keep or refuse with reasons."""

from __future__ import annotations
