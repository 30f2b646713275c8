"""What is said once for all sources: background, the duty, common procedures, headings, licence."""

from __future__ import annotations

import datetime as dt

from piperoll.register.model.facts import Frame, Procedure
from piperoll.register.model.register import Register
from piperoll.statement.document import Line, Part
from piperoll.statement.prose.share import policy_lines
from piperoll.statement.words import day_words, join, often, qualifier, sentence, upper


def front(register: Register, frame: Frame, day: dt.date) -> tuple[Part, ...]:
    """The parts before the entries."""
    parts = [
        Part("background", "Background", tuple(_background(register, frame))),
        Part("protocol", "Why this Statement is made", tuple(_protocol(frame))),
    ]
    if frame.procedures:
        told = (
            "These hold for all sources and are not told again in each entry: "
            f"{join([each.title for each in frame.procedures])}"
        )
        parts.append(Part("common", "Common procedures and policies", (Line(sentence(told)),)))
    parts += [Part(each.key, each.title, tuple(_procedure(each, register, frame, day))) for each in frame.procedures]
    parts.append(Part("headings", "What each heading documents", tuple(_headings(frame))))
    parts.append(Part("candidates", "Candidate sources", tuple(_candidates(register, frame, day))))
    return tuple(part for part in parts if part.lines)


def back(frame: Frame) -> tuple[Part, ...]:
    """The parts after the entries."""
    return tuple(
        part
        for part in (
            Part("contact", "Contact and other formats", tuple(_contact(frame))),
            Part("licence", "Licence", tuple(_licence(frame))),
        )
        if part.lines
    )


def _background(register: Register, frame: Frame) -> list[Line]:
    out = []
    if frame.bases:
        out.append(
            Line(f"Official statistics of {_the(register.owner)} come from two kinds of source:", frame.bases)
            if len(frame.bases) == 2
            else Line(f"Official statistics of {_the(register.owner)} come from:", frame.bases)
        )
    if frame.advantages:
        items = tuple(
            ("often " if each.often else "") + each.text + (f", compared with {each.against}" if each.against else "")
            for each in frame.advantages
        )
        out.append(Line("The use of data that exist already has these advantages:", items))
    if frame.conditions:
        text = f"Public bodies are actively encouraged by {frame.encouraged_by} to use these sources for statistics."
        text += f" {upper(frame.encouraged_by)} recognises that the full gain depends on:"
        out.append(Line(text, frame.conditions))
    if frame.scope:
        out.append(Line(sentence(f"This Statement covers {frame.scope} in {join([_the(b) for b in frame.bodies])}")))
    if frame.update:
        aims = f", for the sake of {join(frame.update_aims)}" if frame.update_aims else ""
        out.append(Line(sentence(f"It is brought up to date {often((frame.update,))}{aims}")))
    if frame.website:
        told = f"It is also on the website of {_the(register.owner)}:"
        out.append(Line(told, href=frame.website.href, link=frame.website.text))
    return out


def _the(name: str) -> str:
    return name if name.startswith(("the ", "its ")) else f"the {name}"


def _protocol(frame: Frame) -> list[Line]:
    out = []
    if frame.protocol:
        duty = frame.protocol
        consult = f", in consultation with {duty.consult}" if duty.consult else ""
        out.append(
            Line(
                f"Protocol {duty.number} of the {duty.code} ({duty.authority}) asks for this Statement{consult}. "
                "What it has to identify, and where it is answered here:",
                tuple(_item(each.letter, each.subject, each.detail, each.answered, frame) for each in duty.items),
            )
        )
    for text in frame.guidance:
        part = f" ({text.part})" if text.part else ""
        use = f": {text.use}" if text.use else ""
        out.append(Line(f"{text.title}, {text.publisher}{part}{use}.", href=text.href, link=text.href))
    return out


def _item(letter: str, subject: str, detail: str, answered: tuple[str, ...], frame: Frame) -> str:
    titles = {each.key: each.title for each in frame.procedures}
    titles |= {"sources": "the entries of the sources", "candidates": "Candidate sources"}
    where = join([titles.get(each, each) for each in answered])
    return f"({letter}) {subject}{f', {detail}' if detail else ''}. Answered in: {where}."


def _procedure(procedure: Procedure, register: Register, frame: Frame, day: dt.date) -> list[Line]:
    out = []
    if procedure.varies:
        out.append(Line(sentence(f"The approach varies {procedure.varies}")))
    if procedure.gives:
        out.append(
            Line(
                f"For {procedure.scope}, {procedure.who} take part in the change request process of:",
                procedure.ways,
            )
        )
        out.append(Line(sentence(f"This makes {procedure.gives} possible")))
    elif procedure.ways:
        out.append(Line(sentence(f"{procedure.who} have {join(procedure.ways, 'or')}")))
    if procedure.documented:
        out.append(
            Line(sentence(f"In every case {procedure.documented_in} gives details of {join(procedure.documented)}")),
        )
    if procedure.partners:
        told = f"Statisticians and {join(procedure.partners)} are also partners in work on data quality"
        out.append(Line(sentence(told)))
    if procedure.group:
        out.append(
            Line(
                sentence(
                    f"One example is a joint working group of {join(procedure.group)} on {procedure.area}, "
                    f"whose aim is {procedure.aim}"
                )
            )
        )
    if procedure.policy_of:
        out.append(Line(sentence(f"{procedure.scope} are kept under {procedure.policy_of}")))
    if procedure.key == "suppression":
        out += _suppression(procedure, register, frame)
    return out


def _suppression(procedure: Procedure, register: Register, frame: Frame) -> list[Line]:
    rule = frame.suppression
    if rule is None:
        return []
    out = [Line(f"In {procedure.scope} figures are withheld if both of these hold:", rule.tests)]
    if rule.applies_to:
        titles = join([frame.product(each).title for each in rule.applies_to])
        out.append(Line(sentence(f"At present this concerns {'mainly ' if rule.mainly else ''}{titles}")))
    policy = register.policies.get(rule.policy)
    if policy:
        opening = f"The policy on {rule.on} keeps {join(rule.protects)} confidential"
        out += policy_lines(policy, opening)
    return out


def _headings(frame: Frame) -> list[Line]:
    items = []
    for each in frame.headings:
        text = f"{each.title}: {each.documents}"
        if each.moment:
            text += f", {each.moment}"
        if each.examples:
            text += f" (such as {join(each.examples)})"
        if each.covers:
            text += f"; to be covered: {join(each.covers)}"
        items.append(text)
    if not items:
        return []
    out = [Line("Each entry is set out under these headings:", tuple(items))]
    origin = next((each for each in frame.guidance if each.key == "template"), None)
    own = [each.title.casefold() for each in frame.headings if not each.annexed]
    if origin:
        apart = f", {join(own)} apart," if own else ""
        out.append(Line(sentence(f"The headings{apart} come from {origin.title} ({origin.part})")))
    if frame.default_none:
        titles = {each.heading: each.title.casefold() for each in frame.headings}
        names = join([titles.get(each, each) for each in frame.default_none], "or")
        out.append(Line(sentence(f"Where an entry is silent about {names}, there is none")))
    return out


def _candidates(register: Register, frame: Frame, day: dt.date) -> list[Line]:
    out = []
    for each in frame.candidates:
        when = qualifier(each.when, day)
        told = ""
        if each.source in register.sources:
            told = f" See {register.sources[each.source].title}."
        text = f"{each.name}: {each.potential}{f' ({when})' if when else ''}"
        out.append(Line(sentence(text) + told, state=each.when.at(day)))
    if out:
        told = "No separate list is kept of sources that could serve official statistics; the entries name these:"
        out.insert(0, Line(told))
    return out


def _contact(frame: Frame) -> list[Line]:
    out = []
    if frame.published:
        out.append(Line(sentence(f"Published by {_the(frame.publisher)}, {day_words(frame.published)}")))
    if frame.formats:
        out.append(Line(sentence(f"On request there are {frame.formats} of this report")))
    if frame.contact:
        out.append(Line("Contact:", href=f"mailto:{frame.contact}", link=frame.contact))
    return out


def _licence(frame: Frame) -> list[Line]:
    licence = frame.licence
    if licence is None:
        return []
    out = [Line(sentence(f"© {licence.copyright}"))]
    excludes = f", {join(licence.excludes)} apart" if licence.excludes else ""
    out.append(
        Line(
            sentence(
                f"Re-use in {join(licence.allows)} is allowed{', free of charge,' if licence.free else ''} under "
                f"the {licence.name}{excludes}"
            ),
            href=licence.href,
            link=licence.href,
        )
    )
    if licence.email:
        out.append(Line("Questions about the licence:", href=f"mailto:{licence.email}", link=licence.email))
    if licence.third_party:
        out.append(
            Line(
                sentence(f"Third party copyright material, where identified, needs permission of {licence.third_party}")
            )
        )
    return out
