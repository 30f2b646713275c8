"""What a SQL model may read: datasets of the store, code lists, and other models. Names, columns and types."""

from __future__ import annotations

from piperoll.register.model.contract import Dataset
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.store.codetables import code_columns
from piperoll.store.types import store_schema


Columns = dict[str, str]

PLATFORM: Columns = {"_supplier": "VARCHAR", "_period": "VARCHAR", "_delivery": "VARCHAR"}


def source_name(dataset: str) -> str:
    """Name of the view of ``source.dataset``: ``source__dataset``."""
    return dataset.replace(".", "__", 1)


def dataset_columns(dataset: Dataset) -> Columns:
    """Columns of a dataset's view and their types: what the store keeps, then the platform's own."""
    return {**store_schema(dataset), **PLATFORM}


def readable(register: Register, publication: Publication) -> dict[str, Columns]:
    """Every view the models of a publication may read, by name.

    Datasets are all of the register's, or only those of `Publication.inputs` if it names any.
    """
    views = {
        source_name(f"{source.key}.{dataset.name}"): dataset_columns(dataset)
        for source, dataset in register.datasets()
        if not publication.inputs or f"{source.key}.{dataset.name}" in publication.inputs
    }
    views.update({f"codes__{key}": code_columns(codes) for key, codes in register.codes.items()})
    return views
