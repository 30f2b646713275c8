"""What changed between two Statements, entry by entry, as they read on the same day."""

from __future__ import annotations

from dataclasses import replace

from piperoll.statement.document import Change, EntryChange, EntryText, Line, Part, Statement


FRAME = "frame"


def changes_of(new: Statement, old: Statement) -> tuple[EntryChange, ...]:
    """Entries added, removed and changed, in the new one's order, the removed ones last."""
    out = []
    general = _parts((*new.front, *new.back), (*old.front, *old.back))
    if general:
        out.append(EntryChange(FRAME, "Common to all sources", "changed", general))
    before = {each.key: each for each in old.entries}
    after = {each.key for each in new.entries}
    for entry in new.entries:
        if entry.key not in before:
            out.append(EntryChange(entry.key, entry.title, "added"))
            continue
        parts = _parts(_all(entry), _all(before[entry.key]))
        if parts:
            out.append(EntryChange(entry.key, entry.title, "changed", parts))
    out += [EntryChange(each.key, each.title, "removed") for each in old.entries if each.key not in after]
    return tuple(out)


def mark(new: Statement, old: Statement, changes: tuple[EntryChange, ...], since: str) -> Statement:
    """The new Statement with its changed lines marked."""
    before = {each.key: each for each in old.entries}
    entries = tuple(
        replace(entry, parts=_marked(entry.parts, before[entry.key].parts)) if entry.key in before else entry
        for entry in new.entries
    )
    return replace(
        new,
        entries=entries,
        front=_marked(new.front, old.front),
        back=_marked(new.back, old.back),
        since=since,
        changes=changes,
    )


def _all(entry: EntryText) -> tuple[Part, ...]:
    """The parts of an entry, its title, filing and notes told as parts too."""
    page = f", page {entry.page} of the contents" if entry.page else ""
    head = (
        Line(f"{entry.number}. {entry.title}"),
        Line(f"Filed under {entry.section}{page}; domain {entry.domain}; {entry.state_words}."),
    )
    return (Part("title", "Title and filing", head), *entry.parts, Part("notes", "Notes on the text", entry.notes))


def _parts(new: tuple[Part, ...], old: tuple[Part, ...]) -> tuple[Part, ...]:
    """For each heading that differs, the lines added and removed."""
    before = {each.key: each for each in old}
    after = {each.key: each for each in new}
    out = []
    for key in dict.fromkeys((*after, *before)):
        had = _texts(before.get(key))
        has = _texts(after.get(key))
        gone = [line for text, line in had.items() if text not in has]
        come = [line for text, line in has.items() if text not in had]
        lines = [_as(line, "removed") for line in _left(gone, come)] + [
            _as(line, "added") for line in _left(come, gone)
        ]
        if lines:
            part = after.get(key) or before[key]
            out.append(Part(key, part.title, tuple(lines)))
    return tuple(out)


def _left(lines: list[Line], others: list[Line]) -> list[Line]:
    """Lines, a list under the same sentence as another's less the entries that both have."""
    lists = {(each.text, each.href): set(each.items) for each in others}
    out = []
    for line in lines:
        same = lists.get((line.text, line.href))
        if same is None or same == set(line.items):  # another sentence, or another order
            out.append(line)
        else:
            left = tuple(each for each in line.items if each not in same)
            out += [replace(line, items=left)] if left else []
    return out


def _marked(new: tuple[Part, ...], old: tuple[Part, ...]) -> tuple[Part, ...]:
    before = {each.key: _texts(each) for each in old}
    return tuple(
        replace(
            part,
            lines=tuple(
                line if line.plain + line.href in before.get(part.key, {}) else _as(line, "added")
                for line in part.lines
            ),
        )
        for part in new
    )


def _texts(part: Part | None) -> dict[str, Line]:
    return {line.plain + line.href: line for line in part.lines} if part else {}


def _as(line: Line, change: Change) -> Line:
    return replace(line, change=change)
