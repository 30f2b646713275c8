"""``piperoll lineage``: where the column of a published table comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from piperoll.errors import UserError


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy


@click.command()
@click.argument("column", metavar="PUBLICATION/TABLE.COLUMN")
@click.option("--json", "as_json", is_flag=True, help="As JSON: kind, name, role, expression, where, rules, made_of.")
@click.option("--fields", is_flag=True, help="Only the fields of the contracts, a line each.")
@click.pass_obj
def lineage(lazy: Lazy, column: str, as_json: bool, fields: bool) -> None:
    """Trace a column of a published table down to the fields of the contracts.

    COLUMN is a measure or a dimension of the table, for example
    mortgage_and_landlord_possession/claims.claim_rate.
    """
    publication, slash, rest = column.partition("/")
    table, dot, name = rest.partition(".")
    if not (publication and slash and table and dot and name):
        raise UserError(
            "PR-D012",
            f"{column!r} does not name a column of a table.",
            fix="Write PUBLICATION/TABLE.COLUMN, for example mortgage_and_landlord_possession/claims.claim_rate.",
        )
    tree = lazy.workspace.lineage(publication, table, name)
    if as_json:
        click.echo(json.dumps(tree.to_dict(), indent=2, ensure_ascii=False))
    elif fields:
        click.echo("\n".join(tree.fields()))
    else:
        click.echo("\n".join(tree.lines()))


commands: list[click.Command] = [lineage]
