"""The lock of a home, and what a killed run leaves."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from piperoll.collect.staging import LOCK, alone
from piperoll.errors import UserError


def test_a_run_has_an_empty_private_directory_and_leaves_nothing(tmp_path):
    staging = tmp_path / "staging"
    with alone(staging) as work:
        assert work.parent == staging and not list(work.iterdir())
        assert work.stat().st_mode & 0o077 == 0
        (work / "x").write_text("left")
    assert [p.name for p in staging.iterdir()] == [LOCK]


def test_leftovers_are_cleared(tmp_path):
    staging = tmp_path / "staging"
    (staging / "run-1-dead" / "deep").mkdir(parents=True)
    (staging / "run-1-dead" / "deep" / "x").write_text("left")
    (staging / "file").write_text("left")
    (staging / "link").symlink_to("/etc")
    with alone(staging) as work:
        assert {p.name for p in staging.iterdir()} == {LOCK, work.name}


def test_the_second_waits_and_says_for_whom(tmp_path):
    code = """
        import sys, pathlib
        from piperoll.collect.staging import alone
        with alone(pathlib.Path(sys.argv[1])) as work:
            (work / "busy").write_text("x")
            print(work, flush=True)
            sys.stdin.readline()
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stdin
    work = process.stdout.readline().strip()
    told: list[str] = []
    with pytest.raises(UserError) as caught, alone(tmp_path, wait=0.3, waiting=told.append):
        pass
    assert caught.value.code == "PR-C026"
    assert told == [f"Waiting for process {process.pid}, which is collecting into the same home."]
    assert (tmp_path / work / "busy").exists(), "a run that lives is not disturbed"
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    with alone(tmp_path, wait=5) as mine:
        assert {p.name for p in tmp_path.iterdir()} == {LOCK, mine.name}
