"""Checks of one table, each with a table that fails it and one that does not."""

from __future__ import annotations

import pytest

from piperoll.errors import UserError
from piperoll.protect.output.checks import check_table
from piperoll.protect.output.reading import Sheet
from piperoll.protect.output.rules import PLACES, Finding, Rules, Verdict
from piperoll.protect.output.tables import find_tables


def checked(text: str, rules: Rules | None = None) -> dict[str, list[Finding]]:
    rows = tuple(tuple(cell.strip() or None for cell in line.split("|")) for line in text.strip("\n").splitlines())
    found: dict[str, list[Finding]] = {}
    for table in find_tables("f.csv", Sheet("", rows)):
        for finding in check_table(table, rules or Rules()):
            found.setdefault(finding.check, []).append(finding)
    return found


def verdict(found: dict[str, list[Finding]], check: str) -> str:
    return max((f.verdict for f in found.get(check, [])), key=lambda v: v.weight).value if check in found else ""


def test_small_counts_fail_with_their_places() -> None:
    found = checked("area|count\nA|9\nB|10\nC|1\nD|0")
    (finding,) = found["threshold"]
    assert (finding.verdict, finding.places, finding.count) == (Verdict.FAIL, ("B2", "B4"), 2)
    assert found["zeros"][0].places == ("B5",)
    assert verdict(checked("area|count\nA|10\nB|11"), "threshold") == "pass"
    assert verdict(checked("area|count\nA|7\nB|11", Rules(threshold=5)), "threshold") == "pass"
    assert "zeros" not in checked("area|count\nA|0\nB|11", Rules(zeros_disclose=False))


def test_fewer_than_is_looked_at_where_the_number_is_below_the_threshold() -> None:
    assert verdict(checked("area|count\nA|<5\nB|11"), "threshold") == "review"
    assert verdict(checked("area|count\nA|<10\nB|11"), "threshold") == "pass"


def test_places_are_cut_and_counted() -> None:
    (finding,) = checked("area|count\n" + "\n".join(f"A{n}|3" for n in range(40)))["threshold"]
    assert (len(finding.places), finding.count) == (PLACES, 40)


def test_one_category_that_holds_all() -> None:
    found = checked("area|yes|no|All\nA|40|0|40\nB|20|30|50")
    # All of A say yes, and all who say no live in B.
    assert found["class disclosure"][0].places == ("B2", "C3")
    assert verdict(found, "class disclosure") == "fail"
    assert verdict(checked("area|yes|no\nA|40|1\nB|20|30"), "class disclosure") == "pass"
    # A column in which one area alone has somebody.
    assert checked("area|yes|no\nA|40|0\nB|20|30\nC|11|0")["class disclosure"][0].places == ("B2", "B4", "C3")
    # Where another category is hidden it may hold somebody.
    assert verdict(checked("area|yes|no\nA|40|[c]\nB|20|30"), "class disclosure") == "pass"


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        ("area|n|percent\nA|50|4.0\nB|50|60.0", "fail", "stand for a count above 0 and below 10"),
        ("area|n|percent\nA|50|40.0\nB|50|60.0", "pass", "No percentage"),
        ("area|n|percent\nA|*|40.0\nB|50|60.0", "fail", "a count is hidden"),
        ("area|n|percent\nA|500|100\nB|500|60", "review", "0 or 100"),
        ("area|percent\nA|33.333\nB|50.125", "review", "more than 1 decimals"),
        ("area|n|proportion\nA|50|0.04\nB|500|0.60", "fail", "stand for a count"),
        ("area|share\nA|0.333\nB|0.5", "pass", "No percentage"),
    ],
)
def test_percentages(text: str, expected: str, words: str) -> None:
    found = checked(text)
    assert verdict(found, "percentages") == expected
    assert any(words in f.sentence for f in found["percentages"])


def test_dominance_and_p_per_cent() -> None:
    fails = checked("area|turnover|largest|second|n\nA|1000|700|250|12\nB|1000|200|150|30")
    assert fails["dominance"][0].places == ("B2",)
    assert verdict(fails, "contributions") == "fail"
    # (1, 90): the largest alone; and p per cent: 1000 - 800 - 150 < 80.
    by_p = checked("area|turnover|largest|second\nA|1000|800|150\nB|1000|200|150", Rules(dominance=(1, 90)))
    assert by_p["dominance"][0].places == ("B2",)
    fine = checked("area|turnover|top_1|n\nA|1000|300|12\nB|1000|200|30")
    assert verdict(fine, "dominance") == "pass"
    assert "dominance" not in checked("area|turnover\nA|1000\nB|100")


def test_extremes_and_all_the_same() -> None:
    found = checked("area|min|max|mean\nA|3|9|4.5\nB|7|7|7.0")
    assert verdict(found, "extremes") == "review"
    assert found["all the same"][0].places == ("C3",)
    assert checked("area|mean|sd\nA|3.5|0\nB|7.1|2")["all the same"][0].places == ("C2",)
    assert verdict(checked("area|mean|sd\nA|3.5|1\nB|7.1|2"), "all the same") == "pass"


def test_degrees_of_freedom_in_columns_and_rows() -> None:
    assert verdict(checked("model|df|coef\none|4|0.3\ntwo|90|0.2"), "degrees of freedom") == "fail"
    assert verdict(checked("statistic|value\nDf Residuals|45\nr2|0.3"), "degrees of freedom") == "pass"
    assert verdict(checked("statistic|value\nDf Residuals|5\nr2|0.3"), "degrees of freedom") == "fail"


@pytest.mark.parametrize("what", [{"threshold": 0}, {"freedom": 0}, {"dominance": (0, 90)}, {"percent": -1}])
def test_rules_that_mean_nothing(what: dict[str, object]) -> None:
    with pytest.raises(UserError, match=r"PR-P1[03]2"):
        Rules(**what)
