"""Criminal justice statistics, counted again from what courts and police sent, an occasion at a time in plain Python."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.dealt_with import Dealt, band, brought_to_justice, crown, magistrates, proven, same, tally
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, PERIOD = "criminal_justice_statistics_quarterly", "2012Q1"


def within(rows: list[Dealt], year: int = 2012, months: tuple[int, ...] = (1, 2, 3)) -> list[Dealt]:
    return [each for each in rows if each.day.year == year and each.day.month in months]


def cells(sent: Sent, table: str, measure: str, period: str = PERIOD) -> pl.DataFrame:
    return sent.cells(PUBLICATION, table, period).filter(period=period, measure=measure)


@pytest.fixture(scope="module")
def in_courts(sent: Sent) -> list[Dealt]:
    return within([*magistrates(sent), *crown(sent)])


@pytest.fixture(scope="module")
def on_pnc(sent: Sent) -> list[Dealt]:
    return proven(sent)


def test_prosecutions_and_convictions(sent: Sent, in_courts: list[Dealt]) -> None:
    groups = {each.code: each.parent for each in sent.register.codes["cjs_offence"].codes}
    by = (lambda each: groups[each.code], lambda each: each.age_group)
    first = tally([each for each in in_courts if each.source == "MAGISTRATES"], *by)
    assert first["all", "all"] > 500
    same(cells(sent, "prosecutions", "proceeded"), ("offence", "age"), first)
    same(
        cells(sent, "prosecutions", "convicted"), ("offence", "age"), tally([e for e in in_courts if e.convicted], *by)
    )


def test_remand(sent: Sent, in_courts: list[Dealt]) -> None:
    first = [each for each in in_courts if each.source == "MAGISTRATES"]
    same(cells(sent, "remand", "proceeded"), ("remand",), tally(first, lambda each: each.remand))


def test_sentences(sent: Sent, in_courts: list[Dealt]) -> None:
    sentenced = [each for each in in_courts if each.outcome]
    expected = tally(sentenced, lambda each: each.outcome, lambda each: each.source, lambda each: each.sex)
    same(cells(sent, "sentences", "sentenced"), ("sentence", "court", "sex"), expected)
    overview = sent.cells(PUBLICATION, "overview", PERIOD).filter(period=PERIOD, area="K04000001")
    found = dict(overview.select("measure", "value").iter_rows())
    assert found["sentenced"] == len(sentenced)
    custody = [each for each in sentenced if each.outcome == "CUSTODY"]
    assert found["custody_rate"] == pytest.approx(100 * len(custody) / len(sentenced))


def test_length_of_custody_and_fines(sent: Sent, in_courts: list[Dealt]) -> None:
    everything = sent.cells(PUBLICATION, "sentencing", PERIOD).filter(period=PERIOD, offence="all")
    found = dict(everything.select("measure", "value").iter_rows())
    days = [each.days for each in in_courts if each.outcome == "CUSTODY" and each.days is not None]
    assert found["custody_length"] == pytest.approx(sum(days) / len(days) / 365 * 12)
    fines = [float(each.fine) for each in in_courts if each.outcome == "FINE" and each.fine is not None]
    assert found["mean_fine"] == pytest.approx(sum(fines) / len(fines))


def test_all_disposals(sent: Sent, in_courts: list[Dealt]) -> None:
    expected: Counter[tuple[str, ...]] = Counter()
    for each in in_courts:
        for order in (each.outcome, *each.beside) if each.outcome else ():
            expected.update([(order, each.source), (order, "all"), ("all", each.source), ("all", "all")])
    same(cells(sent, "disposals", "court_disposals"), ("disposal", "court"), expected)
    assert expected["all", "all"] > len([each for each in in_courts if each.outcome])


def test_cautions(sent: Sent, on_pnc: list[Dealt]) -> None:
    cautioned = [each for each in on_pnc if not each.convicted]
    expected = tally(within(cautioned), lambda each: each.kind, lambda each: each.age_group)
    same(cells(sent, "cautions", "cautions"), ("caution", "age"), expected)
    groups = {each.code: each.parent for each in sent.register.codes["cjs_offence"].codes}
    expected = tally(within(cautioned), lambda each: groups[each.code], lambda each: each.age_group)
    same(cells(sent, "cautions_offence", "cautions"), ("caution_offence", "age"), expected)
    whole = tally(within(cautioned, 2011, tuple(range(1, 13))), lambda each: each.age_group)
    year = cells(sent, "cautions_force", "cautions", "2011").filter(pl.col("force") != "K04000001")
    assert year.filter(age="all")["value"].sum() == whole["all",]


def test_criminal_histories(sent: Sent, on_pnc: list[Dealt]) -> None:
    expected = tally(within(on_pnc), band, lambda each: each.outcome)
    assert len([count for count in expected.values() if count]) > 30
    same(cells(sent, "histories", "proven"), ("previous", "outcome"), expected)


def test_first_time_entrants(sent: Sent, on_pnc: list[Dealt]) -> None:
    new = [each for each in on_pnc if each.previous == 0 and each.age is not None and 10 <= each.age <= 17]
    expected = tally(within(new), lambda each: str(each.age), lambda each: each.sex)
    same(cells(sent, "entrants", "entrants"), ("young_age", "sex"), expected)
    assert expected["all", "all"] < len(within([each for each in on_pnc if each.previous == 0]))


def test_penalty_notices_are_those_that_were_given(sent: Sent) -> None:
    given = sent.truth("pnd_notices").filter(pl.col("issue_date").is_between(pl.date(2012, 1, 1), pl.date(2012, 3, 31)))
    tiers = {each.code: each.parent for each in sent.register.codes["pnd_offence"].codes}
    expected = {("all",): given.height}
    for code, count in given["offence_code"].value_counts().iter_rows():
        expected[code,] = count
        expected[tiers[code],] = expected.get((tiers[code],), 0) + count
    same(cells(sent, "notices_offence", "notices"), ("notice",), expected)
    forces = dict(given.group_by("force_code").len().iter_rows())
    found = cells(sent, "notices_force", "notices").filter(pl.col("force").is_in(list(forces)), notice="all")
    assert dict(found.select("force", "value").iter_rows()) == forces


def test_penalty_notices_paid(sent: Sent) -> None:
    """Of a quarter whose outcomes are final: those that were paid in truth."""
    given = sent.truth("pnd_notices").filter(pl.col("issue_date").is_between(pl.date(2011, 1, 1), pl.date(2011, 3, 31)))
    paid = given.filter(outcome="PAID_IN_FULL")
    expected = {
        ("all",): paid.height,
        **{(band,): count for band, count in paid.group_by("age_band").len().iter_rows()},
    }
    same(cells(sent, "notices_paid", "notices_paid", "2011Q1"), ("age_band",), expected)


def test_offences_brought_to_justice(sent: Sent) -> None:
    national = cells(sent, "brought_to_justice", "offences_brought", "2011").filter(area="K04000001")
    expected = brought_to_justice(sent, dt.date(2011, 1, 1), dt.date(2011, 12, 31))
    assert dict(national.select("way", "value").iter_rows()) == expected


def test_warrants(sent: Sent) -> None:
    truth = sent.truth("fta_stocks").filter(pl.col("month").is_between(pl.date(2012, 1, 1), pl.date(2012, 3, 1)))
    table = sent.cells(PUBLICATION, "warrants", PERIOD).filter(period=PERIOD)
    for column, measure in (("received", "warrants_received"), ("executed", "executed")):
        expected = {
            (*row[:2],): row[2] for row in truth.group_by("force_code", "category").agg(pl.sum(column)).iter_rows()
        }
        forces = table.filter(
            ~pl.col("force").is_in(["K04000001", "not_known"]),
            pl.col("category").is_in(["A", "B", "C"]),
            measure=measure,
        )
        assert {row[:2]: row[2] for row in forces.select("force", "category", "value").iter_rows()} == expected
    march = truth.filter(month=pl.date(2012, 3, 1))
    assert (
        march["closing"].sum()
        == table.filter(measure="warrants_outstanding", force="K04000001", category="all")["value"].item()
    )


def test_lines_of_totals_are_not_added_to_their_parts(sent: Sent) -> None:
    """Some forces send them. West Midlands sends nothing from April 2012, and the total is that of the others."""
    table = sent.cells(PUBLICATION, "warrants", "2012Q2").filter(
        period="2012Q2", measure="warrants_received", category="all"
    )
    assert "20" not in sent.states("fta.fta_return").filter(_period="2012-06")["force_code"].to_list()
    assert (
        table.filter(force="K04000001")["value"].item() == table.filter(pl.col("force") != "K04000001")["value"].sum()
    )
