"""What a journal says, without when it was written: two runs over the same deliveries have equal content."""

from __future__ import annotations

import hashlib
from typing import Any

from django.apps import apps
from django.db import models

from piperoll.journal.base import Base
from piperoll.journal.identity import canonical_json


# Hashes of the audit chain cover the time of each act, so they are as much wall-clock as the time itself.
CLOCKED = {
    "journal_audit": {"previous", "hash"},
    "journal_checkpoint": {"hash", "signature"},
}


class Content(Base):
    """Comparable content of a journal."""

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Rows of every table, sorted, less the columns that hold or hash a wall-clock time."""
        tables: dict[str, list[tuple[Any, ...]]] = {}
        for model in apps.get_app_config("journal").get_models():
            table = model._meta.db_table
            columns = [
                f.attname
                for f in model._meta.concrete_fields
                if not isinstance(f, models.DateTimeField) and f.attname not in CLOCKED.get(table, set())
            ]
            rows = self.rows(model).values_list(*columns)
            # Sorted here: databases disagree about the order of text.
            tables[table] = sorted((tuple(row) for row in rows), key=canonical_json)
        return dict(sorted(tables.items()))

    def content_digest(self) -> str:
        """SHA-256 of `content`."""
        return hashlib.sha256(canonical_json(self.content()).encode()).hexdigest()
