"""Magistrates' courts and the Crown Court hang together, in truth and in what they wrote."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest

from tests.justice_world.roombench import Sent


MC, CC = ["case_no", "def_id"], ["court_code", "case_no", "def_no"]


@pytest.fixture(scope="module")
def below(sent: Sent) -> pl.DataFrame:
    """Defendants whom magistrates committed or sent, with case and first offence."""
    offences = (
        sent.rows("libra.mc_offence")
        .filter(pl.col("committed_to_cc_date").is_not_null())
        .group_by(MC)
        .agg(pl.col("offence_start").min(), pl.col("committed_to_cc_date").first())
    )
    cases = sent.rows("libra.mc_case").select("case_no", "ptiurn")
    return (
        sent.rows("libra.mc_defendant")
        .join(offences, on=MC)
        .join(cases, on="case_no")
        .with_columns(pl.col("surname", "forename").str.to_uppercase(), pl.col("dob").str.to_date(strict=False))
    )


@pytest.fixture(scope="module")
def above(sent: Sent) -> pl.DataFrame:
    """Defendants of the Crown Court, with their first offence."""
    offences = sent.now("crest.cc_count", *CC, "count_no").group_by(CC).agg(pl.col("offence_start").min())
    return (
        sent.now("crest.cc_defendant", *CC)
        .join(offences, on=CC)
        .with_columns(pl.col("surname", "forename").str.to_uppercase())
    )


@pytest.fixture(scope="module")
def links(sent: Sent) -> pl.DataFrame:
    """The truth, by the keys of both courts; ``number`` is the defendant's there."""
    return sent.truth["court_links"].select(
        pl.col("mc_case_no").alias("case_no"), "def_id", "court_code", pl.col("case_no").alias("cc_case_no"), "def_no"
    )


@pytest.fixture(scope="module")
def pairs(below: pl.DataFrame, above: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Each defendant above with the same below; columns of the Crown Court end in ``_cc``."""
    upper = above.rename({name: f"{name}_cc" for name in above.columns if name not in ("court_code", "def_no")})
    return below.join(links, on=MC).join(
        upper, left_on=["court_code", "cc_case_no", "def_no"], right_on=["court_code", "case_no_cc", "def_no"]
    )


def test_whoever_is_sent_appears_in_the_crown_court_once(
    below: pl.DataFrame, above: pl.DataFrame, pairs: pl.DataFrame
) -> None:
    assert below.height == above.height == pairs.height > 2000
    days = pairs["receipt_date_cc"] - pairs["committed_to_cc_date"]
    assert set(days.dt.total_days()) <= {0, 1, 2, 3}
    assert (pairs["offence_start"] == pairs["offence_start_cc"]).all()


def test_a_share_of_defendants_goes_up(sent: Sent, below: pl.DataFrame) -> None:
    assert 0.08 < below.height / sent.rows("libra.mc_defendant").height < 0.14


def test_the_usual_cascade_links_about_95_in_100(below: pl.DataFrame, above: pl.DataFrame, links: pl.DataFrame) -> None:
    """PTI-URN, surname and birth; else ASN and birth; else names, birth and offence within a week."""
    found = []
    for on in (["ptiurn", "surname", "dob"], ["asn", "dob"], ["forename", "surname", "dob"]):
        pairs = below.drop_nulls(on).join(above.drop_nulls(on), on=on, suffix="_cc")
        if "forename" in on:
            near = (pl.col("offence_start") - pl.col("offence_start_cc")).dt.total_days().abs() <= 7
            pairs = pairs.filter(near)
        found.append(pairs.select(*MC, "court_code", pl.col("case_no_cc").alias("cc_case_no"), "def_no"))
    linked = pl.concat(found).unique()
    above_linked = linked.select("court_code", "cc_case_no", "def_no").n_unique()
    assert 0.93 < above_linked / above.height < 0.975
    # The first key alone finds far less, so that each step of the cascade has something to do.
    assert found[0].unique().height < 0.87 * above.height
    assert linked.join(links, on=linked.columns, how="semi").height / linked.height > 0.985


def test_particulars_are_copied_or_taken_anew(pairs: pl.DataFrame) -> None:
    for name, least, most in (("surname", 0.92, 0.99), ("dob", 0.94, 0.995)):
        same = pairs.drop_nulls([name, f"{name}_cc"]).select((pl.col(name) == pl.col(f"{name}_cc")).mean()).item()
        assert least < same < most, name
    numbers = pairs.select(pl.col("ptiurn", "ptiurn_cc", "asn", "asn_cc").is_not_null().mean()).row(0)
    assert all(0.75 < share < 0.99 for share in numbers)


def test_dates_of_a_case_follow_each_other(sent: Sent) -> None:
    offences = sent.rows("libra.mc_offence")
    order = ("offence_start", "charge_date", "first_listing_date", "completion_date")
    for earlier, later in pairwise(order):
        assert (offences[earlier] <= offences[later]).all()
    waited = (offences["completion_date"] - offences["offence_start"]).dt.total_days()
    assert 15 < waited.median() < 40


def test_some_are_tried_together(sent: Sent) -> None:
    defendants = sent.rows("libra.mc_defendant")
    assert defendants["case_no"].n_unique() == sent.rows("libra.mc_case").height
    second = defendants.filter(pl.col("def_id") == 2)
    assert 0.01 < second.height / defendants.height < 0.08
    both = second.join(defendants.filter(pl.col("def_id") == 1), on="case_no", suffix="_first")
    assert both.height == second.height
    assert (both["first_hearing_date"] == both["first_hearing_date_first"]).all()
    assert (both["_supplier"] == both["_supplier_first"]).all() and (both["person"] != both["person_first"]).all()


def test_those_tried_together_stay_so_above(sent: Sent) -> None:
    second = sent.truth["court_links"].filter(pl.col("def_no") == 2)
    first = sent.truth["court_links"].filter(pl.col("def_no") == 1)
    both = second.join(first, on=["court_code", "case_no"], suffix="_first")
    assert both.height == second.height > 10
    assert (both["mc_case_no"] == both["mc_case_no_first"]).all()
    urns = sent.rows("crest.cc_defendant").drop_nulls("ptiurn").group_by("court_code", "case_no").agg(
        pl.col("ptiurn").n_unique().alias("urns"), pl.len()
    ).filter(pl.col("len") == 2)  # fmt: skip
    assert (urns["urns"] == 1).mean() > 0.9


def test_who_comes_by_summons_of_others_has_no_arrest_number(sent: Sent) -> None:
    cases = sent.rows("libra.mc_case").filter(pl.col("prosecutor").is_in(["TV", "DVLA", "LA"]))
    defendants = sent.rows("libra.mc_defendant").join(cases, on="case_no", how="semi")
    assert defendants.height > 100 and defendants["asn"].null_count() == defendants.height
    assert set(cases["initiation"]) == {"S"}


def test_cases_above_come_open_and_again_when_they_end(sent: Sent) -> None:
    steps = sent.rows("crest.cc_case").group_by("court_code", "case_no", maintain_order=True).agg("disposal_date")
    lengths = steps["disposal_date"].list.len()
    assert set(lengths) == {1, 2} and (lengths == 2).mean() > 0.8
    twice = steps.filter(lengths == 2)["disposal_date"].to_list()
    assert all(first is None and last is not None for first, last in twice)
    counts = sent.now("crest.cc_count", *CC, "count_no")
    open_still = counts["disposal_date"].is_null()
    assert 0 < open_still.mean() < 0.15
    assert counts.filter(open_still)["verdict"].null_count() == open_still.sum()


def test_cases_are_numbered_by_letter_and_year(sent: Sent) -> None:
    cases = sent.now("crest.cc_case", "court_code", "case_no")
    assert (cases["case_no"].str.slice(1, 4) == cases["receipt_date"].dt.year().cast(pl.String)).all()
    assert ((cases["case_no"].str.slice(0, 1) == "S") == (cases["case_type"] == "SENTENCE")).all()
    assert cases["court_code"].n_unique() == 76
