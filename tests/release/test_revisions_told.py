"""`piperoll release correct`, `editions`, `corrections`, `index` and `piperoll revisions`, as a user meets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import piperoll.cli as command_line
from piperoll.workspace import Workspace
from tests.searches import NAME, Deliver


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(desk: Workspace, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stop:
            command_line.main(["--register", str(desk.register_dir), "--home", str(desk.home), *map(str, words)])
        told = capfd.readouterr()
        return int(stop.value.code or 0), told.out + told.err

    return call


@pytest.mark.slow
def test_a_release_is_corrected_listed_and_measured(run: Run, deliver: Deliver, tmp_path: Path) -> None:
    deliver(300)
    folder = tmp_path / "releases"
    assert run("release", NAME, "2020Q3", "--out", folder / "2020Q3")[0] == 0
    status, told = run("revisions", NAME)
    assert status == 0 and "No figure has been published by two editions yet" in told
    deliver(300, extra=40)
    status, told = run(
        "release", "correct", NAME, "2020Q3", "--what", "A page was lost", "--reason", "A slip.", "--out", folder / "2020Q3"
    )  # fmt: skip
    assert status == 0 and f"It corrects {NAME}/2020Q3/1: " in told
    assert run("verify", folder / "2020Q3")[0] == 0
    status, told = run("release", "corrections", NAME)
    assert status == 0 and "What: A page was lost" in told and "Why: A slip." in told and "1 corrections." in told
    status, told = run("release", "editions", NAME)
    lines = told.splitlines()
    assert status == 0 and lines[0].startswith(f"{NAME}/2020Q3/2  2020-11-01  ") and lines[-1] == "2 editions."
    status, told = run("release", "index", NAME, "--out", folder)
    assert status == 0 and "2 editions" in told and "0 periods laid" in told
    assert "2020Q3/editions/1/index.html" in (folder / "index.html").read_text(encoding="utf-8")
    # The correction stands in the place of the wrong edition: there is nothing to compare it with.
    assert "No figure has been published by two editions yet" in run("revisions", NAME)[1]
    deliver(300, extra=70)
    assert run("release", NAME, "2020Q3", "--out", folder / "2020Q3")[0] == 0
    status, told = run("revisions", NAME, "--measure", "arrests")
    assert status == 0 and "First to last" in told and "1st to 2nd" in told
    assert "Searches leading to arrest" in told and "Share leading" not in told
    page = (folder / "2020Q3" / "index.html").read_text(encoding="utf-8")
    assert "How much figures are revised" in page and 'id="sizes-of-revisions"' in page and 'id="triangle-1"' in page
    assert run("verify", folder / "2020Q3")[0] == 0


def test_what_cannot_be_done_is_said(run: Run, deliver: Deliver, tmp_path: Path) -> None:
    deliver(300)
    said = ("--what", "x", "--reason", "y", "--out", tmp_path / "out")
    for words, code in (
        (("release", "correct", NAME, "2020Q3", *said), "PR-E080"),
        (("release", "index", NAME, "--out", tmp_path / "folder"), "PR-E082"),
        (("revisions", NAME, "--measure", "arests"), "PR-E084"),
        (("revisions", "stop_and_serch"), "PR-W003"),
        (("release", "editions", "stop_and_serch"), "PR-W003"),
    ):
        status, told = run(*words)
        assert status in (20, 23) and code in told, words
    assert "Did you mean `arrests`?" in run("revisions", NAME, "--measure", "arests")[1]
    assert run("release", "correct", NAME, "2020Q3", "--out", tmp_path / "out")[0] == 2
