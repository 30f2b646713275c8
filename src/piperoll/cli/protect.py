"""Commands ``protect`` and ``attack``: disclosure control for any table; no register and no home are needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from piperoll.cli.lazy import Lazy
from piperoll.errors import UserError


if TYPE_CHECKING:
    import polars as pl

    from piperoll.protect.files import Loaded

_FILE = click.Path(path_type=Path)


@click.command("protect")
@click.argument("tables", nargs=-1, required=True, type=_FILE, metavar="TABLE...")
@click.option("--spec", "spec_file", type=_FILE, required=True, help="What to do, as YAML.")
@click.option("--out", type=_FILE, required=True, help="Directory to make.")
@click.option(
    "--seed-file", type=_FILE, default=None, help="The secret of an earlier run, to make the same choice again."
)
@click.option("--choices", is_flag=True, help="Protect nothing; write a page on what each choice would cost.")
@click.pass_obj
def protect(
    lazy: Lazy, tables: tuple[Path, ...], spec_file: Path, out: Path, seed_file: Path | None, choices: bool
) -> None:
    """Protect TABLE (CSV, perhaps gzipped): hide what must be hidden, and prove that it cannot be worked out.

    Several tables are protected together, as published together. DIR/public may be published; DIR/internal must not.
    """
    from piperoll.protect.files import protect_table
    from piperoll.protect.files.report import lost, optimality, proven
    from piperoll.protect.files.write import write_all, write_protected

    read, frames = _read(lazy, "table.protect", tables, spec_file)
    seed = seed_file.read_text(encoding="utf-8").strip() if seed_file is not None and seed_file.is_file() else ""
    if seed_file is not None and not seed:
        raise UserError(
            "PR-P068", "there is no seed.", where=str(seed_file), fix="Name internal/seed of an earlier run."
        )
    with Console(stderr=True).status("Reading") as status:
        if choices:
            from piperoll.protect.files.choices import choices_page, compare

            write_all(choices_page(compare(frames, read, seed=seed, progress=status.update), read.spec.title), out)
        else:
            made = protect_table(frames, read, seed=seed, progress=status.update)
            write_protected(made, out)
    if choices:
        click.echo(f"Internal: keep it inside. Open {out / 'index.html'}")
        return
    for sentence in (lost(made), optimality(made), proven(made)):
        click.echo(sentence)
    click.echo(f"To publish: {out / 'public'}. Never to publish: {out / 'internal'}.")


@click.command("attack")
@click.argument("tables", nargs=-1, type=_FILE, metavar="TABLE...")
@click.option("--spec", "spec_file", type=_FILE, default=None, help="Hierarchies and what is known, as YAML.")
@click.option(
    "--exact/--quick", "exact", default=None, help="Look for whole tables that reach the bounds, or only add up."
)
@click.option("--all", "everything", is_flag=True, help="Tell every hidden cell, not only those known too well.")
@click.option("--out", type=_FILE, default=None, help="Directory for report and chart; keep it inside.")
@click.pass_obj
def attack(
    lazy: Lazy, tables: tuple[Path, ...], spec_file: Path | None, exact: bool | None, everything: bool, out: Path | None
) -> None:
    """See what can be inferred from published TABLEs, or from a release, and from which figures.

    A directory that `piperoll release` wrote needs no specification: its manifest says how its figures add up. Only
    what is public goes in. It ends with status 19 (PR-P067) where a hidden figure is known better than the
    requirement allows. What is printed gives figures away: keep it inside.
    """
    if spec_file is None:
        _attack_release(lazy, tables, exact, everything, out)
        return
    from piperoll.protect.files import attack_table
    from piperoll.protect.files.pictures import interval_chart
    from piperoll.protect.files.report import attack_json, attack_markdown
    from piperoll.protect.files.write import write_all

    read, frames = _read(lazy, "table.attack", tables, spec_file)
    with Console(stderr=True).status("Reading") as status:
        found = attack_table(frames, read, exact=exact, progress=status.update)
    for note in found.notes:
        click.echo(note)
    for each in found.seen if everything else found.below:
        click.echo(f"{'BELOW ' if each.below else 'open  '} {each.sentence}")
    click.echo(found.looked)
    click.echo(found.summary)
    if out is not None:
        files = {"attack.md": attack_markdown(found).encode(), "attack.json": attack_json(found)}
        if found.seen:
            files["intervals.svg"] = interval_chart(found).svg
        write_all({f"internal/{name}": data for name, data in files.items()}, out)
        click.echo(f"Report: {out / 'internal' / 'attack.md'}")
    if found.below:
        count = len(found.below)
        raise UserError(
            "PR-P067",
            f"{count:,} hidden {'figure is' if count == 1 else 'figures are'} known better than the requirement "
            "allows.",
            fix="Protect the tables together with `piperoll protect`, and do not publish before.",
        )


def _attack_release(
    lazy: Lazy, tables: tuple[Path, ...], exact: bool | None, everything: bool, out: Path | None
) -> None:
    """Attack one release."""
    from piperoll.release.attacked import attack_release

    if len(tables) != 1 or not tables[0].is_dir():
        raise UserError(
            "PR-P069",
            "no specification is named, and what is to be attacked is not the directory of one release.",
            fix="Name the directory of a release, or say with --spec how the tables add up.",
        )
    if exact or out is not None:
        raise click.UsageError("--exact and --out go with --spec; a release is attacked by adding up.")
    if lazy.home.is_dir():
        lazy.act("table.attack", f"release {tables[0].resolve().name}")
    found = attack_release(tables[0], everything=everything)
    for each in found.worked:
        click.echo(f"{'BELOW ' if each.below else 'open  '} {each.sentence}")
    click.echo(found.summary)
    if found.fails:
        raise UserError(
            "PR-P067",
            f"{found.below:,} suppressed {'count is' if found.below == 1 else 'counts are'} known better than the "
            "policy allows.",
            fix="Release without --alone, which suppresses what gives small counts away.",
        )


def _read(lazy: Lazy, action: str, tables: tuple[Path, ...], spec_file: Path) -> tuple[Loaded, dict[str, pl.DataFrame]]:
    """The specification and its tables; the act is recorded where there is a home to record it in."""
    from piperoll.protect.files.read import read_tables
    from piperoll.protect.files.spec import load_spec

    read = load_spec(spec_file)
    further = [read.file(each.file, "tables") for each in read.spec.tables if each.file]
    paths = [*tables, *(path for path in further if path not in tables)]
    if not paths:
        raise UserError("PR-P069", "no table is named.", fix="Name CSV files, or list `tables` in the specification.")
    if lazy.home.is_dir():
        lazy.act(action, f"table {paths[0].name}")
    frames = read_tables(paths, read.spec.limits.cells)
    names = {(read.directory / each.file).name: each.name for each in read.spec.tables if each.file}
    return read, {names.get(path.name, name): frame for path, (name, frame) in zip(paths, frames.items(), strict=True)}


commands = [protect, attack]
