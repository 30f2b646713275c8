"""The benchmark's contract in dataframely: rows that fail, by rule. Usage: run_dataframely.py FILE LISTS."""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import dataframely as dy
import polars as pl


path, lists = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
FORM = "^[0-9A-Z][A-Z]{2}[0-9]{5}$"


class Claim(dy.Schema):
    claim_number = dy.String(nullable=False, primary_key=True, max_length=8, regex=FORM)
    court_code = dy.String(nullable=False, check=lambda c: c.is_in(lists["court"]))
    issue_date = dy.Date(nullable=False, min=__import__("datetime").date(1990, 1, 1))
    claim_type = dy.String(nullable=False, check=lambda c: c.is_in(lists["claim_type"]))
    subtype = dy.String(nullable=True, check=lambda c: c.is_in(lists["subtype"]))
    channel = dy.String(nullable=False, check=lambda c: c.is_in(lists["channel"]))
    amount = dy.Float64(nullable=True, min=0)
    claimant_name = dy.String(nullable=False, max_length=80)
    claimant_is_org = dy.Bool(nullable=False)
    sector = dy.String(nullable=True, check=lambda c: c.is_in(lists["sector"]))
    defendant_name = dy.String(nullable=False, max_length=80)
    defendant_dob = dy.Date(nullable=True)
    property_postcode = dy.String(nullable=True, max_length=8)
    n_defendants = dy.Int64(nullable=True, min=1)
    status = dy.String(nullable=False, check=lambda c: c.is_in(lists["status"]))

    @dy.rule()
    def subtype_required(cls) -> pl.Expr:
        return ~pl.col("claim_type").is_in(["POSS_MORT", "POSS_LL"]) | pl.col("subtype").is_not_null()

    @dy.rule()
    def amount_required(cls) -> pl.Expr:
        return (pl.col("claim_type") != "SPEC") | pl.col("amount").is_not_null()

    @dy.rule()
    def born_before(cls) -> pl.Expr:
        return pl.col("defendant_dob") < pl.col("issue_date")


start = time.perf_counter()
frame = pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)
typed = frame.with_columns(pl.col(pl.String).replace("", None)).with_columns(
    pl.col("issue_date", "defendant_dob").str.to_date("%Y-%m-%d", strict=False),
    pl.col("amount").cast(pl.Float64, strict=False),
    pl.col("n_defendants").cast(pl.Int64, strict=False),
    (pl.col("claimant_is_org") == "true").alias("claimant_is_org"),
)
kept, failure = Claim.filter(typed)
kept.write_parquet(path + ".dataframely.parquet")
failing = len(failure)
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "failing": failing, "version": f"dataframely {version('dataframely')}"}))
