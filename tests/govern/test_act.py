"""Every act leaves an entry, and every refusal too."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.govern import Action, Actor, Resource, act, permit
from piperoll.journal import Journal


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
ANNA = Actor("anna", "local", "anna")
EVE = Actor("eve", "local", "anna")
TABLE = Resource("table", "possession/claims")


def test_an_act_is_recorded_with_everything_about_it(journal: Journal) -> None:
    decision = act(journal, ANNA, Action.TABLE_READ, TABLE, AT, "A council asks.", {"format": "csv"})
    (entry,) = journal.audit_entries()
    assert decision.allowed
    assert (entry.actor, entry.actor_kind, entry.action, entry.allowed) == ("anna", "local", "table.read", True)
    assert (entry.resource_kind, entry.resource_key) == ("table", "possession/claims")
    assert (entry.at, entry.purpose, entry.reason) == (AT, "A council asks.", decision.sentence)
    assert entry.details == {"format": "csv"}


@pytest.mark.parametrize("way", [act, permit])
@pytest.mark.parametrize("action", list(Action), ids=str)
def test_every_refusal_is_recorded(journal: Journal, way: object, action: Action) -> None:
    with pytest.raises(UserError, match="PR-G001"):
        way(journal, EVE, action, TABLE, AT)
    (entry,) = journal.audit_entries()
    assert (entry.actor, entry.action, entry.allowed) == ("eve", str(action), False)
    assert entry.reason


def test_leave_is_recorded_with_what_is_done(journal: Journal) -> None:
    draft = permit(journal, ANNA, Action.COLLECT_DELIVER, Resource("delivery", "d1"), AT, "Monthly.")
    assert list(journal.audit_entries()) == []
    with journal.write():
        journal.set_state("done", True)
        journal.append_audit(draft)
    (entry,) = journal.audit_entries()
    assert (entry.action, entry.allowed, entry.purpose) == ("collect.deliver", True, "Monthly.")


def test_a_refusal_outside_what_is_undone_stays(journal: Journal) -> None:
    with pytest.raises(UserError):
        permit(journal, EVE, Action.RELEASE_MAKE, TABLE, AT)
    with pytest.raises(RuntimeError), journal.write():
        act(journal, ANNA, Action.TABLE_READ, TABLE, AT)
        raise RuntimeError
    assert [e.actor for e in journal.audit_entries()] == ["eve"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(
    st.builds(Actor, st.text(max_size=8), st.text(max_size=8), st.text(max_size=8)),
    st.sampled_from(list(Action)),
    st.builds(Resource, st.text(max_size=8), st.text(max_size=8)),
    st.text(max_size=8),
)
def test_a_stranger_never_acts_and_always_leaves_an_entry(
    journal: Journal, actor: Actor, action: Action, resource: Resource, purpose: str
) -> None:
    before = journal.audit_head()[0]
    with pytest.raises(UserError, match="PR-G001"):
        act(journal, Actor(actor.name, "remote:" + actor.kind, actor.home_owner), action, resource, AT, purpose)
    assert journal.audit_head()[0] == before + 1
    assert journal.verify_chain().whole
