"""Command ``check-output``: look through tables that researchers want to take out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from piperoll.cli.lazy import Lazy
from piperoll.errors import EXIT_STATUS, UserError


if TYPE_CHECKING:
    from piperoll.protect.output import Finding, Record

_FILE = click.Path(path_type=Path)


@click.command("check-output")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--threshold", default=10, show_default=True, help="Counts above 0 and below it fail.")
@click.option("--zeros/--no-zeros", default=True, show_default=True, help="Whether zeros are to be looked at.")
@click.option("--dominance", default="2,90", show_default=True, metavar="N,K", help="Dominance rule.")
@click.option("--p-percent", default=10.0, show_default=True, help="p of the p-percent rule.")
@click.option("--freedom", default=10, show_default=True, help="Least degrees of freedom of a model.")
@click.option("--before", multiple=True, type=_FILE, help="An output that was let out earlier. Repeatable.")
@click.option("--release", "releases", multiple=True, metavar="ID", help="A release in the ledger. Repeatable.")
@click.option("--about", multiple=True, metavar="NAME=CODE", help="What all tables are about: period=2012Q2.")
@click.option("--measure", default="", help="Name that the output's counts have in the ledger.")
@click.option(
    "--out", type=_FILE, default=None, help="Directory for the record: record.html, record.md and record.json."
)
@click.pass_obj
def check_output(
    lazy: Lazy,
    files: tuple[Path, ...],
    threshold: int,
    zeros: bool,
    dominance: str,
    p_percent: float,
    freedom: int,
    before: tuple[Path, ...],
    releases: tuple[str, ...],
    about: tuple[str, ...],
    measure: str,
    out: Path | None,
) -> None:
    """Check FILES (CSV, XLSX, XLS, ODS) that are to leave: small counts, dominance, records, differencing.

    All FILES are checked together, with what was let out before. It ends with status 19 where something must be
    changed. What is printed tells figures that can be inferred: keep it inside.
    """
    from piperoll.protect.output import Rules

    rules = Rules(
        threshold=threshold,
        zeros_disclose=zeros,
        dominance=_dominance(dominance),
        percent=p_percent,
        freedom=freedom,
    )
    record = lazy.workspace.check_outputs(
        files, rules, before=before, releases=releases, about=dict(_pair(text) for text in about), measure=measure
    )
    for finding in record.findings:
        if finding.verdict.value != "pass":
            _show(finding)
    counts = ", ".join(f"{len(record.of(v))} {v.value}" for v in type(record.verdict))
    click.echo(f"{record.verdict.value.upper()}: {len(record.findings)} findings ({counts})")
    if out is not None:
        _write(record, out)
    if record.verdict.value == "fail":
        sys.exit(EXIT_STATUS["P"])


def _show(finding: Finding) -> None:
    from piperoll.protect.output.record import where

    click.echo(f"{finding.verdict.value:<6}  {where(finding)}  {finding.check}: {finding.sentence}")
    if finding.places:
        more = f" and {finding.count - len(finding.places)} more" if finding.count > len(finding.places) else ""
        click.echo(f"        at {', '.join(finding.places)}{more}")
    if finding.cure:
        click.echo(f"        {finding.cure}")


def _write(record: Record, out: Path) -> None:
    from piperoll.protect.output.page import page

    html = page(record)
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        (out / "record.json").write_text(record.json(), encoding="utf-8")
        (out / "record.html").write_text(html, encoding="utf-8")
        (out / "record.md").write_text(record.markdown(), encoding="utf-8")
    except OSError as error:
        message = f"the record cannot be written ({error.strerror})."
        raise UserError("PR-P131", message, where=str(out), fix="Give a directory you may write to.") from None
    click.echo(f"Record: {out / 'record.html'}")


def _dominance(text: str) -> tuple[int, float]:
    n, _, k = text.partition(",")
    try:
        return int(n), float(k)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not N,K, such as 2,90", param_hint="--dominance") from None


def _pair(text: str) -> tuple[str, str]:
    name, equals, code = text.partition("=")
    if not equals or not name.strip() or not code.strip():
        raise click.BadParameter(f"{text!r} is not NAME=CODE", param_hint="--about")
    return name.strip(), code.strip()


commands = [check_output]
