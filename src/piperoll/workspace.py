"""A workspace: a register, a home, and everything between them. The one place that puts rooms together.

::

    import piperoll
    justice = piperoll.open("justice")
    justice.sources["caseman"].title
    justice.table("mortgage_and_landlord_possession", "claims", period="2012Q2", where={"region": "South East"})

Every read and every act is decided by `piperoll.govern` and recorded in the journal's audit chain.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piperoll.errors import UserError
from piperoll.govern import Action, Actor, Resource, act, local_actor, permit
from piperoll.journal import AuditDraft, Delivery, Vintage, open_journal
from piperoll.register import load
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Correction, Part


if TYPE_CHECKING:
    import polars as pl

    from piperoll.journal import Journal
    from piperoll.register.model.publication import Publication
    from piperoll.register.model.register import Register, Source
    from piperoll.store.duck import Connection
    from piperoll.store.tokens import Keyring


JOURNAL_FILE = "journal.sqlite3"
_ACTIONS = {str(action): action for action in Action}


class Workspace:
    """A register and a home, opened for one actor.

    Args:
        register: Directory of the register.
        home: Directory where Piperoll keeps what it takes in and makes; made on first use, for its owner alone.
        journal_url: PostgreSQL address of the journal; None for SQLite in the home.
        actor: Who acts; default: the operating system's user.
    """

    def __init__(
        self,
        register: str | os.PathLike[str] = "justice",
        home: str | os.PathLike[str] = ".piperoll",
        journal_url: str | None = None,
        *,
        actor: Actor | None = None,
    ) -> None:
        self.register_dir = Path(register)
        self.home = Path(home)
        self._journal_url = journal_url
        self._actor = actor

    # --- what it is made of -------------------------------------------------------------------------------------------

    @cached_property
    def actor(self) -> Actor:
        """Who acts here."""
        self._make_home()
        return self._actor or local_actor(self.home)

    @cached_property
    def register(self) -> Register:
        """The register, loaded and checked.

        Raises:
            Problems: Everything that is wrong with it.
        """
        return load(self.register_dir)

    @cached_property
    def journal(self) -> Journal:
        """The operational database."""
        self._make_home()
        return open_journal(self._journal_url or self.home / JOURNAL_FILE)

    @cached_property
    def store(self) -> ObjectStore:
        """Immutable Parquet, by content."""
        self._make_home()
        return ObjectStore(self.home / "store")

    @cached_property
    def keyring(self) -> Keyring:
        """Keys of tokens and of the vault; made on first use."""
        from piperoll.store.tokens import Keyring

        self._make_home()
        return Keyring(self.home / "keys")

    @property
    def who(self) -> str:
        """Name of the actor."""
        return self.actor.name

    @property
    def sources(self) -> dict[str, Source]:
        """The register's sources by key."""
        return self.register.sources

    def now(self) -> dt.datetime:
        """The moment of an act, UTC. ``PIPEROLL_NOW`` (ISO 8601) fixes it, for runs that must repeat."""
        fixed = os.environ.get("PIPEROLL_NOW")
        if not fixed:
            return dt.datetime.now(dt.UTC)
        try:
            moment = dt.datetime.fromisoformat(fixed)
        except ValueError:
            raise UserError(
                "PR-W002", "PIPEROLL_NOW is not a moment in ISO 8601.", fix="Write 2012-11-08T09:30:00+00:00."
            ) from None
        return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)

    # --- acts ---------------------------------------------------------------------------------------------------------

    def act(
        self, action: Action | str, resource: str, purpose: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        """Decide and record an act before it is done.

        Args:
            action: What; an `Action` or its stable name.
            resource: ``kind key``, for example ``table possession/claims``.
            purpose: Why.
            details: Facts for the entry; no restricted values.

        Raises:
            UserError: ``PR-G001`` if it is refused.
        """
        act(self.journal, self.actor, _action(action), _resource(resource), self.now(), purpose, details)

    def permit(
        self, action: Action | str, resource: str, purpose: str = "", details: Mapping[str, Any] | None = None
    ) -> AuditDraft:
        """Decide, and give the audit entry to be written in one transaction with the act."""
        return permit(self.journal, self.actor, _action(action), _resource(resource), self.now(), purpose, details)

    # --- vintages -----------------------------------------------------------------------------------------------------

    def vintage(self, name: Vintage | str | int | None = None) -> Vintage:
        """A vintage by name or number; the present one by default."""
        return self.journal.vintage(name)

    def vintages(self) -> list[Vintage]:
        """Named vintages, oldest first."""
        return self.journal.vintages()

    def deliveries(self, vintage: Vintage | str | int | None = None) -> list[Delivery]:
        """Deliveries in force as of a vintage."""
        return self.journal.deliveries_as_of(vintage)

    def parts(self, vintage: Vintage | str | int | None = None) -> list[Part]:
        """What the store holds as of a vintage, for `store.vintage.create_views`."""
        return [
            Part(
                dataset=f"{d.source}.{d.dataset}",
                supplier=d.supplier,
                period=d.period,
                sequence=d.sequence,
                object=d.object,
                mode=d.mode,  # type: ignore[arg-type]
                delivery=d.id,
            )
            for d in self.deliveries(vintage)
            if d.object
        ]

    def corrections(self, vintage: Vintage | str | int | None = None) -> list[Correction]:
        """Values set by hand that hold as of a vintage."""
        return [
            Correction(
                dataset=f"{o.source}.{o.dataset}",
                key={name: str(value) for name, value in o.key.items()},
                field=o.field,
                value=o.value,
                mark=o.mark,
                sequence=o.sequence,
            )
            for o in self.journal.overrides_as_of(vintage)
        ]

    def connect(
        self, vintage: Vintage | str | int | None = None, datasets: Iterable[str] | None = None
    ) -> Connection:
        """A DuckDB connection with a view ``<source>__<dataset>`` for each dataset as of a vintage.

        It holds tokens, never identifiers; the read is recorded.
        """
        from piperoll.store.duck import connect
        from piperoll.store.vintage import create_views

        wanted = list(datasets) if datasets is not None else [f"{s.key}.{d.name}" for s, d in self.register.datasets()]
        moment = self.vintage(vintage)
        self.act(Action.STORE_READ, f"vintage {moment.sequence}", details={"datasets": sorted(wanted)})
        con = connect()
        create_views(con, self.register, self.store, self.parts(moment), self.corrections(moment), wanted)
        return con

    # --- results ------------------------------------------------------------------------------------------------------

    def publication(self, key: str) -> Publication:
        """A publication of the register.

        Raises:
            UserError: ``PR-W003`` with the nearest name if there is none.
        """
        from difflib import get_close_matches

        found = self.register.publications.get(key)
        if found is None:
            near = get_close_matches(key, self.register.publications, n=1)
            hint = f"Did you mean `{near[0]}`?" if near else "See `piperoll register list --kind publication`."
            raise UserError("PR-W003", f"there is no publication `{key}`.", fix=hint)
        return found

    def table(
        self,
        publication: str,
        table: str,
        *,
        period: str | None = None,
        where: Mapping[str, str | Sequence[str]] | None = None,
        vintage: Vintage | str | int | None = None,
    ) -> pl.DataFrame:
        """A statistical table as it may be shown: protected by its publication's policy.

        Args:
            publication: Key of the publication.
            table: Name of the table.
            period: One period, as written; default: every period the table shows.
            where: Dimension or level to code or label (one or several).
            vintage: As of which vintage.

        Returns:
            A row a cell: dimensions, period, measure, value as shown and marks.
        """
        from piperoll.release.table import protected_table

        return protected_table(self, publication, table, period=period, where=where or {}, vintage=vintage)

    def _make_home(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        except (FileExistsError, NotADirectoryError):
            raise UserError(
                "PR-W004",
                "the home is a file, not a directory.",
                where=str(self.home),
                fix="Give another --home.",
            ) from None
        except OSError as error:
            raise UserError(
                "PR-W004",
                f"the home cannot be made ({error.strerror}).",
                where=str(self.home),
                fix="Give a --home in a directory you may write to.",
            ) from None


def open(  # the word a notebook's reader expects: piperoll.open("justice")
    register: str | os.PathLike[str] = "justice",
    home: str | os.PathLike[str] = ".piperoll",
    journal: str | None = None,
) -> Workspace:
    """Open a workspace.

    Args:
        register: Directory of the register.
        home: Directory where Piperoll keeps what it takes in and makes.
        journal: PostgreSQL address of the journal; None for SQLite in the home.

    Returns:
        The workspace; the register is loaded when first needed.
    """
    return Workspace(register, home, journal)


def _action(name: Action | str) -> Action:
    return name if isinstance(name, Action) else _ACTIONS[name]


def _resource(text: str) -> Resource:
    kind, _, key = text.partition(" ")
    return Resource(kind, key)
