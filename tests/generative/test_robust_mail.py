"""Spoilt messages in a Maildir: none crashes or hangs, each gets a coded sentence, no row is lost, nothing is told."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from pathlib import Path

import pytest

from piperoll.collect import Limits, Receipt
from tests.collect.mail.conftest import post
from tests.collect.mail.letters import Post
from tests.generative.letters import LINES, SECRETS, WHOLE, good, kinds
from tests.generative.oracle import judge
from tests.generative.plan import COUNTS, drawn


__all__ = ["post"]
LIMITS = Limits(memory_mb=1024, wall_seconds=60, cpu_seconds=60, file_mb=64)


def spoil(post: Post, count: int, seed: int) -> dict[str, tuple[str, bytes]]:
    """Put so many spoilt messages: hash -> mutation, bytes as they lie in the Maildir."""
    rng = random.Random(seed)
    made = {}
    for number, (_, _, name, make) in enumerate(drawn(kinds(), count, rng)):
        raw = make(number, rng)
        path = post.path / "new" / f"{number:05d}.spoilt"
        path.write_bytes(raw)
        made[hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()] = name, raw
    return made


def message_of(receipt: Receipt) -> str:
    """First letters of the hash of the message that a receipt is of."""
    found = re.match(r"mail-([0-9a-f]{16})", receipt.file)
    assert found, receipt.file
    return found[1]


@pytest.mark.parametrize(
    ("count", "seed"),
    [(COUNTS["mail"][0], 1), pytest.param(COUNTS["mail"][1], 2, marks=pytest.mark.slow)],
    ids=["sample", "all"],
)
def test_spoilt_messages_are_told_and_nothing_is_lost(post: Post, tmp_path: Path, count: int, seed: int) -> None:
    made = spoil(post, count, seed)
    before = sorted(tmp_path.iterdir())
    receipts = post.collect(limits=LIMITS)
    wrong = Counter(f"{judge(each, SECRETS)}: {each.file}" for each in receipts if judge(each, SECRETS))
    assert not wrong, wrong.most_common(5)
    # Every message is spoken of, and is written down as handled.
    spoken = {message_of(each) for each in receipts}
    assert [name for sha256, (name, _) in made.items() if sha256[:16] not in spoken] == []
    states = {sha256: post.space.journal.get_state(f"message/{sha256}") for sha256 in made}
    assert all(state and state["verdict"] in ("taken", "set aside") for state in states.values())
    # The mailbox is as it was, and nothing was written beside the home.
    lying = {hashlib.sha256(p.read_bytes().replace(b"\r\n", b"\n")).hexdigest() for p in post.path.glob("*/*")}
    assert lying == set(made) and sorted(tmp_path.iterdir()) == before
    assert not list(post.space.home.rglob("*slipped*")) and not Path("/tmp/slipped.csv").exists()
    # What became a delivery is kept as it came, and an attachment that was left alone is taken whole.
    kept = {each.id: each for each in post.space.journal.deliveries()}
    whole = 0
    for each in receipts:
        if each.delivery and each.verdict != "known" and each.size:
            assert kept[each.delivery].original_object, each.file
        names = [name for sha256, (name, _) in made.items() if sha256.startswith(message_of(each))]
        if each.accepted and names[0] in WHOLE:
            assert each.rows_in == LINES, names
            whole += 1
    assert whole
    # Replies have a code, and hold nothing of what was sent.
    replies = post.replies
    assert replies and all(re.search(r"(PR-[A-Z]\d{3}|G-V\d+) ", reply) for reply in replies)
    assert not [reply for reply in replies if any(secret in reply for secret in SECRETS)]
    assert not [reply for reply in replies if re.search(r"<script|onerror|\u202e|\nBcc:", reply)]
    # And a good one is taken afterwards; the spoilt ones are not read again.
    post.put(good(count))
    (last,) = post.collect(limits=LIMITS)
    assert last.accepted and last.rows_in == LINES
