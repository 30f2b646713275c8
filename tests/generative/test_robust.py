"""Thousands of spoilt deliveries through every reader: none crashes or hangs, each gets a coded sentence, no row is lost."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml

from piperoll.collect import Limits, Receipt
from piperoll.register import load
from piperoll.register.model.register import Register
from tests.collect.conftest import TINY, Home
from tests.generative.good import GOOD, ROWS, places
from tests.generative.mutations import FIXED_ROW, ROW, kinds
from tests.generative.oracle import judge, told
from tests.generative.plan import COUNTS, drawn


MONTHS = [f"{year}-{month:02d}" for year in (2011, 2012) for month in range(1, 11)]
OFFICES = ("north", "south")
SUFFIX = {"gzip": ".csv.gz", "latin": ".csv", "tab": ".csv", "utf16": ".csv", "fixed": ".txt"}


def register_of(directory: Path) -> Register:
    """The small register with one dataset more: cases as fixed width text."""
    copy = directory / "register"
    shutil.copytree(TINY, copy)
    path = copy / "sources" / "cases.yaml"
    source = yaml.safe_load(path.read_text(encoding="utf-8"))
    wide = {**source["datasets"][0], "name": "wide", "rules": []}
    wide["file"] = {"pattern": "cases_wide_{supplier}_{period}.txt", "columns": places()}
    source["datasets"].append(wide)
    path.write_text(yaml.safe_dump(source, sort_keys=False), encoding="utf-8")
    return load(copy)


def readers() -> list[str]:
    """Readers of which there is a good file here: the old workbook is LibreOffice's."""
    return [reader for reader in GOOD if reader != "xls" or shutil.which("soffice")]


def stem_of(reader: str, office: str, month: str) -> str:
    """How a file is named before its ending."""
    return f"cases_{'wide' if reader == 'fixed' else 'case'}_{office}_{month}"


def spoil(directory: Path, count: int, seed: int) -> dict[str, tuple[str, str, Path]]:
    """So many spoilt files in folders of one for each slot: name as told -> reader, mutation, path."""
    rng = random.Random(seed)
    made = {}
    for n, (reader, _, name, change) in enumerate(drawn(kinds(), count, rng)):
        if reader not in readers():
            continue
        turn, slot = divmod(n, len(MONTHS) * len(OFFICES))
        office, month = OFFICES[slot % 2], MONTHS[slot // 2]
        stem = stem_of(reader, office, month)
        path = directory / f"{turn:03d}" / f"{stem}{SUFFIX.get(reader, f'.{reader}')}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(change(GOOD[reader](stem), rng))
        made[f"{turn:03d}/{path.name}"] = reader, name, path
    return made


def collect_spoilt(root: Path, count: int, seed: int) -> tuple[Home, dict[str, tuple[str, str, Path]], list[Receipt]]:
    home = Home(root / "home", register_of(root))
    made = spoil(root / "in", count, seed)
    # A bomb unpacks to more than its share, and is stopped: fewer bytes only make the test quick.
    limits = Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60, file_mb=64)
    return home, made, home.collect(root / "in", limits=limits)


@pytest.mark.parametrize(
    ("count", "seed"),
    [(COUNTS["files"][0], 1), pytest.param(COUNTS["files"][1], 2, marks=pytest.mark.slow)],
    ids=["sample", "all"],
)
def test_spoilt_deliveries_are_told_and_nothing_is_lost(tmp_path: Path, count: int, seed: int) -> None:
    home, made, receipts = collect_spoilt(tmp_path, count, seed)
    wrong = Counter(f"{judge(each)}: {each.file}" for each in receipts if judge(each))
    assert not wrong, wrong.most_common(5)
    # Every file is spoken of, by its name or that of a member.
    names = {each.file for each in receipts}
    assert [name for name in made if not any(said.startswith(name) for said in names)] == []
    # What was taken in whole or refused whole is kept for ever, as it came.
    kept = {each.id: each for each in home.journal.deliveries()}
    for each in receipts:
        if each.delivery and each.verdict != "known" and each.size:
            assert kept[each.delivery].original_object, each.file
    # One value changed: the number of rows is known.
    by_name = {each.file: each for each in receipts}
    known = {("csv", how) for how in ROW} | {("fixed", how) for how in FIXED_ROW}
    counted = [by_name[name] for name, (reader, how, _) in made.items() if (reader, how) in known and name in by_name]
    assert counted and all(each.rows_in == ROWS for each in counted if not each.codes)
    # And the home works on.
    last = home.take("cases_case_north_2011-12.csv", GOOD["csv"](""))
    assert last.accepted and last.rows_in == ROWS
    assert home.rows("cases.case", "count(*)")[0][0] >= ROWS - last.rows_refused
    home.journal.close()


@pytest.mark.slow
def test_what_is_not_spoilt_is_taken_by_every_reader(tmp_path: Path) -> None:
    """The mutations begin from files that are good: else all would be refused for another reason."""
    home = Home(tmp_path / "home", register_of(tmp_path))
    for n, reader in enumerate(readers()):
        stem = stem_of(reader, "north", MONTHS[n])
        receipt = home.take(f"{stem}{SUFFIX.get(reader, f'.{reader}')}", GOOD[reader](stem))
        assert receipt.rows_in == receipt.rows_kept == ROWS, (reader, told(receipt))
    home.journal.close()
