"""Any moment of the journal's clock can be asked for again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.journal import AuditDraft, Delivery, Journal, Vintage, Withdrawal
from piperoll.journal.force import as_of


AT = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
Make = Callable[..., Delivery]


def ids(deliveries: list[Delivery]) -> list[str]:
    return [d.id for d in deliveries]


def test_every_vintage_stays_readable(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(id="may"))  # 1
    journal.commit_delivery(make_delivery(id="june", period="2012-06"))  # 2
    journal.commit_delivery(make_delivery("b", id="may-corrected"))  # 3
    journal.commit_delivery(make_delivery("c", id="july", period="2012-07", verdict="refused"))  # 4
    journal.withdraw_delivery("may-corrected", AT, "anna", "Worse than before.")  # 5
    journal.withdraw_delivery("june", AT, "anna", "Not ours.")  # 6
    told = {n: ids(journal.deliveries_as_of(n)) for n in range(7)}
    assert told == {
        0: [],
        1: ["may"],
        2: ["may", "june"],
        3: ["june", "may-corrected"],
        4: ["june", "may-corrected"],
        5: ["may", "june"],
        6: ["may"],
    }
    assert ids(journal.deliveries_as_of()) == ids(journal.deliveries_as_of("latest")) == ["may"]


def test_a_vintage_of_one_dataset(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(id="a"))
    journal.commit_delivery(make_delivery(id="b", dataset="orders"))
    journal.commit_delivery(make_delivery(id="c", source="pcol"))
    assert ids(journal.deliveries_as_of(source="caseman")) == ["a", "b"]
    assert ids(journal.deliveries_as_of(source="caseman", dataset="orders")) == ["b"]


def test_without_receipts_everything_else_is_the_same(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(id="a", receipt={"rows": 3}))
    journal.commit_delivery(make_delivery(id="b", period="2012-06", receipt={"rows": 4}))
    journal.withdraw_delivery("b", AT, "anna", "Wrong.")
    whole, bare = journal.deliveries(), journal.deliveries(receipts=False)
    assert [each.receipt for each in whole] == [{"rows": 3}, {"rows": 4}]
    assert [each.receipt for each in bare] == [{}, {}]
    assert [replace(each, receipt={}) for each in whole] == bare
    assert ids(journal.deliveries_as_of(receipts=False)) == ["a"]


def test_what_a_delivery_names_as_superseded_is_out_across_slots(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(id="april", period="2012-04", mode="full"))
    journal.commit_delivery(make_delivery(id="may", period="2012-05", mode="full", supersedes="april"))
    journal.commit_delivery(make_delivery(id="june", period="2012-06", mode="full", supersedes="may"))
    assert ids(journal.deliveries_as_of()) == ["june"]
    journal.withdraw_delivery("may", AT, "anna", "Wrong.")
    assert ids(journal.deliveries_as_of()) == ["june"], "april stays replaced, through may"
    journal.withdraw_delivery("june", AT, "anna", "Wrong.")
    assert ids(journal.deliveries_as_of()) == ["april"]


def test_a_moment_gets_a_name(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(id="a"))
    first = journal.record_vintage("2012Q2-first", AT, "anna")
    assert first == Vintage(sequence=1, name="2012Q2-first", at=AT, by="anna")
    journal.commit_delivery(make_delivery("b", id="b"))
    assert journal.record_vintage("2012Q2-first", AT, sequence=1) == first
    with pytest.raises(UserError, match=r"PR-J009.*is moment 1 already and cannot become 2"):
        journal.record_vintage("2012Q2-first", AT)
    journal.record_vintage("zero", AT, sequence=0)
    assert [v.name for v in journal.vintages()] == ["zero", "2012Q2-first"]
    assert ids(journal.deliveries_as_of("2012Q2-first")) == ids(journal.deliveries_as_of(first)) == ["a"]


def test_naming_a_moment_is_an_act(journal: Journal) -> None:
    act = AuditDraft(
        at=AT,
        actor="anna",
        actor_kind="local",
        action="vintage.name",
        resource_kind="vintage",
        resource_key="v1",
        allowed=True,
        reason="May.",
    )
    journal.record_vintage("v1", AT, "anna", audit=act)
    assert [e.resource_key for e in journal.audit_entries()] == ["v1"]


@pytest.mark.parametrize("name", ["", "  ", "12", "latest"])
def test_names_that_would_be_misread_are_refused(sqlite_journal: Journal, name: str) -> None:
    with pytest.raises(UserError, match="PR-J009"):
        sqlite_journal.record_vintage(name, AT)


def test_a_vintage_is_found_by_name_number_or_as_the_present(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery())
    assert [journal.vintage(v).sequence for v in (None, "latest", 0, 1, "1")] == [1, 1, 0, 1, 1]
    for unknown in (2, "2", -1, "99999999999999999999"):
        with pytest.raises(UserError, match=r"PR-J008.*the present one is 1"):
            journal.vintage(unknown)
    for unknown in ("2012Q2", "", "²"):
        with pytest.raises(UserError, match=r"PR-J008.*Known: latest, or a number up to 1"):
            journal.vintage(unknown)


def test_volumes_of_a_supplier_over_time(journal: Journal, make_delivery: Make) -> None:
    journal.commit_delivery(make_delivery(period="2012-06", rows_kept=6))
    journal.commit_delivery(make_delivery(rows_kept=5))
    journal.commit_delivery(make_delivery("b", rows_kept=4))
    journal.commit_delivery(make_delivery("c", supplier="wales", rows_kept=3))
    assert journal.volume_history("caseman", "claims", "south_east") == {"2012-05": 4, "2012-06": 6}


@st.composite
def histories(draw: st.DrawFn) -> list[Delivery]:
    """Deliveries to two slots, some refused, some pointing at an earlier one, some withdrawn later."""
    count = draw(st.integers(0, 7))
    clock = draw(st.permutations(range(1, 2 * count + 1)))
    arrivals, withdrawals = sorted(clock[:count]), clock[count:]
    made: list[Delivery] = []
    for number, sequence in enumerate(arrivals):
        later = withdrawals[number]
        gone = later > sequence and draw(st.booleans())
        made.append(
            Delivery(
                id=str(number),
                sha256="",
                filename="",
                source="s",
                dataset="d",
                supplier="x",
                period=draw(st.sampled_from(["2012-05", "2012-06"])),
                mode="snapshot",
                received_at=AT,
                verdict=draw(st.sampled_from(["accepted", "accepted_less_refused", "refused"])),
                supersedes=str(draw(st.integers(0, number - 1))) if number and draw(st.booleans()) else None,
                sequence=sequence,
                withdrawn=Withdrawal(at=AT, by="a", reason="r", sequence=later) if gone else None,
            )
        )
    return made


def plainly_in_force(one: Delivery, known: list[Delivery], moment: int) -> bool:
    """The rule, word for word and slowly."""

    def accepted(d: Delivery) -> bool:
        return d.verdict != "refused" and d.sequence <= moment

    def alive(d: Delivery) -> bool:
        return accepted(d) and not (d.withdrawn and d.withdrawn.sequence <= moment)

    def replaces(later: Delivery, earlier: Delivery) -> bool:
        if later.supersedes is None:
            return False
        between = next(d for d in known if d.id == later.supersedes)
        return between is earlier or (accepted(between) and replaces(between, earlier))

    followed = any(alive(d) and d.slot == one.slot and d.sequence > one.sequence for d in known)
    named = any(alive(d) and replaces(d, one) for d in known)
    return alive(one) and not followed and not named


@given(histories())
def test_in_force_is_what_the_rule_says_at_every_moment(known: list[Delivery]) -> None:
    for moment in range(2 * len(known) + 2):
        expected = [d for d in known if plainly_in_force(d, known, moment)]
        assert as_of(reversed(known), moment) == expected
        slots = [d.slot for d in expected]
        assert len(slots) == len(set(slots)), "one delivery fills a slot"
