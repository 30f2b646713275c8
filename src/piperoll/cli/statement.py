"""Command ``statement``: the Statement of Administrative Sources from the register's facts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from piperoll.cli.lazy import Lazy
from piperoll.errors import UserError
from piperoll.govern import Action


@click.command("statement")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Directory to write to.")
@click.option("--as-of", "as_of", metavar="DATE", default=None, help="Day, as 2013-06-30 (default: its own).")
@click.option("--since", metavar="REF", default=None, help="An older register to compare: directory or git reference.")
@click.pass_obj
def statement(lazy: Lazy, out: Path, as_of: str | None, since: str | None) -> None:
    """Render the Statement as HTML (a page an entry, and one whole), an accessible ODS and JSON."""
    from piperoll.statement import render
    from piperoll.statement.older import older
    from piperoll.statement.write import files, write

    day = _day(as_of)
    lazy.act(Action.STATEMENT_RENDER, lazy.register_dir.name)
    register = lazy.workspace.register
    before = older(since, lazy.register_dir) if since else None
    text = render(register, day, before, _name(since) if since else "")
    made = write(files(text, register), out)
    click.echo(f"{len(text.entries)} sources as of {text.as_of}: {len(made)} files in {out}.")
    if since:
        click.echo(f"Changed since {since}: {', '.join(each.key for each in text.changes) or 'nothing'}.")
    click.echo(f"Open {out / 'index.html'}, or {out / 'whole.html'} to print it.")


def _name(since: str) -> str:
    """A git reference as given; of a directory only its name, so that no machine's paths are published."""
    path = Path(since)
    return path.resolve().name if path.is_dir() else since


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UserError("PR-X006", f"{text!r} is not a day.", where="--as-of", fix="Write it as 2013-06-30.") from None


commands = [statement]
