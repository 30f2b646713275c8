"""Tables for the press release, the Chief Inspector and the Ombudsman, against the truth of the simulated world."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.custody import deaths, incidents
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
YEAR = (dt.date(2011, 1, 1), dt.date(2011, 12, 31))
FINANCIAL = (dt.date(2010, 4, 1), dt.date(2011, 3, 31))
LATER = (dt.date(2011, 4, 1), dt.date(2012, 3, 31))


def values(sent: Sent, publication: str, table: str, edition: str, axis: str) -> dict[tuple[str, str], float | None]:
    """Cells of the edition's own period by code and measure."""
    found = sent.cells(publication, table, edition).filter(period=edition)
    return {(code, measure): value for code, measure, value in found.select(axis, "measure", "value").iter_rows()}


def shown(cells: dict[tuple[str, str], float | None], measure: str) -> dict[str, float]:
    """What is not zero of a measure, by code, the total apart."""
    return {code: value for (code, name), value in cells.items() if name == measure and value and code != "all"}


def causes(died: pl.DataFrame) -> Counter[str]:
    """Deaths by final or else apparent cause."""
    return Counter(died.select(pl.coalesce("final_cause", "apparent_cause")).to_series().to_list())


def test_press_release(sent: Sent) -> None:
    died = deaths(sent, *YEAR)
    cells = values(sent, "deaths_press_release", "causes", "2011", "cause")
    assert cells["all", "deaths"] == died.height > 0
    assert shown(cells, "deaths") == causes(died)
    assert cells["all", "provisional"] == died.filter(classification_status="PROVISIONAL").height
    assert cells["all", "deaths_change"] is None  # nobody died in the year before
    assert deaths(sent, dt.date(2010, 1, 1), dt.date(2010, 12, 31)).height == 0
    prisons = values(sent, "deaths_press_release", "prisons", "2011", "prison")
    assert shown(prisons, "deaths") == Counter(died["establishment"].to_list())
    sexes = values(sent, "deaths_press_release", "sexes", "2011", "sex")
    assert shown(sexes, "deaths") == Counter(died["sex"].to_list())
    ages = values(sent, "deaths_press_release", "ages", "2011", "age")
    assert sum(shown(ages, "deaths").values()) == died.height


@pytest.mark.parametrize(("edition", "year"), [("2010/11", FINANCIAL), ("2011/12", LATER)])
def test_chief_inspector(sent: Sent, edition: str, year: tuple[dt.date, dt.date]) -> None:
    name, rows = "chief_inspector_annual_report", incidents(sent, *year)
    harm = [each for each in rows if each["family"] == "SELF_HARM"]
    cells = values(sent, name, "incidents", edition, "sex")
    assert cells["all", "self_harm"] == len(harm) > 30
    assert cells["all", "self_harmers"] == len({each["prisoner"] for each in harm})
    assert cells["all", "assaults"] == len(rows) - len(harm)
    assert cells["all", "serious_assaults"] == sum(bool(each["serious"]) for each in rows)
    prisons = values(sent, name, "prisons", edition, "prison")
    assert shown(prisons, "self_harm") == Counter(each["prison"] for each in harm)
    assert shown(prisons, "assaults_on_staff") == Counter(each["prison"] for each in rows if each["on_staff"])
    assert shown(prisons, "deaths") == Counter(deaths(sent, *year)["establishment"].to_list())
    assert shown(values(sent, name, "causes", edition, "cause"), "deaths") == causes(deaths(sent, *year))


@pytest.mark.parametrize(("edition", "year"), [("2010/11", FINANCIAL), ("2011/12", LATER)])
def test_ombudsman(sent: Sent, edition: str, year: tuple[dt.date, dt.date]) -> None:
    name, died = "ombudsman_annual_report", deaths(sent, *year)
    cells = values(sent, name, "investigations", edition, "cause")
    assert shown(cells, "deaths") == causes(died)
    assert cells["all", "investigated"] == died["ppo_ref"].is_not_null().sum()
    whole = deaths(sent, dt.date(2009, 1, 1), dt.date(2012, 6, 30))
    reported = whole.filter(pl.col("ppo_report_date").is_between(*year))
    weeks = (reported["ppo_report_date"] - reported["date_of_death"]).dt.total_days() / 7
    reports = values(sent, name, "reports", edition, "cause")
    assert reports["all", "reported"] == reported.height
    for measure, expected in (("custody_mean_weeks", weeks.mean()), ("custody_median_weeks", weeks.median())):
        assert reports["all", measure] == (None if expected is None else pytest.approx(expected))
    places = values(sent, name, "places", edition, "place")
    assert shown(places, "deaths") == Counter(died["location"].to_list())
    harm = values(sent, name, "self_harm", edition, "sex")
    assert harm["all", "self_harm"] == sum(each["family"] == "SELF_HARM" for each in incidents(sent, *year))
