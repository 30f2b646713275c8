"""Looking again says what differs since the look before; what was looked at is kept inside."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.assure import report
from piperoll.assure.drafts import Moved, figures_of, moved_between
from piperoll.errors import UserError
from piperoll.workspace import Workspace
from tests.searches import NAME, Deliver


SCHEMA = {
    "table": pl.String, "identity": pl.String, "measure": pl.String, "period": pl.String, "value": pl.Float64
}  # fmt: skip


def figures(values: dict[str, float | None]) -> pl.DataFrame:
    rows = [("t", key, "m", "2012Q2", value) for key, value in sorted(values.items())]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.one_of(st.none(), st.integers(0, 5).map(float))),
    st.dictionaries(st.sampled_from("abcdef"), st.one_of(st.none(), st.integers(0, 5).map(float))),
)
def test_what_differs_is_all_that_differs(then: dict[str, float | None], now: dict[str, float | None]) -> None:
    found = moved_between(figures(then), figures(now))
    absent = object()
    expected = {
        key: (then.get(key), now.get(key))
        for key in then.keys() | now.keys()
        if then.get(key, absent) != now.get(key, absent)
    }
    assert {each.identity: (each.before, each.after) for each in found} == expected
    sizes = [each.size for each in found]
    assert sizes == sorted(sizes, reverse=True)
    assert all((each.table, each.measure, each.period) == ("t", "m", "2012Q2") for each in found)


def test_each_figure_is_kept_once_and_none_that_only_helps() -> None:
    frame = pl.DataFrame(
        [
            ("b", "m", "2012Q2", 2, False),
            ("a", "m", "2012Q2", 1, False),
            ("a", "m", "2012Q2", 1, False),
            ("c", "m", "2012Q2", 3, True),
        ],
        schema=["identity", "measure", "period", "value", "support"],
        orient="row",
    )
    kept = figures_of({"y": frame, "x": frame})
    assert kept.select("table", "identity", "value").rows() == [("x", "a", 1.0), ("x", "b", 2.0)]


def test_looks_are_held_against_each_other(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver(60)
    first = report(desk, NAME, "2020Q3").since
    assert (first.draft.id, first.before, first.again, first.moved) == ("D1", None, False, ())
    deliver(90, seed=2)
    second = report(desk, NAME, "2020Q3").since
    assert second.before == first.draft and not second.again and second.draft.vintage > first.draft.vintage
    whole = [each for each in second.moved if each.identity.startswith("searches|||")]
    assert sum((each.after or 0) - (each.before or 0) for each in whole) == 30
    again = report(desk, NAME, "2020Q3").since
    assert again.again and again.before == first.draft and again.moved == second.moved
    # As of the vintage of the first look, the figures are those of the first look.
    back = report(desk, NAME, "2020Q3", first.draft.vintage).since
    assert back.before == second.draft and back.draft.object == first.draft.object
    assert {(each.before, each.after) for each in back.moved} == {(each.after, each.before) for each in second.moved}
    assert desk.journal.releases(publication=NAME) == []


def test_a_draft_that_is_lost_is_told(desk: Workspace, deliver: Deliver) -> None:
    deliver(20)
    kept = report(desk, NAME, "2020Q3").since.draft
    desk.store.path(kept.object).unlink()
    deliver(30, seed=2)
    with pytest.raises(UserError, match="PR-S001"):
        report(desk, NAME, "2020Q3")


def test_what_came_or_went_counts_as_itself() -> None:
    assert Moved("t", "m", "i", "2012", None, 7.0).size == Moved("t", "m", "i", "2012", 7.0, None).size == 7.0
