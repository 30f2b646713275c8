"""Every fault is refused, told, recognised, known to be missing, superseded, or counted as not noticed."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.simulate.account import ANSWERS, FINDINGS, RECEIPTS, REFUSED, Accounting, account
from piperoll.simulate.faults import Fault, frame
from piperoll.simulate.run import FILES


def written(file: str, rows: int, fate: str = "on_time", period: str = "2012-01") -> dict[str, object]:
    arrives = file.partition("/")[0]
    return dict(zip(FILES, (file, "shop.sale", "east", period, arrives, fate, rows, rows, 9, "", "file"), strict=True))


def truth(top: Path, files: list[dict[str, object]], faults: list[tuple[str, str, Fault]]) -> Path:
    pl.DataFrame(files, schema=FILES).write_parquet(top / "files.parquet")
    named = [(file, "shop.sale", "east", period, fault) for file, period, fault in faults]
    frame(named).write_parquet(top / "faults.parquet")
    return top


Found = tuple[str, str, str, str, int, list[int]]


def told(
    receipts: list[tuple[str, str, int, int, int]],
    refused: list[tuple[str, int, str, str]] | None = None,
    findings: list[Found] | None = None,
) -> dict[str, pl.DataFrame]:
    return {
        "receipts": pl.DataFrame(receipts, schema=RECEIPTS, orient="row"),
        "refused": pl.DataFrame(refused or [], schema=REFUSED, orient="row"),
        "findings": pl.DataFrame(findings or [], schema=FINDINGS, orient="row"),
    }


def answers(done: Accounting) -> list[str]:
    return done.faults["answer"].to_list()


A, B = "2012-02/a.csv", "2012-03/a.csv"


def test_rows_are_matched_one_by_one(tmp_path: Path) -> None:
    faults = [
        (A, "2012-01", Fault("mistyped", 2, "code")),
        (A, "2012-01", Fault("wrong_order", 3, "on, until")),
        (A, "2012-01", Fault("transposed", 4, "name")),
        (A, "2012-01", Fault("missing_value", 5, "sum")),
    ]
    said = told([(A, "accepted_less_refused", 9, 8, 1)], [(A, 2, "code", "G-V02")], [(A, "R1", "until", "W", 1, [3])])
    done = account(truth(tmp_path, [written(A, 9)], faults), **said)
    assert answers(done) == ["refused", "told", "not_noticed", "not_noticed"]
    assert done.faults["rule"].to_list() == ["G-V02", "R1", None, None]
    assert done.share_not_noticed == 0.5
    assert done.unbalanced.height == 0
    assert done.by_kind.select("seeded", *ANSWERS).sum().row(0) == (4, 1, 1, 0, 0, 0, 0, 2)
    assert "50.0% of them no rule caught" in done.sentences[0]
    assert done.rows == {"written": 9, "kept": 8, "refused": 1, "whole": 0, "known": 0}
    assert "9 rows written: 8 kept, 1 refused" in done.sentences[-1] and "0 of 1 files" in done.sentences[-1]


def test_a_finding_about_many_rows_is_matched_by_its_field(tmp_path: Path) -> None:
    faults = [(A, "2012-01", Fault("mistyped", 90, field)) for field in ("name", "on", None)]
    many = [
        (A, "W1", "name", "W", 500, list(range(2, 22))),
        (A, "E1", "on", "E", 500, [90]),
        (A, "R1", "", "R", 30, []),
    ]
    done = account(truth(tmp_path, [written(A, 900)], faults), **told([(A, "accepted", 900, 900, 0)], None, many))
    assert answers(done) == ["told", "not_noticed", "not_noticed"]
    assert done.faults["rule"][0] == "W1"


def test_a_file_refused_whole_answers_for_all_its_faults(tmp_path: Path) -> None:
    faults = [(A, "2012-01", Fault("truncated_file", rows=4)), (A, "2012-01", Fault("mistyped", 3, "n"))]
    done = account(truth(tmp_path, [written(A, 9, "truncated_file")], faults), **told([(A, "refused", 5, 0, 5)]))
    assert answers(done) == ["refused", "refused"] and done.unbalanced.height == 0


def test_deliveries_late_twice_missing_and_corrected(tmp_path: Path) -> None:
    files = [
        written(A, 9, "corrected"), written(B, 9, "redelivered"), written("2012-05/b.csv", 9, "late", "2012-02"),
        written("2012-04/c.csv", 9, "twice", "2012-03"), written("2012-05/c.csv", 9, "twice", "2012-03"),
        written("", 9, "missing", "2012-04"), written("", 9, "missing", "2012-05"),
    ]  # fmt: skip
    faults = [
        (A, "2012-01", Fault("mistyped", 2, "n")), (B, "2012-01", Fault("mistyped", 2, "n")),
        ("2012-05/b.csv", "2012-02", Fault("late")), ("2012-05/c.csv", "2012-03", Fault("twice")),
        ("", "2012-04", Fault("missing")), ("", "2012-05", Fault("missing")),
    ]  # fmt: skip
    names = [each["file"] for each in files if each["file"]]
    said = told([(str(n), "known" if n == "2012-05/c.csv" else "accepted", 9, 9, 0) for n in names])
    missing = pl.DataFrame({"dataset": ["shop.sale"], "supplier": ["east"], "period": ["2012-04"]})
    done = account(truth(tmp_path, files, faults), **said, missing=missing)
    assert answers(done) == ["superseded", "not_noticed", "came_in", "recognised", "known_missing", "not_noticed"]
    assert done.unbalanced.height == 0


@pytest.mark.parametrize(
    "receipt", [(A, "accepted", 8, 8, 0), (A, "accepted", 9, 8, 0), ("2012-02/other.csv", "accepted", 9, 9, 0)]
)
def test_rows_lost_in_silence_do_not_add_up(receipt: tuple[str, str, int, int, int], tmp_path: Path) -> None:
    done = account(truth(tmp_path, [written(A, 9)], []), **told([receipt]))
    assert done.unbalanced["file"].to_list() == [A]
    assert done.share_not_noticed == 0.0


def test_a_directory_without_truth_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="PR-M008"):
        account(tmp_path, **told([]))
    (tmp_path / "faults.parquet").write_text("no parquet")
    with pytest.raises(UserError, match="PR-M008"):
        account(tmp_path, **told([]))
