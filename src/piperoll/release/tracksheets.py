"""Sizes of revisions as tables: one of all measures, and a triangle for each headline series."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from piperoll.desk import Desk
from piperoll.journal import PublishedCell, Release
from piperoll.ledger.figures import marks_in
from piperoll.periods import Period
from piperoll.present.words import counted, number, rounded
from piperoll.present.workbook import Cell, Column, Kind, Table, Value
from piperoll.protect.primary import COUNTS
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.release.track import Record, Tally, Track, Triangle, record_of
from piperoll.tabulate import identity_of


SHEET = "Revisions"
TITLE = "Mean absolute revisions of each measure, from edition to edition"
STEPS = 8  # editions that are told one by one
PERIODS = 12  # rows of a triangle on a page
MOST = 6  # measures named in a sentence
_ORDINALS = ("1st", "2nd", "3rd")


def follow(
    desk: Desk,
    publication: Publication,
    vintages: Sequence[Release | None],
    now: Sequence[PublishedCell] = (),
    this: str = "",
    measures: Sequence[str] = (),
) -> Record:
    """Follow figures over editions.

    Args:
        vintages: Editions, oldest first; None stands for the one that is being made.
        now, this: Its cells and its id.
        measures: Only these; empty: every measure that a table of the publication shows.
    """
    shown = {name for table in publication.tables for name in table.measures}
    names = [each.name for each in publication.measures if each.name in (measures or shown)]
    if len(vintages) < 2:
        return Record(tuple(each.id if each else this for each in vintages))
    editions: list[tuple[str, Iterable[PublishedCell]]] = [
        (each.id, desk.journal.published_cells(each.id)) if each is not None else (this, now) for each in vintages
    ]
    return record_of(editions, names, headline_of(desk.register, publication, measures))


def headline_of(
    register: Register, publication: Publication, measures: Sequence[str] = ()
) -> Callable[[str, str], bool]:
    """Which series are headlines: those of the main points; the whole of each measure that is asked for by name."""
    by_name = {measure.name: measure for measure in publication.measures}
    period = Period.parse("2000")
    main = {
        (point.measure, identity_of(register, publication, by_name[point.measure], period, point.codes).split("|")[1])
        for point in publication.main_points
        if point.measure in by_name
    }
    return lambda measure, codes: (measure, codes) in main or (not codes and (not main or measure in measures))


def words_of(record: Record) -> tuple[str, ...]:
    """What a reader has to know before the table."""
    if not record.revised:
        return ("No figure has been published by two editions yet, so the size of revisions is not known.",)
    hidden, lost = (sum(getattr(track, name) for track in record.tracks) for name in ("hidden", "lost"))
    out = [
        f"Every figure that {counted(len(record.editions), 'edition')} published is followed from its first "
        "publication to its last. The mean revision says whether figures are mostly raised (above nought) or lowered; "
        "the mean absolute revision says how large revisions are, whatever their direction; the relative one is per "
        "cent of the later figures. A corrected edition stands in the place of the one that was wrong."
    ]
    if hidden or lost:
        out.append(
            f"Left out are {counted(hidden, 'figure')} that an edition does not show to protect people, and "
            f"{counted(lost, 'figure')} that an edition could no longer give."
        )
    return tuple(out)


def sizes_words(publication: Publication, record: Record) -> tuple[str, ...]:
    """One sentence for the quality section: the mean absolute revision of each measure of the main points."""
    main = dict.fromkeys(point.measure for point in publication.main_points)
    tracks = {track.measure: track.whole for track in record.tracks if track.whole.figures}
    told = [name for name in main if name in tracks] or list(tracks)[:MOST]
    if not told:
        return ()
    labels = {measure.name: measure.label for measure in publication.measures}
    sizes = []
    for name in told[:MOST]:
        relative = tracks[name].relative
        share = "" if relative is None else f" ({number(relative, 1)}% of the later figures)"
        sizes.append(f"{labels[name]} {number(tracks[name].mean_absolute or 0.0, 1)}{share}")
    return (f"Mean absolute revision from first to last publication: {'; '.join(sizes)}.",)


def sheet_of(publication: Publication, record: Record) -> Table | None:
    """A row for each measure from its first publication to its last, and for each step between; None without any."""
    labels = {measure.name: measure.label for measure in publication.measures}
    rows = [
        row
        for track in record.tracks
        if track.whole.figures
        for row in (
            _row(labels[track.measure], "First to last", track.whole, track),
            *(_row(labels[track.measure], step_words(n), step) for n, step in enumerate(track.steps[:STEPS], start=1)),
        )
    ]
    if not rows:
        return None
    columns = (
        Column("measure", "Measure"),
        Column("editions", "Editions"),
        Column("figures", "Figures", "integer"),
        Column("mean", "Mean revision", "decimal", places=2),
        Column("mean_absolute", "Mean absolute revision", "decimal", places=2),
        Column("relative", "Relative to later figures", "percent", unit="%", places=2),
        Column("largest", "Largest revision", "decimal", places=2),
        Column("hidden", "Left out: not shown", "integer"),
        Column("lost", "Left out: no longer available", "integer"),
    )
    return Table(SHEET, TITLE, columns, tuple(rows), words_of(record), key=("measure", "editions"))


def triangle_sheet(publication: Publication, triangle: Triangle, place: int) -> Table:
    """A series as each edition published it: a row for each period, a column for each publication of it."""
    measure = next(each for each in publication.measures if each.name == triangle.measure)
    kind: Kind = "integer" if measure.kind in COUNTS and not measure.decimals else "decimal"
    width = min(triangle.width, STEPS)
    columns = [Column("period", "Period")]
    columns += [
        Column(f"vintage_{n}", f"{ordinal(n)} publication", kind, unit=measure.unit, places=measure.decimals)
        for n in range(1, width + 1)
    ]
    longer = triangle.width > STEPS
    if longer:
        columns.append(Column("last", "Last publication", kind, unit=measure.unit, places=measure.decimals))
    rows: list[tuple[Cell | Value, ...]] = []
    for period, vintages in triangle.rows[-PERIODS:]:
        cells = [_cell(value, marks, kind) for value, marks in vintages]
        row = (*cells[:width], *[Cell(None, ("z",))] * (width - len(cells)))
        rows.append((Period.parse(period).words, *row, *([cells[-1]] if longer else [])))
    title = f"{series_words(publication, triangle)}, as published one edition after the other"
    return Table(f"Triangle_{place}", title, tuple(columns), tuple(rows), slug=f"triangle_{place}")


def series_words(publication: Publication, triangle: Triangle) -> str:
    """A series as people call it: its measure, and the codes it is of."""
    label = next(each.label for each in publication.measures if each.name == triangle.measure)
    return f"{label} ({triangle.codes.replace(';', ', ')})" if triangle.codes else label


def step_words(number: int) -> str:
    """``1st to 2nd publication``."""
    return f"{ordinal(number)} to {ordinal(number + 1)}"


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``4th`` ... ``21st``."""
    if number % 100 in (11, 12, 13) or not 1 <= number % 10 <= 3:
        return f"{number}th"
    return f"{number // 10 or ''}{_ORDINALS[number % 10 - 1]}"


def _row(label: str, step: str, tally: Tally, track: Track | None = None) -> tuple[Cell | Value, ...]:
    relative = Cell(None, ("z",)) if tally.relative is None else float(rounded(tally.relative, 2))
    left = [Cell(None, ("z",))] * 2 if track is None else [track.hidden, track.lost]
    sizes = [float(rounded(each or 0.0, 2)) for each in (tally.mean, tally.mean_absolute)]
    return (label, step, tally.figures, *sizes, relative, float(rounded(tally.largest, 2)), *left)


def _cell(value: str, marks: str, kind: Kind) -> Cell:
    known = marks_in(marks)
    if not value:
        return Cell(None, known or ("x",))
    return Cell(int(value) if kind == "integer" else float(value), known)
