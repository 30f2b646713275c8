"""Head of the bulletin, and the sections that say how it was made and what its signs mean."""

from __future__ import annotations

from markupsafe import Markup

from piperoll.present.htmltable import html_table
from piperoll.present.parts import bullets, details, heading, paragraph
from piperoll.present.parts import facts as facts_list
from piperoll.present.workbook import Workbook
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.release.bulletin.facts import Facts
from piperoll.release.differing import differences_told
from piperoll.release.quality import HIDDEN
from piperoll.release.sentences import METHOD


_FEW = 6  # suppliers that are missing, named in a line of their own


def head_of(publication: Publication, facts: Facts) -> Markup:
    """What a reader wants to know first: place, status, dates, contact, and who is missing."""
    rows = [
        ("Applies to", publication.coverage),
        ("Status", facts.status),
        ("Published", facts.published),
        ("Next update", facts.next_update),
        ("Contact", facts.contact),
    ]
    listed = facts_list([(k, v) for k, v in rows if v])
    if facts.missing:
        if len(facts.missing) > _FEW:
            listed += details(f"{len(facts.missing)} suppliers are missing from these figures", bullets(facts.missing))
        else:
            listed += paragraph("Some suppliers are missing from these figures: " + "; ".join(facts.missing) + ".")
    return listed


def shown_section(book: Workbook, facts: Facts) -> Markup:
    """The policy, then the quality notes; the table stands where they speak of it."""
    html = paragraph(facts.rules)
    for head, texts in facts.notes.groups:
        html += heading(head, 3) + Markup("").join(paragraph(text) for text in texts)
        if head == HIDDEN and facts.notes.table is not None:
            html += html_table(book, facts.notes.table, caption=facts.notes.table.title, element_id="not-shown")
    return html


def methods_section(register: Register, publication: Publication, facts: Facts) -> Markup:
    """Sources, methods, counting rules, and what other publications tell otherwise."""
    sources = [f"{register.sources[key].title} ({key})" for key in publication.sources if key in register.sources]
    html = paragraph("Made from: " + ", ".join(sources) + ".") if sources else Markup("")
    html += Markup("").join(paragraph(text) for text in publication.methods)
    html += paragraph(METHOD) if facts.judged else Markup("")
    rules = [
        Markup("<strong>{} ({}).</strong> {}").format(rule.title, rule.id, rule.description)
        for rule in publication.counting_rules
    ]
    html += paragraph("Counting rules:") + bullets(rules) if rules else Markup("")
    differing = differences_told(register, publication)
    return html + (paragraph("Other publications:") + bullets(differing) if differing else Markup(""))


def symbols_section(book: Workbook) -> Markup:
    """What each sign in the tables of this edition means."""
    used = book.used_symbols()
    if not used:
        return paragraph("No symbols are used in this edition.")
    return facts_list([(f"[{s.marker}]", s.meaning) for s in used])


def about_section(publication: Publication, facts: Facts) -> Markup:
    """How the edition can be checked, and how to cite it."""
    producer = publication.producer
    cite = f"{producer}, {publication.title}, {facts.period.words}" + (
        f", published {facts.published}" if facts.published else ""
    )
    cite += f". {facts.warned.rstrip('.')}" if facts.warned else ""
    return paragraph(
        "The file manifest.json lists every file of this release with its SHA-256, the deliveries the figures were "
        "made from and the definitions they follow; anyone can check them."
    ) + paragraph(f"How to cite: {cite}.")
