"""Nothing is allowed that no policy allows, and every decision says why."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll import govern
from piperoll.errors import UserError
from piperoll.govern import Action, Actor, Obligation, Resource, check, decide, local_actor


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
OWNER = Actor("anna", "local", "anna")
ROOMS = {path.name for path in Path(govern.__file__).parents[1].iterdir() if path.is_dir()} | {"workspace"}
PAGES = Path(__file__).parents[2] / "docs" / "errors"
ACTIONS = st.sampled_from(list(Action))
RESOURCES = st.builds(Resource, st.text(max_size=10), st.text(max_size=10))


@given(
    st.builds(Actor, st.text(max_size=6), st.text(max_size=6) | st.just("local"), st.text(max_size=6)),
    ACTIONS,
    RESOURCES,
)
def test_no_one_but_the_local_user_is_ever_allowed(actor: Actor, action: Action, resource: Resource) -> None:
    local_user = actor.kind == "local" and actor.name == actor.home_owner and actor.name.strip() != ""
    decision = decide(actor, action, resource, AT)
    assert decision.allowed == local_user
    assert decision.sentence.endswith(".")
    assert decision.obligations == (action.obligations if local_user else ())


@given(ACTIONS, RESOURCES, st.datetimes(timezones=st.just(UTC)))
def test_the_local_user_may_do_everything_and_is_told_why(action: Action, resource: Resource, at: datetime) -> None:
    decision = decide(OWNER, action, resource, at)
    assert decision.allowed
    assert decision.sentence == f"`anna` owns this home and works alone on it, and so may {action.description}."
    assert decision == decide(OWNER, action, resource, at) == check(OWNER, action, resource, at)


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        (Actor("eve", "local", "anna"), "`eve` may not withdraw a delivery: `anna` owns this home"),
        (Actor("eve", "local", ""), "nobody known owns this home"),
        (Actor("", "local", ""), "an actor without a name may not"),
        (Actor("anna", "service", "anna"), "no policy knows actors of kind `service`"),
    ],
)
def test_a_refusal_says_why(actor: Actor, said: str) -> None:
    resource = Resource("delivery", "d1")
    assert said in decide(actor, Action.DELIVERY_WITHDRAW, resource, AT).sentence
    with pytest.raises(UserError, match=r"PR-G001 delivery d1: ") as caught:
        check(actor, Action.DELIVERY_WITHDRAW, resource, AT)
    assert said in str(caught.value)
    assert caught.value.exit_status == 13


def test_what_is_no_action_is_refused_even_for_the_local_user() -> None:
    decision = decide(OWNER, "table.read", Resource("table"), AT)
    assert not decision.allowed
    assert "`table.read` is no known action" in decision.sentence


def test_a_decision_needs_a_time_with_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        decide(OWNER, Action.TABLE_READ, Resource("table"), datetime(2012, 1, 1))


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_each_action_has_an_owner_and_a_description(action: Action) -> None:
    assert action.owner in ROOMS
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", str(action))
    assert re.fullmatch(r"[a-z][^.]{8,}", action.description)
    assert action.obligations[0] is Obligation.RECORD
    assert Action(str(action)) is action


def test_what_reads_people_stays_inside_and_what_is_shown_is_protected() -> None:
    inside = {str(a) for a in Action if Obligation.KEEP_INSIDE in a.obligations}
    assert {"vault.read", "refused.read", "delivery.open", "store.read", "table.read_exact"} <= inside
    protected = {str(a) for a in Action if Obligation.PROTECT in a.obligations}
    assert {"table.read", "release.make", "release.publish"} <= protected
    assert len({str(a) for a in Action}) == len({a.description for a in Action}) == len(Action)


@pytest.mark.parametrize("obligation", list(Obligation))
def test_each_obligation_is_described(obligation: Obligation) -> None:
    assert obligation.description.endswith(".")


def test_the_local_actor_owns_what_they_made(tmp_path: Path) -> None:
    actor = local_actor(tmp_path)
    assert actor.owns_home
    assert actor.name
    assert local_actor(tmp_path / "not-yet") == actor


def test_the_local_actor_does_not_own_what_another_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 987_654)
    actor = local_actor(tmp_path)
    assert actor.name == f"user {tmp_path.stat().st_uid + 987_654}"
    assert not actor.owns_home
    assert not decide(actor, Action.TABLE_READ, Resource("table"), AT).allowed


def test_a_home_that_cannot_be_looked_at_has_no_owner(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    actor = local_actor(tmp_path / "file" / "home")
    assert actor.home_owner == ""
    assert not actor.owns_home


def test_every_code_of_this_room_has_a_page() -> None:
    text = "".join(path.read_text() for path in sorted(Path(govern.__file__).parent.glob("*.py")))
    codes = set(re.findall(r"PR-G\d{3}", text))
    assert codes == {"PR-G001", "PR-G002", "PR-G003"}
    for code in codes:
        page = (PAGES / f"{code}.md").read_text()
        assert page.startswith(f"# {code}: ")
        assert "\n## When it occurs\n" in page
        assert "\n## How to fix\n" in page
