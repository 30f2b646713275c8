"""A notice of correction: what was wrong, which figures, old and new, and why.

Only figures that both editions show are given, old beside new. Of a figure that one of the two hides neither is given:
it is counted.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from piperoll.periods import Period
from piperoll.present.symbols import Shorthand
from piperoll.present.words import counted
from piperoll.present.workbook import Column, Kind, Note, Table, day_words
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.release.layout import Names, dimensions_of
from piperoll.release.place import Erratum
from piperoll.release.revisions import Revisions
from piperoll.release.vintages import edition_words


CORRECTED = Shorthand("cr", "corrected: the notice of correction says what was wrong")
SHEET = "Corrected"
NOTE = "correction"


@dataclass(frozen=True)
class Changed:
    """A figure that was wrong, as people read it.

    Attributes:
        identity: Of the cell.
        table: Name of its table.
        number: Number of the table.
        measure, period, codes: In words; codes joined by commas, empty for the whole.
        was, now: As the two editions show it, as machines read it.
    """

    identity: str
    table: str
    number: str
    measure: str
    period: str
    codes: str
    was: str
    now: str


@dataclass(frozen=True)
class Notice:
    """A notice of correction.

    Attributes:
        corrects: Id of the edition that was wrong.
        day: Day of the correction.
        what, reason: Sentences.
        tables: Names of the tables that were wrong.
        changed: Figures that were wrong, in the order of the tables.
        unlisted: How many more differ that one of the two editions does not show.
    """

    corrects: str
    day: dt.date
    what: str
    reason: str
    tables: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    unlisted: int = 0

    @property
    def summary(self) -> str:
        """One sentence for the top of a page."""
        return (
            f"Corrected on {day_words(self.day)}: {sentence(self.what)} This replaces {edition_words(self.corrects)}."
        )

    @property
    def lines(self) -> tuple[str, ...]:
        """What a reader has to know, a paragraph each."""
        found = f"{counted(len(self.changed), 'figure')} {'is' if len(self.changed) == 1 else 'are'} corrected"
        if not self.changed:
            figures = "No figure that both editions show is another."
        else:
            figures = (
                f"{found}, in {counted(len(self.tables), 'table')}; the mark [{CORRECTED.marker}] stands beside each."
            )
        out = [self.summary, f"Why: {sentence(self.reason)}", figures]
        if self.unlisted:
            more = "figure differs" if self.unlisted == 1 else "figures differ"
            out.append(
                f"{self.unlisted:,} more {more} that one of the two editions does not show; neither the old nor the "
                "new one of these is given."
            )
        out.append("A correction mends a mistake. Revisions, marked [r], were to be expected: records go on coming in.")
        return tuple(out)

    @property
    def note(self) -> Note:
        """The note that the titles of the tables concerned refer to."""
        return Note(NOTE, f"{self.summary} Why: {sentence(self.reason)}")

    def sheet(self) -> Table | None:
        """Every corrected figure, old and new; None if there is none."""
        if not self.changed:
            return None
        names = (("table", "Table"), ("measure", "Measure"), ("period", "Period"), ("codes", "Of what"))
        places = max(len(text.partition(".")[2]) for each in self.changed for text in (each.was, each.now))
        kind: Kind = "decimal" if places else "integer"
        figures = (Column("was", "Was", kind, places=places), Column("now", "Is now", kind, places=places))
        columns = (*(Column(*each) for each in names), *figures)
        texts = [(f"Table {each.number}", each.measure, each.period, each.codes or "All") for each in self.changed]
        # Two places may have one name.
        twice = {text for text, n in Counter(texts).items() if n > 1}
        rows = tuple(
            (*text[:3], f"{text[3]} ({each.identity.split('|')[1]})" if text in twice else text[3], *numbers)
            for each, text in zip(self.changed, texts, strict=True)
            for numbers in [[float(figure) if places else int(figure) for figure in (each.was, each.now)]]
        )
        key = tuple(name for name, _ in names)
        return Table(SHEET, "Corrected figures, as they were and as they are", columns, rows, self.lines, key=key)

    def as_json(self) -> dict[str, Any]:
        """As the manifest holds it."""
        return {
            "corrects": self.corrects,
            "date": self.day.isoformat(),
            "what": self.what,
            "reason": self.reason,
            "tables": list(self.tables),
            "figures": [{"cell": c.identity, "table": c.table, "was": c.was, "now": c.now} for c in self.changed],
            "figures_not_listed": self.unlisted,
        }


def notice_of(
    register: Register,
    publication: Publication,
    cells: Mapping[str, pl.DataFrame],
    erratum: Erratum,
    day: dt.date,
    against: Revisions,
) -> Notice:
    """The notice of an edition that corrects another.

    Args:
        cells: Protected cells by table.
        against: What differs from the edition that is corrected.
    """
    both = {each.identity: each for each in against.revisions if each.before and each.after}
    labels = {measure.name: measure.label for measure in publication.measures}
    differing = list(against.identities)
    changed, tables, seen = [], [], set()
    for table in publication.tables:
        frame = cells[table.name].filter(~pl.col("support") & pl.col("identity").is_in(differing))
        if not frame.height:
            continue
        tables.append(table.name)
        dimensions = dimensions_of(publication, table)
        names = Names(register, dimensions)
        for row in frame.iter_rows(named=True):
            found = both.get(row["identity"])
            if found is None or found.identity in seen:
                continue
            seen.add(found.identity)
            codes = [names.label(d.name, row[f"{d.name}_level"], row[d.name]) for d in dimensions]
            whole = [row[f"{d.name}_level"] == "total" for d in dimensions]
            changed.append(
                Changed(
                    identity=found.identity,
                    table=table.name,
                    number=table.number,
                    measure=labels[found.measure],
                    period=Period.parse(found.period).words,
                    codes=", ".join(code for code, all_ in zip(codes, whole, strict=True) if not all_),
                    was=found.before,
                    now=found.after,
                )
            )
    return Notice(
        corrects=against.against,
        day=day,
        what=erratum.what.strip(),
        reason=erratum.reason.strip(),
        tables=tuple(tables),
        changed=tuple(changed),
        unlisted=len(against.revisions) - len(both),
    )


def sentence(text: str) -> str:
    """A text with a full stop at its end."""
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
