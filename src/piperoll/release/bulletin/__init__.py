"""The bulletin: one HTML page whose every sentence about figures is made from the figures as published."""

from __future__ import annotations

from piperoll.release.bulletin.analysis import narrative_of
from piperoll.release.bulletin.facts import Facts
from piperoll.release.bulletin.figures import Figure, figures_of
from piperoll.release.bulletin.page import bulletin
from piperoll.release.bulletin.points import main_points


__all__ = ["Facts", "Figure", "bulletin", "figures_of", "main_points", "narrative_of"]
