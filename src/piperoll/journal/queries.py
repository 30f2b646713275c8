"""Queries to suppliers: opened with a delivery, answered, settled; what was settled is not asked again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from piperoll.errors import UserError
from piperoll.journal import models as m
from piperoll.journal.base import utc
from piperoll.journal.chain import Chain
from piperoll.journal.identity import clean, numbered
from piperoll.journal.records import AuditDraft, Query, QueryEvent


# What may follow what. A settled query may be opened again by a person, with a reason.
FOLLOWS = {
    "open": ("answered", "confirmed", "corrected", "waived"),
    "answered": ("answered", "open", "confirmed", "corrected", "waived"),
    "confirmed": ("open",),
    "corrected": ("open",),
    "waived": ("open",),
}
UNSETTLED = ("open", "answered")
SETTLED_FOR_GOOD = ("confirmed", "waived")
GONE = "No longer found in the delivery that supersedes."


class Queries(Chain):
    """Queries of a journal."""

    def _open_queries(self, row: m.DeliveryRow, replaced: str | None, queries: Iterable[Query]) -> None:
        """Within the transaction of a delivery: open its queries, settle those of the one it replaces."""
        wanted: dict[str, Query] = {}
        for query in queries:
            wanted.setdefault(clean(query.key), query)
        keys = list(wanted)
        settled = self._keys_in(keys, SETTLED_FOR_GOOD)
        pending = {q.key: q for q in self._rows_of(keys, UNSETTLED)}
        by, at = f"delivery {row.id}", row.received_at
        for key, query in wanted.items():
            if key in settled:
                continue
            if key in pending:
                self._event(pending[key], by, at, pending[key].state, "Found again in a later delivery.")
                continue
            opened = m.QueryRow(
                number=self.next_number("query"),
                delivery=row,
                rule=clean(query.rule),
                key=key,
                sentence=clean(query.sentence),
                state="open",
            )
            opened.save(using=self.alias, force_insert=True)
            self._event(opened, by, at, "open", "")
        if replaced is not None and row.verdict != "refused":
            unsettled = self.rows(m.QueryRow).filter(delivery__id=replaced, state__in=UNSETTLED)
            for query_row in unsettled.order_by("number"):
                if query_row.key not in wanted:
                    self._move(query_row, "corrected", by, at, GONE)

    def _rows_of(self, keys: list[str], states: tuple[str, ...]) -> list[m.QueryRow]:
        found: list[m.QueryRow] = []
        for start in range(0, len(keys), 500):
            part = self.rows(m.QueryRow).filter(key__in=keys[start : start + 500], state__in=states)
            found.extend(part.order_by("number"))
        return found

    def _keys_in(self, keys: list[str], states: tuple[str, ...]) -> set[str]:
        return {row.key for row in self._rows_of(keys, states)}

    def _event(self, row: m.QueryRow, by: str, at: datetime, state: str, text: str) -> None:
        number = self.rows(m.QueryEventRow).filter(query=row).count() + 1
        m.QueryEventRow(query=row, number=number, by=clean(by), at=utc(at), state=state, text=clean(text)).save(
            using=self.alias, force_insert=True
        )

    def _move(self, row: m.QueryRow, state: str, by: str, at: datetime, text: str) -> None:
        row.state = state
        row.save(using=self.alias)
        self._event(row, by, at, state, text)

    def confirmed_keys(self) -> frozenset[str]:
        """Keys of the queries confirmed correct or waived: not to be asked again."""
        rows = self.rows(m.QueryRow).filter(state__in=SETTLED_FOR_GOOD)
        return frozenset(rows.values_list("key", flat=True))

    def queries(
        self,
        *,
        states: Iterable[str] | None = None,
        delivery: str | None = None,
        source: str | None = None,
        supplier: str | None = None,
    ) -> list[Query]:
        """Queries that fit, in the order they were opened, each with its events."""
        rows = self.rows(m.QueryRow)
        if states is not None:
            rows = rows.filter(state__in=list(states))
        wanted = {"delivery__id": delivery, "delivery__source": source, "delivery__supplier": supplier}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        return self._to_queries(list(rows.filter(**chosen).select_related("delivery").order_by("number")))

    def query(self, query_id: str) -> Query:
        """A query by its id, ``Q12``.

        Raises:
            UserError: PR-J010 when there is none.
        """
        return self._to_queries([self._query_row(query_id)])[0]

    def _query_row(self, query_id: str) -> m.QueryRow:
        row = self.rows(m.QueryRow).select_related("delivery").filter(number=numbered(query_id, "Q")).first()
        if row is None:
            fix = "`piperoll queries` lists them."
            raise UserError("PR-J010", f"there is no query `{query_id}`.", fix=fix)
        return row

    def answer_query(
        self,
        query_id: str,
        state: str,
        by: str,
        at: datetime,
        text: str = "",
        audit: AuditDraft | None = None,
    ) -> Query:
        """Move a query to another state, with who, when and why.

        Args:
            query_id: ``Q12``.
            state: answered, confirmed, corrected or waived; open to take a settled one up again.
            by: Who says so.
            at: When.
            text: Why, or the supplier's words; needed to confirm, to waive and to open again.
            audit: The act, appended in the same transaction.

        Raises:
            UserError: PR-J010 when there is no such query, PR-J011 when this cannot follow its present
                state or the reason is missing.
        """
        with self.write():
            row = self._query_row(query_id)
            allowed = FOLLOWS[row.state]
            if state not in allowed:
                raise UserError(
                    "PR-J011",
                    f"query Q{row.number} is {row.state} and cannot become `{state}`.",
                    fix=f"It can become: {', '.join(allowed)}.",
                )
            if state != "corrected" and not text.strip():
                raise UserError("PR-J011", f"query Q{row.number} cannot become {state} without a reason.")
            self._move(row, state, by, at, text)
            if audit is not None:
                self.append_audit(audit)
            return self._to_queries([row])[0]

    def _to_queries(self, rows: list[m.QueryRow]) -> list[Query]:
        events: dict[int, list[QueryEvent]] = defaultdict(list)
        numbers = [row.number for row in rows]
        for start in range(0, len(numbers), 500):
            part = self.rows(m.QueryEventRow).filter(query_id__in=numbers[start : start + 500])
            for e in part.order_by("query_id", "number"):
                events[e.query_id].append(QueryEvent(by=e.by, at=e.at, state=e.state, text=e.text))
        return [
            Query(
                id=f"Q{row.number}",
                delivery=row.delivery.id,
                source=row.delivery.source,
                dataset=row.delivery.dataset,
                supplier=row.delivery.supplier,
                period=row.delivery.period,
                rule=row.rule,
                key=row.key,
                sentence=row.sentence,
                state=row.state,
                events=tuple(events[row.number]),
            )
            for row in rows
        ]
