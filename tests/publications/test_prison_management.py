"""What those who manage the prison population are given, counted again from the prison systems' own counts."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.civil import Shown, within
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
HEADLINE, WEEKLY, BRIEFINGS = "prison_headline_figures", "prison_weekly_breakdown", "prison_briefings"
MONTH, MARCH = "2012-03", (dt.date(2012, 3, 1), dt.date(2012, 3, 31))
FRIDAYS = [dt.date(2012, 3, 30) - dt.timedelta(weeks=weeks) for weeks in range(4)]


def nomis(sent: Sent) -> pl.DataFrame:
    """Days of March in the newer system, which counts all prisons of this world."""
    days = within(sent.rows("nomis_iis.daily_population"), "day", MARCH)
    newer, older = (days.filter(system=each) for each in ("NOMIS", "IIS"))
    assert newer.height == older.height > 31
    return newer


def on(sent: Sent, kind: str, day: dt.date) -> list[dict[str, object]]:
    rows = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind=kind, snapshot_date=day)
    assert rows.height > 100
    return rows.to_dicts()


def tally(rows: list[dict[str, object]], *by: str) -> Counter[tuple[object, ...]]:
    """Rows by codes, with ``all`` for every code and what is missing as ``not_known``."""
    found: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        keys: list[tuple[object, ...]] = [()]
        for each in by:
            keys = [(*key, code) for key in keys for code in ("all", row[each] or "not_known")]
        found.update(keys)
    return found


def shown(sent: Sent, publication: str, table: str, measure: str, *by: str) -> dict[tuple[object, ...], float]:
    cells = sent.cells(publication, table, MONTH).filter(measure=measure, period=MONTH)
    return {row[:-1]: row[-1] for row in cells.select(*by, "value").iter_rows() if row[-1]}


def test_figures_of_each_of_28_days(sent: Sent) -> None:
    days = nomis(sent)
    found = Shown(sent, HEADLINE, "days", MONTH)
    assert len(found.by("day", "prisoners_on_day")) == 28
    for back in range(28):
        own = days.filter(day=MARCH[1] - dt.timedelta(days=back))
        row = found.row(day=str(back))
        assert [row[each] for each in ("prisoners_on_day", "received", "released")] == [
            own["population"].sum(), own["receptions"].sum(), own["releases"].sum(),
        ]  # fmt: skip
        assert row["prisoners_on_day"] > 100


def test_prisons_at_the_end_of_the_month(sent: Sent) -> None:
    days = nomis(sent)
    found = Shown(sent, HEADLINE, "prisons", MONTH)
    last = days.filter(day=MARCH[1])
    counts = dict(last.select("establishment", "population").iter_rows())
    assert found.nonzero("prison", "at_end") == counts | {"all": last["population"].sum()}
    for measure, column in (
        ("received_in_month", "receptions"),
        ("released_in_month", "releases"),
        ("escaped_in_month", "escapes"),
    ):
        assert found.row(prison="all")[measure] == days[column].sum()
        for code in counts:
            assert found.row(prison=code)[measure] == days.filter(establishment=code)[column].sum()


def test_a_prisoner_who_comes_or_goes_moves_the_population(sent: Sent) -> None:
    """From one day to the next the population changes by who came and who went."""
    found = Shown(sent, HEADLINE, "days", MONTH)
    days = nomis(sent)
    for back in range(27):
        day = days.filter(day=MARCH[1] - dt.timedelta(days=back))
        rest = day["recaptures"].sum() - day["deaths"].sum() - day["escapes"].sum()
        now, before = found.row(day=str(back)), found.row(day=str(back + 1))
        assert now["prisoners_on_day"] - before["prisoners_on_day"] == now["received"] - now["released"] + rest


def test_each_friday_by_custody_and_sex(sent: Sent) -> None:
    found = shown(sent, WEEKLY, "weeks", "prisoners_on_friday", "week", "custody", "sex")
    expected: dict[tuple[object, ...], float] = {}
    for weeks, day in enumerate(FRIDAYS):
        rows = on(sent, "WEEKLY", day)
        expected |= {(str(weeks), *key): n for key, n in tally(rows, "custody_type", "sex").items()}
    assert found == expected


def test_the_fifth_friday_is_sent_and_not_shown(sent: Sent) -> None:
    assert len(on(sent, "WEEKLY", dt.date(2012, 3, 2))) > 0
    found = shown(sent, WEEKLY, "weeks", "prisoners_on_friday", "week", "custody", "sex")
    assert {key[0] for key in found} == {"0", "1", "2", "3"}


@pytest.mark.parametrize(
    ("table", "by", "columns"),
    [("lengths", ("length", "sex"), ("sentence_length", "sex")),
     ("prisons", ("prison", "custody"), ("establishment", "custody_type"))],
)  # fmt: skip
def test_the_last_friday(sent: Sent, table: str, by: tuple[str, ...], columns: tuple[str, ...]) -> None:
    assert shown(sent, WEEKLY, table, "on_last_friday", *by) == tally(on(sent, "WEEKLY", FRIDAYS[0]), *columns)


def test_foreign_national_prisoners(sent: Sent) -> None:
    rows = on(sent, "MONTHLY", FRIDAYS[0])
    foreign = [row for row in rows if row["nationality"] not in (None, "GBR")]
    assert shown(sent, BRIEFINGS, "foreign", "foreign", "custody") == tally(foreign, "custody_type")
    share = Shown(sent, BRIEFINGS, "foreign", MONTH).row(custody="all")["foreign_share"]
    assert share == pytest.approx(100 * len(foreign) / len(rows))
    assert 5 < share < 25


def test_nationalities_make_up_british_and_foreign(sent: Sent) -> None:
    rows = on(sent, "MONTHLY", FRIDAYS[0])
    grouped = [row | {"nationality": "BRITISH" if row["nationality"] == "GBR" else "FOREIGN"} for row in rows
               if row["nationality"]]  # fmt: skip
    expected = tally(rows, "nationality", "sex") | tally(grouped, "nationality", "sex")
    assert shown(sent, BRIEFINGS, "nationalities", "prisoners_by_nationality", "nationality", "sex") == expected


def test_religions(sent: Sent) -> None:
    expected = tally(on(sent, "MONTHLY", FRIDAYS[0]), "religion", "sex")
    assert shown(sent, BRIEFINGS, "religions", "by_religion", "religion", "sex") == expected
    assert expected["NONE", "all"] > 0
