"""Court statistics, quarterly and annual, counted again from what the courts sent, by means of their own."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
QUARTERLY, PERIOD = "court_statistics_quarterly", "2012Q1"
FIRST, LAST = dt.date(2012, 1, 1), dt.date(2012, 3, 31)
CHILDREN = {"P", "C"}


def cells(sent: Sent, table: str, **codes: str) -> dict[str, float | None]:
    """Values by measure of the quarter."""
    found = sent.cells(QUARTERLY, table, PERIOD).filter(period=PERIOD, **codes)
    return dict(found.select("measure", "value").iter_rows())


def by(sent: Sent, table: str, dimension: str, measure: str, period: str = PERIOD) -> dict[str, float]:
    """Values of one measure by code, those that are zero left out."""
    found = sent.cells(QUARTERLY, table, PERIOD).filter(period=period, measure=measure)
    return {code: value for code, value in found.select(dimension, "value").iter_rows() if value}


def inside(name: str) -> pl.Expr:
    return pl.col(name).is_between(FIRST, LAST)


def counted(frame: pl.DataFrame, name: str, total: str = "all") -> dict[str, float]:
    found = dict(frame.group_by(name).len().iter_rows())
    return {**found, total: frame.height}


# County courts


def claims(sent: Sent) -> pl.DataFrame:
    """Every claim number once, those that came online alone among them."""
    held = sent.states("caseman.claim")
    online = sent.states("pcol.pcol_claim").join(held, on="claim_number", how="anti")
    mortgage = pl.col("claim_type") == "MORTGAGE_ARREARS"
    typed = pl.when(mortgage).then(pl.lit("POSS_MORT")).otherwise(pl.lit("POSS_LL"))
    return pl.concat([
        held.select("claim_number", "issue_date", "claim_type", "track", "defence_date", "allocation_date"),
        online.select("claim_number", "issue_date", typed.alias("claim_type")),
    ], how="diagonal").unique("claim_number")  # fmt: skip


def test_claims_by_type_their_defences_and_tracks(sent: Sent) -> None:
    every = claims(sent)
    issued = every.filter(inside("issue_date"))
    assert by(sent, "county_claims", "claim_type", "claims_issued") == counted(issued, "claim_type")
    assert issued.height > 1000
    assert by(sent, "county_claims", "claim_type", "county_defences") == counted(
        every.filter(inside("defence_date")), "claim_type"
    )
    small = every.filter(inside("allocation_date"), track="SMALL")
    assert by(sent, "county_claims", "claim_type", "small_track") == counted(small, "claim_type")


def test_possession_claims_are_those_of_mortgage_and_landlord_statistics(sent: Sent) -> None:
    theirs = sent.cells("mortgage_and_landlord_possession", "national", PERIOD).filter(period=PERIOD, measure="claims")
    mine = by(sent, "county_claims", "claim_type", "claims_issued")
    assert theirs.filter(claim_type="all")["value"].to_list() == [mine["POSS_MORT"] + mine["POSS_LL"]]
    assert theirs.filter(claim_type="mortgage")["value"][0] == mine["POSS_MORT"]


def test_enforcement_and_hearings_of_county_courts(sent: Sent) -> None:
    events = sent.states("caseman.claim_event").filter(inside("event_date"))
    kinds = dict(events.group_by("event_type").len().iter_rows())
    found = cells(sent, "county_enforcement", region="K04000001")
    names = {
        "county_judgments": "JUDGMENT", "warrants_execution": "WARRANT_EXEC", "warrants_delivery": "WARRANT_DELIV",
        "warrants_possession": "WARRANT_POSS", "warrants_committal": "WARRANT_COMMITTAL", "attachments": "AOE",
        "charging_orders": "CHARGING_ORDER", "third_party_orders": "TPDO",
    }  # fmt: skip
    assert found == {measure: kinds.get(event, 0) for measure, event in names.items()}
    every = sent.states("caseman.claim_event").filter(pl.col("event_type") == "HEARING_SMALL")
    first = every.group_by("claim_number").agg(pl.col("event_date").min()).filter(inside("event_date"))
    weeks = first.join(claims(sent), on="claim_number").select(
        (pl.col("event_date") - pl.col("issue_date")).dt.total_days() / 7
    )
    hearings = cells(sent, "county_hearings", region="K04000001")
    assert hearings["small_hearings"] == first.height > 0
    assert hearings["mean_weeks_to_hearing"] == pytest.approx(weeks.to_series().mean())
    assert hearings["median_weeks_to_hearing"] == pytest.approx(weeks.to_series().median())


# Family courts


def family_events(sent: Sent) -> pl.DataFrame:
    """Events that count, with the letter of their case and the day that counts."""
    return (
        sent.states("familyman.event")
        .filter(error="N")
        .with_columns(letter=pl.col("case_number").str.slice(4, 1), day=pl.coalesce("receipt_date", "entry_date"))
    )


def applied(sent: Sent) -> pl.DataFrame:
    """A row an application and a type of order."""
    fields = sent.states("familyman.event_field").filter(pl.col("field_model").str.ends_with("_AT"))
    types = fields.select("event", pl.col("value").str.split(",").alias("type")).explode("type").unique()
    return family_events(sent).filter(pl.col("event_model").is_in(["U22", "G50"])).join(types, on="event")


def law(sent: Sent) -> pl.Expr:
    public = [
        each.code for each in sent.register.codes["family_application_type"].codes if each.attributes["law"] == "public"
    ]
    private = (pl.col("letter") != "C") & ~pl.col("type").is_in(public)
    return pl.when(private).then(pl.lit("private")).otherwise(pl.lit("public"))


def children(sent: Sent, events: pl.DataFrame) -> pl.DataFrame:
    """A row an event and a child, by name or else every child of the case."""
    roles = sent.states("familyman.role").filter(pl.col("role_model").is_in(["CHLDC", "CHLDZ"]), delete_flag="N")
    fields = sent.states("familyman.event_field").filter(pl.col("field_model").str.ends_with("_CH"))
    named: dict[str, set[str]] = {}
    for event, role in fields.select("event", "role").iter_rows():
        named.setdefault(event, set()).add(role)
    of_case: dict[str, list[str]] = {}
    for case, role in roles.select("case_number", "role").iter_rows():
        of_case.setdefault(case, []).append(role)
    rows = []
    for event, case in events.select("event", "case_number").unique().iter_rows():
        mine = of_case.get(case, [])
        kept = [role for role in mine if role in named.get(event, ())] or mine
        rows.extend({"event": event, "child": role} for role in kept)
    return events.join(pl.DataFrame(rows, schema={"event": pl.String, "child": pl.String}), on="event")


def test_family_cases_started_by_area_of_law(sent: Sent) -> None:
    cases = applied(sent).with_columns(law=law(sent)).group_by("case_number").agg(
        pl.col("day").min(), pl.col("letter").first(), (pl.col("law") == "private").any().alias("private")
    ).filter(inside("day"))  # fmt: skip
    of = {"D": "matrimonial", "F": "domestic_violence", "A": "adoption", "Z": "adoption"}
    names = [
        of.get(letter, "private" if private else "public")
        for letter, private in cases.select("letter", "private").iter_rows()
    ]
    names += ["forced_marriage"] * sent.states("fmpo.fmpo_case").filter(inside("start_date")).height
    expected = {name: names.count(name) for name in set(names)}
    assert by(sent, "family_cases", "law", "family_started") == {**expected, "all": len(names)}


def test_cases_closed_by_their_last_final_order_or_by_the_court(sent: Sent) -> None:
    interim = {str(number) for number in range(40, 46)}
    numbers = dict(
        sent.states("familyman.event_field").filter(field_model="ORD_OC").select("event", "value").iter_rows()
    )
    started = set(applied(sent)["case_number"])
    last: dict[str, dict[str, dt.date]] = {}
    kinds = {each.code: each.attributes["kind"] for each in sent.register.codes["family_event_model"].codes}
    for event, case, model, day in family_events(sent).select("event", "case_number", "event_model", "day").iter_rows():
        kind = kinds[model]
        if kind in ("refused", "no_order"):
            kind = "final"
        elif kind == "order":
            kind = "interim" if model == "D84" or numbers.get(event) in interim else "final"
        mine = last.setdefault(case, {})
        mine[kind] = max(day, mine.get(kind, day))
    closed = 0
    never = dt.date.min
    for case in started:
        mine = last[case]
        final, held, shut, again = (mine.get(kind, never) for kind in ("final", "interim", "close", "reopen"))
        day = never
        if final > never and held <= final and again <= final:
            day = final
        elif shut > never and shut >= max(held, final) and again < shut:
            day = shut
        closed += FIRST <= day <= LAST
    closed += sent.states("fmpo.fmpo_case").filter(inside("conclude_date")).height
    assert by(sent, "family_cases", "law", "family_closed")["all"] == closed > 50


def test_children_act_applications(sent: Sent) -> None:
    rows = children(sent, applied(sent).filter(pl.col("letter").is_in(CHILDREN)).with_columns(law=law(sent)))
    first = rows.with_columns(year=pl.col("day").dt.year(), later=pl.col("event_model") != "U22").sort(
        "later", "day", "event"
    ).unique(["case_number", "child", "type", "year"], keep="first", maintain_order=True)  # fmt: skip
    for name in ("public", "private"):
        quarter = rows.filter(inside("day"), law=name)
        found = cells(sent, "children_applications", children_law=name)
        assert found == {
            "ca_applications": quarter["event"].n_unique(),
            "ca_orders_applied_for": quarter.select("event", "type").n_unique(),
            "children_in_applications": first.filter(inside("day"), law=name).height,
            "individual_children": quarter["child"].n_unique(),
        }
        assert quarter.height > 10


def test_children_act_disposals_and_times(sent: Sent) -> None:
    kinds = {each.code: each.attributes["kind"] for each in sent.register.codes["family_event_model"].codes}
    orders = {each.code: each.attributes for each in sent.register.codes["family_order"].codes}
    events = family_events(sent).filter(pl.col("letter").is_in(CHILDREN)).with_columns(
        kind=pl.col("event_model").replace_strict(kinds)
    )  # fmt: skip
    numbers = sent.states("familyman.event_field").filter(field_model="ORD_OC").select("event", number="value")
    made = events.filter(kind="order").join(numbers, on="event")
    made = made.with_columns(
        disposal=pl.when(pl.col("number").replace_strict({k: v["kind"] for k, v in orders.items()}) == "interim")
        .then(pl.lit("interim")).otherwise(pl.lit("made")),
        law=pl.when((pl.col("letter") == "C") | (pl.col("number").cast(pl.Int64) < 19))
        .then(pl.lit("public")).otherwise(pl.lit("private")),
    )  # fmt: skip
    withdrawn = sent.states("familyman.event_field").filter(field_model="G63_AT").select(
        "event", pl.col("value").str.split(",").alias("type")
    ).explode("type").unique()  # fmt: skip
    rest = events.filter(pl.col("kind").is_in(["refused", "no_order"])).with_columns(type=pl.lit("CN"))
    rest = pl.concat([rest, events.filter(kind="withdrawn").join(withdrawn, on="event")])
    rest = rest.with_columns(disposal=pl.col("kind"), law=law(sent))
    columns = ["event", "case_number", "event_model", "day", "disposal", "law"]
    every = children(sent, pl.concat([made.select(columns), rest.select(columns)]))
    for name in ("public", "private"):
        quarter = every.filter(inside("day"), law=name)
        told = dict(quarter.group_by("disposal").len().iter_rows())
        found = cells(sent, "children_disposals", children_law=name)
        assert found["ca_disposals"] == quarter.filter(pl.col("disposal") != "interim").height > 5
        assert found["ca_disposals_made"] == told.get("made", 0)
        assert found["ca_disposals_withdrawn"] == told.get("withdrawn", 0)
        assert found["ca_orders_made"] == quarter.filter(disposal="made")["event"].n_unique()
    _care(sent, every)


def _care(sent: Sent, disposals: pl.DataFrame) -> None:
    """Care proceedings, from the applications and these disposals."""
    issue = sent.states("familyman.event_field").filter(field_model="FM2C_DI").select("event", issued="value")
    rows = children(sent, applied(sent).filter(pl.col("type").is_in(["CRO", "SO"]), letter="C"))
    rows = rows.join(issue, on="event", how="left").with_columns(
        begun=pl.min_horizontal("day", pl.col("issued").str.to_date())
    )  # fmt: skip
    # Of a child with both types of order the first of each type begins on the same day or later: the earliest counts.
    begun = rows.sort("day", "event").unique(["case_number", "child", "type"], keep="first", maintain_order=True)
    ends = disposals.filter(
        pl.col("disposal") != "interim", law="public"
    ).filter(~pl.col("event_model").is_in(["C21", "C27", "C30", "C31", "C33", "C35B", "C44", "C45A", "C45B", "C46A", "C47",
                                           "C48", "C49"]))  # fmt: skip
    timed = begun.join(ends.select("case_number", "child", end="day"), on=["case_number", "child"]).filter(
        pl.col("end") >= pl.col("begun")
    ).group_by("case_number", "child", "type", "begun").agg(pl.col("end").min())  # fmt: skip
    one = timed.sort("begun", "type").unique(["case_number", "child"], keep="first", maintain_order=True)
    quarter = one.filter(inside("end")).select(days=(pl.col("end") - pl.col("begun")).dt.total_days())["days"]
    found = cells(sent, "care", region="K04000001")
    assert found["care_disposals"] == len(quarter) > 5
    assert found["care_in_26_share"] == pytest.approx(100 * (quarter <= 182).mean())
    assert found["care_mean_weeks"] == pytest.approx(quarter.mean() / 7)
    assert found["care_median_weeks"] == pytest.approx(quarter.median() / 7)


def test_domestic_violence_divorce_and_adoption(sent: Sent) -> None:
    wanted = applied(sent).filter(pl.col("type").is_in(["ENM", "ONM", "EO", "ONO"])).filter(inside("day"))
    events = family_events(sent).filter(inside("day"))
    found = cells(sent, "domestic_violence", region="K04000001")
    assert found["dv_applications"] == wanted["event"].n_unique() > 0
    assert found["dv_non_molestation"] == wanted.filter(pl.col("type").is_in(["ENM", "ONM"])).height
    assert found["dv_non_molestation_ex_parte"] == wanted.filter(type="ENM").height
    assert found["dv_occupation"] == wanted.filter(pl.col("type").is_in(["EO", "ONO"])).height
    assert found["dv_orders"] == events.filter(event_model="FL404").height
    assert found["dv_arrest"] == events.filter(event_model="FL406").height
    found = cells(sent, "matrimonial", region="K04000001")
    petitions = applied(sent).filter(pl.col("type").is_in(["DIV", "JS", "NUL"])).group_by("case_number").agg(
        pl.col("day").min()
    )  # fmt: skip
    assert found["matrimonial_petitions"] == petitions.filter(inside("day")).height > 20
    for measure, model in (("decrees_nisi", "D84"), ("decrees_absolute", "D37")):
        first = family_events(sent).filter(event_model=model).group_by("case_number").agg(pl.col("day").min())
        assert found[measure] == first.filter(inside("day")).height
    adopted = children(sent, family_events(sent).filter(event_model="A76").filter(inside("day")))
    assert found["adoption_orders"] == adopted.select("case_number", "child").n_unique()


def test_forced_marriage_against_what_was_sent(sent: Sent) -> None:
    asked = sent.rows("fmpo.fmpo_application").filter(inside("application_date"))
    assert by(sent, "forced_marriage", "applicant", "fm_applications") == counted(asked, "applicant_type")
    assert by(sent, "forced_marriage_ages", "protected_age", "fm_applications") == counted(asked, "subject_age_group")
    decided = sent.rows("fmpo.fmpo_disposal").filter(inside("disposal_date"))
    assert by(sent, "forced_marriage_disposals", "disposal", "fm_disposals") == counted(decided, "disposal_type")
    arrest = decided.filter(disposal_type="ORDER_MADE", power_of_arrest="Y").height
    assert by(sent, "forced_marriage_disposals", "disposal", "fm_orders_arrest")["all"] == arrest


# Criminal courts


def test_crown_court_cases_and_stock(sent: Sent) -> None:
    cases = sent.states("crest.cc_case")
    assert by(sent, "crown_cases", "case_type", "crown_receipts") == counted(
        cases.filter(inside("receipt_date")), "case_type"
    )
    assert by(sent, "crown_cases", "case_type", "crown_disposals") == counted(
        cases.filter(inside("disposal_date")), "case_type"
    )
    march = sent.rows("crest.cc_workload").filter(_period="2012-03")
    stock = dict(
        march.group_by("case_type").agg(pl.col("outstanding").sum()).filter(pl.col("outstanding") > 0).iter_rows()
    )
    assert by(sent, "crown_cases", "case_type", "crown_stock") == {**stock, "all": sum(stock.values())}
    still = cases.filter(pl.col("receipt_date") <= LAST, (pl.col("disposal_date") > LAST).fill_null(True))
    days = [(LAST - each).days for each in still["receipt_date"]]
    bands = {"UNDER_3": 91, "FROM_3": 183, "FROM_6": 274, "FROM_9": 365, "FROM_12": 100_000}
    ages = [next(band for band, under in bands.items() if each < under) for each in days]
    aged = sent.cells(QUARTERLY, "crown_ages", PERIOD).filter(period=PERIOD, case_type="all")
    found = {code: value for code, value in aged.select("age", "value").iter_rows() if value}
    assert found == counted(pl.DataFrame({"age": ages}), "age")


def test_trials_of_both_criminal_courts(sent: Sent) -> None:
    for dataset, table, mark in (("crest.cc_hearing", "crown_trials", "crown"), ("libra.mc_hearing", "magistrates_trials", "mc")):  # fmt: skip
        trials = sent.states(dataset).filter(pl.col("listed_as_trial"), inside("hearing_date"))
        for region, of in (("K04000001", trials), ("NE", trials.filter(_supplier="NE"))):
            told = dict(of.group_by("trial_outcome").len().iter_rows())
            found = cells(sent, table, region=region)
            went = {each: told.get(each.upper(), 0) for each in ("effective", "cracked", "ineffective")}
            assert {each: found[f"{mark}_{each}"] for each in went} == went
            assert found[f"{mark}_vacated"] == told.get("VACATED", 0)
            assert found[f"{mark}_cracked_rate"] == pytest.approx(100 * went["cracked"] / sum(went.values()))


def test_pleas_and_waiting_times(sent: Sent) -> None:
    pleas = sent.states("crest.cc_count").group_by("court_code", "case_no", "def_no").agg(
        pl.col("disposal_date").max(), pl.col("disposal_date").is_not_null().all().alias("done"),
        pl.col("plea").ne_missing("G").any().alias("other"), pl.col("plea").is_not_null().any().alias("any"),
    ).filter("done", inside("disposal_date"))  # fmt: skip
    trials = sent.states("crest.cc_case").filter(pl.col("case_type").str.starts_with("TRIAL"))
    tried = pleas.drop("disposal_date").join(trials, on=["court_code", "case_no"])
    found = cells(sent, "crown_pleas", case_type="all")
    assert found["crown_defendants"] == tried.height > 20
    assert found["crown_pleaded"] == tried["any"].sum()
    assert found["crown_guilty"] == (~tried["other"]).sum()
    assert found["guilty_plea_rate"] == pytest.approx(100 * (~tried["other"]).sum() / tried["any"].sum())
    custody = tried.join(sent.states("crest.cc_defendant"), on=["court_code", "case_no", "def_no"]).filter(
        pl.col("remand_status").is_in(["PB", "PR"])
    )  # fmt: skip
    waited = (custody["main_hearing_start"] - custody["receipt_date"]).dt.total_days()
    found = cells(sent, "crown_waiting", remand="CUSTODY", plea="all")
    assert found["crown_defendants"] == custody.height
    assert found["crown_wait_median"] == pytest.approx(waited.median() / 7)
    assert found["crown_hearing_hours"] == pytest.approx(custody["hearing_minutes"].mean() / 60)


def test_proceedings_completed_by_magistrates(sent: Sent) -> None:
    seriousness = {"CI": 1, "CE": 1, "CS": 2, "CR": 2, "CM": 3, "CB": 4}
    kinds = {1: "INDICTABLE", 2: "SUMMARY", 3: "MOTORING", 4: "BREACH"}
    youths = {(case, number): youth for case, number, youth in
              sent.states("libra.mc_defendant").select("case_no", "def_id", "youth").iter_rows()}  # fmt: skip
    expected: dict[str, int] = {}
    for (case, number), of in sent.states("libra.mc_offence").group_by("case_no", "def_id"):
        gone = of["completion_date"].null_count() or of["committed_to_cc_date"].drop_nulls().len()
        if gone or not FIRST <= of["completion_date"].max() <= LAST:
            continue
        kind = "YOUTH" if youths[case, number] else kinds[min(seriousness[each] for each in of["category"])]
        expected[kind] = expected.get(kind, 0) + 1
    found = sent.cells(QUARTERLY, "magistrates", PERIOD).filter(
        period=PERIOD, measure="mc_completed", region="K04000001"
    )
    values = {code: value for code, value in found.select("proceedings", "value").iter_rows() if value}
    assert values == {**expected, "all": sum(expected.values())}


def test_fines(sent: Sent) -> None:
    rows = sent.states("libra.fines_account")
    quarter = rows.filter(pl.col("_period").is_in(["2012-01", "2012-02", "2012-03"]))
    found = cells(sent, "fines", region="K04000001")
    assert found["fines_imposed"] == quarter["imposed"].sum() > 0
    assert found["fines_collected"] == quarter["collected"].sum()
    cancelled = quarter["cancelled_administrative"].sum() + quarter["cancelled_legal"].sum()
    assert found["fines_cancelled"] == cancelled
    # The last that was sent of every account by the end of the quarter.
    last = rows.filter(pl.col("_period") <= "2012-03").sort("_period").unique("account_no", keep="last")
    assert found["fines_outstanding"] == last["outstanding"].sum()


# The annual volume


def test_the_annual_volume_adds_up_the_quarters(sent: Sent) -> None:
    """What happens in a quarter is of one quarter of its year alone; a year's stock is that of December."""
    annual = "judicial_and_court_statistics"
    flows = {
        "county_claims": "claims_issued", "county_enforcement": "county_judgments", "family_cases": "family_started",
        "children_disposals": "ca_disposals", "domestic_violence": "dv_orders", "forced_marriage": "fm_applications",
        "crown_cases": "crown_disposals", "crown_trials": "crown_cracked", "magistrates": "mc_completed",
        "fines": "fines_collected",
    }  # fmt: skip
    quarters = ["2011Q1", "2011Q2", "2011Q3", "2011Q4"]
    for table, measure in flows.items():
        year = sent.cells(annual, table, "2011").filter(period="2011", measure=measure)
        parts = sent.cells(QUARTERLY, table, "2011Q4").filter(pl.col("period").is_in(quarters), measure=measure)
        names = list(next(each for each in sent.register.publications[annual].tables if each.name == table).rows)
        # The code of what is not known stands at two levels.
        added = parts.unique(["period", *names]).group_by(names).agg(pl.col("value").sum())
        both = year.unique(names).join(added, on=names, how="full", suffix="_added")
        assert both["value"].to_list() == both["value_added"].to_list()
        assert year["value"].sum() > 0
    stock = sent.cells(annual, "crown_cases", "2011").filter(period="2011", measure="crown_stock", case_type="all")
    december = sent.rows("crest.cc_workload").filter(_period="2011-12")["outstanding"].sum()
    assert stock["value"].to_list() == [december]


def test_individual_children_of_a_year_are_not_those_of_its_quarters_added(sent: Sent) -> None:
    rows = children(sent, applied(sent).filter(pl.col("letter").is_in(CHILDREN)).with_columns(law=law(sent)))
    year = rows.filter(pl.col("day").dt.year() == 2011, law="private")
    found = sent.cells("judicial_and_court_statistics", "children_applications", "2011").filter(
        period="2011", measure="individual_children", children_law="private"
    )  # fmt: skip
    assert found["value"].to_list() == [year["child"].n_unique()]
    quarters = sum(of["child"].n_unique() for _, of in year.group_by(pl.col("day").dt.quarter()))
    assert quarters > year["child"].n_unique()


def test_money_claims_by_county_court(sent: Sent) -> None:
    kinds = ["SPEC", "UNSPEC_PI", "UNSPEC_OTHER"]
    held = sent.states("caseman.claim").filter(
        pl.col("claim_type").is_in(kinds), pl.col("issue_date").dt.year() == 2011
    )
    found = sent.cells("judicial_and_court_statistics", "county_courts", "2011").filter(
        pl.col("court_level") == "court", period="2011"
    )  # fmt: skip
    courts = {code: value for code, value in found.select("court", "value").iter_rows() if value}
    assert courts == dict(held.group_by("court_code").len().iter_rows())
