"""Sentences told again from tables that were changed: what the mutation tests share."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from piperoll.periods import Period
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.release.bulletin import main_points, narrative_of
from piperoll.release.sentences import FILE, Referee, Tables, Teller
from piperoll.release.sentences.cells import Ref
from piperoll.release.sentences.tell import Phrase, Sentence


# The cells that a phrase is about come first; those after them are what they are held against.
_ABOUT = {"change": 2, "moved": 2}
MANY = 24


@dataclass
class Edition:
    """A release whose tables can be changed."""

    register: Register
    publication: Publication
    period: Period
    rows: dict[str, list[dict[str, str]]]

    @classmethod
    def of(cls, register: Register, publication: str, directory: Path) -> Edition:
        content = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
        rows = {}
        for table in content["tables"]:
            with (directory / table["csv"]).open(encoding="utf-8", newline="") as file:
                rows[table["name"]] = list(csv.DictReader(file))
        return cls(register, register.publications[publication], Period.parse(content["period"]), rows)

    def told(self) -> dict[str, Sentence]:
        """Main points and sections, from the tables as they stand."""
        tables = Tables({name: (lambda held=held: held) for name, held in self.rows.items()})
        teller = Teller(Referee(self.register, self.publication, self.period, tables))
        main_points(self.publication, teller)
        narrative_of(self.publication, teller)
        return {each.key: each for each in teller.told}

    def row(self, ref: Ref) -> dict[str, str] | None:
        """The row of a cell."""
        for row in self.rows[ref.table]:
            if row["period"] == ref.period and all(row[f"{name}_code"] == code for name, code in ref.codes):
                return row
        return None

    def trimmed(self) -> Edition:
        """With the rows that its sentences rest on and no others: they say the same, and are told sooner."""
        held = {
            (ref.table, ref.period, ref.codes) for each in self.told().values() for p in each.phrases for ref in p.refs
        }
        rows = {}
        for name, every in self.rows.items():
            dimensions = sorted(
                key.removesuffix("_code") for key in (every[0] if every else ()) if key.endswith("_code")
            )
            rows[name] = [
                row
                for row in every
                if (name, row["period"], tuple((each, row[f"{each}_code"]) for each in dimensions)) in held
            ]
        return Edition(self.register, self.publication, self.period, rows)

    def retold(self, changes: dict[Ref, str]) -> dict[str, Sentence]:
        """Told with these figures in place of those there; the tables are as before afterwards."""
        held = []
        for ref, value in changes.items():
            row = self.row(ref)
            assert row is not None, str(ref)
            held.append((row, ref.measure, row[ref.measure]))
            row[ref.measure] = value
        try:
            return self.told()
        finally:
            for row, measure, value in reversed(held):
                row[measure] = value


def about(phrase: Phrase) -> tuple[Ref, ...]:
    """The cells whose figures the phrase says or compares."""
    return phrase.refs[: _ABOUT.get(phrase.op, len(phrase.refs))]


def mutations(edition: Edition, ref: Ref) -> Iterator[str]:
    """Figures in place of one: a little more and less, then much, so that rounding cannot hide them all."""
    row = edition.row(ref)
    value = float(row[ref.measure]) if row is not None and row[ref.measure] else 0.0
    whole = "." not in (row or {}).get(ref.measure, "")
    for other in (value + 1, value - 1, value * 1.07 + 2, value * 3 + 40, value / 3, 0.0, value * 50 + 9999):
        if other >= 0:
            yield str(round(other)) if whole else f"{other:.1f}"


def _alone(phrase: Phrase, ref: Ref) -> bool:
    """Whether an area's figure has none of another period beside it, so that nobody can say how it moved."""
    others = [each for each in phrase.cells if each.ref.codes == ref.codes and each.ref.period != ref.period]
    return all(each.value is None for each in others)


def unmoved(edition: Edition) -> list[str]:
    """Cells that a sentence refers to and that can be changed in every way without it saying anything else."""
    found = []
    for key, sentence in edition.told().items():
        for phrase in sentence.phrases:
            refs = about(phrase)
            # Of many that are ranked or counted, those that are named and some of the others.
            some = (
                refs
                if len(refs) <= MANY
                else {refs[place] for place in (*phrase.said.quoted, *range(0, len(refs), 29))}
            )
            for ref in some:
                row = edition.row(ref)
                if row is None or not row[ref.measure] or (phrase.op == "spread" and _alone(phrase, ref)):
                    continue
                texts = (edition.retold({ref: value}).get(key) for value in mutations(edition, ref))
                if all(each is not None and each.text == sentence.text for each in texts):
                    found.append(f"{key}: {ref}")
    return found


def written(directory: Path) -> list[dict[str, object]]:
    """Sentences as the file of a release has them."""
    return list(json.loads((directory / FILE).read_text(encoding="utf-8"))["sentences"])
