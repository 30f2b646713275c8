"""Identifiers in their canonical form, their check characters, and dummies."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.link.clean import Identifier, cleaned, identifiers
from piperoll.register.identifiers import check_character
from piperoll.register.loading import inspect
from piperoll.register.model.codes import IdentifierCheck


ROOT = Path(__file__).resolve().parents[3]
REGISTER, PROBLEMS = inspect(ROOT / "justice")
assert REGISTER is not None, PROBLEMS
DECLARED = REGISTER.identifiers


# identifier | as it came | canonical form | whether it may join records
EXAMPLES = """
pnc_id        | 1979/0163001B          | 1979/0163001B        | yes
pnc_id        | 2003/0012345N          | 2003/0012345N        | yes
pnc_id        | 2012/9876543E          | 2012/9876543E        | yes
pnc_id        | 79/163001B             | 1979/0163001B        | yes
pnc_id        | 79/0163001b            | 1979/0163001B        | yes
pnc_id        | 03/12345N              | 2003/0012345N        | yes
pnc_id        | 2003/12345N            | 2003/0012345N        | yes
pnc_id        | 12 / 9876543 E         | 2012/9876543E        | yes
pnc_id        | 1979/0163001C          | 1979/0163001C        | no
pnc_id        | 1979/0163002B          | 1979/0163002B        | no
pnc_id        | 1979/01630010B         | 1979/01630010B       | no
pnc_id        | 1979/0163001           | 1979/0163001         | no
pnc_id        | 979/0163001B           | 979/0163001B         | no
pnc_id        | 1979/0163001O          | 1979/0163001O        | no
pnc_id        | 2003/0000000V          | 2003/0000000V        | no
cro           | 001234/08T             | 001234/08T           | yes
cro           | 1234/08T               | 001234/08T           | yes
cro           | 265416/21G             | 265416/21G           | yes
cro           | SF05/482703J           | SF05/482703J         | yes
cro           | sf 05/482703j          | SF05/482703J         | yes
cro           | 001234/08V             | 001234/08V           | no
cro           | SF05/482703K           | SF05/482703K         | no
cro           | SF05/482703            | SF05/482703          | no
asn           | 1101ZD0100000410780J   | 1101ZD0100000410780J | yes
asn           | 1243AA0100000001234C   | 1243AA0100000001234C | yes
asn           | 11A01ZD0100000410780J  | 1101ZD0100000410780J | yes
asn           | 11001ZD0100000410780J  | 1101ZD0100000410780J | yes
asn           | 11/01ZD/01/00000410780J | 1101ZD0100000410780J | yes
asn           | 11/01ZD/01/410780J     | 1101ZD0100000410780J | yes
asn           | 1101zd 01 00000410780j | 1101ZD0100000410780J | yes
asn           | 1101ZD0100000410781J   | 1101ZD0100000410781J | no
asn           | 1101ZD01410780J        | 1101ZD01410780J      | no
asn           | 1101ZD0100000410780I   | 1101ZD0100000410780I | no
noms_no       | A1234BC                | A1234BC              | yes
noms_no       | a1234bc                | A1234BC              | yes
noms_no       | A12345C                | A12345C              | no
noms_no       | A0000AA                | A0000AA              | no
prison_number | AB1234                 | AB1234               | yes
prison_number | AB12345                | AB12345              | yes
prison_number | AB123                  | AB123                | no
prison_number | AB0000                 | AB0000               | no
crn           | X123456                | X123456              | yes
crn           | X12345                 | X12345               | no
crn           | X000000                | X000000              | no
ptiurn        | 01AA1234512            | 01AA1234512          | yes
ptiurn        | 01/AA/12345/12         | 01AA1234512          | yes
ptiurn        | 01AA123451             | 01AA123451           | no
ptiurn        | XXAA1234512            | XXAA1234512          | no
ptiurn        | 01001234512            | 01001234512          | no
ptiurn        | 00NP1234512            | 00NP1234512          | no
ptiurn        | 01AA0000012            | 01AA0000012          | no
""".strip().splitlines()


@pytest.mark.parametrize("row", EXAMPLES)
def test_examples(row: str) -> None:
    name, came, canonical, joins = (part.strip() for part in row.split("|"))
    text, valid = cleaned(pl.Series([came]), DECLARED[name])
    assert (text.to_list(), valid.to_list()) == ([canonical], [joins == "yes"])


LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"


@pytest.mark.parametrize(
    "body",
    [
        "0800NP0100000000001",
        "0800PP0199999999999",
        "1101NRPR00000000012",
        "1012LN0000000000001",
        "1000NP0000000000001",
        "1063000000000000001",
        "1006SS0100000000001",
        "1000XX0100000000001",
        "1050110100000000001",
        "1050SJ0100000000001",
    ],
)
def test_dummies_are_never_a_key_whatever_their_letter(body: str) -> None:
    values = pl.Series([body + letter for letter in LETTERS])
    text, valid = cleaned(values, DECLARED["asn"])
    assert text.to_list() == values.to_list()
    assert not valid.any()
    # one of the letters is the right one, so that it is the dummies' patterns that keep it out
    assert identifiers(values, DECLARED["asn"], DECLARED["asn"].form, ())[1].sum() == 1


def test_each_declared_has_examples_that_join_and_stay_as_they_are() -> None:
    assert set(DECLARED) >= {"pnc_id", "cro", "asn", "noms_no", "prison_number", "crn", "ptiurn"}
    for check in DECLARED.values():
        text, valid = cleaned(pl.Series(check.examples), check)
        again, still = cleaned(text, check)
        assert check.examples and valid.all() and still.all(), check.key
        assert again.to_list() == text.to_list()


def test_what_has_one() -> None:
    assert Identifier.of(DECLARED["pnc_id"]) == Identifier("pnc_id", "person")
    assert Identifier.of(DECLARED["asn"]) == Identifier("asn", "event")
    assert Identifier.of(DECLARED["ptiurn"]) == Identifier("ptiurn", "case")


def test_shape_order_and_nothing() -> None:
    values = pl.Series("pnc", ["79/163001B", None, "", "  ", "x", "79/163001B"])
    text, valid = cleaned(values, DECLARED["pnc_id"])
    assert text.name == "pnc" and text.to_list() == ["1979/0163001B", None, None, None, "X", "1979/0163001B"]
    assert valid.dtype == pl.Boolean and valid.to_list() == [True, False, False, False, False, True]
    text, valid = cleaned(pl.Series("pnc", [], dtype=pl.String), DECLARED["pnc_id"])
    assert (text.len(), valid.len()) == (0, 0)
    text, valid = cleaned(pl.Series("pnc", [None, None], dtype=pl.String), DECLARED["asn"])
    assert (text.to_list(), valid.to_list()) == ([None, None], [False, False])


def test_without_a_check_anything_but_a_dummy_joins() -> None:
    text, valid = identifiers(pl.Series(["ab 1", None, "0000", "00001"]), None, "{x}", ["0+"])
    assert text.to_list() == ["AB1", None, "0000", "00001"]
    assert valid.to_list() == [True, False, False, True]
    assert identifiers(pl.Series([4711, None]), None, "", [])[0].to_list() == ["4711", None]


def test_a_pattern_without_parts_or_a_form_leaves_the_text() -> None:
    check = IdentifierCheck("k", pattern="[A-Z]{2}[0-9]{2}")
    assert cleaned(pl.Series(["ab12", "ab1"]), check)[0].to_list() == ["AB12", "AB1"]
    check = IdentifierCheck("k", pattern="(?P<a>[A-Z]{2})-?(?P<b>[0-9]{2})")
    assert cleaned(pl.Series(["ab-12"]), check)[0].to_list() == ["AB-12"]
    assert identifiers(pl.Series(["ab-12", "ab-1"]), check, "{b}.{a}", [])[0].to_list() == ["12.AB", "AB-1"]


@pytest.mark.parametrize(
    ("form", "came", "canonical"),
    [
        ("{y:1930+}", "29", "2029"),
        ("{y:1930+}", "30", "1930"),
        ("{y:1930+}", "99", "1999"),
        ("{y:1930+}", "00", "2000"),
        ("{y:1900+}", "99", "1999"),
        ("{y:1900+}", "00", "1900"),
        ("{y:1930+}", "1888", "1888"),
        ("{y:6}", "12", "000012"),
        ("{y:2}", "1234", "1234"),
        ("A{y}", "12", "A12"),
    ],
)
def test_forms(form: str, came: str, canonical: str) -> None:
    check = IdentifierCheck("k", pattern="(?P<y>[0-9]+)")
    assert identifiers(pl.Series([came]), check, form, [])[0].to_list() == [canonical]


def test_a_form_that_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        identifiers(pl.Series(["1"]), IdentifierCheck("k", pattern="(?P<y>[0-9]+)"), "{y", [])


LONG = IdentifierCheck(
    "long", pattern="(?P<a>[0-9A-Z]{0,40})-(?P<b>[0-9]{1,40})(?P<c>[A-Z])?(?P<check>[0-9A-F])", letters="0123456789ABCDEF",
    numbers=("a", "b", "c"), pad={"a": 3, "b": 50}, take={"b": 45},
)  # fmt: skip


@given(
    st.lists(
        st.one_of(
            st.from_regex(r"[0-9A]{0,40}-[0-9]{1,40}[A-Z]?[0-9A-F]", fullmatch=True),
            st.text("0123456789ABCDEF-", max_size=30),
        ),
        min_size=1, max_size=30,
    )
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_long_numbers_are_proven_as_one_by_one(values: list[str]) -> None:
    _, valid = cleaned(pl.Series(values), LONG)
    assert valid.to_list() == [check_character(LONG, each) for each in values]


@pytest.mark.parametrize("name", sorted(DECLARED))
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_check_letters_agree_with_the_register(name: str, data: st.DataObject) -> None:
    """Every letter behind a random body: the same is right in both."""
    check = DECLARED[name]
    values = data.draw(st.lists(st.from_regex(check.pattern, fullmatch=True), min_size=1, max_size=10))
    values = [each for each in values if each.isascii() and not any(letter.isspace() for letter in each)]
    if check.letters:
        values = [each[:-1] + letter for each in values for letter in check.letters]
    text, valid = identifiers(pl.Series(values, dtype=pl.String), check, check.form, ())
    assert valid.to_list() == [check_character(check, each) for each in values]
    if check.letters:
        # of all letters just one is right for each
        assert valid.sum() * len(check.letters) == len(values)
    # the canonical form is right or wrong as what it was made from, and is its own canonical form
    again, still = identifiers(text, check, check.form, ())
    assert (again.to_list(), still.to_list()) == (text.to_list(), valid.to_list())
