"""Processes: one that is killed at the form, and two clerks who press the same button."""

from __future__ import annotations

import os
import signal
import threading

from piperoll.collect.entry import Forms
from piperoll.errors import UserError
from tests.collect.entry.conftest import GOOD


def test_a_killed_process_leaves_the_draft_as_it_was_last_set(forms, place):
    place.keyring.vault_key()
    place.journal.close()
    child = os.fork()
    if not child:
        other = Forms(place, "cases.case", "north")
        entry = other.open("2012-05", GOOD)
        other.set(entry.id, {"amount": "12.00"}, entry.revision)
        os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    (found,) = forms.entries()
    assert (found.state, found.revision) == ("draft", 2)
    assert forms.read(found.id, "t").values == GOOD | {"amount": "12.00"}


def test_of_clerks_at_the_same_moment_one_is_first_and_the_others_are_told(forms, place):
    entry = forms.open("2012-05", GOOD)
    told: list[str] = []
    ready = threading.Barrier(4)

    def change(amount: str) -> None:
        mine = Forms(place, "cases.case", "north", clerk=f"clerk {amount}")
        ready.wait()
        try:
            mine.set(entry.id, {"amount": amount}, entry.revision)
            told.append(amount)
        except UserError as error:
            told.append(error.code)
        place.journal.close()

    threads = [threading.Thread(target=change, args=(str(n),)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [each for each in told if each != "PR-C161"]
    assert len(told) == 4 and forms.read(entry.id, "t").values["amount"] == won
    assert forms.entry(entry.id).changed_by == f"clerk {won}"
