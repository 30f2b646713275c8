"""A value set by hand holds from its moment on, with its reason; the original returns when it is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from piperoll.errors import UserError
from piperoll.journal import AuditDraft, Journal, Override


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
ONE = Override(
    source="caseman",
    dataset="claims",
    key={"claim": "token-1"},
    field="issued",
    value="2012-05-03",
    mark="e",
    reason="Typed as 2102.",
    approver="ben",
    made_by="anna",
    at=AT,
)
ACT = AuditDraft(
    at=AT,
    actor="anna",
    actor_kind="local",
    action="override.make",
    resource_kind="dataset",
    resource_key="caseman/claims",
    allowed=True,
    reason="May.",
)


def test_an_override_comes_back_as_it_was_made(journal: Journal) -> None:
    made = journal.make_override(ONE, ACT)
    assert made == replace(ONE, id="O1", sequence=1)
    assert journal.overrides() == journal.overrides_as_of() == [made]
    assert journal.overrides_as_of(0) == []
    assert len(list(journal.audit_entries())) == 1


def test_no_value_is_a_value(journal: Journal) -> None:
    assert journal.make_override(replace(ONE, value=None)).value is None
    assert journal.overrides()[0].value is None


def test_the_last_override_of_a_field_holds(journal: Journal) -> None:
    journal.make_override(ONE)
    journal.make_override(replace(ONE, field="court", value="Bow"))
    journal.make_override(replace(ONE, key={"claim": "token-2"}))
    journal.make_override(replace(ONE, value="2012-05-04", mark="r"))
    assert [o.id for o in journal.overrides_as_of()] == ["O2", "O3", "O4"]
    assert [o.id for o in journal.overrides_as_of(3)] == ["O1", "O2", "O3"]
    assert [o.id for o in journal.overrides_as_of(dataset="orders")] == []
    assert len(journal.overrides(source="caseman", dataset="claims")) == 4


def test_the_order_of_a_key_does_not_matter(journal: Journal) -> None:
    journal.make_override(replace(ONE, key={"a": 1, "b": 2}))
    journal.make_override(replace(ONE, key={"b": 2, "a": 1}))
    assert [o.id for o in journal.overrides_as_of()] == ["O2"]


def test_taking_one_back_brings_the_one_before_back(journal: Journal) -> None:
    journal.make_override(ONE)
    journal.make_override(replace(ONE, value="2012-05-04"))
    gone = journal.withdraw_override("o2", AT, "ben", "The first was right.", ACT)
    assert gone.withdrawn is not None
    assert (gone.withdrawn.by, gone.withdrawn.sequence) == ("ben", 3)
    assert [o.id for o in journal.overrides_as_of()] == ["O1"]
    assert [o.id for o in journal.overrides_as_of(2)] == ["O2"]
    assert len(list(journal.audit_entries())) == 1


def test_withdrawals_that_make_no_sense_are_refused(journal: Journal) -> None:
    journal.make_override(ONE)
    with pytest.raises(UserError, match=r"PR-J015.*without a reason"):
        journal.withdraw_override("O1", AT, "ben", "")
    for unknown in ("O2", "", "O1x", "O99999999999999999999"):
        with pytest.raises(UserError, match="PR-J015 there is no override"):
            journal.withdraw_override(unknown, AT, "ben", "Wrong.")
    journal.withdraw_override("O1", AT, "ben", "Wrong.")
    with pytest.raises(UserError, match=r"PR-J015.*already"):
        journal.withdraw_override("O1", AT, "ben", "Wrong.")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("mark", "x", "mark"),
        ("reason", " ", "a reason"),
        ("approver", "", "an approver"),
        ("at", datetime(2012, 5, 1), "time zone"),
    ],
)
def test_an_override_needs_mark_reason_approver_and_time(field: str, value: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(ONE, **{field: value})
