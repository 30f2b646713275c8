"""The post of a simulation: mailbox, lists, spreadsheet and database hold what the file would have held."""

from __future__ import annotations

import csv
import mailbox
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import python_calamine

from piperoll.collect.connections import read_connections, secret
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.codes import Supplier, SupplierGroup
from piperoll.register.model.contract import Dataset, Extract, Way
from piperoll.register.model.register import Register
from piperoll.simulate import simulate
from piperoll.simulate.faults.plan import FaultPlan
from piperoll.simulate.post import Post, declare
from tests.simulate.conftest import Bakery


FIRST, LAST = Period.parse("2012-01"), Period.parse("2012-04")
EXTRACT = Extract(database="bakery", table="sale", watermark="change_no")
NO_FAULTS = FaultPlan(**dict.fromkeys(FaultPlan.__dataclass_fields__, 0.0))


def with_ways(register: Register, *ways: Way, extract: Extract | None = None) -> Register:
    """The shops, whose sales come by some ways; both have an address."""

    def changed(dataset: Dataset) -> Dataset:
        return replace(dataset, suppliers="shops", ways=ways if dataset.name == "sale" else (), extract=extract)

    sources = {
        key: replace(source, datasets=tuple(changed(each) for each in source.datasets))
        for key, source in register.sources.items()
    }
    east = Supplier("east", "East", mail=("@east.example",))
    west = Supplier("west", "West", mail=("tills@west.example",))
    return replace(register, sources=sources, suppliers={"shops": SupplierGroup("shops", "Shops", (east, west))})


def run(register: Register, root: Path, ways_from: str, *, databases: bool = True) -> pl.DataFrame:
    (root / "post").mkdir(parents=True)
    post = Post(register, root / "post", Period.parse(ways_from), LAST, databases=databases)
    simulate(Bakery(1, FIRST, LAST), register, root / "out", root / "truth", NO_FAULTS, 1, post=post)
    return pl.read_parquet(root / "truth" / "files.parquet")


def sales(root: Path, supplier: str, period: str) -> list[list[str]]:
    """The rows as the file of a simulation without other ways has them."""
    (path,) = root.rglob(f"sale_{supplier}_{period}.csv")
    return lines(path)


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def plain(shops: Register, tmp_path: Path) -> Path:
    """What comes where everything comes as files."""
    run(with_ways(shops), tmp_path / "plain", "2012-01")
    return tmp_path / "plain" / "out"


def test_ways_begin_with_their_month(shops: Register, tmp_path: Path) -> None:
    files = run(with_ways(shops, Way("mail", ("east",))), tmp_path, "2012-03")
    told = files.filter(dataset="shop.sale").select("supplier", "period", "way").sort("supplier", "period").rows()
    assert [way for supplier, _, way in told if supplier == "east"] == ["file", "file", "mail", "mail"]
    assert {way for supplier, _, way in told if supplier == "west"} == {"file"}
    assert set(files.filter(pl.col("way") == "file")["file"]) - {""} == {
        path.relative_to(tmp_path / "out").as_posix() + (f"/{path.stem}.csv" if path.suffix == ".zip" else "")
        for path in (tmp_path / "out").rglob("*.*")
    }


def test_a_message_holds_the_bytes_of_the_file(shops: Register, tmp_path: Path, plain: Path) -> None:
    run(with_ways(shops, Way("mail")), tmp_path, "2012-04")
    found = {}
    for message in mailbox.Maildir(tmp_path / "post" / "mail", create=False):
        (part,) = [each for each in message.walk() if each.get_filename()]
        found[part.get_filename()] = (message["From"], part.get_payload(decode=True))
    sent = {path.name: path.read_bytes() for path in plain.rglob("sale_*_2012-04*")}
    assert {name: content for name, (_, content) in found.items()} == sent
    assert {sender for sender, _ in found.values()} == {"returns@east.example", "tills@west.example"}


def test_the_same_seed_gives_the_same_post(shops: Register, tmp_path: Path) -> None:
    register = with_ways(shops, Way("mail", ("east",)), Way("paper", ("west",)))
    for name in ("a", "b"):
        run(register, tmp_path / name, "2012-03")
    one, two = (
        {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name / "post").rglob("*.*")
            if path.is_file()
        }
        for name in ("a", "b")
    )
    assert one == two and len(one) == 2 + 2 * 3


def test_typed_lists_hold_the_rows_of_the_file(shops: Register, tmp_path: Path, plain: Path) -> None:
    files = run(with_ways(shops, Way("entry", ("east",))), tmp_path, "2012-04")
    (name,) = files.filter(way="entry")["file"]
    assert name == "enter/shop.sale/east/2012-04/records.csv"
    assert lines(tmp_path / "post" / name) == sales(plain, "east", "2012-04")


def test_slips_of_the_second_keying_are_those_that_are_decided(shops: Register, tmp_path: Path) -> None:
    run(with_ways(shops, Way("paper", ("east",))), tmp_path, "2012-04")
    folder = tmp_path / "post" / "enter" / "shop.sale" / "east" / "2012-04"
    first, second, decided = (
        pl.read_csv(folder / f"{name}.csv", infer_schema=False) for name in ("first", "second", "decided")
    )
    differ = [
        (a["form_reference"], name)
        for a, b in zip(first.iter_rows(named=True), second.iter_rows(named=True), strict=True)
        for name in a
        if a[name] != b[name]
    ]
    assert differ == decided.select("form_reference", "field").rows() and 10 < len(differ) < 70
    assert set(decided["holds"]) == {"first"} and first["form_reference"].n_unique() == first.height


def test_a_spreadsheet_holds_the_rows_of_the_file(shops: Register, tmp_path: Path, plain: Path) -> None:
    files = run(with_ways(shops, Way("spreadsheet", ("east",))), tmp_path, "2012-04")
    (name,) = files.filter(way="spreadsheet")["file"]
    assert name == "2012-05/sale_east_2012-04.xlsx"
    book = python_calamine.CalamineWorkbook.from_path(str(tmp_path / "out" / name))
    rows = book.get_sheet_by_name("Return").to_python()[: 1 + 120]
    assert [[f"{x:g}" if isinstance(x, float) else str(x) for x in row] for row in rows] == sales(
        plain, "east", "2012-04"
    )


def test_a_database_holds_the_last_month_and_earlier_ones_come_as_files(
    shops: Register, tmp_path: Path, plain: Path
) -> None:
    files = run(with_ways(shops, Way("database", ("east",)), extract=EXTRACT), tmp_path, "2012-02")
    assert files.filter(way="database").select("file", "period").rows() == [
        ("database/bakery/shop.sale/east", "2012-04")
    ]
    with closing(sqlite3.connect(tmp_path / "post" / "bakery.sqlite")) as con:
        rows = con.execute('SELECT id, name, "on", n, change_no FROM sale ORDER BY change_no').fetchall()
    assert [[str(x) for x in row[:-1]] for row in rows] == sales(plain, "east", "2012-04")[1:]
    assert [row[-1] for row in rows] == list(range(1, 121))


def test_a_table_of_which_nothing_came_is_there_and_empty(shops: Register, tmp_path: Path) -> None:
    register = with_ways(shops, Way("database"), extract=EXTRACT)
    (source,) = register.sources.values()
    silent = replace(
        source.dataset("sale"), name="repair", owed_from="2013-01", extract=replace(EXTRACT, table="repair")
    )
    register = replace(register, sources={"shop": replace(source, datasets=(*source.datasets, silent))})
    run(register, tmp_path, "2012-04")
    with closing(sqlite3.connect(tmp_path / "post" / "bakery.sqlite")) as con:
        columns = {
            table: [name for _, name, *_ in con.execute(f"PRAGMA table_info({table})")] for table in ("sale", "repair")
        }
        assert columns["repair"] == columns["sale"] != []
        assert con.execute("SELECT count(*) FROM repair").fetchone() == (0,)


def test_without_a_driver_it_comes_as_files(shops: Register, tmp_path: Path) -> None:
    files = run(with_ways(shops, Way("database"), extract=EXTRACT), tmp_path, "2012-04", databases=False)
    assert set(files["way"]) == {"file"} and declare(tmp_path, tmp_path / "post") == []


@pytest.mark.parametrize("extract", [replace(EXTRACT, table="a.b"), replace(EXTRACT, table="", query="SELECT 1")])
def test_an_extract_that_no_simulated_database_has(shops: Register, tmp_path: Path, extract: Extract) -> None:
    with pytest.raises(UserError) as caught:
        run(with_ways(shops, Way("database"), extract=extract), tmp_path, "2012-04")
    assert caught.value.code == "PR-M010"


def test_the_home_gets_the_connection_and_keeps_its_own(tmp_path: Path) -> None:
    post = tmp_path / "post"
    post.mkdir()
    (post / "bakery.sqlite").touch()
    assert declare(tmp_path, post) == []
    entry = read_connections(tmp_path).databases["bakery"]
    assert entry.simulated and f"Database={post / 'bakery.sqlite'}" in secret(entry, "bakery")
    (tmp_path / "connections.yaml").write_text("databases: {other: {environment: OTHER}}\n")
    assert declare(tmp_path, post) == ["bakery"]
    assert list(read_connections(tmp_path).databases) == ["other"]
