"""Returns to custody against their targets, counted again from the recalls that were sent."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from tests.publications.civil import Shown
from tests.publications.sent import Sent


pytestmark = pytest.mark.slow
PUBLICATION, MONTHS = "lcjb_performance_hub", ("2011-11", "2012-01", "2012-03", "2012-05")


def judged(sent: Sent, month: str) -> list[tuple[str, str, bool]]:
    """Target, force and whether in time, of each recall whose hours ran out in the month."""
    hours = {each.code: int(each.attributes["target_hours"]) for each in sent.register.codes["recall_type"].codes}
    found = []
    for row in sent.states("ppud.recall").iter_rows(named=True):
        due = row["revoked_at"] + dt.timedelta(hours=hours[row["recall_type"]])
        if due.strftime("%Y-%m") == month:
            back = row["returned_at"]
            target = "EMERGENCY" if hours[row["recall_type"]] == 74 else "STANDARD"
            found.append((target, row["police_force"] or "not_known", back is not None and back <= due))
    return found


@pytest.mark.parametrize("month", MONTHS)
def test_returns_by_target(sent: Sent, month: str) -> None:
    recalls = judged(sent, month)
    assert recalls
    table = Shown(sent, PUBLICATION, "months", month)
    for code in ("all", "EMERGENCY", "STANDARD"):
        own = [good for target, _, good in recalls if code in ("all", target)]
        row = table.row(target=code)
        assert (row["due"], row["back_in_time"]) == (len(own), sum(own))
        if own:
            assert row["back_in_time_share"] == pytest.approx(100 * sum(own) / len(own))


@pytest.mark.parametrize("month", MONTHS)
def test_returns_by_area(sent: Sent, month: str) -> None:
    recalls = judged(sent, month)
    cells = Shown(sent, PUBLICATION, "forces", month).cells.filter(target="all", period=month)
    for measure, kept in (("due", recalls), ("back_in_time", [each for each in recalls if each[2]])):
        found = {code: n for code, n in cells.filter(measure=measure).select("force", "value").iter_rows() if n}
        expected = Counter(force for _, force, _ in kept)
        assert found == dict(expected) | ({"all": len(kept)} if kept else {})


def test_every_recall_counts_once(sent: Sent) -> None:
    """Thirteen months add up to the recalls whose time ended in them; some were in time, some not."""
    cells = sent.cells(PUBLICATION, "months", "2012-05").filter(target="all")
    months = sorted(cells["period"].unique())
    assert len(months) == 13
    recalls = [each for month in months for each in judged(sent, month)]
    sums = {measure: cells.filter(measure=measure)["value"].sum() for measure in ("due", "back_in_time")}
    assert sums == {"due": len(recalls), "back_in_time": sum(good for *_, good in recalls)}
    assert 0 < sums["back_in_time"] < sums["due"]
