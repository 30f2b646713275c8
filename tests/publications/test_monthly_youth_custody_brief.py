"""The monthly population brief of youth custody, counted again from snapshots, and from what is true of the people held."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION = "monthly_youth_custody_brief"


def figures(sent: Sent, table: str, measure: str, *dimensions: str, month: str) -> dict[tuple[str, ...], float]:
    """Figures of the month by codes, those that are not zero."""
    cells = sent.cells(PUBLICATION, table, month).filter(measure=measure, period=month)
    return {row[:-1]: row[-1] for row in cells.select(*dimensions, "value").iter_rows() if row[-1]}


def snapshot(sent: Sent, month: str) -> pl.DataFrame:
    """Who is in the snapshot of SACHS, with the age in whole years."""
    held = sent.rows("sachs.custody_snapshot").filter(reporting_month=month)
    ages = [
        day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        for day, born in held.select("snapshot_date", "dob").iter_rows()
    ]
    return held.with_columns(age=pl.Series(ages, dtype=pl.Int64))


@pytest.mark.parametrize("month", ["2009-06", "2011-07", "2012-03", "2012-05"])
def test_population_by_accommodation_and_who_is_18(sent: Sent, month: str) -> None:
    held = snapshot(sent, month)
    young = held.filter(pl.col("age") < 18)
    expected = Counter(young["accommodation"]) + Counter(all=young.height)
    assert figures(sent, "population", "held", "accommodation", month=month) == {(k,): n for k, n in expected.items()}
    old = held.filter(pl.col("age") >= 18)
    expected = Counter(old["accommodation"]) + Counter(all=old.height)
    assert figures(sent, "population", "held_18", "accommodation", month=month) == {
        (k,): n for k, n in expected.items()
    }


def test_places_and_their_use(sent: Sent) -> None:
    month = "2012-03"
    kind = {each.code: each.attributes["accommodation"] for each in sent.register.codes["youth_establishment"].codes}
    places: Counter[str] = Counter()
    for house, available in (
        sent.rows("sachs.bed_capacity").filter(month=month).select("establishment", "available").iter_rows()
    ):
        places[kind[house]] += available
        places["all"] += available
    assert figures(sent, "occupancy", "places", "accommodation", month=month) == {(k,): n for k, n in places.items()}
    held = snapshot(sent, month)["accommodation"]
    use = figures(sent, "occupancy", "occupancy", "accommodation", month=month)
    assert use[("all",)] == pytest.approx(100 * len(held) / places["all"])
    assert use[("YOI_U18",)] == pytest.approx(100 * held.to_list().count("YOI_U18") / places["YOI_U18"])


def test_legal_basis_age_sex_ethnicity_and_region(sent: Sent) -> None:
    month = "2011-12"
    young = snapshot(sent, month).filter(pl.col("age") < 18)
    assert young.height > 4
    basis = figures(sent, "legal_basis", "held", "legal_basis", month=month)
    assert {k: n for (k,), n in basis.items() if k != "all"} == Counter(young["legal_basis"])
    groups = ["10_14" if age <= 14 else str(age) for age in young["age"]]
    pairs = figures(sent, "characteristics", "held", "age", "sex", month=month)
    assert {k: n for k, n in pairs.items() if "all" not in k} == Counter(zip(groups, young["sex"], strict=True))
    parent = {each.code: each.parent for each in sent.register.codes["ethnicity"].codes}
    ethnic = figures(sent, "ethnicity", "held", "ethnicity", month=month)
    assert {k: n for (k,), n in ethnic.items() if k != "all"} == Counter(parent[c or "NS"] for c in young["ethnicity"])
    region = {each.code: each.parent for each in sent.register.codes["yot"].codes}
    homes = figures(sent, "regions", "held", "home", month=month)
    assert {k: n for (k,), n in homes.items() if k != "K04000001"} == Counter(
        region[each] for each in young["home_yot"]
    )


def test_the_truth_holds_the_people_of_the_snapshot(sent: Sent) -> None:
    """The world knows who was held; the brief counts no one twice while two systems run."""
    shown = figures(sent, "occupancy", "held_all", "accommodation", month="2012-05")
    both = pl.concat(
        [
            sent.rows(f"{each}.custody_snapshot").filter(reporting_month="2012-05").select("yp_id")
            for each in ("sachs", "easset")
        ]
    )
    assert both.height > shown[("all",)] == both["yp_id"].n_unique()
