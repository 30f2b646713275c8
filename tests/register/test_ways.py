"""What a register says of ways of collection: addresses of suppliers, extracts from databases."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.register.diffcodes import compare_suppliers
from piperoll.register.loading import inspect
from piperoll.register.model.codes import Supplier, SupplierGroup
from piperoll.register.model.contract import Way


REMOTE = Path(__file__).parents[1] / "registers" / "remote"
EXTRACT = "extract: {database: national, table: requirement, watermark: changed_at, supplier: trust}"


def problems(into: Path, name: str, old: str, new: str) -> list[tuple[str, str]]:
    copy = shutil.copytree(REMOTE, into / "register")
    path = copy / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return [(each.code, each.key.rpartition(".")[2]) for each in inspect(copy)[1]]


@pytest.mark.parametrize(
    ("new", "key"),
    [
        ("extract: {database: National, table: requirement, supplier: trust}", "database"),
        ("extract: {database: national, supplier: trust}", "table"),
        ("extract: {database: national, table: t, query: SELECT 1, supplier: trust}", "table"),
        ("extract: {database: national, table: 't; DROP TABLE t', supplier: trust}", "table"),
        ("extract: {database: national, query: 'DELETE FROM t', supplier: trust}", "query"),
        ("extract: {database: national, query: 'SELECT 1; DELETE FROM t', supplier: trust}", "query"),
        ("extract: {database: national, table: t, supplier: 'a b'}", "supplier"),
        ("extract: {database: national, table: t, key: ['a, b'], supplier: trust}", "key"),
        ("extract: {database: national, table: t, watermark: surname, supplier: trust}", "watermark"),
        ("extract: {database: national, table: t}", "supplier"),
    ],
)
def test_an_extract_that_cannot_be_read(tmp_path: Path, new: str, key: str) -> None:
    assert problems(tmp_path, "sources/programmes.yaml", EXTRACT, new) == [("PR-R121", key)]


def test_a_watermark_in_a_mode_that_delivers_everything(tmp_path: Path) -> None:
    found = problems(
        tmp_path, "sources/programmes.yaml", 'title FROM programme"}', 'title FROM programme", watermark: w}'
    )
    assert found == [("PR-R121", "watermark")]


@pytest.mark.parametrize("address", ["returns", "@", "a b@c.example", "Returns <a@c.example>", "a@c..example", "a@-c"])
def test_an_address_that_cannot_be_one(tmp_path: Path, address: str) -> None:
    found = problems(tmp_path, "suppliers/centre.yaml", "@centre.example", address)
    assert [code for code, _ in found] == ["PR-R120"]


def test_the_register_itself_is_sound() -> None:
    register, found = inspect(REMOTE)
    assert found == [] and register is not None
    assert register.dataset("programmes.requirement").extract is not None


def test_another_address_only_adds() -> None:
    def group(*mail: str) -> SupplierGroup:
        return SupplierGroup("g", "G", (Supplier("a", "A", mail=mail),))

    assert [e for e, _, _ in compare_suppliers("g", group("a@x"), group("a@x", "b@x"))] == ["adds"]
    assert [e for e, _, _ in compare_suppliers("g", group("a@x"), group("b@x"))] == ["breaks"]


@pytest.mark.parametrize("ways", ["[{by: paper, suppliers: [T99]}]", "[{by: entry, suppliers: [T01]}, {by: paper}]"])
def test_a_way_that_does_not_fit(tmp_path: Path, ways: str) -> None:
    found = problems(tmp_path, "sources/programmes.yaml", EXTRACT, f"{EXTRACT}\n    ways: {ways}")
    assert [code for code, _ in found] == ["PR-R122"]


def test_mail_needs_an_address(tmp_path: Path) -> None:
    copy = shutil.copytree(REMOTE, tmp_path / "register")
    centre = copy / "suppliers" / "centre.yaml"
    centre.write_text(centre.read_text().replace(', mail: ["@centre.example"]', ""), encoding="utf-8")
    path = copy / "sources" / "programmes.yaml"
    old = "    extract: {database: national, query"
    path.write_text(path.read_text().replace(old, f"    ways: [{{by: mail}}]\n{old}"), encoding="utf-8")
    assert [(each.code, each.key.rpartition(".")[2]) for each in inspect(copy)[1]] == [("PR-R122", "by")]


def test_a_database_needs_an_extract(tmp_path: Path) -> None:
    assert problems(tmp_path, "sources/programmes.yaml", EXTRACT, "ways: [{by: database}]")[0][0] == "PR-R122"


def test_each_supplier_has_one_way() -> None:
    register, _ = inspect(REMOTE)
    assert register is not None
    dataset = register.dataset("programmes.requirement")
    named = replace(dataset, ways=(Way("paper", ("T01",)), Way("database", ("T02",))))
    assert [named.way_of(each) for each in ("T01", "T02", "T03")] == ["paper", "database", "file"]
    assert replace(dataset, ways=(Way("entry"),)).way_of("T03") == "entry" and dataset.way_of("T01") == "file"
