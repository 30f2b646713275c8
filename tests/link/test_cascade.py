"""Keys in order: each record once, several candidates nobody, dates decide where they can."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.link.cascade import Matches, cascade
from piperoll.link.encode.records import Records, read_records
from piperoll.link.spec.declared import FieldSpec, StepSpec
from piperoll.register import load
from tests.register.conftest import JUSTICE


NAME, NUMBER, HEARD = (
    FieldSpec("surname", kind="surname"),
    FieldSpec("number", kind="text", clean=()),
    FieldSpec("heard", kind="date"),
)
Rows = Sequence[Sequence[str | None]]


def records(*inputs: Rows, columns: Sequence[str] = ("surname", "number", "heard")) -> Records:
    """Inputs a, b, ... with rows of surname, number, date; a record is named by its place, from 1."""
    frames = {
        "abcdef"[k]: pl.DataFrame(list(rows), schema=dict.fromkeys(columns, pl.String), orient="row")
        for k, rows in enumerate(inputs)
    }
    return read_records(frames, (NAME, NUMBER, HEARD))


def named(made: Records, found: Matches) -> list[tuple[str, str, int]]:
    """Matches by the names of the records, with the step."""
    ids = made.ids.to_list()
    rows = zip(found.left, found.right, found.step, strict=True)
    return sorted((ids[left], ids[right], int(step)) for left, right, step in rows)


BY_NUMBER, BY_NAME = StepSpec("number"), StepSpec("surname")


def test_steps_are_tried_in_order() -> None:
    made = records(
        [["SMITH", "1", None], ["JONES", "2", None], ["PATEL", None, None]],
        [["JONES", "1", None], ["SMITH", None, None], ["PATEL", "9", None]],
    )
    found = cascade(made, (BY_NUMBER, BY_NAME))
    # Smith has Jones's number: the number is looked at first, and the other Smith is left without anybody
    assert named(made, found) == [("1", "1", 0), ("3", "3", 1)]
    other = cascade(made, (BY_NAME, BY_NUMBER))
    assert named(made, other) == [("1", "2", 0), ("2", "1", 0), ("3", "3", 0)]


def test_the_left_record_is_of_the_first_input() -> None:
    made = records([["A", "1", None]] * 1, [["A", "1", None]])
    found = cascade(made, (BY_NUMBER,))
    assert made.file[found.left].tolist() == [0]
    assert made.file[found.right].tolist() == [1]


def test_several_candidates_match_nobody_and_are_counted() -> None:
    made = records(
        [["SMITH", "1", None], ["SMITH", "2", None], ["JONES", "3", None], ["PATEL", "4", None]],
        [["SMITH", "8", None], ["JONES", "8", None], ["JONES", "9", None], ["PATEL", "7", None]],
    )
    found = cascade(made, (BY_NAME,))
    assert named(made, found) == [("4", "4", 0)]
    assert found.ambiguous == (3,)  # two Smiths for one, one Jones for two


def test_a_step_clears_the_way_for_the_next() -> None:
    made = records(
        [["SMITH", "1", None], ["SMITH", "2", None]],
        [["SMITH", "1", None], ["SMITH", "3", None]],
    )
    found = cascade(made, (BY_NUMBER, BY_NAME))
    assert named(made, found) == [("1", "1", 0), ("2", "2", 1)]
    assert found.ambiguous == (0, 0)


def test_what_is_not_known_agrees_with_nothing() -> None:
    made = records([["SMITH", None, None]], [["SMITH", None, None]])
    assert named(made, cascade(made, (BY_NUMBER,))) == []
    assert named(made, cascade(made, (StepSpec("surname, number"),))) == []


def test_dates_choose_the_nearest() -> None:
    step = StepSpec("surname", "heard", 30)
    made = records(
        [["SMITH", None, "2011-03-01"], ["JONES", None, "2011-03-01"]],
        [["SMITH", None, "2011-03-20"], ["SMITH", None, "2011-03-05"], ["JONES", None, "2011-03-31"],
         ["JONES", None, "2011-04-01"]],
    )  # fmt: skip
    found = cascade(made, (step,))
    assert named(made, found) == [("1", "2", 0), ("2", "3", 0)]
    assert found.ambiguous == (0,)


def test_dates_beyond_the_days_do_not_count() -> None:
    made = records([["SMITH", None, "2011-03-01"]], [["SMITH", None, "2011-04-01"]])  # 31 days
    assert named(made, cascade(made, (StepSpec("surname", "heard", 30),))) == []
    assert named(made, cascade(made, (StepSpec("surname", "heard", 31),))) == [("1", "1", 0)]


def test_two_equally_near_are_refused() -> None:
    made = records(
        [["SMITH", None, "2011-03-10"]],
        [["SMITH", None, "2011-03-07"], ["SMITH", None, "2011-03-13"]],
    )
    found = cascade(made, (StepSpec("surname", "heard", 30),))
    assert named(made, found) == []
    assert found.ambiguous == (1,)


def test_the_nearest_must_be_so_both_ways() -> None:
    made = records(
        [["SMITH", None, "2011-03-01"], ["SMITH", None, "2011-03-09"]],
        [["SMITH", None, "2011-03-10"]],
    )
    # the only one for the first record is nearer to the second
    assert named(made, cascade(made, (StepSpec("surname", "heard", 30),))) == [("2", "1", 0)]


def test_a_date_that_is_not_known_is_near_to_none() -> None:
    made = records([["SMITH", None, None]], [["SMITH", None, "2011-03-10"], ["JONES", None, None]])
    assert named(made, cascade(made, (StepSpec("surname", "heard", 3000),))) == []


def test_no_records_match_none() -> None:
    made = records([], [["SMITH", "1", None]])
    found = cascade(made, (BY_NUMBER, StepSpec("surname", "heard", 3)))
    assert len(found.left) == len(found.right) == len(found.step) == 0
    assert found.ambiguous == (0, 0)


def test_three_inputs_are_refused() -> None:
    row = [["SMITH", "1", None]]
    with pytest.raises(UserError, match="two inputs") as caught:
        cascade(records(row, row, row), (BY_NUMBER,))
    assert caught.value.code == "PR-L017"
    with pytest.raises(UserError, match="two inputs"):
        cascade(records(row), (BY_NUMBER,))


@pytest.mark.parametrize(
    "step",
    [
        StepSpec("surename"),
        StepSpec("surname, soundex(surename)"),
        StepSpec("surname", "herd", 3),
        StepSpec("surname +"),
        StepSpec("twist(surname)"),
        StepSpec("surname", "number", 3),
    ],
)
def test_what_means_nothing_is_told(step: StepSpec) -> None:
    row = [["SMITH", "1", None]]
    with pytest.raises(UserError) as caught:
        cascade(records(row, row), (step,))
    assert caught.value.code == "PR-L017"


# --- identifiers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2003/0012345N", "2003/0012345N", True),
        ("03/12345n", "2003/0012345N", True),  # two forms of one number
        ("2003/0012345A", "2003/0012345A", False),  # the letter is wrong
        ("2000/0000000Z", "2000/0000000Z", False),  # right, and nobody's
        ("NOT KNOWN", "NOT KNOWN", False),
    ],
)
def test_identifiers_match_in_their_form_and_only_if_they_are_right(one: str, other: str, same: bool) -> None:
    checks = load(JUSTICE).identifiers
    frames = {"a": pl.DataFrame({"pnc_id": [one]}), "b": pl.DataFrame({"pnc_id": [other]})}
    fields = (FieldSpec("pnc_id", kind="identifier", form="pnc_id"),)
    made = read_records(frames, fields, checks=checks)
    assert named(made, cascade(made, (StepSpec("pnc_id"),))) == ([("1", "1", 0)] if same else [])


# --- against a plain loop ---------------------------------------------------------------------------------------------


def plainly(left: Rows, right: Rows, steps: Sequence[tuple[int, ...]]) -> list[tuple[str, str, int]]:
    """Keys are positions of columns; pair after pair."""
    free = set(range(len(left))), set(range(len(right)))
    out = []
    for number, key in enumerate(steps):
        pairs = [
            (a, b) for a in free[0] for b in free[1]
            if all(left[a][k] is not None and left[a][k] == right[b][k] for k in key)
        ]  # fmt: skip
        for a, b in pairs:
            if [x for x, _ in pairs].count(a) == 1 and [y for _, y in pairs].count(b) == 1:
                out.append((str(a + 1), str(b + 1), number))
                free[0].discard(a)
                free[1].discard(b)
    return sorted(out)


ROW = st.tuples(st.sampled_from(["SMITH", "JONES", None]), st.sampled_from(["1", "2", "3", None]), st.none())


@given(st.lists(ROW, max_size=8), st.lists(ROW, max_size=8))
def test_it_is_what_a_plain_loop_does(left: list, right: list) -> None:
    made = records(left, right)
    found = cascade(made, (StepSpec("surname, number"), BY_NUMBER, BY_NAME))
    assert named(made, found) == plainly(left, right, ((0, 1), (1,), (0,)))
    assert len(np.unique(found.left)) == len(found.left)
    assert len(np.unique(found.right)) == len(found.right)
