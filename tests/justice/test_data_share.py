"""No identifier of the departments comes in with the data share: whatever they send in error is refused whole.

Canaries of each form stand in every field, in a column too many, in the header and in the place of the header. Then all
that was written or printed is searched. What is refused lies in the vault, encrypted.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from piperoll.cli import main
from piperoll.collect.verdict import REFUSED, judge
from piperoll.register.model.contract import Dataset
from tests.justice.rulebench import Bench
from tests.justice.rulebench import Sent as Rows
from tests.justice.test_rules import CASES, REGISTER


pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SHARED = {each.name: each for each in REGISTER.sources["linked"].datasets if each.anonymised}
CLEAN = {case.dataset.partition(".")[2]: case for case in CASES if case.dataset.partition(".")[2] in SHARED}
NINO, NAME, BORN, POSTCODE = "QQ123457C", "Zebedee Canarius", "1931-07-13", "ZZ9 9QX"
FORMS = (NINO, NINO.lower(), "QQ 12 34 57 C", NAME, "Canarius", BORN, "13/07/1931", "19310713", POSTCODE, "ZZ99QX",
         "z.canarius@example.org", "07700900123")  # fmt: skip
# One by one: 310713 is a day of birth, too, but any hash may hold it by chance, so that it is not searched for.
SINGLE = (NINO, NINO.lower(), NAME, BORN, "19310713", "310713", POSTCODE)
SEARCHED = (*FORMS, "Zebedee")


def rows_of(name: str) -> list[dict[str, str]]:
    return [{key: str(value) for key, value in row.items()} for row in CLEAN[name].rows]


@pytest.mark.parametrize("name", SHARED)
def test_one_identifier_in_one_field_of_one_row_refuses_the_delivery(name: str, tmp_path: Path) -> None:
    case, dataset, bench = CLEAN[name], SHARED[name], Bench(REGISTER, tmp_path)
    assert judge(bench.check(case.store, case.clean), dataset, nil=False).name != REFUSED
    for field in dataset.fields:
        for form in SINGLE:
            rows = ({**case.rows[0], field.name: form}, *case.rows[1:])
            result = bench.check(case.store, Rows(case.dataset, case.clean.supplier, case.clean.period, rows))
            verdict = judge(result, dataset, nil=False)
            assert verdict.name == REFUSED, (field.name, form)
            said = [each.sentence for each in (*result.findings, *result.queries)] + list(verdict.reasons)
            assert not [text for text in said if form in text]


# --- the whole way, by the command line -------------------------------------------------------------------------------


class Home:
    """A home of the Ministry's register, and everything that its commands printed."""

    def __init__(self, top: Path) -> None:
        self.top, self.home = top, top / "home"
        self.printed: list[str] = []

    def collect(self, *paths: Path) -> list[dict[str, object]]:
        command = ["collect", *map(str, paths), "--json", "--receipts", str(self.top / "receipts")]
        done = subprocess.run(
            [sys.executable, "-m", "piperoll", *self._top, *command],
            capture_output=True, text=True, check=False, cwd=self.top, env={**os.environ, "PIPEROLL_NOW": NOW},
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        self.printed.append(done.stdout + done.stderr)
        found = json.loads(done.stdout)
        return found if isinstance(found, list) else found["receipts"]

    def read(self, *words: str) -> str:
        told = io.StringIO()
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told), pytest.raises(SystemExit):
            main([*self._top, *words])
        self.printed.append(told.getvalue())
        return told.getvalue()

    @property
    def _top(self) -> list[str]:
        return ["--register", str(ROOT / "justice"), "--home", str(self.home)]


NOW = "2011-06-08T09:30:00+00:00"


def written(place: Path, name: str, header: list[str] | None, rows: list[list[str]]) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"linked_{name}_DWP_2010.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*([header] if header else []), *rows])
    return path


def spoilt(dataset: Dataset, top: Path) -> Iterator[Path]:
    """One delivery of a dataset for each way in which identifiers may come."""
    names = [each.name for each in dataset.fields]
    good = [[row.get(name, "") for name in names] for row in rows_of(dataset.name)]
    every = [[form if at == place else value for at, value in enumerate(good[0])] for place in range(len(names))
             for form in FORMS]  # fmt: skip
    name = dataset.name
    yield written(top / "every field", name, names, [*good, *every])
    yield written(top / "a column", name, [*names, "nino"], [[*row, NINO] for row in good])
    more = ["surname", "date_of_birth", "postcode"]
    yield written(top / "columns", name, [*names, *more], [[*row, NAME, BORN, POSTCODE] for row in good])
    yield written(top / "a header", name, [*names, NAME, NINO], [[*row, "", ""] for row in good])
    yield written(top / "no header", name, None, [[NINO, NAME, BORN, POSTCODE], *good])
    yield written(top / "one name as header", name, [*names, "Canarius"], [[*row, ""] for row in good])


WAYS = 6


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("share"))
    for name, dataset in SHARED.items():
        names = [each.name for each in dataset.fields]
        written(made.top / "good", name, names, [[row.get(n, "") for n in names] for row in rows_of(name)])
    made.taken = made.collect(made.top / "good")
    made.refused = made.collect(*(path for each in SHARED.values() for path in spoilt(each, made.top / "bad")))
    for words in (("deliveries", "--all"), ("deliveries", "--json"), ("queries", "--all"), ("queries", "--json")):
        made.read(*words)
    for receipt in [each for each in made.refused if "share_person" in str(each["file"])]:
        made.read("receipt", str(receipt["delivery"]))
        made.read("refused", str(receipt["delivery"]), "--json")
    return made


def test_what_keeps_to_the_contract_is_taken(home: Home) -> None:
    assert sorted(each["verdict"] for each in home.taken) == ["accepted"] * 5, home.taken


def test_each_way_is_refused_whole(home: Home) -> None:
    assert len(home.refused) == WAYS * len(SHARED)
    assert {each["verdict"] for each in home.refused} == {"refused"}, home.refused
    assert len({each["delivery"] for each in home.refused}) == len(home.refused)


def test_the_store_holds_the_good_rows_alone(home: Home) -> None:
    kept = [pl.read_parquet(path) for path in sorted((home.home / "store").rglob("*.parquet"))]
    assert len(kept) == 5
    assert sum(each.height for each in kept) == sum(len(rows_of(name)) for name in SHARED)
    declared = {field.name for dataset in SHARED.values() for field in dataset.fields}
    assert {name for each in kept for name in each.columns if not name.startswith("_")} <= declared


def test_no_canary_is_anywhere_in_the_home(home: Home) -> None:
    places = list(searched(home.home))
    assert any(name.startswith("vault/") for name, _ in places) and any(name.startswith("store/") for name, _ in places)
    assert [(name, form) for name, text in places for form in SEARCHED if form in text] == []


def test_no_canary_was_printed_or_is_in_a_receipt(home: Home) -> None:
    told = "\n".join(home.printed)
    assert "refused" in told and len(told) > 5000
    assert [form for form in SEARCHED if form in told] == []
    receipts = [path.read_text(encoding="utf-8") for path in sorted((home.top / "receipts").iterdir())]
    assert len(receipts) >= WAYS * len(SHARED)
    assert [form for text in receipts for form in SEARCHED if form in text] == []


def searched(home: Path) -> Iterator[tuple[str, str]]:
    """Everything below a home but its keys, as text; Parquet of the store by its values, too."""
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if not path.is_file() or name.startswith("keys/"):
            continue
        if path.suffix == ".parquet" and name.startswith("store/"):
            frame = pl.read_parquet(path)
            yield name, "\n".join((*frame.columns, frame.select(pl.all().cast(pl.String)).write_csv()))
        yield name, path.read_bytes().decode("latin-1")
