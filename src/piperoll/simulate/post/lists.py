"""Lists of records to be typed in, as `piperoll enter-lists` takes them; forms on paper are keyed twice.

The second keying has slips, and a list says how each difference was decided with the form in hand.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from piperoll.collect.entry.lists import DATED, DECIDED, FIRST_KEYING, REFERENCE, SECOND_KEYING, TYPED, folder_of
from piperoll.register.model.contract import Dataset
from piperoll.simulate.render import csv_bytes
from piperoll.simulate.streams import Streams
from piperoll.simulate.world import Delivery


MAIL, ENTER = "mail", "enter"
# Share of forms in which the second keying has a slip; ours.
SLIPS = 0.3
REASON = "the form says so"


def typed(directory: Path, delivery: Delivery, rows: pl.DataFrame) -> str:
    """Write the list of a delivery's records; gives its name in the truth."""
    return _write(directory, delivery, {TYPED: rows}, TYPED)


def keyed(directory: Path, delivery: Delivery, rows: pl.DataFrame, dataset: Dataset, streams: Streams) -> str:
    """Write the two keyings of a delivery's forms, a form each record, and the decisions; gives its name."""
    number = [f"{delivery.supplier}/{delivery.period}/{n}" for n in range(1, rows.height + 1)]
    forms = pl.DataFrame({REFERENCE: number, DATED: [delivery.period.end] * rows.height})
    first = pl.concat([forms, rows], how="horizontal")
    counts = [f.name for f in dataset.fields if f.cls == "M" and f.type == "int" and f.name not in dataset.key]
    rng = streams.of("second keying", delivery.dataset, delivery.supplier, delivery.period)
    struck = pl.Series(rng.random(rows.height) < SLIPS)
    which = rng.integers(0, max(len(counts), 1), rows.height)
    second, decided = first, []
    for at in struck.arg_true() if counts else ():
        name = counts[int(which[at])]
        if rows[name][at] is None:
            continue
        second = second.with_columns(
            pl.when(pl.int_range(pl.len()) == at).then(pl.col(name) + 1).otherwise(pl.col(name)).alias(name)
        )
        decided.append((number[at], name, "first", REASON))
    lists = {FIRST_KEYING: first, SECOND_KEYING: second}
    if decided:
        lists[DECIDED] = pl.DataFrame(decided, schema=[REFERENCE, "field", "holds", "reason"], orient="row")
    return _write(directory, delivery, lists, FIRST_KEYING)


def _write(directory: Path, delivery: Delivery, lists: dict[str, pl.DataFrame], named: str) -> str:
    folder = directory / ENTER / folder_of(delivery.dataset, delivery.supplier, str(delivery.period))
    folder.mkdir(parents=True)
    for name, rows in lists.items():
        (folder / name).write_bytes(csv_bytes(rows))
    return (folder / named).relative_to(directory).as_posix()
