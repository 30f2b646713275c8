"""The truth and what the systems send agree, record by record, when nothing goes wrong."""

from __future__ import annotations

import polars as pl

from tests.justice_world.conftest import Simulated


def _sent(clean: Simulated, dataset: str) -> pl.DataFrame:
    """Every row of a dataset as text, with the month of its extract, in order."""
    files = clean.table("files").filter((pl.col("dataset") == dataset) & (pl.col("file") != ""))
    return pl.concat(
        pl.read_csv(clean.out / name, infer_schema=False).with_columns(period=pl.lit(period))
        for name, period in files.sort("period", "file").select("file", "period").iter_rows()
    )


def _last_states(clean: Simulated) -> pl.DataFrame:
    sent = _sent(clean, "caseman.claim")
    return sent.unique("claim_number", keep="last", maintain_order=True).filter(pl.col("record_status") != "D")


def test_claims_held_in_the_end_are_the_true_ones(clean: Simulated) -> None:
    true = clean.table("claims").filter(pl.col("deleted").is_null())
    held = _last_states(clean)
    both = true.join(held, on="claim_number", how="full")
    assert both.height == true.height == held.height
    for name in ("claim_type", "possession_subtype", "issue_channel", "court_code"):
        assert both[name].eq_missing(both[f"{name}_right"]).all(), name
    assert (both["issue_date"].cast(pl.String) == both["issue_date_right"]).all()


def test_the_postcode_leads_to_the_true_authority(clean: Simulated) -> None:
    districts = clean.register.codes["postcode_district"].codes
    lookup = {each.code: each.attributes["local_authority"] for each in districts}
    held = _last_states(clean).filter(pl.col("property_postcode").is_not_null())
    found = held.with_columns(
        la=pl.col("property_postcode").str.split(" ").list.first().replace_strict(lookup, default=None)
    )
    both = clean.table("claims").filter(pl.col("local_authority").is_not_null()).join(found, on="claim_number")
    assert both.height == held.height
    assert (both["la"] == both["local_authority"]).all()
    moved = both.filter(pl.col("local_authority") != pl.col("first_local_authority"))
    assert moved.height > 0


def test_deleted_claims_are_deleted_in_the_month_the_truth_says(clean: Simulated) -> None:
    true = clean.table("claims").filter(pl.col("deleted").is_not_null()).select("claim_number", "deleted")
    gone = _sent(clean, "caseman.claim").filter(pl.col("record_status") == "D").select("claim_number", "period")
    both = true.join(gone, on="claim_number", how="full")
    assert both.height == true.height == gone.height > 0
    assert (both["deleted"] == both["period"]).all()
    assert clean.table("events").join(true, on="claim_number", how="semi").height == 0


def test_amended_claims_come_again_as_amended(clean: Simulated) -> None:
    sent = _sent(clean, "caseman.claim")
    first = sent.unique("claim_number", keep="first", maintain_order=True)
    assert set(first["record_status"]) == {"N"}
    assert sent.filter(pl.col("record_status") == "N").height == first.height
    assert sent.filter(pl.col("record_status") == "A").height > 50


def test_events_are_sent_once_each_in_the_month_of_entry(clean: Simulated) -> None:
    sent = _sent(clean, "caseman.claim_event").with_columns(pl.col("event_seq").cast(pl.Int64))
    both = clean.table("events").join(sent, on=["claim_number", "event_seq"], how="full")
    assert both.height == sent.height == clean.table("events").height
    assert (both["entered"] == both["period"]).all()
    assert (both["event_type"] == both["event_type_right"]).all()
    assert (both["event_date"].cast(pl.String) == both["event_date_right"]).all()
    late = both.filter(pl.col("event_date").dt.strftime("%Y-%m") < pl.col("entered")).height / both.height
    assert 0.01 < late < 0.06


def test_a_warrants_outcome_is_known_only_once_it_happened(clean: Simulated) -> None:
    sent = _sent(clean, "caseman.claim_event")
    executed = sent.filter(pl.col("executed_date").is_not_null())
    assert executed.height > 0
    assert (executed["executed_date"].str.slice(0, 7) <= executed["period"]).all()
    assert (executed["bailiff_outcome"] == "EXECUTED").all()


def test_events_are_numbered_without_gaps(clean: Simulated) -> None:
    held = clean.table("events").group_by("claim_number").agg(
        pl.col("event_seq").max().alias("most"), pl.len(), pl.col("entered").sort_by("event_seq").alias("entered")
    )  # fmt: skip
    assert (held["most"] == held["len"]).all()
    assert held["entered"].list.eval(pl.element().str.to_date("%Y-%m", strict=False)).len() == held.height
    rising = held["entered"].list.sort() == held["entered"]
    assert rising.all()


def test_online_claims_come_again_when_an_order_is_made(clean: Simulated) -> None:
    sent = _sent(clean, "pcol.pcol_claim")
    assert {"ISSUED", "ORDER", "WITHDRAWN"} == set(sent["status"])
    again = sent.filter(pl.col("claim_number").is_duplicated())
    steps = again.group_by("claim_number", maintain_order=True).agg("status", "period")
    assert steps.height > 100
    assert all(status[0] == "ISSUED" and len(status) == 2 for status in steps["status"].to_list())


def test_names_test_the_readers(clean: Simulated) -> None:
    claims = _sent(clean, "caseman.claim")
    names = claims["defendant_name"].drop_nulls()
    assert names.filter(~names.str.contains(r"^[\x00-\x7f]*$")).len() > 5
    assert names.str.contains("'").any()
    claimants = claims["claimant_name"].drop_nulls()
    assert claimants.str.contains('"').any() and claimants.str.contains(",").any()


def test_petitions_have_a_number_each(clean: Simulated) -> None:
    petitions = clean.table("petitions")
    assert petitions.height > 100 and not petitions["petition_no"].is_duplicated().any()
    assert "debtor_name" not in petitions.columns
