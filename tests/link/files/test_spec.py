"""Each mistake in a specification is told with its line, its key and a cure; all of them in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from piperoll.errors import Problems, UserError
from piperoll.link.files.spec import load_linkage, read_linkage
from piperoll.link.spec.declared import NAMED, FieldSpec
from piperoll.link.spec.defaults import comparisons, kind_of, rules
from piperoll.link.spec.model import complete
from piperoll.link.spec.terms import Term, parse_rule


GOOD = """\
linkage: people
record: id
fields:
  - {name: forename}
  - {name: surname}
  - {name: dob}
  - {name: age, kind: number}
block:
  rules: ["surname, dob"]
compare:
  - name: surname
    levels:
      - {when: surname, tf: 1.0}
      - {when: jaro_winkler(surname) >= 0.9}
"""


def told(text: str) -> list[tuple[str, str, str, str]]:
    with pytest.raises(Problems) as caught:
        read_linkage(text, "spec.yaml")
    return [(each.code, each.where, each.message, each.fix) for each in caught.value.problems]


def test_a_good_one_is_read_and_completed() -> None:
    linkage = read_linkage(GOOD, "spec.yaml").linkage
    (comparison,) = linkage.comparisons
    assert [each.label for each in comparison.levels] == [
        "not known",
        "surname",
        "jaro_winkler(surname) >= 0.9",
        "different",
    ]
    assert comparison.numbers == (0, 1, 2, 3)
    assert comparison.tf == comparison.exact == Term("surname")
    assert (linkage.mode(1), linkage.mode(2)) == ("dedupe", "both")
    assert linkage.rules[0].given


MISTAKES = [
    ("block:", "blok:", "PR-L001", 8, "not known here", "block"),
    ("{name: forename}", "{nam: forename}", "PR-L001", 4, "nam", "name"),
    ("{name: forename}", "{name: surname}", "PR-L001", 5, "`surname` is given twice", "Keep one"),
    ("{name: forename}", "{name: fore name}", "PR-L001", 4, "cannot be written in a rule", "letters"),
    ("{name: forename}", "{name: 2nd}", "PR-L001", 4, "cannot be written in a rule", "letters"),
    ("{name: forename}", "{name: forename, clean: [uper]}", "PR-L001", 4, "no step of cleaning `uper`", "upper"),
    ("{name: forename}", "{name: forename, kind: forname}", "PR-L001", 4, "Expected `forename`", "forename"),
    ("kind: number", "kind: number, unit: 0", "PR-L001", 7, "unit is above 0", "number"),
    ("kind: number", "kind: number, unit: -1", "PR-L001", 7, "unit is above 0", "number"),
    ("linkage: people", "thresholds: {join: 0}", "PR-L001", 1, "`join` is a probability", "between 0 and 1"),
    ("linkage: people", "thresholds: {join: 1}", "PR-L001", 1, "`join` is a probability", "join_weight"),
    ("linkage: people", "thresholds: {review: 1.5}", "PR-L001", 1, "`review` is a probability", "between 0 and 1"),
    ("kind: number", "kind: number, unit: .nan", "PR-L001", 7, "Expected a number", "found"),
    ("kind: number", "kind: number, unit: .inf", "PR-L001", 7, "Expected a number", "found"),
    ("linkage: people", "thresholds: {join: .nan}", "PR-L001", 1, "Expected a number", "found"),
    ("linkage: people", "thresholds: {join_weight: 60}", "PR-L001", 1, "`join_weight` is a match weight", "-50 to 50"),
    ("linkage: people", "thresholds: {join_weight: .nan}", "PR-L001", 1, "Expected a number", "found"),
    ("linkage: people", "thresholds: {keep: -.inf}", "PR-L001", 1, "Expected a number", "found"),
    ("block:\n", "block:\n  pairs_each: .nan\n", "PR-L001", 9, "Expected a number", "found"),
    ("linkage: people", "thresholds: {join: high}", "PR-L001", 1, "", ""),
    ("linkage: people", "mode: linking", "PR-L001", 1, "Expected one of", "link"),
    ("block:\n", "block:\n  pairs_each: 0\n", "PR-L001", 9, "pairs_each", "number"),
    ("block:\n", "block:\n  largest: 1\n", "PR-L001", 9, "`largest` is 2 or more", "number"),
    ("  - name: surname\n    levels:", "  - {name: surname}\n  - name: surname\n    levels:", "PR-L001", 12, "compared twice", "Keep one"),
    ("  - name: surname\n    levels:", "  - name: surname\n    tf: surnam\n    levels:", "PR-L001", 12, "`surnam` is no field", "surname"),
    ("tf: 1.0", "tf: 1.5", "PR-L001", 13, "`tf` is between 0 and 1", "number"),
    ("tf: 1.0", "m: 1.5", "PR-L001", 13, "`m` is a probability", "0 to 1"),
    ("tf: 1.0", "M: 0.5", "PR-L001", 13, "not known here", "`m`"),
    ("tf: 1.0", "m: 0.5, u: 7", "PR-L001", 13, "`u` is a probability", "0 to 1"),
    ("tf: 1.0", "m: -1, u: 0.5", "PR-L001", 13, "`m` is a probability", "0 to 1"),
    ("tf: 1.0", "m: 1.0", "PR-L001", 11, "`m` that are given leave nothing", "sum to less than 1"),
    ("{when: jaro_winkler(surname) >= 0.9}", "{when: jaro_winkler(surname) >= 0.9, u: 1}", "PR-L001", 11, "`u` that are given", "Give all"),
    ("    levels:\n", "    levels:\n      - {when: null(surname), 'null': true, m: 0.1}\n", "PR-L001", 13, "says nothing has no `m`", "out"),
    ("surname, dob", "surnam, dob", "PR-L002", 9, "`surnam` is no field", "surname"),
    ('["surname, dob"]', '["surname, dob", dob, "surname, dob"]', "PR-L001", 9, "is a rule twice", "Keep one"),
    ("surname, dob", "soundx(surname)", "PR-L002", 9, "no column", "soundex"),
    ("jaro_winkler(surname)", "jaro_winkler(nonsense)", "PR-L002", 14, "`nonsense` is no field", "Fields are"),
    ("jaro_winkler(surname)", "jaro_winkler(age)", "PR-L002", 14, "`age`", "text"),
    ("jaro_winkler(surname) >= 0.9", "levenshtein(dob) <= 1", "PR-L002", 14, "`dob`", "digits(dob)"),
    ("jaro_winkler(surname) >= 0.9", "turned(surname)", "PR-L002", 14, "`surname`", "date"),
    ("jaro_winkler(surname) >= 0.9", "difference(dob) <= 1", "PR-L002", 14, "`dob`", "number"),
    ("jaro_winkler(surname) >= 0.9", "difference(year(dob)) <= 1", "PR-L002", 14, "`year(dob)`", "number"),
    ("jaro_winkler(surname) >= 0.9", "'swapped(surname, dob)'", "PR-L002", 14, "`dob`", "text"),
    ("surname, dob", "year(surname)", "PR-L002", 9, "`year(surname)`", "date"),
    ("surname, dob", "soundex(dob)", "PR-L002", 9, "`soundex(dob)`", "text"),
    ("surname, dob", "unordered(surname, dob)", "PR-L002", 9, "`unordered(dob, surname)`", "text"),
    ("linkage: people", "never: [{when: 'different(surnme)'}]", "PR-L002", 1, "`surnme` is no field", "surname"),
    ("linkage: people", "never: [{when: 'surname >= 3'}]", "PR-L002", 1, "no condition", "equal"),
    ("    levels:\n", "    levels:\n      - {when: else}\n", "PR-L002", 11, "after `else`", "last"),
    ("{when: jaro_winkler(surname) >= 0.9}", "{when: else, 'null': true}\n  - {name: dob, levels: [{when: else, 'null': true}]}",
     "PR-L002", 15, "No level of `dob` says anything", "null"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "message", "cure"), MISTAKES, ids=[each[1][:40] for each in MISTAKES]
)
def test_each_mistake_is_told_with_line_and_cure(
    old: str, new: str, code: str, line: int, message: str, cure: str
) -> None:
    assert old in GOOD
    found = told(GOOD.replace(old, new, 1))
    mine = [each for each in found if each[0] == code and message in each[2]]
    assert mine, found
    assert mine[0][1] == f"spec.yaml:{line}"
    assert cure in mine[0][3] or cure in mine[0][2], mine
    assert all("Traceback" not in each[2] for each in found)


def test_all_mistakes_are_told_in_one_run() -> None:
    text = (
        GOOD.replace("{name: forename}", "{name: surname}")
        .replace("tf: 1.0", "tf: 2")
        .replace("linkage: people", "thresholds: {join: 7}")
    )
    assert len(told(text)) == 3
    rules_and_levels = GOOD.replace("surname, dob", "surnam, dob").replace("jaro_winkler(surname)", "jarro(surname)")
    assert [code for code, *_ in told(rules_and_levels)] == ["PR-L002", "PR-L002"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "fields: []", "fields: x", "a: [", "fields: [{name: a}, {name: b}", "- a", "\0",
     "fields: &a [*a]", "record: id", "fields: [{name: [a]}]", "&a fields: [{name: a}]\nfields: [{name: b}]"],
)  # fmt: skip
def test_what_is_no_specification_is_refused(text: str) -> None:
    assert all(code == "PR-L001" for code, *_ in told(text))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for name, data, message in (
        ("big.yaml", b"# " + b"x" * (4 << 20), "larger"),
        ("latin.yaml", b"linkage: \xe9", "UTF-8"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UserError, match=message) as caught:
            load_linkage(tmp_path / name)
        assert (caught.value.code, caught.value.where) == ("PR-L001", name)
    with pytest.raises(UserError, match="cannot be read"):
        load_linkage(tmp_path / "none.yaml")
    (tmp_path / "mark.yaml").write_text("\ufeff" + GOOD, encoding="utf-8")
    assert load_linkage(tmp_path / "mark.yaml").declared.linkage == "people"


def test_more_comparisons_or_vetoes_than_a_pattern_holds_are_refused() -> None:
    many = [{"name": f"d{k}", "kind": "date"} for k in range(21)]
    with pytest.raises(Problems, match="too many comparisons"):
        read_linkage({"fields": many})
    never = [{"when": f"days(dob) <= {k}"} for k in range(63)]
    with pytest.raises(Problems, match="more than 62 vetoes"):
        read_linkage({"fields": [{"name": "dob"}], "never": never})
    assert len(read_linkage({"fields": [{"name": "dob"}], "never": never[1:]}).linkage.vetoes) == 62


@pytest.mark.parametrize("name", sorted(NAMED))
def test_names_say_kinds_and_kinds_have_comparisons_and_rules_that_can_be_read(name: str) -> None:
    fields = (FieldSpec(name), FieldSpec("other", kind="category"))
    assert kind_of(fields[0]) == NAMED[name]
    assert kind_of(FieldSpec(name, kind="number")) == "number"
    made = comparisons(fields)
    assert made
    for text in rules(fields):
        assert parse_rule(text)
    loaded = read_linkage({"fields": [{"name": name}, {"name": "other"}]})
    assert len(loaded.linkage.comparisons) == len(made)
    assert not any(each.given for each in loaded.linkage.rules)


def test_all_kinds_together_are_completed_and_rules_come_once() -> None:
    fields = [{"name": f"f{k}", "kind": kind} for k, kind in enumerate(
        ("forename", "middle_name", "surname", "full_name", "date", "sex", "postcode", "place", "category", "text",
         "identifier", "number"))]  # fmt: skip
    linkage = read_linkage({"fields": fields}).linkage
    texts = [each.text for each in linkage.rules]
    assert len(texts) == len(set(texts)) > 40
    assert {each.name for each in linkage.comparisons} == {f"f{k}" for k in range(12)} - {"f6", "f7"} | {"address"}
    assert complete(linkage.declared) == linkage


def test_a_mapping_names_columns_file_by_file() -> None:
    declared = read_linkage({"fields": [{"name": "surname", "from": {"a": "last", "b": "family"}}]}).declared
    (field,) = declared.fields
    assert [field.column(file) for file in "abc"] == ["last", "family", ""]
