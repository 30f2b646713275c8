"""Whatever two people do in whatever order: what is approved was signed, as it is, by one who did not make it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piperoll.assure import approve, sign
from piperoll.errors import UserError
from piperoll.govern import Actor
from piperoll.workspace import Workspace
from tests.assure.made import make_light, opened
from tests.searches import AT, NAME, deliverer


PERIOD = "2020Q3"
PEOPLE = ("a", "b")
# What is named where nobody signs in: another, oneself in other letters, nobody.
NAMES = ("", "a", "b", " B ", "A")
STEPS = st.one_of(
    st.tuples(st.just("make"), st.sampled_from(PEOPLE), st.just("")),
    st.tuples(st.just("sign"), st.sampled_from(PEOPLE), st.sampled_from(NAMES)),
    st.tuples(st.just("approve"), st.sampled_from(PEOPLE), st.sampled_from(NAMES)),
    st.tuples(st.just("deliver"), st.just("a"), st.just("")),
)
ALLOWED = {"PR-E061", "PR-E062", "PR-E063", "PR-E066", "PR-E067"}


def play(begun: Workspace, steps: list[tuple[str, str, str]]) -> int:
    """Play the steps in a new home; hold every approval against a plain account of what happened. Number of approvals."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(shutil.copytree(begun.home, Path(place) / "home"))
        desks = {who: opened(begun, home, Actor(who, "local", who)) for who in PEOPLE}
        put = deliverer(desks["a"], Path(place))
        state = 0  # which deliveries hold
        makers: dict[str, set[str]] = {}  # who made an edition
        made_at: dict[str, int] = {}  # in which state
        signed: list[tuple[str, str, str]] = []  # edition, signer, fingerprint
        approvals = 0
        for seed, (act, who, name) in enumerate(steps, start=1):
            desk = desks[who]
            try:
                if act == "deliver":
                    put(2, seed=seed)
                    state = seed
                elif act == "make":
                    done = make_light(desk, PERIOD)
                    makers.setdefault(done.id, set()).add(who)
                    made_at[done.id] = state
                elif act == "sign":
                    release, by = sign(desk, NAME, PERIOD, name)
                    signer = (name or who).strip().lower()
                    assert signer not in makers[release.id] and made_at[release.id] == state
                    signed.append((release.id, signer, by.fingerprint))
                else:
                    last = f"{NAME}/{PERIOD}/{max(len(makers), 1)}"
                    done, approval = approve(desk, last, name)
                    approvals += 1
                    fit = [s for e, s, f in signed if e == done.id and f == done.definitions_hash]
                    assert [s for s in fit if s not in makers[done.id]], "approved though nobody else signed it"
                    assert made_at[done.id] == state, "approved though something has come since"
                    by = next(each for each in desk.journal.signoffs(done.id) if each.id == approval.signoff)
                    assert by.fingerprint == done.definitions_hash
                    assert by.signer.strip().lower() not in makers[done.id]
            except UserError as error:
                assert error.code in ALLOWED | {"PR-J013"}, error
        journal = desks["a"].journal
        assert not journal.verify_chain().faults
        for each in journal.releases(publication=NAME):
            assert (journal.approval(each.id) is not None) == (each.status == "approved")
        for desk in desks.values():
            desk.journal.close()
        return approvals


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(steps=st.lists(STEPS, min_size=3, max_size=8))
def test_no_order_of_acts_goes_round_the_second_person(
    begun: Workspace, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, str, str]]
) -> None:
    monkeypatch.setenv("PIPEROLL_NOW", AT.isoformat())
    play(begun, steps)


@pytest.mark.slow
@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=4, max_size=14))
def test_no_longer_order_does_either(
    begun: Workspace, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, str, str]]
) -> None:
    monkeypatch.setenv("PIPEROLL_NOW", AT.isoformat())
    play(begun, steps)


def test_the_straight_way_is_open(begun: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The property would hold if nothing were ever approved."""
    monkeypatch.setenv("PIPEROLL_NOW", AT.isoformat())
    assert play(begun, [("make", "a", ""), ("sign", "b", ""), ("approve", "a", "")]) == 1
    assert play(begun, [("make", "a", ""), ("sign", "a", "b"), ("make", "b", ""), ("approve", "a", "")]) == 0
    steps = [("make", "a", ""), ("sign", "b", ""), ("deliver", "a", ""), ("approve", "a", ""), ("make", "b", "")]
    assert play(begun, [*steps, ("sign", "a", ""), ("approve", "b", "")]) == 1
