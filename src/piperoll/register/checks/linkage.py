"""Linkages name datasets that there are, and fields that they have."""

from __future__ import annotations

from piperoll.register.loaded import Loaded
from piperoll.register.model.linkage import Declared
from piperoll.register.model.register import Source


def check_linkages(loaded: Loaded) -> None:
    """Inputs are datasets, and fields without `optional` or a mapping are in all of them: ``PR-R020``."""
    datasets = {
        f"{made.key}.{dataset.name}": {each.name for each in dataset.fields}
        for made in loaded.all(Source)
        for dataset in made.value.datasets
    }
    for made in loaded.all(Declared):
        for position, given in enumerate(made.value.inputs):
            path = ("inputs", position, "dataset")
            if not loaded.must_be("dataset", given.dataset, datasets, made, path):
                continue
            have = set(datasets[given.dataset])
            for number, beside in enumerate(given.beside):
                at = ("inputs", position, "beside", number)
                if loaded.must_be("dataset", beside.dataset, datasets, made, (*at, "dataset")):
                    for column in (beside.column, *beside.on):
                        loaded.must_be("field", column, datasets[beside.dataset], made, at)
                have.add(beside.name)
            for column in (*given.case, *([given.rates_by] if given.rates_by else [])):
                loaded.must_be("field", column, datasets[given.dataset], made, ("inputs", position))
            for number, field in enumerate(made.value.fields):
                column = field.column(given.name)
                if column and not field.optional:
                    loaded.must_be("field", column, have, made, ("fields", number))
        for number, field in enumerate(made.value.fields):
            if field.form:
                loaded.must_be("identifier", field.form, loaded.identifiers, made, ("fields", number, "form"))
