"""Half-way: a full disk or a failure at any step leaves nothing half in, and running again completes it."""

from __future__ import annotations

import errno
import re
import threading

import pytest

from piperoll.collect import batch as collect_batch
from piperoll.collect import keep as keeping
from piperoll.collect.keep import Placing
from piperoll.errors import UserError
from piperoll.journal import Journal
from piperoll.store.objects import ObjectStore


ONE = "N,AB000001,A,2012-05-01,10.00,Zoe Canary,1980-01-01,AB1 2CD,true"
TWO = "N,AB000002,C,2012-05-02,5,Ann Canary,1981-01-01,AB9 2CD,false"
BAD = "N,AB000003,X,2012-05-02,5,Bob Canary,1981-01-01,ZZ9 2CD,false"
MAY, JUNE = "cases_case_north_2012-05.csv", "cases_case_north_2012-06.csv"


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


STEPS = pytest.mark.parametrize(
    ("owner", "step"),
    [
        (keeping.vault_write, "put_original"),
        (keeping.vault_write, "put"),
        (ObjectStore, "put"),
        (Journal, "commit_delivery"),
    ],
)


def fail_for(monkeypatch, owner, step, period, number):
    """The disk is full for one delivery, told by its period or by its staging directory: several are on their way."""
    real = getattr(owner, step)
    its = re.compile(rf"{period}|/{number}-[0-9a-f]{{16}}")

    def sometimes(*args: object, **words: object) -> object:
        return full() if its.search(" ".join(map(str, args))) else real(*args, **words)

    monkeypatch.setattr(owner, step, sometimes)


@STEPS
def test_a_full_disk_is_a_sentence_and_nothing_is_half_in(home, cases, monkeypatch, owner, step):
    june = home.write(JUNE, cases(TWO.replace("2012-05", "2012-06")))
    may = home.write(MAY, cases(ONE, TWO, BAD))
    fail_for(monkeypatch, owner, step, "2012-06", number=2)
    with pytest.raises(UserError) as caught:
        home.collect(june, may)
    assert caught.value.code == "PR-C004" and "Canary" not in caught.value.sentence
    assert [d.filename for d in home.journal.deliveries()] == [MAY], "the one before is wholly in, the other not at all"
    assert [p.name for p in home.staging.iterdir()] == [".lock"]
    monkeypatch.undo()
    assert [r.verdict for r in home.collect(june, may)] == ["known", "accepted"]
    assert len(home.rows("cases.case")) == 2


@STEPS
def test_of_deliveries_committed_together_those_before_the_failure_count(home, cases, monkeypatch, owner, step):
    months = ["2012-04", "2012-05", "2012-06"]
    names = [f"cases_case_north_{month}.csv" for month in months]
    files = [
        home.write(name, cases(ONE.replace("2012-05", month).replace("AB000001", f"AB00000{n}")))
        for n, (name, month) in enumerate(zip(names, months, strict=True))
    ]
    monkeypatch.setattr(Placing, "done", lambda self: False)
    monkeypatch.setattr(collect_batch, "waves", lambda register, items: [sorted(items, key=lambda each: each[0])])
    fail_for(monkeypatch, owner, step, "2012-05", number=2)
    with pytest.raises(UserError) as caught:
        home.collect(*files)
    assert caught.value.code == "PR-C004"
    assert [d.filename for d in home.journal.deliveries()] == names[:1]
    acts = [e.resource_key for e in home.journal.audit_entries() if e.action == "collect.deliver"]
    assert acts == [d.id for d in home.journal.deliveries()], "an act counts with what was done"
    monkeypatch.undo()
    assert [r.verdict for r in home.collect(*files)] == ["known", "accepted", "accepted"]


def test_what_a_killed_run_put_into_the_vault_is_replaced(home, cases, monkeypatch):
    from piperoll.store.vault import entry

    may = home.write(MAY, cases(ONE, TWO, BAD))
    monkeypatch.setattr(Journal, "commit_delivery", full)
    with pytest.raises(UserError):
        home.collect(may)
    monkeypatch.undo()
    (got,) = home.collect(may)
    assert got.verdict == "accepted_less_refused"
    table = entry.refused_table(home.vault, home.keyring, got.delivery, purpose="test")
    assert table.column("case_number").to_pylist() == ["AB000003"]


def test_two_at_once_take_in_everything_once(home, cases):
    for month in range(1, 7):
        home.write(f"cases_case_north_2012-{month:02d}.csv", cases(ONE.replace("2012-05", f"2012-{month:02d}")))
    found: list[str] = []

    def run() -> None:
        found.extend(r.verdict for r in home.collect(home.inbox))
        home.journal.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["accepted"] * 6 + ["known"] * 6
    assert len(home.journal.deliveries()) == 6


def test_a_file_that_changes_meanwhile_is_not_taken(home, cases, monkeypatch):
    from piperoll.collect import batch

    path = home.write(MAY, cases(ONE))
    real = batch.Children.run

    def run(self, job):
        answer = real(self, job)
        path.write_text(cases(ONE, TWO))
        return answer

    monkeypatch.setattr(batch.Children, "run", run)
    (got,) = home.collect(path)
    assert got.codes == ("PR-C030",) and not home.journal.deliveries()


def test_a_fault_of_ours_is_not_held_against_the_file(home, cases, monkeypatch):
    from dataclasses import replace

    dataset = home.register.dataset("cases.event")
    wrong = replace(dataset, rules=(replace(dataset.rules[0], sql="SELECT nothing FROM nowhere"),))
    source = replace(home.register.sources["cases"], datasets=(home.register.dataset("cases.case"), wrong))
    home.register = replace(home.register, sources={**home.register.sources, "cases": source})
    home.write(MAY, cases(ONE))
    home.write("cases_event_north_2012-05.csv", "case_number,event_seq,event_date,note_of\nAB000001,1,2012-05-03,x\n")
    with pytest.raises(UserError) as caught:
        home.collect(home.inbox)
    assert caught.value.code.startswith("PR-C05"), "a contract that does not run stops the batch"
    assert [d.filename for d in home.journal.deliveries()] == [MAY]
