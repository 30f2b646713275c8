"""A linked population: any pair explained, any record looked up, written and read back; damage is refused."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from piperoll.errors import UserError
from piperoll.link.engine import Linked, link
from piperoll.link.explain.kept import keep, kept
from piperoll.link.explain.lookup import Lookup
from piperoll.link.explain.person import matrix, members, person_text
from piperoll.link.explain.picture import save_waterfall
from piperoll.link.explain.population import Found, Population
from piperoll.link.explain.words import lines, waterfall_text
from piperoll.link.files.spec import read_linkage
from tests.link.worlds import PEOPLE, people


SPEC: dict[str, Any] = {
    "record": "id",
    "fields": [*PEOPLE["fields"], {"name": "age", "kind": "number"}, {"name": "note", "kind": "text", "clean": []}],
    "block": {"rules": ["surname, year(dob)", "dob", "soundex(surname), forename", "unordered(forename, surname)", "age"]},
}  # fmt: skip


def frame(emoji: bool = False) -> pl.DataFrame:
    random = np.random.default_rng(3)
    made = people(80, 9, copies=3)
    notes = ["THE SAME", "🙂 HAPPY", "RED HAIR", "RED HAT"] if emoji else ["THE SAME", "A HAPPY", "RED HAIR", "RED HAT"]
    return made.with_columns(
        age=pl.Series(random.integers(-40, 40, made.height)).cast(pl.String),
        note=pl.Series(random.choice(notes, made.height)),
    )


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "emoji"])
def made(request: pytest.FixtureRequest) -> tuple[Linked, pl.DataFrame]:
    table = frame(request.param)
    return link({"a": table}, read_linkage(SPEC).linkage), table


def agree_on_a_rule(linked: Linked, a: int, b: int) -> bool:
    columns = linked.ready.records.columns
    return any(
        all(columns.key(t)[a] == columns.key(t)[b] >= 0 for t in rule.terms) for rule in linked.ready.linkage.rules
    )


def test_a_record_looked_up_finds_what_comparing_with_all_would(made: tuple[Linked, pl.DataFrame]) -> None:
    """A record of the population is looked up in it: the weights are those of its pairs, the best first."""
    linked, table = made
    population = Population.of(linked)
    rows = {name: k for k, name in enumerate(linked.ready.records.ids)}
    for record in table[::7].iter_rows(named=True):
        own = rows[record["id"]]
        found = population.search({name: record[name] for name in population.linkage.declared.fields and
                                   [each.name for each in population.linkage.fields] if record[name] is not None}, 1000)  # fmt: skip
        expected = {
            k: population.pair(own, k)[1].total[0]
            for k in range(len(table))
            if k != own and agree_on_a_rule(linked, own, k)
        }
        assert {each.row for each in found} - {own} == set(expected)
        for each in found:
            if each.row != own:
                assert each.weight == pytest.approx(expected[each.row], abs=1e-6)
        order = [(-each.weight, each.row) for each in found]
        assert order == sorted(order)
        assert found[0].probability == pytest.approx(1 / (1 + 2.0 ** -found[0].weight))


def test_values_the_population_lacks_are_compared_as_any(made: tuple[Linked, pl.DataFrame]) -> None:
    """A record with slips is looked up, and added to the population and linked: the levels are the same."""
    linked, table = made
    base = next(each for each in table.iter_rows(named=True) if None not in each.values())
    changed = {**base, "id": "new", "surname": base["surname"] + "Q", "note": "RED HARE 🙂", "age": "-39"}
    population = Population.of(linked)
    given = {each.name: changed[each.name] for each in population.linkage.fields}
    found = {each.record: each for each in population.search(given, 1000)}
    assert base["id"] in found
    bigger = link({"a": pl.concat([table, pl.DataFrame([changed], schema=table.schema)])}, read_linkage(SPEC).linkage)
    whole = Population.of(bigger)
    for name, each in found.items():
        levels, _ = whole.pair(whole.row("new"), whole.row(name))
        linkage = linked.ready.linkage
        row, coded, _ = population._coded(values_of(population, given), np.array([each.row], np.int32))
        mine = population.levels(np.array([0]), np.array([1]), coded)[:, 0]
        assert dict(zip([c.name for c in linkage.comparisons], mine.tolist(), strict=True)) == dict(
            zip([c.name for c in linkage.comparisons], levels.tolist(), strict=True))  # fmt: skip
        assert len(row) == coded.codes.shape[1]


def values_of(population: Population, record: dict[str, Any]) -> dict[Any, Any]:
    from piperoll.link.explain.population import _value

    cleaned = population._cleaned(record)
    return {term: _value(term, cleaned) for term in {*population.columns, *population.at}}


@pytest.mark.parametrize("record", [{}, {"forename": None}, {"forename": ""}, {"surname": "UNKNOWN", "dob": "nonsense"},
                                    {"age": "99999999999999999"}, {"surname": "'; drop table x; --", "dob": "=1+1"}])  # fmt: skip
def test_a_record_of_nothing_known_finds_nobody(linked: Linked, record: dict[str, Any]) -> None:
    record.pop("age", None)
    assert Population.of(linked).search(record) == []


def test_what_is_no_field_and_what_is_no_record_is_refused(linked: Linked) -> None:
    population = Population.of(linked)
    with pytest.raises(UserError, match="Did you mean `surname`") as caught:
        population.search({"surnme": "CANARY"})
    assert (caught.value.code, "CANARY" in caught.value.sentence) == ("PR-L009", False)
    with pytest.raises(UserError) as caught:
        population.row("CANARY")
    assert (caught.value.code, "CANARY" in caught.value.sentence) == ("PR-L008", False)
    assert population.row("a/r1") == population.row("r1")


def test_a_record_named_in_several_files_needs_its_file() -> None:
    table = people(30, 1, copies=1)
    population = Population.of(link({"a": table, "b": table}, read_linkage(PEOPLE).linkage))
    with pytest.raises(UserError, match="several files"):
        population.row("r1")
    assert population.row("a/r1") != population.row("b/r1")


# --- words ------------------------------------------------------------------------------------------------------------


def test_the_waterfall_adds_up_and_says_what_each_comparison_says(linked: Linked) -> None:
    population = Population.of(linked)
    looked = 0
    for a, b, weight in zip(linked.pairs.left[:200], linked.pairs.right[:200], linked.pairs.weight[:200], strict=True):
        levels, found = population.pair(int(b), int(a))
        steps = lines(population.linkage.comparisons, levels.tolist(), found)
        assert steps[0].text == "two records at random"
        sums = list(itertools.accumulate(each.bits for each in steps))
        assert sums == pytest.approx([each.sum for each in steps])
        assert steps[-1].sum == pytest.approx(weight, abs=0.006)
        text = waterfall_text(steps)
        assert len(text.splitlines()) == len(steps) + 1
        assert f"{steps[-1].sum:+8.2f}  probability" in text
        for comparison, level in zip(population.linkage.comparisons, levels, strict=True):
            label = comparison.said[level - 1].label if level else "not known"
            assert f"{comparison.name}: {label}" in text
        looked += any("rarer" in each.text or "commoner" in each.text for each in steps)
    assert looked > 10


def test_a_person_is_told_record_by_record(linked: Linked) -> None:
    population = Population.of(linked)
    label = linked.persons.label
    sizes = np.bincount(label)
    several, alone = int(np.flatnonzero(sizes > 1)[0]), int(np.flatnonzero(sizes == 1)[0])
    own = members(population, several)
    assert sorted(own) == np.flatnonzero(label == several).tolist()
    text = person_text(population, several).splitlines()
    assert text[0].endswith(f"{len(own)} records.")
    assert len(text) == 1 + len(own)
    assert "one record" in person_text(population, alone)
    weights = matrix(population, own)
    assert (weights == weights.T).all()
    assert (np.diag(weights) == 0).all()


def test_pictures_are_written_as_svg_or_png(linked: Linked, tmp_path: Path) -> None:
    population = Population.of(linked)
    levels, found = population.pair(int(linked.pairs.left[0]), int(linked.pairs.right[0]))
    steps = lines(population.linkage.comparisons, levels.tolist(), found)
    for name, head in (("w.svg", b"<svg"), ("w.PNG", b"\x89PNG")):
        save_waterfall(steps, tmp_path / name)
        assert head in (tmp_path / name).read_bytes()[:200]


def test_look_up_finds_each_value_at_its_place() -> None:
    texts = pl.Series(["b", "", "a", "🙂", "b" * 300])
    for lookup in (Lookup(texts), Lookup(texts, Lookup(texts).sorted)):
        assert [lookup.find(each) for each in texts] == list(range(5))
        assert [lookup.find(each) for each in ("c", None)] == [-1, -1]
    whole = Lookup(pl.Series([19800201, 5, 0], dtype=pl.Int32))
    assert [whole.find(each) for each in (5, 0, 19800201, 7)] == [1, 2, 0, -1]
    assert Lookup(texts[:0]).find("a") == -1
    same = Lookup(texts, (np.zeros(5, np.uint64), np.arange(5)))  # all fingerprints the same and none of theirs
    assert same.find("a") == -1


# --- on disk ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(linked: Linked, tmp_path: Path) -> Path:
    directory = tmp_path / "population"
    directory.mkdir()
    keep(Population.of(linked), json.dumps(PEOPLE), directory)
    return directory


def test_what_was_written_is_read_back(linked: Linked, place: Path) -> None:
    one, other = Population.of(linked), kept(place)
    assert one.names.equals(other.names)
    for record in ({"surname": "SMITHA", "dob": "1970-01-01"}, {"forename": "MARY", "surname": "HALLP", "postcode": "AB3 4CD"},
                   *people(300, 7)[:20].select("forename", "surname", "dob", "postcode").to_dicts()):  # fmt: skip
        assert one.search(record) == other.search(record)
    found: list[Found] = other.search(people(300, 7)[0].select("forename", "surname", "dob").to_dicts()[0])
    assert found[0].file == "a"
    for a, b in ((0, 1), (5, 9)):
        assert one.pair(a, b)[1].total == pytest.approx(other.pair(a, b)[1].total, abs=0)


def damaged(place: Path, number: int) -> None:
    """One way to break a directory."""
    name = sorted(os.listdir(place))[number % len(os.listdir(place))]
    path = place / name
    if number % 3 == 0:
        path.unlink()
    elif number % 3 == 1:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        path.write_bytes(b"nonsense")


@pytest.mark.parametrize("number", range(0, 75, 4))
def test_a_damaged_directory_is_refused(place: Path, number: int) -> None:
    damaged(place, number)
    with pytest.raises(UserError) as caught:
        kept(place)
    assert (caught.value.code, caught.value.where) == ("PR-L011", str(place))


@pytest.mark.parametrize(
    "change",
    [{"version": 99}, {"version": None}, {"arrays": 3}, {"arrays": ["../../etc/passwd"]}, {"columns": ["surname +"]},
     {"rules": [["__import__('os')"]]}, {"at": {"nonsense(": 0}}, {"texts": [["surname"]]}, {"dense": []}, {"spec": "fields: ["},
     {"spec": 3}, {"columns": None}],
)  # fmt: skip
def test_a_hostile_description_is_refused(place: Path, change: dict[str, Any]) -> None:
    told = json.loads((place / "population.json").read_text())
    (place / "population.json").write_text(json.dumps({**told, **change}))
    with pytest.raises(UserError) as caught:
        kept(place)
    assert caught.value.code == "PR-L011"


def test_pickles_are_not_opened(place: Path, tmp_path: Path) -> None:
    class Bad:
        def __reduce__(self) -> Any:
            return (open, (str(tmp_path / "opened"), "w"))

    name = json.loads((place / "population.json").read_text())["arrays"][0]
    np.save(place / f"{name}.npy", np.array([Bad()], object), allow_pickle=True)
    with pytest.raises(UserError, match="PR-L011"):
        kept(place)
    assert not (tmp_path / "opened").exists()


def test_no_directory_or_another_one_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(UserError, match="PR-L011"):
            kept(path)
    (tmp_path / "population.json").write_text("[]")
    with pytest.raises(UserError, match="PR-L011"):
        kept(tmp_path)
    shutil.rmtree(tmp_path)


def test_a_record_is_looked_up_by_what_it_alone_has() -> None:
    """A number that no two records share brought nothing together, and finds its record all the same."""
    table = people(40, 2).with_row_index("number").cast({"number": pl.String})
    spec = {"record": "id", "fields": [*PEOPLE["fields"], {"name": "number", "kind": "identifier"}],
            "block": {"rules": ["dob", "number"]}}  # fmt: skip
    linked = link({"a": table}, read_linkage(spec).linkage)
    assert [each.text for each in linked.blocks] == ["dob"]
    assert linked.empty == ("number",)
    found = Population.of(linked).search({"number": "7"})
    assert [each.record for each in found] == [table["id"][7]]
