"""Offender Management Statistics Quarterly, counted again from what prisons, trusts and the casework section sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, QUARTER = "offender_management_statistics_quarterly", "2012Q1"
FIRST, LAST = dt.date(2012, 1, 1), dt.date(2012, 3, 31)
TO_SENTENCED = set("IWLBY") | {"24", "25", "26"}
TYPES = {"N": "UNTRIED", "V": "UNSENTENCED", "F": "FINE", "C": "CIVIL", "E": "IMMIGRATION"}


def shown(sent: Sent, table: str, *by: str, period: str = QUARTER) -> dict[tuple[str, ...], float]:
    cells = sent.cells(PUBLICATION, table, QUARTER).filter(period=period)
    return {row[:-1]: row[-1] for row in cells.select("measure", *by, "value").iter_rows()}


def within(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    return rows.filter(pl.col(column).cast(pl.Date).is_between(FIRST, LAST))


def test_prisoners_by_custody_and_sex(sent: Sent) -> None:
    held = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind="QUARTERLY", snapshot_date=LAST)
    assert held["noms_no"].n_unique() == held.height > 100
    counted: Counter[tuple[str, str]] = Counter()
    for custody, sex in held.select("custody_type", "sex").iter_rows():
        counted.update([(custody, sex), (custody, "all"), ("all", sex), ("all", "all")])
    cells = shown(sent, "population", "custody", "sex")
    found = {key[1:]: n for key, n in cells.items() if key[0] == "prisoners_quarter" and n}
    assert found == dict(counted)
    assert cells["prisoners_quarter_change", "all", "all"] is not None


def test_sentences_offences_and_ages(sent: Sent) -> None:
    held = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind="QUARTERLY", snapshot_date=LAST)
    sentenced = held.filter(custody_type="SENTENCED")
    for table, dimension, column in (
        ("sentenced", "sentence", "sentence_length"),
        ("offences", "offence", "offence_group"),
    ):
        cells = shown(sent, table, dimension)
        assert {k[1]: n for k, n in cells.items() if n} == {**Counter(sentenced[column]), "all": sentenced.height}
    cells = shown(sent, "ages", "age")
    assert cells["prisoners_quarter", "18_20"] == held.filter(pl.col("age").is_in([18, 19, 20])).height
    assert cells["prisoners_quarter", "60_PLUS"] == (held["age"] >= 60).sum()
    assert sum(n for key, n in cells.items() if key[1] != "all") == cells["prisoners_quarter", "all"] == held.height


def test_first_receptions_count_a_prisoner_once(sent: Sent) -> None:
    who = dict(sent.states("nomis_iis.booking").select("book_id", "noms_no").iter_rows())
    received: dict[str, set[str]] = {"all": set()}
    moves = within(sent.rows("nomis_iis.movement"), "movement_date").filter(movement_type="ADM", direction="IN")
    for book, reason in moves.select("book_id", "reason").iter_rows():
        if reason in TYPES or reason in TO_SENTENCED:
            received.setdefault(TYPES.get(reason, "SENTENCED"), set()).add(who[book])
            received["all"].add(who[book])
    cells = shown(sent, "receptions", "reception")
    assert {key[1]: n for key, n in cells.items() if n} == {code: len(people) for code, people in received.items()}
    assert len(received["all"]) < sum(len(people) for code, people in received.items() if code != "all")


def test_releases_by_reason(sent: Sent) -> None:
    moves = within(sent.rows("nomis_iis.movement"), "movement_date").filter(movement_type="REL")
    left_out = {
        "BL",
        "BD",
        "DA",
        "AU",
        "DS",
        "NG",
        "NCS",
        "PF",
        "DD",
        "DE",
        "DL",
        "RE",
        "HP",
        "ESCP",
        "UAL",
        "DEC",
        "MRG",
    }
    reasons = Counter(each for each in moves["reason"] if each not in left_out)
    cells = shown(sent, "releases", "release")
    assert {key[1]: n for key, n in cells.items() if n} == {**reasons, "all": reasons.total()}


def test_adjudications_curfews_and_temporary_licences(sent: Sent) -> None:
    proved = within(sent.rows("nomis_iis.adjudication"), "heard_date").filter(finding="PROVED")
    cells = shown(sent, "adjudications", "charge")
    counted = {**Counter(proved["charge"]), "all": proved.height}
    assert {key[1]: n for key, n in cells.items() if key[0] == "charges_proved" and n} == counted
    assert cells["days_added", "all"] == proved["added_days"].sum() > 0
    curfews = sent.states("nomis_iis.hdc")
    assert shown(sent, "curfews") == {
        ("curfew_releases",): within(curfews, "released_date").height,
        ("curfew_recalls",): within(curfews, "recalled_date").height,
    }
    out = within(sent.rows("nomis_iis.rotl"), "out_date")
    cells = shown(sent, "temporary_licences", "licence")
    counted = {**Counter(out["rotl_type"]), "all": out.height}
    assert {key[1]: n for key, n in cells.items() if key[0] == "temporary_releases" and n} == counted
    assert cells["licences_failed", "all"] == out["failure"].count()


def test_recalls(sent: Sent) -> None:
    recalls = within(sent.states("ppud.recall"), "decided_at")
    cells = shown(sent, "recalls", "recall_type")
    counted = {**Counter(recalls["recall_type"]), "all": recalls.height}
    assert {key[1]: n for key, n in cells.items() if key[0] == "recalls" and n} == counted
    assert 0 < cells["returned", "all"] == recalls["returned_at"].count() <= recalls.height


def test_probation(sent: Sent) -> None:
    orders = sent.states("probation.supervision")
    began = within(orders, "start_date").filter(pl.col("transferred_from").is_null())
    supervised = sent.rows("probation.caseload").filter(as_at=LAST)
    cells = shown(sent, "probation", "supervision")
    for measure, rows in (("started", began), ("orders_supervised", supervised)):
        counted = {**Counter(rows["supervision_type"]), "all": rows.height}
        assert {key[1]: n for key, n in cells.items() if key[0] == measure and n} == counted
    ended = within(orders, "termination_date").filter(~pl.col("termination_reason").is_in(["DEATH", "TRANSFER"]))
    ended = ended.filter(pl.col("supervision_type").is_in(["CO", "SSO", "POST_RELEASE"]))
    assert shown(sent, "terminations", "supervision")["ended", "all"] == ended.height
    reports = within(sent.rows("probation.court_report"), "delivered").filter(
        pl.col("delivered") >= pl.col("requested")
    )
    cells = shown(sent, "reports", "report")
    assert {key[1]: n for key, n in cells.items() if n} == {**Counter(reports["report_type"]), "all": reports.height}
