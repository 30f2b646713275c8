"""Writing a world's deliveries: names, forms, fates, truth, and the same bytes each time."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.register import Register
from piperoll.simulate import FaultPlan, build, read_plan, simulate
from piperoll.simulate.faults import NONE
from piperoll.simulate.run import Summary
from piperoll.simulate.world import names
from tests.simulate.conftest import Bakery


HEAVY = FaultPlan(
    transposed=0.02, missing_value=0.02, duplicated_row=0.02, stale_row=0.02, truncated_row=0.01, shifted_row=0.01
)


def run(bakery: Bakery, shops: Register, top: Path, plan: FaultPlan = NONE, seed: int = 3) -> Summary:
    return simulate(bakery, shops, top / "out", top / "truth", plan, seed)


def tree(top: Path) -> dict[str, str]:
    return {
        path.relative_to(top).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


def table(top: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(top / "truth" / f"{name}.parquet")


def text(top: Path, told: str) -> str:
    parts = told.split("/")
    path = top / "out" / parts[0] / parts[1]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return archive.read(parts[2]).decode()
    return (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode(errors="replace")


def test_files_are_named_by_the_contract_and_lie_in_their_month_of_arrival(
    bakery: Bakery, shops: Register, tmp_path: Path
) -> None:
    summary = run(bakery, shops, tmp_path)
    assert sorted(tree(tmp_path / "out"))[:4] == [
        "2012-02/return_east_2012-01.zip",
        "2012-02/sale_east_2012-01.csv",
        "2012-02/sale_west_2012-01.csv.gz",
        "2012-03/return_east_2012-02.zip",
    ]
    assert summary.files == len(tree(tmp_path / "out")) == 15
    assert summary.rows == 15 * 120 and summary.faults == 0
    assert summary.by_dataset == {"shop.return": 7 * 120, "shop.sale": 8 * 120}


def test_columns_are_those_of_the_contract_in_its_order(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    run(bakery, shops, tmp_path)
    for told in table(tmp_path, "files").filter(pl.col("file") != "")["file"]:
        written = text(tmp_path, told).splitlines()
        assert written[0] == "id,name,on,n"
        assert written[1].startswith(("E00000,", "W00000,")) and ',"Siân “Łucja” O\'Hara, 0",2012-' in written[1]


def test_nothing_to_send_is_no_file_and_no_fault(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    run(bakery, shops, tmp_path)
    files = table(tmp_path, "files")
    assert files.filter(pl.col("file") == "")["fate"].to_list() == ["nothing_to_send"]
    assert table(tmp_path, "faults").height == 0
    assert table(tmp_path, "sales").height == 4 * 120


@pytest.mark.parametrize("plan", [NONE, HEAVY, replace(HEAVY, late=0.3, corrected=0.3, truncated_file=0.3)])
def test_two_runs_give_the_same_bytes(plan: FaultPlan, bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    assert run(bakery, shops, first, plan) == run(bakery, shops, second, plan)
    assert tree(first) == tree(second)


def test_another_seed_spoils_other_rows(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    for seed in (1, 2):
        run(bakery, shops, tmp_path / str(seed), HEAVY, seed)
    assert not table(tmp_path / "1", "faults").equals(table(tmp_path / "2", "faults"))


def test_rows_written_are_the_true_ones_and_those_added(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    run(bakery, shops, tmp_path, HEAVY)
    added = (
        table(tmp_path, "faults")
        .filter(pl.col("kind").is_in(["duplicated_row", "stale_row"]))
        .group_by("file")
        .len("added")
    )
    files = table(tmp_path, "files").filter(pl.col("file") != "").join(added, on="file", how="left")
    assert (files["rows_written"] == files["rows_true"] + files["added"].fill_null(0)).all()
    for told, rows in files.select("file", "rows_written").iter_rows():
        assert text(tmp_path, told).count("\n") == rows + 1


def test_every_fault_names_its_file_and_slot(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    run(bakery, shops, tmp_path, HEAVY)
    faults, files = table(tmp_path, "faults"), table(tmp_path, "files")
    assert faults["fault"].to_list() == list(range(1, faults.height + 1))
    joined = faults.join(files, on=["file", "dataset", "supplier", "period"], how="left")
    assert joined["fate"].null_count() == 0
    assert (joined["row"] <= joined["rows_written"] + 1).all()


def fates(bakery: Bakery, shops: Register, top: Path, **chance: float) -> pl.DataFrame:
    run(bakery, shops, top, replace(NONE, **chance))
    return table(top, "files").filter(pl.col("fate") != "nothing_to_send")


def test_a_late_delivery_arrives_later(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    files = fates(bakery, shops, tmp_path, late=1)
    for period, arrives in files.select("period", "arrives").iter_rows():
        assert Period.parse(period).shift(2).start <= Period.parse(arrives).start <= Period.parse(period).shift(3).start


def test_a_missing_delivery_is_no_file(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    files = fates(bakery, shops, tmp_path, missing=1)
    assert set(files["file"]) == {""} and tree(tmp_path / "out") == {}
    faults = table(tmp_path, "faults")
    assert faults["rows"].sum() == 15 * 120 and set(faults["kind"]) == {"missing"}


def test_the_same_delivery_comes_twice(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    files = fates(bakery, shops, tmp_path, twice=1)
    assert files.height == 30
    hashes = list(tree(tmp_path / "out").values())
    assert len(set(hashes)) == 15


def test_a_cut_file_holds_fewer_rows_and_most_come_again(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    files = fates(bakery, shops, tmp_path, truncated_file=1)
    cut = files.filter(pl.col("fate") == "truncated_file")
    assert cut.height == 15 and (cut["rows_written"] <= 119).all()
    again = files.filter(pl.col("fate") == "redelivered")
    assert 4 < again.height < 15 and (again["rows_written"] == 120).all()
    faults = table(tmp_path, "faults").sort("file")
    whole = pl.Series([text(tmp_path, told).count("\n") - 1 for told in cut.sort("file")["file"]])
    assert (whole + faults["rows"] == 120).all()
    assert (faults["row"] == whole + 2).all()


def test_a_careless_delivery_is_followed_by_a_better_one(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    run(bakery, shops, tmp_path, replace(NONE, corrected=1.0, transposed=0.02))
    faults = table(tmp_path, "faults").filter(pl.col("kind") == "transposed")
    files = table(tmp_path, "files")
    counted = faults.join(files, on=["file", "dataset", "supplier", "period"]).group_by("fate").len()
    found = dict(counted.iter_rows())
    assert found["corrected"] > 3 * found["redelivered"] > 0


def test_a_file_in_another_encoding_is_not_utf8(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    files = fates(bakery, shops, tmp_path, encoding_file=1)
    name = files.filter(pl.col("file").str.contains("sale_east"))["file"][0]
    content = (tmp_path / "out" / name).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    assert "Siân “?ucja”" in content.decode("cp1252")


def test_a_world_that_does_not_fit_the_register_is_told(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    empty = replace(shops, sources={})
    with pytest.raises(UserError, match="PR-M007"):
        run(bakery, empty, tmp_path / "a")
    sale = replace(shops.sources["shop"].datasets[0], fields=(*shops.sources["shop"].datasets[0].fields,) * 2)
    odd = replace(sale, fields=(replace(sale.fields[0], name="unheard_of"),))
    source = replace(shops.sources["shop"], datasets=(odd,))
    with pytest.raises(UserError, match="unheard_of"):
        run(bakery, replace(shops, sources={"shop": source}), tmp_path / "b")


def test_worlds_are_found_by_name(shops: Register) -> None:
    month = Period.parse("2012-01")
    assert "justice" in names()
    with pytest.raises(UserError, match="PR-M001"):
        build("nowhere", shops, 1, 1.0, month, month)
    for scale in (0.0, -1.0, 3.1, float("nan")):
        with pytest.raises(UserError, match="PR-M002"):
            build("justice", shops, 1, scale, month, month)
    for first, last in (("2012-02", "2012-01"), ("2012", "2012"), ("2012-01", "2012Q2")):
        with pytest.raises(UserError, match="PR-M003"):
            build("justice", shops, 1, 1.0, Period.parse(first), Period.parse(last))


def test_a_register_without_geography_is_told(shops: Register) -> None:
    month = Period.parse("2012-01")
    with pytest.raises(UserError, match="PR-M004"):
        build("justice", shops, 1, 1.0, month, month)


def test_the_default_plan_stays_within_what_contracts_bear() -> None:
    plan = read_plan("default")
    rows = sum(
        getattr(plan, kind) for kind in ("transposed", "mistyped", "missing_value", "wrong_value", "wrong_order")
    )
    assert 0.001 < rows < 0.01


def _increments(shops: Register) -> Register:
    datasets = tuple(replace(each, mode="increment") for each in shops.sources["shop"].datasets)
    return replace(shops, sources={"shop": replace(shops.sources["shop"], datasets=datasets)})


def test_an_increment_that_never_came_is_made_up_for_by_the_next(
    bakery: Bakery, shops: Register, tmp_path: Path
) -> None:
    run(bakery, _increments(shops), tmp_path, replace(NONE, missing=0.4), seed=9)
    files = table(tmp_path, "files").sort("dataset", "supplier", "period")
    lost = files.with_columns(before=pl.col("fate").shift(1).over("dataset", "supplier") == "missing")
    caught_up = lost.filter(pl.col("before") & (pl.col("fate") == "on_time"))
    assert caught_up.height > 1
    # The bakery sends the same ids each month: each stands once, in its last state.
    assert (caught_up["rows_true"] == 120).all()
    for told, period in caught_up.select("file", "period").iter_rows():
        rows = text(tmp_path, told).splitlines()[1:]
        assert len(rows) == 120 and all(f",{period}-01," in row for row in rows)
    assert "in the next one" in table(tmp_path, "faults")["description"][0]


def test_a_cut_increment_always_comes_again(bakery: Bakery, shops: Register, tmp_path: Path) -> None:
    run(bakery, _increments(shops), tmp_path, replace(NONE, truncated_file=1.0))
    assert table(tmp_path, "files").filter(pl.col("fate") == "redelivered").height == 15
