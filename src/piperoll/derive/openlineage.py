"""A run of a publication's models as OpenLineage events (spec 2-0-2), for catalogues that read those.

Plain JSON; nothing is sent anywhere. One COMPLETE event for each model, with its inputs, its output, their schemas, and
column lineage: direct for values, indirect for what decides which rows there are.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from piperoll.derive.columns import Leaf, origin, row_origin
from piperoll.derive.plan import Planned
from piperoll.derive.run import Result
from piperoll.register.model.register import Register


SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACETS = "https://openlineage.io/spec/facets"
PRODUCER = "https://piperoll.invalid/derive"


def events(
    register: Register, publication: str, planned: Iterable[Planned], results: Iterable[Result], at: dt.datetime
) -> list[dict[str, Any]]:
    """An event for each model that ran.

    Args:
        register: Gives the namespace.
        publication: Key of the publication.
        planned: Its models.
        results: What `piperoll.derive.run` gave.
        at: Moment of the run; the same moment, register and result keys give the same run id.
    """
    models = {each.name: each for each in planned}
    moment = at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    found = []
    for result in results:
        model = models[result.name]
        run_id = uuid.uuid5(uuid.NAMESPACE_URL, f"{register.key}/{publication}/{result.name}/{result.key}/{moment}")
        found.append(
            {
                "eventType": "COMPLETE",
                "eventTime": moment,
                "producer": PRODUCER,
                "schemaURL": SPEC,
                "run": {"runId": str(run_id)},
                "job": {
                    "namespace": register.key,
                    "name": f"{publication}.{result.name}",
                    "facets": {"sql": _facet("1-0-1/SQLJobFacet.json", query=model.model.sql, dialect="duckdb")},
                },
                "inputs": [
                    {"namespace": register.key, "name": _name(publication, name, models)}
                    for name in model.model.references
                ],
                "outputs": [_output(register, publication, model, models, result)],
            }
        )
    return found


def _output(
    register: Register, publication: str, model: Planned, models: dict[str, Planned], result: Result
) -> dict[str, Any]:
    def field(leaf: Leaf, kind: str, subtype: str) -> dict[str, Any]:
        table, column = leaf
        return {
            "namespace": register.key,
            "name": _name(publication, table, models),
            "field": column,
            "transformations": [{"type": kind, "subtype": subtype, "description": "", "masking": False}],
        }

    columns = {
        name: {"inputFields": [field(leaf, "DIRECT", "TRANSFORMATION") for leaf in origin(model, name).leaves]}
        for name in model.columns
    }
    rows = [field(leaf, "INDIRECT", "FILTER") for leaf in row_origin(model)]
    schema = [{"name": name, "type": kind} for name, kind in model.columns.items()]
    return {
        "namespace": register.key,
        "name": f"{publication}.{model.name}",
        "facets": {
            "schema": _facet("1-1-1/SchemaDatasetFacet.json", fields=schema),
            "columnLineage": _facet("1-2-0/ColumnLineageDatasetFacet.json", fields=columns, dataset=rows),
        },
        "outputFacets": {
            "outputStatistics": _facet("1-0-2/OutputStatisticsOutputDatasetFacet.json", rowCount=result.rows)
        },
    }


def _name(publication: str, table: str, models: dict[str, Planned]) -> str:
    return f"{publication}.{table}" if table in models else table.replace("__", ".", 1)


def _facet(schema: str, **values: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": f"{FACETS}/{schema}", **values}
