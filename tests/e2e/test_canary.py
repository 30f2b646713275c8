"""Nothing that names a person, or a claim, is found anywhere but in the vault; there the cleared find it.

Planted values (canaries) stand in every field and every kind of broken row; then everything written is searched.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from piperoll.cli import main
from tests.e2e.conftest import NOW, ROOT, World, piperoll


TINY = ROOT / "tests" / "registers" / "tiny"
HEADER = "status,case_number,kind,opened,amount,party_name,party_born,postcode,urgent"
NAME, LONG, POSTCODE, BORN = (
    "Zebedee Canarius",
    "Quetzalcoatl Featherstonehaugh-Canarius the Elder",
    "ZZ9 9QX",
    "1931-07-13",
)
CASES = ("QQ777001", "QQ777002", "QQ777777", "ZZ990001")
# Rows that go wrong in every way: each field, shifted columns, text cut off, quotes left open in the middle.
ROWS = (
    f"N,QQ777001,A,2011-01-10,10.50,{NAME},{BORN},{POSTCODE},true",
    f"N,QQ777002,A,2011-01-11,5000000,{NAME},{BORN},{POSTCODE},true",
    f"N,QQ777001,A,2011-01-10,10.50,{NAME},{BORN},{POSTCODE},true",
    f"N,QQ777001,B,2011-01-12,11,{NAME},{BORN},{POSTCODE},false",
    f"N,{NAME},A,2011-01-12,11,QQ777777,{BORN},{POSTCODE},false",
    f"N,QQ777777,{NAME},2011-01-12,11,{NAME},{BORN},{POSTCODE},false",
    f"N,QQ777777,A,{NAME},11,{NAME},{BORN},{POSTCODE},false",
    f"N,QQ777777,A,2011-01-12,{POSTCODE},{NAME},{BORN},{POSTCODE},false",
    f"N,QQ777777,A,2011-01-12,11,{LONG},{BORN},{POSTCODE},false",
    f"N,QQ777777,A,2011-01-12,11,{NAME},{NAME},{POSTCODE},{NAME}",
    f"{NAME},QQ777777,A,2011-01-12,11,,{POSTCODE},{BORN},QQ777777",
    f"N,A,QQ777777,{NAME},2011-01-12,11,{BORN},{POSTCODE},false,{NAME}",
    f"N,QQ777777,A,2011-01-12,11,{NAME}",
)
CANARIES = (NAME, "Zebedee", "Canarius", LONG, POSTCODE, BORN, *CASES)


class Tiny:
    """A home of the small register, and everything its commands printed."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.home = top / "home"
        self.printed: list[str] = []

    def run(self, *words: object) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "piperoll", "--register", str(TINY), "--home", str(self.home), *map(str, words)],
            capture_output=True, text=True, check=False, cwd=self.top, env={**os.environ, "PIPEROLL_NOW": NOW},
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        self.printed.append(done.stdout + done.stderr)
        return done.stdout

    def read(self, *words: object) -> str:
        """A command that starts no children, run here: it takes a moment less."""
        told = io.StringIO()
        command = ["--register", str(TINY), "--home", str(self.home), *map(str, words)]
        with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told), pytest.raises(SystemExit):
            main(command)
        self.printed.append(told.getvalue())
        return told.getvalue()


def files(path: Path, name: str, header: str, rows: tuple[str, ...], good: list[str]) -> None:
    (path / name).write_text("\n".join((header, *rows, *good, "")), encoding="utf-8")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    made = Tiny(tmp_path_factory.mktemp("canary"))
    inbox = made.top / "in"
    inbox.mkdir()
    good = [f"N,GG{n:06d},A,2011-01-{n % 28 + 1:02d},{n},Person,1950-01-01,AB1 2CD,true" for n in range(60)]
    files(inbox, "cases_case_north_2011-01.csv", HEADER, ROWS, good)
    # Refused whole: more rows are wrong than the contract bears, and one file is nothing but names.
    files(inbox, "cases_case_south_2011-01.csv", HEADER, ROWS, good[:6])
    files(inbox, "cases_case_south_2011-02.csv", f"{NAME},{POSTCODE},QQ777777", ROWS, good)
    events = ("QQ777001,1,2011-01-02,x", "ZZ990001,1,2011-01-20,x", f"ZZ990001,{NAME},{POSTCODE},QQ777777")
    rows = [f"GG{n:06d},1,2011-01-29,x" for n in range(60)]
    files(inbox, "cases_event_north_2011-01.csv", "case_number,event_seq,event_date,note_of", events, rows)
    (inbox / "cases_event_south_2011-01.csv").write_bytes(f"case_number,\xff{NAME}\n\x00{POSTCODE}".encode("latin-1"))
    made.run("collect", inbox)
    made.run("collect", inbox, "--json", "--receipts", made.top / "receipts")
    for words in (("deliveries", "--all"), ("deliveries", "--json"), ("queries", "--all"), ("queries", "--json")):
        made.read(*words)
    for delivery in deliveries(made.home):
        made.read("receipt", delivery)
        made.read("receipt", delivery, "--json")
        made.read("refused", delivery, "--json")
        made.read("refused", delivery, "--limit", 500)
    return made


def deliveries(home: Path) -> list[str]:
    with sqlite3.connect(home / "journal.sqlite3") as base:
        tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE name LIKE '%delivery'")]
        found = [each for (each,) in base.execute(f"SELECT id FROM {tables[0]} ORDER BY 1")]
    base.close()
    return found


def searched(home: Path) -> Iterator[tuple[str, str]]:
    """Everything below a home but its keys, as text; Parquet by its values."""
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if not path.is_file() or name.split("/")[0] in ("keys", "inbox", "truth"):
            continue
        if path.suffix == ".parquet" and name.startswith("store/"):
            frame = pl.read_parquet(path)
            yield name, "\n".join(frame.columns)
            yield name, frame.select(pl.all().cast(pl.String)).write_csv()
        yield name, path.read_bytes().decode("latin-1")


def test_the_canaries_were_taken_in(tiny: Tiny) -> None:
    found = deliveries(tiny.home)
    assert len(found) == 5
    told = "\n".join(tiny.printed)
    assert "accepted less refused rows" in told and "not taken" not in told
    assert sum(path.stat().st_size for path in (tiny.home / "vault").rglob("*") if path.is_file()) > 5000


def test_no_canary_is_anywhere_in_the_home(tiny: Tiny) -> None:
    places = list(searched(tiny.home))
    assert any(name.startswith("store/") for name, _ in places) and any(name.startswith("vault/") for name, _ in places)
    assert [(name, canary) for name, text in places for canary in CANARIES if canary in text] == []


def test_no_canary_was_printed(tiny: Tiny) -> None:
    told = "\n".join(tiny.printed)
    assert len(told) > 5000
    assert [canary for canary in CANARIES if canary in told] == []


def test_no_canary_is_in_a_receipt(tiny: Tiny) -> None:
    receipts = [path.read_text(encoding="utf-8") for path in sorted((tiny.top / "receipts").iterdir())]
    assert len(receipts) >= 4
    assert [canary for text in receipts for canary in CANARIES if canary in text] == []


def test_the_cleared_read_the_refused_rows_as_they_came(tiny: Tiny) -> None:
    rows = []
    for delivery in deliveries(tiny.home):
        out = tiny.top / f"{delivery[:8]}.csv"
        tiny.read("refused", delivery, "--export", out, "--purpose", "to be corrected")
        if out.exists():
            assert out.stat().st_mode & 0o077 == 0
            rows += list(csv.reader(io.StringIO(out.read_text(encoding="utf-8"), newline="")))
    texts = {value for row in rows for value in row}
    assert {NAME, LONG, POSTCODE, BORN, "QQ777777"} <= texts


def test_reading_them_is_recorded(tiny: Tiny) -> None:
    with sqlite3.connect(tiny.home / "journal.sqlite3") as base:
        dump = "\n".join(base.iterdump())
    base.close()
    assert ("to be corrected" in dump and "collect.refused" in dump) or "refused" in dump


# --- a whole simulated world, with its edition ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def people(spoilt: World) -> frozenset[str]:
    """Names, postcodes and claim numbers of the deliveries, each with something that no hash and no English holds."""
    found: set[str] = set()
    for path in sorted((spoilt.home / "inbox").rglob("caseman_claim_[A-Z]*_2012-05.csv")):
        for row in csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8", "replace"), newline="")):
            found |= {
                row.get("claim_number") or "",
                row.get("defendant_name") or "",
                row.get("property_postcode") or "",
            }
    return frozenset(each for each in found if len(each) >= 7 and (" " in each or each[0].isdigit()))


def test_no_person_of_the_world_is_in_the_store_or_the_journal(spoilt: World, people: frozenset[str]) -> None:
    assert len(people) > 1000
    chosen = sorted(people)[:: len(people) // 200]
    for name, text in searched(spoilt.home):
        assert [name for each in chosen if each in text] == []


def test_no_person_of_the_world_is_published(spoilt: World, people: frozenset[str]) -> None:
    for path in sorted(spoilt.release.rglob("*")):
        if path.suffix in (".csv", ".json", ".html", ".svg"):
            text = path.read_text(encoding="utf-8")
            assert [path.name for each in people if each in text] == []


def test_no_person_of_the_world_was_printed(spoilt: World, people: frozenset[str]) -> None:
    told = spoilt.collected + piperoll(spoilt.home, "queries", "--all")
    assert len(told) > 1000
    assert [each for each in people if each in told] == []


@pytest.fixture(scope="module")
def numbered(clean: World) -> frozenset[str]:
    """Numbers and postcodes of the people whom the seven linked systems sent."""
    fields = ("pnc_id", "cro", "asn", "ptiurn", "noms_no", "prison_number", "crn", "postcode")
    found: set[str] = set()
    for path in sorted((clean.home / "inbox").rglob("*_2012-06.csv")):
        if path.name.startswith(("libra", "crest", "pnc", "nomis", "probation", "iaps")):
            with path.open(encoding="utf-8", newline="") as stream:
                found |= {row.get(field) or "" for row in csv.DictReader(stream) for field in fields}
    # No fixed abode is nobody's postcode, and the contract names it.
    return frozenset(each for each in found - {"ZZ99 3VZ"} if len(each) >= 7)


def test_no_number_of_the_linked_systems_is_in_the_store_or_the_journal(clean: World, numbered: frozenset[str]) -> None:
    assert len(numbered) > 1000 and any("/" in each for each in numbered)
    chosen = sorted(numbered)[:: len(numbered) // 300]
    for name, text in searched(clean.home):
        assert [name for each in chosen if each in text] == []
    assert [each for each in numbered if each in clean.collected] == []
