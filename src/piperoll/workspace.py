"""A workspace: a register, a home, and everything between them. The one place that puts rooms together.

::

    import piperoll
    justice = piperoll.open("justice")
    justice.sources["caseman"].title
    justice.records("caseman.claim")                                # a Polars frame, with tokens for identifiers
    justice.table("mortgage_and_landlord_possession", "claims", period="2012Q2", where={"region": "South East"})
    justice.release("mortgage_and_landlord_possession", "2012Q2", Path("2012Q2"))

Every read and every act is decided by `piperoll.govern` and recorded in the journal's audit chain.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piperoll.cache import Cache
from piperoll.desk import engine_named
from piperoll.errors import UserError
from piperoll.govern import Action, Actor, Resource, act, local_actor, permit
from piperoll.journal import AuditDraft, Delivery, Vintage, open_journal
from piperoll.register import load
from piperoll.register.declared import require_declared
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Correction, Part


if TYPE_CHECKING:
    import polars as pl

    from piperoll.collect import Options, Receipt, SlotState
    from piperoll.collect.lifecycle import Exported
    from piperoll.derive.lineage import Lineage
    from piperoll.journal import Journal, Override, Query, Release
    from piperoll.protect.output import Record, Rules
    from piperoll.register.model.publication import Publication
    from piperoll.register.model.register import Register, Source
    from piperoll.release import Made, Report
    from piperoll.release.trace import Trace
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
        engine: ``duckdb`` or ``spark``; default: ``PIPEROLL_ENGINE``, else DuckDB.
    """

    def __init__(
        self,
        register: str | os.PathLike[str] = "justice",
        home: str | os.PathLike[str] = ".piperoll",
        journal_url: str | None = None,
        *,
        actor: Actor | None = None,
        engine: str = "",
    ) -> None:
        self.register_dir = Path(register)
        self.home = Path(home)
        self._journal_url = journal_url
        self._actor = actor
        self._engine = engine

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
        return load(self.register_dir, self.cache)

    @cached_property
    def cache(self) -> Cache | None:
        """What the home keeps only to be fast; None as long as it has no keys to vouch for it."""
        from piperoll.store.tokens import Keyring

        key = Keyring(self.home / "keys").cache_key()
        return None if key is None else Cache(self.home / "cache", key)

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

    def secret(self, name: str) -> bytes:
        """A secret of the home, made when first asked for."""
        return self.keyring.secret(name)

    @property
    def engine(self) -> str:
        """What runs the register's SQL; see `piperoll.desk.engine_named`."""
        return engine_named(self._engine)

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
            for d in self.journal.deliveries_as_of(vintage, receipts=False)
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

    def connect(self, vintage: Vintage | str | int | None = None, datasets: Iterable[str] | None = None) -> Connection:
        """A DuckDB connection with a view ``<source>__<dataset>`` for each dataset as of a vintage.

        It holds tokens, never identifiers; the read is recorded.
        """
        from piperoll.store.duck import connect
        from piperoll.store.vintage import create_views

        wanted = list(datasets) if datasets is not None else [f"{s.key}.{d.name}" for s, d in self.register.datasets()]
        for key in wanted:
            require_declared(self.register, dataset=key, whole=True)
        moment = self.vintage(vintage)
        self.act(Action.STORE_READ, f"vintage {moment.sequence}", details={"datasets": sorted(wanted)})
        con = connect()
        create_views(con, self.register, self.store, self.parts(moment), self.corrections(moment), wanted)
        return con

    def records(self, dataset: str, vintage: Vintage | str | int | None = None) -> pl.DataFrame:
        """The records of a dataset (``source.dataset``) as of a vintage, in the order of slots and rows.

        It holds tokens, never identifiers; the read is recorded.

        Raises:
            UserError: ``PR-W005`` for a dataset that is not declared, ``PR-J008`` for an unknown vintage.
        """
        con = self.connect(vintage, [dataset])
        try:
            view = dataset.replace(".", "__", 1)
            return con.sql(f'SELECT * FROM "{view}" ORDER BY _period, _supplier, _delivery, _row').pl()
        finally:
            con.close()

    # --- collecting ---------------------------------------------------------------------------------------------------

    def collect(
        self,
        paths: Iterable[str | os.PathLike[str]],
        options: Options | None = None,
        progress: Callable[[int, int, str], None] | None = None,
        **stated: Any,
    ) -> list[Receipt]:
        """Take in files and folders: each becomes a delivery with a receipt, or is refused with reasons.

        Args:
            paths: Files and folders.
            options: See `piperoll.collect.Options`.
            progress: Told how many of how many are done, and what is going on.
            stated: What is said of all files, where no options are given: source, dataset, supplier, period, nil ...
        """
        from piperoll.collect import Options, Stated, collect

        return collect(
            self.register,
            self.store,
            self.home / "vault",
            self.journal,
            self.keyring,
            self.actor,
            self.now(),
            [Path(each) for each in paths],
            options or Options(stated=Stated(**stated)),
            progress,
            staging=self.home / "staging",
        )

    def slots(self, **wanted: str | None) -> list[SlotState]:
        """Slots owed up to today with their state; ``source``, ``dataset``, ``supplier`` or ``period`` narrow them.

        Raises:
            UserError: ``PR-W005`` for a name that the register does not declare.
        """
        from piperoll.collect.owed import slots

        require_declared(self.register, wanted.get("source"), wanted.get("dataset"), wanted.get("supplier"))

        self.act(Action.DELIVERY_LIST, "journal")
        return slots(self.register, self.journal.deliveries(), self.now().date(), **wanted)

    def queries(self, *, settled: bool = False, **wanted: str | None) -> list[Query]:
        """Questions to suppliers, open or answered; ``delivery``, ``source`` or ``supplier`` narrow them.

        Raises:
            UserError: ``PR-W005`` for a name that the register does not declare.
        """
        require_declared(self.register, source=wanted.get("source"), supplier=wanted.get("supplier"))
        self.act(Action.QUERY_LIST, "journal")
        return self.journal.queries(states=None if settled else ("open", "answered"), **wanted)

    def answer(self, query: str, state: str, text: str = "", by: str = "") -> Query:
        """Move a query (``Q12``) to answered, confirmed, corrected, waived or open; ``by`` whom, if not the actor."""
        audit = self.permit(Action.QUERY_ANSWER, f"query {query.strip().upper()}", text, {"state": state})
        return self.journal.answer_query(query, state, by or self.who, self.now(), text, audit)

    def withdraw(self, delivery: str, reason: str) -> Delivery:
        """Take a delivery back; what it superseded counts again."""
        from piperoll.collect.lifecycle import withdraw

        return withdraw(self.journal, self.home / "staging", self.actor, self.now(), delivery, reason)

    def export_refused(self, delivery: str, out: str | os.PathLike[str], purpose: str) -> Exported:
        """Write a delivery's refused rows, as delivered, to a new CSV for their owner's eyes alone; it is recorded."""
        from piperoll.collect.lifecycle import refused_rows

        vault, now = self.home / "vault", self.now()
        return refused_rows(vault, self.journal, self.keyring, self.actor, now, delivery, Path(out), purpose)

    def override(
        self,
        dataset: str,
        key: Mapping[str, str],
        field: str,
        value: str | None,
        *,
        mark: str,
        reason: str,
        approver: str,
    ) -> Override:
        """Set one value of one record by hand; see `piperoll.collect.lifecycle.override`."""
        from piperoll.collect.lifecycle import override

        return override(
            self.register, self.store, self.journal, self.keyring, self.home / "staging", self.actor, self.now(),
            dataset, key, field, value, mark, reason, approver,
        )  # fmt: skip

    def withdraw_override(self, override: str, reason: str) -> Override:
        """Take an override back: what held before it holds again."""
        audit = self.permit(Action.OVERRIDE_WITHDRAW, f"override {override.strip().upper()}", reason)
        return self.journal.withdraw_override(override, self.now(), self.who, reason, audit)

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
        purpose: str = "",
        draft: bool = False,
    ) -> pl.DataFrame:
        """A statistical table as it may be given out: protected with all that was told before, entered in the ledger.

        Args:
            publication, table: Key and name.
            period: One period, as written; default: every period the table shows.
            where: Dimension or level to code or label (one or several).
            vintage: As of which vintage.
            purpose: Who asked, and what for.
            draft: Only to look at; not to be given out.

        Returns:
            A row a cell: dimensions, period, measure, value as shown and marks.
        """
        from piperoll.release.table import protected_table

        return protected_table(
            self, publication, table, period=period, where=where or {}, vintage=vintage, purpose=purpose, draft=draft
        )

    def lineage(self, publication: str, table: str, column: str) -> Lineage:
        """Where a column of a published table comes from, down to the fields of the contracts."""
        from piperoll.derive import lineage

        self.act(Action.LINEAGE_READ, f"derive {publication}")
        return lineage(self.register, self.publication(publication), table, column)

    # --- releases -----------------------------------------------------------------------------------------------------

    def release(self, publication: str, period: str, out: str | os.PathLike[str], **how: Any) -> Made:
        """Make an edition; ``vintage``, ``published`` and ``progress`` as of `piperoll.release.make`."""
        from piperoll.release import make

        return make(self, publication, period, Path(out), **how)

    def releases(self, publication: str | None = None) -> list[Release]:
        """Editions made from this home, oldest first."""
        self.act(Action.RELEASE_LIST, f"publication {publication or 'all'}")
        return self.journal.releases(publication=publication)

    def published(self, release: str, table: str | None = None) -> pl.DataFrame:
        """The cells of an edition as published, from the ledger.

        Returns:
            A row a cell: table, measure, codes, geography_version, period, value (text) and marks.
        """
        import polars as pl

        self.act(Action.RELEASE_LIST, f"release {release}")
        names = ("table", "measure", "codes", "geography_version", "period", "value", "marks")
        cells = self.journal.published_cells(release, table)
        rows = [[getattr(each if hasattr(each, n) else each.identity, n) for n in names] for each in cells]
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def check_outputs(self, paths: Sequence[str | os.PathLike[str]], rules: Rules | None = None, **how: Any) -> Record:
        """Check a researcher's tables before they leave; ``before``, ``releases``, ``about`` and ``measure`` as of
        `piperoll.ledger.outputs.check`."""
        from piperoll.ledger.outputs import check

        return check(self, [Path(each) for each in paths], rules, **how)

    def verify(
        self, directory: str | os.PathLike[str], manifest: str = "", certificate: str | os.PathLike[str] | None = None
    ) -> Report:
        """Check an edition from its files and manifest alone; ``manifest``: its SHA-256 as published elsewhere.

        ``certificate``: the proof that the home keeps, to be checked against what the manifest says of it.
        """
        from piperoll.release import verify

        return verify(Path(directory), manifest, Path(certificate) if certificate else None)

    def trace(self, release: str, table: str, cell: str) -> Trace:
        """Follow a published figure back to rule, models, vintage and deliveries."""
        from piperoll.release.trace import trace

        return trace(self, release, table, cell)

    def _make_home(self) -> None:
        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        except (FileExistsError, NotADirectoryError):
            message = "the home is a file, not a directory."
            raise UserError("PR-W004", message, where=str(self.home), fix="Give another --home.") from None
        except OSError as error:
            fix = "Give a --home in a directory you may write to."
            message = f"the home cannot be made ({error.strerror})."
            raise UserError("PR-W004", message, where=str(self.home), fix=fix) from None


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
