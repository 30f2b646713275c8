"""Sentences of an edition: told from templates, and kept with what each word of them refers to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from piperoll.register.narrative import FUNCTIONS, Call, Part, read
from piperoll.release.sentences.cells import Known, Ref
from piperoll.release.sentences.refer import Meant, Referee
from piperoll.release.sentences.say import Given, Said, say


FILE = "sentences.json"
_NAMED = 4  # References in the page for one phrase; the file has them all.


@dataclass(frozen=True)
class Phrase:
    """A piece of a sentence.

    Attributes:
        op: What it says of its cells; empty for text as it stands in the template.
        cells: Cells it rests on.
        said: Its words, and which of the cells stand in them.
        capital: Whether it begins the sentence.
    """

    text: str
    op: str = ""
    cells: tuple[Known, ...] = ()
    given: Given = field(default_factory=Given)
    said: Said = field(default_factory=Said)
    capital: bool = False

    @property
    def refs(self) -> tuple[Ref, ...]:
        """References to its cells."""
        return tuple(cell.ref for cell in self.cells)

    @property
    def html(self) -> Markup:
        """The words, with the cells whose figures stand in them."""
        quoted = [self.cells[place] for place in self.said.quoted][:_NAMED]
        if not quoted:
            return Markup("{}").format(self.text)
        cells = " ".join(str(cell.ref).replace(" ", "%20") for cell in quoted)
        places = "; ".join(_place(cell) for cell in quoted)
        if self.said.value:
            held = Markup('<data value="{}" data-cell="{}" title="{}">{}</data>')
            return held.format(self.said.value, cells, places, self.text)
        return Markup('<span data-cell="{}" title="{}">{}</span>').format(cells, places, self.text)

    def as_json(self) -> Any:
        """As ``sentences.json`` holds it: a text, or the words with what they are said from."""
        if not self.op:
            return self.text
        default = vars(Given())
        given = {name: value for name, value in vars(self.given).items() if value != default[name]}
        return {
            "text": self.text,
            "op": self.op,
            "cells": [str(ref) for ref in self.refs],
            **({"given": given} if given else {}),
            **({"capital": True} if self.capital else {}),
        }


@dataclass(frozen=True)
class Sentence:
    """A sentence.

    Attributes:
        key: Where it stands: ``main-points-1``, ``section-claims-2``, ``chart-claims``.
    """

    key: str
    phrases: tuple[Phrase, ...]

    @property
    def text(self) -> str:
        """The whole of it."""
        return "".join(phrase.text for phrase in self.phrases)

    @property
    def html(self) -> Markup:
        """For the page."""
        inner = Markup("").join(phrase.html for phrase in self.phrases)
        return Markup('<span data-sentence="{}">{}</span>').format(self.key, inner)


class Teller:
    """Tells the sentences of an edition, and keeps each.

    Args:
        referee: Finds cells.

    Attributes:
        told: Every sentence told so far.
    """

    def __init__(self, referee: Referee) -> None:
        self.referee = referee
        self.told: list[Sentence] = []
        self._numbers: dict[str, int] = {}

    def paragraph(self, place: str, template: str) -> list[Sentence]:
        """The sentences of a template.

        Args:
            place: Where they stand; their keys are this and a number.
        """
        made = (self.sentence(place, parts) for parts in read(template).sentences)
        return [each for each in made if each is not None]

    def sentence(self, place: str, parts: Sequence[Part]) -> Sentence | None:
        """One sentence from its parts; None if it has a reference that no table of the edition can say.

        A sentence that needs a figure which cannot be given is told another way: each figure by itself.
        """
        phrases: list[Phrase] = []
        for part in parts:
            phrase = Phrase(part) if isinstance(part, str) else self._phrase(part)
            if phrase is None:
                return None
            if phrase.said.hidden:
                phrases = self._instead(parts)
                break
            phrases.append(phrase)
        if not phrases:
            return None
        number = self._numbers[place] = self._numbers.get(place, 0) + 1
        made = Sentence(f"{place}-{number}", tuple(_begun(phrases)))
        self.told.append(made)
        return made

    def finding(self, place: str, parts: Sequence[Part]) -> Sentence | None:
        """A title that says what is found; None, and nothing kept, where a figure it needs cannot be given."""
        phrases = [Phrase(part) if isinstance(part, str) else self._phrase(part) for part in parts]
        told = [phrase for phrase in phrases if phrase is not None and not phrase.said.hidden]
        if len(told) < len(parts) or any(self._without(phrase) for phrase in told):
            return None
        made = Sentence(place, tuple(_begun(told)))
        self.told.append(made)
        return made

    @staticmethod
    def _without(phrase: Phrase) -> bool:
        """Whether it is a change from a figure that is not there, or from nothing."""
        if phrase.op == "spread":
            return all(
                now.value is None or then.value is None for now, then in zip(*[iter(phrase.cells)] * 2, strict=True)
            )
        return phrase.op == "moved" and (len(phrase.cells) < 2 or not phrase.cells[1].value)

    @property
    def judged(self) -> bool:
        """Whether any change was held against the variation of its series."""
        return any(phrase.given.judge for sentence in self.told for phrase in sentence.phrases)

    def as_json(self) -> bytes:
        """The file that says of each sentence which cells it is said from."""
        content = {
            "format": 1,
            "about": "Each sentence about figures in index.html, and the cells of the tables that each phrase of it is "
            "said from. A cell is written table.measure[period;dimension=code].",
            "sentences": [
                {"sentence": each.key, "text": each.text, "phrases": [phrase.as_json() for phrase in each.phrases]}
                for each in self.told
            ],
        }
        return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    def _phrase(self, call: Call) -> Phrase | None:
        meant = self.referee.meant(call)
        return _spoken(meant) if meant is not None else None

    def _instead(self, parts: Iterable[Part]) -> list[Phrase]:
        """Each figure that a sentence was to hold, by itself, and which of them cannot be given."""
        out: list[Phrase] = []
        seen: set[Ref] = set()
        for call in parts:
            if isinstance(call, str) or not FUNCTIONS[call.function].measure:
                continue
            meant = self.referee.meant(call)
            if meant is None or not meant.cells or meant.cells[0].ref in seen:
                continue
            seen.add(meant.cells[0].ref)
            many = bool(call.get("by"))
            subject = self.referee.subject(call)
            if many:
                subject = f"{subject} by {meant.given.kind}"
            if many and any(cell.value is not None for cell in meant.cells):
                phrase = _spoken(meant)
                about = _spoken(Meant("name", (), Given(text=f"{subject} ")))
                out += [Phrase("; "), about, phrase] if out else [about, phrase]
                continue
            cells = meant.cells if many else meant.cells[:1]
            given = replace(meant.given, subject=subject, judge=False)
            phrase = _spoken(Meant("withheld" if many else "told", cells, given))
            out += [Phrase("; "), phrase] if out else [phrase]
        return [*out, Phrase(".")] if out else []


def _place(cell: Known) -> str:
    """Where a reader finds a cell: ``tables/national.csv: claims, Apr to Jun 2012, Mortgage``."""
    named = ", ".join(cell.names.get(dimension) or code for dimension, code in cell.ref.codes)
    return f"tables/{cell.ref.table}.csv: {cell.ref.measure}, {cell.ref.when.words}{', ' if named else ''}{named}"


def _spoken(meant: Meant) -> Phrase:
    """The words of what is meant, kept with the cells that they rest on and no others."""
    said = say(meant.op, meant.cells, meant.given)
    if said.hidden:
        return Phrase("", meant.op, meant.cells, meant.given, said)
    kept = tuple(meant.cells[place] for place in said.used)
    return Phrase(said.text, meant.op, kept, meant.given, say(meant.op, kept, meant.given))


def _begun(phrases: list[Phrase]) -> list[Phrase]:
    """With a capital at the beginning, where words are said there."""
    first = phrases[0]
    if first.op and first.text[:1].islower():
        capital = first.text[:1].upper() + first.text[1:]
        phrases[0] = Phrase(capital, first.op, first.cells, first.given, first.said, capital=True)
    return phrases
