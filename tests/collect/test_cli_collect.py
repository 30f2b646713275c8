"""The commands: what they print, what they refuse, how they end."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from piperoll.cli import main


TINY = Path(__file__).parents[1] / "registers" / "tiny"
MAY = "cases_case_north_2012-05.csv"
ONE = "N,AB000001,A,2012-05-01,10.00,Zoe Canary,1980-01-01,AB1 2CD,true"
BIG = "N,AB000002,C,2012-05-02,5000000,Ann Canary,1981-01-01,AB9 2CD,false"
BAD = "N,AB000003,X,2012-05-02,5,Bob Canary,1981-01-01,ZZ9 2CD,false"


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PIPEROLL_NOW", "2012-06-08T09:30:00+00:00")

    def runner(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--register", str(TINY), "--home", str(tmp_path / "home"), *words])
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out + out.err

    return runner


def test_from_a_file_to_an_answer(run, tmp_path, cases):
    path = tmp_path / MAY
    path.write_text(cases(ONE, BIG, BAD))
    status, text = run("collect", str(path), "--receipts", str(tmp_path / "receipts"))
    assert status == 0 and "accepted less refused rows" in text and "2 rows kept, 1 refused, 1 query to send" in text
    name = re.search(r"Delivery  (\w+)", text)[1]
    assert {p.name for p in (tmp_path / "receipts").iterdir()} == {f"{name}.json", f"{name}.txt"}

    assert "delivered before" in run("collect", str(path))[1]
    assert run("receipt", name[:6])[1].startswith(f"{MAY}: accepted less refused rows")
    assert json.loads(run("receipt", name, "--json")[1])["delivery"] == name

    status, text = run("queries")
    assert "Q1" in text and "amount of a million or more" in text and "1 query open" in text
    assert run("answer", "Q1", "confirmed")[0] == 12, "a reason is needed"
    assert run("answer", "Q1", "confirmed", "--text", "They are right.")[1] == "Q1 is confirmed.\n"
    assert "0 queries open" in run("queries")[1]
    assert json.loads(run("queries", "--all", "--json")[1])[0]["events"][-1]["text"] == "They are right."

    listed = json.loads(run("deliveries", "--period", "2012-05", "--dataset", "cases.case", "--json")[1])
    assert listed["counts"] == {"in": 1, "owed": 1, "late": 0, "refused": 0, "not_available": 0}
    assert [(s["supplier"], s["state"], s["due"]) for s in listed["slots"]] == [
        ("north", "in", "2012-06-10"),
        ("south", "owed", "2012-06-10"),
    ]
    assert "late" in run("deliveries", "--state", "late")[1]
    told = [line.split() for line in run("deliveries", "--by-source")[1].splitlines()]
    assert told[0][-5:] == ["rows", "in", "kept", "refused", "queries"]
    assert next(line for line in told if line[0] == "cases")[-5:] == ["1", "3", "2", "1", "1"]
    assert told[-2] == ["all", "1", "3", "2", "1", "1"]
    assert " ".join(told[-1]).endswith("sources have sent: 1 by file.")

    status, text = run("refused", name)
    assert f"{MAY} row 4 kind: G-V02" in text and "Canary" not in text
    assert json.loads(run("refused", name, "--json")[1])["counts"] == {"G-V02": 1}
    out = tmp_path / "again.csv"
    assert run("refused", name, "--export", str(out))[0] == 2, "a purpose is needed"
    assert run("refused", name, "--export", str(out), "--purpose", "to correct")[0] == 0
    out.write_text(out.read_text().replace(",X,", ",A,"))
    assert "3 in = 3 valid" in run("collect", str(out), "--resubmit", name)[1]

    made = ["--field", "amount", "--value", "5", "--mark", "r", "--reason", "typo", "--approver", "anna"]
    status, text = run("override", "make", "cases.case", "--key", "case_number=AB000001", *made)
    assert status == 0 and "Override O1" in text
    assert "AB000001" not in run("override", "list")[1]
    assert run("override", "withdraw", "O1", "--reason", "wrong")[1] == "Override O1 is withdrawn.\n"
    assert run("override", "make", "cases.case", "--key", "AB000001", *made)[0] == 16


def test_what_is_refused_gives_its_status(run, tmp_path, cases):
    (tmp_path / "letter.csv").write_text("Dear all")
    status, text = run("collect", str(tmp_path / "letter.csv"), "--quiet")
    assert status == 16 and "PR-C022" in text
    path = tmp_path / MAY
    path.write_text(cases(ONE))
    text = run("collect", str(path), "--json")[1]
    name = json.loads(text)[0]["delivery"]
    assert run("withdraw", name, "--reason", "sent in error")[1] == f"Delivery {name} is withdrawn.\n"
    assert "Withdrawn by" in run("receipt", name)[1]
    assert run("withdraw", name, "--reason", "again")[0] == 12
    assert run("collect")[0] == 2
    for option in ("--source", "--dataset", "--supplier"):
        status, text = run("deliveries", option, "nothing")
        assert status == 23 and "PR-W005" in text
