"""Women, men and ethnic groups at each stage, counted again from what each source sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

import polars as pl
import pytest

from tests.publications.civil import Shown, within
from tests.publications.dealt_with import CAUTIONS, crown, magistrates, proven
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
YEAR, SPAN = "2011", (dt.date(2011, 1, 1), dt.date(2011, 12, 31))
WOMEN, RACE = "women_and_cjs", "race_and_cjs"
Pairs = list[tuple[str, float]]


def pairs(frame: pl.DataFrame, column: str, weight: float = 1) -> Pairs:
    return [(code or "none", weight) for code in frame[column].to_list()]


def notices(sent: Sent, column: str) -> Pairs:
    single = within(sent.states("pnd.notice"), "issue_date", SPAN)
    told = within(sent.rows("pnd.cohort_count"), "issue_month", SPAN)
    latest = told.group_by("force_code", "issue_month").agg(pl.col("month").max())
    kept = told.join(latest, on=["force_code", "issue_month", "month"], how="inner")
    counts = [(code or "none", float(n)) for code, n in kept.select(column, "issued").iter_rows()]
    return pairs(single, column) + counts


def sent_directly(sent: Sent, stage: str, column: str) -> Pairs:
    """Stages that are rows of one dataset."""
    if stage == "NOTICE":
        return notices(sent, column)
    if stage == "SUPERVISED":
        begun = within(sent.states("probation.supervision"), "start_date", SPAN)
        return pairs(begun.filter(pl.col("supervision_type").is_in(["CO", "SSO"])), column)
    if stage == "PRISONER":
        population = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind="MONTHLY")
        return pairs(within(population, "snapshot_date", SPAN), column, 1 / 12)
    staff = within(sent.rows("oracle_hrms.staff"), "month", SPAN).filter("primary_assignment")
    in_post = staff.filter(pl.col("leave_date").is_null() | (pl.col("leave_date") >= pl.col("month").dt.month_end()))
    return pairs(in_post, column, 1 / 12)


def summed(rows: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: Counter[str] = Counter()
    for code, weight in rows:
        found[code] += weight
    return dict(found)


def shown(sent: Sent, publication: str, table: str, by: str, stage: str) -> dict[str, float]:
    measure = "people_by_sex" if publication == WOMEN else "people_by_group"
    cells = sent.cells(publication, table, YEAR).filter(measure=measure, period=YEAR, stage=stage)
    return {code: value for code, value in cells.select(by, "value").iter_rows() if value}


DIRECT = ("NOTICE", "SUPERVISED", "PRISONER", "STAFF")


@pytest.mark.parametrize("stage", DIRECT)
def test_sexes_of_stages_that_are_rows(sent: Sent, stage: str) -> None:
    expected = summed((code if code != "none" else "0", n) for code, n in sent_directly(sent, stage, "sex"))
    found = shown(sent, WOMEN, "sexes", "sex", stage)
    assert found.pop("all") == pytest.approx(sum(expected.values()))
    assert found == pytest.approx(expected)
    assert expected["1"] > 1


@pytest.mark.parametrize("stage", DIRECT)
def test_ethnic_groups_of_stages_that_are_rows(sent: Sent, stage: str) -> None:
    listed = "ethnic_appearance" if stage == "NOTICE" else "ethnicity"
    parents = {each.code: each.parent for each in sent.register.codes[listed].codes}
    expected = summed((parents.get(code, "N"), n) for code, n in sent_directly(sent, stage, "ethnicity"))
    found = shown(sent, RACE, "groups", "ethnic_group", stage)
    assert found.pop("all") == pytest.approx(sum(expected.values()))
    assert found == pytest.approx(expected)
    assert expected["W"] > 1


def test_sexes_in_courts(sent: Sent) -> None:
    occasions = [each for each in [*magistrates(sent), *crown(sent)] if each.day.year == 2011]
    stages = {
        "PROSECUTED": [each for each in occasions if each.source == "MAGISTRATES"],
        "CONVICTED": [each for each in occasions if each.convicted],
        "SENTENCED": [each for each in occasions if each.outcome],
        "CUSTODY": [each for each in occasions if each.outcome == "CUSTODY"],
    }
    for stage, rows in stages.items():
        expected = Counter(each.sex for each in rows)
        assert shown(sent, WOMEN, "sexes", "sex", stage) == dict(expected) | {"all": len(rows)}
        row = Shown(sent, WOMEN, "stages", YEAR).row(stage=stage)
        known = expected["1"] + expected["2"]
        assert row["women_at_stage_share"] == pytest.approx(100 * expected["2"] / known)
        assert 0 < expected["2"] < expected["1"]
        # The same occasions stand under ethnic groups.
        assert shown(sent, RACE, "groups", "ethnic_group", stage)["all"] == len(rows)


def test_ethnic_groups_of_those_prosecuted(sent: Sent) -> None:
    parents = {each.code: each.parent for each in sent.register.codes["ethnicity"].codes}
    people = {
        (case, number): code
        for case, number, code in sent.states("libra.mc_defendant").select("case_no", "def_id", "ethnicity").iter_rows()
    }
    done = within(sent.states("libra.mc_offence"), "completion_date", SPAN)
    occasions = set(done.select("case_no", "def_id", "completion_date").iter_rows())
    expected = Counter(parents.get(people[case, number], "N") for case, number, _ in occasions)
    assert shown(sent, RACE, "groups", "ethnic_group", "PROSECUTED") == dict(expected) | {"all": len(occasions)}
    assert len(expected) > 3


def test_cautions_and_histories(sent: Sent) -> None:
    on_pnc = [each for each in proven(sent) if each.day.year == 2011]
    cautions = [each for each in on_pnc if each.kind in CAUTIONS and not each.ho_class.startswith("8")]
    expected = Counter(each.sex for each in cautions)
    assert shown(sent, WOMEN, "sexes", "sex", "CAUTION") == dict(expected) | {"all": len(cautions)}
    assert shown(sent, RACE, "groups", "ethnic_group", "CAUTION")["all"] == len(cautions) > 50
    table = Shown(sent, WOMEN, "previous", YEAR)
    for code in ("1", "2"):
        own = [each.previous for each in on_pnc if each.sex == code]
        row = table.row(sex=code)
        assert row["occasions"] == len(own) > 10
        assert row["mean_previous_occasions"] == pytest.approx(sum(own) / len(own))
