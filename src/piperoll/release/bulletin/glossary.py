"""The section that explains terms."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from piperoll.present.pages import Section
from piperoll.present.parts import facts, link
from piperoll.register.model.glossary import Term
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


def glossary_of(register: Register, publication: Publication) -> Iterator[Section]:
    """The section, in alphabetical order; none where the publication names no term."""
    terms = [register.glossary[each] for each in publication.glossary if each in register.glossary]
    if terms:
        listed = sorted(terms, key=lambda each: each.term.casefold())
        yield Section("glossary", "Glossary", facts([(each.term, _meaning(each)) for each in listed]))


def _meaning(term: Term) -> Markup:
    if not term.source:
        return Markup("{}").format(term.meaning)
    source = link(term.source, term.source) if term.source.startswith("https://") else term.source
    return Markup("{} Source: {}.").format(term.meaning, source)
