"""Careless and hostile entry: each act succeeds or is refused with a coded sentence; what was saved is delivered whole."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from piperoll.collect import Limits
from piperoll.collect.entry import Forms, Place, submit
from piperoll.errors import UserError
from piperoll.register import load
from tests.collect.conftest import NOW, TINY, Home
from tests.generative.oracle import has_page, judge
from tests.generative.plan import COUNTS, drawn
from tests.generative.typed import PERIOD, SECRETS, kinds, record


CODE = re.compile(r"PR-[A-Z]\d{3}")
LIMITS = Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60)


def wrong_with(error: UserError) -> str:
    """What is wrong with a refusal; '' if nothing."""
    if not CODE.fullmatch(error.code) or not has_page(error.code) or not error.message.endswith((".", "?")):
        return f"no coded sentence: {error.sentence[:200]!r}"
    if any(secret in error.sentence for secret in SECRETS):
        return f"a value was told: {error.code}"
    if not error.sentence.isprintable():
        return f"not for a screen: {error.sentence[:200]!r}"
    return "" if len(error.sentence) < 3000 else f"without end: {error.code}"


@pytest.mark.parametrize(
    ("count", "seed"),
    [(COUNTS["entry"][0], 1), pytest.param(COUNTS["entry"][1], 2, marks=pytest.mark.slow)],
    ids=["sample", "all"],
)
def test_acts_of_entry_are_told_and_nothing_is_lost(tmp_path: Path, count: int, seed: int) -> None:
    home = Home(tmp_path / "home", load(TINY))
    place = Place(home.register, home.root, home.journal, home.keyring, home.actor, lambda: NOW)
    forms = Forms(place, "cases.case", "north")
    rng = random.Random(seed)
    wrong: list[str] = []
    done = Counter[bool]()
    for number, (_, _, name, act) in enumerate(drawn(kinds(), count, rng)):
        try:
            act(forms, number, rng, tmp_path)
            done[True] += 1
        except UserError as error:
            done[False] += 1
            if why := wrong_with(error):
                wrong.append(f"{name}: {why}")
        except Exception as error:
            wrong.append(f"{name}: {type(error).__name__} at {number}")
    assert not wrong, Counter(wrong).most_common(8)
    assert done[True] and done[False]
    # Nothing typed is anywhere but in the vault: not in the audit chain, not in the journal's file.
    said = str([(e.details, e.purpose, e.reason) for e in home.journal.audit_entries()])
    assert not [secret for secret in SECRETS if secret in said]
    # What was saved is delivered, all of it, for its own office and period alone.
    for office in ("north", "south"):
        desk = Forms(place, "cases.case", office)
        every = desk.entries()
        saved = [each for each in every if each.state == "saved"]
        assert {each.supplier for each in every} <= {office}
        for period in sorted({each.period for each in saved}):
            sent = submit(desk, period, limits=LIMITS)
            assert sent.records == sent.receipt.rows_in == sum(each.period == period for each in saved)
            assert judge(sent.receipt, SECRETS) == ""
            assert len(sent.left) == sum(each.state == "draft" and each.period == period for each in every)
    # And the forms work on.
    last = forms.open(PERIOD, record(99_999))
    forms.save(last.id, last.revision)
    after = submit(forms, PERIOD, limits=LIMITS)
    assert after.receipt.accepted and forms.read(last.id, "t").values == record(99_999)
    home.journal.close()
