"""How records hang together, as a picture: which lines are drawn, where records lie, the same each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.link.engine import link
from piperoll.link.explain.net import MOST, Net, place, words
from piperoll.link.explain.person import members, person_net
from piperoll.link.explain.picture import net_chart, save_net
from piperoll.link.explain.population import Population
from piperoll.link.files.spec import read_linkage
from tests.link import plain
from tests.link.worlds import PEOPLE, people


def net(
    weights: dict[tuple[int, int], float], count: int, person: list[int] | None = None, never: object = None
) -> Net:
    """Records of one file; pairs that are not given are of -30 bits."""
    matrix = np.full((count, count), -30.0)
    for (a, b), bits in weights.items():
        matrix[a, b] = matrix[b, a] = bits
    np.fill_diagonal(matrix, 0.0)
    veto = None
    if never is not None:
        veto = np.zeros((count, count), bool)
        veto[never] = veto.T[never] = True
    return Net(matrix, 5.0, ("a",) * count, np.array(person or [0] * count), veto)


CHAIN = {(0, 1): 20.0, (1, 2): 9.0, (0, 2): 12.0, (2, 3): 6.0, (1, 3): 1.0}


def test_links_bridges_and_what_speaks_against() -> None:
    made = net(CHAIN, 4)
    assert made.kept == [(1, 3), (2, 3), (1, 2), (0, 2), (0, 1)]  # the strongest last, on top
    assert made.bridges == {(2, 3)}
    assert made.against == [(0, 3)]
    assert words(made) == ("4 records of 1 person. 5 of 6 pairs are as likely as not of one person, from +1.0 to +20.0 "
                           "bits. 1 link is a bridge. 1 pair shown speak against.")  # fmt: skip


def test_a_veto_is_no_link_whatever_it_weighs() -> None:
    made = net(CHAIN, 4, never=(0, 2))
    assert (0, 2) in made.against and (0, 2) not in made.kept
    assert made.bridges == {(0, 1), (1, 2), (2, 3)}


def test_of_two_people_the_links_between_them_speak_against() -> None:
    made = net(CHAIN, 4, person=[0, 0, 1, 1])
    assert made.kept == [(2, 3), (0, 1)]
    assert made.against == [(0, 2), (1, 2)]
    assert made.bridges == set()  # a pair is no person that could fall apart


@settings(max_examples=40)
@given(st.integers(2, 9), st.data())
def test_lines_are_what_they_plainly_are(count: int, data: st.DataObject) -> None:
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    bits = {each: float(data.draw(st.integers(-12, 12))) for each in pairs}
    made = net(bits, count)
    assert set(made.kept) == {each for each in pairs if bits[each] >= 0}
    links = [each for each in pairs if bits[each] >= 5]
    assert len(made.bridges) == (plain.bridges(count, links) if count >= 3 else 0)
    against = sorted((each for each in pairs if bits[each] <= -5), key=lambda each: bits[each])[:count]
    assert sorted(bits[each] for each in made.against) == sorted(bits[each] for each in against)
    at = place(made.weights)
    assert at.shape == (count, 2)
    assert np.isfinite(at).all() and np.abs(at).max() <= 1.0
    assert (at == place(made.weights)).all()


@pytest.mark.parametrize("count", [2, 3, 6, 20, MOST])
def test_no_record_hides_another(count: int) -> None:
    random = np.random.default_rng(count)
    weights = random.normal(4, 10, (count, count))
    weights = np.triu(weights, 1) + np.triu(weights, 1).T
    for each in (weights, np.full((count, count), 25.0)):
        at = place(each)
        apart = np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=2)) + 10 * np.eye(count)
        assert apart.min() > 0.06


def test_records_that_agree_lie_together() -> None:
    weights = np.full((8, 8), -20.0)
    weights[:4, :4] = weights[4:, 4:] = 20.0
    at = place(weights)
    inside = max(np.abs(at[a] - at[b]).max() for a in range(4) for b in range(4))
    between = min(np.abs(at[a] - at[b]).max() for a in range(4) for b in range(4, 8))
    assert inside < between + 0.5
    assert np.linalg.norm(at[:4].mean(axis=0) - at[4:].mean(axis=0)) > 1


@pytest.fixture(scope="module")
def population() -> Population:
    frames = {"first": people(60, 3, copies=4), "second": people(60, 4, copies=4).with_columns(id="id")}
    return Population.of(link(frames, read_linkage(PEOPLE).linkage))


def test_a_person_is_drawn_by_file_and_record_and_nothing_else(population: Population, tmp_path: Path) -> None:
    sizes = {row: len(members(population, row)) for row in range(population.names.height)}
    row = max(sizes, key=lambda each: sizes[each])
    made, names, title = person_net(population, row)
    assert made.size == sizes[row] >= 3
    assert title == f"{population.names['person'][row]}: {made.size} records"
    assert sorted(names) == sorted(f"{file}/{name}" for file, name, person in population.names.iter_rows()
                                   if person == population.names["person"][row])  # fmt: skip
    for a, b in made.kept:
        rows = members(population, row)
        assert made.weights[a, b] == population.pair(int(rows[a]), int(rows[b]))[1].total[0]
    for name, head in (("p.svg", b"<svg"), ("p.PNG", b"\x89PNG")):
        save_net(made, tmp_path / name, title, names)
        save_net(made, tmp_path / f"again-{name}", title, names)
        data = (tmp_path / name).read_bytes()
        assert head in data[:200]
        assert data == (tmp_path / f"again-{name}").read_bytes()
    assert title.encode() in (tmp_path / "p.svg").read_bytes()


def test_one_record_alone_is_drawn_too(population: Population) -> None:
    made = Net(np.zeros((1, 1)), 3.0, ("a",), np.zeros(1, np.int64))
    chart = net_chart(made, "One", "A record")
    assert chart.alt == "1 record of 1 person."
    assert b"<svg" in chart.svg[:100]


def test_long_names_are_cut(population: Population) -> None:
    names = population.names.with_columns(record=population.names["record"] + "x" * 80)
    kept = population.names
    try:
        population.names = names
        _, told, _ = person_net(population, 0)
    finally:
        population.names = kept
    assert all(len(each) == 28 and each.endswith("…") for each in told)


def test_declared_vetoes_are_told() -> None:
    spec = {**PEOPLE, "never": [{"when": "different(surname)", "unless_weight": 50}]}
    frame = people(60, 3, copies=4)
    population = Population.of(link({"a": frame}, read_linkage(spec).linkage))
    by = dict(frame.select("id", "surname").iter_rows())
    rows = members(population, 0)
    made, _, _ = person_net(population, 0)
    assert made.never is not None and made.never.shape == (len(rows), len(rows))
    population.names = population.names.with_columns(person=pl.lit(population.names["person"][0]))
    made, _, title = person_net(population, 0)
    assert title.endswith(f"{population.names.height} records, {MOST} drawn")
    assert made.never is not None
    for a, b in zip(*np.nonzero(np.triu(made.never, 1)), strict=True):
        one, other = (by[population.names["record"][int(each)]] for each in (a, b))
        assert one != other
    assert made.never.any()
