"""The weekly and monthly prison population and recalls from licence, counted again from what was sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl
import pytest

from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
MONTH = "2012-03"
FRIDAYS = [dt.date(2012, 3, day) for day in (2, 9, 16, 23, 30)]
HOURS = {"EMERGENCY": 74, "STANDARD": 144, "HDC": 144, "FIXED_TERM_28": 144}


def shown(sent: Sent, publication: str, table: str, period: str, *by: str) -> dict[tuple[str, ...], float]:
    cells = sent.cells(publication, table, period).filter(period=period)
    return {row[:-1]: row[-1] for row in cells.select("measure", *by, "value").iter_rows()}


def test_every_friday_of_a_month(sent: Sent) -> None:
    rows = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind="WEEKLY")
    cells = shown(sent, "weekly_prison_population", "weeks", MONTH, "friday", "sex")
    for number, day in enumerate(FRIDAYS, 1):
        held = rows.filter(snapshot_date=day)
        assert cells["prisoners_week", str(number), "all"] == held["noms_no"].n_unique() > 100
        for sex in ("1", "2"):
            assert cells["prisoners_week", str(number), sex] == held.filter(sex=sex).height


@pytest.mark.parametrize("publication", ["monthly_prison_population", "monthly_prison_population_brief"])
def test_last_friday_of_the_month(sent: Sent, publication: str) -> None:
    held = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind="MONTHLY", snapshot_date=FRIDAYS[-1])
    counted: Counter[tuple[str, str]] = Counter()
    for custody, sex in held.select("custody_type", "sex").iter_rows():
        counted.update([(custody, sex), (custody, "all"), ("all", sex), ("all", "all")])
    cells = shown(sent, publication, "population", MONTH, "custody", "sex")
    assert {key[1:]: n for key, n in cells.items() if key[0] == "prisoners_month" and n} == dict(counted)
    sentenced = held.filter(custody_type="SENTENCED")
    cells = shown(sent, publication, "sentenced", MONTH, "sentence")
    lengths = {**Counter(sentenced["sentence_length"]), "all": sentenced.height}
    assert {key[1]: n for key, n in cells.items() if n} == lengths


def test_prisons_add_up_to_all(sent: Sent) -> None:
    held = sent.rows("nomis_iis.snapshot_population").filter(snapshot_kind="MONTHLY", snapshot_date=FRIDAYS[-1])
    cells = shown(sent, "monthly_prison_population", "prisons", MONTH, "prison")
    prisons = {key[1]: n for key, n in cells.items() if n}
    known = {each.code for each in sent.register.codes["prison"].codes}
    own = Counter(each if each in known else "not_known" for each in held["establishment"])
    assert prisons == {**own, "all": held.height}


def test_recalls_and_returns_within_the_target(sent: Sent) -> None:
    rows = sent.states("ppud.recall").filter(pl.col("decided_at").dt.date().is_between(dt.date(2012, 1, 1), FRIDAYS[-1]
                                                                                     + dt.timedelta(days=1)))  # fmt: skip
    cells = shown(sent, "licence_recalls", "returns", "2012Q1", "recall_type")
    numbers: Counter[tuple[str, str]] = Counter()
    for kind, revoked, back in rows.select("recall_type", "revoked_at", "returned_at").iter_rows():
        for code in (kind, "all"):
            numbers["not_returned" if back is None else "returned", code] += 1
            if back is not None and back - revoked <= dt.timedelta(hours=HOURS[kind]):
                numbers["recalled_back_in_time", code] += 1
    counts = ("returned", "not_returned", "recalled_back_in_time")
    assert {key: n for key, n in cells.items() if key[0] in counts and n} == dict(numbers)
    share = 100 * numbers["recalled_back_in_time", "all"] / rows.height
    assert cells["recalled_in_time_share", "all"] == pytest.approx(share)
    cells = shown(sent, "licence_recalls", "reasons", "2012Q1", "recall_type", "recall_reason")
    pairs = Counter(rows.select("recall_type", "reason").iter_rows())
    assert {key[1:]: n for key, n in cells.items() if n and "all" not in key} == dict(pairs)
    assert cells["recalls", "all", "all"] == rows.height > 0
