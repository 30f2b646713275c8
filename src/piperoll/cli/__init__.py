"""The command line: ``piperoll``. A file for each group of commands; each lists its own in ``commands``."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

import click

from piperoll.cli.lazy import Lazy
from piperoll.errors import UserError
from piperoll.version import __version__


class Program(click.Group):
    """The top command: its subcommands are found in this package, and imported only when asked for."""

    def _found(self) -> MutableMapping[str, click.Command]:
        if not self.commands:
            for module in pkgutil.iter_modules(__path__):
                loaded = importlib.import_module(f"{__name__}.{module.name}")
                for command in getattr(loaded, "commands", ()):
                    self.add_command(command)
        return self.commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, sorted."""
        return sorted(self._found())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; modules named like it are tried first, so that one command loads one module."""
        name = cmd_name.replace("-", "_")
        if not self.commands and name in {module.name for module in pkgutil.iter_modules(__path__)}:
            loaded = importlib.import_module(f"{__name__}.{name}")
            for command in getattr(loaded, "commands", ()):
                if command.name == cmd_name:
                    return command
        return self._found().get(cmd_name)


@click.group(cls=Program)
@click.version_option(__version__, prog_name="piperoll")
@click.option(
    "--register",
    "register_dir",
    type=click.Path(path_type=Path),
    default=Path("justice"),
    show_default=True,
    envvar="PIPEROLL_REGISTER",
    help="Directory of the register.",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    default=Path(".piperoll"),
    show_default=True,
    envvar="PIPEROLL_HOME",
    help="Directory where Piperoll keeps what it takes in and makes.",
)
@click.option(
    "--journal",
    "journal_url",
    default=None,
    envvar="PIPEROLL_JOURNAL",
    help="Address of a PostgreSQL journal; default: an SQLite file in the home.",
)
@click.pass_context
def program(ctx: click.Context, register_dir: Path, home: Path, journal_url: str | None) -> None:
    """Take administrative records to official statistics people can trust.

    Nobody signs in here: Piperoll runs for one local user, the owner of the home directory, and records each act.
    """
    ctx.obj = Lazy(register_dir, home, journal_url)


def main(arguments: Sequence[str] | None = None) -> Any:
    """Run the command line; a user's error is a sentence with a code and its own exit status."""
    try:
        result = program.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="piperoll",
            standalone_mode=False,
        )
    except UserError as error:
        click.echo(error.sentence, err=True)
        click.echo(f"More: {error.page}", err=True)
        sys.exit(error.exit_status)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. Run the same command again to go on.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(result if isinstance(result, int) else 0)
