"""The data dictionary: every dataset, field and rule of every source, as pages beside the Statement and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from piperoll.present.htmltable import plain_table
from piperoll.present.pages import Crumb, Section, render_page, slug
from piperoll.present.words import counted
from piperoll.register.export.types import CLASSES
from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.register import Register, Source


INDEX = "dictionary.html"
CODES = "dictionary-codes.html"
LISTS = "Code lists"  # what the caption of such a table begins with
_LINK = Markup('<a class="govuk-link" href="{}">{}</a>')
SEVERITIES = {"E": "refuses the row", "W": "warns", "B": "blocks", "R": "asks the supplier"}


@dataclass(frozen=True)
class Grid:
    """A table of the dictionary: caption, headings, rows of as many cells."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def shown(self) -> Grid:
        """Without the columns that are empty in every row."""
        kept = [place for place in range(len(self.head)) if any(row[place] for row in self.rows)]
        rows = tuple(tuple(row[place] for place in kept) for row in self.rows)
        return Grid(self.caption, tuple(self.head[place] for place in kept), rows)


def grids(source: Source, dataset: Dataset, register: Register) -> Iterator[Grid]:
    """Fields, what is derived from them, rules, and the code lists they use."""
    name = f"{source.key}.{dataset.name}"
    fields = tuple(
        (each.name, each.title, _type(each), CLASSES[each.cls], _filled(dataset, each), each.description)
        for each in dataset.fields
    )
    yield Grid(f"Fields of {name}", ("Field", "Title", "Type", "Class", "Filled in", "What else"), fields)
    if dataset.derive:
        made = tuple((each.name, each.field, each.type, CLASSES[each.cls], each.description) for each in dataset.derive)
        yield Grid(f"Derived as {name} comes in", ("Column", "From", "Type", "Class", "What it is"), made)
    rules = [(each.id, SEVERITIES[each.severity], each.message, each.description) for each in dataset.rules]
    if dataset.coverage:
        cover = dataset.coverage
        rules.append((cover.id, SEVERITIES[cover.severity], cover.message, cover.description))
    if rules:
        yield Grid(f"Rules of {name}", ("Rule", "What it does", "What is wrong", "What else"), tuple(rules))
    used = dict.fromkeys(each.codes for each in dataset.fields if each.codes)
    lists = tuple((key, register.codes[key].title, counted(len(register.codes[key].codes), "code")) for key in used)
    if lists:
        yield Grid(f"{LISTS} of {name}", ("List", "Title", "Codes"), lists)


def about(dataset: Dataset) -> str:
    """What a dataset is and who owes it, in a sentence or two."""
    owed = f"Owed each {dataset.period.replace('_', ' ')}" if dataset.owed_from else "Not owed yet"
    since = f" since {dataset.owed_from}" if dataset.owed_from else ""
    until = f" until {dataset.owed_to}" if dataset.owed_to else ""
    key = f" Key: {', '.join(dataset.key)}." if dataset.key else " Rows have no key."
    return f"{dataset.description} {owed}{since}{until}; mode {dataset.mode}.{key}".strip()


def pages(register: Register, shell: dict[str, Any]) -> dict[str, bytes]:
    """A page for each source, one of all code lists, and one that leads to them, by file name.

    ``shell`` is what all pages of the site share.
    """
    out = {}
    listed = Markup("")
    for source in register.sources.values():
        name = f"dictionary-{source.key}.html"
        sections = [
            Section(slug(each.name), each.title, _paragraph(about(each)) + _tables(source, each, register))
            for each in source.datasets
        ]
        crumbs = (Crumb(shell["site"], "index.html"), Crumb("Data dictionary", INDEX), Crumb(source.title))
        body = _paragraph(_LINK.format(f"{source.key}.html", "Its entry in the Statement"))
        out[name] = render_page(source.title, body=body, sections=sections, crumbs=crumbs, **shell)
        many = sum(len(each.fields) for each in source.datasets)
        told = f"{counted(len(source.datasets), 'dataset')}, {counted(many, 'field')}"
        listed += Markup("<li>{}: {}</li>\n").format(_LINK.format(name, source.title), told)
    lists = counted(len(register.codes), "list")
    listed += Markup("<li>{}: {}</li>\n").format(_LINK.format(CODES, "All code lists"), lists)
    body = Markup('<ul class="govuk-list govuk-list--bullet">\n{}</ul>\n').format(listed)
    top = (Crumb(shell["site"], "index.html"), Crumb("Data dictionary"))
    crumbs = (top[0], Crumb("Data dictionary", INDEX), Crumb("Code lists"))
    out[CODES] = render_page("Code lists", sections=_code_lists(register), crumbs=crumbs, **shell)
    out[INDEX] = render_page("Data dictionary", body=body, crumbs=top, **shell)
    return {name: page.encode() for name, page in out.items()}


def markdown(register: Register) -> str:
    """The whole dictionary as one page of Markdown."""
    lines = ["# Data dictionary", "", "Made from the contracts of the register.", ""]
    for source in register.sources.values():
        lines += [f"## {source.title}", ""]
        for dataset in source.datasets:
            lines += [f"### {source.key}.{dataset.name}: {dataset.title}", "", about(dataset), ""]
            for grid in (each.shown for each in grids(source, dataset, register)):
                lines += [f"{grid.caption}:", "", _row(grid.head), _row(["---"] * len(grid.head))]
                lines += [*(_row([cell.replace("|", "\\|") for cell in row]) for row in grid.rows), ""]
    return "\n".join(lines)


def _type(field: Field) -> str:
    return f"code of {field.codes}" if field.codes else field.type


def _filled(dataset: Dataset, field: Field) -> str:
    if field.null == "never" or field.name in dataset.key:
        return "always"
    return f"when {field.required_when}" if field.required_when else "may be empty"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()) for cell in cells)} |"


def _paragraph(text: str | Markup) -> Markup:
    return Markup('<p class="govuk-body">{}</p>\n').format(text)


def _tables(source: Source, dataset: Dataset, register: Register) -> Markup:
    out = Markup("")
    for grid in (each.shown for each in grids(source, dataset, register)):
        rows: list[tuple[str | Markup, ...]] = list(grid.rows)
        if grid.caption.startswith(LISTS):
            rows = [(_LINK.format(f"{CODES}#{slug(row[0])}", row[0]), *row[1:]) for row in grid.rows]
        out += plain_table(grid.head, rows, grid.caption)
    return out


def _code_lists(register: Register) -> list[Section]:
    """Each code list with where it is from, and its codes; what no code of the list has is no column."""
    used: dict[str, dict[str, None]] = {}
    for source, dataset in register.datasets():
        for each in dataset.fields:
            if each.codes:
                used.setdefault(each.codes, {})[source.key] = None
    sections = []
    for key, codes in sorted(register.codes.items()):
        more = tuple(dict.fromkeys(name for code in codes.codes for name in code.attributes))
        rows = tuple(
            (code.code, code.label, code.parent or "", str(code.valid_from or ""), str(code.valid_to or ""),
             *(str(code.attributes.get(name, "")) for name in more))
            for code in codes.codes
        )  # fmt: skip
        head = ("Code", "Label", "Within", "Valid from", "Valid to", *(name.replace("_", " ") for name in more))
        grid = Grid(f"Codes of {key}", head, rows).shown
        told = f"List {key}, version {codes.version}, {codes.status}. {codes.source}. {codes.description}".strip()
        links = Markup(", ").join(
            _LINK.format(f"dictionary-{name}.html", register.sources[name].title) for name in used.get(key, ())
        )
        where = Markup('<p class="govuk-body">Used by: {}</p>\n').format(links) if links else Markup("")
        body = _paragraph(told) + where + plain_table(grid.head, grid.rows, grid.caption)
        sections.append(Section(slug(key), codes.title, body))
    return sections
