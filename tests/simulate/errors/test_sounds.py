from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from piperoll.simulate.errors import misheard
from piperoll.simulate.errors.sounds import RULES, _heard


@pytest.mark.parametrize(
    ("pattern", "new", "before", "after"),
    [
        ("ph", "f", "Stephen", "Stefen"),
        ("ph", "f", "Phillips", "Fillips"),
        ("ey$", "y", "Bailey", "Baily"),
        ("c([aour])", r"k\1", "Carl", "Karl"),
        ("ck", "k", "Dickson", "Dikson"),
        ("son$", "sen", "Anderson", "Andersen"),
        ("mac", "mc", "MacDonald", "McDonald"),
        ("([aeiou])n([aeiou])", r"\1nn\2", "Jenifer", "Jennifer"),
    ],
)
def test_rules_write_what_english_ears_confuse(pattern: str, new: str, before: str, after: str) -> None:
    assert _heard(before, [RULES.index((pattern, new))]) == after


def test_a_changed_name_keeps_its_capital() -> None:
    changed = [_heard("Phillips", [number]) for number in range(len(RULES))]
    assert len(set(changed)) > 5 and all(each[0].isupper() for each in changed)


def test_a_rule_that_does_not_fit_leaves_the_next_to_try() -> None:
    none, fits = RULES.index(("mb", "m")), RULES.index(("ph", "f"))
    assert _heard("Stephen", [none, fits]) == "Stefen"
    assert _heard("Stephen", [none, none]) == "Stephen"


def test_every_text_is_changed() -> None:
    names = pl.Series(["Smith", "Phillips", "Li", "Nguyen", "O'Brien", "Ashworth-Patel", "Ng"] * 200)
    after = misheard(np.random.default_rng(1), names)
    assert (after != names).all()
    assert after.str.len_chars().min() >= 1


def test_it_depends_on_the_stream_alone() -> None:
    names = pl.Series(["Macarthur", "Whitehead"] * 50)
    first, second, other = (misheard(np.random.default_rng(seed), names).to_list() for seed in (1, 1, 2))
    assert first == second != other


def test_nothing_needs_no_rule() -> None:
    assert misheard(np.random.default_rng(1), pl.Series([], dtype=pl.String)).len() == 0
