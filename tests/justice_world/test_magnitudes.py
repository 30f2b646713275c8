"""What the simulated county court does is of the size, season and shape of what is published."""

from __future__ import annotations

import polars as pl
import pytest

from justice_world.county_court.claims import online_share
from justice_world.county_court.volumes import expected, quarters
from justice_world.places import read_places
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate import build
from tests.justice_world.conftest import Simulated


SCALE = 0.02


def _possession(clean: Simulated) -> pl.DataFrame:
    return clean.table("claims").filter(pl.col("claim_type").str.starts_with("POSS"))


def test_quarters_aimed_at_lie_in_the_published_bands() -> None:
    mortgage = {quarter: row["MORTGAGE"] for quarter, row in quarters().items()}
    peak = max(mortgage, key=lambda quarter: mortgage[quarter])
    assert peak.startswith("2008") and 38_000 < mortgage[peak] < 40_000
    assert 13_000 < mortgage["2012Q2"] < 15_000
    for row in quarters().values():
        assert 22_000 < row["SOCIAL"] < 27_000
        assert 4_500 < row["PRIVATE"] < 7_000
        assert 5_000 < row["ACCELERATED"] < 9_000


def test_months_of_a_quarter_add_up_and_december_is_low() -> None:
    months = Period.parse("2010Q4").within("month")
    aims = [expected(each)["SOCIAL"] for each in months]
    assert sum(aims) == pytest.approx(quarters()["2010Q4"]["SOCIAL"])
    assert aims[2] < 0.95 * min(aims[:2])


def test_beyond_the_series_its_nearest_year_is_taken() -> None:
    assert expected(Period.parse("2014-05")).keys() == expected(Period.parse("2012-05")).keys()
    total = sum(sum(expected(each).values()) for each in Period.parse("2014Q2").within("month"))
    assert total == pytest.approx(sum(quarters()["2012Q2"].values()))


def test_simulated_quarters_follow_what_was_aimed_at(clean: Simulated) -> None:
    counted = (
        _possession(clean)
        .group_by(
            pl.format("{}Q{}", pl.col("issue_date").dt.year(), pl.col("issue_date").dt.quarter()).alias("quarter"),
            "possession_subtype",
        )
        .len()
    )
    assert counted.height == 10 * 4
    for quarter, kind, count in counted.iter_rows():
        aim = quarters()[quarter][kind] * SCALE
        assert abs(count - aim) < 5 * aim**0.5, (quarter, kind)


def test_the_first_quarter_brings_most_social_claims(clean: Simulated) -> None:
    social = _possession(clean).filter(
        (pl.col("possession_subtype") == "SOCIAL") & (pl.col("issue_date").dt.year() == 2007)
    )
    by = social.group_by(pl.col("issue_date").dt.quarter().alias("q")).len().sort("q")["len"].to_list()
    assert by[0] == max(by)


def test_orders_warrants_and_repossessions_follow_in_time(clean: Simulated) -> None:
    claims = _possession(clean).filter(pl.col("issue_date").dt.year() == 2006)
    first = (
        clean.table("events")
        .join(claims.select("claim_number", "issue_date", "possession_subtype"), on="claim_number")
        .group_by("claim_number", "possession_subtype", "event_type")
        .agg(pl.col("event_date").min(), pl.col("issue_date").first())
        .with_columns(weeks=(pl.col("event_date") - pl.col("issue_date")).dt.total_days() / 7)
    )
    mortgage = pl.col("possession_subtype") == "MORTGAGE"

    def median(event: str, where: pl.Expr) -> float:
        found = first.filter(pl.col("event_type").str.contains(event) & where)["weeks"].median()
        assert isinstance(found, float)
        return found

    assert 6 < median("^ORDER_(OUTRIGHT|SUSPENDED)", mortgage) < 9
    assert 5 < median("^ORDER_(OUTRIGHT|SUSPENDED)", ~mortgage) < 8
    assert 24 < median("^WARRANT_POSS", mortgage) < 36
    assert median("^WARRANT_POSS", ~mortgage) < 20
    assert 35 < median("^REPOSSESSION", mortgage) < 58
    assert 17 < median("^REPOSSESSION", ~mortgage) < 27
    ordered = first.filter(pl.col("event_type").str.contains("^ORDER_(OUTRIGHT|SUSPENDED)"))["claim_number"].n_unique()
    evicted = first.filter(pl.col("event_type") == "REPOSSESSION").height
    assert 0.68 < ordered / claims.height < 0.82
    assert 0.12 < evicted / claims.height < 0.25


def test_many_orders_and_warrants_of_one_claim_are_there(clean: Simulated) -> None:
    counts = clean.table("events").group_by("claim_number", "event_type").len().filter(pl.col("len") > 1)
    assert {"WARRANT_POSS", "ORDER_OUTRIGHT"} <= set(counts["event_type"])


def test_repossession_follows_an_executed_warrant_of_the_same_claim(clean: Simulated) -> None:
    events = clean.table("events")
    executed = events.filter((pl.col("event_type") == "WARRANT_POSS") & (pl.col("outcome") == "EXECUTED"))
    evicted = events.filter(pl.col("event_type") == "REPOSSESSION")
    pairs = evicted.join(executed, on="claim_number", how="left")
    assert pairs.height == evicted.height > 100
    assert (pairs["event_date"] == pairs["outcome_date_right"]).all()
    assert not evicted["claim_number"].is_duplicated().any()


def test_local_authorities_differ_by_size_and_kind(clean: Simulated, register: Register) -> None:
    places = read_places(register)
    claims = _possession(clean)
    assert claims["local_authority"].null_count() == 0
    by = claims.group_by("local_authority").len()
    size = pl.DataFrame({"local_authority": places.authorities, "households": places.households})
    joined = size.join(by, on="local_authority", how="left").with_columns(pl.col("len").fill_null(0))
    assert joined.height == 348
    assert joined.select(pl.corr("households", "len")).item() > 0.6
    share = claims.with_columns(london=pl.col("local_authority").str.starts_with("E09")).group_by("london").agg(
        (pl.col("possession_subtype") == "MORTGAGE").mean().alias("mortgage")
    )  # fmt: skip
    london, rest = (share.filter(pl.col("london") == is_london)["mortgage"].item() for is_london in (True, False))
    assert london < rest


def test_online_claims_start_in_october_2006_and_grow(clean: Simulated) -> None:
    online = _possession(clean).filter(pl.col("issue_channel") == "PCOL")
    assert str(online["issue_date"].min()) >= "2006-10-01"
    assert online.filter(pl.col("possession_subtype") == "ACCELERATED").height == 0
    shares = [online_share(Period.parse(month), "MORTGAGE") for month in ("2006-09", "2006-10", "2008-10", "2012-09")]
    assert shares[0] == 0 < shares[1] < shares[2] < shares[3] < 0.75


def test_other_claims_are_there_to_be_left_out(clean: Simulated) -> None:
    kinds = set(clean.table("claims")["claim_type"])
    assert {"SPEC", "UNSPEC_PI", "UNSPEC_OTHER", "ROG", "OTHER_NONMONEY", "POSS_MORT", "POSS_LL"} == kinds


def test_nothing_happens_on_a_day_off(clean: Simulated) -> None:
    claims = clean.table("claims")
    events = clean.table("events")
    assert claims["issue_date"].dt.weekday().max() == events["event_date"].dt.weekday().max() == 5
    assert claims.filter(pl.col("issue_date").dt.strftime("%m-%d").is_in(["12-25", "12-26", "01-01"])).height == 0


def test_a_longer_run_begins_as_a_shorter_one(register: Register) -> None:
    def first_months(last: str) -> list[pl.DataFrame]:
        world = build("justice", register, 3, 0.005, Period.parse("2006-10"), Period.parse(last))
        return [d.frame for batch in world.batches() if str(batch.period) <= "2006-11" for d in batch.deliveries]

    for short, long in zip(first_months("2006-11"), first_months("2007-02"), strict=True):
        assert short.equals(long)
