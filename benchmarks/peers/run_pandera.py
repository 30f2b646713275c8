"""The benchmark's contract in pandera over Polars, eager and lazy errors. Usage: run_pandera.py FILE LISTS."""

import datetime as dt
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pandera.polars as pa
import polars as pl


path, lists = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
FORM = "^[0-9A-Z][A-Z]{2}[0-9]{5}$"


def code(name: str, null: bool = False) -> pa.Column:
    return pa.Column(pl.String, pa.Check.isin(lists[name]), nullable=null)


schema = pa.DataFrameSchema(
    {
        "claim_number": pa.Column(
            pl.String, [pa.Check.str_matches(FORM), pa.Check.str_length(max_value=8)], unique=True
        ),
        "court_code": code("court"),
        "issue_date": pa.Column(pl.Date, pa.Check.ge(dt.date(1990, 1, 1))),
        "claim_type": code("claim_type"),
        "subtype": code("subtype", True),
        "channel": code("channel"),
        "amount": pa.Column(pl.Float64, pa.Check.ge(0), nullable=True),
        "claimant_name": pa.Column(pl.String, pa.Check.str_length(max_value=80)),
        "claimant_is_org": pa.Column(pl.Boolean),
        "sector": code("sector", True),
        "defendant_name": pa.Column(pl.String, pa.Check.str_length(max_value=80)),
        "defendant_dob": pa.Column(pl.Date, nullable=True),
        "property_postcode": pa.Column(pl.String, pa.Check.str_length(max_value=8), nullable=True),
        "n_defendants": pa.Column(pl.Int64, pa.Check.ge(1), nullable=True),
        "status": code("status"),
    },
    checks=[
        pa.Check(
            lambda d: d.lazyframe.select(
                ~pl.col("claim_type").is_in(["POSS_MORT", "POSS_LL"]) | pl.col("subtype").is_not_null()
            )
        ),
        pa.Check(lambda d: d.lazyframe.select((pl.col("claim_type") != "SPEC") | pl.col("amount").is_not_null())),
        pa.Check(lambda d: d.lazyframe.select(pl.col("defendant_dob") < pl.col("issue_date"))),
    ],
)
start = time.perf_counter()
frame = pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
typed = frame.with_columns(pl.col(pl.String).replace("", None)).with_columns(
    pl.col("issue_date", "defendant_dob").str.to_date("%Y-%m-%d", strict=False),
    pl.col("amount").cast(pl.Float64, strict=False),
    pl.col("n_defendants").cast(pl.Int64, strict=False),
    (pl.col("claimant_is_org") == "true").alias("claimant_is_org"),
)
failing = 0
try:
    schema.validate(typed, lazy=True)
except pa.errors.SchemaErrors as errors:
    cases = errors.failure_cases
    failing = cases.filter(pl.col("index").is_not_null())["index"].n_unique()
typed.write_parquet(path + ".pandera.parquet")
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "failing": failing, "version": f"pandera {version('pandera')}"}))
