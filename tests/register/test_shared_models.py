"""Models and counting rules that publications share: named in each, found in ``models/``, told where they disagree."""

from __future__ import annotations

import pytest

from piperoll.derive import plan
from piperoll.register import inspect, load
from piperoll.register.diff import compare
from piperoll.register.model.publication import CountingRule
from tests.register.conftest import BASE, Edited


PUBLICATION = "publications/fines/publication.yaml"
TAKEN = [("models: [issued, paid]", "models: [issued, paid, recent]")]
RECENT = "SELECT ticket_no, issued FROM issued WHERE issued >= DATE '2011-01-01'\n"
RULES = """\
counting_rules:
  - {id: CR-RECENT, title: Of this decade, model: recent, description: Tickets since 2011.}
"""
SHARED = {"models/recent.sql": RECENT, "models/counting_rules.yaml": RULES}
RULE = [("  - {id: CR-T,", "  - {id: CR-RECENT}\n  - {id: CR-T,")]


def problems_of(edited: Edited, edit: list[tuple[str, str]], write: dict[str, str]) -> list[tuple[str, str, str]]:
    _, problems = inspect(edited({PUBLICATION: edit}, write))
    return [(each.code, each.where, each.message) for each in problems]


def test_a_shared_model_and_its_rule(edited: Edited) -> None:
    register = load(edited({PUBLICATION: [*TAKEN, *RULE]}, SHARED))
    fines = register.publications["fines"]
    rule = CountingRule("CR-RECENT", "Of this decade", "recent", "Tickets since 2011.")
    assert fines.counting_rules[0] == rule and register.counting_rules == {"CR-RECENT": rule}
    assert register.model_file("fines", "recent") == "models/recent.sql"
    assert register.model_file("fines", "issued") == "publications/fines/issued.sql"
    (recent,) = (each for each in plan(register, fines) if each.name == "recent")
    assert recent.model.where == "models/recent.sql" and list(recent.columns) == ["ticket_no", "issued"]


def test_what_no_publication_takes_is_no_problem(edited: Edited) -> None:
    assert problems_of(edited, [], SHARED) == []


def test_a_changed_shared_model_is_told_for_each_publication(edited: Edited) -> None:
    old = load(edited({PUBLICATION: TAKEN}, SHARED))
    new = load(edited({PUBLICATION: TAKEN}, SHARED | {"models/recent.sql": RECENT.replace("2011", "2010")}))
    assert [(each.effect, each.key) for each in compare(old, new)] == [("breaks", "fines.recent")]


@pytest.mark.parametrize(
    ("edit", "write", "expected"),
    [
        (TAKEN, {}, ("PR-R033", f"{PUBLICATION}:4", "There is no file publications/fines/recent.sql.")),
        (
            [("CR-T, ", "CR-RECENT, ")],
            SHARED,
            ("PR-R022", f"{PUBLICATION}:6", "The counting rule `CR-RECENT` is among those shared, too."),
        ),
        (RULE, {}, ("PR-R020", f"{PUBLICATION}:6", "`CR-RECENT`")),
        (RULE, SHARED, ("PR-R020", f"{PUBLICATION}:6", "`recent`")),
        (
            [("  - {id: CR-T, title: A ticket counts once, model: issued}", "  - {id: CR-T, model: issued}"),
             ("counting_rule: CR-T}", "}")],
            {},
            ("PR-R031", f"{PUBLICATION}:6", "A counting rule has a title and a model"),
        ),
        (
            TAKEN,
            SHARED | {"publications/fines/recent.sql": RECENT},
            ("PR-R022", f"{PUBLICATION}:4", "There is a shared model of this name, models/recent.sql."),
        ),
        (
            [],
            {"models/counting_rules.yaml": RULES},
            ("PR-R033", "models/counting_rules.yaml:2", "There is no file models/recent.sql."),
        ),
        (TAKEN, SHARED | {"models/recent.sql": "SELECT FROM"}, ("PR-R024", "models/recent.sql:1", "")),
        (TAKEN, SHARED | {"models/recent.sql": "SELECT nothing FROM issued"}, ("PR-R025", "models/recent.sql:1", "")),
        ([], {"models/other.yaml": "a: 1"}, ("PR-R008", "models/other.yaml", "Nothing reads this file.")),
    ],
)  # fmt: skip
def test_mistakes_are_told_where_they_stand(
    edited: Edited, edit: list[tuple[str, str]], write: dict[str, str], expected: tuple[str, str, str]
) -> None:
    found = problems_of(edited, edit, write)
    code, where, message = expected
    assert [each for each in found if each[0] == code and each[1] == where and message in each[2]], found


def test_the_small_register_shares_nothing() -> None:
    assert load(BASE).counting_rules == {}
