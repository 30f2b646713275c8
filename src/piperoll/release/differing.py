"""What readers are told of figures that another publication, too, gives, and gives otherwise on purpose."""

from __future__ import annotations

from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register


def differences_told(register: Register, publication: Publication) -> list[str]:
    """A sentence for each declared difference of the publication, whichever of the two declares it."""
    labels = {each.name: each.label for each in publication.measures}
    told = []
    for key in sorted(register.publications):
        for each in register.publications[key].differences:
            pair = {key: each.publication, each.publication: key}
            other = register.publications.get(pair.get(publication.key, ""))
            if other is not None:
                label = labels.get(each.measure, each.measure)
                told.append(f"{label}: figures differ from those of {other.title}. {each.reason}")
    return told
