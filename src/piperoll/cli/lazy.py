"""What every command is given: the global options, and a workspace opened on first use."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from piperoll.workspace import Workspace


class Lazy:
    """Global options, and the workspace they name.

    Attributes:
        register_dir: Directory of the register.
        home: Directory where Piperoll keeps what it takes in and makes.
        journal_url: PostgreSQL address of the journal; None for SQLite in the home.
    """

    def __init__(self, register_dir: Path, home: Path, journal_url: str | None = None) -> None:
        self.register_dir = register_dir
        self.home = home
        self.journal_url = journal_url

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace; the register is read when it is first needed."""
        from piperoll.workspace import Workspace

        return Workspace(self.register_dir, self.home, self.journal_url)

    def act(self, action: Any, resource: str, purpose: str = "") -> None:
        """Decide and record an act before it is done.

        Raises:
            UserError: If it is refused, with the reason.
        """
        self.workspace.act(action, resource, purpose)
