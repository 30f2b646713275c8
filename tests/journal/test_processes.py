"""Several processes at once, and processes killed in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from piperoll.journal import Journal, open_journal


WRITER = """
import sys
from datetime import UTC, datetime
from piperoll.journal import AuditDraft, Delivery, RefusedRow, open_journal

address, name, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
at = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)
journal = open_journal(address)
for n in range(count):
    act = AuditDraft(at=at, actor=name, actor_kind="local", action="collect.deliver", resource_kind="delivery",
                     resource_key=f"{name}{n}", allowed=True, reason="May.")
    delivery = Delivery(id=f"{name}-{n}", sha256="", filename="f.csv", source="s", dataset="d", supplier=name,
                        period=str(2000 + n), mode="snapshot", received_at=at, verdict="accepted")
    journal.commit_delivery(delivery, refused_rows=[RefusedRow("f.csv", "", n, "f", "r", "k")], audit=act)
journal.close()
"""

KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from piperoll.journal import Delivery, Query, RefusedRow, open_journal

address, stage = sys.argv[1], sys.argv[2]
at = datetime(2012, 11, 8, 9, 30, tzinfo=UTC)

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def rows():
    yield RefusedRow("f.csv", "", 1, "f", "r", "k")
    if stage == "rows":
        die()

def queries():
    yield Query(rule="r", key="k", sentence="Why?")
    if stage == "queries":
        die()

journal = open_journal(address)
delivery = Delivery(id="one", sha256="", filename="f.csv", source="s", dataset="d", supplier="x",
                    period="2012-05", mode="snapshot", received_at=at, verdict="accepted")
with journal.write():
    journal.commit_delivery(delivery, queries=queries(), refused_rows=rows())
    if stage == "commit":
        die()
if stage == "after":
    die()
journal.close()
"""


def start(script: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", script, *arguments], stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> int:
    _, said = process.communicate(timeout=120)
    assert process.returncode in (0, -signal.SIGKILL), said.decode()
    return process.returncode


def test_processes_write_at_once_from_the_making_of_the_journal_on(new_address: Callable[[], str]) -> None:
    address = new_address()
    writers = [start(WRITER, address, name, "12") for name in ("a", "b", "c")]
    ended = [writer.communicate(timeout=120)[1].decode() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0, 0], "".join(ended)
    journal = open_journal(address)
    deliveries = journal.deliveries()
    assert [d.sequence for d in deliveries] == list(range(1, 37))
    assert {d.id for d in deliveries} == {f"{name}-{n}" for name in "abc" for n in range(12)}
    report = journal.verify_chain()
    assert (report.entries, report.faults) == (36, ())
    journal.close()


def test_a_process_killed_anywhere_leaves_all_or_nothing(new_journal: Callable[[], Journal]) -> None:
    undisturbed = new_journal()
    assert finish(start(KILLED, address_of(undisturbed), "never")) == 0
    expected = undisturbed.content()
    for stage in ("queries", "rows", "commit", "after"):
        journal = new_journal()
        before = journal.content()
        assert finish(start(KILLED, address_of(journal), stage)) == -signal.SIGKILL
        if stage == "after":
            assert journal.content() == expected
            continue
        assert journal.content() == before
        assert finish(start(KILLED, address_of(journal), "never")) == 0
        assert journal.content() == expected


def address_of(journal: Journal) -> str:
    if journal.vendor == "sqlite":
        assert Path(journal.label).exists()
        return journal.label
    settings = journal.connection.settings_dict
    return f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}"
