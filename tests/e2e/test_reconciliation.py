"""What is published is the truth: without faults to the last claim; with faults, every one of them accounted for."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median

import polars as pl
import pytest

from piperoll.journal import open_journal
from piperoll.periods import Period
from piperoll.register import load
from piperoll.simulate import account as accounts
from piperoll.simulate.gather import gather
from tests.e2e.conftest import ROOT, World, piperoll


TYPES: dict[str, tuple[str, ...]] = {
    "all": ("MORTGAGE", "SOCIAL", "PRIVATE", "ACCELERATED"),
    "mortgage": ("MORTGAGE",),
    "landlord": ("SOCIAL", "PRIVATE", "ACCELERATED"),
    "SOCIAL": ("SOCIAL",),
    "PRIVATE": ("PRIVATE",),
    "ACCELERATED": ("ACCELERATED",),
}
ORDERS = ("ORDER_OUTRIGHT", "ORDER_SUSPENDED")
# The world begins with these: no claim, and no event of a claim, came before.
FULL = ("2011Q1", "2011Q2", "2011Q3", "2011Q4", "2012Q1", "2012Q2")


class Truth:
    """The simulated truth, counted by hand: claims by the day of issue, events by the day of each claim's first."""

    def __init__(self, directory: Path) -> None:
        claims = pl.read_parquet(directory / "claims.parquet").filter(
            pl.col("claim_type").is_in(["POSS_MORT", "POSS_LL"]), pl.col("deleted").is_null()
        )
        events = pl.read_parquet(directory / "events.parquet").sort("event_date", "event_seq")
        self.claims = claims.rename({"possession_subtype": "kind", "local_authority": "place"})
        self._first = {
            name: events.filter(pl.col("event_type").is_in(kinds))
            .group_by("claim_number", maintain_order=True)
            .agg(pl.col("event_date").first(), pl.col("event_type").first())
            for name, kinds in (
                ("orders", ORDERS),
                ("warrants", ("WARRANT_POSS",)),
                ("repossessions", ("REPOSSESSION",)),
            )
        }

    def first(self, name: str) -> pl.DataFrame:
        """Possession claims with their first event of a kind: the claim's columns, ``event_date``, ``event_type``."""
        return self.claims.join(self._first[name], on="claim_number")

    def rows(self, measure: str) -> pl.DataFrame:
        """The claims that a count counts, with the day ``on`` which they count."""
        if measure in ("claims", "claims_online"):
            online = pl.lit(True) if measure == "claims" else pl.col("issue_channel") == "PCOL"
            return self.claims.filter(online).with_columns(on="issue_date")
        name, _, kind = measure.partition("_")
        found = self.first(name).with_columns(on="event_date")
        return found.filter(pl.col("event_type") == f"ORDER_{kind.upper()}") if kind else found

    def count(self, measure: str, claim_type: str, period: str) -> int:
        return self.rows(measure).filter(_in(Period.parse(period), claim_type)).height


def _in(period: Period, claim_type: str) -> pl.Expr:
    return pl.col("on").is_between(period.start, period.end) & pl.col("kind").is_in(TYPES[claim_type])


@pytest.fixture(scope="session")
def truth(clean: World) -> Truth:
    return Truth(clean.home / "truth")


def shown(world: World, table: str) -> Iterator[tuple[str, str, str, str, str, dict[str, str]]]:
    """Each national cell of a table: measure, period, claim type, value and status as written, and its row."""
    for row in world.table(table):
        for name in row:
            if f"{name}_status" in row:
                yield name, row["period"], row["claim_type_code"], row[name], row[f"{name}_status"], row


def known(period: str) -> bool:
    """Whether every delivery of the period came."""
    quarters = [period] if "Q" in period else [str(each) for each in Period.parse(period).within("quarter")]
    return all(each in FULL for each in quarters)


def half_up(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


# --- without faults ---------------------------------------------------------------------------------------------------


def test_nothing_is_refused(clean: World) -> None:
    files = pl.read_parquet(clean.home / "truth" / "files.parquet")
    sent = files.filter(pl.col("file") != "")
    told = re.fullmatch(
        r"([\d,]+) files: ([\d,]+) accepted(?:; ([\d,]+) accepted with queries)?(?:; ([\d,]+) not available)?\. "
        r"([\d,]+) rows kept, 0 refused, [\d,]+ quer(?:y|ies) to send\.",
        clean.collected.splitlines()[-1],
    )
    assert told, clean.collected[-500:]
    count, accepted, asked, none, kept = (int((each or "0").replace(",", "")) for each in told.groups())
    assert count == accepted + asked + none == sent.height
    assert kept == sent["rows_written"].sum() == sent["rows_true"].sum()
    # Rows are asked about only where there are many or few of them, which chance alone brings.
    assert asked < count / 8
    assert set(files["fate"]) <= {"on_time", "nothing_to_send", "not_available"}


def test_every_published_national_count_is_the_truth(clean: World, truth: Truth) -> None:
    compared = defaultdict(int)
    for table in ("national", "online"):
        for measure, period, claim_type, value, status, _ in shown(clean, table):
            if measure == "online_share" or not known(period):
                continue
            assert (value, status) == (str(truth.count(measure, claim_type, period)), ""), (measure, period, claim_type)
            compared[measure] += 1
    # Six kinds of claim in six quarters and a year of each measure.
    assert dict(compared) == dict.fromkeys(
        ("claims", "orders", "orders_outright", "orders_suspended", "warrants", "repossessions", "claims_online"), 42
    )


def test_the_counts_are_no_trifles(truth: Truth) -> None:
    for measure, least in (("claims", 1000), ("orders", 700), ("warrants", 300), ("repossessions", 100)):
        assert truth.count(measure, "all", "2012Q2") > least
    assert 0 < truth.count("claims_online", "all", "2012Q2") < truth.count("claims", "all", "2012Q2")
    assert truth.count("claims_online", "ACCELERATED", "2012Q2") == 0


@pytest.mark.parametrize(("table", "measures"), [
    ("claims", ["claims"]), ("orders", ["orders", "orders_outright", "orders_suspended"]), ("warrants", ["warrants"]),
    ("repossessions", ["repossessions"]),
])  # fmt: skip
def test_local_counts_are_the_truth_suppressed_below_8_and_rounded_to_5(
    table: str, measures: list[str], clean: World, truth: Truth
) -> None:
    counts = {
        measure: truth.rows(measure)
        .filter(pl.col("on").is_between(dt.date(2012, 4, 1), dt.date(2012, 6, 30)))
        .group_by("place", "kind")
        .len()
        .rows_by_key(["place", "kind"], unique=True)
        for measure in measures
    }
    compared = hidden = beside = 0
    for row in clean.table(table):
        if row["period"] != "2012Q2" or not re.fullmatch(r"[EW]0[6-9]\d{6}", row["geography_code"]):
            continue
        for measure in measures:
            kinds = TYPES[row["claim_type_code"]]
            exact = sum(counts[measure].get((row["geography_code"], kind), (0,))[0] for kind in kinds)
            rounded = str((exact + 2) // 5 * 5)
            expected = (rounded, "") if exact >= 8 else ("", "c")
            found = row[measure], row[f"{measure}_status"]
            if exact >= 8 and found == ("", "c"):
                beside += 1  # hidden so that a smaller count cannot be worked out
            else:
                assert found == expected, (row["geography"], measure, exact)
            compared += 1
            hidden += exact < 8
    assert beside < 0.1 * compared
    assert compared > 1500 * len(measures) and hidden > 0
    assert hidden < compared or table == "repossessions"


def test_changes_are_of_the_exact_counts(clean: World, truth: Truth) -> None:
    compared = 0
    for measure, period, claim_type, value, status, _ in shown(clean, "national_change"):
        if period not in ("2012Q1", "2012Q2"):
            continue
        count, earlier = measure.removesuffix("_change"), period.replace("2012", "2011")
        before, after = (truth.count(count, claim_type, each) for each in (earlier, period))
        if before == 0:
            assert (value, status) == ("", "z"), (measure, period, claim_type)
            continue
        percent = half_up(Decimal(100 * (after - before)) / before, 0)
        assert (Decimal(value), status) == (percent, ""), (measure, period, claim_type, before, after)
        compared += 1
    assert compared > 30


def test_weeks_are_mean_and_true_median_of_days_over_seven(clean: World, truth: Truth) -> None:
    names = {"order": "orders", "warrant": "warrants", "repossession": "repossessions"}
    compared = 0
    for measure, period, claim_type, value, status, _ in shown(clean, "timeliness"):
        if not known(period):
            continue
        what, _, event = measure.partition("_weeks_to_")
        found = truth.first(names[event]).with_columns(on="event_date").filter(_in(Period.parse(period), claim_type))
        days = [
            (event_date - issued).days for event_date, issued in found.select("event_date", "issue_date").iter_rows()
        ]
        if not days:
            assert (value, status) == ("", "z")
            continue
        middle = Decimal(str(median(days))) if what == "median" else Decimal(sum(days)) / len(days)
        assert abs(Decimal(value) - middle / 7) <= Decimal("0.0500001") and status == "", (measure, claim_type)
        compared += 1
    assert compared > 120


def test_cohorts_are_followed_for_quarters_of_three_months(clean: World, truth: Truth) -> None:
    names = {"order": "orders", "warrant": "warrants", "repossession": "repossessions"}
    end = Period.parse("2012Q2").end
    compared = 0
    for measure, period, claim_type, value, status, row in shown(clean, "progression"):
        steps = int(row["within_code"])
        quarter = Period.parse(period)
        followed = quarter.shift(steps).end <= end
        if not known(period):
            continue
        claims = truth.rows("claims").filter(_in(quarter, claim_type))
        if not followed:
            assert (value, status) == ("", "x"), (measure, period, steps)
            continue
        events = truth.first(names[measure.removeprefix("reached_")]).filter(
            pl.col("claim_number").is_in(claims["claim_number"].implode()),
            pl.col("event_date") <= pl.col("issue_date").dt.offset_by(f"{3 * steps}mo"),
        )
        share = Decimal(100 * events.height) / claims.height
        assert (Decimal(value), status) == (half_up(share, 1), ""), (measure, period, claim_type, steps)
        compared += 1
    assert compared > 60


def test_both_systems_are_merged(clean: World) -> None:
    """Claims of Possession Claim Online are in CaseMan too: together they are no more than CaseMan's."""
    traced = piperoll(clean.home, "table", "mortgage_and_landlord_possession", "national", "--period", "2012Q2",
                      "--format", "csv")  # fmt: skip
    assert traced.splitlines()[0].startswith("period,")
    rows = pl.read_parquet(clean.home / "truth" / "claims.parquet")
    assert rows["claim_number"].is_unique().all()
    manifest = (clean.release / "manifest.json").read_text(encoding="utf-8")
    assert '"pcol.pcol_claim"' in manifest and '"caseman.claim"' in manifest


def test_the_edition_verifies(clean: World) -> None:
    told = piperoll(clean.home, "verify", clean.release)
    assert told.splitlines()[-1].endswith(": verified") and "does not hold" not in told


# --- with faults ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def accounted(spoilt: World) -> accounts.Accounting:
    directory = spoilt.home / "truth"
    _, files = accounts.read_truth(directory)
    journal = open_journal(spoilt.home / "journal.sqlite3")
    try:
        return accounts.account(directory, **gather(journal, load(ROOT / "justice"), files))
    finally:
        journal.close()


def test_every_kind_of_fault_was_put_in(accounted: accounts.Accounting) -> None:
    assert accounted.faults.height > 150
    assert accounted.by_kind.height >= 14


def test_every_row_that_was_written_is_kept_or_refused(accounted: accounts.Accounting) -> None:
    assert accounted.unbalanced.height == 0
    rows = accounted.rows
    assert rows["written"] == rows["kept"] + rows["refused"] + rows["whole"] + rows["known"]
    assert min(rows.values()) > 0


def test_every_fault_is_named_and_has_its_answer(accounted: accounts.Accounting) -> None:
    assert accounted.by_kind["seeded"].sum() == accounted.faults.height
    by_kind = accounted.by_kind.select(*accounts.ANSWERS).sum_horizontal()
    assert by_kind.equals(accounted.by_kind["seeded"].cast(by_kind.dtype), check_names=False)
    refused = accounted.faults.filter(pl.col("answer").is_in(["refused", "told"]), pl.col("row").is_not_null())
    whole = accounted.files.filter(pl.col("verdict").is_in(accounts.NOT_IN))["file"]
    told = refused.filter(~pl.col("file").is_in(whole.implode()))
    assert told.height > 30 and told["rule"].null_count() == 0


def test_what_no_rule_catches_is_said(accounted: accounts.Accounting, spoilt: World) -> None:
    share = accounted.share_not_noticed
    assert 0 < share < 0.5
    said = piperoll(spoilt.home, "simulate", "--account")
    assert f"{share:.1%} of them no rule caught" in said
    for kind in accounted.by_kind["kind"]:
        assert f"  {kind}: " in said
    # A value exchanged for another valid one cannot be seen; a file that says nothing of its end can.
    missed = set(accounted.faults.filter(pl.col("answer") == "not_noticed")["kind"])
    assert missed and not missed & {"missing", "twice", "truncated_file", "truncated_row", "late"}


def test_the_truth_is_what_was_accepted_and_what_was_refused(accounted: accounts.Accounting, spoilt: World) -> None:
    """Row by row: each true row of a slot that came in is kept, or was refused; none is both, none is lost."""
    added = accounted.faults.filter(pl.col("kind").is_in(["duplicated_row", "stale_row"]))
    # What came twice is told of the first time: the bytes are the same, and so are the rows put in.
    printed = accounted.files.filter(pl.col("file") != "").select("file", "sha256")
    more = added.join(printed, on="file").group_by("sha256").len("added")
    cut = accounted.faults.filter(pl.col("kind") == "truncated_file").group_by("file").agg(pl.col("rows").sum())
    slot = ["dataset", "supplier", "period"]
    again = (
        accounted.files.filter(pl.col("fate") == "redelivered").group_by(slot).agg(whole=pl.col("rows_written").max())
    )
    files = (
        accounted.files.filter(pl.col("file") != "")
        .join(more, on="sha256", how="left")
        .join(cut, on="file", how="left")
        .join(again, on=slot, how="left")
        .with_columns(pl.col("added", "rows").fill_null(0))
    )
    for row in files.iter_rows(named=True):
        if not row["rows"]:
            assert row["rows_written"] == row["rows_true"] + row["added"], row["file"]
        elif row["whole"] is not None:  # the row in which a file was cut off may stand there in part
            assert row["rows_written"] - (row["whole"] - row["rows"]) in (0, 1), row["file"]
        else:  # of rows that were put in behind the cut nothing is told
            assert 0 <= row["rows_written"] - (row["rows_true"] + row["added"] - row["rows"]) <= 1 + row["rows"], row[
                "file"
            ]
        if row["verdict"] not in ("known", *accounts.NOT_IN):
            assert row["rows_in"] == row["rows_kept"] + row["rows_refused"] == row["rows_written"], row["file"]


def test_missing_suppliers_show_as_not_available_and_in_titles(spoilt: World, accounted: accounts.Accounting) -> None:
    register = load(ROOT / "justice")
    names = {each.key: each.name for group in register.suppliers.values() for each in group.suppliers}
    areas = register.publications["mortgage_and_landlord_possession"].supplier_areas
    slots = accounted.files.filter(pl.col("dataset") == "caseman.claim", pl.col("period") >= "2012-04")
    came = pl.col("verdict").is_in(["accepted", "accepted_with_queries", "accepted_less_refused"])
    gone = set(slots["supplier"]) - set(
        slots.filter(came)
        .group_by("supplier")
        .agg(pl.col("period").n_unique())
        .filter(pl.col("period") == 3)["supplier"]
    )
    assert 0 < len(gone) < 7, "choose a seed with some missing deliveries of claims in the quarter"
    unknown = {area for supplier in gone for area in areas[supplier]}
    regions = {
        row["geography_code"]: (row["claims"], row["claims_status"])
        for row in spoilt.table("claims")
        if (row["period"], row["claim_type_code"], row["geography_level"]) == ("2012Q2", "all", "Region")
    }
    for code, (value, status) in regions.items():
        assert (status == "x") == (code in unknown or code == "not_known"), code
        assert (value == "") == (status in ("x", "c")), code
    bulletin = (spoilt.release / "index.html").read_text(encoding="utf-8")
    metadata = (spoilt.release / "tables" / "claims.csv-metadata.json").read_text(encoding="utf-8")
    for supplier in gone:
        assert re.search(rf"excluding [^<\"]*{re.escape(names[supplier])}", metadata)
        # On the page a long list stands once, at its head, and not in the name of each table.
        assert names[supplier] in bulletin
