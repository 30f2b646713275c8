"""An edition's workbook and its files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from piperoll.periods import Period
from piperoll.present.csvw import csv_files
from piperoll.present.ods import write_ods
from piperoll.present.workbook import Contact, Cover, Note, Table, Workbook, day_words
from piperoll.present.xlsx import write_xlsx
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.release.assured import Assured
from piperoll.release.bulletin import Facts, bulletin, figures_of, main_points, narrative_of
from piperoll.release.caveats import Caveats
from piperoll.release.notice import CORRECTED, NOTE, Notice
from piperoll.release.quality import HIDDEN, TITLE, Notes
from piperoll.release.revisions import Revisions
from piperoll.release.sentences import FILE, Referee, Tables, Teller
from piperoll.release.status import status_words
from piperoll.release.track import NONE, Record
from piperoll.release.tracksheets import sheet_of
from piperoll.release.vintages import Listed
from piperoll.release.why import Why


SIMULATED = "Made from simulated data: not official statistics"
_KINDS = {
    "official": "Official statistics",
    "ad_hoc": "Ad hoc official statistics",
    "management_information": "Management information",
    "non_statistical": "Not official statistics",
    "third_party": "Made for another producer",
    "model_input": "Input of a model",
}


@dataclass(frozen=True)
class Edition:
    """What is said of an edition beside its figures.

    Attributes:
        number: 1 for the first edition of the period.
        published: Day of publication.
        missing: Suppliers that are missing, by key.
        why: Why the policy that the publication names applies, or does not; None if it names none.
        simulated: Whether any delivery behind it is simulated.
        quality: How far the sources are assured, and what came of what was owed.
        notes: Quality notes: what disclosure control did, and what it has shown.
        notice: What it corrects; None if it corrects nothing.
        listed: Editions of the publication made before it, oldest first.
        record: How its figures were revised from edition to edition.
        caveats: The quality and caveat section.
    """

    publication: Publication
    policy: Policy | None
    period: Period
    number: int
    published: dt.date
    missing: tuple[str, ...]
    revisions: Revisions
    notes: Notes
    why: Why | None = None
    simulated: bool = False
    notice: Notice | None = None
    listed: tuple[Listed, ...] = ()
    record: Record = NONE
    caveats: Caveats | None = None
    quality: Assured = field(default_factory=Assured)

    @property
    def rules(self) -> str:
        """The policy in words."""
        if self.policy is not None:
            return self.policy.rule_text.strip()
        return self.why.statement if self.why else "No disclosure policy applies; figures are exact."

    @property
    def stem(self) -> str:
        """Stem of the workbook's file name."""
        return f"{self.publication.key}_{str(self.period).replace('/', '-')}"

    @property
    def status(self) -> str:
        """Accredited official statistics, or what else it is, with how the publication is marked."""
        kind, marking = _KINDS[self.publication.kind], self.publication.marking
        if self.simulated:
            kind = SIMULATED
        elif self.publication.kind == "official" and self.publication.accredited:
            kind = "Accredited official statistics"
        # Many a marking says the kind again.
        return marking if marking.casefold().startswith(kind.casefold()) else f"{kind}. {marking}" if marking else kind

    @property
    def next_update(self) -> str:
        """When the next edition is due, in words."""
        following = self.period.shift(1)
        return day_words(following.end + dt.timedelta(days=self.publication.lag_days))


def workbook_of(register: Register, edition: Edition, tables: Mapping[str, Table]) -> Workbook:
    """The edition's workbook: cover, notes and every table."""
    publication = edition.publication
    warned = f"{SIMULATED}." if edition.simulated else ""
    notice = edition.notice
    corrected = notice.summary if notice else ""
    covers = f"Applies to {publication.coverage}." if publication.coverage else ""
    return Workbook(
        title=f"{publication.title}: {edition.period.words}",
        author=publication.producer or register.owner,
        cover=Cover(
            summary=tuple(text for text in (corrected, warned, publication.summary, covers) if text),
            source=", ".join(register.sources[key].title for key in publication.sources if key in register.sources),
            published=edition.published,
            next_update=edition.next_update,
            contact=_contact(register, publication),
            status=edition.status,
            revisions=revised_words(edition.revisions),
            quality=" ".join(publication.methods),
            licence=register.licence,
            more=(
                *((("Correction", notice.lines),) if notice else ()),
                ("What may be shown", (edition.rules, *_short(edition.notes))),
                *([("Quality and caveats", edition.caveats.lines)] if edition.caveats else []),
            ),
        ),
        tables=tuple(
            _warned(_explained(register, publication, _noted(tables[table.name], notice)), warned)
            for table in publication.tables
        ),
        notes=(*(Note(note.id, note.text) for note in publication.notes), *((notice.note,) if notice else ())),
        annexes=_annexes(edition),
        extra_shorthand=(CORRECTED,) if notice else (),
    )


def _noted(table: Table, notice: Notice | None) -> Table:
    """A table that was wrong refers to the notice; every table does where none of them is named."""
    if notice is None or (notice.tables and table.stem not in notice.tables):
        return table
    return replace(table, notes=(*table.notes, NOTE))


def _explained(register: Register, publication: Publication, table: Table) -> Table:
    """A table with what its marks of status mean here, and why, above it."""
    return replace(table, lines=(*status_words(register, publication, table.stem, table.marks), *table.lines))


def _warned(table: Table, text: str) -> Table:
    """A table with the warning above it, since sheets are copied one by one."""
    return (
        replace(table, lines=(text, *table.lines), description=f"{text} {table.description}".strip()) if text else table
    )


def _short(notes: Notes) -> tuple[str, ...]:
    """What the cover says: everything where there is no sheet for it, else where to read on."""
    if notes.table is None:
        return notes.lines
    return (*dict(notes.groups)[HIDDEN][:1], f"The worksheet {notes.table.name} says more.")


def _annexes(edition: Edition) -> tuple[Table, ...]:
    """The sheets of the corrected figures, of the sizes of revisions and of the quality notes."""
    notes = edition.notes
    found = (
        edition.notice.sheet() if edition.notice else None,
        sheet_of(edition.publication, edition.record),
        None if notes.table is None else replace(notes.table, title=TITLE, lines=notes.lines),
    )
    return tuple(table for table in found if table is not None)


def write_files(
    register: Register,
    edition: Edition,
    book: Workbook,
    cells: Mapping[str, pl.DataFrame],
    directory: Path,
    progress: Callable[[str], None],
) -> None:
    """Write workbook, tables, charts and bulletin into a directory."""
    publication = edition.publication
    progress("Writing the workbook")
    (directory / f"{edition.stem}.ods").write_bytes(write_ods(book))
    (directory / f"{edition.stem}.xlsx").write_bytes(write_xlsx(book))
    progress("Writing tables")
    (directory / "tables").mkdir()
    files = csv_files(book)
    for name, data in files.items():
        (directory / "tables" / name).write_bytes(data)
    progress("Writing sentences")
    teller = Teller(Referee(register, publication, edition.period, Tables.of_files(files)))
    points = main_points(publication, teller)
    texts = narrative_of(publication, teller)
    progress("Drawing charts")
    figures = figures_of(register, publication, cells, teller)
    if figures:
        (directory / "charts").mkdir()
    for name, figure in figures.items():
        (directory / "charts" / f"{name}.svg").write_bytes(figure.drawing.svg)
    progress("Writing the bulletin")
    facts = Facts(
        period=edition.period,
        published=day_words(edition.published),
        next_update=edition.next_update,
        status=edition.status,
        missing=tuple(_supplier(register, key) for key in edition.missing),
        notes=edition.notes,
        rules=edition.rules,
        warned=f"{SIMULATED}." if edition.simulated else "",
        licence=register.licence,
        contact=publication.contact or register.contact,
        workbook=edition.stem,
        notice=edition.notice,
        listed=edition.listed,
        record=edition.record,
        caveats=edition.caveats,
        judged=teller.judged,
        quality=edition.quality,
    )
    page = bulletin(
        register,
        publication,
        book,
        figures,
        points,
        texts,
        edition.revisions,
        facts,
    )
    (directory / FILE).write_bytes(teller.as_json())
    (directory / "index.html").write_text(page, encoding="utf-8", newline="\n")


def _contact(register: Register, publication: Publication) -> Contact | None:
    address = publication.contact or register.contact
    if not address:
        return None
    return Contact(publication.producer or register.owner, email=address if "@" in address else "")


def revised_words(revisions: Revisions) -> str:
    """What was revised against the edition before."""
    if not revisions.against:
        return "No earlier edition was published from this system."
    if not revisions.revisions:
        return f"No figure differs from {revisions.against_words}."
    return (
        f"{len(revisions.revisions):,} figures differ from {revisions.against_words}; they are marked [r]. "
        "The bulletin gives their number and size for each measure."
    )


def _supplier(register: Register, key: str) -> str:
    for group in register.suppliers.values():
        found = group.get(key)
        if found is not None:
            return found.name
    return key
