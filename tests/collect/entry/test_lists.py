"""Lists of records go the way of a form: checked, saved, delivered; run again nothing comes twice."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from piperoll.collect.entry import Place
from piperoll.collect.entry.lists import DATED, REFERENCE, Entered, enter_lists, folder_of, folders_under
from piperoll.collect.simulated import mark
from piperoll.errors import UserError
from tests.collect.entry.conftest import GOOD


SLOT = folder_of("cases.case", "north", "2012-05")


def write(path: Path, *rows: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def record(number: int, **fields: str) -> dict[str, str]:
    return GOOD | {"case_number": f"AB{number:06d}"} | fields


def form(number: int, **fields: str) -> dict[str, str]:
    return {REFERENCE: f"F/{number}", DATED: "2012-05-31"} | record(number, **fields)


def enter(place: Place, top: Path, second: str = "second") -> list[Entered]:
    return list(enter_lists(place, top, "first", second))


def decision(number: int, holds: str) -> dict[str, str]:
    return {REFERENCE: f"F/{number}", "field": "amount", "holds": holds, "reason": "the form says so"}


def test_typed_records_are_one_delivery_whose_receipt_names_the_way(place: Place, home, tmp_path: Path) -> None:
    write(tmp_path / SLOT / "records.csv", record(1), record(2, amount="70.00"))
    (done,) = enter(place, tmp_path)
    assert (done.slot, done.saved, done.drafts, done.whole) == (SLOT, 2, {}, True)
    assert done.receipt is not None and done.receipt.rows_kept == 2 and not done.receipt.simulated
    assert home.journal.ways() == {done.receipt.delivery: "entry"}
    (again,) = enter(place, tmp_path)
    assert again.known and again.saved == 0
    assert len(home.journal.entered("cases", "case", "north", "2012-05")) == 2


def test_a_longer_list_adds_what_is_new(place: Place, home, tmp_path: Path) -> None:
    write(tmp_path / SLOT / "records.csv", record(1))
    enter(place, tmp_path)
    write(tmp_path / SLOT / "records.csv", record(1), record(2))
    (done,) = enter(place, tmp_path)
    assert done.saved == 1 and done.receipt is not None and done.receipt.rows_kept == 2


def test_what_breaks_the_contract_stays_a_draft_and_is_told(place: Place, tmp_path: Path) -> None:
    write(tmp_path / SLOT / "records.csv", record(1), record(2, kind="X"))
    (done,) = enter(place, tmp_path)
    assert list(done.drafts.values()) == [("G-V02",)] and not done.whole
    assert done.receipt is not None and done.receipt.rows_kept == 1


def test_forms_keyed_twice_alike_and_a_slip_that_was_decided(place: Place, home, tmp_path: Path) -> None:
    write(tmp_path / SLOT / "first.csv", form(1), form(2), form(3, amount="17.00"))
    write(tmp_path / SLOT / "second.csv", form(3, amount="71.00"), form(1), form(2, amount="11.00"))
    write(tmp_path / SLOT / "decided.csv", decision(2, "first"), decision(3, "second"))
    (done,) = enter(place, tmp_path)
    assert (done.saved, done.decided, done.differing, done.whole) == (3, 2, [], True)
    assert done.receipt is not None and home.journal.ways() == {done.receipt.delivery: "paper"}
    amounts = sorted(str(amount) for (amount,) in home.rows("cases.case", "amount"))
    assert amounts == ["10.00", "10.00", "71.00"]


def test_nothing_is_delivered_before_differences_are_decided(place: Place, tmp_path: Path) -> None:
    write(tmp_path / SLOT / "first.csv", form(1))
    write(tmp_path / SLOT / "second.csv", form(1, amount="11.00"))
    (done,) = enter(place, tmp_path)
    assert len(done.differing) == 1 and done.receipt is None
    assert done.problem is not None and done.problem.code == "PR-C167"
    write(tmp_path / SLOT / "decided.csv", decision(1, "first"))
    (again,) = enter(place, tmp_path)
    assert (again.saved, again.decided, again.whole) == (0, 1, True)


def test_one_person_cannot_key_twice(place: Place, tmp_path: Path) -> None:
    write(tmp_path / SLOT / "first.csv", form(1))
    write(tmp_path / SLOT / "second.csv", form(1))
    with pytest.raises(UserError) as caught:
        enter(place, tmp_path, "first")
    assert caught.value.code == "PR-C168"


def test_simulated_lists_make_simulated_deliveries(place: Place, tmp_path: Path) -> None:
    write(tmp_path / SLOT / "records.csv", record(1))
    mark(tmp_path)
    (done,) = enter(place, tmp_path)
    assert done.receipt is not None and done.receipt.simulated


def test_slots_come_by_period_and_years_are_read_as_such(place: Place, tmp_path: Path) -> None:
    for period in ("2012-06", "2012-05"):
        write(tmp_path / folder_of("cases.case", "north", period) / "records.csv", record(1))
    assert [each.period for each in folders_under(place.register, tmp_path)] == ["2012-05", "2012-06"]
    assert folder_of("a.b", "x", "2011/12") == "a.b/x/2011-12"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (f"{SLOT}/records.csv", "case_number\nAB000001\n"),
        (f"{SLOT}/records.csv", ",".join([*GOOD, "more"]) + "\n"),
        (f"{SLOT}/records.csv", ",".join(GOOD) + "\nN\n"),
        ("cases.case/north/records.csv", "x\n"),
        ("no.such/north/2012-05/records.csv", "x\n"),
    ],
)
def test_lists_that_cannot_be_entered(place: Place, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        enter(place, tmp_path)
    assert caught.value.code == "PR-C170" and "AB0" not in str(caught.value)
    with pytest.raises(UserError):
        folders_under(place.register, tmp_path / "nowhere")
