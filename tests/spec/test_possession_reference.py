"""The possession models against a reading of their rules in plain Python, on rows drawn at random."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.derive import plan, run
from piperoll.derive.codes import create_table
from piperoll.register.model.register import Register
from piperoll.store.duck import connect
from piperoll.tabulate import tabulate


POSSESSION = "mortgage_and_landlord_possession"
TYPES = {"MORTGAGE": "POSS_MORT", "SOCIAL": "POSS_LL", "PRIVATE": "POSS_LL", "ACCELERATED": "POSS_LL"}
CLAIMANTS = {"LENDER": "MORTGAGE", "LOCAL_AUTH": "SOCIAL", "RSL": "SOCIAL", "PRIVATE_LL": "PRIVATE", "AGENT": "PRIVATE"}
EVENTS = ("ORDER_OUTRIGHT", "ORDER_SUSPENDED", "ORDER_REFUSED", "WARRANT_POSS", "WARRANT_EXEC", "REPOSSESSION")
AREAS = ("E06000001", "E06000002", "W06000001", None)

numbers = st.sampled_from([f"c{n}" for n in range(8)])
days = st.dates(dt.date(2011, 7, 1), dt.date(2012, 9, 30))
claims = st.dictionaries(
    numbers,
    st.tuples(days, st.sampled_from([*TYPES, "SPEC"]), st.sampled_from(AREAS), st.sampled_from(["AB", "AC"])),
)
online = st.dictionaries(numbers, st.tuples(days, st.sampled_from(list(CLAIMANTS)), st.sampled_from(AREAS[:3])))
events = st.lists(
    st.tuples(numbers, st.integers(1, 9), st.sampled_from(EVENTS), days), max_size=30, unique_by=lambda e: e[:2]
)

TEXT, DAY, WHOLE = pa.string(), pa.date32(), pa.int64()
CLAIM = pa.schema(
    [(n, TEXT) for n in ("claim_number", "claim_type", "possession_subtype", "property_la", "court_code")]
)
ONLINE = pa.schema([(n, TEXT) for n in ("claim_number", "claim_type", "claimant_type", "property_la", "court_code")])
EVENT = pa.schema(
    [("claim_number", TEXT), ("event_seq", WHOLE), ("event_type", TEXT), ("event_date", DAY), ("event_court", TEXT)]
)


def store(caseman, pcol, happened):
    con = connect(threads=1)
    rows = [
        {"claim_number": n, "issue_date": day, "claim_type": TYPES.get(kind, kind), "property_la": area,
         "possession_subtype": kind if kind in TYPES else None, "court_code": court}
        for n, (day, kind, area, court) in caseman.items()
    ]  # fmt: skip
    create_table(con, "caseman__claim", pa.Table.from_pylist(rows, schema=CLAIM.append(pa.field("issue_date", DAY))))
    rows = [
        {"claim_number": n, "issue_date": day, "submitted_at": dt.datetime.combine(day, dt.time(9)),
         "claim_type": "MORTGAGE_ARREARS" if who == "LENDER" else "RENT_ARREARS", "claimant_type": who,
         "property_la": area, "court_code": "AB"}
        for n, (day, who, area) in pcol.items()
    ]  # fmt: skip
    more = [pa.field("issue_date", DAY), pa.field("submitted_at", pa.timestamp("us"))]
    create_table(con, "pcol__pcol_claim", pa.Table.from_pylist(rows, schema=pa.schema([*ONLINE, *more])))
    rows = [dict(zip(EVENT.names, (*each, "AB"), strict=True)) for each in happened]
    create_table(con, "caseman__claim_event", pa.Table.from_pylist(rows, schema=EVENT))
    return con


def expected(caseman, pcol, happened):
    """Claims as (issue, type, area), and the first event of each kind, read off the rules."""
    found = {n: (day, kind, area) for n, (day, kind, area, _) in caseman.items() if kind in TYPES}
    for n, (day, who, area) in pcol.items():
        mine = found.get(n)
        found[n] = (mine[0], mine[1], mine[2] or area) if mine else (day, CLAIMANTS[who], area)
    firsts = defaultdict(dict)
    for n, seq, what, day in happened:
        kind = "order" if what in ("ORDER_OUTRIGHT", "ORDER_SUSPENDED") else what
        if n in found:
            firsts[kind][n] = min(firsts[kind].get(n, (dt.date.max, 99, "")), (day, seq, what))
    return found, firsts


def quarter(day: dt.date) -> str:
    return f"{day.year}Q{(day.month + 2) // 3}"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(claims, online, events)
def test_models_and_tables_agree_with_the_rules(justice: Register, caseman, pcol, happened) -> None:
    publication = justice.publications[POSSESSION]
    found, firsts = expected(caseman, pcol, happened)
    con = store(caseman, pcol, happened)
    try:
        planned = plan(justice, publication)
        run(con, justice, publication, planned=planned)
        rows = con.execute("SELECT claim, issue_date, possession_type, local_authority FROM claims").fetchall()
        assert {row[0]: row[1:] for row in rows} == found
        assert len(rows) == len(found)
        orders = con.execute("SELECT claim, order_date, 'ORDER_' || order_kind FROM orders").fetchall()
        assert {row[0]: row[1:] for row in orders} == {n: (d, what) for n, (d, _, what) in firsts["order"].items()}
        cells = tabulate(con, justice, publication, "national", "2012Q3", planned=planned)
    finally:
        con.close()
    national = {(r["measure"], r["period"]): r["value"] for r in cells.filter(claim_type="all").iter_rows(named=True)}
    for period in ("2011Q3", "2011Q4", "2012Q1", "2012Q2", "2012Q3"):
        issued = [n for n, (day, _, _) in found.items() if quarter(day) == period]
        assert national["claims", period] == len(issued)
        for measure, kind in (("orders", "order"), ("warrants", "WARRANT_POSS"), ("repossessions", "REPOSSESSION")):
            assert national[measure, period] == sum(quarter(day) == period for day, _, _ in firsts[kind].values())
