"""The commands `enter` and `entries`: from a form on the screen to a delivery."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from piperoll.cli import main, program


TINY = Path(__file__).parents[1] / "registers" / "tiny"
RECORD = {
    "status": "N", "case_number": "AB000001", "kind": "A", "opened": "2012-05-01", "amount": 10.5,
    "party_name": "Zoe Canary", "party_born": "1980-01-01", "postcode": "AB1 2CD", "urgent": True,
}  # fmt: skip
CASE = ("cases.case", "--office", "north")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PIPEROLL_NOW", "2012-06-08T09:30:00+00:00")

    def runner(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--register", str(TINY), "--home", str(tmp_path / "home"), *words])
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out + out.err

    return runner


def write(path: Path, **changed: object) -> str:
    path.write_text(json.dumps(RECORD | changed))
    return str(path)


def test_from_a_record_to_a_delivery(run, tmp_path):
    file = tmp_path / "record.json"
    status, text = run("enter", *CASE, "--period", "2012-05", "--from", write(file, kind="X", urgent=None))
    assert status == 16 and "`kind`" in text and "E1 is kept as a draft" in text and "Canary" not in text
    status, text = run("enter", *CASE, "--record", "E1", "--from", write(file))
    assert status == 0 and "E1" in text and "version 1" in text
    status, text = run("enter", *CASE, "--record", "E1", "--from", write(file, amount=11))
    assert status == 16 and "PR-C165" in text and "no reason" in text
    status, text = run("enter", *CASE, "--record", "E1", "--from", write(file, amount=11), "--reason", "misread")
    assert status == 0 and "version 2" in text
    status, text = run("entries", *CASE, "--submit", "--period", "2012-05")
    assert status == 0 and "1 in = 1 valid + 0 refused" in text
    status, text = run("entries", *CASE)
    assert "in delivery" in text and text.endswith("1 record.\n") and "Canary" not in text
    status, text = run("entries", *CASE, "--record", "E1", "--show")
    assert "corrected by" in text and "amount (misread)" in text and "party_name = Zoe Canary" in text
    assert "0 records" in run("entries", "cases.case", "--office", "south")[1]
    assert "PR-C162" in run("entries", "cases.case", "--office", "south", "--record", "E1")[1]
    status, text = run("enter", *CASE, "--record", "E1", "--withdraw", "--reason", "not ours")
    assert status == 0 and "withdrawn" in text


def test_paper_is_keyed_twice(run, tmp_path):
    file, scan = tmp_path / "record.json", tmp_path / "scan.png"
    scan.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 20 + b"IEND\xaeB`\x82")
    form = ("--reference", "F/1", "--dated", "2012-05-02", "--as", "Ann", "--scan", str(scan))
    status, text = run("enter", *CASE, "--period", "2012-05", "--from", write(file), *form)
    assert status == 0 and "from paper, keyed once, with scan" in text
    second = ("enter", *CASE, "--record", "E1", "--second", "--as", "Bea", "--from", write(file, amount=12))
    status, text = run(*second)
    assert status == 16 and "differ in amount" in text and "12" not in text.replace("2012", "")
    assert "amount: first '10.5', second '12'" in run("entries", *CASE, "--record", "E1", "--both")[1]
    decide = ("enter", *CASE, "--record", "E1", "--decide", "amount=second", "--reason", "read again")
    status, text = run(*decide)
    assert status == 0 and "version 2, from paper, keyed twice, with scan" in text
    out = tmp_path / "back.png"
    assert "(png)" in run("entries", *CASE, "--record", "E1", "--scan", str(out))[1]
    assert out.read_bytes() == scan.read_bytes()


def test_the_form_asks_field_by_field(tmp_path, monkeypatch):
    monkeypatch.setenv("PIPEROLL_NOW", "2012-06-08T09:30:00+00:00")
    answers = "\n".join("true" if value is True else str(value) for value in RECORD.values()) + "\n"
    words = ["--register", str(TINY), "--home", str(tmp_path / "home"), "enter", *CASE, "--period", "2012-05"]
    done = CliRunner().invoke(program, words, input=answers)
    assert "case_number (str(8), required)" in done.output and "version 1" in done.output


def test_what_does_not_fit_is_told(run, tmp_path):
    file = tmp_path / "record.json"
    assert run("enter", *CASE)[0] == 2 and run("enter", *CASE, "--period", "2012-05", "--second")[0] == 2
    assert run("entries", *CASE, "--submit")[0] == 2
    for content, code in (("[1]", "PR-C160"), ("{", "PR-C160"), ('{"kind": [1]}', "PR-C160")):
        file.write_text(content)
        status, text = run("enter", *CASE, "--period", "2012-05", "--from", str(file))
        assert status == 16 and code in text
    assert "PR-C029" in run("enter", *CASE, "--period", "2012-05", "--from", str(tmp_path / "none"))[1]
