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
# Where a row points at one with a surrogate key: what names that one instead.
NATURAL = {
    "release_id": ["release__id"],
    "cell_id": ["cell__measure", "cell__codes", "cell__geography_version", "cell__period"],
}


class Content(Base):
    """Comparable content of a journal."""

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Rows of every table, sorted, less the columns that hold or hash a wall-clock time.

        Surrogate keys are left out too: a database does not give a number again that a killed process had.
        """
        tables: dict[str, list[tuple[Any, ...]]] = {}
        for model in apps.get_app_config("journal").get_models():
            table = model._meta.db_table
            columns: list[str] = []
            for f in model._meta.concrete_fields:
                clocked = isinstance(f, models.DateTimeField) or f.attname in CLOCKED.get(table, set())
                if not clocked and not isinstance(f, models.AutoField):
                    columns += NATURAL.get(f.attname, [f.attname])
            rows = self.rows(model).values_list(*columns)
            # Sorted here: databases disagree about the order of text.
            tables[table] = sorted((tuple(row) for row in rows), key=canonical_json)
        return dict(sorted(tables.items()))

    def content_digest(self) -> str:
        """SHA-256 of `content`."""
        return hashlib.sha256(canonical_json(self.content()).encode()).hexdigest()
