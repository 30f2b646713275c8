"""Brief description and collection: sentences from facts."""

from __future__ import annotations

import datetime as dt

from piperoll.register.model.facts import Description, Entry, Item, Step, System
from piperoll.statement.document import Line
from piperoll.statement.words import article, be, complete, join, often, qualifier, sentence, upper


_LONG = 3  # more sources than this are told as a list


def description(entry: Entry, day: dt.date) -> list[Line]:
    """Kind and purpose, contents, functions, systems covered."""
    about = entry.description
    lines = []
    opening = _kind(about)
    if about.holds:
        does = about.does or ("cover" if about.plural or not opening else "covers")
        # a purpose or place stands last in the opening, and would seem to be what "that" speaks of
        link = ", which" if about.purposes or about.place or about.made_from else " that"
        text = f"{opening}{link} {does}" if opening else f"The data {does}"
        items = tuple(item(each, day) for each in about.holds)
        if len(items) == 1:
            lines.append(Line(sentence(f"{text} {items[0]}"), state=about.holds[0].when.at(day)))
        else:
            lines.append(Line(sentence(f"{text}:"), items))
    elif opening or about.does:
        lines.append(Line(sentence(f"{opening}, which {about.does}" if about.does else opening)))
    if about.functions:
        lines.append(Line("Its functions:", tuple(item(each, day) for each in about.functions)))
    if entry.covers:
        lines.append(Line("This entry covers:", tuple(_system(each) for each in entry.covers)))
    return lines


def _kind(about: Description) -> str:
    if not (about.kind or about.traits or about.purposes or about.place or about.made_from):
        return ""
    kind = " ".join((join(about.traits), about.kind or ("sources" if about.plural else "source"))).strip()
    text = kind if about.plural else article(kind)
    if about.place:
        text += f" {about.place},"
    if about.purposes:
        text += f" for {join(about.purposes)}"
    if about.made_from:
        text += f", made by {about.made_from}"
    return text


def item(held: Item, day: dt.date) -> str:
    """One thing a source holds, as a phrase."""
    text = " ".join(filter(None, ("every" if held.complete else "", join(held.states), held.what)))
    if held.people:
        text += f" of {join(held.people)}"
    if held.about:
        text += f" about {held.about}"
    if held.where:
        text += f" {held.where}"
    if held.through:
        text += f" made through {held.through}"
    if held.received_by:
        text += f" which {held.received_by} receives"
    if held.under:
        force = qualifier(held.under_when, day)
        came = "in force " if held.under_when.at(day) == "current" else ""
        text += f", under {held.under}{f' ({came}{force})' if force else ''}"
    if held.level:
        text += f", at {join(held.level)}"
    if held.by:
        text += f", by {join(held.by)}"
    if held.only:
        text += f", if {held.only}"
    if held.with_:
        text += f", with {held.with_}"
    if held.parts:
        text += f": {join(held.parts)}"
    if held.examples:
        text += f" (for example {join(held.examples)})"
    when = qualifier(held.when, day)
    return f"{text} ({when})" if when else text


def _system(system: System) -> str:
    text = system.name
    if system.serves:
        text += f" ({system.serves})"
    if system.beside:
        text += f", with {system.beside}"
    if system.kind == "set":
        text = f"a set of {text}"
    if system.kind == "of_each":
        text += f" across {f'the {system.count} ' if system.count else ''}{system.across}"
    if system.former:
        text += ", a former system"
    if system.spelling:
        text += f", also written {system.spelling}"
    return text


_ACTIVE = {
    "enter": ("enter", "enters"),
    "upload": ("upload", "uploads"),
    "submit": ("submit", "submits"),
    "send": ("send", "sends"),
    "gather": ("gather", "gathers"),
    "reach": ("reach", "reaches"),
    "capture": ("capture", "captures"),
    "collate": ("collate", "collates"),
    "extract": ("extract", "extracts"),
    "merge": ("merge", "merges"),
    "record": ("record", "records"),
    "keep": ("keep", "keeps"),
    "type_or_scan": ("type or scan", "types or scans"),
    "link": ("link", "links"),
    "snapshot": ("take a snapshot of", "takes a snapshot of"),
    "exchange": ("exchange", "exchanges"),
}
_PASSIVE = {
    "enter": "entered",
    "upload": "uploaded",
    "submit": "submitted",
    "send": "sent",
    "gather": "gathered",
    "reach": "reached",
    "capture": "captured",
    "collate": "collated",
    "extract": "extracted",
    "merge": "merged",
    "record": "recorded",
    "keep": "kept",
    "type_or_scan": "typed or scanned",
    "link": "linked",
}


def collection(entry: Entry, day: dt.date) -> list[Line]:
    """Each step of collection, in order."""
    lines = []
    if any(step.some for step in entry.collection):
        who = next(step.by for step in entry.collection if step.some)
        lines.append(Line(sentence(f"The {join(who)} differ in how they collect the data")))
    lines += [_step(step, day) for step in entry.collection]
    return lines


def _step(step: Step, day: dt.date) -> Line:
    if step.act == "exchange":
        others = f" with {join(step.out_of)}" if step.out_of else ""
        core = f"{upper(step.what)} also come through interactions{others}"
    elif step.act == "snapshot":
        core = _snapshot(step)
    elif step.by:
        core = _done_by(step)
    else:
        core = _done(step)
    many = len(step.out_of) > _LONG and step.act != "exchange"
    core = complete(
        f"{core} several sources{', among them' if step.among else ''}" if many else core,
        ("by", step.by),
        ("", step.at),
        ("from", () if many else step.out_of),
        ("into", step.into),
        ("for", step.to),
        ("through", step.via),
        ("", step.form),
        ("", step.manner),
        ("", step.frequency),
        ("on", step.day),
        ("depending on", step.depends),
        ("", "among others" if step.among and not many else ""),
    )
    more = []
    if step.includes:
        more.append(f"{'They mainly concern' if step.mainly else 'Included are'} {join(step.includes)}")
    if step.exception:
        more.append(step.exception)
    if step.purpose and step.act != "merge":
        more.append(f"Purpose: {join(step.purpose)}")
    when = qualifier(step.when, day)
    told = [f"{core} ({when})" if when else core, *more]
    text = " ".join(sentence(each) for each in told)
    if not many:
        return Line(text, state=step.when.at(day))
    # the list follows the sentence that speaks of it, unless others stand between
    text = f"{text} The sources:" if more else f"{text.rstrip('.')}:"
    return Line(text, step.out_of, state=step.when.at(day))


def _snapshot(step: Step) -> str:
    text = f"A snapshot of {step.what} is taken {often(step.frequency)}"
    if step.into:
        text += f" for {step.into}"
    if step.day:
        text += f", on {join(step.day, 'or')} of the month"
    if step.depends:
        text += f" as {step.depends} requires"
    return text


def _done_by(step: Step) -> str:
    who = join(step.by, step.by_join)
    if step.some:
        who = f"{'some' if step.some == 'some' else 'other'} {who}"
    place = f" {join(step.at, 'or')}" if step.at else ""
    verb = _ACTIVE[step.act][1 if step.one else 0]
    return f"{who}{place} {verb} {step.what}{_manner(step)}{_ways(step)}"


def _done(step: Step) -> str:
    place = f" {join(step.at, 'or')}" if step.at else ""
    also = "also " if step.also else ""
    when = f" {often(step.frequency)}" if step.frequency else ""
    return f"{step.what} {be(step.what)} {also}{_PASSIVE[step.act]}{when}{_manner(step)}{_ways(step, place)}"


def _manner(step: Step) -> str:
    words = [step.manner, "automatically" if step.automatic else "", "directly" if step.direct else ""]
    return "".join(f" {word}" for word in words if word)


def _ways(step: Step, place: str = "") -> str:
    text = ""
    if step.out_of:
        text += " from" if len(step.out_of) > _LONG else f" from {join(step.out_of)}"
    if step.into:
        text += f" into {step.into}"
    if step.form:
        text += f" {step.form}"
    text += place
    if step.to:
        text += f" {'to' if step.act in ('send', 'submit') else 'for'} {join(step.to)}"
    if step.via:
        text += f" through {step.via}"
    if step.frequency and step.by:
        text += f", {often(step.frequency)}"
    if step.purpose and step.act == "merge":
        text += f", for {join(step.purpose)}"
    return text
