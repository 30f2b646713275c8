"""The reference tells of every key of every file."""

from __future__ import annotations

import dataclasses
import typing
from pathlib import Path

import pytest

from piperoll.register.model.contract import Dataset, Field, Rule
from piperoll.register.reference import FILES, reference
from piperoll.register.shape import yaml_name


REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "register.md"


def test_it_is_current():
    assert REFERENCE.read_text() == reference(), "run `make docs`"


@pytest.mark.parametrize("kind", [*FILES.values(), Dataset, Field, Rule])
def test_every_key_is_told(kind):
    text = reference()
    for name in typing.get_type_hints(kind):
        if name in {field.name for field in dataclasses.fields(kind)}:
            assert f"| `{yaml_name(name)}` |" in text


def test_what_keys_mean_and_take():
    text = reference()
    assert "| `mode` | `full`, `snapshot`, `increment`, `events` | not allowed | What a delivery holds:" in text
    assert "| `max_refused` | number | `0.05` | Share of refused rows" in text
    assert "| `max` | whole number or number or text or date |  | Bounds of a number or date" in text
    assert "| `nil_allowed` | true or false | `false` |" in text
