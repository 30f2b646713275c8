"""What every command is given: the global options, and a workspace opened on first use."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click


if TYPE_CHECKING:
    from piperoll.workspace import Workspace


class Lazy:
    """Global options, and the workspace they name.

    Attributes:
        register_dir: Directory of the register.
        home: Directory where Piperoll keeps what it takes in and makes.
        journal_url: PostgreSQL address of the journal; None for SQLite in the home.
        engine: What runs the register's SQL, if a command's option says so (`engine_option`).
    """

    def __init__(self, register_dir: Path, home: Path, journal_url: str | None = None) -> None:
        self.register_dir = register_dir
        self.home = home
        self.journal_url = journal_url
        self.engine = ""

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace; the register is read when it is first needed."""
        from piperoll.workspace import Workspace

        return Workspace(self.register_dir, self.home, self.journal_url, engine=self.engine)

    def act(self, action: Any, resource: str, purpose: str = "") -> None:
        """Decide and record an act before it is done.

        Raises:
            UserError: If it is refused, with the reason.
        """
        self.workspace.act(action, resource, purpose)


def _chosen(ctx: click.Context, _: click.Parameter, engine: str | None) -> None:
    ctx.obj.engine = engine or ""


# Of every command that counts; the workspace has it, so that all that the command does counts with one engine.
engine_option = click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default=None,
    envvar="PIPEROLL_ENGINE",
    expose_value=False,
    callback=_chosen,
    help="What runs the models and counts the tables; Spark gives the same cells. [default: duckdb]",
)
