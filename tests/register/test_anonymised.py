"""What is said to be anonymised has no field that could hold an identifier, and the Ministry's data share is."""

from __future__ import annotations

import re

import pytest

from piperoll.register import inspect
from piperoll.register.checks.anonymised import FORMS, LARGEST
from piperoll.register.model.register import Register
from tests.register.conftest import Edited


SHARED = """\
title: Shared
datasets:
  - name: claim
    title: Claims
    mode: full
    anonymised: true
    key: [person]
    suppliers: forces
    on_error: refuse_delivery
    extra_columns: refuse
    file: {pattern: 'claims_{supplier}_{period}.csv'}
    fields:
      - {name: person, type: str(16), class: A, pattern: '[BCDFGHJKLMNPQRSTVWXZ]{16}', null: never}
      - {name: month, type: str(7), class: A, pattern: '20[0-9]{2}-(0[1-9]|1[0-2])'}
      - {name: weeks, type: int, class: M, min: 0, max: 52}
      - {name: share, type: "dec(5,2)", class: M, min: 0, max: 100}
      - {name: area, type: code, class: Q, codes: region}
      - {name: ended, type: bool, class: A}
"""


def told(edited: Edited, text: str) -> list[tuple[str, str, str]]:
    _, problems = inspect(edited(write={"sources/shared.yaml": text}))
    return [(each.code, each.key, each.message) for each in problems if each.where.startswith("sources/shared")]


def test_codes_months_bounded_numbers_and_letters_are_no_identifiers(edited: Edited) -> None:
    assert told(edited, SHARED) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ("extra_columns: refuse", "extra_columns: query", "extra_columns", "nobody declared"),
        ("on_error: refuse_delivery", "on_error: refuse_rows", "on_error", "would be taken"),
        ("type: str(16), class: A", "type: str(16), class: L, domain: x", "fields.person", "class L"),
        ("pattern: '[BCDFGHJKLMNPQRSTVWXZ]{16}', ", "", "fields.person", "any text"),
        ("[BCDFGHJKLMNPQRSTVWXZ]{16}", "[0-9A-Za-z]{16}", "fields.person", "holds it"),
        ("[BCDFGHJKLMNPQRSTVWXZ]{16}", "[A-Z]{4,16}", "fields.person", "form of `ZEBEDEE`"),
        ("[BCDFGHJKLMNPQRSTVWXZ]{16}", "[0-9a-f]{8}|[A-Z]{2}[0-9]{6}[A-D]", "fields.person", "form of `QQ123456C`"),
        ("type: str(7), class: A, pattern: '20[0-9]{2}-(0[1-9]|1[0-2])'", "type: date, class: T", "fields.month", "to the day"),
        ("type: str(7), class: A, pattern: '20[0-9]{2}-(0[1-9]|1[0-2])'",
         "type: str(10), class: A, pattern: '[0-9]{4}-[0-9]{2}(-[0-9]{2})?'", "fields.month", "form of `1931-07-13`"),
        ("min: 0, max: 52", "min: 0", "fields.weeks", "any number"),
        ("min: 0, max: 52", "min: 0, max: 100000", "fields.weeks", "any number"),
        ('"dec(5,2)", class: M, min: 0, max: 100', '"dec(5,2)", class: M', "fields.share", "any number"),
        ("type: bool, class: A", "type: str, class: D", "fields.ended", "class D"),
    ],
)  # fmt: skip
def test_room_for_an_identifier_is_told_in_its_place(edited: Edited, old: str, new: str, key: str, said: str) -> None:
    assert old in SHARED
    found = [each for each in told(edited, SHARED.replace(old, new, 1)) if each[0] == "PR-L093"]
    assert [each[1].removeprefix("datasets.claim.") for each in found] == [key]
    assert said in found[0][2]


def test_nobody_who_declares_nothing_is_asked(edited: Edited) -> None:
    text = SHARED.replace("    anonymised: true\n", "").replace("extra_columns: refuse", "extra_columns: query")
    assert told(edited, text.replace("type: bool, class: A", "type: str(80), class: D")) == []


def test_what_is_derived_is_derived_from_identifiers(edited: Edited) -> None:
    text = SHARED.rstrip("\n") + "\n    derive:\n      - {name: there, method: present, field: month, type: bool}\n"
    assert [each[0] for each in told(edited, text)] == ["PR-L093"]


def test_the_ministrys_data_share_is_anonymised_in_every_field(justice: Register) -> None:
    """Looked at apart from the justice's own check, so that neither can lapse unseen."""
    shared = [each for each in justice.sources["linked"].datasets if each.suppliers == "data_share"]
    assert {each.name for each in shared} == {"share_person", "share_event", "share_benefit", "share_employment",
                                              "share_claims"}  # fmt: skip
    for dataset in shared:
        assert dataset.anonymised
        assert (dataset.on_error, dataset.extra_columns, dataset.vault_columns) == ("refuse_delivery", "refuse", ())
        for field in dataset.fields:
            assert field.cls not in "DL"
            if field.type.startswith("str"):
                assert not [form for form in FORMS if re.fullmatch(field.pattern, form)]
            elif field.type.startswith(("int", "dec")):
                assert field.min >= 0 and field.max <= LARGEST
            else:
                assert field.codes, field.name


def test_no_other_source_of_the_register_owes_what_the_departments_hold(justice: Register) -> None:
    owed = {f"{source.key}.{each.name}" for source, each in justice.datasets() if each.suppliers == "data_share"}
    assert {each.partition(".")[0] for each in owed} == {"linked"}
    assert [each.key for each in justice.suppliers["data_share"].suppliers] == ["DWP"]
