"""Thousands of spoilt deliveries through every reader: none crashes or hangs, each gets a coded sentence, no row is lost."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from piperoll.collect import Limits, Receipt
from piperoll.register import load
from tests.collect.conftest import TINY, Home
from tests.generative.mutations import GOOD, ROW, ROWS, SECRETS, kinds


CODE = re.compile(r"^(PR-[A-Z]\d{3}|[A-Z]+-V\d+[A-Z]?) ")
MONTHS = [f"{year}-{month:02d}" for year in (2011, 2012) for month in range(1, 11)]
OFFICES = ("north", "south")
SUFFIX = {"gzip": ".csv.gz", "latin": ".csv", "tab": ".csv", "utf16": ".csv"}
SHORT, LONG = 200, 2_100


def spoil(directory: Path, count: int, seed: int) -> dict[str, tuple[str, str, Path]]:
    """So many spoilt files in folders of one for each slot: name as told -> reader, mutation, path."""
    rng = random.Random(seed)
    todo = kinds()
    rng.shuffle(todo)
    made = {}
    for n in range(count):
        reader, name, change = todo[n % len(todo)]
        turn, slot = divmod(n, len(MONTHS) * len(OFFICES))
        office, month = OFFICES[slot % 2], MONTHS[slot // 2]
        stem = f"cases_case_{office}_{month}"
        path = directory / f"{turn:03d}" / f"{stem}{SUFFIX.get(reader, f'.{reader}')}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(change(GOOD[reader](stem), rng))
        made[f"{turn:03d}/{path.name}"] = reader, name, path
    return made


def told(receipt: Receipt) -> list[str]:
    """Everything that a receipt says."""
    return [*receipt.reasons, *(each.sentence for each in receipt.findings), *(q.sentence for q in receipt.queries)]


def judge(receipt: Receipt) -> str:
    """What is wrong with a receipt; '' if nothing."""
    if receipt.rows_in != receipt.rows_kept + receipt.rows_refused:
        return "rows do not add up"
    if receipt.verdict in ("refused", "not_taken") and not (receipt.codes or receipt.findings):
        return "refused without a code"
    if receipt.verdict == "known":
        return "" if receipt.reasons else "known without a reason"
    if receipt.rows_refused and not receipt.findings and not receipt.codes:
        return "rows refused without a finding"
    if any(code and not CODE.match(f"{code} ") and not code.startswith("G-V") for code in receipt.codes):
        return f"no code: {receipt.codes}"
    # An archive's member may have a row number or an amount in it by chance, never a name.
    if any(secret in sentence for sentence in told(receipt) for secret in SECRETS):
        return "a value was told"
    return ""


def collect_spoilt(root: Path, count: int, seed: int) -> tuple[Home, dict[str, tuple[str, str, Path]], list[Receipt]]:
    home = Home(root / "home", load(TINY))
    made = spoil(root / "in", count, seed)
    # A bomb unpacks to more than its share, and is stopped: fewer bytes only make the test quick.
    limits = Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60, file_mb=64)
    return home, made, home.collect(root / "in", limits=limits)


@pytest.mark.parametrize(
    ("count", "seed"), [(SHORT, 1), pytest.param(LONG, 2, marks=pytest.mark.slow)], ids=["sample", "all"]
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
    counted = [
        by_name[name] for name, (reader, how, _) in made.items() if reader == "csv" and how in ROW and name in by_name
    ]
    assert counted and all(each.rows_in == ROWS for each in counted if not each.codes)
    # And the home works on.
    last = home.take("cases_case_north_2011-12.csv", GOOD["csv"](""))
    assert last.accepted and last.rows_in == ROWS
    assert home.rows("cases.case", "count(*)")[0][0] >= ROWS - last.rows_refused
    home.journal.close()


def test_what_is_not_spoilt_is_taken_by_every_reader(tmp_path: Path) -> None:
    """The mutations begin from files that are good: else all would be refused for another reason."""
    home = Home(tmp_path / "home", load(TINY))
    for n, (reader, make) in enumerate(GOOD.items()):
        stem = f"cases_case_north_2011-{n + 1:02d}"
        receipt = home.take(f"{stem}{SUFFIX.get(reader, f'.{reader}')}", make(stem))
        assert receipt.rows_in == receipt.rows_kept == ROWS, (reader, told(receipt))
    home.journal.close()
