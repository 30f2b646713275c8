"""``kill -9`` of collect at random moments over a batch of 40 deliveries: run again, it ends as if nothing had been.

The store is compared byte for byte, the vault after decryption, the journal by content.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from piperoll.journal import open_journal
from piperoll.store.tokens import Keyring
from piperoll.store.vault import entry, read
from piperoll.store.vault.items import items


pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "registers" / "tiny"
HEADER = "status,case_number,kind,opened,amount,party_name,party_born,postcode,urgent"
NOW = "2012-11-08T09:30:00+00:00"


def batch(folder: Path, months: int = 10) -> Path:
    """Cases and events of two offices for ten months; some rows refused, some queried, one file refused whole."""
    folder.mkdir()
    for month in range(1, months + 1):
        for number, office in enumerate(("north", "south")):
            letters = "NS"[number] + chr(64 + month)
            rows = [
                f"N,{letters}{n:06d},A,2011-{month:02d}-{n % 28 + 1:02d},{n}.50,Person {n},"
                f"19{n % 90 + 10}-01-01,AB1 2CD,true"
                for n in range(60)
            ]
            rows[3] = rows[3].replace(",A,", ",X,")
            rows[5] = rows[5].replace(",5.50,", ",5000000,")
            name = f"{office}_2011-{month:02d}.csv"
            (folder / f"cases_case_{name}").write_text("\n".join((HEADER, *rows, "")))
            events = [f"{letters}{n:06d},1,2011-{month:02d}-{n % 28 + 1:02d},x" for n in range(60)]
            if (month, office) == (4, "south"):
                events = [e.replace(letters, "ZZ") for e in events]
            (folder / f"cases_event_{name}").write_text(
                "\n".join(("case_number,event_seq,event_date,note_of", *events, ""))
            )
    return folder


def start(home: Path, inbox: Path) -> subprocess.Popen[bytes]:
    words = ["-m", "piperoll", "--register", str(TINY), "--home", str(home), "collect", str(inbox), "--quiet"]
    return subprocess.Popen(
        [sys.executable, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PIPEROLL_NOW": NOW},
    )


def finish(home: Path, inbox: Path) -> float:
    """Run to the end; seconds it took. One file of the batch is refused whole, so the status is 16."""
    begun = time.monotonic()
    assert start(home, inbox).wait() in (0, 16)
    return time.monotonic() - begun


def content(home: Path) -> dict[str, Any]:
    """Everything that must be the same."""
    keyring = Keyring(home / "keys")
    journal = open_journal(home / "journal.sqlite3")
    vault = home / "vault"
    try:
        deliveries = journal.deliveries()
        found: dict[str, Any] = {
            "store": {
                str(p.relative_to(home)): hashlib.sha256(p.read_bytes()).hexdigest()
                for p in sorted((home / "store").rglob("*"))
                if p.is_file()
            },
            "items": [asdict(item) for item in items(vault)],
            "staging": sorted(p.name for p in (home / "staging").iterdir()),
            "deliveries": [asdict(d) for d in deliveries],
            "findings": [asdict(f) for d in deliveries for f in journal.findings(d.id)],
            "places": [asdict(r) for d in deliveries for r in journal.refused_rows(d.id)],
            "queries": [asdict(q) for q in journal.queries()],
            "audit": [asdict(e) for e in journal.audit_entries()],
        }
        for d in deliveries:
            if d.vault_object:
                table = read.identifier_table(vault, keyring, d.vault_object, purpose="test")
                found[f"identifiers {d.id}"] = table.to_pylist()
            if d.refused_object:
                found[f"refused {d.id}"] = entry.refused_table(
                    vault, keyring, d.refused_object, purpose="test"
                ).to_pylist()
            blocks = entry.original(vault, keyring, d.original_object, purpose="test")
            found[f"original {d.id}"] = hashlib.sha256(b"".join(blocks)).hexdigest()
    finally:
        journal.close()
    return json.loads(json.dumps(found, default=str))


def undisturbed(tmp_path: Path, inbox: Path) -> tuple[dict[str, Any], float]:
    home = tmp_path / "undisturbed"
    took = finish(home, inbox)
    return content(home), took


def killed(tmp_path: Path, inbox: Path, kills: int, took: float, chance: random.Random) -> dict[str, Any]:
    """The same batch, killed ``kills`` times at random moments of its life, then run to the end."""
    home = tmp_path / "killed"
    home.mkdir(mode=0o700)
    # The keys are those of the undisturbed run, so that tokens can be compared.
    shutil.copytree(tmp_path / "undisturbed" / "keys", home / "keys")
    left = kills
    while left:
        process = start(home, inbox)
        time.sleep(chance.uniform(0.3, 1.0) * took if left % 3 else chance.uniform(0.0, 1.1) * took)
        left -= 1
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
    finish(home, inbox)
    return content(home)


def compare(tmp_path: Path, kills: int, rounds: int, seed: int, months: int = 10) -> None:
    inbox = batch(tmp_path / "in", months)
    expected, took = undisturbed(tmp_path, inbox)
    assert len(expected["deliveries"]) == 4 * months
    assert sorted({d["verdict"] for d in expected["deliveries"]}) == ["accepted_less_refused", "refused"]
    assert expected["staging"] == [".lock"] and expected["queries"] and expected["places"]
    chance = random.Random(seed)
    for _ in range(rounds):
        shutil.rmtree(tmp_path / "killed", ignore_errors=True)
        got = killed(tmp_path, inbox, kills // rounds, took, chance)
        assert got.keys() == expected.keys()
        for name, value in expected.items():
            assert got[name] == value, name


def test_killed_five_times(tmp_path: Path) -> None:
    compare(tmp_path, kills=5, rounds=1, seed=5, months=4)


@pytest.mark.slow
def test_killed_fifty_times(tmp_path: Path) -> None:
    compare(tmp_path, kills=50, rounds=10, seed=50)
