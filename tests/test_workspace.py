"""What a notebook does: `piperoll.open` gives sources, vintages, records, tables and releases."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import piperoll
from piperoll.errors import UserError
from piperoll.workspace import Workspace


ROOT = Path(__file__).resolve().parents[1]
REGISTER = ROOT / "examples" / "stop_and_search"
NOW = "2020-11-01T09:30:00+00:00"
HEADER = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
    "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
    "Outcome linked to object of search,Removal of more than just outer clothing"
)
ROW = (
    "Person search,2020-{month:02d}-{day:02d}T12:00:00+00:00,False,,51.5,-0.1,Male,{age},White - Irish,White,"
    "Firearms Act 1968 (section 47),Firearms,{outcome},,"
)
SEARCHES = [
    ROW.format(
        month=7 + n % 3,
        day=1 + n % 28,
        age=("18-24", "over 34")[n % 2],
        outcome=("Arrest", "Community resolution")[n % 4 > 0],
    )
    for n in range(600)
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which a quarter's searches were collected, and an edition of them."""
    folder = tmp_path_factory.mktemp("place")
    file = folder / "met_stop_and_search_2020Q3.csv"
    file.write_text("\n".join((HEADER, *SEARCHES, "")), encoding="utf-8")
    register = _narrow(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", NOW)
        space = piperoll.open(register, folder / "home")
        (receipt,) = space.collect([file])
        assert (receipt.rows_in, receipt.rows_kept, receipt.rows_refused) == (600, 600, 0)
        space.release("stop_and_search", "2020Q3", folder / "edition")
    return folder


def _narrow(folder: Path) -> Path:
    """The example register with its large table cut down to one dimension, so that an edition takes a moment."""
    import shutil

    register = folder / "register"
    shutil.copytree(REGISTER, register)
    path = register / "publications" / "stop_and_search" / "publication.yaml"
    text = path.read_text(encoding="utf-8")
    wide = "{object: [total, object], outcome: [total, outcome], ethnicity: [total, group], age: [total, age]}"
    assert wide in text
    text = text.replace(wide, "{age: [total, age]}")
    text = text.replace("{object: all, outcome: all, ethnicity: all, age: all}", "{age: all}")
    path.write_text(text, encoding="utf-8")
    return register


@pytest.fixture
def space(place: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    return piperoll.open(place / "register", place / "home")


def test_sources_are_typed_objects(space: Workspace) -> None:
    assert space.sources["stop_search"].dataset("search").field("age_range").cls == "Q"


def test_a_publication_that_is_not_there_is_told_with_the_nearest(space: Workspace) -> None:
    with pytest.raises(UserError, match="Did you mean `stop_and_search`") as told:
        space.publication("stop_and_serch")
    assert told.value.code == "PR-W003"


def test_records_are_a_frame_of_the_contracts_columns(space: Workspace) -> None:
    found = space.records("stop_search.search")
    assert found.height == 600
    declared = space.sources["stop_search"].dataset("search").store_columns
    assert found.columns == [*declared, *(c for c in found.columns if c.startswith("_"))]
    assert found["search_date"].dtype == pl.Date
    assert found["_row"].to_list() == sorted(found["_row"].to_list())
    assert found["_period"].unique().to_list() == ["2020Q3"]


def test_a_vintage_before_the_delivery_holds_nothing(space: Workspace) -> None:
    now = space.vintage()
    assert now.sequence > 0
    assert space.records("stop_search.search", 0).is_empty()
    assert [part.dataset for part in space.parts(now)] == ["stop_search.search"]


def test_deliveries_and_slots(space: Workspace) -> None:
    (delivery,) = space.deliveries()
    assert (delivery.supplier, delivery.period, delivery.rows_kept) == ("met", "2020Q3", 600)
    (slot,) = space.slots(period="2020Q3")
    assert slot.state == "in"
    assert slot.delivery is not None
    assert slot.delivery.id == delivery.id


def test_queries_are_none_where_nothing_is_odd(space: Workspace) -> None:
    assert space.queries() == []
    assert space.queries(settled=True, source="stop_search") == []


def test_a_table_is_a_protected_frame(space: Workspace) -> None:
    found = space.table("stop_and_search", "arrests", period="2020Q3", where={"ethnicity": "all"})
    row = found.filter(pl.col("ethnicity_code") == "all").row(0, named=True)
    assert row["searches"] == 600
    assert row["arrests"] == 150


def test_a_small_count_is_not_shown(space: Workspace) -> None:
    found = space.table("stop_and_search", "searches", period="2020-07")
    shown = found.filter(pl.col("age_code") == "10-17").row(0, named=True)
    assert shown["searches"] == 0
    assert all(value is None or value % 5 == 0 for value in found["searches"])


def test_releases_and_their_published_cells(space: Workspace) -> None:
    (made,) = space.releases("stop_and_search")
    assert made.id == "stop_and_search/2020Q3/1"
    assert space.releases("another") == []
    cells = space.published(made.id, "searches")
    assert cells["table"].unique().to_list() == ["searches"]
    july = cells.filter((pl.col("codes") == "") & (pl.col("period") == "2020-07"))
    assert july["value"].to_list() == ["200"]
    assert space.published(made.id).height > cells.height


def test_verify_needs_the_directory_alone(place: Path) -> None:
    report = piperoll.open("nowhere", "nowhere").verify(place / "edition")
    assert report.holds, report.problems


def test_making_it_again_gives_the_same_manifest(space: Workspace, place: Path, tmp_path: Path) -> None:
    again = space.release("stop_and_search", "2020Q3", tmp_path / "again", published=dt.date(2020, 12, 14))
    assert again.release.id == "stop_and_search/2020Q3/1"
    first = hashlib.sha256((place / "edition" / "manifest.json").read_bytes()).hexdigest()
    assert again.release.manifest_sha256 == first


def test_trace_leads_to_rule_and_vintage(space: Workspace) -> None:
    found = space.trace("stop_and_search/2020Q3/1", "searches", "searches,2020-07")
    assert found.value == "200"
    assert [step.rule.id for step in found.steps if step.rule] == ["CR-SEARCH"]
    assert [each.delivery for step in found.steps for each in step.contributions] == space.deliveries()


def test_lineage_leads_to_the_contracts_fields(space: Workspace) -> None:
    fields = space.lineage("stop_and_search", "searches", "age").fields()
    assert "stop_search.search.age_range" in fields


def test_each_read_is_recorded(space: Workspace) -> None:
    before = sum(1 for _ in space.journal.audit_entries())
    space.records("stop_search.search")
    space.releases()
    actions = [entry.action for entry in space.journal.audit_entries()][before:]
    assert actions == ["store.read", "release.list"]


def test_asked_again_a_table_needs_neither_parser_nor_arrow_and_says_the_same(place: Path) -> None:
    program = (
        "import sys\nfrom piperoll.cli import main\n"
        "try:\n    main(['table', 'stop_and_search', 'arrests', '--period', '2020Q3', '--format', 'csv'])\n"
        "finally:\n    print(sorted({'yaml', 'pydantic', 'sqlglot', 'pyarrow', 'numpy'} & set(sys.modules)))"
    )
    asked = {"PIPEROLL_REGISTER": str(place / "register"), "PIPEROLL_HOME": str(place / "home"), "PIPEROLL_NOW": NOW}
    chain = piperoll.open(place / "register", place / "home").journal

    def ask() -> tuple[str, str, list[tuple[object, ...]]]:
        before = chain.audit_head()[0]
        run = [sys.executable, "-c", program]
        done = subprocess.run(run, env={**os.environ, **asked}, capture_output=True, text=True, check=True)
        assert done.stderr == ""
        entries = [entry for entry in chain.audit_entries() if entry.number > before]
        table, _, imported = done.stdout.rstrip().rpartition("\n")
        return table, imported, [(each.action, each.resource_key, each.allowed, each.details) for each in entries]

    shutil.rmtree(place / "home" / "cache", ignore_errors=True)
    (first, loaded, recorded), (second, needed, recorded_again) = ask(), ask()
    assert "sqlglot" in loaded
    assert needed == "[]"
    assert second == first
    assert first.count("\n") > 3
    assert recorded_again == recorded
    assert [each[0] for each in recorded] == ["table.answer"]


def test_a_home_without_keys_is_given_none_by_reading_the_register(tmp_path: Path) -> None:
    space = piperoll.open(REGISTER, tmp_path / "home")
    assert space.cache is None
    assert space.register.key
    assert not (tmp_path / "home").exists()


def test_broken_keys_are_no_matter_of_the_register(tmp_path: Path) -> None:
    keys = tmp_path / "home" / "keys"
    keys.mkdir(parents=True)
    (keys / "tokens.key").write_bytes(b"short")
    assert piperoll.open(REGISTER, tmp_path / "home").register.key
    assert not (tmp_path / "home" / "cache").exists()


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda s: s.records("stop_search.serch"), "no dataset `stop_search.serch`. Did you mean `stop_search.search`"),
        (lambda s: s.records("search"), "no dataset `search`"),
        (lambda s: s.connect(datasets=["x.y"]), "no dataset `x.y`. See `piperoll register list`"),
        (lambda s: s.slots(source="stop_serch"), "no source `stop_serch`. Did you mean `stop_search`"),
        (lambda s: s.slots(dataset="nothing"), "no dataset `nothing`"),
        (lambda s: s.slots(supplier="mat"), "no supplier `mat`. Did you mean `met`"),
        (lambda s: s.queries(supplier="MET"), "no supplier `MET`"),
    ],
)
def test_a_name_that_is_not_declared_is_told(space: Workspace, ask: Callable[[Workspace], object], says: str) -> None:
    with pytest.raises(UserError, match="PR-W005") as caught:
        ask(space)
    assert says in str(caught.value)


def test_what_follows_a_delivery(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries answered, a value set by hand, refused rows read back, a delivery withdrawn."""
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    space = piperoll.open(place / "register", tmp_path / "home")
    file = tmp_path / "met_stop_and_search_2020Q3.csv"
    unknown = SEARCHES[0].replace("Person search", "Dragon search")
    file.write_text("\n".join((HEADER, unknown, *SEARCHES[1:], "")), encoding="utf-8")
    (receipt,) = space.collect([file])
    assert (receipt.verdict, receipt.rows_refused) == ("accepted_less_refused", 1)
    out = tmp_path / "refused.csv"
    assert space.export_refused(receipt.delivery, out, "to be corrected").rows == 1
    assert "Dragon search" in out.read_text(encoding="utf-8")
    for query in space.queries():
        assert space.answer(query.id, "confirmed", "It is so.").state == "confirmed"
    assert space.queries() == []
    assert space.withdraw(receipt.delivery, "Sent in error").withdrawn is not None
    assert space.deliveries() == []
    done = {entry.action for entry in space.journal.audit_entries()}
    assert {"refused.read", "delivery.withdraw"} <= done
