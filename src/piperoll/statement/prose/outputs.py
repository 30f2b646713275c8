"""Publications, non-statistical publications, synergies and successions: sentences from facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from piperoll.register.model.facts import Entry, Frame, Heading, Output, Succession
from piperoll.statement.document import Line
from piperoll.statement.words import PLAN, day_words, join, qualifier, sentence, upper


NONE = "None."
SILENT = "Not stated."
NOT_STATED = "None stated, which means that there is none."


def statistical(entry: Entry, frame: Frame, day: dt.date) -> list[Line]:
    """Each official statistic, or that there is none on the day of the Statement."""
    if isinstance(entry.statistical, str):
        return [Line(NONE if entry.statistical == "none" else SILENT)]
    return [line(each, frame, day) for each in entry.statistical]


def other(outputs: str | tuple[Output, ...], frame: Frame, day: dt.date) -> list[Line]:
    """Non-statistical publications or synergies; stated and unstated absence told apart."""
    if isinstance(outputs, str):
        return [Line(NONE if outputs == "none" else NOT_STATED)]
    return [line(each, frame, day) for each in outputs]


def line(output: Output, frame: Frame, day: dt.date) -> Line:
    """One output as a line."""
    text = phrase(output, frame)
    when = qualifier(output.when, day)
    if when:
        text += f" ({when})"
    if output.then:
        text += f"; {output.then}: {qualifier(output.then_when, day)}"
    return Line(sentence(text), state=output.when.at(day), href=output.href, link=output.href)


def phrase(output: Output, frame: Frame) -> str:
    """What it is, which part, what it measures and by what, how and how often it comes out."""
    product = frame.product(output.product)
    title = output.named or product.title
    if product.producer and product.producer not in title:
        title += f" ({product.producer})"
    if output.form == "contribution":
        title = f"contribution to {title}"
    elif output.form == "model_input":
        title = f"input to {title}"
    elif output.form == "guest_chapter":
        title = f"guest chapter in {title}"
    elif output.form == "monitoring":
        title = f"internal monitoring of {title}"
    elif output.form == "ad_hoc":
        title = f"ad hoc release: {title}"
    details = _content(output) + _manner(output)
    text = f"{title} – {'; '.join(details)}" if details else title
    if output.named and output.named.casefold() != product.title.casefold():
        text += f" [catalogued as {product.title}]"
    return text


def _content(output: Output) -> list[str]:
    details = []
    if output.only:
        details.append(f"{output.only} only")
    if output.part:
        details.append(join(output.part))
    content = join(output.measures)
    if output.of:
        content += f" for {output.of}"
    if output.by:
        content += f", by {join(output.by)}"
    if output.detail:
        content += f", {output.detail}" if content else output.detail
    if output.alongside:
        content += f", alongside {join(output.alongside)}"
    if content:
        details.append(content)
    if output.area:
        details.append(f"for {output.area}")
    return details


def _manner(output: Output) -> list[str]:
    details = []
    if output.extra:
        details.append(f"with {output.extra}{f', {output.extra_frequency}' if output.extra_frequency else ''}")
    way = ", ".join(filter(None, (f"on {output.channel}" if output.channel else "", output.frequency)))
    if way:
        details.append(way)
    if output.audience:
        details.append(f"for {join(output.audience)}")
    if output.on_request:
        details.append("used on request only")
    if output.reason:
        details.append(output.reason)
    if output.legal_basis:
        details.append(f"legal basis: {output.legal_basis}")
    if output.label:
        details.append(output.label)
    return details


def successions(entry: Entry, heading: Heading, titles: Mapping[str, str], day: dt.date) -> list[Line]:
    """What this source (or a body that supplies it) replaced, or is replaced by."""
    return [_succession(edge, titles, day) for edge in entry.successions if edge.heading == heading]


def _succession(edge: Succession, titles: Mapping[str, str], day: dt.date) -> Line:
    other_ = titles.get(edge.other, edge.other)
    state = edge.when.at(day)
    if edge.relation == "draws_history_from":
        cause = f", owing to {edge.cause}" if edge.cause else ""
        return Line(sentence(f"{edge.subject or 'history'}: also from the {other_}, a former system{cause}"))
    if edge.relation == "supplier_became":
        text = f"from {day_words(edge.when.starts)} the business of the {edge.subject} is the {other_}'s"
        text += f", owing to {edge.cause}" if edge.cause else ""
        return Line(sentence(text), state=state)
    done = state not in ("planned", "starting")
    verb = {
        ("replaces", True): "replaced",
        ("replaces", False): "is to replace" if state == "planned" else "is replacing",
        ("replaced_by", True): "replaced by",
        ("replaced_by", False): "to be replaced by" if state == "planned" else "being replaced by",
    }[edge.relation, done]
    preposition = "during" if edge.when.precision == "during" else "in"
    date = f"{preposition} {day_words(edge.when.starts)}" if edge.when.starts else ""
    if edge.when.state == "planned" and done:
        date += PLAN
    text = f"{verb} {other_}{f' as {edge.subject}' if edge.subject else ''}{f' {date}' if date else ''}"
    if edge.overlap_until:
        older = other_ if edge.relation == "replaces" else "this source"
        use = edge.overlap_use or "some purposes"
        text += f"; {older} in use for {use} until {day_words(edge.overlap_until)}"
    if edge.cause:
        text += f", owing to {edge.cause}"
    if edge.relation == "replaced_by" and state == "starting":
        state = "ending"  # what begins is the other one
    return Line(upper(sentence(text)), state=state)
