"""While linked data are developmental, regular statistics are made of nothing but what their source lets be used."""

from __future__ import annotations

from collections.abc import Iterator

from piperoll.register.loaded import Loaded, Made
from piperoll.register.model.facts import Linkage, Sharing
from piperoll.register.model.merge import Merge
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Source
from piperoll.register.shape import Path
from piperoll.register.sql import names_in


# Statistics that come again, of this producer or of another one, and what they rest on.
REGULAR = {
    "official": "official statistics",
    "third_party": "official statistics of another producer",
    "model_input": "the input of a model",
}
STATE = "developmental"


def check_developmental(loaded: Loaded) -> None:
    """Note what is made of developmental data and may not be (``PR-L090``), or does not say so (``PR-L091``).

    And what is shown of statistics before they are published without being management information (``PR-L092``).
    """
    closed = dict(_closed(loaded))
    publications = loaded.all(Publication)
    for made in publications if closed else ():
        _made_of(loaded, made, closed)
    by_key = {made.key: made.value for made in publications}
    for source in loaded.all(Source):
        for i, sharing in enumerate(source.value.entry.access if source.value.entry else ()):
            shown = by_key.get(sharing.publication)
            if sharing.before_publication and shown is not None:
                _before(loaded, source, ("entry", "access", i), sharing, shown)


def _closed(loaded: Loaded) -> Iterator[tuple[str, str]]:
    """Datasets that no regular statistics may be made of, each with the name of its project."""
    for made in loaded.all(Source):
        linkage = made.value.entry.linkage if made.value.entry else None
        if linkage is None:
            continue
        names = [each.name for each in made.value.datasets]
        for i, name in enumerate(linkage.official):
            loaded.must_be("dataset", name, names, made, ("entry", "linkage", "official", i))
        yield from _of(made.key, names, linkage)


def _of(key: str, names: list[str], linkage: Linkage) -> Iterator[tuple[str, str]]:
    for name in names if linkage.developmental else ():
        if name not in linkage.official:
            yield f"{key}.{name}", linkage.project


def _made_of(loaded: Loaded, made: Made[Publication], closed: dict[str, str]) -> None:
    publication = made.value
    regular = REGULAR.get(publication.kind, "accredited statistics" if publication.accredited else "")
    for dataset, path in _read(loaded, made):
        if dataset not in closed:
            continue
        if regular:
            said = (
                f"`{dataset}` is of the {closed[dataset]}, which is {STATE}: {regular} may not be made of it "
                f"while it is."
            )
            source = dataset.partition(".")[0]
            cure = f"Write `kind: ad_hoc`, or let sources/{source}.yaml say otherwise under `entry.linkage`."
            loaded.tell("PR-L090", made, path, said, cure)
        elif STATE not in publication.marking.casefold():
            said = f"`{dataset}` is of the {closed[dataset]}, which is {STATE}, and the publication does not say so."
            loaded.tell("PR-L091", made, ("marking",), said, f"Say it under `marking`, with the word {STATE}.")
            return


def _read(loaded: Loaded, made: Made[Publication]) -> Iterator[tuple[str, Path]]:
    """Each dataset that a publication may read, once, with the place where it is named first."""
    seen: set[str] = set()
    merges = {f"merged.{each.key}": each.value for each in loaded.all(Merge)}
    named: list[tuple[str, Path]] = [(each, ("inputs", i)) for i, each in enumerate(made.value.inputs)]
    for i, model in enumerate(made.value.models):
        text = loaded.files.read(loaded.model_file(made.key, model)) if _there(loaded, made.key, model) else None
        named += [(each.replace("__", ".", 1), ("models", i)) for each in sorted(names_in(text or "SELECT 1"))]
    for name, path in named:
        for dataset in _sides(merges[name]) if name in merges else (name,):
            if dataset not in seen:
                seen.add(dataset)
                yield dataset, path


def _there(loaded: Loaded, publication: str, model: str) -> bool:
    return loaded.model_file(publication, model) in loaded.files.names


def _sides(merge: Merge) -> list[str]:
    return sorted({name.replace("__", ".", 1) for side in merge.sides for name in names_in(side.sql)})


def _before(loaded: Loaded, source: Made[Source], path: Path, sharing: Sharing, shown: Publication) -> None:
    """Figures shown before they are published are marked, and go where the entry says that they are shown."""
    where = {*sharing.via, sharing.channel} - {""}
    faults = []
    if shown.kind != "management_information":
        faults.append("is not management information")
    if not shown.marking:
        faults.append("bears no marking")
    if where and shown.channel not in where:
        faults.append(f"does not go to {' or '.join(sorted(where))}")
    if faults:
        said = f"`{shown.key}` is shown before statistics are published, and {' and '.join(faults)}."
        cure = "Give it `kind: management_information`, a `marking`, and as `channel` where the entry says it is shown."
        loaded.tell("PR-L092", source, (*path, "publication"), said, cure)
