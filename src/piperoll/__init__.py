"""Piperoll takes administrative records to official statistics."""

from __future__ import annotations


__version__ = "0.1.0"
