"""Measures over time: volumes, missingness, missing suppliers, operational measures, and how far quality is assured."""

from __future__ import annotations

from piperoll.quality.assessed import Judged, judge
from piperoll.quality.measured import Figure, Gap, Measured, measure
from piperoll.quality.overtime import Emptiness, Volume, emptiness, volumes


__all__ = ["Emptiness", "Figure", "Gap", "Judged", "Measured", "Volume", "emptiness", "judge", "measure", "volumes"]
