"""A small home with searches of our own making, under the example register: helpers, and fixtures to import."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from piperoll.journal import Delivery, delivery_id
from piperoll.release import Made, make
from piperoll.store.duck import connect
from piperoll.workspace import Workspace


ROOT = Path(__file__).resolve().parents[1]
REGISTER = ROOT / "examples" / "stop_and_search"
AT = dt.datetime(2020, 11, 1, 9, 30, tzinfo=dt.UTC)
NAME = "stop_and_search"
IRISH, AFRICAN = "White - Irish", "Black/African/Caribbean/Black British - African"
INDIAN = "Asian/Asian British - Indian"
OBJECTS = ("Controlled drugs", "Offensive weapons", "Stolen goods")
OUTCOMES = ("A no further action disposal", "Arrest", "Community resolution")
ETHNICITIES = (
    "White - Irish",
    "Black/African/Caribbean/Black British - African",
    "Other ethnic group - Not stated",
    None,
)
AGES = ("10-17", "18-24", "over 34", None)

UNROUNDED = ("policies/stop_and_search.yaml", "round_to: 5\n", "")

Deliver = Callable[..., Delivery]
Records = Sequence[tuple[object, ...]]


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example register with its large table cut down to two dimensions, so that an edition takes a moment."""
    path = "publications/stop_and_search/publication.yaml"
    wide = "{object: [total, object], outcome: [total, outcome], ethnicity: [total, group], age: [total, age]}"
    return edited(
        REGISTER,
        tmp_path_factory.mktemp("register") / "stop_and_search",
        (path, wide, "{object: [total, object], age: [total, age]}"),
        (path, "{object: all, outcome: all, ethnicity: all, age: all}", "{object: all, age: all}"),
    )


@pytest.fixture(scope="session")
def exact(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with counts that are not rounded."""
    return edited(register, tmp_path_factory.mktemp("exact") / "register", UNROUNDED)


def edited(register: Path, copy: Path, *edits: tuple[str, str, str]) -> Path:
    """A copy of a register with texts replaced: file, old, new."""
    shutil.copytree(register, copy)
    for name, old, new in edits:
        path = copy / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
    return copy


@pytest.fixture
def desk(register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with a fixed clock and nothing collected."""
    monkeypatch.setenv("PIPEROLL_NOW", AT.isoformat())
    return Workspace(register, tmp_path / "home")


@pytest.fixture
def home(exact: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace with a fixed clock and nothing collected, under the register with exact counts."""
    monkeypatch.setenv("PIPEROLL_NOW", AT.isoformat())
    return Workspace(exact, tmp_path / "home")


@pytest.fixture
def put(home: Workspace, tmp_path: Path) -> Deliver:
    """Puts searches into the store of `home`."""
    return deliverer(home, tmp_path)


@dataclass(frozen=True)
class Released:
    """A workspace with one edition made, for tests that only read it."""

    desk: Workspace
    directory: Path
    made: Made


@pytest.fixture(scope="session")
def released(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Released:
    """An edition of 2020Q3, made once."""
    place = tmp_path_factory.mktemp("released")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", AT.isoformat())
        desk = Workspace(register, place / "home")
        deliverer(desk, place)()
        made = make(desk, "stop_and_search", "2020Q3", place / "out")
    return Released(desk, place / "out", made)


@pytest.fixture
def deliver(desk: Workspace, tmp_path: Path) -> Deliver:
    """Put ``rows`` seeded searches of a period into the store, as an accepted delivery."""
    return deliverer(desk, tmp_path)


def searches(day: dt.date, counts: Mapping[str | None, int], age: str | None = "18-24") -> list[tuple[object, ...]]:
    """So many searches of each ethnicity on a day."""
    moment = dt.datetime.combine(day, dt.time(12))
    return [
        (moment, age, ethnicity, OBJECTS[0], OUTCOMES[0], day)
        for ethnicity, number in counts.items()
        for _ in range(number)
    ]


def deliverer(desk: Workspace, place: Path) -> Deliver:
    """Puts searches into the store of a workspace, as `deliver` does."""

    def put(
        rows: int = 3000, *, seed: int = 1, period: str = "2020Q3", extra: int = 0, records: Records = ()
    ) -> Delivery:
        draw = random.Random(seed)
        first = dt.date(int(period[:4]), 3 * int(period[-1]) - 2, 1)
        records = list(records) or [_record(draw, first) for _ in range(rows)]
        records += [records[0]] * extra
        path = place / "part.parquet"
        con = connect()
        con.execute(
            "CREATE TABLE t (type VARCHAR, date TIMESTAMP, part_of_operation BOOLEAN, operation VARCHAR, "
            "latitude DECIMAL(9,6), longitude DECIMAL(9,6), gender VARCHAR, age_range VARCHAR, "
            "self_defined_ethnicity VARCHAR, officer_defined_ethnicity VARCHAR, legislation VARCHAR, "
            "object_of_search VARCHAR, outcome VARCHAR, outcome_linked BOOLEAN, more_than_outer_clothing BOOLEAN, "
            "search_date DATE, _row BIGINT)"
        )
        con.executemany(
            "INSERT INTO t VALUES ('Person search', ?, false, NULL, NULL, NULL, 'Male', ?, ?, 'White', "
            "'Firearms Act 1968 (section 47)', ?, ?, NULL, NULL, ?, ?)",
            [(*record, number) for number, record in enumerate(records, start=1)],
        )
        con.execute(f"COPY t TO '{path}' (FORMAT parquet)")
        con.close()
        sha256 = hashlib.sha256(repr(records).encode()).hexdigest()
        slot = ("stop_search", "search", "met", period)
        return desk.journal.commit_delivery(
            Delivery(
                id=delivery_id(sha256, *slot),
                sha256=sha256,
                filename="met.csv",
                source=slot[0],
                dataset=slot[1],
                supplier=slot[2],
                period=slot[3],
                mode="events",
                received_at=AT,
                verdict="accepted",
                rows_in=len(records),
                rows_kept=len(records),
                object=desk.store.put(path),
            )
        )

    return put


def _record(draw: random.Random, first: dt.date) -> tuple[object, ...]:
    day = first + dt.timedelta(days=draw.randrange(90))
    moment = dt.datetime.combine(day, dt.time(12))
    return (
        moment,
        draw.choices(AGES, (5, 60, 30, 5))[0],
        draw.choices(ETHNICITIES, (50, 40, 8, 2))[0],
        draw.choices(OBJECTS, (80, 17, 3))[0],
        draw.choices(OUTCOMES, (75, 23, 2))[0],
        day,
    )
