"""The bulletin's section on quality: how far the sources are assured, their caveats, what came, what was revised."""

from __future__ import annotations

from markupsafe import Markup

from piperoll.present.parts import bullets, heading, paragraph
from piperoll.release.caveats import Caveats


def caveats_section(found: Caveats) -> Markup:
    """Four parts under headings; a part that has nothing to say is left out."""
    html = Markup("")
    levels = [f"{each.title}: {each.level}" for each in found.sources if each.level]
    if levels:
        html += heading("How far the sources are assured", 3) + bullets(levels)
    caveats = [f"{each.title}: {text}" for each in found.sources for text in each.caveats]
    if caveats:
        html += heading("What to know of the data", 3) + bullets(caveats)
    if found.rates:
        html += heading("How much of what was owed has come", 3) + bullets([each.words for each in found.rates])
    return html + heading("What was revised", 3) + paragraph(found.revisions)
