"""Commands ``enter`` and ``entries``: what an office enters by hand, tried without a web site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from piperoll.errors import EXIT_STATUS


if TYPE_CHECKING:
    from collections.abc import Iterator

    from piperoll.cli.lazy import Lazy
    from piperoll.collect.entry import Forms
    from piperoll.collect.entry.lists import Entered
    from piperoll.journal import Entry


PURPOSE = "the office's own record"


def _forms(lazy: Lazy, dataset: str, office: str, clerk: str) -> Forms:
    from piperoll.collect.entry import Forms, Place

    space = lazy.workspace
    place = Place(space.register, space.home, space.journal, space.keyring, space.actor, space.now)
    return Forms(place, dataset, office, clerk)


@click.command("enter")
@click.argument("dataset")
@click.option("--office", required=True, help="Key or name of the office whose record it is.")
@click.option("--period", default="", help="Period of a new record: 2012, 2012Q2, 2012-05 or 2011/12.")
@click.option("--record", default="", metavar="E12", help="Go on with a draft, or correct a saved record.")
@click.option("--from", "source", type=click.Path(path_type=Path, dir_okay=False), help="Values from a JSON file.")
@click.option("--reason", default="", help="Why a saved record is corrected or withdrawn, or differences so decided.")
@click.option("--draft", is_flag=True, help="Keep it as a draft, whatever the contract says.")
@click.option("--withdraw", is_flag=True, help="Take the record back.")
@click.option("--reference", default="", help="Of the form on paper that it is keyed from.")
@click.option("--dated", default="", metavar="DATE", help="Date of that form.")
@click.option("--second", is_flag=True, help="Key the form of --record the second time.")
@click.option("--decide", multiple=True, metavar="FIELD=first|second", help="Which of two keyings holds.")
@click.option("--scan", type=click.Path(path_type=Path, dir_okay=False), help="Scanned form, PDF, PNG or JPEG.")
@click.option("--as", "clerk", default="", metavar="NAME", help="Who types, if not you.")
@click.pass_obj
def enter(
    lazy: Lazy,
    dataset: str,
    office: str,
    period: str,
    record: str,
    source: Path | None,
    reason: str,
    draft: bool,
    withdraw: bool,
    reference: str,
    dated: str,
    second: bool,
    decide: tuple[str, ...],
    scan: Path | None,
    clerk: str,
) -> int:
    """Enter a record of DATASET (source.dataset) for an office, or go on with one; it asks for each field.

    A record is checked against the contract as a file is, and saved if nothing is wrong; else it stays a draft.
    """
    from piperoll.collect.entry import evidence, paper

    forms = _forms(lazy, dataset, office, clerk)
    if not record and not period:
        raise click.UsageError("Give --period for a new record, or --record.")
    if not record and (withdraw or second or decide):
        raise click.UsageError("Give --record.")
    entry = forms.entry(record) if record else None
    if entry is not None and withdraw:
        click.echo(_line(forms.withdraw(entry.id, entry.revision, reason)))
        return 0
    if entry is not None and decide:
        decided = dict(each.partition("=")[::2] for each in decide)
        click.echo(_line(paper.resolve(forms, entry.id, decided, entry.revision, reason)))
        return 0
    if entry is not None and second:
        return _second(forms, entry, _given(forms, source, {}))
    if entry is None:
        entry = forms.open(period, reference=reference, dated=dated)
        click.echo(f"{entry.id} is begun.", err=True)
    only_scan = scan is not None and record and source is None
    if scan is not None:
        entry = evidence.attach(forms, entry.id, scan, entry.revision)
    if not only_scan:
        known = {} if source else dict(forms.read(entry.id, PURPOSE).values) if entry.revision > 1 else {}
        entry = forms.set(entry.id, _given(forms, source, known), entry.revision)
    if draft or only_scan:
        click.echo(_line(entry))
        return 0
    return _save(forms, entry, reason)


def _save(forms: Forms, entry: Entry, reason: str) -> int:
    faults = forms.faults(entry.id)
    for fault in faults:
        click.echo(f"  {fault.rule}: {fault.sentence}")
    if any(fault.severity in "EB" for fault in faults):
        click.echo(f"{entry.id} is kept as a draft. Go on with it: --record {entry.id}.")
        return EXIT_STATUS["C"]
    click.echo(_line(forms.save(entry.id, entry.revision, reason)))
    return 0


def _second(forms: Forms, entry: Entry, given: dict[str, str]) -> int:
    from piperoll.collect.entry import paper

    keying = paper.key_again(forms, entry.id, given, entry.revision)
    if not keying.differs:
        click.echo(f"{entry.id}: keyed twice alike.")
        return 0
    click.echo(f"{entry.id}: the two keyings differ in {', '.join(keying.differs)}.")
    click.echo("See both with `piperoll entries ... --record --both`; decide with --decide FIELD=first|second.")
    return EXIT_STATUS["C"]


def _given(forms: Forms, source: Path | None, known: dict[str, str]) -> dict[str, str]:
    from piperoll.collect.entry.content import read_values

    if source is not None:
        return read_values(source)
    given = {}
    for field in forms.dataset.fields:
        words = f"{field.title or field.name} ({field.type}{'' if field.null == 'allowed' else ', required'})"
        given[field.name] = click.prompt(words, default=known.get(field.name, ""), show_default=bool(known))
    return given


def _line(entry: Entry) -> str:
    words = {"draft": "draft", "saved": f"version {entry.version}", "withdrawn": "withdrawn"}[entry.state]
    parts = [words]
    if entry.state == "saved" and entry.draft:
        parts.append("a correction begun")
    if entry.way == "paper":
        parts.append("from paper, keyed twice" if entry.checked else "from paper, keyed once")
    if entry.evidence:
        parts.append("with scan")
    if entry.delivery:
        sent = "" if entry.sent_version == entry.version else f" as version {entry.sent_version}"
        parts.append(f"in delivery {entry.delivery}{sent}")
    changed = f"{entry.changed_by}, {entry.changed_at:%Y-%m-%d %H:%M}"
    return f"{entry.id:7}{entry.period:9}{', '.join(parts)} ({changed})"


@click.command("entries")
@click.argument("dataset")
@click.option("--office", required=True, help="Key or name of the office.")
@click.option("--period", default="", help="Only records of this period; the period to --submit.")
@click.option("--record", default="", metavar="E12", help="The history of one record.")
@click.option("--show", is_flag=True, help="With --record: its values too; recorded.")
@click.option("--both", "both_", is_flag=True, help="With --record: what each of two keyings says; recorded.")
@click.option("--scan", type=click.Path(path_type=Path, dir_okay=False), help="With --record: write its scan here.")
@click.option("--purpose", default=PURPOSE, show_default=True, help="Why values are read.")
@click.option("--submit", "send", is_flag=True, help="Deliver the saved records of the period.")
@click.option("--nil", is_flag=True, help="With --submit: there was nothing in the period.")
@click.option("--replace", is_flag=True, help="With --submit: in place of a file that was delivered.")
@click.pass_obj
def entries(
    lazy: Lazy,
    dataset: str,
    office: str,
    period: str,
    record: str,
    show: bool,
    both_: bool,
    scan: Path | None,
    purpose: str,
    send: bool,
    nil: bool,
    replace: bool,
) -> int:
    """List what an office entered of DATASET, show one record, or deliver a period's records.

    Exit status 16 if the delivery was refused.
    """
    forms = _forms(lazy, dataset, office, "")
    if send:
        if not period:
            raise click.UsageError("--submit needs a --period.")
        return _submit(forms, period, nil=nil, replace=replace)
    if record:
        _show(forms, record, show=show, both=both_, scan=scan, purpose=purpose)
        return 0
    found = forms.entries(period or None)
    for entry in found:
        click.echo(_line(entry))
    click.echo(f"{len(found):,} record{'' if len(found) == 1 else 's'}.")
    return 0


def _show(forms: Forms, record: str, *, show: bool, both: bool, scan: Path | None, purpose: str) -> None:
    from piperoll.collect.entry import evidence, paper

    click.echo(_line(forms.entry(record)))
    for version in forms.history(record):
        fields = f": {', '.join(version.fields)}" if version.fields else ""
        why = f" ({version.reason})" if version.reason else ""
        click.echo(f"  {version.version}  {version.at:%Y-%m-%d %H:%M}  {version.act} by {version.by}{fields}{why}")
    if show:
        content = forms.read(record, purpose)
        if content.reference:
            click.echo(f"  form {content.reference} of {content.dated}")
        for name, value in content.values.items():
            click.echo(f"  {name} = {value}")
    if both:
        for name, (first, second) in paper.both(forms, record, purpose).items():
            click.echo(f"  {name}: first {first!r}, second {second!r}")
    if scan is not None:
        kind = evidence.export(forms, record, scan, purpose)
        click.echo(f"The scan ({kind}) is in {scan}. It names people: keep it safe, and delete it after use.")


def _submit(forms: Forms, period: str, *, nil: bool, replace: bool) -> int:
    from piperoll.collect.entry import submit

    done = submit(forms, period, nil=nil, replace_file=replace)
    click.echo(done.receipt.text)
    for name, field, rule in done.refused:
        click.echo(f"  {name} {field}: {rule}")
    if done.left:
        click.echo(f"  Not in it, being drafts: {', '.join(done.left)}")
    return EXIT_STATUS["C"] if done.receipt.refused else 0


@click.command("enter-lists")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--as", "first", default="", metavar="NAME", help="Who types, if not you.")
@click.option("--second-as", "second", default="", metavar="NAME", help="Who keys forms on paper the second time.")
@click.pass_obj
def enter_lists(lazy: Lazy, folder: Path, first: str, second: str) -> int:
    """Enter the lists of records in FOLDER and deliver each period; forms on paper are keyed twice.

    Lists lie in FOLDER/<source.dataset>/<office>/<period>/. Run it again at any time: what is entered already is
    recognised. Exit status 16 if anything stays a draft, waits for a decision or is refused.
    """
    from rich.console import Console

    from piperoll.collect.entry import Place
    from piperoll.collect.entry.lists import enter_lists as entering

    space = lazy.workspace
    place = Place(space.register, space.home, space.journal, space.keyring, space.actor, space.now)
    whole = True
    with Console(stderr=True).status("Entering") as status:
        for done in entering(place, folder, first, second, lambda n, of, words: status.update(f"{n} of {of}: {words}")):
            whole = whole and done.whole
            click.echo("\n".join(_entered(done)))
    return 0 if whole else EXIT_STATUS["C"]


def _entered(done: Entered) -> Iterator[str]:
    if done.known:
        yield f"{done.slot}: entered before."
        return
    receipt = done.receipt
    words = f"{done.saved:,} record{'' if done.saved == 1 else 's'} entered"
    words += f", {done.decided:,} of two keyings decided" if done.decided else ""
    if receipt is not None:
        words += f"; delivery {receipt.delivery}: {receipt.verdict.replace('_', ' ')}"
    yield f"{done.slot}: {words}."
    for name, rules in done.drafts.items():
        yield f"  {name} stays a draft: {', '.join(rules)}"
    if done.differing:
        yield f"  The two keyings differ: {', '.join(done.differing)}"
    if done.problem is not None:
        yield f"  {done.problem}"


commands = [enter, enter_lists, entries]
