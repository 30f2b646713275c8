"""The benchmark's contract in frictionless. Usage: run_frictionless.py FILE LISTS."""

import json
import os
import sys
import time
from importlib.metadata import version
from pathlib import Path

from frictionless import Checklist, Resource, Schema, system


path, lists = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))


def code(name: str, key: str, required: bool = True) -> dict:
    return {"name": name, "type": "string", "constraints": {"required": required, "enum": lists[key]}}


def text(name: str, longest: int, required: bool = True) -> dict:
    return {"name": name, "type": "string", "constraints": {"required": required, "maxLength": longest}}


number = {"required": True, "maxLength": 8, "pattern": "[0-9A-Z][A-Z]{2}[0-9]{5}"}
descriptor = {
    "fields": [
        {"name": "claim_number", "type": "string", "constraints": number},
        code("court_code", "court"),
        {"name": "issue_date", "type": "date", "constraints": {"required": True, "minimum": "1990-01-01"}},
        code("claim_type", "claim_type"),
        code("subtype", "subtype", False),
        code("channel", "channel"),
        {"name": "amount", "type": "number", "constraints": {"minimum": 0}},
        text("claimant_name", 80),
        {"name": "claimant_is_org", "type": "boolean", "constraints": {"required": True}},
        code("sector", "sector", False),
        text("defendant_name", 80),
        {"name": "defendant_dob", "type": "date"},
        text("property_postcode", 8, False),
        {"name": "n_defendants", "type": "integer", "constraints": {"minimum": 1}},
        code("status", "status"),
    ],
    "primaryKey": ["claim_number"],
}
checklist = Checklist.from_descriptor(
    {
        "checks": [
            {"type": "row-constraint", "formula": "claim_type != 'SPEC' or amount is not None"},
            {
                "type": "row-constraint",
                "formula": "claim_type not in ('POSS_MORT', 'POSS_LL') or subtype is not None",
            },
        ]
    }
)
os.chdir(os.path.dirname(path))
start = time.perf_counter()
with system.use_context(trusted=True):
    resource = Resource(path=os.path.basename(path), schema=Schema.from_descriptor(descriptor))
    report = resource.validate(checklist, limit_errors=1_000_000)
rows = {error[0] for error in report.flatten(["rowNumber"]) if error[0]}
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "failing": len(rows), "version": f"frictionless {version('frictionless')}"}))
