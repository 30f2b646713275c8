"""Deaths, self-harm and assaults counted again from the simulated world's truth, which knows each incident once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import polars as pl

from tests.publications.sent import Sent


SERIOUS = {str(number) for number in range(213161, 213173)}
UNCOUNTED = ("DUP", "NOT_REPORTABLE", "REOPENED", "WAS_CLOSED")


def incidents(sent: Sent, first: dt.date, last: dt.date) -> list[dict[str, object]]:
    """Each incident that happened in these days and that a report which counts told of, as it really was.

    Which one a report tells of is known to the world alone; no report is compared with another here.
    """
    what = {row["incident"]: row for row in sent.truth("incidents").iter_rows(named=True)}
    told: dict[int, list[str]] = defaultdict(list)
    status = dict(sent.states("irs.incident").select("incident_no", "status").iter_rows())
    for number, incident, _ in sent.truth("incident_records").iter_rows():
        if number in status and status[number] not in UNCOUNTED:
            told[incident].append(number)
    answers = defaultdict(set)
    for number, question, answer in sent.states("irs.response").select(
        "incident_no", "question_id", "response_id"
    ).iter_rows():  # fmt: skip
        answers[number].add((question, answer))
    who = {row["incident"]: row["noms_no"] for row in sent.truth("incident_people").iter_rows(named=True)
           if row["role"] == "PERP"}  # fmt: skip
    found = []
    for incident, numbers in told.items():
        row = what[incident]
        if row["family"] in ("SELF_HARM", "ASSAULT") and first <= row["occurred_at"].date() <= last:
            said = answers[max(numbers)]  # a number of NOMIS comes after one of IRS
            injuries = {answer for question, answer in said if question == "61299"} & SERIOUS
            found.append({
                "family": row["family"],
                "prison": row["establishment"],
                "prisoner": who.get(incident),
                "hospital": ("44954", "Y") in said,
                "on_staff": ("61287", "STAFF") in said,
                "on_prisoner": ("61287", "PRISONER") in said,
                "serious": bool(injuries or said & {("61285", "Y"), ("61303", "Y"), ("61305", "Y")}),
            })  # fmt: skip
    return found


def deaths(sent: Sent, first: dt.date, last: dt.date) -> pl.DataFrame:
    """Deaths in these days, as the world had them happen, with what the database says of each."""
    happened = sent.truth("deaths").filter(pl.col("date_of_death").is_between(first, last))
    told = sent.states("deaths.death")
    names = [each for each in told.columns if each not in happened.columns or each == "death_id"]
    return happened.join(told.select(names), on="death_id", how="left", validate="1:1")


def average_population(sent: Sent, first: dt.date, last: dt.date, sex: str | None = None) -> float:
    """Prisoners on the last Fridays of twelve months, divided by twelve."""
    counts = defaultdict(int)
    rows = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind="MONTHLY").select("snapshot_date", "sex")
    for day, its in rows.iter_rows():
        if first <= day <= last and sex in (None, its):
            counts[day] += 1
    return sum(counts.values()) / 12
