"""``piperoll protect`` and ``piperoll attack``; the how-to works as it is written."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from piperoll.cli import main


HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "protect-a-table.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall(HOW_TO.read_text(encoding="utf-8"))
    for kind, name in (("csv", "claims.csv"), ("yaml", "claims.yaml")):
        Path(name).write_text(next(text for k, text in blocks if k == kind), encoding="utf-8")

    def call(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stopped:
            main([*map(str, words)])
        told = capsys.readouterr()
        return int(stopped.value.code or 0), told.out + told.err

    return call


def test_the_how_to_works_as_it_is_written(run: Run) -> None:
    blocks = BLOCK.findall(HOW_TO.read_text(encoding="utf-8"))
    commands = [text.split()[1:] for kind, text in blocks if kind == "sh"]
    expected = [text.strip() for kind, text in blocks if kind == "text"]
    assert len(commands) == 3
    status, said = run(*commands[0])
    assert (status, expected[0] in said) == (0, True)
    status, said = run(*commands[1])
    assert (status, expected[1] in said) == (0, True)
    lines = Path("claims/public/claims.csv").read_text(encoding="utf-8").splitlines()
    roles = Path("claims/internal/roles/claims.csv").read_text(encoding="utf-8").splitlines()
    true = {"Beeford,Q1": 31, "Corby,Q1": 42, "Corby,Q2": 38, "Aston,Q3": 22, "Derwent,Q2": 16}
    naive = [
        f"{line.rsplit(',', 2)[0]},{true[line.rsplit(',', 2)[0]]}," if role.endswith("secondary") else line
        for line, role in zip(lines, roles, strict=True)
    ]
    Path("naive.csv").write_text("\n".join(naive) + "\n", encoding="utf-8")
    status, said = run("attack", "naive.csv", "--spec", "claims/public/attack.yaml", "--out", "found")
    assert status == 19
    assert expected[2] in said
    assert "PR-P067" in said
    assert expected[2].removeprefix("BELOW  ") in Path("found/internal/attack.md").read_text(encoding="utf-8")
    assert Path("found/internal/intervals.svg").read_bytes().startswith(b"<svg")
    status, said = run(*commands[2])
    assert status == 0
    assert Path("choices/index.html").is_file()
    code = next(text for kind, text in blocks if kind == "python")
    exec(compile(code, str(HOW_TO), "exec"), {})
    assert not Path(".piperoll").exists()


def test_the_seed_of_an_earlier_run_makes_the_same_choice(run: Run) -> None:
    assert run("protect", "claims.csv", "--spec", "claims.yaml", "--out", "one")[0] == 0
    again = ("protect", "claims.csv", "--spec", "claims.yaml", "--out", "two", "--seed-file", "one/internal/seed")
    assert run(*again)[0] == 0
    for path in Path("one").rglob("*.*"):
        if path.is_file():
            assert path.read_bytes() == (Path("two") / path.relative_to("one")).read_bytes(), path


def test_a_refusal_leaves_nothing(run: Run) -> None:
    text = Path("claims.yaml").read_text(encoding="utf-8")
    Path("claims.yaml").write_text(text.replace("width: 4", "width: 9"), encoding="utf-8")
    status, said = run("protect", "claims.csv", "--spec", "claims.yaml", "--out", "out")
    assert status == 19
    assert "PR-P044 claims.yaml:" in said
    assert sorted(path.name for path in Path().iterdir()) == ["claims.csv", "claims.yaml"]


def test_an_act_is_recorded_where_there_is_a_home(run: Run) -> None:
    from piperoll.workspace import Workspace

    home = Path("home")
    home.mkdir()
    assert run("--home", home, "protect", "claims.csv", "--spec", "claims.yaml", "--out", "out")[0] == 0
    assert run("--home", home, "attack", "out/public/claims.csv", "--spec", "out/public/attack.yaml")[0] == 0
    entries = [entry.action for entry in Workspace(home=home).journal.audit_entries()]
    assert entries == ["table.protect", "table.attack"]


def test_tables_may_be_listed_in_the_specification(run: Run) -> None:
    Path("by_type.csv").write_text("area,type,n\nA,x,40\nA,y,35\nA,z,[c]\nA,All,75\n", encoding="utf-8")
    Path("by_area.csv").write_text("area,n\nA,78\n", encoding="utf-8")
    Path("both.yaml").write_text(
        "value: n\ndimensions:\n  area: {total: All, hierarchies: {all: {tree: {All: [A]}}}}\n  type: {total: All}\n"
        "rule: {threshold: 10}\ntables:\n  crosstab: by_type.csv\n  margin: by_area.csv\n",
        encoding="utf-8",
    )
    status, said = run("attack", "--spec", "both.yaml")
    assert status == 19
    assert "BELOW  [A, z] is exactly 3, known from [A, x] (40), [A, y] (35), [A] (78; its 75 in `crosstab`" in said
    assert run("attack", "--spec", "claims.yaml")[0] == 19
