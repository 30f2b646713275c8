"""The page of an edition, made of its sections."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from piperoll.present.pages import Section, render_page
from piperoll.present.parts import bullets, paragraph, warning
from piperoll.present.workbook import Workbook
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.release.bulletin.about import about_section, head_of, methods_section, shown_section, symbols_section
from piperoll.release.bulletin.analysis import analysis_section, joined
from piperoll.release.bulletin.data import data_section
from piperoll.release.bulletin.editions import correction_banner, correction_section, editions_section
from piperoll.release.bulletin.facts import Facts
from piperoll.release.bulletin.figures import Figure
from piperoll.release.bulletin.glossary import glossary_of
from piperoll.release.bulletin.quality import quality_section
from piperoll.release.bulletin.revisions import revisions_section
from piperoll.release.revisions import Revisions
from piperoll.release.sentences import Sentence


def bulletin(
    register: Register,
    publication: Publication,
    book: Workbook,
    figures: Mapping[str, Figure],
    points: tuple[tuple[Sentence, ...], ...],
    texts: Mapping[str, tuple[tuple[Sentence, ...], ...]],
    revisions: Revisions,
    facts: Facts,
) -> str:
    """The page ``index.html`` of an edition.

    Args:
        register, publication: What is declared.
        book: The edition's workbook; its tables are offered for download.
        figures: Charts by name; their files are ``charts/<name>.svg``.
        points: Main points, the sentences of each.
        texts: Paragraphs of each section by its key.
        revisions: Against the edition before.
        facts: What is said beside the figures.
    """
    main = bullets(map(joined, points)) if points else paragraph("No figures can be given.")
    sections = [Section("correction", "Correction", correction_section(book, facts.notice))] if facts.notice else []
    sections += [Section("main-points", "Main points", main)]
    sections += [
        Section(
            f"section-{section.key}",
            section.title,
            analysis_section(section, texts.get(section.key, ()), figures, book),
        )
        for section in publication.sections
    ]
    sections += [
        Section("data", "Data", data_section(book, facts)),
        Section("quality", "Quality and caveats", quality_section(book, facts)),
        Section("revisions", "Revisions", revisions_section(register, publication, book, revisions, facts.record)),
        Section("editions", "Earlier editions", editions_section(facts)),
        Section("disclosure", "What may be shown", shown_section(book, facts)),
        Section("methods", "Methods and sources", methods_section(register, publication, facts)),
        *glossary_of(register, publication),
        Section("symbols", "Symbols", symbols_section(book)),
        Section("about", "About this release", about_section(publication, facts)),
    ]
    return render_page(
        f"{publication.title}: {facts.period.words}",
        lead=publication.summary,
        banner=(warning(facts.warned) if facts.warned else Markup()) + correction_banner(facts.notice),
        body=head_of(publication, facts),
        sections=sections,
        site=publication.producer or register.owner,
        description=publication.summary[:155],
        author=publication.producer or register.owner,
        footer=facts.licence,
        contents=True,
    )
