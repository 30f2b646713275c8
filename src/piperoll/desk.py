"""What a room needs of a workspace, so that it need not know one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from piperoll.cache import Cache
from piperoll.journal import AuditDraft, Delivery, Vintage
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Correction, Part


if TYPE_CHECKING:
    from piperoll.govern import Action, Actor
    from piperoll.journal import Journal


class Desk(Protocol):
    """A register and a home, opened for one actor (`piperoll.workspace.Workspace` is one)."""

    home: Path

    @property
    def register(self) -> Register:
        """The register."""
        ...

    @property
    def cache(self) -> Cache | None:
        """What the home keeps only to be fast, if it can."""
        ...

    @property
    def journal(self) -> Journal:
        """The operational database."""
        ...

    def secret(self, name: str) -> bytes:
        """A secret of the home, made when first asked for."""
        ...

    @property
    def store(self) -> ObjectStore:
        """Immutable Parquet."""
        ...

    def now(self) -> dt.datetime:
        """The moment of an act."""
        ...

    def vintage(self, name: Vintage | str | int | None = None) -> Vintage:
        """A vintage by name or number."""
        ...

    def deliveries(self, vintage: Vintage | str | int | None = None) -> list[Delivery]:
        """Deliveries in force as of a vintage."""
        ...

    def parts(self, vintage: Vintage | str | int | None = None) -> list[Part]:
        """What the store holds as of a vintage."""
        ...

    def corrections(self, vintage: Vintage | str | int | None = None) -> list[Correction]:
        """Values set by hand that hold as of a vintage."""
        ...

    def publication(self, key: str) -> Publication:
        """A publication of the register."""
        ...

    def act(
        self, action: Action | str, resource: str, purpose: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        """Decide and record an act before it is done."""
        ...

    def permit(
        self, action: Action | str, resource: str, purpose: str = "", details: Mapping[str, Any] | None = None
    ) -> AuditDraft:
        """Decide, and give the audit entry to be written with the act."""
        ...

    @property
    def actor(self) -> Actor:
        """Who acts."""
        ...

    @property
    def who(self) -> str:
        """Name of the actor."""
        ...
