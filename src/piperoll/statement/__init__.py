"""The Statement of Administrative Sources, made from the register's facts."""

from __future__ import annotations

from piperoll.statement.render import render


__all__ = ["render"]
