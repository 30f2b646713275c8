"""Imprints of editions: when each was published, and what it corrects. Written once, with the edition."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from piperoll.journal import models as m
from piperoll.journal.identity import canonical_json, clean
from piperoll.journal.imprint import Imprint
from piperoll.journal.ledger import Ledger


class Imprints(Ledger):
    """Imprints of a journal's editions."""

    def record_imprint(self, imprint: Imprint) -> Imprint:
        """Record what is said of an edition; what was recorded first stays.

        Call it in one `write` with `record_release`.

        Raises:
            UserError: PR-J013 where there is no such edition.
        """
        with self.write():
            row = self._release_row(imprint.release)
            held = self.rows(m.ImprintRow).filter(release=row).first()
            if held is None:
                values: dict[str, Any] = {f.name: getattr(imprint, f.name) for f in fields(Imprint)}
                texts = {name: clean(value) for name, value in values.items() if isinstance(value, str)}
                held = m.ImprintRow(**values | texts | {"release": row, "tables": canonical_json(list(imprint.tables))})
                held.save(using=self.alias, force_insert=True)
            return _of(held)

    def imprints(self, publication: str | None = None) -> dict[str, Imprint]:
        """Imprints by the edition's id, in the order in which editions were recorded."""
        rows = self.rows(m.ImprintRow).select_related("release").order_by("release__number")
        rows = rows.filter(release__publication=publication) if publication is not None else rows
        return {row.release.id: _of(row) for row in rows}


def _of(row: m.ImprintRow) -> Imprint:
    known = {"release": row.release.id, "tables": tuple(json.loads(row.tables))}
    return Imprint(**{f.name: known.get(f.name, getattr(row, f.name)) for f in fields(Imprint)})
