"""The Statement as HTML: an index, a page an entry, and one whole; no script, readable and printable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from markupsafe import Markup

from piperoll.present.pages import Crumb, Section, render_page, slug
from piperoll.statement.document import Change, EntryChange, EntryText, Line, Part, Statement
from piperoll.statement.words import date_words, upper


_TAGS = {
    "planned": ("Planned", "purple"),
    "starting": ("Being introduced", "purple"),
    "ending": ("Being replaced", "orange"),
    "ended": ("Ended", "grey"),
}


def pages(text: Statement) -> dict[str, bytes]:
    """Every page by file name."""
    out = {"index.html": _index(text), "whole.html": _whole(text)}
    for place, entry in enumerate(text.entries):
        before = text.entries[place - 1] if place else None
        after = text.entries[place + 1] if place + 1 < len(text.entries) else None
        out[f"{entry.key}.html"] = _page(text, entry, before, after)
    return {name: page.encode() for name, page in sorted(out.items())}


def _index(text: Statement) -> str:
    sections = [Section("entries", "The sources", _listing(text, "{}.html"))]
    if text.since:
        sections.append(Section("what-changed", f"What changed since {text.since}", _changes(text.changes)))
    sections += [_section(part) for part in text.front]
    sections += _last(text)
    whole = Markup('<p class="govuk-body"><a class="govuk-link" href="whole.html">{}</a></p>\n').format(
        "The whole Statement on one page, for reading and printing"
    ) + Markup('<p class="govuk-body"><a class="govuk-link" href="dictionary.html">{}</a></p>\n').format(
        "Data dictionary: every dataset, field and rule of each source"
    )
    return render_page(text.title, body=whole, sections=sections, **shell(text))


def _whole(text: Statement) -> str:
    listing = Section("entries", "The sources", _listing(text, "#{}"))
    sections = [_section(part) for part in text.front] + [listing]
    if text.since:
        sections.append(Section("what-changed", f"What changed since {text.since}", _changes(text.changes)))
    for entry in text.entries:
        html = _about(entry) + Markup("").join(
            Markup('<h3 class="govuk-heading-m" id="{}">{}</h3>\n{}').format(
                f"{slug(entry.key)}-{slug(part.key)}", part.title, lines_html(part.lines)
            )
            for part in _parts(entry)
        )
        sections.append(Section(slug(entry.key), f"{entry.number}. {entry.title}", html))
    sections += _last(text)
    return render_page(
        f"{text.title}, in full", sections=sections, contents=False, crumbs=_crumbs(text, "Whole"), **shell(text)
    )


def _page(text: Statement, entry: EntryText, before: EntryText | None, after: EntryText | None) -> str:
    sections = [_section(part) for part in _parts(entry)]
    found = next((each for each in text.changes if each.key == entry.key), None)
    if found:
        sections.insert(0, Section("what-changed", f"What changed since {text.since}", _changes((found,), named=False)))
    links = [
        Markup('<a class="govuk-link" href="{}.html">{}: {}</a>').format(each.key, word, each.title)
        for word, each in (("Previous", before), ("Next", after))
        if each
    ]
    body = _about(entry)
    footer = Markup('<p class="govuk-body piperoll-noprint">{}</p>').format(Markup(" | ").join(links))
    sections[-1] = Section(sections[-1].key, sections[-1].heading, sections[-1].html + footer)
    return render_page(
        entry.title, body=body, sections=sections, crumbs=_crumbs(text, entry.title), contents=False, **shell(text)
    )


def shell(text: Statement) -> dict[str, Any]:
    """What every page of the Statement shares, as `render_page` takes it."""
    return {
        "site": text.title,
        "author": text.publisher,
        "lead": f"As it stood on {date_words(text.as_of)}.",
        "description": f"{text.title} of the {text.publisher}, as it stood on {date_words(text.as_of)}",
        "footer": f"{text.kind}, {text.publisher}" if text.kind else text.publisher,
    }


def _crumbs(text: Statement, last: str) -> Sequence[Crumb]:
    return (Crumb(text.title, "index.html"), Crumb(last))


def _about(entry: EntryText) -> Markup:
    """Where the entry is filed, and whether the source is in use."""
    facts = [
        ("Status", upper(entry.state_words)),
        ("Number", str(entry.number)),
        ("Works in", entry.domain),
        ("Filed under", f"{entry.section}{f', page {entry.page}' if entry.page else ''}"),
    ]
    if entry.stated_title:
        facts.append(("Title as printed", entry.stated_title))
    rows = Markup("").join(
        Markup(
            '<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">{}</dt>'
            '<dd class="govuk-summary-list__value">{}</dd></div>\n'
        ).format(name, value)
        for name, value in facts
        if value
    )
    return Markup('<dl class="govuk-summary-list">\n{}</dl>\n').format(rows)


def _parts(entry: EntryText) -> list[Part]:
    parts = list(entry.parts)
    if entry.notes:
        parts.append(Part("notes", "Notes on the source text", entry.notes))
    if entry.abbreviations:
        lines = tuple(Line(f"{short}: {long}") for short, long in entry.abbreviations)
        parts.append(Part("abbreviations", "Abbreviations", lines))
    return parts


def _section(part: Part) -> Section:
    return Section(slug(part.key), part.title, lines_html(part.lines))


def _last(text: Statement) -> list[Section]:
    sections = [_section(part) for part in text.back]
    if text.abbreviations:
        lines = [Line(f"{short}: {long}") for short, long in text.abbreviations]
        sections.append(Section("abbreviations", "Abbreviations", lines_html(lines)))
    return sections


def _listing(text: Statement, href: str) -> Markup:
    """The entries by section of the contents, in its order."""
    out = Markup("")
    for section in dict.fromkeys(entry.section for entry in text.entries):
        rows = Markup("").join(
            Markup('<li value="{}"><a class="govuk-link" href="{}">{}</a>{}</li>\n').format(
                entry.number, href.format(entry.key if "." in href else slug(entry.key)), entry.title, _tag(entry.state)
            )
            for entry in text.entries
            if entry.section == section
        )
        if section:
            out += Markup('<h3 class="govuk-heading-m">{}</h3>\n').format(section)
        out += Markup('<ol class="govuk-list govuk-list--number">\n{}</ol>\n').format(rows)
    return out


def lines_html(lines: Iterable[Line]) -> Markup:
    """A line alone or with a list of its own as a paragraph, several lines without as a list."""
    out = Markup("")
    for leads, group in groupby(lines, key=_leads):
        listed = list(group)
        if leads:
            for line in listed:
                out += _paragraph(line)
                if line.items:
                    out += _bullets(_changed(item, line.change) for item in line.items)
        else:
            out += _paragraph(listed[0]) if len(listed) == 1 else _bullets(_line(line) for line in listed)
    return out


def _leads(line: Line) -> bool:
    """Whether a line opens a list: its own, or that of the lines after it."""
    return bool(line.items) or (line.text.endswith(":") and not line.href)


def _paragraph(line: Line) -> Markup:
    return Markup('<p class="govuk-body">{}</p>\n').format(_line(line))


def _bullets(items: Iterable[Markup]) -> Markup:
    rows = Markup("").join(Markup("<li>{}</li>\n").format(item) for item in items)
    return Markup('<ul class="govuk-list govuk-list--bullet">\n{}</ul>\n').format(rows)


def _line(line: Line) -> Markup:
    words = Markup("{}").format(line.text)
    if line.href:
        link = Markup('<a class="govuk-link piperoll-long" href="{}">{}</a>').format(line.href, line.link or line.href)
        words = Markup("{} {}").format(words, link) if line.text else link
    words = _changed(words + _tag(line.state, line.text), line.change)
    if line.change:
        words = Markup('<strong class="govuk-tag govuk-tag--{}">{}</strong> {}').format(
            "green" if line.change == "added" else "red", upper(line.change), words
        )
    return words


def _changed(words: Markup | str, change: Change) -> Markup:
    if not change:
        return Markup("{}").format(words)
    return Markup("<{0}>{1}</{0}>").format("ins" if change == "added" else "del", words)


def _tag(state: str, text: str = "") -> Markup:
    """The state, unless ``text`` says it."""
    if state not in _TAGS:
        return Markup("")
    word, colour = _TAGS[state]
    if word.casefold() in text.casefold():
        return Markup("")
    return Markup(' <strong class="govuk-tag govuk-tag--{}">{}</strong>').format(colour, word)


def _changes(changes: Sequence[EntryChange], named: bool = True) -> Markup:
    if not changes:
        return Markup('<p class="govuk-body">Nothing.</p>\n')
    out = Markup("")
    for change in changes:
        if named or change.kind != "changed":
            out += Markup('<h3 class="govuk-heading-m">{}: {}</h3>\n').format(change.title, change.kind)
        for part in change.parts:
            out += Markup('<p class="govuk-body"><strong>{}</strong></p>\n{}').format(
                part.title, lines_html(part.lines)
            )
    return out
