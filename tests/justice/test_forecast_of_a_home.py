"""The prison population projected from deliveries of the register's own contract, of a system with known truth."""

from __future__ import annotations

import csv
import datetime as dt
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from piperoll.forecast.make import Projection, make
from piperoll.workspace import Workspace


pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
NOW = "2012-07-20T09:30:00+00:00"
KEY = "prison_population_short_term"
FIRST, LAST, FRIDAY = dt.date(2009, 1, 1), dt.date(2012, 6, 30), dt.date(2012, 6, 29)
RECEIVED = 60  # a month
REMANDED = 0.5
REMAND, TERMS = 90, {4: "UP_TO_6M", 9: "6M_TO_12M", 30: "12M_TO_4Y"}  # mean days on remand; months of sentences
SERVED = 0.5


def system() -> dict[str, list[dict[str, object]]]:
    """Rows of each dataset: who is received each month is on remand or sentenced at once, and serves half a term."""
    draws = random.Random(11)
    out: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("prisoner", "booking", "imprisonment_status", "sentence", "snapshot_population")
    }
    number = 0
    month = FIRST
    while month <= LAST:
        for _ in range(RECEIVED):
            number += 1
            begin = month + dt.timedelta(days=draws.randrange(28))
            waits = int(draws.expovariate(1 / REMAND)) + 1 if draws.random() < REMANDED else 0
            term = draws.choice(list(TERMS))
            sentenced = begin + dt.timedelta(days=waits)
            end = sentenced + dt.timedelta(days=int(term * 30.4 * SERVED * draws.uniform(0.8, 1.2)))
            _booking(out, number, begin, sentenced, end, term)
        month = (month + dt.timedelta(days=31)).replace(day=1)
    return out


def _booking(out: dict[str, list[dict[str, object]]], number: int, begin: dt.date, sentenced: dt.date, end: dt.date,
             term: int) -> None:  # fmt: skip
    noms, book = f"A{number:04d}BC", f"{number:07d}"
    ended = end <= LAST
    out["prisoner"].append({"noms_no": noms, "surname": "Canary", "forenames": "Person", "dob": "1980-01-01", "sex": "1",
                            "ethnicity": "W1", "updated_date": begin})  # fmt: skip
    out["booking"].append({
        "book_id": book, "noms_no": noms, "booking_begin": begin, "booking_end": end if ended else "",
        "active": "false" if ended else "true", "agy_loc": "OUT" if ended else "LEI",
        "admission_reason": "I" if sentenced == begin else "N", "in_out_status": "OUT" if ended else "IN",
    })  # fmt: skip
    statuses = [("SENT03", 2, sentenced, end)]
    if sentenced > begin:
        statuses.insert(0, ("RX", 13, begin, sentenced))
    for place, (status, band, first, last) in enumerate(statuses, 1):
        if first <= LAST:
            out["imprisonment_status"].append({"book_id": book, "status_seq": place, "status": status, "band": band,
                                               "from_date": first, "to_date": last if last <= LAST else ""})  # fmt: skip
        if first <= FRIDAY < last:
            custody = "UNTRIED" if status == "RX" else "SENTENCED"
            out["snapshot_population"].append({
                "snapshot_kind": "MONTHLY", "snapshot_date": FRIDAY, "noms_no": noms, "establishment": "LEI",
                "custody_type": custody, "sentence_length": TERMS[term] if custody == "SENTENCED" else "", "age": 32,
                "sex": "1",
            })  # fmt: skip
    if sentenced <= LAST:
        out["sentence"].append({"book_id": book, "sentence_seq": 1, "calc_type": "ADIMP", "status": "A",
                                "imprisonment_status": "SENT03", "start_date": sentenced,
                                "end_date": sentenced + dt.timedelta(days=31 * term), "term_months": term})  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Projection:
    top = tmp_path_factory.mktemp("prison")
    register = top / "justice"
    shutil.copytree(ROOT / "justice", register)
    # One delivery holds all that ever was: nothing is owed of the months before.
    source = register / "sources" / "nomis_iis.yaml"
    source.write_text(source.read_text(encoding="utf-8").replace("owed_from: 2008-01", "owed_from: 2012-06"))
    forecast = register / "forecasts" / f"{KEY}.yaml"
    text = forecast.read_text(encoding="utf-8").replace("stays:\n", "stays:\n  known_from: 2009-01\n", 1)
    forecast.write_text(text.replace("origins: 12", "origins: 2"), encoding="utf-8")
    inbox = top / "inbox"
    inbox.mkdir()
    fields = {each.name: [f.name for f in each.fields] for each in Workspace(register, top / "none").register.sources[
        "nomis_iis"].datasets}  # fmt: skip
    for name, rows in system().items():
        with (inbox / f"nomis_iis_{name}_NOMS_2012-06.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fields[name], restval="")
            writer.writeheader()
            writer.writerows(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", NOW)
        space = Workspace(register, top / "home")
        receipts = space.collect([inbox])
        assert [(each.rows_refused, each.refused) for each in receipts] == [(0, False)] * 5
        return make(space, KEY, months=12)


def truth() -> Counter[str]:
    return Counter(str(row["sentence_length"] or row["custody_type"]) for row in system()["snapshot_population"])


def test_it_starts_from_the_count(found: Projection) -> None:
    told = truth()
    ages = {code: start.ages.sum() for code, start in found.fitted.starts.items() if start.ages.sum()}
    assert sum(ages.values()) == pytest.approx(sum(told.values()))
    assert set(ages) == set(told)
    # Stays are of the day after, and share one factor with those they are counted with.
    for code, many in told.items():
        assert ages[code] == pytest.approx(many, rel=0.05), code
    assert all(0.97 < start.tie < 1.03 for start in found.fitted.starts.values() if start.ages.sum())


def test_stays_are_those_of_the_system(found: Projection) -> None:
    stays = {code: start.leaving.mean_stay() for code, start in found.fitted.starts.items()}
    assert stays["UNTRIED"] == pytest.approx(REMAND / 30.4, rel=0.12)
    for months, code in TERMS.items():
        assert stays[code] == pytest.approx(months * SERVED, rel=0.12), code


def test_in_balance_it_stays_as_it_is(found: Projection) -> None:
    central = found.figures["central"][""]
    assert central.inflow.sum() / 12 == pytest.approx(RECEIVED * (1 + REMANDED), rel=0.06)
    assert central.central[-1] == pytest.approx(sum(truth().values()), rel=0.08)
    assert central.low95[-1] < sum(truth().values()) < central.high95[-1]


def test_scenarios_go_their_ways(found: Projection) -> None:
    last = {name: each[""].central[-1] for name, each in found.figures.items()}
    assert last["fewer_received"] < last["central"] < last["more_received"]
    assert last["shorter_sentences"] < last["central"] < last["longer_sentences"]
    assert last["less_remand"] < last["central"]
    remand = {name: found.figures[name]["UNTRIED"].central[-1] for name in ("central", "less_remand")}
    assert remand["less_remand"] == pytest.approx(0.8 * remand["central"], rel=0.02)
