"""Editions of publications: made, verified from their files alone, and traced back to deliveries."""

from __future__ import annotations

from piperoll.release.edition import Made, make
from piperoll.release.verify import Check, Report, verify


__all__ = ["Check", "Made", "Report", "make", "verify"]
