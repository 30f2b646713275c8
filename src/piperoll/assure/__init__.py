"""Quality assurance of an edition before it is released: what a second person should look at.

report(desk, "court_statistics_quarterly", "2012Q3")     # -> Report, with its findings in order of weight
"""

from __future__ import annotations

from piperoll.assure.report import Report, report


__all__ = ["Report", "report"]
