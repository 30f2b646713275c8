"""Definitions are checked against the models before anything is counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.errors import Problems
from piperoll.register import load
from piperoll.register.model.publication import Measure, Publication, Table
from piperoll.tabulate import check_publication, tabulate


JUSTICE = Path(__file__).parents[2] / "justice"


def with_measure(publication: Publication, **changes: object) -> Publication:
    measure = replace(Measure("m", "M", "mean", model="visits", period_column="day", value="spent"), **changes)
    return replace(
        publication,
        measures=(*publication.measures, measure),
        tables=(Table("t", "9", "T", ("m",), {"via": ("any",)}),),
    )


def test_what_is_right_is_right(register) -> None:
    publication = register.publications["shops"]
    assert check_publication(register, publication) == []
    assert check_publication(register, with_measure(publication)) == []
    assert check_publication(register, Publication("none", "No tables")) == []


@pytest.mark.parametrize(
    ("changes", "code", "says"),
    [
        ({"model": "visit"}, "PR-T009", "no model visit. Did you mean visits?"),
        ({"period_column": "dey"}, "PR-T009", "no column dey. Did you mean day?"),
        ({"value": "spend / 2"}, "PR-T009", "no column spend. Did you mean spent?"),
        ({"where": "kind = 'a' AND knd = 'b'"}, "PR-T009", "no column knd. Did you mean kind?"),
        ({"where": "my_own(kind)"}, "PR-D004", "function my_own"),
        ({"where": "TRUE; DROP TABLE visits"}, "PR-D002", "is not a SQL expression"),
        ({"where": "kind IN (SELECT kind FROM read_csv('x'))"}, "PR-D004", "table function"),
        ({"value": "SELECT 1"}, "PR-D003", "is a query"),
        ({"value": None}, "PR-T007", "names no `value`"),
    ],
)
def test_mistakes_are_told(register, con_of, changes: dict[str, object], code: str, says: str) -> None:
    publication = with_measure(register.publications["shops"], **changes)
    problems = check_publication(register, publication)
    assert [problem.code for problem in problems] == [code]
    assert says in str(problems[0])
    if code != "PR-T007":
        with pytest.raises(Problems) as caught:
            tabulate(con_of([]), register, publication, "t", "2012Q3")
        assert caught.value.code == code


def test_a_dimensions_column_must_be_in_every_model_counted(register) -> None:
    publication = register.publications["shops"]
    wrong = tuple(replace(each, column="sort") if each.name == "via" else each for each in publication.dimensions)
    problems = check_publication(register, replace(publication, dimensions=wrong))
    assert {problem.key for problem in problems} == {
        "tables.all.rows.via",
        "tables.cohort.rows.via",
        "tables.kinds.rows.via",
    }


def test_mistakes_of_models_come_first(register) -> None:
    (register.root / "publications" / "shops" / "visits.sql").write_text(
        "SELECT dey FROM till__visit", encoding="utf-8"
    )
    assert [problem.code for problem in check_publication(register, register.publications["shops"])] == ["PR-D007"]


def test_a_comment_cannot_cut_the_query(register, con_of, visit) -> None:
    publication = with_measure(register.publications["shops"], kind="count", where="kind = 'web' -- only")
    frame = tabulate(con_of([visit("2012-08-01")]), register, publication, "t", "2012Q3")
    assert frame["value"].to_list() == [1.0]


def test_the_publications_of_justice_are_right() -> None:
    register = load(JUSTICE)
    for publication in register.publications.values():
        assert check_publication(register, publication) == []
