"""A measure's name means one thing in all publications: the ledger knows figures by it."""

from __future__ import annotations

import pytest

from piperoll.register import inspect
from tests.register.conftest import BASE, Edited


OTHER = (BASE / "publications/fines/publication.yaml").read_text().replace("CR-T", "CR-U")
ISSUED, PAID = ((BASE / f"publications/fines/{name}.sql").read_text() for name in ("issued", "paid"))


def found(edited: Edited, *changes: tuple[str, str], shared: bool = False) -> list[tuple[str, str, str]]:
    text = OTHER
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    write = {"publications/other/publication.yaml": text}
    places = ["models"] if shared else ["publications/other"]
    write |= {f"{place}/{name}.sql": sql for place in places for name, sql in (("issued", ISSUED), ("paid", PAID))}
    root = edited(write=write)
    if shared:
        for name in ("issued", "paid"):
            (root / "publications/fines" / f"{name}.sql").unlink()
    _, problems = inspect(root)
    return [(each.code, each.key, each.message) for each in problems if each.code == "PR-R123"]


def test_one_name_from_two_models_means_two_things(edited: Edited) -> None:
    """The files say the same today; nothing holds them together."""
    told = found(edited)
    # What is made of others means the same as long as those do: they are told, and it is not told again.
    assert [key for _, key, _ in told] == ["measures.tickets.name", "measures.paid.name"]
    assert told[0][2] == "The measure `tickets` means something else in fines, and a figure is known by it."


def test_a_shared_model_makes_it_one(edited: Edited) -> None:
    assert found(edited, shared=True) == []
    words = ("tickets: {label: Tickets,", "tickets: {label: Parking tickets, unit: tickets, decimals: 1,")
    assert found(edited, words, shared=True) == []


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("where: days <= 28", "where: days <= 14", "paid"),
        ("per: 1000", "per: 100", "rate"),
        ("tickets: {label: Tickets, kind: count,", "tickets: {label: Tickets, kind: stock,", "tickets"),
        ("change: {label: Change, kind: change, of: tickets}",
         "change: {label: Change, kind: change, of: tickets, against: previous_period}", "change"),
    ],
)  # fmt: skip
def test_what_is_counted_otherwise_is_told(edited: Edited, old: str, new: str, key: str) -> None:
    assert [each for _, each, _ in found(edited, (old, new), shared=True)] == [f"measures.{key}.name"]


def test_a_name_of_its_own_is_no_problem(edited: Edited) -> None:
    changes = [
        ("  tickets: {label", "  notices: {label"), ("  paid: {label", "  settled: {label"),
        ("numerator: paid, denominator: tickets", "numerator: settled, denominator: notices"),
        ("numerator: tickets, denominator: 'codes", "numerator: notices, denominator: 'codes"),
        ("share: {", "share_settled: {"), ("rate: {", "rate_of_notices: {"), ("change: {", "change_of_notices: {"),
        ("of: tickets", "of: notices"), ("measures: [tickets, share, rate, change]", "measures: [notices]"),
        ("measures: [tickets], title", "measures: [notices], title"), ("{measure: tickets,", "{measure: notices,"),
    ]  # fmt: skip
    assert found(edited, *changes) == []
