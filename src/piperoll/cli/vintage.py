"""Commands ``vintage``: names for moments of the store."""

from __future__ import annotations

import click

from piperoll.cli.lazy import Lazy


@click.group("vintage")
def vintage() -> None:
    """Name the present state of the store, so that editions are made of it and held to it whatever comes later."""


@vintage.command("name")
@click.argument("name")
@click.pass_obj
def name(lazy: Lazy, name: str) -> None:
    """Give the present vintage NAME: a cut-off. Later deliveries change nothing of what is made of it."""
    space = lazy.workspace
    audit = space.permit("vintage.name", f"vintage {name}")
    found = space.journal.record_vintage(name, space.now(), space.who, audit=audit)
    click.echo(f"Vintage {found.sequence} is named {found.name}.")


@vintage.command("list")
@click.pass_obj
def list_vintages(lazy: Lazy) -> None:
    """List vintages that have a name, oldest first."""
    lazy.act("vintage.list", "journal")
    for each in lazy.workspace.journal.vintages():
        click.echo(f"{each.sequence:>8}  {each.name}")


commands: list[click.Command] = [vintage]
