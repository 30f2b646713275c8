"""Releases and the ledger: every cell ever published under one identity, and each value it was shown as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from piperoll.errors import UserError
from piperoll.journal import models as m
from piperoll.journal.base import utc
from piperoll.journal.chain import Chain
from piperoll.journal.identity import clean
from piperoll.journal.records import (
    RELEASE_STATUSES,
    AuditDraft,
    CellIdentity,
    Published,
    PublishedCell,
    Release,
)


IDENTITY = ("measure", "codes", "geography_version", "period")
SHOWN = ("table", "value", "marks")


class Ledger(Chain):
    """Releases of a journal and the cells they published."""

    def record_release(
        self, release: Release, cells: Iterable[PublishedCell] = (), audit: AuditDraft | None = None
    ) -> Release:
        """Record a release and every cell it shows, in one transaction.

        A release made again to the same bytes (same id, same manifest) is the same release: nothing changes.

        Args:
            release: One edition.
            cells: Any number; a cell appears once in a table.
            audit: The act, appended in the same transaction.

        Raises:
            UserError: PR-J012 when this id or edition is there with another manifest.
            ValueError: When a cell appears twice in one table.
        """
        with self.write():
            same = self.rows(m.ReleaseRow).filter(id=clean(release.id)).first()
            if same is None:
                same = (
                    self.rows(m.ReleaseRow)
                    .filter(publication=release.publication, period=release.period, edition=release.edition)
                    .first()
                )
            if same is None:
                same = self._insert_release(release)
                self._insert_cells(same, cells)
            elif (same.id, same.manifest_sha256) != (clean(release.id), release.manifest_sha256):
                raise UserError(
                    "PR-J012",
                    f"release {same.id} has been recorded with other contents.",
                    fix="A release never changes: give the new one the next edition.",
                )
            if audit is not None:
                self.append_audit(audit)
            return to_release(same)

    def _insert_release(self, release: Release) -> m.ReleaseRow:
        values: dict[str, Any] = {f.name: getattr(release, f.name) for f in fields(Release)}
        texts = {name: clean(value) for name, value in values.items() if isinstance(value, str)}
        row = m.ReleaseRow(**values | texts | {"at": utc(release.at)})
        row.save(using=self.alias, force_insert=True)
        return row

    def _insert_cells(self, row: m.ReleaseRow, cells: Iterable[PublishedCell]) -> None:
        """In sets rather than one by one: 200,000 cells take seconds."""
        quote = self.connection.ops.quote_name
        identity = ", ".join(IDENTITY)
        shown = ", ".join(quote(name) for name in SHOWN)
        equal = " AND ".join(f"c.{name} = i.{name}" for name in IDENTITY)
        with self.connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS incoming_cell")
            columns = ", ".join(f"{quote(name)} TEXT" for name in (*IDENTITY, *SHOWN))
            cursor.execute(f"CREATE TEMPORARY TABLE incoming_cell (position BIGINT, {columns})")
            self.insert_many("incoming_cell", ("position", *IDENTITY, *SHOWN), _plain(cells))
            twice = cursor.execute(
                f"SELECT COUNT(*) FROM (SELECT 1 FROM incoming_cell GROUP BY {identity}, "
                f"{quote('table')} HAVING COUNT(*) > 1) AS twice"
            ).fetchone()[0]
            if twice:
                raise ValueError(f"{twice} cells appear more than once in a table of {row.id}")
            cursor.execute(
                f"INSERT INTO journal_cell ({identity}) SELECT {identity} FROM incoming_cell AS i "
                f"WHERE NOT EXISTS (SELECT 1 FROM journal_cell AS c WHERE {equal}) "
                f"GROUP BY {identity} ORDER BY MIN(position)"
            )
            cursor.execute(
                f"INSERT INTO journal_published (release_id, cell_id, {shown}) "
                f"SELECT %s, c.id, {', '.join('i.' + quote(name) for name in SHOWN)} "
                f"FROM incoming_cell AS i JOIN journal_cell AS c ON {equal} ORDER BY i.position",
                [row.number],
            )
            cursor.execute("DROP TABLE incoming_cell")

    def release(self, release_id: str) -> Release:
        """A release by its id.

        Raises:
            UserError: PR-J013 when there is none.
        """
        return to_release(self._release_row(release_id))

    def _release_row(self, release_id: str) -> m.ReleaseRow:
        row = self.rows(m.ReleaseRow).filter(id=clean(release_id)).first()
        if row is None:
            raise UserError(
                "PR-J013",
                f"there is no release `{release_id}`.",
                fix="Known releases are named publication/period/edition.",
            )
        return row

    def releases(self, *, publication: str | None = None, period: str | None = None) -> list[Release]:
        """Editions that fit, in the order they were recorded."""
        wanted = {"publication": publication, "period": period, "kind": "release"}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        return [to_release(row) for row in self.rows(m.ReleaseRow).filter(**chosen).order_by("number")]

    def find_release(self, publication: str, period: str, manifest_sha256: str) -> Release | None:
        """The release of a period with this very manifest, if it was made before."""
        rows = self.rows(m.ReleaseRow).filter(publication=publication, period=period, manifest_sha256=manifest_sha256)
        row = rows.order_by("number").first()
        return to_release(row) if row else None

    def set_release_status(self, release_id: str, status: str, audit: AuditDraft | None = None) -> Release:
        """Move a release on: made, published, withdrawn. It is approved by `record_approval` alone.

        Raises:
            UserError: PR-J013 when there is none.
            ValueError: For an unknown status, or an approval.
        """
        if status == "approved":
            raise ValueError("a release is approved by record_approval, which needs a sign-off")
        if status not in RELEASE_STATUSES:
            raise ValueError(f"status is {status!r}; expected one of {', '.join(RELEASE_STATUSES)}")
        with self.write():
            row = self._release_row(release_id)
            row.status = status
            row.save(using=self.alias)
            if status == "withdrawn":
                self._note_withdrawal(row)
            if audit is not None:
                self.append_audit(audit)
            return to_release(row)

    def _note_withdrawal(self, row: m.ReleaseRow) -> None:
        """Keep after how many entries of the ledger it was withdrawn: what was made before is made again as it was."""
        day = row.at.date().isoformat()
        imprint, _ = self.rows(m.ImprintRow).get_or_create(release=row, defaults={"published": day})
        if imprint.withdrawn_after is None:
            imprint.withdrawn_after = self.rows(m.ReleaseRow).count()
            imprint.save(using=self.alias)

    def cell_history(self, identity: CellIdentity) -> list[Published]:
        """Every value that a cell was ever published as, oldest release first."""
        names = {name: clean(getattr(identity, name)) for name in IDENTITY}
        rows = self.rows(m.PublishedRow).filter(**{f"cell__{name}": text for name, text in names.items()})
        return [
            Published(
                release=row.release.id,
                publication=row.release.publication,
                period=row.release.period,
                edition=row.release.edition,
                table=row.table,
                value=row.value,
                marks=row.marks,
                at=row.release.at,
            )
            for row in rows.select_related("release").order_by("release_id", "pk")
        ]

    def published_cells(self, release_id: str, table: str | None = None) -> Iterator[PublishedCell]:
        """Cells of a release, or of one of its tables, in the order they were recorded."""
        rows = self.rows(m.PublishedRow).filter(release=self._release_row(release_id))
        if table is not None:
            rows = rows.filter(table=table)
        names = (*(f"cell__{name}" for name in IDENTITY), *SHOWN)
        for values in rows.order_by("pk").values_list(*names).iterator(chunk_size=10_000):
            yield PublishedCell(CellIdentity(*values[:4]), *values[4:])

    def count_cells(self) -> int:
        """How many cells were ever published, each identity once."""
        return int(self.rows(m.CellRow).count())


def _plain(cells: Iterable[PublishedCell]) -> Iterator[tuple[Any, ...]]:
    for position, cell in enumerate(cells):
        i = cell.identity
        texts = (i.measure, i.codes, i.geography_version, i.period, cell.table, cell.value, cell.marks)
        yield position, *(clean(text) for text in texts)


def to_release(row: m.ReleaseRow) -> Release:
    """An entry as everyone else sees it."""
    return Release(**{f.name: getattr(row, f.name) for f in fields(Release)})
