"""Linkages name datasets that there are, and fields that they have; what is asked of fields, `piperoll.link` checks."""

from __future__ import annotations

from collections.abc import Iterable

from piperoll.register.loaded import Loaded, Made
from piperoll.register.model.linkage import Declared
from piperoll.register.model.register import Source
from piperoll.register.shape import Path, nearest
from piperoll.register.sql import condition


def check_linkages(loaded: Loaded) -> None:
    """Inputs are datasets, and fields without `optional` or a mapping are in all of them: ``PR-R020``."""
    datasets = {
        f"{made.key}.{dataset.name}": {each.name for each in dataset.fields}
        for made in loaded.all(Source)
        for dataset in made.value.datasets
    }
    kept = {
        f"{made.key}.{dataset.name}": dataset.store_columns
        for made in loaded.all(Source)
        for dataset in made.value.datasets
    }
    for made in loaded.all(Declared):
        for position, given in enumerate(made.value.inputs):
            path = ("inputs", position, "dataset")
            if not loaded.must_be("dataset", given.dataset, datasets, made, path):
                continue
            have = set(datasets[given.dataset])
            _where(
                loaded,
                made,
                (*path[:2], "where"),
                given.where,
                (*kept[given.dataset], *(each.name for each in given.beside)),
            )
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


def _where(loaded: Loaded, made: Made[Declared], path: Path, text: str, columns: Iterable[str]) -> None:
    """``where`` is a condition over what the store has of the dataset: ``PR-R024``, ``PR-R025``."""
    for fault in condition(text, columns) if text else ():
        code = "PR-R024" if fault.kind == "parse" else "PR-R025"
        loaded.tell(code, made, path, fault.message, nearest(fault.name, fault.names) if fault.name else "")
