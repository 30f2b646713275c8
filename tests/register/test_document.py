"""``show --json`` prints documents of the published schema, and the schema is the model's."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

from piperoll.errors import UserError
from piperoll.register import load
from piperoll.register.document import document, dumps, plain, schema
from piperoll.register.find import KINDS, everything, find
from piperoll.register.nodes import Node, parse
from piperoll.register.shape import build

from .conftest import BASE, JUSTICE


SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "register.schema.json"
REGISTERS = [BASE, *([JUSTICE] if (JUSTICE / "register.yaml").exists() else [])]


def test_the_published_schema_is_the_models():
    assert SCHEMA.read_text() == dumps(schema()), "write dumps(schema()) of piperoll.register.document to it"


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(schema())


def test_every_kind_has_a_shape():
    assert [each["properties"]["kind"]["const"] for each in schema()["oneOf"]] == sorted(KINDS)


@pytest.mark.parametrize("root", REGISTERS, ids=lambda path: path.name)
def test_everything_fits_the_schema(root):
    definitions = schema()
    shapes = {each["properties"]["kind"]["const"]: each for each in definitions["oneOf"]}
    seen = set()
    for found in everything(load(root)):
        made = json.loads(dumps(document(found)))
        seen.add(found.kind)
        # the shape of its kind, not all of them in turn: a fault is told where it is
        one = {"$schema": definitions["$schema"], "$defs": definitions["$defs"], **shapes[found.kind]}
        jsonschema.Draft202012Validator(one).validate(made)
    assert "dataset" in seen


@pytest.mark.parametrize("change", [{"key": 3}, {"kind": "sauce"}, {"more": 1}])
def test_the_schema_refuses_what_is_not(change):
    made = {**document(find(load(BASE), "counts")), **change}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(made)


def test_the_schema_refuses_a_missing_or_unknown_key():
    for change in ("remove", "add"):
        made = document(find(load(BASE), "tickets.ticket"))
        field = made["value"]["fields"][0]
        if change == "remove":
            del field["class"]
        else:
            field["cls"] = field["class"]
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(schema()).validate(made)


@pytest.mark.parametrize("root", REGISTERS, ids=lambda path: path.name)
def test_round_trip(root):
    """What is printed, read again as YAML (which JSON is), gives the same object."""
    for found in everything(load(root)):
        node, problems = parse(dumps(plain(found.value)), "x.json")
        assert problems == []
        built = build(KINDS[found.kind], node, "x.json")
        assert built.problems == ()
        assert built.value == found.value


def test_no_field_is_left_out():
    made = document(find(load(BASE), "tickets.ticket"))["value"]
    dataset = load(BASE).dataset("tickets.ticket")
    assert set(made) == {field.name for field in dataclasses.fields(dataset)}


class TestFind:
    @pytest.mark.parametrize(
        ("key", "kind"),
        [
            ("tickets.reminder", "dataset"),
            ("area", "codes"),
            ("forces", "suppliers"),
            ("fines", "publication"),
            ("counts", "policy"),
            ("ticket", "identifier"),
            ("head", "person"),
            ("statisticians", "group"),
        ],
    )
    def test_kinds(self, key, kind):
        assert find(load(BASE), key).kind == kind

    def test_nearest(self):
        with pytest.raises(UserError, match=r"Did you mean `tickets\.reminder`") as caught:
            find(load(BASE), "tickets.remindr")
        assert caught.value.code == "PR-R040"

    def test_nothing_near(self):
        with pytest.raises(UserError, match="register list"):
            find(load(BASE), "zzzzzzzz")

    def test_several(self, edited):
        register = load(edited(write={"policies/area.yaml": "title: Area\n"}))
        with pytest.raises(UserError, match="--kind codes or --kind policy"):
            find(register, "area")
        assert find(register, "area", "policy").title == "Area"

    def test_wrong_kind(self):
        with pytest.raises(UserError):
            find(load(BASE), "area", "policy")


def test_an_empty_mapping_is_not_a_list_of_things():
    built = build(
        KINDS["suppliers"], Node(1, {"key": Node(1, "k"), "title": Node(1, "t"), "suppliers": Node(1, {})}), "f"
    )
    assert built.value.suppliers == ()
