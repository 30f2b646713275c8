"""A few persons worth a look, as pictures without names: how records hang together, never which they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from piperoll.link.before import under_best_names, weigh_pairs
from piperoll.link.cluster.bridges import find_bridges
from piperoll.link.cluster.persons import weight_of
from piperoll.link.engine import Linked
from piperoll.link.explain.net import MOST, Net
from piperoll.link.explain.picture import net_chart
from piperoll.link.explain.vetoed import vetoed
from piperoll.link.score.run import Pairs
from piperoll.present.charts import Chart


@dataclass(frozen=True)
class Notable:
    """Records to be drawn.

    Attributes:
        key: What they are an example of: ``largest``, ``loosest``, ``bridge``, ``apart``.
        records: int64: of one person, or of two.
    """

    key: str
    records: np.ndarray
    title: str


def notable(linked: Linked) -> list[Notable]:
    """The largest person, the loosest, the largest that hangs by a bridge, and the two that were nearest to be one.

    Of three records and more each, and of `MOST` at most, but for the largest; the first of several. A person is shown
    once.
    """
    label, pairs = linked.persons.label, linked.pairs
    size = np.bincount(label, minlength=len(label))
    near = pairs.weight >= weight_of(linked.join)
    same = label[pairs.left] == label[pairs.right]
    left, right = pairs.left[near & same], pairs.right[near & same]
    out: list[Notable] = []
    shown: set[int] = set()

    def show(key: str, title: str, persons: Iterator[int] | list[int]) -> None:
        found = next((each for each in persons if each not in shown), None)
        if found is not None:
            shown.add(found)
            out.append(Notable(key, np.flatnonzero(label == found), title))

    many = np.flatnonzero(size >= 3)
    show("largest", "The person with most records", many[np.argsort(-size[many], kind="stable")][:1].tolist())
    some = many[size[many] <= MOST]
    links = np.bincount(label[left], minlength=len(label))
    share = links[some] / (size[some] * (size[some] - 1) / 2)
    loose = some[np.argsort(share, kind="stable")]
    show("loosest", "The person whose records are least sure of each other",
         [each for each in loose[:2].tolist() if links[each] < size[each] * (size[each] - 1) / 2])  # fmt: skip
    bridged = np.unique(label[left[_bridges(left, right, len(label))]])
    bridged = bridged[np.isin(bridged, some)]
    show("bridge", "A person who would fall into parts without one link",
         bridged[np.argsort(-size[bridged], kind="stable")][:3].tolist())  # fmt: skip
    out += _apart(linked, near & ~same, size)
    return out


def _bridges(left: np.ndarray, right: np.ndarray, count: int) -> np.ndarray:
    """bool (links,): which are bridges."""
    if not len(left):
        return np.zeros(0, bool)
    return find_bridges(count, left.astype(np.int64), right.astype(np.int64))


def _apart(linked: Linked, between: np.ndarray, size: np.ndarray) -> Iterator[Notable]:
    label, pairs = linked.persons.label, linked.pairs.where(between)
    fits = size[label[pairs.left]] + size[label[pairs.right]] <= MOST
    pairs = pairs.where(fits)
    if len(pairs):
        best = int(np.lexsort((pairs.right, pairs.left, -pairs.weight))[0])
        one, other = label[pairs.left[best]], label[pairs.right[best]]
        records = np.concatenate([np.flatnonzero(label == each) for each in (one, other)])
        yield Notable("apart", records, "Two people who were kept apart all the same")


def notable_charts(linked: Linked) -> dict[str, Chart]:
    """Their pictures, by key."""
    return {each.key: net_chart(net_of(linked, each.records), each.title, subtitle(len(each.records)))
            for each in notable(linked)}  # fmt: skip


def subtitle(records: int) -> str:
    """What is drawn."""
    more = f". {MOST} of {records:,} records are drawn" if records > MOST else ""
    return f"Records and their pairs; the thicker a line, the higher the match weight{more}"


def net_of(linked: Linked, records: np.ndarray) -> Net:
    """Records of a linkage with the weights of all of their pairs; `MOST` at most."""
    rows = records[:MOST].astype(np.int32)
    one, other = np.triu_indices(len(rows), 1)
    left, right = np.minimum(rows[one], rows[other]), np.maximum(rows[one], rows[other])
    scanner, vetoes = linked.scanner, linked.ready.vetoes
    told = weigh_pairs(scanner.program, scanner.coded, linked.weights, left, right)
    found = under_best_names(scanner, linked.weights, Pairs(left, right, *told, np.zeros(len(left), np.int16)))
    order = np.argsort(rows)
    one, other = (order[np.searchsorted(rows[order], side)] for side in (found.left, found.right))
    weights, never = np.zeros((len(rows), len(rows))), np.zeros((len(rows), len(rows)), bool)
    weights[one, other] = weights[other, one] = found.weight
    never[one, other] = vetoed(vetoes.program, vetoes.unless, scanner.coded, found.left, found.right, found.weight)
    file = linked.ready.records.file[rows]
    never[one, other] |= (file[one] == file[other]) & vetoes.single[file[one]]
    person = np.unique(linked.persons.label[rows], return_inverse=True)[1]
    files = tuple(linked.ready.records.files[k] for k in file)
    return Net(weights, weight_of(linked.join), files, person, never | never.T)
