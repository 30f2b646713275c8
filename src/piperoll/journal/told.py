"""Everything that told figures: releases, answers, imports; and what is known of a cell from all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import unquote

from django.db.models import Exists, OuterRef

from piperoll.journal import models as m
from piperoll.journal.identity import cells_hash, clean
from piperoll.journal.ledger import IDENTITY, Ledger, to_release
from piperoll.journal.records import AuditDraft, PublishedCell, Release, SealFault


LETTERS = {"answer": "A", "import": "I"}


class Told(Ledger):
    """The ledger as a reader of everything knows it."""

    def entries(self, kind: str | None = None) -> list[Release]:
        """Releases, answers and imports (or those of one kind), in the order they were recorded."""
        rows = self.rows(m.ReleaseRow)
        rows = rows.filter(kind=kind) if kind else rows
        return [to_release(row) for row in rows.order_by("number")]

    def last_entry(self) -> int:
        """How far the ledger has come: grows with each entry."""
        return int(self.rows(m.ReleaseRow).order_by("-number").values_list("number", flat=True).first() or 0)

    def record_told(self, entry: Release, cells: Iterable[PublishedCell], audit: AuditDraft | None = None) -> Release:
        """Record an answer or an import and the cells it tells, in one transaction; it gets its number here.

        Args:
            entry: ``id`` and ``edition`` are filled in: ``publication/2012Q2/A1``.
            audit: The act; the entry's id and the hash of its cells are added to its details.

        Raises:
            ValueError: For a release, or when a cell appears twice in one table.
        """
        letter = LETTERS.get(entry.kind)
        if letter is None:
            raise ValueError(f"kind is {entry.kind!r}; expected one of {', '.join(LETTERS)}")
        listed = list(cells)
        with self.write():
            edition = f"{letter}{self.next_number(entry.kind)}"
            named = replace(
                entry,
                id=f"{entry.publication}/{entry.period}/{edition}",
                edition=edition,
                cells_sha256=cells_hash(listed),
            )
            row = self._insert_release(named)
            self._insert_cells(row, listed)
            if audit is not None:
                told = {"entry": named.id, "cells": named.cells_sha256}
                self.append_audit(replace(audit, details={**audit.details, **told}))
            return to_release(row)

    def last_told(self, identities: Iterable[str], through: str | None = None) -> dict[str, tuple[str, str]]:
        """Value and marks that each of these cells was told as last, by identity; those never told are left out.

        Args:
            identities: Of cells.
            through: Id of the last entry that counts; all by default.
        """
        last = self._release_row(through).number if through is not None else self.last_entry()
        quote = self.connection.ops.quote_name
        names = ", ".join(f"c.{name}" for name in IDENTITY)
        equal = " AND ".join(f"c.{name} = a.{name}" for name in IDENTITY)
        asked = {_parts(identity): identity for identity in identities}
        found: dict[str, tuple[str, str]] = {}
        with self.connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS asked_cell")
            columns = ", ".join(f"{name} TEXT" for name in IDENTITY)
            cursor.execute(f"CREATE TEMPORARY TABLE asked_cell ({columns})")
            self.insert_many("asked_cell", IDENTITY, asked)
            cursor.execute(
                f"SELECT {names}, p.{quote('value')}, p.marks FROM asked_cell AS a "
                f"CROSS JOIN journal_cell AS c CROSS JOIN journal_published AS p "
                f"WHERE {equal} AND p.cell_id = c.id AND p.release_id <= %s ORDER BY p.release_id, p.id",
                [last],
            )
            for *key, value, marks in cursor.fetchall():
                found[asked[tuple(key)]] = (value, marks)
            cursor.execute("DROP TABLE asked_cell")
        return found

    def told_periods(self, measures: Iterable[str], through: str | None = None) -> set[str]:
        """Periods of which the ledger holds cells of any of these measures (told up to an entry, if one is named)."""
        rows = self.rows(m.CellRow).filter(measure__in=[clean(name) for name in measures])
        if through is not None:
            last = self._release_row(through).number
            told = self.rows(m.PublishedRow).filter(cell=OuterRef("pk"), release__number__lte=last)
            rows = rows.filter(Exists(told))
        return set(rows.values_list("period", flat=True).distinct())

    def count_told(self) -> dict[str, tuple[int, int]]:
        """Of each entry by id: how many cells it tells, and how many of them are hidden (``[c]``)."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT r.id, COUNT(p.id), SUM(CASE WHEN p.marks LIKE %s THEN 1 ELSE 0 END) FROM journal_release AS r "
                "LEFT JOIN journal_published AS p ON p.release_id = r.number GROUP BY r.id",
                ["%[c]%"],
            )
            return {name: (int(cells), int(hidden or 0)) for name, cells, hidden in cursor.fetchall()}

    def check_seals(self) -> tuple[int, list[SealFault]]:
        """Hold every entry against the hash of its cells that was taken when it was recorded.

        The hash stands with the entry and in the audit chain, which `verify_chain` checks by itself.

        Returns:
            How many cells were looked at, and what is wrong.
        """
        said = self._said()
        faults: list[SealFault] = []
        count = 0
        known = set()
        for entry in self.entries():
            known.add(entry.id)
            cells = list(self.published_cells(entry.id))
            count += len(cells)
            if not entry.cells_sha256 and entry.id not in said:
                continue  # recorded before hashes were taken
            found = cells_hash(cells)
            if found != entry.cells_sha256:
                faults.append(SealFault(entry.id, "its cells are not those that were recorded."))
            elif said.get(entry.id, found) != found:
                faults.append(SealFault(entry.id, "its cells are not those that the audit chain tells of."))
        faults += [
            SealFault(name, "the audit chain tells of it, and it is gone.") for name in said if name not in known
        ]
        return count, faults

    def _said(self) -> Mapping[str, str]:
        """Hash of each entry's cells as the audit chain holds it."""
        out: dict[str, str] = {}
        for entry in self.audit_entries():
            name, sha256 = entry.details.get("entry"), entry.details.get("cells")
            if isinstance(name, str) and isinstance(sha256, str):
                out.setdefault(name, sha256)
        return out


def _parts(identity: str) -> tuple[str, ...]:
    measure, codes, version, period = identity.split("|")
    return tuple(clean(text) for text in (unquote(measure), codes, unquote(version), period))
