"""Returned templates as people and hostile hands give them back: each line is a row, or is told; a code for all else."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from piperoll.collect import Limits
from piperoll.collect.checking import expected_of
from piperoll.collect.prepare import prepare
from piperoll.collect.prepared import CheckContext
from piperoll.errors import UserError
from piperoll.register.model.register import Register
from piperoll.store.tokens import Keyring
from tests.collect.conftest import Home
from tests.collect.returns_tools import book, justice
from tests.generative.oracle import judge
from tests.generative.plan import COUNTS, drawn
from tests.generative.returned import SECRETS, Lines, kinds, lines_of


LIMITS = Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60, file_mb=64)
DATASET = "fta.fta_return"
IN_A_CHILD = ("far cells",)  # of a size that ends the process which opens it, as it ends the limited child
LEFT_OUT = ("PR-C186", "PR-C187")  # lines of totals and of words


@dataclass(frozen=True, eq=False)
class Spoilt:
    """One return.

    Attributes:
        lines: Those of its page; [] where they are not known.
    """

    name: str
    family: str
    force: str
    month: dt.date
    lines: Lines
    path: Path


@pytest.fixture(scope="module")
def register() -> Register:
    return justice()


def spoil(directory: Path, register: Register, count: int, seed: int) -> list[Spoilt]:
    """So many returns of the forces in turn, month after month."""
    rng = random.Random(seed)
    forces = [each.key for each in register.suppliers["police_forces"].suppliers]
    made = []
    for n, (_, family, name, make) in enumerate(drawn(kinds(), count, rng)):
        turn, at = divmod(n, len(forces))
        month = dt.date(2011, 1 + turn, 1)
        lines, data = make(forces[at], month, rng)
        path = directory / f"fta_return_{forces[at]}_{month:%Y-%m}.xlsx"
        path.write_bytes(data)
        made.append(Spoilt(name, family, forces[at], month, lines, path))
    return made


def lost(each: Spoilt, register: Register, work: Path) -> str | None:
    """Lines of a return that became no row, and of which nothing is told; '' if none, None if it is refused."""
    work.mkdir()
    period = f"{each.month:%Y-%m}"
    context = CheckContext("fta", "fta_return", each.force, "", period, "x", each.month, work, Keyring(work / "keys"))
    try:
        got = prepare(
            each.path, work, register.dataset(DATASET), each.path.name, LIMITS, None, expected_of(register, context)
        )
    except UserError as error:
        return (
            None if error.code.startswith("PR-C") and error.message.endswith(".") else f"no sentence: {error.sentence}"
        )
    held = set(pq.read_table(got.path).column("_row").to_pylist())
    told = {row for remark in got.remarks if remark.code in LEFT_OUT for row in remark.rows}
    there = {
        number
        for number, line in enumerate(each.lines, 1)
        if number >= got.first_row and any(str(cell).strip() for cell in line if cell is not None)
    }
    if held & told:
        return "a row is taken and said to be left out"
    return f"lines lost: {sorted(there - held - told)[:5]}" if there - held - told else ""


@pytest.mark.parametrize(
    ("count", "seed"),
    [(COUNTS["returns"][0], 1), pytest.param(COUNTS["returns"][1], 2, marks=pytest.mark.slow)],
    ids=["sample", "all"],
)
def test_spoilt_returns_are_told_and_nothing_is_lost(tmp_path: Path, register: Register, count: int, seed: int) -> None:
    home = Home(tmp_path / "home", register)
    inbox = tmp_path / "in"
    inbox.mkdir()
    made = spoil(inbox, register, count, seed)
    receipts = home.collect(inbox, limits=LIMITS)
    wrong = Counter(f"{judge(each, SECRETS)}: {each.file}" for each in receipts if judge(each, SECRETS))
    assert not wrong, wrong.most_common(5)
    by_name = {each.file: each for each in receipts}
    # A return is an archive: one that hides others in it is spoken of by their names.
    assert [m.name for m in made if not any(said.startswith(m.path.name) for said in by_name)] == []
    kept = {each.id: each for each in home.journal.deliveries()}
    assert all(kept[r.delivery].original_object for r in receipts if r.delivery and r.verdict != "known" and r.size)
    known = [each for each in made if each.lines and each.name not in IN_A_CHILD]
    said = {each: lost(each, register, tmp_path / f"work{n}") for n, each in enumerate(known)}
    assert not [f"{each.name}: {why}" for each, why in said.items() if why]
    assert sum(why == "" for why in said.values()) > len(known) // 3, "most are read, and accounted for line by line"
    assert {r.verdict for r in receipts} >= {"refused", "accepted_with_queries"}
    last = home.take("fta_return_03_2012-09.xlsx", book(lines_of("03", dt.date(2012, 9, 1))))
    assert last.rows_in == last.rows_kept == 3 and last.accepted
    home.journal.close()
