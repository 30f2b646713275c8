"""The merges of the Ministry's systems, each over rows of the contracts and over cases made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from piperoll.derive.codes import create_code_tables
from piperoll.derive.merges import Made, load_came
from piperoll.derive.merges.declared import datasets_of, lists_of
from piperoll.derive.merges.run import run_merge
from piperoll.register.model.merge import Merge
from piperoll.store.duck import Connection, connect
from piperoll.store.parts import Part
from tests.justice.rulebench import Sent
from tests.justice.storebench import load_tables, rows_of
from tests.justice.test_rules import REGISTER


# Which sources a merge is of, as the Statement says; the deaths are made up from what other sources know.
SOURCES = {
    "possession_claims": {"caseman", "pcol"},
    "youth_custody": {"sachs", "easset"},
    "civil_certificates": {"cis", "ccms"},
    "incidents": {"irs"},
    "deaths": {"deaths", "irs", "nomis_iis"},
    "prison_population": {"nomis_iis"},
}
Row = dict[str, Any]


def run(merge: Merge, rows: Mapping[str, list[tuple[Sent, Row]]], came: list[Part]) -> Made:
    con = connect()
    try:
        load_tables(con, REGISTER, rows)
        return over(con, merge, came)
    finally:
        con.close()


def over(con: Connection, merge: Merge, came: list[Part]) -> Made:
    # The store's views have columns that no contract names.
    for key in datasets_of(REGISTER, merge):
        table = key.replace(".", "__")
        con.execute(f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS _row BIGINT DEFAULT 1')
        for each in REGISTER.dataset(key).derive:
            con.execute(f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS "{each.name}" VARCHAR')
    create_code_tables(con, REGISTER, lists_of(merge))
    load_came(con, came)
    return run_merge(con, merge)


@pytest.fixture(scope="module")
def contract_rows() -> dict[str, list[tuple[Sent, Row]]]:
    return rows_of(REGISTER)


@pytest.fixture
def con(contract_rows: dict[str, list[tuple[Sent, Row]]]) -> Iterator[Connection]:
    made = connect()
    load_tables(made, REGISTER, contract_rows)
    yield made
    made.close()


def test_each_merge_is_of_the_systems_that_it_names() -> None:
    assert {key: {each.partition(".")[0] for each in datasets_of(REGISTER, merge)}
            for key, merge in REGISTER.merges.items()} == SOURCES  # fmt: skip


@pytest.mark.parametrize("key", SOURCES)
def test_each_merge_runs_over_rows_of_the_contracts(key: str, con: Connection) -> None:
    found = over(con, REGISTER.merges[key], [])
    assert found.records.height > 0
    assert sum(found.merged.values()) == found.records.height
    held = [sum(each.rows for each in found.reconciled if each.side == side.name) for side in found.merge.sides]
    assert sum(each > 0 for each in held) >= 1


# --- by hand ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """Rows by dataset, months that came, and what is to be found.

    Attributes:
        things: Merged records there are to be.
        reasons: Of each difference: kind, side, field, reason.
    """

    merge: str
    what: str
    rows: Mapping[str, list[Row]]
    things: int
    reasons: list[tuple[str, str, str, str]] = field(default_factory=list)
    came: tuple[tuple[str, str, str], ...] = ()


CLAIM: Row = {"claim_number": "2AA00001", "issue_date": "2012-05-10", "court_code": "AB", "claim_type": "POSS_LL",
              "issue_channel": "PCOL", "property_la": "E06000001"}  # fmt: skip
ONLINE: Row = {**CLAIM, "claim_type": "RENT_ARREARS", "submitted_at": "2012-05-09 11:00:00"}
YOUNG: Row = {"yp_id": "00000001", "reporting_month": "2012-05", "snapshot_date": "2012-05-25", "establishment": "HII",
              "sex": "1", "home_yot": "01", "legal_basis": "DTO", "admitted": "2012-04-01"}  # fmt: skip
REPORT: Row = {"incident_no": "NOM00000001", "system": "NOMIS", "establishment": "MDI", "type": "SELF_HARM",
               "occurred_at": "2012-05-10 22:00:00", "status": "CLOSE"}  # fmt: skip
OLD: Row = {**REPORT, "incident_no": "IRS00000001", "system": "IRS", "occurred_at": "2012-05-11 01:00:00"}
HARMED: Row = {"incident_no": "NOM00000001", "seq": 1, "noms_no": "A1234BC", "role": "HARMER"}
CIS: Row = {"cert_ref": "AB00000001", "application_date": "2013-03-01", "category": "HOUSING", "status": "GRANTED",
            "updated_date": "2013-04-01"}  # fmt: skip
CCMS: Row = {**CIS, "lsc_case_ref": "300000000001", "legacy_cert_ref": "AB00000001", "updated_date": "2013-07-01"}
DIED: Row = {"death_id": "D00000001", "noms_no": "A1234BC", "establishment": "MDI", "date_of_death": "2012-05-10",
             "apparent_cause": "NATURAL", "classification_status": "PROVISIONAL", "sources": "NOMIS IIS AO"}  # fmt: skip
TOLD: Row = {**REPORT, "type": "DEATH"}
DEAD: Row = {**HARMED, "role": "DEC"}
COUNT: Row = {"system": "NOMIS", "establishment": "MDI", "day": "2012-05-10", "population": 700, "receptions": 3,
              "releases": 2, "transfers_in": 1, "transfers_out": 0, "deaths": 0}  # fmt: skip
BOTH_MONTHS = (("irs.incident", "IRS", "2012-05"), ("irs.incident", "NOMIS", "2012-05"),
               ("irs.incident", "IRS", "2012-06"), ("irs.incident", "NOMIS", "2012-06"))  # fmt: skip


def incidents(*more: Row, of: Row = OLD, prisoner: str = "A1234BC") -> dict[str, list[Row]]:
    harmed = {**HARMED, "incident_no": of["incident_no"], "noms_no": prisoner}
    return {"irs.incident": [REPORT, of, *more], "irs.participant": [HARMED, harmed]}


CASES = [
    Case("possession_claims", "one claim in both", {"caseman.claim": [CLAIM], "pcol.pcol_claim": [ONLINE]}, 1),
    Case("possession_claims", "a claim on paper", {"caseman.claim": [{**CLAIM, "issue_channel": "COURT"}]}, 1),
    Case("possession_claims", "the region did not deliver", {"pcol.pcol_claim": [ONLINE]}, 1,
         [("missing", "caseman", "", "region_missing")]),
    Case("possession_claims", "the region delivered and has it not", {"pcol.pcol_claim": [ONLINE]}, 1,
         [("missing", "caseman", "", "")], (("caseman.claim", "WAL", "2012-05"),)),
    Case("possession_claims", "the service did not deliver", {"caseman.claim": [CLAIM]}, 1,
         [("missing", "pcol", "", "service_missing")]),
    Case("possession_claims", "other days", {"caseman.claim": [CLAIM],
                                             "pcol.pcol_claim": [{**ONLINE, "issue_date": "2012-05-11"}]}, 1,
         [("differs", "pcol", "issue_date", "")]),
    Case("possession_claims", "transferred since",
         {"caseman.claim": [{**CLAIM, "court_code": "AC"}], "pcol.pcol_claim": [ONLINE],
          "caseman.claim_event": [{"claim_number": "2AA00001", "event_seq": 1, "event_court": "AC",
                                   "event_date": "2012-06-01"}]}, 1,
         [("differs", "pcol", "court", "transferred")]),
    Case("youth_custody", "in both", {"easset.custody_snapshot": [YOUNG], "sachs.custody_snapshot": [YOUNG]}, 1),
    Case("youth_custody", "two months are two records",
         {"easset.custody_snapshot": [YOUNG, {**YOUNG, "reporting_month": "2012-06", "snapshot_date": "2012-06-29"}],
          "sachs.custody_snapshot": [YOUNG]}, 2,
         [("missing", "sachs", "", "month_missing")], (("easset.custody_snapshot", "YJB", "2012-06"),)),
    Case("youth_custody", "before both ran",
         {"sachs.custody_snapshot": [{**YOUNG, "reporting_month": "2012-02", "snapshot_date": "2012-02-24"}]}, 1),
    Case("youth_custody", "not carried over",
         {"sachs.custody_snapshot": [{**YOUNG, "admitted": "2012-02-01"}]}, 1,
         [("missing", "easset", "", "not_entered_yet")],
         (("easset.custody_snapshot", "YJB", "2012-05"), ("sachs.custody_snapshot", "YJB", "2012-05"))),
    Case("youth_custody", "admitted the day before",
         {"easset.custody_snapshot": [{**YOUNG, "admitted": "2012-05-24"}]}, 1,
         [("missing", "sachs", "", "just_admitted")],
         (("easset.custody_snapshot", "YJB", "2012-05"), ("sachs.custody_snapshot", "YJB", "2012-05"))),
    Case("youth_custody", "nobody knows why",
         {"easset.custody_snapshot": [YOUNG]}, 1, [("missing", "sachs", "", "")],
         (("easset.custody_snapshot", "YJB", "2012-05"), ("sachs.custody_snapshot", "YJB", "2012-05"))),
    Case("youth_custody", "elsewhere",
         {"easset.custody_snapshot": [{**YOUNG, "establishment": "WYI"}], "sachs.custody_snapshot": [YOUNG]}, 1,
         [("differs", "sachs", "establishment", "other_site")]),
    Case("incidents", "three hours apart with one prisoner", incidents(), 1,
         [("differs", "irs", "occurred_at", "keyed_later")]),
    Case("incidents", "another prisoner", incidents(prisoner="B1234CD"), 2),
    Case("incidents", "more than a day apart", incidents(of={**OLD, "occurred_at": "2012-05-11 22:01:00"}), 2),
    Case("incidents", "a day apart", incidents(of={**OLD, "occurred_at": "2012-05-11 22:00:00"}), 1,
         [("differs", "irs", "occurred_at", "keyed_later")]),
    Case("incidents", "another family", incidents(of={**OLD, "type": "FIRE"}), 2),
    Case("incidents", "another form of the family",
         {"irs.incident": [{**REPORT, "type": "ASSAULTS"}, {**OLD, "type": "ASSAULTS1", "occurred_at": REPORT["occurred_at"]}],
          "irs.participant": [HARMED, {**HARMED, "incident_no": "IRS00000001"}]}, 1,
         [("differs", "irs", "type", "forms_differ")]),
    Case("incidents", "one report left open",
         incidents(of={**OLD, "status": "AWAN", "occurred_at": REPORT["occurred_at"]}), 1,
         [("differs", "irs", "status", "still_open")]),
    Case("incidents", "another prison", incidents(of={**OLD, "establishment": "BXI"}), 2),
    Case("civil_certificates", "carried over", {"cis.certificate": [CIS], "ccms.case": [CCMS]}, 1,
         came=(("ccms.case", "LAA", "2013-07"),)),
    Case("civil_certificates", "by the map alone",
         {"cis.certificate": [CIS], "ccms.case": [{**CCMS, "legacy_cert_ref": None}],
          "ccms.migration_map": [{"cert_ref": "AB00000001", "lsc_case_ref": "300000000001",
                                  "migrated_on": "2013-07-01"}]}, 1),
    Case("civil_certificates", "ended before", {"cis.certificate": [{**CIS, "status": "DISCHARGED"}]}, 1,
         came=(("ccms.case", "LAA", "2013-07"),)),
    Case("civil_certificates", "lost on the way", {"cis.certificate": [CIS]}, 1,
         [("missing", "ccms", "", "")], (("ccms.case", "LAA", "2013-07"),)),
    Case("civil_certificates", "CCMS has not begun", {"cis.certificate": [CIS]}, 1),
    Case("civil_certificates", "applied for before the first extract", {"ccms.case": [CCMS]}, 1,
         [("missing", "cis", "", "before_register")], (("cis.certificate", "LSC", "2013-04"),)),
    Case("civil_certificates", "its month is not there", {"ccms.case": [CCMS]}, 1,
         [("missing", "cis", "", "cis_month_missing")],
         (("cis.certificate", "LSC", "2013-01"), ("cis.certificate", "LSC", "2013-04"))),
    Case("civil_certificates", "changed afterwards",
         {"cis.certificate": [CIS], "ccms.case": [{**CCMS, "category": "FAMILY"}]}, 1,
         [("differs", "cis", "category", "changed_since")]),
    Case("deaths", "in both", {"deaths.death": [DIED], "irs.incident": [TOLD], "irs.participant": [DEAD]}, 1),
    Case("deaths", "reports have not come", {"deaths.death": [DIED]}, 1, [("missing", "incidents", "", "after_reports")]),
    Case("deaths", "still provisional", {"deaths.death": [DIED]}, 1,
         [("missing", "incidents", "", "provisional")], BOTH_MONTHS),
    Case("deaths", "final and nobody reported it", {"deaths.death": [{**DIED, "classification_status": "FINAL"}]}, 1,
         [("missing", "incidents", "", "")], BOTH_MONTHS),
    Case("deaths", "reported and not in the database",
         {"irs.incident": [TOLD], "irs.participant": [DEAD]}, 1, [("missing", "deaths", "", "")],
         (("deaths.death", "NOMS", "2012-06"),)),
    Case("deaths", "before the first reports", {"deaths.death": [{**DIED, "date_of_death": "2011-05-10"}]}, 1,
         [("missing", "incidents", "", "before_reports")], BOTH_MONTHS),
    Case("deaths", "known to casework alone", {"deaths.death": [{**DIED, "sources": "CASEWORK"}]}, 1,
         [("missing", "incidents", "", "casework")], BOTH_MONTHS),
    Case("deaths", "reported after the last extract",
         {"irs.incident": [TOLD], "irs.participant": [DEAD]}, 1, [("missing", "deaths", "", "next_edition")],
         (("deaths.death", "NOMS", "2012-04"),)),
    Case("deaths", "moved before dying",
         {"deaths.death": [{**DIED, "establishment": "BXI"}], "irs.incident": [TOLD], "irs.participant": [DEAD],
          "nomis_iis.booking": [{"book_id": "100001", "noms_no": "A1234BC"}],
          "nomis_iis.movement": [{"book_id": "100001", "movement_seq": 1, "movement_date": "2012-05-01"}]}, 1,
         [("differs", "incidents", "establishment", "in_hospital")]),
    Case("deaths", "a release by death joins",
         {"deaths.death": [DIED], "irs.incident": [TOLD], "irs.participant": [DEAD],
          "nomis_iis.booking": [{"book_id": "100001", "noms_no": "A1234BC"}],
          "nomis_iis.movement": [{"book_id": "100001", "movement_seq": 1, "movement_date": "2012-05-11",
                                  "movement_type": "REL", "reason": "DEC", "from_agy": "MDI"}]}, 1),
    Case("prison_population", "equal", {"nomis_iis.daily_population": [COUNT, {**COUNT, "system": "IIS"}]}, 1),
    Case("prison_population", "another figure",
         {"nomis_iis.daily_population": [COUNT, {**COUNT, "system": "IIS", "population": 701}]}, 1,
         [("differs", "iis", "population", "")]),
    Case("prison_population", "while it was rolled out",
         {"nomis_iis.daily_population": [{**COUNT, "system": "IIS", "day": "2010-05-10"}]}, 1,
         [("missing", "nomis", "", "before_nomis")]),
    Case("prison_population", "before the roll-out",
         {"nomis_iis.daily_population": [{**COUNT, "system": "IIS", "day": "2009-05-10"}]}, 1),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.merge}-{case.what}".replace(" ", "_"))
def test_what_becomes_of(case: Case) -> None:
    sent = {key: [(Sent(key, "WAL", "2012-05", tuple(rows)), row) for row in rows] for key, rows in case.rows.items()}
    parts = [
        Part(dataset, supplier, period, i, f"o{i}", REGISTER.dataset(dataset).mode, f"d{i}")
        for i, (dataset, supplier, period) in enumerate(case.came)
    ]
    found = run(REGISTER.merges[case.merge], sent, parts)
    assert found.records.height == case.things
    assert found.differences.select("kind", "side", "field", "reason").rows() == case.reasons
    assert found.records["day"].null_count() == 0


def test_every_reason_explains_something_by_hand() -> None:
    """A reason that no case reaches might hold of nothing; those about refused rows ask what receipts say."""
    reached = {(case.merge, reason) for case in CASES for *_, reason in case.reasons}
    by_receipts = {"region_refused", "service_refused", "rows_refused", "ended_unsaid"}
    declared = {
        (key, each.id) for key, merge in REGISTER.merges.items() for each in merge.reasons if each.id not in by_receipts
    }
    assert declared - reached == set()


def test_what_the_claimant_submitted_is_pcols_and_the_rest_casemans() -> None:
    sent = {
        "caseman.claim": [(Sent("caseman.claim", "WAL", "2012-05", (CLAIM,)), CLAIM)],
        "pcol.pcol_claim": [(Sent("pcol.pcol_claim", "WAL", "2012-05", (ONLINE,)),
                             {**ONLINE, "tenancy_type": "ASSURED", "issue_date": "2012-05-11"})],
    }  # fmt: skip
    (row,) = run(REGISTER.merges["possession_claims"], sent, []).records.iter_rows(named=True)
    assert row["issue_date"] == dt.date(2012, 5, 10) and row["tenancy_type"] == "ASSURED"
    assert row["submitted_at"] == dt.datetime(2012, 5, 9, 11) and row["in_caseman"] and row["in_pcol"]
