"""The picture of a source for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from piperoll.picture.gather import Held, Picture
from piperoll.picture.sentences import (
    HEADINGS,
    KINDS,
    MADE,
    asked_words,
    lead,
    moved_words,
    notable,
    share,
    wanting,
    year_before,
)
from piperoll.present.words import number
from piperoll.statement.document import Line


BARS = "▁▂▃▄▅▆▇█"
MOST_BARS = 12
MOST_FIELDS = 12


def show(picture: Picture, console: Console | None = None) -> None:
    """Print the picture, heading by heading."""
    console = console or Console()
    console.print(Text(f"{picture.source.title} ({picture.source.key})", style="bold"))
    console.print(Text(lead(picture)))
    for key, title in HEADINGS:
        _lines(console, title, picture.lines(key))
    if picture.held:
        _heading(console, "What it owes and has delivered")
        console.print(_slots(picture))
        for held in picture.held:
            for words in wanting(held, picture.names):
                _item(console, f"{held.dataset.name}, not in: {words}")
        _heading(console, "Volumes")
        console.print(_volumes(picture))
        _emptiness(console, picture)
    _queries(console, picture)
    _quality(console, picture)
    _lines(console, "Who has access", picture.lines("access"))
    _heading(console, "Where it is used")
    for served in picture.served:
        reads = f" (reads {', '.join(served.reads)})" if served.reads else ""
        _item(console, f"{KINDS[served.kind]}: {served.title} ({served.key}){reads}")
    for key, title in MADE:
        if picture.lines(key):
            console.print(Text(f"{title}:"))
            _items(console, picture.lines(key))


def spark(values: Sequence[float | None]) -> str:
    """Bars of the last values, from nought to the highest; a dot where there is none."""
    some = list(values)[-MOST_BARS:]
    top = max((v for v in some if v is not None), default=0.0)
    return "".join("·" if v is None else BARS[round((len(BARS) - 1) * v / top)] if top else BARS[0] for v in some)


def _heading(console: Console, title: str) -> None:
    console.print()
    console.print(Text(title, style="bold underline"))


def _lines(console: Console, title: str, lines: Iterable[Line]) -> None:
    lines = tuple(lines)
    if lines:
        _heading(console, title)
        _items(console, lines)


def _items(console: Console, lines: Iterable[Line]) -> None:
    for line in lines:
        _item(console, line.text)
        for item in line.items:
            _item(console, item, 6)


def _item(console: Console, text: str, indent: int = 2) -> None:
    """An entry of a list, its further lines under the first."""
    grid = Table.grid(padding=(0, 1))
    grid.add_row("-", Text(text))
    console.print(Padding(grid, (0, 0, 0, indent)))


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place == 0 else "right", no_wrap=True)
    return table


def _slots(picture: Picture) -> Table:
    table = _table("Dataset", "Owed by", "Since", "In", "Due later", "Late", "Refused", "Last in")
    for each in picture.held:
        counted = each.counts
        group = picture.register.suppliers.get(each.dataset.suppliers)
        last = str(each.delivered[-1].period) if each.delivered else "none"
        late = Text(str(counted["late"]), style="red" if counted["late"] else "")
        refused = Text(str(counted["refused"]), style="red" if counted["refused"] else "")
        table.add_row(each.dataset.name, str(len(group.suppliers) if group else 0), each.dataset.owed_from or "not yet",
                      number(counted["in"]), number(counted["owed"]), late, refused, last)  # fmt: skip
    return table


def _volumes(picture: Picture) -> Table:
    table = _table("Dataset", "Last in", "From", "Rows kept", "Refused", "On year", "Over time")
    for each in picture.held:
        found = each.delivered
        if not found:
            table.add_row(each.dataset.name, "none")
            continue
        last = found[-1]
        change = year_before(found, last)
        table.add_row(
            each.dataset.name,
            str(last.period),
            f"{last.suppliers} of {last.owing}",
            number(last.rows_kept),
            number(last.rows_refused),
            "" if change is None else f"{change:+.0f}%",
            Text(spark([float(v.rows_kept) if v.deliveries else None for v in found])),
        )
    return table


def _emptiness(console: Console, picture: Picture) -> None:
    _heading(console, "Empty fields")
    for held in picture.held:
        console.print(_fields(held))


def _fields(held: Held) -> Table | Text:
    found = notable(held.fields)
    if not held.fields:
        return Text(f"{held.dataset.name}: nothing came yet.")
    if not found:
        return Text(f"{held.dataset.name}: every field is filled in every row.")
    table = _table(f"{held.dataset.name}: field", "Empty", "Last", "Moved by", "Over time")
    for each in found[:MOST_FIELDS]:
        values = list(each.shares.values())
        table.add_row(each.field, share(each.overall), share(values[-1]), moved_words(each), Text(spark(values)))
    rest = len(found) - MOST_FIELDS
    if rest > 0:
        table.add_row(Text(f"and {rest} more", style="italic"))
    return table


def _queries(console: Console, picture: Picture) -> None:
    some = [each for each in picture.asked if each.queries]
    _heading(console, "Open queries")
    if not some:
        console.print(Text("  none"))
    for each in some:
        _item(console, asked_words(each, picture.names))
        for question in each.first[:1]:
            _item(console, f"{question.rule}: {question.sentence}", 6)
    if some:
        console.print(Text(f"  All of them: piperoll source {picture.source.key} --burden"))


def _quality(console: Console, picture: Picture) -> None:
    _heading(console, "Quality")
    judged = picture.judged
    if judged is None:
        console.print(Text("  Not assessed yet."))
        return
    for sentence in judged.sentences:
        console.print(Text(sentence))
    for each in judged.areas:
        level = Text(each.words, style="red" if each.short else "green")
        console.print(Text.assemble(f"  {each.title}: ", level))
        for words in each.evidence:
            _item(console, words, 6)
    found = judged.assessment
    for words in found.caveats:
        _item(console, words, 2)
    told = f"Owner: {found.owner}. Reviewed {found.reviewed.isoformat()}, next by {found.review_by.isoformat()}."
    console.print(Text(told))
