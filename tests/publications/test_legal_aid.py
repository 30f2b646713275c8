"""Legal aid, counted again from what the Commission's systems sent: its statistical information and its core data sets."""

from __future__ import annotations

import polars as pl
import pytest

from tests.publications.civil import YEAR, Shown, counted, within
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PERIOD = "2011/12"
SI, CORE = "lsc_statistical_information", "lsc_core_data_sets"


def total(rows: pl.DataFrame, *columns: str) -> float:
    return sum(float(rows[each].sum()) for each in columns)


@pytest.fixture(scope="module")
def controlled(sent: Sent) -> pl.DataFrame:
    """Claims of the year that repeat no other, by the months for which they were submitted."""
    schemes = {each.code: each.attributes["scheme"] for each in sent.register.codes["cwa_fee"].codes}
    rows = within(sent.rows("cwa.claim"), "submission_month", YEAR)
    assert rows.filter(pl.col("matched_claim_id").is_not_null()).height > 0
    return rows.filter(pl.col("matched_claim_id").is_null()).with_columns(
        scheme=pl.col("fee_code").replace_strict(schemes)
    )


@pytest.fixture(scope="module")
def bills(sent: Sent) -> pl.DataFrame:
    rows = within(sent.rows("ccr_cclf.claim"), "authorised_date", YEAR)
    return rows.with_columns(
        scheme=pl.col("system").replace_strict({"CCR": "AGFS", "CCLF": "LGFS"}),
        paid=pl.col("paid_net") + pl.col("paid_vat"),
        matter=pl.struct("court_code", "case_number", "def_no"),
    )


@pytest.fixture(scope="module")
def civil(sent: Sent) -> pl.DataFrame:
    """Certificates whose first final bill was paid in the year, with all that was ever paid."""
    every = sent.rows("cis.bill")
    closed = every.filter(bill_type="FINAL").group_by("cert_ref").agg(pl.col("paid_date").min())
    paid = every.group_by("cert_ref").agg(pl.col("paid").sum())
    held = sent.states("cis.certificate").select("cert_ref", "category")
    return within(closed, "paid_date", YEAR).join(paid, on="cert_ref").join(held, on="cert_ref", how="left")


def test_every_matter_once_in_its_scheme_and_area(
    sent: Sent, controlled: pl.DataFrame, bills: pl.DataFrame, civil: pl.DataFrame
) -> None:
    found = Shown(sent, SI, "closed", PERIOD).nonzero("scheme", "matters")
    schemes = counted(controlled, "scheme") | {
        "CIVIL_REP": civil.height,
        "AGFS": bills.filter(scheme="AGFS")["matter"].n_unique(),
        "LGFS": bills.filter(scheme="LGFS")["matter"].n_unique(),
    }
    assert {code: n for code, n in found.items() if code in schemes} == schemes
    assert found["crime_higher"] == bills["matter"].n_unique() < found["AGFS"] + found["LGFS"]
    assert found["crime_lower"] == controlled.filter(area_of_law="CRIME_LOWER").height
    assert found["legal_help"] == controlled.filter(area_of_law="LEGAL_HELP").height
    assert found["mediation"] == controlled.filter(area_of_law="MEDIATION").height
    assert found["civil_representation"] == civil.height > 100
    areas = ("crime_lower", "crime_higher", "legal_help", "civil_representation", "mediation")
    assert found["all"] == sum(found[each] for each in areas)


def test_what_matters_cost(sent: Sent, controlled: pl.DataFrame, bills: pl.DataFrame, civil: pl.DataFrame) -> None:
    table = Shown(sent, SI, "closed", PERIOD)
    row = table.row(scheme="all")
    assert row["cost"] == pytest.approx(
        total(controlled, "total_value") + total(bills, "paid_net", "paid_vat") + total(civil, "paid")
    )
    assert row["average_cost"] == pytest.approx(row["cost"] / row["matters"])
    higher = table.row(scheme="crime_higher")
    assert higher["average_cost"] == pytest.approx(total(bills, "paid") / bills["matter"].n_unique())


def test_controlled_work_by_category(sent: Sent, controlled: pl.DataFrame) -> None:
    for publication in (SI, CORE):
        table = Shown(sent, publication, "controlled", PERIOD)
        expected = counted(controlled, "category") | {"all": controlled.height}
        assert table.nonzero("category", "controlled_closed") == expected
        housing = controlled.filter(category="HOUS")
        row = table.row(category="HOUS")
        assert row["controlled_cost"] == pytest.approx(total(housing, "total_value"))
        assert row["controlled_average"] == pytest.approx(total(housing, "total_value") / housing.height)


def test_matters_started_offices_and_fees(sent: Sent, controlled: pl.DataFrame) -> None:
    starts = sent.rows("cwa.matter_start").filter(pl.col("_period").is_between(pl.lit("2011-04"), pl.lit("2012-03")))
    table = Shown(sent, CORE, "controlled", PERIOD)
    by_category = dict(starts.group_by("category").agg(pl.col("started").sum()).iter_rows())
    found = table.nonzero("category", "matters_started")
    assert found.pop("all") == sum(by_category.values()) > 100
    assert found == {code: n for code, n in by_category.items() if n}
    assert table.row(category="all")["controlled_offices"] == controlled["office_code"].n_unique()
    fees = Shown(sent, CORE, "fees", PERIOD).nonzero("fee", "controlled_closed")
    assert fees == counted(controlled, "fee_code") | {"all": controlled.height}


def test_certificates_by_category(sent: Sent, civil: pl.DataFrame) -> None:
    held = sent.states("cis.certificate")
    table = Shown(sent, SI, "certificates", PERIOD)
    for measure, column in (
        ("civil_applied", "application_date"),
        ("civil_granted", "grant_date"),
        ("civil_ended", "discharge_date"),
    ):
        year = within(held, column, YEAR)
        assert table.nonzero("civil_category", measure) == counted(year, "category") | {"all": year.height}
        assert year.height > 200
    applied = within(held, "application_date", YEAR)
    row = table.row(civil_category="all")
    refused = applied.filter(status="REFUSED").height
    assert row["civil_refused_share"] == pytest.approx(100 * refused / applied.height)
    granted = within(held, "grant_date", YEAR)
    assert row["civil_median_days"] == (granted["grant_date"] - granted["application_date"]).dt.total_days().median()
    closed = Shown(sent, SI, "civil", PERIOD)
    assert closed.nonzero("civil_category", "civil_closed") == counted(civil, "category") | {"all": civil.height}
    assert closed.row(civil_category="all")["civil_cost"] == pytest.approx(total(civil, "paid"))


def test_certificates_are_those_of_the_truth(sent: Sent) -> None:
    truth = within(sent.truth("legal_aid_certificates"), "application_date", YEAR).unique("cert_ref")
    found = Shown(sent, CORE, "certificates", PERIOD).by("civil_category", "civil_applied")
    assert found["all"] == truth.height
    assert found["HOUSING"] == truth.filter(category="HOUSING").height


def test_representation_orders(sent: Sent) -> None:
    orders = sent.states("maat.rep_order")
    decided = within(orders, "decision_date", YEAR)
    table = Shown(sent, SI, "representation", PERIOD)
    granted = decided.filter(pl.col("decision_reason").is_in(["GR", "G2", "GQ"]))
    for measure, rows in (
        ("applied", within(orders, "date_received", YEAR)),
        ("decided", decided),
        ("orders_granted", granted),
        ("with_contribution", granted.filter(means_result="CONTRIBUTION")),
        ("refused_justice", decided.filter(decision_reason="FJ")),
        ("refused_means", decided.filter(decision_reason="FM")),
        ("refused_both", decided.filter(decision_reason="FB")),
    ):
        assert table.nonzero("case_type", measure) == counted(rows, "case_type") | {"all": rows.height}
        assert rows.height > 0
    row = table.row(case_type="all")
    days = (decided["decision_date"] - decided["date_received"]).dt.total_days()
    assert row["order_mean_days"] == pytest.approx(days.mean())
    assert row["grant_share"] == pytest.approx(100 * granted.height / decided.height)


@pytest.mark.parametrize("publication", [SI, CORE])
def test_bills_by_scheme_and_kind_of_case(sent: Sent, bills: pl.DataFrame, publication: str) -> None:
    cells = Shown(sent, publication, "crown", PERIOD).cells.filter(period=PERIOD)
    found = {
        (scheme, case): value
        for scheme, case, value in cells.filter(measure="bills").select("fee_scheme", "fee_case", "value").iter_rows()
        if value
    }
    expected = counted(bills, "scheme", "case_type") | {
        (scheme, "all"): n for scheme, n in counted(bills, "scheme").items()
    }
    assert found == expected
    trials = bills.filter(scheme="LGFS", case_type="GTRL")
    paid = cells.filter(measure="bills_paid", fee_scheme="LGFS", fee_case="GTRL")["value"].item()
    assert paid == pytest.approx(total(trials, "paid"))
