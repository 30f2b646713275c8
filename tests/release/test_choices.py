"""What each way to protect an edition would cost, before one is chosen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner

from piperoll.cli import program
from piperoll.errors import UserError
from piperoll.journal import Delivery
from piperoll.present.lint.files import lint_bytes
from piperoll.protect.engine import attack
from piperoll.protect.exposed import possible, too_well
from piperoll.protect.files.choices import Choice
from piperoll.release import make
from piperoll.release.choices import Counted, _count, _secure, choices_of, compare
from piperoll.release.protection import SEED
from piperoll.workspace import Workspace


NAME = "stop_and_search"
SEEDED = b"seed of this test"

Deliver = Callable[..., Delivery]


@pytest.fixture
def counted(desk: Workspace, deliver: Deliver) -> Counted:
    deliver(300)
    return _count(desk, NAME, "2020Q3", (), lambda *_: None)


def test_every_choice_is_made(desk: Workspace, counted: Counted) -> None:
    told: list[tuple[str, int, int]] = []
    found = compare(desk, counted, (1, 2), SEEDED, lambda *each: told.append(each))
    assert len(found) == len({(c.divisions, c.published, c.width) for c in found}) == 3 * 2 * 2
    assert {c.divisions for c in found} == {"all tables", "without table 1", "without table 2"}
    assert {c.published for c in found} == {"exact", "rounded to 5"}
    assert [done for _, done, _ in told] == list(range(13)) and {total for *_, total in told} == {12}


def test_more_openness_and_more_tables_cost_no_less(desk: Workspace, counted: Counted) -> None:
    by = {(c.divisions, c.published, c.width): c for c in compare(desk, counted, (1, 3), SEEDED, lambda *_: None)}

    def cost(*key: object) -> int:
        return by[key].secondary or 0

    assert cost("all tables", "exact", 1) > 0
    assert cost("all tables", "exact", 3) >= cost("all tables", "exact", 1)
    assert cost("all tables", "exact", 3) >= cost("without table 1", "exact", 3)
    assert cost("all tables", "exact", 3) >= cost("all tables", "rounded to 5", 3)
    exact = by["all tables", "exact", 3]
    assert 0 < (exact.leaks or 0) <= (exact.primary or 0)
    assert 0 < (exact.value_share or 0) < 1 and 0 < (exact.share or 0) < 1


def test_the_policy_as_it_is_costs_what_a_release_hides(
    desk: Workspace, counted: Counted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under exact figures, where something is hidden; with the home's seed, the same pattern."""
    policy = replace(counted.policy, round_to=None)
    made = _secure(desk, replace(counted, policy=policy), desk.secret(SEED))
    assert made is not None
    monkeypatch.setattr("piperoll.release.edition.policy_of", lambda register, publication: policy)
    make(desk, NAME, "2020Q3", tmp_path / "out", together=True)
    said = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["disclosure"]
    assert said["primary"] == int(made[0].problem.primary.sum())
    assert 0 < said["secondary"] <= int(made[1].pattern.sum())


def test_what_is_open_is_what_an_attack_finds(desk: Workspace, counted: Counted) -> None:
    made = _secure(desk, replace(counted, policy=replace(counted.policy, round_to=None)), SEEDED)
    assert made is not None
    problem, pattern = made[0].problem, made[1].pattern
    for hidden in (np.zeros_like(pattern), pattern):
        seen = attack(problem, hidden, exact=False)
        assert possible(problem, hidden).tolist() == [each.high - each.low + 1 for each in seen]
    assert too_well(problem) > 0 == too_well(problem, pattern)
    assert (possible(problem) <= possible(problem, pattern)).all()


def test_the_page_is_marked_and_holds_no_count(desk: Workspace, counted: Counted) -> None:
    files = choices_of(desk, NAME, "2020Q3", widths=(2,))
    page = files["index.html"].decode()
    assert "Internal: for those who choose" in page and "Stop and search, Jul to Sep 2020" in page
    assert page.count('<tr class="govuk-table__row">') == 1 + 3 * 2
    assert lint_bytes("index.html", files["index.html"]) == ()
    assert {"choices.svg", "openness.svg", "map_searches.svg", "map_arrests.svg"} <= files.keys()
    for name in (each for each in files if each.endswith(".svg")):
        assert ElementTree.fromstring(files[name]).tag.endswith("svg")
    assert not re.search(r"is exactly|from \d+ to \d+ ", page)
    assert files == choices_of(desk, NAME, "2020Q3", widths=(2,)), "the same bytes each time"


def test_only_some_tables(desk: Workspace, counted: Counted) -> None:
    files = choices_of(desk, NAME, "2020Q3", tables=["2"], widths=(2,))
    assert "map_arrests.svg" in files and "map_searches.svg" not in files
    assert "table arrests" in files["index.html"].decode()


def test_a_choice_that_cannot_be_made_safe_is_told_without_its_counts(
    desk: Workspace, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise UserError("PR-P044", "no suppression makes this safe: the count is exactly 3.")

    monkeypatch.setattr("piperoll.protect.engine.secure", refuse)
    (first, *_) = compare(desk, counted, (2,), SEEDED, lambda *_: None)
    assert first == Choice(
        2, "exact", "all tables", None, None, None, None, None, "No further suppression makes this safe."
    )
    assert "exactly 3" not in choices_of(desk, NAME, "2020Q3", widths=(2,))["index.html"].decode()


def test_without_small_counts_nothing_is_hidden(desk: Workspace, counted: Counted) -> None:
    none = replace(counted, policy=replace(counted.policy, suppress_below=1, suppress_zero=False))
    found = compare(desk, none, (2,), SEEDED, lambda *_: None)
    assert {(c.primary, c.secondary, c.leaks) for c in found} == {(0, 0, 0)}


def test_without_a_policy_there_is_nothing_to_choose(desk: Workspace, deliver: Deliver) -> None:
    deliver(300)
    desk.register.publications[NAME] = replace(desk.register.publications[NAME], policy=None, disclosure_reasons=())
    with pytest.raises(UserError, match="PR-E022"):
        choices_of(desk, NAME, "2020Q3")


def test_the_command(desk: Workspace, counted: Counted, tmp_path: Path) -> None:
    arguments = ["--register", str(desk.register.root), "--home", str(desk.home), "choices", NAME, "2020Q3"]
    done = CliRunner().invoke(
        program, [*arguments, "--tables", "arrests", "--width", "2", "--out", str(tmp_path / "out")]
    )
    assert done.exit_code == 0, done.output
    assert "Internal: keep it inside." in done.output
    assert (tmp_path / "out" / "index.html").is_file() and (tmp_path / "out" / "map_arrests.svg").is_file()
    assert not desk.journal.releases()
