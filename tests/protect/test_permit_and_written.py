"""What may be asked for, and the check of what was written."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.protect import WrittenCell, check_written, permit, permit_measure, round_to_base
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Measure


POLICY = Policy(
    key="possession",
    title="Possession",
    suppress_below=8,
    round_to=5,
    rule_text="Only calendar quarters and annual totals.",
    rule_source="Statement, 2012",
)


@pytest.mark.parametrize("text", ["2012Q1", "2012"])
def test_quarters_and_years_may_be_asked_for(text: str) -> None:
    permit(POLICY, Period.parse(text))


@pytest.mark.parametrize(("text", "words"), [("2012-05", "May 2012"), ("2011/12", "Apr 2011 to Mar 2012")])
def test_other_periods_are_refused_with_the_rule_quoted(text: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        permit(POLICY, Period.parse(text))
    assert caught.value.code == "PR-P001"
    assert words in caught.value.sentence
    assert POLICY.rule_text in caught.value.sentence
    assert "2012Q2 or 2012" in caught.value.sentence or "2011Q2 or 2011" in caught.value.sentence


def test_a_median_is_refused_below_the_national_level() -> None:
    weeks = Measure(name="weeks", label="Weeks", kind="median")
    permit_measure(POLICY, weeks, national=True)
    with pytest.raises(UserError, match="PR-P002"):
        permit_measure(POLICY, weeks, national=False)


def written(value: str, status: str = "", kind: str = "count", national: bool = False) -> WrittenCell:
    return WrittenCell("claims.csv row 2", "claims", kind, national, value, status)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        (written("10"), []),
        (written("", "[c]"), []),
        (written("3", national=True), []),
        (written("5"), ["PR-P010"]),
        (written("0"), ["PR-P010"]),
        (written("12"), ["PR-P011"]),
        (written("7"), ["PR-P011"]),
        (written("10", "[c]"), ["PR-P010"]),
        (written(""), ["PR-P013"]),
        (written("ten"), ["PR-P013"]),
        (written("11.5", kind="median"), ["PR-P012"]),
        (written("33.3", kind="change"), []),
    ],
)
def test_written_cells(cell: WrittenCell, codes: list[str]) -> None:
    assert [p.code for p in check_written([cell], POLICY)] == codes


@given(
    count=st.integers(0, 500),
    below=st.integers(0, 12),
    base=st.sampled_from([None, 3, 5, 10]),
    zero=st.booleans(),
)
@example(count=0, below=5, base=5, zero=False)
def test_what_the_rules_show_is_never_a_fault(count: int, below: int, base: int | None, zero: bool) -> None:
    policy = Policy(key="p", title="P", applies="all", suppress_below=below, round_to=base, suppress_zero=zero)
    hidden = count < below and (zero or count > 0)
    cell = written("", "[c]") if hidden else written(str(round_to_base(count, base)))
    assert check_written([cell], policy) == ()
