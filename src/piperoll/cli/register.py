"""``piperoll register``: check, show, list, diff and export what is declared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from piperoll.errors import Problem, Problems
from piperoll.register import inspect, load
from piperoll.register.diff import EFFECTS, compare
from piperoll.register.document import document, dumps
from piperoll.register.export import FORMATS, write
from piperoll.register.find import KINDS, everything, find
from piperoll.register.importodcs import draft
from piperoll.register.summary import lines, sentence
from piperoll.register.version import opened


if TYPE_CHECKING:
    from piperoll.cli.lazy import Lazy


@click.group()
def register() -> None:
    """Check and read the register: sources, contracts, code lists, publications, policies."""


@register.command()
@click.pass_obj
def check(lazy: Lazy) -> None:
    """Check the register for mistakes; all of them are told in one run.

    Exit status 0 if there is none, 10 otherwise.
    """
    lazy.act("register.check", f"register {lazy.register_dir.name}")
    found, problems = inspect(lazy.register_dir)
    if found is None or found.linkages:
        # Expressions over the fields of a linkage are the linkage room's to read.
        from piperoll.link.files.spec import check_linkages

        problems = [*problems, *check_linkages(lazy.register_dir)]
    if found is not None and not problems:
        from piperoll.tabulate import check_publication

        problems = [each for one in found.publications.values() for each in check_publication(found, one)]
    if problems or found is None:
        click.echo(_counted(problems), err=True)
        raise Problems(problems)
    click.echo(f"{found.title}: no mistakes found.")
    click.echo(sentence(found))


def _counted(problems: list[Problem]) -> str:
    files = {each.where.rpartition(":")[0] or each.where for each in problems}
    many = "mistake" if len(problems) == 1 else "mistakes"
    return f"{len(problems)} {many} in {len(files)} {'file' if len(files) == 1 else 'files'}:"


@register.command()
@click.argument("key")
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="What kind of thing the key names, if it names several.")
@click.option("--json", "as_json", is_flag=True, help="As JSON; its schema is docs/reference/register.schema.json.")
@click.pass_obj
def show(lazy: Lazy, key: str, kind: str | None, as_json: bool) -> None:
    """Show what KEY names: a source, a dataset (source.dataset), a code list, a publication ..."""
    lazy.act("register.show", f"register {key}")
    found = find(load(lazy.register_dir), key, kind)
    if as_json:
        click.echo(dumps(document(found)), nl=False)
    else:
        click.echo("\n".join(lines(found)))


@register.command("list")
@click.option("--kind", type=click.Choice(sorted(KINDS)), help="Only things of this kind.")
@click.pass_obj
def list_(lazy: Lazy, kind: str | None) -> None:
    """List everything that is declared: kind, key and title, a line each."""
    lazy.act("register.show", "register list")
    for each in everything(load(lazy.register_dir)):
        if kind in (None, each.kind):
            click.echo(f"{each.kind:<12} {each.key:<40} {each.title}".rstrip())


@register.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.option("--fail-on", type=click.Choice(EFFECTS), help="Exit with 1 if a change has this effect, or a worse one.")
@click.pass_obj
def diff(lazy: Lazy, old: str, new: str | None, as_json: bool, fail_on: str | None) -> None:
    """Say of each change from OLD to NEW whether it breaks a contract, adds to it or only describes.

    OLD and NEW are directories, or git revisions of the register's directory; NEW is the register as it stands if it
    is left out. Exit status 0, or 1 with --fail-on.
    """
    lazy.act("register.diff", f"register {old}..{new or 'now'}")
    with opened(old, lazy.register_dir) as before, opened(new or str(lazy.register_dir), lazy.register_dir) as after:
        changes = compare(before, after)
    if as_json:
        click.echo(dumps([vars(each) for each in changes]), nl=False)
    else:
        for each in changes:
            click.echo(str(each))
        click.echo(", ".join(f"{sum(c.effect == effect for c in changes)} {effect}" for effect in EFFECTS))
    worst = EFFECTS.index(fail_on) if fail_on else -1
    if any(EFFECTS.index(each.effect) <= worst for each in changes):
        raise click.exceptions.Exit(1)


@register.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(sorted(FORMATS)))
@click.argument("key", required=False)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Directory to write to.")
@click.pass_obj
def export(lazy: Lazy, format_: str, key: str | None, out: Path) -> None:
    """Export contracts (odcs, tableschema, csvw) of one source, or all, or the catalogue (dcat)."""
    lazy.act("register.export", f"register {format_} {key or 'all'}")
    for path in write(load(lazy.register_dir), format_, key, out):
        click.echo(str(path))


@register.command("import-odcs")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_odcs(lazy: Lazy, file: Path) -> None:
    """Draft the YAML of a source from a contract in the Open Data Contract Standard; to standard output."""
    lazy.act("register.draft", f"register {file.name}")
    click.echo(draft(file), nl=False)


commands = [register]
