"""Link without a number, and see whether it agrees."""

from __future__ import annotations

import polars as pl
import pytest

from justice_world.population.write import draw_chunks
from piperoll.errors import UserError
from piperoll.link.evaluate.heldout import HeldOut, held_out, without
from piperoll.link.files.spec import read_linkage


SPEC = """
fields:
  forename:
  surname:
  dob:
  postcode:
  number: {kind: identifier}
  other: {kind: identifier}
truth: who
groups: [sex]
block:
  rules: ["surname, dob", number, "forename, first(number, 3)", "unordered(forename, surname), other"]
compare:
  forename:
  number:
  both:
    levels: [{when: "number or other"}, {when: else}]
  dob:
never:
  - {when: different(number)}
  - {when: different(other) and not dob}
"""


def test_all_that_names_the_field_is_left_out() -> None:
    declared = read_linkage(SPEC).declared
    less = without(declared, "number")
    assert [each.name for each in less.fields] == ["forename", "surname", "dob", "postcode", "other"]
    assert less.block.rules == ("surname, dob", "unordered(forename, surname), other")
    assert [each.name for each in less.compare] == ["forename", "dob"]
    assert [each.when for each in less.never] == ["different(other) and not dob"]
    assert (less.truth, less.groups) == ("", ())
    # the whole is as it was
    assert len(declared.fields) == 6
    assert without(declared, "dob").block.rules == ("number", "forename, first(number, 3)",
                                                   "unordered(forename, surname), other")  # fmt: skip
    assert [each.when for each in without(declared, "dob").never] == ["different(number)"]


def test_a_field_of_an_unordered_term_is_found() -> None:
    less = without(read_linkage(SPEC).declared, "surname")
    assert less.block.rules == ("number", "forename, first(number, 3)")


def test_a_field_that_is_not_there_is_told_with_the_nearest() -> None:
    frame = {"records": pl.DataFrame({"surname": ["A"]})}
    declared = read_linkage("fields: {surname: }").declared
    with pytest.raises(UserError) as caught:
        held_out(frame, declared, "surnames")
    assert caught.value.code == "PR-L018"
    assert "surname" in caught.value.fix


def test_something_must_be_left() -> None:
    with pytest.raises(UserError, match="nothing is left") as caught:
        held_out({"records": pl.DataFrame({"surname": ["A"]})}, read_linkage("fields: {surname: }").declared, "surname")
    assert caught.value.code == "PR-L018"


FIELDS = "{forename: , surname: , dob: , sex: , postcode: {optional: true}, pnc_id: {kind: identifier}}"


@pytest.fixture(scope="module")
def found() -> HeldOut:
    """Courts' records of 1,200 people, linked without their PNC numbers."""
    (chunk,) = draw_chunks(1200, 6, 1.0, [0])
    frames = {name: chunk.records[name] for name in ("libra", "crest")}
    return held_out(frames, read_linkage(f"fields: {FIELDS}").declared, "pnc_id")


def test_a_simulated_population_is_found_without_its_numbers(found: HeldOut) -> None:
    assert found.field == "pnc_id"
    assert 500 < found.known < found.records
    assert found.agreement.records == found.known
    assert found.agreement.true_pairs > 300
    # numbers have slips, too: what is measured is below what is true
    assert found.agreement.pairwise.precision > 0.95
    assert found.agreement.pairwise.recall > 0.8
    assert found.agreement.bcubed.f1 > 0.9


def test_it_is_told_in_a_sentence(found: HeldOut) -> None:
    pairs = found.agreement.pairwise
    assert f"Linked without `pnc_id` and held against it ({found.known:,} of {found.records:,}" in found.sentence
    assert f"precision {pairs.precision:.4f}, recall {pairs.recall:.4f}" in found.sentence
