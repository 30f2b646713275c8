"""What comes back from the child is believed in nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from piperoll.draft.seen import Seen
from tests.draft.test_plan import SEEN


def data() -> Any:
    return json.loads(json.dumps(SEEN.to_json()))


def test_there_and_back() -> None:
    assert Seen.from_json(data()) == SEEN


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("rows",), -1),
        (("rows",), "many"),
        (("rows",), True),
        (("columns",), []),
        (("columns",), "x"),
        (("columns", 0, "name"), "../x"),
        (("columns", 0, "name"), "a\nb"),
        (("columns", 0, "type"), "code}\n- evil"),
        (("columns", 0, "cls"), "Z"),
        (("columns", 0, "cls"), "D"),  # and yet it has codes
        (("columns", 0, "codes"), ["x"] * 501),
        (("columns", 0, "codes"), [1]),
        (("columns", 0, "nulls"), 1.5),
        (("key",), ["nothing"]),
        (("when_columns",), ["nothing"]),
        (("grain",), "century"),
        (("delimiter",), ""),
        (("months",), {"2020-01": -1}),
        (("months",), None),
    ],
)
def test_anything_else_is_refused(path: tuple[Any, ...], value: object) -> None:
    made = data()
    place = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ValueError):
        Seen.from_json(made)


@pytest.mark.parametrize("name", list(SEEN.to_json()))
def test_nothing_may_be_absent(name: str) -> None:
    made = data()
    del made[name]
    with pytest.raises(ValueError):
        Seen.from_json(made)
