"""What a SQL model may read: datasets of the store, code lists, and other models. Names, columns and types."""

from __future__ import annotations

from piperoll.register.model.contract import Dataset
from piperoll.register.model.merge import Merge
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register
from piperoll.store.codetables import code_columns
from piperoll.store.types import store_schema, value_type


Columns = dict[str, str]

PLATFORM: Columns = {"_supplier": "VARCHAR", "_period": "VARCHAR", "_delivery": "VARCHAR"}


def source_name(dataset: str) -> str:
    """Name of the view of ``source.dataset``: ``source__dataset``."""
    return dataset.replace(".", "__", 1)


def dataset_columns(dataset: Dataset) -> Columns:
    """Columns of a dataset's view and their types: what the store keeps, then the platform's own."""
    return {**store_schema(dataset), **PLATFORM}


def merged_name(key: str) -> str:
    """Name of the view of a merge's records: ``merged__key``."""
    return f"merged__{key}"


def merged_columns(merge: Merge) -> Columns:
    """Columns of a merge's records and their types: month, day and place, the fields, and which sides hold it."""
    own = {"month": "VARCHAR", "day": "DATE", "place": "VARCHAR"}
    fields = {each.name: value_type(each.type) for each in merge.fields}
    return {**own, **fields, **{f"in_{each.name}": "BOOLEAN" for each in merge.sides}}


def readable(register: Register, publication: Publication) -> dict[str, Columns]:
    """Every view the models of a publication may read, by name.

    Datasets and merges are all of the register's, or only those of `Publication.inputs` if it names any.
    """
    views = {
        source_name(f"{source.key}.{dataset.name}"): dataset_columns(dataset)
        for source, dataset in register.datasets()
        if not publication.inputs or f"{source.key}.{dataset.name}" in publication.inputs
    }
    views.update(
        {
            merged_name(key): merged_columns(merge)
            for key, merge in register.merges.items()
            if not publication.inputs or f"merged.{key}" in publication.inputs
        }
    )
    views.update({f"codes__{key}": code_columns(codes) for key, codes in register.codes.items()})
    return views
