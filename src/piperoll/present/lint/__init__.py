"""Linters of what was written: they read the bytes back, and know nothing of the model that wrote them.

``lint_file`` and ``lint_directory`` look at spreadsheets (ODS, XLSX), pages (HTML) and CSV with its CSVW
metadata. Each check has a code, a sentence and a page in ``docs/errors`` (``register.CHECKS``).
"""

from __future__ import annotations

from piperoll.present.lint.files import lint_bytes, lint_directory, lint_file
from piperoll.present.lint.register import CHECKS, Check


__all__ = ["CHECKS", "Check", "lint_bytes", "lint_directory", "lint_file"]
