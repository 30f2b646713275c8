"""Tables answered in one line, and figures traced back."""

from __future__ import annotations

import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.release.locate import find_cell
from piperoll.release.table import answer, protected_table
from piperoll.release.trace import trace
from piperoll.tabulate import find_table
from tests.searches import Released


NAME = "stop_and_search"


def ask(released: Released, **more: object) -> pl.DataFrame:
    return protected_table(released.desk, NAME, "arrests", **more)


def test_a_table_is_answered_as_published(released: Released) -> None:
    frame = ask(released, period="2020-07", where={"ethnicity": "all"})
    assert set(frame["period"]) == {"2020-07"}
    published = pl.read_csv(released.directory / "tables" / "arrests.csv", infer_schema=False)
    row = published.filter((pl.col("period") == "2020-07") & (pl.col("ethnicity_code") == "all"))
    assert float(row["searches"][0]) == frame["searches"][0]
    assert float(row["arrest_share"][0]) == frame["arrest_share"][0]


@pytest.mark.parametrize("value", ["white", "White", "WHITE"])
def test_a_group_comes_with_everything_below_it(released: Released, value: str) -> None:
    frame = ask(released, period="2020-07", where={"group": value})
    assert set(frame["ethnicity_level"]) == {"Group", "Category"}
    assert all(name.startswith("White") for name in frame["ethnicity"])


def test_a_level_alone(released: Released) -> None:
    frame = ask(released, period="2020-07", where={"group": "*"})
    assert set(frame["ethnicity_level"]) == {"Group"}


def test_a_period_yet_to_come_is_refused(released: Released) -> None:
    with pytest.raises(UserError, match="PR-E021"):
        ask(released, period="2099Q1")


def test_nothing_small_is_answered(released: Released) -> None:
    frame = ask(released)
    shown = frame["searches"].drop_nulls()
    assert all(value % 5 == 0 for value in shown)
    assert not ((shown > 0) & (shown < 5)).any()


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"etnicity": "White"}, "Did you mean `ethnicity`"),
        ({"group": "Whte"}, "Did you mean `White`"),
        ({"group": "'; DROP TABLE searches; --"}, "has no"),
    ],
)
def test_unknown_names(released: Released, where: dict[str, str], words: str) -> None:
    with pytest.raises(UserError, match="PR-E020") as caught:
        ask(released, where=where)
    assert words in caught.value.sentence


def test_unknown_table(released: Released) -> None:
    with pytest.raises(UserError, match="PR-T005"):
        answer(released.desk, NAME, "arests")


def test_every_answer_is_recorded(released: Released) -> None:
    before = len(list(released.desk.journal.audit_entries()))
    ask(released, period="2020-08")
    entries = list(released.desk.journal.audit_entries())
    assert len(entries) == before + 1
    assert (entries[-1].action, entries[-1].resource_key) == ("table.answer", f"{NAME}/arrests")


@pytest.mark.parametrize("cell", ["searches,2020-07,all", "2020-07", "measure=searches, period=2020-07, ethnicity=All"])
def test_a_figure_is_traced_to_its_delivery(released: Released, cell: str) -> None:
    found = trace(released.desk, str(released.directory), "arrests", cell)
    frame = ask(released, period="2020-07", where={"ethnicity": "all"})
    assert float(found.value) == frame["searches"][0]
    assert found.steps[0].rule is not None
    assert found.steps[0].rule.id == "CR-SEARCH"
    assert found.steps[0].datasets == ("stop_search.search",)
    assert found.history[-1].release == found.release.id


def test_a_share_is_traced_to_both_of_its_counts(released: Released) -> None:
    found = trace(released.desk, released.made.release.id, "arrests", "arrest_share,2020-07,White")
    assert [step.measure.name for step in found.steps] == ["arrests", "searches"]
    assert found.steps[0].rows < found.steps[1].rows


def test_rows_behind_a_cell_add_up(released: Released) -> None:
    whole = trace(released.desk, released.made.release.id, "arrests", "searches,2020-07")
    parts = [
        trace(released.desk, released.made.release.id, "arrests", f"searches,2020-07,group={code}").steps[0].rows
        for code in ("white", "mixed", "asian", "black", "other", "not_stated", "not_known")
    ]
    assert whole.steps[0].rows == sum(parts) > 0


@pytest.mark.parametrize(
    ("cell", "code"),
    [("searches", "PR-E032"), ("searches,2020-07,Martian", "PR-E031"), ("searches,2019-01", "PR-E033")],
)
def test_cells_that_are_not_there(released: Released, cell: str, code: str) -> None:
    with pytest.raises(UserError, match=code):
        trace(released.desk, released.made.release.id, "arrests", cell)


def test_a_release_of_another_home_is_not_known(released: Released, desk: object) -> None:
    with pytest.raises(UserError, match="PR-E030"):
        trace(desk, str(released.directory), "arrests", "2020-07")


def test_identities_are_those_of_the_ledger(released: Released) -> None:
    publication = released.desk.publication(NAME)
    place = find_cell(released.desk.register, publication, find_table(publication, "arrests"), "2020-07,Not stated")
    known = {cell.identity.text for cell in released.desk.journal.published_cells(released.made.release.id)}
    assert place.identity in known
