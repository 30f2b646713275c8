"""The language of rules and levels: what is read, and what is refused with what is nearest."""

from __future__ import annotations

import pytest

from piperoll.link.compare import program as op
from piperoll.link.spec.terms import DERIVED, NotUnderstood, Term, parse_level, parse_rule, parse_term


@pytest.mark.parametrize("name", sorted(DERIVED))
def test_every_function_is_read_and_written_as_it_was(name: str) -> None:
    numbers = {"first": (3,), "last": (3,), "part": (4, 3)}.get(name, ())
    text = f"{name}({', '.join(['surname', *map(str, numbers)])})"
    term = parse_term(text)
    assert term == Term("surname", name, numbers)
    assert str(term) == text
    assert parse_rule(f"{text}, dob") == (term, Term("dob"))
    (tests,) = parse_level(text).alternatives
    assert [(each.op, each.columns, each.negated) for each in tests] == [(op.EQUAL, (term,), False)]


def test_two_fields_in_either_order_are_one_key() -> None:
    assert parse_rule("unordered(surname, forename)") == parse_rule("unordered(forename, surname)")
    assert str(parse_term("unordered(b, a)")) == "unordered(a, b)"
    assert parse_term("unordered(b, a)").fields == ("a", "b")


LEVELS = [
    ("surname", op.EQUAL, 0.0), ("equal(surname)", op.EQUAL, 0.0), ("null(surname)", op.NULL, 0.0),
    ("swapped(a, b)", op.CROSSED, 0.0), ("one_swapped(a, b)", op.CROSSED_ONE, 0.0), ("turned(dob)", op.DATE_TURNED, 0.0),
    ("same_year(dob)", op.DATE_PARTS, 1), ("same_month(dob)", op.DATE_PARTS, 2), ("same_day(dob)", op.DATE_PARTS, 4),
    ("same_day_month(dob)", op.DATE_PARTS, 6), ("same_year_month(dob)", op.DATE_PARTS, 3),
    ("two_parts(dob)", op.DATE_PARTS, 8), ("known_parts(dob)", op.DATE_PARTS, 16), ("begins(a)", op.INITIAL, 64),
    ("initial_of(a)", op.INITIAL, 1), ("jaro_winkler(a) >= 0.9", op.JARO_WINKLER, 0.9),
    ("jaro_winkler(a, b) >= 0.9", op.JARO_WINKLER_CROSSED, 0.9), ("levenshtein(a) <= 2", op.EDITS, 2),
    ("damerau(a) <= 1", op.EDITS_SWAPS, 1), ("start(a) >= 3", op.START, 3), ("digits(dob) <= 1", op.DATE_DIGITS, 1),
    ("days(dob) <= 3", op.DATE_DAYS, 3), ("months(dob) <= 2", op.DATE_DAYS, 60.875), ("years(dob) <= 2", op.DATE_DAYS, 730.5),
    ("difference(age) <= 2.5", op.NUMBER_WITHIN, 2.5), ("jaro(a) >= 0.9", op.JARO, 0.9), ("shared(a) >= 2", op.SHARED, 2),
    ("before(a, b)", op.DATE_BEFORE, 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "operation", "number"), LEVELS)
def test_every_condition_and_its_contrary(text: str, operation: int, number: float) -> None:
    for written, negated in ((text, False), (f"not {text}", True), (f"not not {text}", False), (f"  ({text}) ", False)):
        ((test,),) = parse_level(written).alternatives
        assert (test.op, test.number, test.negated) == (operation, pytest.approx(number), negated)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a and b", [["a", "b"]]), ("a or b", [["a"], ["b"]]), ("not (a or b)", [["-a", "-b"]]),
        ("not (a and b)", [["-a"], ["-b"]]), ("(a or b) and c", [["a", "c"], ["b", "c"]]),
        ("a and (b or c and d)", [["a", "b"], ["a", "c", "d"]]), ("different(a)", [["-null a", "-a"]]),
        ("not different(a)", [["null a"], ["a"]]), ("not (a and not (b or c))", [["-a"], ["b"], ["c"]]),
    ],
)  # fmt: skip
def test_conditions_of_conditions_become_alternatives(text: str, expected: list[list[str]]) -> None:
    names = {op.NULL: "null ", op.EQUAL: ""}
    found = [["-" * each.negated + names[each.op] + str(each.columns[0]) for each in tests]
             for tests in parse_level(text).alternatives]  # fmt: skip
    assert found == expected


WRONG_RULES = [
    ("soundx(surname)", "soundex"), ("unorderd(a, b)", "unordered"), ("initials(a)", "initial"), ("yer(dob)", "year"),
    ("first(surname)", "first(surname, 3)"), ("part(a, 1)", "part(a, 4, 3)"), ("last(surname)", "last(surname, 3)"), ("zzzzzzzz(a)", "soundex, nysiis"),
    ("surname +", "commas"), ("", "commas"), ("1", "Write a field"), ("'surname'", "Write a field"),
    ("surname == dob", "Write a field"), ("a.b", "Write a field"), ("soundex(a, b)", "soundex"), ("soundex()", "soundex"),
    ("unordered(a)", "unordered"), ("first(surname, 'x')", "first"), ("soundex(first(a, 2))", "soundex"),
    ("lambda: a", "Write a field"), ("__import__('os').system('true')", "Write a field"), ("a; b", "commas"),
    ("first(surname, n=3)", "Write a field"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "cure"), WRONG_RULES)
def test_rules_that_mean_nothing_are_refused_with_a_cure(text: str, cure: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse_rule(text)
    assert cure in caught.value.fix
    assert caught.value.message.endswith((".", "?"))


WRONG_LEVELS = [
    ("jarro(a) >= 0.9", "jaro"), ("levenstein(a) <= 1", "levenshtein"), ("dammerau(a) <= 1", "damerau"),
    ("day(dob) <= 1", "days"), ("zzzzzzzz(a) <= 1", "Measures are"), ("jaro_winkler(a) <= 0.9", "Similarity is `>=`"),
    ("levenshtein(a) >= 1", "distance is `<=`"), ("levenshtein(a) <= 1.5", "distance is `<=`"),
    ("jaro_winkler(a) >= b", "number on the right"), ("jaro_winkler(a) >= 'x'", "number on the right"),
    ("jaro_winkler(a) >= True", "number on the right"), ("jaro_winkler(a, b, c) >= 0.9", "Similarity is `>=`"),
    ("a >= 3", "Write `equal"), ("3", "Write `equal"), ("'a'", "Write `equal"), ("swapped(a)", "soundex, nysiis"),
    ("turned(a, b)", "There are"), ("nul(a)", "There are"), ("null(1)", "Write a field"), ("soundx(a)", "soundex"),
    ("1 <= levenshtein(a) <= 2", "Write `equal"), ("f'{a}'", "Write `equal"), ("a if b else c", "Write `equal"),
    ("days(dob) < 3", "distance is `<=`"), ("else", "commas"), ("unordered(a, b)", "unordered"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "cure"), WRONG_LEVELS)
def test_levels_that_mean_nothing_are_refused_with_a_cure(text: str, cure: str) -> None:
    with pytest.raises(NotUnderstood) as caught:
        parse_level(text)
    assert cure in caught.value.fix or "There are" not in cure or "soundex" in caught.value.fix, caught.value.fix


def test_too_many_alternatives_and_too_deep_a_text_are_refused() -> None:
    many = " and ".join("(a or b)" for _ in range(7))
    with pytest.raises(NotUnderstood, match="too many alternatives"):
        parse_level(many)
    assert len(parse_level(" and ".join("(a or b)" for _ in range(6))).alternatives) == 64
    for deep in ("(" * 5000 + "a" + ")" * 5000, "not " * 100_000 + "a", "a" + chr(0)):
        with pytest.raises(NotUnderstood):
            parse_level(deep)
