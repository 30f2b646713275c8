"""A home of simulated deliveries of the seven systems that know people, linked by the command line alone."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest


ROOT = Path(__file__).parents[3]
TIMELINESS = ("table", "court_timeliness", "timeliness", "--period", "2011Q4", "--draft", "--format", "csv")
SOURCES = ("libra", "crest", "pnc", "nomis", "probation", "iaps", "oasys")


@dataclass
class Home:
    """A home, everything that commands of ``link`` printed, and what was refused."""

    home: Path
    printed: list[str] = field(default_factory=list)

    refusals: list[str] = field(default_factory=list)

    def run(self, *words: object) -> str:
        """What a command prints; it must succeed."""
        done = self._run(*words)
        assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
        self.printed.append(done.stdout + done.stderr)
        return done.stdout

    def refused(self, *words: object) -> None:
        """Note what a command says that must be refused."""
        done = self._run(*words)
        assert done.returncode != 0, (words, done.stdout[-2000:])
        self.refusals.append(done.stderr)

    def _run(self, *words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "piperoll", "--register", str(ROOT / "justice"), "--home", str(self.home),
             *map(str, words)],
            capture_output=True, text=True, check=False, cwd=self.home.parent,
            env={**os.environ, "PIPEROLL_NOW": "2012-11-08T09:30:00+00:00"},
        )  # fmt: skip

    def collect(self, *months: str) -> None:
        """Take in what came from the seven systems in some months."""
        found = [
            path for month in months for path in sorted((self.home / "inbox" / month).iterdir())
            if path.name.startswith(SOURCES)
        ]  # fmt: skip
        self.run("collect", *found, "--quiet")


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Runs of the offenders: 1 after three months, 2 after four, 3 with nothing new, 4 anew; and two of the courts."""
    made = Home(tmp_path_factory.mktemp("vaulted") / "home")
    months = ("--from", "2011-09", "--to", "2011-12", "--persons-from", "2011-09")
    made.run("simulate", "--faults", "none", "--scale", "0.001", "--persons", "0.001", *months)
    made.collect("2011-10", "2011-11", "2011-12")
    made.printed.clear()
    made.refused(*TIMELINESS)
    made.run("link", "run", "offenders", "--plan")
    made.run("link", "run", "offenders")
    made.run("link", "run", "court_cases")
    made.run(*TIMELINESS)
    made.collect("2012-01")
    made.refused(*TIMELINESS)
    for more in ([], [], ["--anew"]):
        made.run("link", "run", "offenders", *more)
    made.run("link", "run", "court_cases")
    return made
