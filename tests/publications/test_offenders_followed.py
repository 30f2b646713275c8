"""Prolific and drug-misusing offenders, counted again a person at a time from what the police sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from tests.publications.offending import Offence, Someone, later, people
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
YEAR = 2010


@pytest.fixture(scope="module")
def everybody(sent: Sent) -> list[Someone]:
    """Everybody with a record on the PNC."""
    return list(people(sent).values())


def values(sent: Sent, publication: str, table: str, *axes: str) -> dict[tuple[str, ...], float | None]:
    """Cells of the year by measure and codes."""
    found = sent.cells(publication, table, str(YEAR)).filter(period=str(YEAR))
    return {row[:-1]: row[-1] for row in found.select("measure", *axes, "value").iter_rows()}


def drug(offence: Offence) -> bool:
    """Whether it is a drug offence of the year."""
    return offence.ho_class[:3] in ("077", "092") and offence.proven.year == YEAR


def test_drug_offenders(sent: Sent, everybody: list[Someone]) -> None:
    counts = Counter[tuple[str, str, str]]()
    every = 0
    for one in everybody:
        mine = [each for each in one.offences if drug(each)]
        every += len(mine)
        if not mine:
            continue
        day = min(each.proven for each in mine)
        again = one.reoffences(day)
        age = one.age(day)
        type_ = "not_known" if age is None else "ADULT" if age >= 18 else "YOUTH"
        for place in ((t, s) for t in ("all", type_) for s in ("all", one.sex or "0")):
            counts["drug_offenders", *place] += 1
            counts["drug_reoffenders", *place] += bool(again)
            counts["all_reoffences", *place] += len(again)
        counts["drug_reoffences", "all", "all"] += sum(each.ho_class[:3] in ("077", "092") for each in again)
    total = {
        name: counts[name, "all", "all"]
        for name in ("drug_offenders", "drug_reoffenders", "all_reoffences", "drug_reoffences")
    }
    assert 100 < total["drug_offenders"] < every
    cells = values(sent, "drug_misusing_offenders", "offenders", "drug")
    assert {name: cells[name, "all"] for name in total} == total
    assert cells["drug_reoffending_rate", "all"] == pytest.approx(
        100 * total["drug_reoffenders"] / total["drug_offenders"]
    )
    assert cells["drug_offenders", "092/01"] == total["drug_offenders"]  # this world knows no supply
    found = values(sent, "drug_misusing_offenders", "people", "type", "sex")
    for (name, type_, sex), value in found.items():
        if name in ("drug_offenders", "drug_reoffenders", "all_reoffences"):
            assert value == counts[name, type_, sex], (name, type_, sex)
    assert values(sent, "drug_misusing_offenders", "offences", "offence")["drug_offences", "all"] == every


def test_prolific_offenders(sent: Sent, everybody: list[Someone]) -> None:
    end = dt.date(YEAR, 12, 31)
    counts, forces, proven = Counter[tuple[str, str]](), Counter[tuple[str, str]](), 0
    for one in everybody:
        mine = [each for each in one.offences if each.proven.year == YEAR]
        proven += len(mine)
        if len({each.proven for each in mine}) < 4:
            continue
        following = [each for each in one.offences
                     if end < each.committed <= dt.date(YEAR + 1, 12, 31) and each.proven <= later(end, 18)]  # fmt: skip
        for sex in ("all", one.sex or "0"):
            counts["prolific_offenders", sex] += 1
            counts["prolific_offences", sex] += len(mine)
            counts["next_offences", sex] += len(following)
            counts["still", sex] += bool(following)
        last = max(each.proven for each in mine)
        force = max((each.occasion[1], each.force) for each in mine if each.proven == last)[1]
        forces["prolific_offenders", force] += 1
        forces["still", force] += bool(following)
    assert counts["prolific_offenders", "all"] > 20 and counts["next_offences", "all"] > 20
    cells = values(sent, "prolific_offenders", "offenders", "sex")
    for (name, sex), value in cells.items():
        if name != "next_per_offender":
            assert value == counts[name, sex], (name, sex)
    shares = values(sent, "prolific_offenders", "shares")
    assert shares["prolific_proven",] == proven
    assert shares["share",] == pytest.approx(100 * counts["prolific_offences", "all"] / proven)
    found = values(sent, "prolific_offenders", "forces", "force")
    shown = {key: value for key, value in found.items() if len(key[1]) == 2 and key[1].isdigit() and value}
    assert shown == {key: value for key, value in forces.items() if value}
    assert found["prolific_offenders", "K04000001"] == counts["prolific_offenders", "all"]
