"""Whether the sentences of a release still say what its tables say: seen from its files alone.

Each phrase is said again from the cells of the CSVs and compared; text between phrases has no digits; what is ranked or
counted is all there is of its kind; and the page says each sentence as the file has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import partial
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

from piperoll.errors import Problem, UserError
from piperoll.ledger.report import Check
from piperoll.release.sentences.cells import Known, Ref, Tables
from piperoll.release.sentences.say import OPERATIONS, Given, Said, say
from piperoll.release.sentences.tell import FILE


NAME = "sentences"
_PAGE = "index.html"
_TYPES = {each.name: str(each.type) for each in fields(Given)}


class _Wrong(Exception):
    """Something of a sentence is not as it has to be."""


def check_sentences(
    directory: Path, listed: Mapping[str, str], written: Mapping[str, Sequence[Mapping[str, str]]]
) -> Iterator[Check]:
    """The check of a release's sentences; none for a release that was made before there were any.

    Args:
        directory: The release.
        listed: Files that its manifest lists.
        written: Rows of its CSVs by table.
    """
    if FILE not in listed:
        return
    try:
        content = json.loads((directory / FILE).read_bytes())
        told = [(str(each["sentence"]), str(each["text"]), list(each["phrases"])) for each in content["sentences"]]
        page = _Page()
        page.feed((directory / _PAGE).read_text(encoding="utf-8"))
        page.close()
    except (OSError, ValueError, KeyError, TypeError):
        text = "what the sentences are said from cannot be read."
        yield Check(NAME, 1, (Problem("PR-E071", text, FILE),))
        return
    tables = Tables({name: partial(_given, rows) for name, rows in written.items()})
    problems = [
        Problem("PR-E070", said, key) for key, text, phrases in told for said in _sentence(tables, text, phrases)
    ]
    problems += _page(page, {key: (text, phrases) for key, text, phrases in told}, tables)
    yield Check(NAME, len(told), tuple(problems))


def _given(rows: Sequence[Mapping[str, str]]) -> Sequence[Mapping[str, str]]:
    return rows


def _sentence(tables: Tables, text: str, phrases: Sequence[Any]) -> Iterator[str]:
    """What is wrong with one sentence."""
    told = []
    for phrase in phrases:
        if isinstance(phrase, str):
            told.append(phrase)
            if re.search(r"\d", phrase):
                yield f"`{phrase.strip()}` has a digit that no cell stands for."
            continue
        try:
            said, given = _again(tables, phrase)
        except (_Wrong, UserError, KeyError, TypeError, ValueError, IndexError) as fault:
            yield f"a phrase cannot be said again from the tables: {fault if isinstance(fault, _Wrong) else 'damaged'}."
            told.append(str(phrase.get("text", "")) if isinstance(phrase, dict) else "")
            continue
        words = said.text[:1].upper() + said.text[1:] if phrase.get("capital") else said.text
        told.append(str(phrase["text"]))
        if said.hidden or words != phrase["text"]:
            instead = "that no figure can be given" if said.hidden else f"`{words}`"
            yield f"it says `{phrase['text']}`, and the tables say {instead}."
        elif given.dimension and tables.name(given.dimension, given.text) not in ("", said.text):
            yield f"it calls the code {given.text} of {given.dimension} `{said.text}`, and the tables do not."
    if "".join(told) != text:
        yield "its phrases together are not the sentence."


def _again(tables: Tables, phrase: Mapping[str, Any]) -> tuple[Said, Given]:
    op = phrase["op"]
    if op not in OPERATIONS:
        raise _Wrong(f"nothing is said by `{op}`")
    given = Given(**{name: _typed(name, value) for name, value in phrase.get("given", {}).items()})
    cells = [tables.find(Ref.parse(each)) for each in phrase["cells"]]
    _whole(tables, op, cells, given)
    return say(op, cells, given), given


def _typed(name: str, value: Any) -> Any:
    kind = {"int": int, "bool": bool, "str": str}[_TYPES[name]]
    if type(value) is not kind:
        raise _Wrong(f"`{name}` is not of its kind")
    return value


def _whole(tables: Tables, op: str, cells: Sequence[Known], given: Given) -> None:
    """What is compared is all there is to compare: every code of the level, every period in between."""
    if op in ("highest", "lowest", "spread") and cells:
        now = cells[::2] if op == "spread" else cells
        every = tables.beside(cells[0].ref, given.by, given.level, given.without or None)
        if [each.ref for each in every] != [each.ref for each in now]:
            raise _Wrong(f"not every {given.level or given.by} of the table is among its cells")
    if op == "record" and any(b.ref.when != a.ref.when.shift(-1) for a, b in pairwise(cells)):
        raise _Wrong("it passes over a period")
    if op == "record" and len({each.ref._replace(period="") for each in cells}) > 1:
        raise _Wrong("it is not of one series")


def _page(page: _Page, told: Mapping[str, tuple[str, Sequence[Any]]], tables: Tables) -> Iterator[Problem]:
    for key in sorted(told.keys() | page.sentences.keys()):
        if key not in told:
            yield Problem("PR-E072", "the page has a sentence of which the file says nothing.", key)
        elif key not in page.sentences:
            yield Problem("PR-E072", "the page does not say the sentence.", key)
        elif page.sentences[key] != [" ".join(told[key][0].split())]:
            yield Problem("PR-E072", "the page says the sentence otherwise, or twice.", key)
    for key, value, cells, text in page.figures:
        known = {
            str(ref) for phrase in told.get(key, ("", ()))[1] if isinstance(phrase, dict) for ref in phrase["cells"]
        }
        if not set(cells) <= known:
            yield Problem("PR-E072", f"`{text}` refers to a cell that the file does not.", key)
        if value is not None and len(cells) == 1:
            found = tables.find(Ref.parse(cells[0])).value
            if found is None or (str(found) != value and float(found) != float(value)):
                yield Problem("PR-E072", f"`{text}` is not the figure {value} of the table.", key)


class _Page(HTMLParser):
    """Sentences of a page, by key, and the figures in them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sentences: dict[str, list[str]] = {}
        self.figures: list[tuple[str, str | None, list[str], str]] = []
        self._key = ""
        self._depth = 0
        self._text: list[str] = []
        self._figure: tuple[str | None, list[str], int, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A sentence begins, or a figure in it."""
        held = dict(attrs)
        if not self._key and held.get("data-sentence"):
            self._key, self._depth, self._text = str(held["data-sentence"]), 0, []
        if self._key:
            self._depth += 1
            if held.get("data-cell"):
                cells = [each.replace("%20", " ") for each in str(held["data-cell"]).split()]
                self._figure = (held.get("value"), cells, self._depth, len(self._text))

    def handle_endtag(self, tag: str) -> None:
        """A figure ends, or the sentence."""
        if not self._key:
            return
        if self._figure is not None and self._figure[2] == self._depth:
            value, cells, _, place = self._figure
            self.figures.append((self._key, value, cells, "".join(self._text[place:])))
            self._figure = None
        self._depth -= 1
        if self._depth == 0:
            self.sentences.setdefault(self._key, []).append(" ".join("".join(self._text).split()))
            self._key = ""

    def handle_data(self, data: str) -> None:
        """Text of a sentence."""
        if self._key:
            self._text.append(data)
