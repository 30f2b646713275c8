"""OpenLineage events: complete, stable, with column lineage and no rows."""

from __future__ import annotations

import datetime as dt
import json

from piperoll.derive import plan
from piperoll.derive.openlineage import events
from piperoll.derive.run import Result


AT = dt.datetime(2012, 11, 8, 9, 30, tzinfo=dt.UTC)
MODELS = {
    "lent": "SELECT loan_no, fee * 2 AS twice FROM desk__loan WHERE branch = 'N'",
    "shown": "SELECT l.twice, c.label FROM lent AS l JOIN codes__branch AS c ON c.code = l.loan_no",
}


def made(make, at: dt.datetime = AT):
    register, publication = make(MODELS)
    results = [Result("lent", "k1", 3, False), Result("shown", "k2", 2, True)]
    return events(register, "loans", plan(register, publication), results, at)


def test_an_event_for_each_model(make) -> None:
    first, second = made(make)
    assert (first["eventType"], first["eventTime"]) == ("COMPLETE", "2012-11-08T09:30:00Z")
    assert first["job"]["name"] == "loans.lent"
    assert first["inputs"] == [{"namespace": "library", "name": "desk.loan"}]
    assert [each["name"] for each in second["inputs"]] == ["codes.branch", "loans.lent"]
    assert second["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 2


def test_columns_name_their_fields(make) -> None:
    facet = made(make)[0]["outputs"][0]["facets"]["columnLineage"]
    assert [(f["name"], f["field"]) for f in facet["fields"]["twice"]["inputFields"]] == [("desk.loan", "fee")]
    assert [(f["field"], f["transformations"][0]["type"]) for f in facet["dataset"]] == [("branch", "INDIRECT")]


def test_the_same_run_gives_the_same_event(make) -> None:
    assert json.dumps(made(make)) == json.dumps(made(make))
    local = AT.astimezone(dt.timezone(dt.timedelta(hours=1)))
    assert made(make, local) == made(make)
    later = made(make, AT + dt.timedelta(seconds=1))
    assert later[0]["run"]["runId"] != made(make)[0]["run"]["runId"]
