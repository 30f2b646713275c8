"""A contract that was exported comes back as it was; another's is drafted, with its guesses named."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.errors import Problems, UserError
from piperoll.register import load
from piperoll.register.export import write
from piperoll.register.importodcs import draft

from .conftest import BASE, JUSTICE, copy_with


@pytest.mark.parametrize("root", [BASE, JUSTICE], ids=["small", "justice"])
def test_round_trip(root, tmp_path):
    if not (root / "register.yaml").exists():
        pytest.skip("the register of justice is not here")
    register = load(root)
    for path in write(register, "odcs", None, tmp_path):
        key = path.name.split(".")[0]
        text = draft(path)
        assert "Confirm" not in text
        back = tmp_path / "back" / key
        back.mkdir(parents=True)
        for folder in ("codes", "suppliers"):
            (back / folder).symlink_to(root / folder)
        made = _built(text, key)
        assert made.datasets == register.sources[key].datasets
        assert made.title == register.sources[key].title
        assert made.number == register.sources[key].number


def _built(text, key):
    from piperoll.register.model.register import Source
    from piperoll.register.nodes import Node, parse
    from piperoll.register.shape import build

    node, problems = parse(text, "draft.yaml")
    assert problems == []
    node.value["key"] = Node(1, key)
    built = build(Source, node, "draft.yaml")
    assert built.problems == ()
    return built.value


FOREIGN = """
kind: DataContract
apiVersion: v3.1.0
version: 1.0.0
id: sales-orders
name: Orders
schema:
  - name: Order Lines
    businessName: Lines of orders
    physicalType: table
    properties:
      - {name: OrderID, logicalType: string, primaryKey: true, logicalTypeOptions: {maxLength: 12, pattern: "^[A-Z]+$"}}
      - {name: customer e-mail, logicalType: string, classification: confidential}
      - {name: amount, logicalType: number, physicalType: "DECIMAL(10, 2)", required: true}
      - {name: ordered, logicalType: timestamp}
      - {name: paid, logicalType: boolean, classification: public}
"""


def test_anothers_contract(tmp_path):
    path = tmp_path / "orders.yaml"
    path.write_text(FOREIGN)
    text = draft(path)
    made = yaml.safe_load(text)["datasets"][0]
    assert made["name"] == "order_lines"
    assert made["key"] == ["orderid"]
    assert [(f["name"], f["type"], f["class"]) for f in made["fields"]] == [
        ("orderid", "str(12)", "A"),
        ("customer_e_mail", "str", "D"),
        ("amount", "dec(10,2)", "A"),
        ("ordered", "datetime", "A"),
        ("paid", "bool", "A"),
    ]
    assert made["fields"][0]["pattern"] == "[A-Z]+"
    assert made["fields"][1]["aliases"] == ["customer e-mail"]
    guesses = [line for line in text.splitlines() if line.startswith("# Confirm")]
    assert "# Confirm, then remove this line: order_lines.customer_e_mail: class is taken to be D." in guesses
    assert any("mode is taken to be full" in line for line in guesses)


def test_a_draft_can_be_loaded(tmp_path):
    path = tmp_path / "orders.yaml"
    path.write_text(FOREIGN)
    root = copy_with(tmp_path / "r", write={"sources/orders.yaml": draft(path)})
    assert load(root).dataset("orders.order_lines").key == ("orderid",)


@pytest.mark.parametrize(
    "text", ["kind: Other\napiVersion: v3.1.0\n", "kind: DataContract\napiVersion: v2.2.2\n", "- a\n"]
)
def test_not_a_contract(text, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(UserError) as caught:
        draft(path)
    assert caught.value.code == "PR-R043"


@pytest.mark.parametrize(("data", "code"), [(b"", "PR-R004"), (b"a: [", "PR-R003"), (b"a: \xff", "PR-R002")])
def test_not_readable(data, code, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(data)
    with pytest.raises((UserError, Problems)) as caught:
        draft(path)
    assert caught.value.code == code


def test_no_such_file(tmp_path):
    with pytest.raises(UserError) as caught:
        draft(tmp_path / "x.yaml")
    assert caught.value.code == "PR-R002"


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["schema", "name", "properties", "customProperties", "property", "value", "logicalType"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=15,
    )
)
def test_odd_contracts_give_a_draft_or_a_sentence(tmp_path_factory, thing):
    document = {"kind": "DataContract", "apiVersion": "v3.1.0", "schema": [thing]}
    if isinstance(thing, dict):
        document |= thing
    path = tmp_path_factory.mktemp("odd") / "x.yaml"
    path.write_text(yaml.safe_dump(document))
    try:
        assert draft(path).startswith("# Drafted")
    except UserError as error:
        assert error.code.startswith("PR-R")
