"""Safety in custody: deaths, self-harm and assaults against the truth of the simulated world."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.custody import average_population, deaths, incidents
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, YEAR = "safety_in_custody", (dt.date(2011, 1, 1), dt.date(2011, 12, 31))
ROLLING = "2011Q1-2011Q4"


def counts(rows: list[dict[str, object]]) -> dict[str, int]:
    """The measures of some incidents."""
    harm = [each for each in rows if each["family"] == "SELF_HARM"]
    assaults = [each for each in rows if each["family"] == "ASSAULT"]
    return {
        "self_harm": len(harm),
        "self_harmers": len({each["prisoner"] for each in harm}),
        "hospital": sum(bool(each["hospital"]) for each in harm),
        "assaults": len(assaults),
        "assaults_on_prisoners": sum(bool(each["on_prisoner"]) for each in assaults),
        "assaults_on_staff": sum(bool(each["on_staff"]) for each in assaults),
        "serious_assaults": sum(bool(each["serious"]) for each in assaults),
    }


def cells(sent: Sent, table: str, edition: str, period: str, axis: str) -> dict[tuple[str, str], float | None]:
    """Cells of one period by code and measure."""
    found = sent.cells(PUBLICATION, table, edition).filter(period=period)
    return {(code, measure): value for code, measure, value in found.select(axis, "measure", "value").iter_rows()}


def test_self_harm_and_assaults_of_twelve_months(sent: Sent) -> None:
    known = counts(incidents(sent, *YEAR))
    population = average_population(sent, *YEAR)
    assert known["self_harm"] > 30 and known["assaults"] > 20 and known["serious_assaults"] > 0
    for table in ("self_harm", "assaults"):
        found = cells(sent, table, ROLLING, ROLLING, "sex")
        for measure, value in known.items():
            assert found.get(("all", measure), value) == value, measure
        assert found["all", "population"] == pytest.approx(population)
    harm = cells(sent, "self_harm", ROLLING, ROLLING, "sex")
    assert harm["all", "self_harm_rate"] == pytest.approx(1000 * known["self_harm"] / population)
    assert harm["all", "per_self_harmer"] == pytest.approx(known["self_harm"] / known["self_harmers"])
    for sex in ("0", "1", "2"):
        assert harm[sex, "population"] == pytest.approx(average_population(sent, *YEAR, sex=sex))


def test_quarters_add_up_to_the_year(sent: Sent) -> None:
    found = sent.cells(PUBLICATION, "quarters", "2012Q1").filter(sex="all")
    known = counts(incidents(sent, *YEAR))
    values = {row[:2]: row[2] for row in found.select("period", "measure", "value").iter_rows()}
    for measure in (
        "self_harm",
        "hospital",
        "assaults",
        "assaults_on_prisoners",
        "assaults_on_staff",
        "serious_assaults",
    ):
        assert values["2011", measure] == known[measure] == sum(values[f"2011Q{n}", measure] for n in (1, 2, 3, 4))
    assert (
        values["2012Q1", "self_harm"] == counts(incidents(sent, dt.date(2012, 1, 1), dt.date(2012, 3, 31)))["self_harm"]
    )


def test_deaths_by_cause_and_what_they_were(sent: Sent) -> None:
    died = deaths(sent, *YEAR)
    assert died.height > 0
    cause = Counter(died.select(pl.coalesce("final_cause", "apparent_cause")).to_series().to_list())
    found = sent.cells(PUBLICATION, "causes", "2011Q4").filter(period="2011", measure="deaths")
    by_cause = dict(found.select("cause", "value").iter_rows())
    assert by_cause.pop("all") == died.height
    assert {code: value for code, value in by_cause.items() if value} == cause
    for table, axis, column in (("statuses", "status", "custody_status"), ("places", "place", "location")):
        shown = {code: value for (code, measure), value in cells(sent, table, "2011", "2011", axis).items()
                 if measure == "deaths" and value and code != "all"}  # fmt: skip
        assert shown == Counter(died[column].to_list())
    rates = cells(sent, "rates", ROLLING, ROLLING, "sex")
    assert rates["all", "death_rate"] == pytest.approx(1000 * died.height / average_population(sent, *YEAR))


def test_prisons(sent: Sent) -> None:
    found = cells(sent, "prisons", "2011", "2011", "prison")
    rows = incidents(sent, *YEAR)
    places = {str(each["prison"]) for each in rows}
    assert len(places) > 5
    for prison in places:
        known = counts([each for each in rows if each["prison"] == prison])
        for measure in ("self_harm", "assaults", "assaults_on_staff", "serious_assaults"):
            assert found[prison, measure] == known[measure], (prison, measure)
    assert (
        sum(value or 0 for (code, m), value in found.items() if m == "self_harm" and code != "all")
        == found["all", "self_harm"]
    )
    for prison, number in Counter(deaths(sent, *YEAR)["establishment"].to_list()).items():
        assert found[prison, "deaths"] == number
