"""The delivery that the benchmark of collecting checks: 15 fields, made up, with faults of known kinds and counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from piperoll.register.model.codes import Code, CodeList
from piperoll.register.model.contract import Dataset, Derivation, Field, Rule
from piperoll.register.model.register import Register, Source


LISTS = {
    "court": [f"C{i:03d}" for i in range(170)],
    "claim_type": ["SPEC", "UNSPEC_PI", "POSS_MORT", "POSS_LL"],
    "subtype": ["MORTGAGE", "SOCIAL", "PRIVATE", "ACCELERATED"],
    "channel": ["COURT", "CCBC", "MCOL", "PCOL"],
    "sector": ["MORT_LENDER", "LOCAL_AUTH", "RSL", "PRIVATE", "UTILITY", "OTHER"],
    "status": ["SUBMITTED", "ISSUED", "HEARD", "ORDER"],
    "area": [f"{a}{n}" for a in ("SW", "NE", "M", "B", "LS", "CF", "BS", "EX") for n in range(1, 21)],
}
NAMES = [
    "claim_number",
    "court_code",
    "issue_date",
    "claim_type",
    "subtype",
    "channel",
    "amount",
    "claimant_name",
    "claimant_is_org",
    "sector",
    "defendant_name",
    "defendant_dob",
    "property_postcode",
    "n_defendants",
    "status",
]
TYPES = {
    "issue_date": "DATE",
    "amount": "DECIMAL(12,2)",
    "claimant_is_org": "BOOLEAN",
    "defendant_dob": "DATE",
    "n_defendants": "BIGINT",
}
RAGGED = 200_000  # one line in so many has a column too few

_ROWS = """
SELECT
  -- a claim number comes again once in 20,000 rows, half the time with the same content
  chr(CAST(48 + j % 10 AS INT)) || chr(CAST(65 + (j // 10) % 26 AS INT)) || chr(CAST(65 + (j // 260) % 26 AS INT))
    || lpad(CAST((j // 6760) % 100000 AS VARCHAR), 5, '0') AS claim_number,
  CASE WHEN h(i, 40) % 5000 = 0 THEN 'C999' ELSE 'C' || lpad(CAST(h(j, 1) % 170 AS VARCHAR), 3, '0') END AS court_code,
  CASE WHEN h(i, 41) % 4000 = 0 THEN '2012-4-31' ELSE CAST(DATE '2012-04-01' + CAST(h(j, 2) % 30 AS INT) AS VARCHAR) END
    AS issue_date,
  CASE WHEN h(i, 30) % 2000 = 0 THEN 'POSS' ELSE ['SPEC', 'UNSPEC_PI', 'POSS_MORT', 'POSS_LL'][1 + h(j, 3) % 4] END
    AS claim_type,
  CASE WHEN h(i, 42) % 1500 = 0 THEN '' WHEN h(j, 3) % 4 = 2 THEN 'MORTGAGE'
    WHEN h(j, 3) % 4 = 3 THEN ['SOCIAL', 'PRIVATE', 'ACCELERATED'][1 + h(j, 4) % 3] ELSE '' END AS subtype,
  ['COURT', 'CCBC', 'MCOL', 'PCOL'][1 + h(j, 5) % 4] AS channel,
  CASE WHEN h(i, 31) % 3000 = 0 THEN 'n/k' WHEN h(i, 32) % 3000 = 0 THEN '-10.00'
    ELSE CAST(CAST((h(j, 6) % 10000000) / 100.0 AS DECIMAL(12,2)) AS VARCHAR) END AS amount,
  'Claimant ' || CAST(h(j, 7) % 50000 AS VARCHAR) || ' Ltd' AS claimant_name,
  ['true', 'false'][1 + h(j, 8) % 2] AS claimant_is_org,
  ['MORT_LENDER', 'LOCAL_AUTH', 'RSL', 'PRIVATE', 'UTILITY', 'OTHER'][1 + h(j, 9) % 6] AS sector,
  'Surname' || CAST(h(j, 10) % 100000 AS VARCHAR) || ' Name' || CAST(h(i // 40000, 11) % 1000 AS VARCHAR)
    AS defendant_name,
  CAST(DATE '1930-01-01' + CAST(h(j, 12) % 25000 AS INT) AS VARCHAR) AS defendant_dob,
  ['SW', 'NE', 'M', 'B', 'LS', 'CF', 'BS', 'EX'][1 + h(j, 13) % 8] || CAST(1 + h(j, 14) % 20 AS VARCHAR) || ' '
    || CAST(h(j, 15) % 10 AS VARCHAR) || chr(CAST(65 + h(j, 16) % 26 AS INT)) || chr(CAST(65 + h(j, 17) % 26 AS INT))
    AS property_postcode,
  CAST(1 + h(j, 18) % 3 AS VARCHAR) AS n_defendants,
  ['SUBMITTED', 'ISSUED', 'HEARD', 'ORDER'][1 + h(j, 19) % 4] AS status
FROM (SELECT i, CASE WHEN i > 0 AND h(i, 50) % 20000 = 0 THEN i - 1 ELSE i END AS j FROM range({rows}) AS t(i))
"""


def write(path: Path, rows: int) -> None:
    """Write the delivery; the same ``rows`` give the same bytes."""
    con = duckdb.connect()
    con.execute("CREATE MACRO h(a, b) AS CAST(('0x' || left(md5(a || '/' || b), 15)) AS BIGINT)")
    straight = path.with_suffix(".straight")
    con.execute(f"COPY ({_ROWS.format(rows=rows)}) TO '{straight}' (FORMAT csv, HEADER, DELIMITER ',')").fetchall()
    con.close()
    with straight.open("rb") as file, path.open("wb") as out:
        for number, line in enumerate(file):
            ragged = number % RAGGED == RAGGED // 2
            out.write(line.rpartition(b",")[0] + b"\n" if ragged else line)
    straight.unlink()


def register(root: Path) -> Register:
    """The contract of the delivery."""
    fields = (
        Field("claim_number", "str(8)", "L", null="never", domain="claim", pattern="[0-9A-Z][A-Z]{2}[0-9]{5}"),
        Field("court_code", "code", "A", null="never", codes="court"),
        Field("issue_date", "date", "T", null="never", min=dt.date(1990, 1, 1)),
        Field("claim_type", "code", "A", null="never", codes="claim_type"),
        Field("subtype", "code", "A", codes="subtype", required_when="claim_type IN ('POSS_MORT', 'POSS_LL')"),
        Field("channel", "code", "A", null="never", codes="channel"),
        Field("amount", "dec(12,2)", "M", min=0),
        Field("claimant_name", "str(80)", "D", null="never"),
        Field("claimant_is_org", "bool", "A", null="never"),
        Field("sector", "code", "A", codes="sector"),
        Field("defendant_name", "str(80)", "D", null="never"),
        Field("defendant_dob", "date", "D"),
        Field("property_postcode", "str(8)", "D"),
        Field("n_defendants", "int", "M", min=1),
        Field("status", "code", "A", null="never", codes="status"),
    )
    dataset = Dataset(
        "claim",
        "Claims",
        "events",
        ("claim_number",),
        fields,
        cut_off="issue_date",
        derive=(
            Derivation("area", "lookup", "property_postcode", codes="area"),
            Derivation("age", "age_at", "defendant_dob", at="issue_date", type="int"),
        ),
        rules=(
            Rule(
                "B-1",
                "E",
                "no amount",
                check="claim_type <> 'SPEC' OR amount IS NOT NULL",
                fields=("amount",),
            ),
            Rule("B-2", "E", "born late", check="defendant_dob IS NULL OR defendant_dob < issue_date"),
        ),
    )
    lists = {key: CodeList(key, key, tuple(Code(each, each) for each in codes)) for key, codes in LISTS.items()}
    source = Source("bench", "Benchmark", datasets=(dataset,))
    return Register(root, "bench", "Benchmark", "", {"bench": source}, lists, {}, {}, {})
