"""What a source asks of its suppliers, for a terminal: queries by supplier, and fields that nothing uses."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from piperoll.picture.gather import Picture
from piperoll.picture.sentences import asked_words, share
from piperoll.present.words import counted, joined
from piperoll.quality.burden import Question


def show_burden(picture: Picture, console: Console | None = None) -> None:
    """Print the questions to put to each supplier now, those that wait, and the fields that nothing reads."""
    console = console or Console()
    console.print(Text(f"{picture.source.title} ({picture.source.key}): burden", style="bold"))
    console.print()
    console.print(Text("Questions to suppliers", style="bold underline"))
    if not picture.asked:
        console.print(Text("  Nothing came yet, and nothing is asked."))
    for each in picture.asked:
        console.print(Text(f"  {asked_words(each, picture.names)}"))
        for place, question in enumerate(each.first, start=1):
            console.print(Padding(Text(f"{place}. {question_words(question)}"), (0, 0, 0, 4)))
        if each.later:
            rules = joined([f"{q.rule} ({len(q.queries)})" for q in each.later])
            console.print(Padding(Text(f"Waiting until these are settled: {rules}."), (0, 0, 0, 4)))
    console.print()
    console.print(Text("Fields that nothing uses", style="bold underline"))
    console.print(Text(unused_words(picture)))
    if picture.unused:
        console.print(_unused(picture))


def question_words(question: Question) -> str:
    """One question: which queries it stands for, and its latest sentence."""
    periods = question.periods
    when = joined(list(periods)) if len(periods) <= 4 else f"{len(periods)} periods, the last {periods[-1]}"
    answered = f"; {question.answered} answered" if question.answered else ""
    head = f"{question.rule} of {question.dataset}, {when} ({', '.join(question.queries[:4])}"
    more = f" and {len(question.queries) - 4} more" if len(question.queries) > 4 else ""
    return f"{head}{more}{answered}): {question.sentence}"


def unused_words(picture: Picture) -> str:
    """How many of the fields nothing reads."""
    many, unused = len(picture.uses), picture.unused
    if not many:
        return "There is no contract yet, so no field is asked for."
    if not unused:
        return f"Each of the {counted(many, 'field')} is read by a key, rule, model, measure or linkage."
    must = sum(each.field.null == "never" for each in unused)
    forced = f" {must} of them must always be filled in." if must else ""
    return (
        f"{len(unused)} of {counted(many, 'field')} are read by no key, rule, model, measure or linkage.{forced} "
        "What publications need that are not made here yet is not counted. "
        "Whether to go on asking for these fields is for those who work on the data with their suppliers."
    )


def _unused(picture: Picture) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("Field", "Class", "Filled in", "Empty", "Title"):
        table.add_column(name)
    empty = {f"{held.key}.{each.field}": each.overall for held in picture.held for each in held.fields}
    for use in picture.unused:
        path = f"{use.dataset}.{use.field.name}"
        told = share(empty[path]) if path in empty else "not known"
        table.add_row(path, use.field.cls, "always" if use.field.null == "never" else "may be empty", told,
                      Text(use.field.title))  # fmt: skip
    return table
