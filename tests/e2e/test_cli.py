"""The command line as a user meets it: help for everything, and for each mistake a sentence with its own status."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import piperoll.cli as command_line
from piperoll.errors import EXIT_STATUS
from tests.e2e.conftest import NOW, PUBLICATION, ROOT


JUSTICE = ROOT / "justice"
TINY = ROOT / "tests" / "registers" / "tiny"
Run = Callable[..., tuple[int, str]]


def every(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of each command, groups and what is in them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*before, name)
        if isinstance(command, click.Group):
            yield from every(command, (*before, name))


COMMANDS = list(every(command_line.program))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: its status and all it printed. A traceback here is an exception."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIPEROLL_NOW", NOW)

    def call(*words: object, register: Path = JUSTICE, home: Path | None = None) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stop:
            command_line.main(["--register", str(register), "--home", str(home or tmp_path / "home"), *map(str, words)])
        told = capfd.readouterr()
        return int(stop.value.code or 0), told.out + told.err

    return call


# --- help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_helps(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(command_line.program, [*words, "--help"])
    assert result.exit_code == 0
    text = result.output
    assert text.startswith("Usage: ") and len(text.split("Options:")[0].split()) > 6
    context = click.Context(command_line.program)
    command: click.Command = command_line.program
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(context, word)
        assert found is not None
        command = found
    for option in command.params:
        if isinstance(option, click.Option) and not isinstance(command, click.Group):
            assert option.help or option.name in ("format", "form"), f"{option.name} of {' '.join(words)} has no help"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_is_documented(words: tuple[str, ...]) -> None:
    told = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    name = "piperoll " + " ".join(words)
    assert any(name in path.read_text(encoding="utf-8") for path in told), f"no page shows {name}"


def test_help_says_nothing_of_the_machine_it_runs_on() -> None:
    result = CliRunner().invoke(command_line.program, ["--help"])
    assert str(Path.home()) not in result.output and str(ROOT) not in result.output
    for name in ("simulate", "collect", "release", "verify", "trace", "table", "statement", "register"):
        assert f"\n  {name} " in result.output


def test_the_package_runs_as_a_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "piperoll", "--version"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.startswith("piperoll, version ") and done.stderr == ""


def test_only_the_command_asked_for_is_imported(tmp_path: Path) -> None:
    """`--version` and a usage error answer at once: no frame library, no database."""
    program = (
        "import sys\nfrom piperoll.cli import main\n"
        "try:\n    main(['table', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'duckdb', 'polars', 'django', 'matplotlib', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "[]"


# --- mistakes ---------------------------------------------------------------------------------------------------------

# Words, the room whose status is given back, and what the sentence says.
MISTAKES: list[tuple[tuple[object, ...], str, str]] = [
    (("register", "show", "casemna"), "R", "caseman"),
    (("register", "show", "caseman.claims"), "R", "claim"),
    (("register", "diff", "nowhere", "justice"), "R", "nowhere"),
    (("register", "export", "odcs", "casemna", "--out", "out"), "R", "caseman"),
    (("simulate", "--world", "mars"), "M", "justice"),
    (("simulate", "--scale", "0"), "M", "scale"),
    (("simulate", "--from", "2012-05", "--to", "2012-04"), "M", "2012-05"),
    (("simulate", "--faults", "absent.yaml"), "M", "absent.yaml"),
    (("simulate", "--account"), "M", "truth"),
    (("deliveries", "--source", "casemna"), "W", "caseman"),
    (("receipt", "ffffffff"), "J", "ffffffff"),
    (("refused", "ffffffff"), "J", "ffffffff"),
    (("withdraw", "ffffffff", "--reason", "wrong"), "J", "ffffffff"),
    (("answer", "Q99", "confirmed"), "J", "Q99"),
    (("override", "withdraw", "O99", "--reason", "wrong"), "J", "O99"),
    (("lineage", f"{PUBLICATION}/claims.no_such"), "D", "no_such"),
    (("table", PUBLICATION, "no_such"), "T", "no_such"),
    (("table", PUBLICATION, "claim"), "T", "claims"),
    (("table", "no_such", "claims"), "W", "no_such"),
    (("table", PUBLICATION, "claims", "--period", "2012-05"), "P", "calendar quarters"),
    (("table", PUBLICATION, "claims", "--period", "2012Q5"), "W", "2012Q5"),
    (("table", PUBLICATION, "claims", "--where", "region=Souht East"), "E", "South East"),
    (("table", PUBLICATION, "claims", "--where", "regoin=London"), "E", "region"),
    (("table", PUBLICATION, "claims", "--vintage", "9"), "J", "9"),
    (("release", PUBLICATION, "2012-05", "--out", "out"), "P", "calendar quarters"),
    (("release", "mortgage_and_landlord_posession", "2012Q2", "--out", "out"), "W", PUBLICATION),
    (("verify", "absent"), "E", "absent"),
    (("trace", f"{PUBLICATION}/2012Q2/1", "claims", "claims,2012Q2"), "J", "2012Q2"),
    (("statement", "--out", "out", "--as-of", "2013-31-12"), "X", "2013-31-12"),
    (("statement", "--out", "out", "--since", "no-such-ref"), "X", "no-such-ref"),
]


@pytest.mark.parametrize(("words", "room", "said"), MISTAKES, ids=[" ".join(map(str, each[0])) for each in MISTAKES])
def test_a_mistake_is_told_in_a_sentence(words: tuple[object, ...], room: str, said: str, run: Run) -> None:
    status, told = run(*words)
    assert "Traceback" not in told
    assert said in told
    assert f"PR-{room}" in told, told
    assert status == EXIT_STATUS[room]
    assert "More: docs/errors/PR-" in told


def test_a_refused_month_quotes_the_rule(run: Run) -> None:
    status, told = run("table", PUBLICATION, "claims", "--period", "2012-05")
    assert status == 19 and told.startswith("PR-P001 ")
    assert "Figures are given for calendar quarters and calendar years, and for no other period." in told
    assert "May 2012" in told


def test_an_unknown_name_is_answered_with_the_nearest(run: Run) -> None:
    _, told = run("table", PUBLICATION, "claims", "--where", "region=Souht East", "--period", "2012Q2")
    assert "did you mean" in told.lower() and "South East" in told


def test_a_register_that_is_not_there(run: Run, tmp_path: Path) -> None:
    status, told = run("register", "check", register=tmp_path / "nowhere")
    assert status == 10 and "nowhere" in told


def test_a_register_with_mistakes_tells_all_of_them(run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "tiny"
    shutil.copytree(TINY, copy)
    path = copy / "sources" / "cases.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("mode: increment", "mode: incremental").replace("class: M,", "class: Z,"), "utf-8")
    status, told = run("register", "check", register=copy)
    assert status == 10
    assert "increment" in told and told.count("cases.yaml:") >= 2


@pytest.mark.parametrize("words", [("deliveries",), ("collect", "."), ("table", PUBLICATION, "claims")])
def test_a_home_that_is_a_file(words: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("no home", encoding="utf-8")
    status, told = run(*words, home=place)
    assert status in EXIT_STATUS.values() and "PR-" in told and "file" in told
    assert place.read_text(encoding="utf-8") == "no home"


def test_an_empty_folder_is_nothing_to_collect(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    status, told = run("collect", tmp_path / "empty")
    assert (status in (0, 16) and "empty" in told) or "0 files" in told or "othing" in told


def test_a_file_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    status, told = run("collect", "absent.csv")
    assert status == 16 and told.startswith("absent.csv: not taken") and "PR-C029 " in told


def test_a_file_that_fits_no_contract_is_not_taken(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    status, told = run("collect", tmp_path / "notes.csv")
    assert status == 16 and "PR-C" in told and "notes.csv" in told and "not taken" in told


@pytest.mark.parametrize(
    "text", ["", "[", "files: 7\n", "nonsense: true\n", "files:\n  - {file: absent.csv}\n", "\x00"]
)
def test_a_broken_manifest_is_told(text: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "manifest.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "in" / "data.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    status, told = run("collect", tmp_path / "in")
    assert status == 16 and "PR-C" in told and "Traceback" not in told


def test_a_clock_that_is_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPEROLL_NOW", "yesterday")
    status, told = run("deliveries")
    assert status == 23 and told.startswith("PR-W002 ") and "2012-11-08T09:30:00+00:00" in told


@pytest.mark.parametrize(
    "words",
    [("colect",), ("collect", "--no-such"), ("table",), ("simulate", "--seed", "x"), ("queries", "--json", "more"),
     ("refused", "ffff", "--export", "rows.csv", "--limit", "-1"), ("deliveries", "--state", "lost")],
    ids=" ".join,
)  # fmt: skip
def test_wrong_words_are_told_by_status_2(words: tuple[str, ...], run: Run) -> None:
    status, told = run(*words)
    assert status == 2 and "Error: " in told


def test_a_broken_pipe_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m piperoll --register {JUSTICE} --home {tmp_path / 'home'} register list | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False,
        env={**os.environ, "PIPEROLL_NOW": NOW},
    )  # fmt: skip
    assert done.stderr == "" and len(done.stdout.splitlines()) == 1
