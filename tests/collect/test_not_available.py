"""A supplier that cannot supply a slot says so: that is neither a delivery, nor nought, nor silence."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from piperoll.collect import Stated
from piperoll.collect.lifecycle import withdraw
from piperoll.collect.owed import counts, slots, uncovered
from piperoll.collect.slots import NOTHING_STATED, find_slot
from piperoll.periods import Period
from piperoll.register.model.contract import Coverage
from piperoll.register.model.register import Register
from piperoll.simulate.faults.plan import NONE
from piperoll.simulate.send import Route, send
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery
from tests.collect.conftest import NOW
from tests.collect.test_collect import BAD, MAY, ONE


TODAY = NOW.date()
WHY = "a new  system\ncannot give them yet"
TOLD = "a new system cannot give them yet"


@pytest.fixture
def slot(home: Any) -> dict[str, str]:
    """The slot that the file MAY fills, as it is stated."""
    found = find_slot(home.register, MAY, NOTHING_STATED, NOW.date())
    return {"dataset": found.key, "supplier": found.supplier, "period": found.period}


def _say(home: Any, slot: dict[str, str], why: str = WHY) -> Any:
    (found,) = home.collect(stated=Stated(**slot, not_available=why))
    return found


def _states(home: Any, slot: dict[str, str]) -> list[str]:
    found = slots(home.register, home.journal.deliveries(), NOW.date(), **slot)
    return [each.state for each in found]


def test_it_is_recorded_and_counts_for_nothing(home: Any, slot: dict[str, str]) -> None:
    got = _say(home, slot)
    assert (got.verdict, got.accepted, got.refused, got.rows_in, got.counted) == ("not_available", False, False, 0, 0)
    assert got.reasons == (f"The supplier cannot supply these figures: {TOLD}",)
    assert "not available" in got.text and TOLD in got.text
    assert not got.findings and not got.queries
    assert home.journal.delivery(got.delivery).verdict == "not_available"
    assert home.journal.deliveries_as_of() == []
    assert home.rows(slot["dataset"]) == []
    assert _states(home, slot) == ["not_available"]


def test_said_again_it_is_known(home: Any, slot: dict[str, str]) -> None:
    first = _say(home, slot)
    again = _say(home, slot)
    assert again.verdict == "known" and again.delivery == first.delivery
    assert _say(home, slot, "another reason").verdict == "not_available"


def test_figures_that_come_after_all_count(home: Any, cases: Any, slot: dict[str, str]) -> None:
    _say(home, slot)
    got = home.take(MAY, cases(ONE))
    assert got.accepted and not got.supersedes
    assert _states(home, slot) == ["in"]


def test_it_does_not_take_figures_back(home: Any, cases: Any, slot: dict[str, str]) -> None:
    first = home.take(MAY, cases(ONE))
    got = _say(home, slot)
    assert got.verdict == "refused" and "withdraw it first" in got.reasons[0]
    assert _states(home, slot) == ["in"]
    withdraw(home.journal, home.staging, home.actor, NOW, first.delivery, "wrong")
    assert _say(home, slot, "they were wrong").verdict == "not_available"
    assert _states(home, slot) == ["not_available"]


def test_it_can_be_withdrawn(home: Any, slot: dict[str, str]) -> None:
    got = _say(home, slot)
    withdraw(home.journal, home.staging, home.actor, NOW, got.delivery, "a misunderstanding")
    assert _states(home, slot) == ["refused"]
    (again,) = home.collect(stated=Stated(**slot, not_available=WHY), again=True)
    assert again.verdict == "not_available"


def test_a_file_with_rows_or_nil_contradicts_it(home: Any, cases: Any, slot: dict[str, str]) -> None:
    path = home.write(MAY, cases(ONE))
    (rows,) = home.collect(path, stated=Stated(not_available=WHY))
    assert rows.verdict == "refused" and "holds 1 row" in rows.reasons[0]
    (both,) = home.collect(stated=Stated(**slot, nil=True, not_available=WHY))
    assert both.verdict == "refused" and "one or the other" in both.reasons[0]


@pytest.mark.parametrize("packed", [False, True])
def test_a_manifest_says_it(home: Any, slot: dict[str, str], packed: bool) -> None:
    text = "files:\n- {" + ", ".join(f"{k}: {v}" for k, v in slot.items()) + f", not_available: {TOLD}}}\n"
    if packed:
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("manifest.yaml", text)
        path = home.write("sent.zip", data.getvalue())
    else:
        path = home.write("manifest.yaml", text).parent
    (got,) = home.collect(path)
    assert got.verdict == "not_available" and got.file.endswith("manifest.yaml (not available 1)")


# --- coverage ---------------------------------------------------------------------------------------------------------


def _covered(register: Register, key: str) -> Register:
    source, _, name = key.partition(".")
    rule = Coverage("T-V06", "B", "suppliers were silent")
    found = register.sources[source]
    datasets = tuple(replace(d, coverage=rule) if d.name == name else d for d in found.datasets)
    return replace(register, sources={**register.sources, source: replace(found, datasets=datasets)})


def test_silence_breaks_the_rule_and_word_keeps_it(home: Any, cases: Any, slot: dict[str, str]) -> None:
    register = _covered(home.register, slot["dataset"])
    period = {"dataset": slot["dataset"], "period": slot["period"]}

    def broken(today: dt.date = TODAY) -> list[tuple[str, int]]:
        found = uncovered(register, slots(register, home.journal.deliveries(), today, **period))
        return [(supplier, each.owed) for each in found for supplier in each.suppliers]

    everyone = broken()
    assert (slot["supplier"], len(everyone)) in everyone
    _say(home, slot)
    assert slot["supplier"] not in [supplier for supplier, _ in broken()]
    assert broken(dt.date(2012, 6, 1)) == []  # nothing is due yet


def test_a_refused_delivery_is_no_word(home: Any, cases: Any, slot: dict[str, str]) -> None:
    register = _covered(home.register, slot["dataset"])
    assert home.take(MAY, cases(BAD)).verdict == "refused"
    found = uncovered(register, slots(register, home.journal.deliveries(), NOW.date(), **slot))
    assert [each.suppliers for each in found] == [(slot["supplier"],)]
    assert found[0].sentence == (
        f"T-V06 {slot['dataset']} {slot['period']}: suppliers were silent: 1 of 1 ({slot['supplier']})."
    )
    assert counts(slots(register, home.journal.deliveries(), NOW.date(), **slot))["refused"] == 1


def test_without_a_rule_nothing_is_broken(home: Any, slot: dict[str, str]) -> None:
    assert uncovered(home.register, slots(home.register, [], NOW.date(), **slot)) == []


def test_a_simulated_supplier_says_it_as_a_real_one_does(home: Any, slot: dict[str, str]) -> None:
    dataset = home.register.dataset(slot["dataset"])
    none = pl.DataFrame(schema={each.name: pl.String for each in dataset.fields})
    period = Period.parse(slot["period"])
    delivery = Delivery(slot["dataset"], slot["supplier"], period, none, not_available=TOLD)
    (sent,) = send(delivery, dataset, None, NONE, "on_time", Streams(7), Route(home.inbox))
    assert (sent.fate, sent.rows, sent.arrives) == ("not_available", 0, "2012-06")
    (got,) = home.collect(home.inbox)
    assert got.verdict == "not_available" and got.slot is not None and got.slot.period == slot["period"]
    assert (got.file, got.sha256) == (sent.file, sent.sha256)
