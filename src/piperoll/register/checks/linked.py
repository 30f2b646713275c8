"""Datasets that a linkage makes have the fields that it gives, and are owed by nobody."""

from __future__ import annotations

from piperoll.register.checks.at import At
from piperoll.register.linked import linked_fields
from piperoll.register.loaded import Loaded
from piperoll.register.model.contract import Dataset, Field, FileForm
from piperoll.register.model.linkage import Declared
from piperoll.register.model.register import Source
from piperoll.register.shape import nearest


_OWED = ("suppliers", "owed_from", "owed_to", "cut_off", "deleted", "derive", "rules", "references")


def check_linked(loaded: Loaded) -> None:
    """Note linkages that are not there (``PR-R020``) and fields other than they give (``PR-R044``)."""
    linkages = {made.key: made.value for made in loaded.all(Declared)}
    datasets = {f"{made.key}.{each.name}": each for made in loaded.all(Source) for each in made.value.datasets}
    for made in loaded.all(Source):
        for i, dataset in enumerate(made.value.datasets):
            if not dataset.linkage:
                continue
            at = At(loaded, made, ("datasets", i), dataset)
            _of_nobody(at)
            known = at.must_be("linkage", dataset.linkage, loaded.declared["linkage"], ("linkage",))
            declared = linkages.get(dataset.linkage)
            # What is wrong with the linkage itself is told there.
            if known and declared is not None and _sound(declared, datasets):
                _fields(at, linked_fields(declared, datasets))


def _of_nobody(at: At) -> None:
    for name in _OWED:
        if getattr(at.dataset, name):
            said = f"A linkage makes this dataset: nobody delivers it, so `{name}` means nothing."
            at.tell("PR-R044", (name,), said, "Leave it out.")
    if at.dataset.file != FileForm():
        at.tell("PR-R044", ("file",), "A linkage makes this dataset: there are no files of it.", "Leave it out.")
    if at.dataset.mode != "full" and at.sound("mode"):
        said = f"A run of a linkage replaces the one before, and the mode is {at.dataset.mode}."
        at.tell("PR-R044", ("mode",), said, "Write `mode: full`.")


def _sound(declared: Declared, datasets: dict[str, Dataset]) -> bool:
    """Whether everything that is linked is there, with a key."""
    linked = [datasets.get(each.dataset) for each in declared.inputs]
    if not linked:
        return False
    return all(each is not None and each.key and set(each.key) <= {f.name for f in each.fields} for each in linked)


def _fields(at: At, wanted: tuple[Field, ...]) -> None:
    names = {each.name: each for each in wanted}
    have = {each.name for each in at.dataset.fields}
    missing = [each.name for each in wanted if each.name not in have]
    if missing:
        said = f"The linkage gives {', '.join(f'`{name}`' for name in missing)}, which the dataset does not declare."
        at.tell("PR-R044", ("fields",), said, f"Its fields are {', '.join(names)}.")
    for i, field in enumerate(at.dataset.fields):
        given = names.get(field.name)
        if given is None:
            fix = nearest(field.name, names) or f"Its fields are {', '.join(names)}."
            at.tell("PR-R044", ("fields", i, "name"), f"The linkage does not give `{field.name}`.", fix)
            continue
        same = (field.type.partition("(")[0], field.cls) == (given.type.partition("(")[0], given.cls)
        if not same or (given.domain and field.domain != given.domain):
            domain = f", domain {given.domain}" if given.domain else ""
            said = f"`{field.name}` is of type {given.type} and class {given.cls}{domain}, as what is linked declares."
            at.tell("PR-R044", ("fields", i), said, "Declare it so; tokens of other domains never match.")
