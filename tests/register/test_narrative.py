"""Templates of sentences: what can be read, what is refused and where, and what each reference means."""

from __future__ import annotations

import random
import string

import pytest

from piperoll.register.model.codes import Code, CodeList
from piperoll.register.model.publication import Dimension, Level, Measure, Publication, Table
from piperoll.register.narrative import FUNCTIONS, Call, read
from piperoll.register.refer import choices


def test_text_and_calls_stand_in_their_order() -> None:
    (parts,) = read("{figure(claims, kind=new)} claims in {period}, {change(claims)}.").sentences
    assert parts[1] == " claims in " and parts[3] == ", " and parts[5] == "."
    first, second, third = (part for part in parts if isinstance(part, Call))
    assert (first.function, first.first, first.codes) == ("figure", "claims", {"kind": "new"})
    assert second == Call("period", at=second.at) and third.get("against", "no") == "no"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two. {figure(x)} three.", 3),
        ("{figure(x)} of {figure(y)}. {figure(z)}.", 2),
        ("No stop", 1),
        ("A stop e.g. in the middle. Then another!", 2),
        ("Ends with a call {figure(x)}", 1),
        ("", 0),
    ],
)
def test_sentences_end_where_they_end(text: str, sentences: int) -> None:
    read_ = read(text)
    assert len(read_.sentences) == sentences and not read_.faults
    for parts in read_.sentences:
        assert not (isinstance(parts[0], str) and parts[0].startswith(" "))
        assert not (isinstance(parts[-1], str) and parts[-1].endswith(" "))


def test_values_in_quotes_may_hold_anything_but_braces() -> None:
    ((name, rest),) = read('{name("Housing Act 1988 (c. 50), s.21")} applies.').sentences
    assert isinstance(name, Call) and name.first == "Housing Act 1988 (c. 50), s.21" and rest == " applies."
    ((call,),) = read('{figure(claims, age="18, to 24")}').sentences
    assert isinstance(call, Call) and call.codes == {"age": "18, to 24"}


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("There were 12 claims.", "PR-R131", 12),
        ("Claims rose in {period}.", "PR-R131", 8),
        ("They were the HIGHEST of all.", "PR-R131", 15),
        ("About ten per cent of {figure(x)}.", "PR-R131", 7),
        ("{period} had no change.", "PR-R131", 14),
        ("{figure(x}", "PR-R130", 2),
        ("{figure(x) and", "PR-R130", 1),
        ("and } so", "PR-R130", 5),
        ("{figure}", "PR-R130", 2),
        ("{period(claims)}", "PR-R130", 2),
        ("{frequency(x)}", "PR-R130", 2),
        ("{figure(x, y)}", "PR-R130", 2),
        ("{figure(x, a=1, a=2)}", "PR-R130", 2),
        ("{highest(x)}", "PR-R130", 2),
        ("{highest(x, by=a.b, first=9)}", "PR-R130", 2),
        ("{change(x, against=last_year)}", "PR-R130", 2),
        ("{share(x)}", "PR-R130", 2),
        ("{share(x, of=y, among=z)}", "PR-R130", 2),
        ("{label(a=b, c=d)}", "PR-R130", 2),
        ("{name()}", "PR-R130", 2),
        ("{__import__('os')}", "PR-R130", 2),
        ("{figure(x).real}", "PR-R130", 2),
    ],
)
def test_what_is_refused_says_where(text: str, code: str, at: int) -> None:
    faults = read(text).faults
    assert [(each.code, each.at) for each in faults][:1] == [(code, at)]


def test_a_misspelt_call_has_the_names_there_are() -> None:
    (fault,) = read("{figures(x)}").faults
    assert fault.word == "figures" and set(fault.names) == set(FUNCTIONS)


def test_anything_can_be_read_without_failing() -> None:
    draw = random.Random(7)
    letters = '{}(),="' + string.ascii_lowercase[:6] + " .1"
    for _ in range(3000):
        text = "".join(draw.choices(letters, k=draw.randrange(40)))
        found = read(text)
        if "{" not in text and "}" not in text and "1" not in text:
            assert not found.faults and "".join(str(p) for s in found.sentences for p in s).split() == text.split()


AREA = CodeList("area", "Areas", (Code("N", "North", parent="A"), Code("S", "South", parent="A")), parents="all")
ALL = CodeList("all", "All", (Code("A", "All areas"),))
KIND = CodeList("kind", "Kinds", (Code("new", "New"), Code("old", "Old")))
LISTS = {each.key: each for each in (AREA, ALL, KIND)}
MEASURES = tuple(Measure(name, name.title(), "count") for name in ("claims", "orders"))
PUBLICATION = Publication(
    "p",
    "P",
    measures=MEASURES,
    dimensions=(
        Dimension("area", "Area", levels=(Level("area", "area"), Level("all", "all", national=True)), unknown="nk"),
        Dimension("kind", "Kind", levels=(Level("kind", "kind"),), total="any"),
        Dimension("within", "Within", steps=(1, 2)),
    ),
    tables=(
        Table("whole", "1", "Whole", ("claims", "orders"), {"kind": ("total", "kind")}),
        Table("areas", "2", "Areas", ("claims",), {"area": ("all", "area"), "kind": ("total", "kind")}),
        Table("national", "3", "National", ("orders",), {"area": ("area", "all")}, national_only=True),
        Table("steps", "4", "Steps", ("orders",), {"within": ("within",), "kind": ("kind",)}),
    ),
)


def meant(text: str) -> list[tuple[str, dict[str, str]]] | str:
    (call,) = read(text).calls
    found, wrong = choices(PUBLICATION, LISTS.get, call)
    if wrong is not None:
        assert not found
        return wrong.what or wrong.message
    return [(each.table.name, each.codes) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{figure(claims)}", [("whole", {"kind": "any"}), ("areas", {"area": "A", "kind": "any"})]),
        ("{figure(claims, kind=new)}", [("whole", {"kind": "new"}), ("areas", {"area": "A", "kind": "new"})]),
        ("{figure(claims, area=N)}", [("areas", {"area": "N", "kind": "any"})]),
        ("{figure(claims, table=areas)}", [("areas", {"area": "A", "kind": "any"})]),
        ("{highest(claims, by=area.area, kind=old)}", [("areas", {"kind": "old"})]),
        ("{figure(orders)}", [("whole", {"kind": "any"}), ("national", {"area": "A"})]),
        ('{figure(orders, within="2", kind=new)}', [("steps", {"within": "2", "kind": "new"})]),
        ("{figure(claims, area=nk)}", [("areas", {"area": "nk", "kind": "any"})]),
    ],
)
def test_a_reference_means_the_tables_that_show_it(text: str, expected: list[tuple[str, dict[str, str]]]) -> None:
    assert meant(text) == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{figure(claim)}", "measure"),
        ("{share(claims, of=order)}", "measure"),
        ("{figure(claims, place=N)}", "dimension or option"),
        ("{figure(claims, area=W)}", "code of area"),
        ("{figure(claims, table=wholes)}", "table"),
        ("{figure(claims, period=yesterday)}", "period"),
        ("{highest(claims, by=place.area)}", "dimension"),
        ("{highest(claims, by=area.town)}", "level of area"),
        (
            "{highest(claims, by=area.area, area=N)}",
            "`area` is what it goes by, so that no code of it can be named, too.",
        ),
        ("{share(claims, among=any)}", "`among` stands for the code of the one dimension that is named."),
        ("{figure(claims, table=national)}", "The table `national` does not show `claims`."),
        ("{figure(claims, period=2012)}", "The table `whole` is by quarter, and `2012` is none."),
        ("{figure(orders, area=N)}", "The table `whole` has no rows by `area`."),
        ("{figure(orders, area=N, table=national)}", "The table `national` does not show the code `N` of `area`."),
    ],
)
def test_a_reference_to_nothing_says_what_is_not_there(text: str, what: str) -> None:
    assert meant(text) == what


def test_a_table_without_a_total_needs_a_code() -> None:
    (call,) = read('{figure(orders, within="1")}').calls
    _, wrong = choices(PUBLICATION, LISTS.get, call)
    assert wrong is not None and "`kind`" in wrong.message and "kind=code" in wrong.fix
