"""Forename and sex in one comparison: levels, what frequencies start from, and that it tells strangers apart."""

from __future__ import annotations

import numpy as np
import pytest

from justice_world.population.write import draw_chunks
from piperoll.errors import Problems
from piperoll.link.engine import link
from piperoll.link.files.spec import read_linkage
from piperoll.link.spec.model import Linkage
from piperoll.link.spec.terms import Term


FIELDS = "fields: {forename: , surname: , dob: , sex: }\n"


def linkage(compare: str) -> Linkage:
    return read_linkage(f"{FIELDS}compare: {compare}\n").linkage


def test_each_level_of_the_forename_is_divided_by_the_sexes_where_both_are_known() -> None:
    one = linkage("{forename_sex: , surname: , dob: }").comparisons[0]
    whole = next(each for each in linkage("{forename: , sex: }").comparisons if each.name == "forename")
    assert one.name == "forename_sex"
    assert one.fields == {"forename", "surname", "sex"}
    told = [each.label for each in one.said]
    for each in whole.said:
        at = told.index(each.label)
        assert told[at - 2 : at] == [f"{each.label}, another sex", f"{each.label}, the same sex"]
    assert told[:2] == ["only the sex, another", "only the sex, the same"]
    assert len(told) == 3 * len(whole.said) + 2
    shares = {each.label: each.spec.tf for each in whole.said}
    assert all(each.spec.tf == shares.get(each.label.split(", ")[0], 0.0) for each in one.said)


def test_a_column_is_equal_at_all_levels_that_need_it() -> None:
    one = linkage("{forename_sex: }").comparisons[0]
    equal = one.equal_at(Term("forename"))
    assert [one.said[at].label for at in equal] == ["the same, another sex", "the same, the same sex", "the same"]
    assert linkage("{surname: }").comparisons[0].equal_at(Term("surname")) == [0]


def test_it_is_there_only_where_both_are() -> None:
    with pytest.raises(Problems, match="no levels"):
        read_linkage("fields: {forename: , surname: }\ncompare: {forename_sex: }\n")


def test_chances_of_sexes_follow_the_forename() -> None:
    (chunk,) = draw_chunks(1500, 6, 1.0, [0])
    linked = link(
        {name: chunk.records[name] for name in ("libra", "nomis")}, linkage("{forename_sex: , surname: , dob: }")
    )
    one = linked.ready.linkage.comparisons[0]
    told = [each.label for each in one.said]
    u = linked.trained.chances.u[0]
    same = u[told.index("the same, the same sex")] / (
        u[told.index("the same, the same sex")] + u[told.index("the same, another sex")]
    )
    other = u[told.index("different, the same sex")] / (
        u[told.index("different, the same sex")] + u[told.index("different, another sex")]
    )
    assert same > 0.95
    assert other < 0.8  # most offenders are men
    base = linked.weights.tf_base[0][1 + told.index("the same")]
    assert base == pytest.approx(float(np.log2(u[one.equal_at(Term("forename"))].sum())))
