"""The main points: a sentence for each, from the figures as published."""

from __future__ import annotations

import re

from piperoll.register.model.publication import MainPoint, Publication
from piperoll.register.narrative import Call, Part, read
from piperoll.release.sentences import Sentence, Teller


PLACE = "main-points"


def main_points(publication: Publication, teller: Teller) -> tuple[tuple[Sentence, ...], ...]:
    """The sentences of each main point, with figures and direction as published; what cannot be told is left out."""
    told = []
    for point in publication.main_points:
        templates = read(point.text).sentences if point.text else (_parts(point),)
        made = tuple(each for parts in templates if (each := teller.sentence(PLACE, parts)) is not None)
        if made:
            told.append(made)
    return tuple(told)


def _parts(point: MainPoint) -> tuple[Part, ...]:
    subject = point.subject[:1].upper() + point.subject[1:]
    options = (*point.codes.items(), ("against", point.against))
    return (literal(f"{subject} "), Call("moved", point.measure, options), ".")


def literal(text: str) -> Part:
    """Text as it stands; where it has digits, as in an age, told as a name."""
    return Call("name", text) if re.search(r"\d", text) else text
