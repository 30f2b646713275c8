"""Datasets that a linkage makes: which fields they have, by what is linked.

A linkage by keys gives one row a matched pair of records: the key of either, each field of it named by the input it
comes from (``libra_case_no``), and ``step``, the position of the key that matched them, from 1. A linkage by weights
gives one row a record: ``dataset``, ``record`` (its key in the store, parts joined by ``/``) and ``person``, a
pseudonym that holds within the dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.linkage import Declared


STEP = "step"
DATASET, RECORD, PERSON = "dataset", "record", "person"


def linked_fields(declared: Declared, datasets: Mapping[str, Dataset]) -> tuple[Field, ...]:
    """Fields that a dataset of this linkage has: their name, type, class and, of keys, key domain.

    Args:
        datasets: Those that are linked, by ``source.dataset``.
    """
    if not declared.steps:
        return (Field(DATASET, "str", "A"), Field(RECORD, "str", "L"), Field(PERSON, "str", "L"))
    return (*(_named(name, field) for name, field in _keys(declared, datasets)), Field(STEP, "int", "A"))


def key_column(given: str, field: str) -> str:
    """``case_no`` of the input ``libra`` is ``libra_case_no``."""
    return f"{given}_{field}"


def _keys(declared: Declared, datasets: Mapping[str, Dataset]) -> Iterator[tuple[str, Field]]:
    for given in declared.inputs:
        dataset = datasets[given.dataset]
        for name in dataset.key:
            yield given.name, dataset.field(name)


def _named(given: str, field: Field) -> Field:
    return replace(field, name=key_column(given, field.name))
