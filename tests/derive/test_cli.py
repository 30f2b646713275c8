"""``piperoll lineage`` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from piperoll.cli import main


JUSTICE = Path(__file__).parents[2] / "justice"
COLUMN = "mortgage_and_landlord_possession/orders.orders_outright"


def lineage(tmp_path: Path, *arguments: str) -> None:
    main(["--register", str(JUSTICE), "--home", str(tmp_path / "home"), "lineage", *arguments])


def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str, str]:
    with pytest.raises(SystemExit) as stopped:
        lineage(tmp_path, *arguments)
    out = capsys.readouterr()
    return stopped.value.code, out.out, out.err


def test_the_tree_the_fields_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(tmp_path, capsys, COLUMN)
    assert code == 0
    assert "condition: model column orders.order_kind" in out
    assert "orders.sql:" in out
    code, out, _ = run(tmp_path, capsys, COLUMN, "--fields")
    assert "caseman.claim_event.event_type" in out.splitlines()
    code, out, _ = run(tmp_path, capsys, COLUMN, "--json")
    assert json.loads(out)["name"] == "orders.orders_outright"


@pytest.mark.parametrize(
    ("column", "code"),
    [("nothing", "PR-D012"), ("a/b", "PR-D012"), ("nope/claims.claims", "PR-W003"), (COLUMN + "x", "PR-D010")],
)
def test_mistakes_are_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str], column: str, code: str) -> None:
    status, _, err = run(tmp_path, capsys, column)
    assert status == {"D": 17, "W": 23}[code[3]]
    assert err.startswith(code)
    assert "Traceback" not in err
