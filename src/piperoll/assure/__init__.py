"""Quality assurance of an edition before it is published: what a second person looks at, signs, and who approves.

::

    report(desk, "court_statistics_quarterly", "2012Q3")     # -> Report, with its findings in order of weight
    sign(desk, "court_statistics_quarterly", "2012Q3", name="Ben Hall")
    approve(desk, "court_statistics_quarterly/2012Q3/1")
"""

from __future__ import annotations

from piperoll.assure.approval import approve, manifest_approved, statement, write_statement
from piperoll.assure.report import Report, report
from piperoll.assure.required import shortfalls, waive_quality
from piperoll.assure.signoff import Standing, sign, standing


__all__ = [
    "Report",
    "Standing",
    "approve",
    "manifest_approved",
    "report",
    "shortfalls",
    "sign",
    "standing",
    "statement",
    "waive_quality",
    "write_statement",
]
