"""Forms of the register's own identifiers: what is right passes, what is not does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.register import load
from piperoll.register.identifiers import check_character


JUSTICE = load(Path(__file__).parents[2] / "justice")
GOOD = {
    "ufn": ["271219/000", "010100/999"],
    "ucn": ["09031980/A/OKAF", "31121999/B/O'D", "01011990/É/LÉA"],
    "nino": ["AB123456C", "ZY987654A", "NA000001D"],
    "claim": ["1AA00001", "2QZ12345", "AQZ12345"],
    "maat_id": ["4711234", "1"],
    "dscc": ["120412345A"],
}
BAD = {
    "ufn": ["321219/000", "271319/000", "271219/00", "271219000", "27121/000"],
    "ucn": ["9031980/A/OKAF", "09031980//OKAF", "09031980/A/OKAFO", "09131980/A/OKAF"],
    "nino": ["BG123456A", "GB123456A", "NK123456A", "KN123456A", "TN123456A", "NT123456A", "ZZ123456A", "DA123456A",
             "AO123456A", "AB123456E", "AB12345A", "QQ123456C"],
    "claim": ["1A00001", "1AA0001", "1aa00001", "11A00001"],
    "maat_id": ["0123", "12345678901", "47A"],
    "dscc": ["12041234", "12041234-A"],
}  # fmt: skip


@pytest.mark.parametrize("key", GOOD)
def test_what_is_right_passes(key: str) -> None:
    declared = JUSTICE.identifiers[key]
    for value in (*GOOD[key], *declared.examples):
        assert check_character(declared, value), value


@pytest.mark.parametrize("key", BAD)
def test_what_is_wrong_does_not(key: str) -> None:
    for value in BAD[key]:
        assert not check_character(JUSTICE.identifiers[key], value), value


def test_the_43_forces_are_in_one_group_each_for_penalty_notices() -> None:
    every = {each.key for each in JUSTICE.suppliers["police_forces"].suppliers}
    parts = [{each.key for each in JUSTICE.suppliers[f"pnd_{kind}_forces"].suppliers} for kind in ("record", "count")]
    assert len(every) == 43 and parts[0] | parts[1] == every and not parts[0] & parts[1]
    assert {JUSTICE.dataset(key).coverage.severity for key in ("fta.fta_return", "pnd.notice", "pnd.cohort_count")} == {
        "B"
    }


def test_numbers_of_staff_and_of_clients_cannot_be_joined() -> None:
    domains = {
        (source.key, field.domain)
        for source, dataset in JUSTICE.datasets()
        for field in dataset.fields
        if field.check == "nino"
    }
    assert {key for key, domain in domains if domain == "nino_staff"} == {"oracle_hrms", "phoenix"}
    assert {key for key, domain in domains if domain == "nino_legal_aid"} == {"cis", "ccms", "maat"}
