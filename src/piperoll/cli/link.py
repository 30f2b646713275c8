"""Commands ``link``: who is the same person, in any files or from the vault."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from piperoll.cli.lazy import Lazy


_FILE = click.Path(path_type=Path)


@click.group("link")
def link() -> None:
    """Find records of one person, within a file and across files."""


@link.command("files")
@click.argument("spec", type=_FILE, metavar="SPEC.yaml")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--out", type=_FILE, required=True, help="Directory to make.")
@click.option("--threads", type=click.IntRange(1), default=None, help="How many at once; by default all cores.")
@click.pass_obj
def files(lazy: Lazy, spec: Path, files: tuple[Path, ...], out: Path, threads: int | None) -> None:
    """Link or deduplicate FILE... (CSV, also gzipped, or Parquet) as SPEC.yaml says.

    DIR gets clusters.parquet (who is who), pairs.parquet (each pair with its weight and what it comes of), model.json
    and report.html. Names and numbers of records stay out of the report.
    """
    from piperoll.link.files.run import link_files
    from piperoll.link.files.spec import load_linkage
    from piperoll.link.report.page import sentences

    loaded = load_linkage(spec)
    if lazy.home.is_dir():
        lazy.act("link.files", f"linkage {loaded.declared.linkage}")
    with Console(stderr=True).status("Reading") as status:
        done = link_files(loaded, files, out, threads=threads or 0, progress=status.update)
    for sentence in sentences(done.linked):
        click.echo(sentence)
    if done.evaluation is not None:
        whole = done.evaluation.agreement
        click.echo(
            f"Against `{loaded.declared.truth}`: pairs precision {whole.pairwise.precision:.4f}, recall "
            f"{whole.pairwise.recall:.4f}, F1 {whole.pairwise.f1:.4f}; B-cubed F1 {whole.bcubed.f1:.4f}."
        )
    click.echo(f"Look at {out / 'report.html'}")


commands = [link]
