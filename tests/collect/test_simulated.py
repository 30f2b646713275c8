"""What lies in a folder of simulated deliveries is simulated, and its receipt says so."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from piperoll.collect.lifecycle import refused_rows
from piperoll.collect.receipt import Receipt
from piperoll.collect.simulated import MARK, is_simulated, mark
from tests.collect.conftest import NOW
from tests.collect.test_collect import BAD, MAY, ONE, TWO


def test_a_mark_holds_for_everything_below(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    mark(tmp_path / "a")
    assert is_simulated(tmp_path / "a" / "x.csv") and is_simulated(tmp_path / "a" / "b" / "x.csv")
    assert not is_simulated(tmp_path / "x.csv") and not is_simulated(tmp_path / "a")


def test_the_receipt_says_so_and_the_mark_is_no_delivery(home: Any, cases: Any) -> None:
    mark(home.inbox)
    home.write(f"2012-06/{MAY}", cases(ONE))
    (got,) = home.collect(home.inbox)
    assert got.simulated and got.accepted
    assert "Simulated: no official statistics may be made of it" in got.text
    assert home.journal.simulated() == {got.delivery}
    assert Receipt.from_json(dict(home.journal.delivery(got.delivery).receipt)) == got
    (home.inbox / MARK).unlink()
    real = home.take(MAY, cases(TWO))
    assert not real.simulated and "Simulated" not in real.text
    assert home.journal.simulated() == {got.delivery}


def test_a_file_named_by_itself_and_a_member_of_a_zip_are_marked_too(home: Any, cases: Any) -> None:
    mark(home.inbox)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(MAY, cases(ONE))
    assert home.take("sent.zip", data.getvalue()).simulated
    assert home.take(MAY, cases(TWO)).simulated


def test_refused_rows_that_come_again_stay_simulated(home: Any, cases: Any) -> None:
    mark(home.inbox)
    first = home.take(MAY, cases(ONE, TWO, BAD))
    out = home.inbox / "refused.csv"
    refused_rows(home.vault, home.journal, home.keyring, home.actor, NOW, first.delivery, out, "to correct")
    out.write_text(out.read_text().replace(",X,", ",A,"))
    (home.inbox / MARK).unlink()
    (second,) = home.collect(out, resubmit=first.delivery)
    assert second.supersedes == first.delivery and second.simulated


def test_an_older_receipt_is_of_no_simulated_delivery() -> None:
    data = Receipt("a.csv", "accepted").to_json()
    del data["simulated"]
    assert Receipt.from_json(data).simulated is False
