"""Classes from names and forms, and field names from headers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.draft.classes import RESERVED, Facts, classify, slug


OWN = Facts(rows=1000, filled=1000, distinct=1000, digits=1.0, longest=8)  # nearly each row has its own
FEW = Facts(rows=1000, filled=1000, distinct=6, longest=12)


@pytest.mark.parametrize(
    ("name", "kind", "facts", "cls"),
    [
        ("surname", "str", OWN, "D"),
        ("given_name", "str", FEW, "D"),
        ("name", "str", OWN, "D"),
        ("applicant_names", "str", OWN, "D"),
        ("date_of_birth", "date", OWN, "D"),
        ("dob", "str", OWN, "D"),
        ("e_mail", "str", OWN, "D"),
        ("mobile_no", "int", OWN, "D"),
        ("postcode", "str", FEW, "D"),
        ("street_number", "int", FEW, "D"),
        ("case_officer", "str", FEW, "D"),
        ("contact", "str", Facts(1000, 1000, 900, email=0.9), "D"),
        ("where", "str", Facts(1000, 1000, 900, postcode=0.8), "D"),
        ("ring", "int", Facts(1000, 1000, 900, phone=0.9), "D"),
        ("court_name", "str", FEW, "A"),
        ("force_name", "str", FEW, "A"),
        ("contact_type", "str", FEW, "A"),
        ("case_number", "str", OWN, "L"),
        ("nhs_no", "int", OWN, "L"),
        ("rec_id", "str", OWN, "L"),
        ("token", "str", OWN, "L"),
        ("case_number", "str", FEW, "A"),
        ("number_of_cases", "int", OWN, "M"),
        ("year_of_birth", "int", FEW, "M"),
        ("sex", "str", FEW, "Q"),
        ("age", "int", FEW, "Q"),
        ("officer_defined_ethnicity", "str", FEW, "QS"),
        ("religion", "str", FEW, "S"),
        ("outcome", "str", FEW, "S"),
        ("received_on", "date", OWN, "T"),
        ("amount", "dec", OWN, "M"),
        ("kind", "str", FEW, "A"),
        ("urgent", "bool", FEW, "A"),
    ],
)
def test_class(name: str, kind: str, facts: Facts, cls: str) -> None:
    found, why = classify(name, kind, facts)
    assert found == cls
    assert why


def test_long_texts_are_no_references() -> None:
    assert classify("remarks", "str", Facts(100, 100, 100, digits=1.0, spaced=1.0, longest=400))[0] == "A"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Age range", "age_range"),
        ("score_%", "score"),
        (" Self-defined ethnicity ", "self_defined_ethnicity"),
        ("2019", "c_2019"),
        ("Group", "group_field"),
        ("%%%", "c"),
        ("__x__", "x"),
    ],
)
def test_slug(header: str, name: str) -> None:
    assert slug(header) == name


@given(st.text(max_size=120))
def test_any_header_gives_a_field_name(header: str) -> None:
    name = slug(header)
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert "__" not in name
    assert name not in RESERVED
    assert len(name) <= 58
