"""The same inputs and definitions give the same bytes, whatever the keys, the order of arrival and the home."""

from __future__ import annotations

import hashlib
import random
import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import PUBLICATION, piperoll


pytestmark = pytest.mark.slow


# Rows go wrong and deliveries go missing; of two files for one slot, named without their folders, none is the later.
FAULTS = """\
transposed: 0.003
mistyped: 0.003
missing_value: 0.003
wrong_order: 0.003
duplicated_row: 0.003
stale_row: 0.002
truncated_row: 0.001
missing: 0.03
"""


def tree(top: Path) -> dict[str, str]:
    """Every file below a directory with the hash of its bytes."""
    return {
        path.relative_to(top).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two homes with keys of their own and the same deliveries; to the second its files are named in disorder."""
    top = tmp_path_factory.mktemp("same")
    (top / "faults.yaml").write_text(FAULTS, encoding="utf-8")
    for name in ("one", "two"):
        home = top / name / "home"
        home.parent.mkdir()
        months = ("--from", "2012-04", "--to", "2012-06", "--persons", "0.001", "--persons-from", "2012-06")
        piperoll(home, "simulate", "--faults", top / "faults.yaml", "--scale", "0.02", *months)
        paths = [home / "inbox"]
        if name == "two":
            paths = sorted(each for each in (home / "inbox").rglob("*") if each.is_file())
            random.Random(7).shuffle(paths)
        piperoll(home, "collect", *paths, "--quiet", "--jobs", 1 if name == "one" else 2, status=(0, 16))
        # What else is hidden is chosen by a secret of each home, and so is not the same in two.
        piperoll(home, "release", PUBLICATION, "2012Q2", "--alone", "--out", home.parent / "release")
        piperoll(home, "statement", "--out", home.parent / "statement")
    return top / "one", top / "two"


def test_two_simulations_are_the_same(homes: tuple[Path, Path]) -> None:
    one, two = (tree(each / "home" / "inbox") for each in homes)
    assert one == two and len(one) > 45
    assert tree(homes[0] / "home" / "truth") == tree(homes[1] / "home" / "truth")


def test_two_homes_have_keys_of_their_own(homes: tuple[Path, Path]) -> None:
    """Else the tests below would prove little: what is in the stores differs, since its tokens do."""
    one, two = (tree(each / "home" / "keys") for each in homes)
    assert one.keys() == two.keys() and one != two
    stores = [set(tree(each / "home" / "store").values()) for each in homes]
    assert abs(len(stores[0]) - len(stores[1])) < 2 and stores[0] != stores[1]


def test_two_homes_give_the_same_release(homes: tuple[Path, Path]) -> None:
    one, two = (tree(each / "release") for each in homes)
    assert one == two
    suffixes = {Path(name).suffix for name in one}
    assert {".ods", ".xlsx", ".csv", ".json", ".html", ".svg"} <= suffixes


def test_the_same_release_made_again_is_the_same_edition(homes: tuple[Path, Path]) -> None:
    home = homes[0] / "home"
    told = piperoll(home, "release", PUBLICATION, "2012Q2", "--alone", "--out", homes[0] / "again")
    assert f"{PUBLICATION}/2012Q2/1" in told
    assert tree(homes[0] / "again") == tree(homes[0] / "release")
    shutil.rmtree(homes[0] / "again")


def test_two_homes_give_the_same_statement(homes: tuple[Path, Path]) -> None:
    one, two = (tree(each / "statement") for each in homes)
    assert one == two and len(one) > 36


def test_another_input_gives_another_release(homes: tuple[Path, Path]) -> None:
    """A delivery taken back changes the edition; making it again from the vintage before does not."""
    home = homes[1] / "home"
    listed = piperoll(home, "deliveries", "--dataset", "caseman.claim", "--period", "2012-06", "--state", "in")
    delivery = listed.split("2012-06")[1].split()[1]
    piperoll(home, "withdraw", delivery, "--reason", "sent in error")
    told = piperoll(home, "release", PUBLICATION, "2012Q2", "--out", homes[1] / "later")
    assert f"{PUBLICATION}/2012Q2/2" in told
    later = tree(homes[1] / "later")
    first = tree(homes[1] / "release")
    assert later["tables/national.csv"] != first["tables/national.csv"]
    assert later["assets/piperoll.css"] == first["assets/piperoll.css"]
