"""Whatever a fact says is in the sentence made from it, under every template."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.register.model.facts import (
    Description,
    Entry,
    Frame,
    Item,
    Output,
    Product,
    Sharing,
    Step,
    Succession,
    System,
    Use,
    When,
)
from piperoll.statement.prose import describe, outputs, share
from piperoll.statement.words import complete, join, sentence


DAY = dt.date(2012, 10, 31)
TOKEN = "xyzzy"
FRAME = Frame(products=(Product("p", "The title"),))


def texts(kind: type) -> list[str]:
    """Names of the fields of a fact that hold words."""
    hints = get_type_hints(kind)
    return [f.name for f in dataclasses.fields(kind) if hints[f.name] in (str, tuple[str, ...])]


def with_token(fact: type, name: str, /, **others: Any) -> Any:
    value = TOKEN if get_type_hints(fact)[name] is str else (TOKEN,)
    return fact(**{**others, name: value})


def told(entry: Entry, write: Callable[[Entry], Any]) -> str:
    """Small letters: a fact that opens a sentence gets a capital."""
    return "\n".join(line.plain for line in write(entry)).casefold()


def values(kind: type, name: str) -> tuple[str, ...]:
    return get_args(get_type_hints(kind)[name])


@pytest.mark.parametrize("by", [(), ("someone",)])
@pytest.mark.parametrize("act", values(Step, "act"))
def test_steps(act: Any, by: tuple[str, ...]) -> None:
    for name in texts(Step):
        step = with_token(Step, name, act=act, **({"by": by} if name != "by" else {}))
        assert TOKEN in told(Entry(collection=(step,)), lambda e: describe.collection(e, DAY)), name


@pytest.mark.parametrize("act", values(Step, "act"))
def test_steps_from_many_places(act: Any) -> None:
    step = Step(act, out_of=("one", "two", "three", "four"), includes=("five",), exception="six", via="seven")
    text = told(Entry(collection=(step,)), lambda e: describe.collection(e, DAY))
    assert [word for word in ("one", "two", "three", "four", "five", "six", "seven") if word not in text] == []


@pytest.mark.parametrize("kind", values(Sharing, "kind"))
@pytest.mark.parametrize("to", [(), ("them",)])
def test_arrangements(kind: Any, to: tuple[str, ...]) -> None:
    # What makes it is no word of the text, but a key of the register.
    for name in set(texts(Sharing)) - {"publication"}:
        sharing = with_token(Sharing, name, kind=kind, **({"to": to} if name != "to" else {}))
        assert TOKEN in told(Entry(access=(sharing,)), lambda e: share.access(e, DAY)), name


@pytest.mark.parametrize("kind", values(Sharing, "kind"))
@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ({"users": 10, "about": True}, "about ten users"),
        ({"users": 25}, "25 users"),
        ({"on_request": True, "to": ("them",)}, "request|ask for"),
        ({"ad_hoc": True}, "ad hoc"),
        ({"before_publication": True}, "before publication"),
        ({"limited": True, "to": ("them",)}, "only"),
        ({"levels": True}, "levels"),
    ],
)
def test_arrangements_without_words(kind: Any, fact: dict[str, Any], words: str) -> None:
    text = told(Entry(access=(Sharing(kind, **fact),)), lambda e: share.access(e, DAY))
    assert any(word in text for word in words.split("|"))


@pytest.mark.parametrize("name", [name for name in texts(Use) if name != "feeds"])
def test_uses(name: str) -> None:
    use = with_token(Use, name, **({"use": "use"} if name != "use" else {}))
    assert TOKEN in told(Entry(applications=(use,)), lambda e: share.applications(e, FRAME, DAY))


def test_what_a_use_feeds_is_named() -> None:
    entry = Entry(applications=(Use("use", feeds="p"),))
    assert "the title" in told(entry, lambda e: share.applications(e, FRAME, DAY))


@pytest.mark.parametrize("name", texts(Item))
def test_items(name: str) -> None:
    assert TOKEN in describe.item(with_token(Item, name, **({"what": "what"} if name != "what" else {})), DAY)


@pytest.mark.parametrize("name", texts(Description))
def test_descriptions(name: str) -> None:
    entry = Entry(description=with_token(Description, name))
    assert TOKEN in told(entry, lambda e: describe.description(e, DAY))


@pytest.mark.parametrize("name", [name for name in texts(System) if name != "across"])
@pytest.mark.parametrize("kind", values(System, "kind"))
def test_systems(name: str, kind: Any) -> None:
    system = with_token(System, name, kind=kind, **({"name": "name"} if name != "name" else {}))
    assert TOKEN in told(Entry(covers=(system,)), lambda e: describe.description(e, DAY))


@pytest.mark.parametrize("form", values(Output, "form"))
def test_outputs(form: Any) -> None:
    for name in texts(Output):
        if name not in ("product", "extra_frequency", "href", "publication"):
            output = with_token(Output, name, product="p", form=form)
            assert TOKEN in outputs.line(output, FRAME, DAY).text.casefold(), name


def test_an_output_keeps_its_address_and_its_extra() -> None:
    output = Output("p", href="https://example.org/x", extra="tables", extra_frequency="each April")
    line = outputs.line(output, FRAME, DAY)
    assert line.href == "https://example.org/x"
    assert "with tables, each April" in line.text


@pytest.mark.parametrize("relation", values(Succession, "relation"))
@pytest.mark.parametrize("name", ["other", "subject", "cause"])
def test_successions(relation: Any, name: str) -> None:
    facts = {"other": "o", "subject": "s", "when": When(starts="2012")} | {name: TOKEN}
    entry = Entry(successions=(Succession(relation, **facts),))
    assert TOKEN in "\n".join(line.text for line in outputs.successions(entry, "synergies", {}, DAY)).casefold()


WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz ", min_size=3, max_size=12).map(str.strip).filter(len)


@given(st.lists(WORDS, max_size=5), st.lists(st.tuples(st.just("by"), WORDS), max_size=5))
def test_complete_adds_what_is_missing_and_only_that(said: list[str], facts: list[tuple[str, str]]) -> None:
    core = join(said)
    text = complete(core, *facts)
    assert text.startswith(core)
    assert all(value in text for _, value in facts)
    assert complete(text, *facts) == text


@given(WORDS)
def test_a_sentence_is_one(text: str) -> None:
    made = sentence(text)
    assert made.endswith(".")
    assert made == sentence(made)
    assert made[0].isupper() or made[1:2].isupper() or made[1:2] == "-"
