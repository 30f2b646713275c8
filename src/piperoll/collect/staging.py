"""The staging directory: one collect at a time, and nothing left over from one that was killed."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from piperoll.errors import UserError


LOCK = ".lock"
WAIT_SECONDS = 3600.0


@contextmanager
def alone(staging: Path, *, wait: float = WAIT_SECONDS, waiting: Callable[[str], None] | None = None) -> Iterator[Path]:
    """Hold the lock of a home's store; a directory for this run inside, empty, gone at the end.

    The operating system gives the lock back when its holder dies, however it dies; whoever comes next then
    clears away what was left. So what lies here while the lock is free belongs to nobody.

    Args:
        staging: ``<home>/staging``.
        wait: Seconds to wait for another run.
        waiting: Told once, in a sentence, that and for whom we wait.

    Raises:
        UserError: PR-C026 if the other run does not end in time.
    """
    staging.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (staging / LOCK).open("a+", encoding="utf-8") as lock:
        _take(lock.fileno(), staging, wait, waiting)
        lock.seek(0)
        lock.truncate()
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        clear(staging)
        run = staging / f"run-{os.getpid()}-{secrets.token_hex(4)}"
        run.mkdir(mode=0o700)
        try:
            yield run
        finally:
            shutil.rmtree(run, ignore_errors=True)


def clear(staging: Path) -> None:
    """Remove what an earlier run left; only with the lock held."""
    for left in staging.iterdir():
        if left.name == LOCK:
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _take(handle: int, staging: Path, wait: float, waiting: Callable[[str], None] | None) -> None:
    until = time.monotonic() + wait
    told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
        who = ""
        with contextlib.suppress(OSError, ValueError):
            who = (staging / LOCK).read_text(encoding="utf-8").strip()
        by = f"process {who}" if who.isdigit() else "another process"
        if waiting and not told:
            waiting(f"Waiting for {by}, which is collecting into the same home.")
            told = True
        if time.monotonic() >= until:
            message = f"{by.capitalize()} is collecting into the same home and did not end in time."
            fix = "Wait for it, then run this again: nothing was half done."
            raise UserError("PR-C026", message, where=str(staging), fix=fix)
        time.sleep(0.1)
