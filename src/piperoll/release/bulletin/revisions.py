"""The section on revisions."""

from __future__ import annotations

from markupsafe import Markup

from piperoll.present.parts import bullets, paragraph
from piperoll.present.words import number
from piperoll.register.model.publication import Publication
from piperoll.release.revisions import Revisions


def revisions_section(publication: Publication, revisions: Revisions) -> Markup:
    """How many figures differ from the edition before, and by how much."""
    if not revisions.against:
        return paragraph("No earlier edition was published from this system, so there is nothing to compare with.")
    revised = [each for each in revisions.summary if each.revised]
    compared = sum(each.compared for each in revisions.summary)
    text = paragraph(
        f"Compared with {revisions.against_words}: {number(len(revisions.revisions))} of {number(compared)} "
        "figures that both editions show differ. They are marked [r] in the tables."
    )
    if not revised:
        return text
    labels = {measure.name: measure for measure in publication.measures}
    items = []
    for each in revised:
        size = f", {each.mean_absolute:,.1f} on average and {each.largest:,.1f} at most" if each.largest else ""
        share = f" ({each.mean_relative:.1f}% of the earlier figure)" if each.mean_relative is not None else ""
        items.append(f"{labels[each.measure].label}: {each.revised:,} of {each.compared:,} figures{size}{share}")
    return text + bullets(items)
