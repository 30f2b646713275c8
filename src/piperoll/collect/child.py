"""Run jobs in limited children: the trusted side of `zygote`."""

from __future__ import annotations

import json
import os
import pickle
import queue
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from piperoll.collect.limits import Limits
from piperoll.collect.zygote import RESULT, TOGETHER, receive, send
from piperoll.errors import UserError


Job = dict[str, Any]
Item = TypeVar("Item")

RESULT_MB = 256
SIGKILL, SIGXCPU = 9, 24
_TRY = "Check the file by hand; if it is right, split it, or raise the limits (--memory-mb, --seconds)."


class Children:
    """A few zygotes, each doing one job at a time.

    Args:
        shared: What every job needs (register, keyring): sent once, over a socket.
        count: How many jobs run at a time.
    """

    def __init__(self, shared: dict[str, Any], count: int = 2) -> None:
        self.count = max(1, count)
        self._message = pickle.dumps(shared)
        self._idle: queue.SimpleQueue[_Zygote] = queue.SimpleQueue()
        self._all: list[_Zygote] = []
        self._pool = ThreadPoolExecutor(self.count)
        # One is started at once and gets ready meanwhile; others when there is work for them.
        self._idle.put(self._new())

    def __enter__(self) -> Children:
        return self

    def __exit__(self, *_: object) -> None:
        # Closing ends the jobs that run, and a thread whose child ended starts another for the next job: those, too.
        for zygote in list(self._all):
            zygote.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for zygote in self._all:
            zygote.close()

    def run(self, job: Job) -> Any:
        """Do one job; what it answered.

        Raises:
            UserError: What the job refused, or PR-C001 to PR-C004 when it ended otherwise.
        """
        zygote = self._take()
        try:
            status = zygote.run(job)
        except (OSError, EOFError, ValueError):
            zygote.close()
            zygote = self._new()
            raise _ended(job, None) from None
        finally:
            self._idle.put(zygote)
        return _answer(job, status)

    def map(self, jobs: Iterable[tuple[Item, Job]]) -> Iterator[tuple[Item, Callable[[], Any]]]:
        """Do jobs a few at a time; items with a function that gives the answer or raises, in the order given.

        Jobs marked ``small`` share a child, at most `TOGETHER` of them: starting one takes longer than a small file.
        One that has no answer because its child ended is done again in a child of its own.
        """
        pending: list[tuple[Item, Callable[[], Any]]] = []
        for group in _groups(list(jobs), self.count):
            if len(group) == 1:
                pending.append((group[0][0], self._pool.submit(self.run, group[0][1]).result))
                continue
            answers = self._pool.submit(self._run_together, [job for _, job in group])
            for place, (item, job) in enumerate(group):
                pending.append((item, partial(self._of_group, answers, place, job)))
        yield from pending

    def _run_together(self, jobs: list[Job]) -> list[Any]:
        """Answers of jobs done one after the other in one child: an answer, an error, or None where there is none."""
        zygote = self._take()
        try:
            zygote.run({"jobs": jobs, "limits": jobs[0]["limits"]})
        except (OSError, EOFError, ValueError):
            zygote.close()
            zygote = self._new()
        finally:
            self._idle.put(zygote)
        return [_answer_or_none(job) for job in jobs]

    def _of_group(self, answers: Future[list[Any]], place: int, job: Job) -> Any:
        answer = answers.result()[place]
        if answer is None:
            shutil.rmtree(job["work"], ignore_errors=True)
            Path(job["work"]).mkdir(mode=0o700)
            return self.run(job)
        if isinstance(answer, UserError):
            raise answer
        return answer[0]

    def _take(self) -> _Zygote:
        """One that is free, or a new one. Never more than the threads of the pool and the caller's."""
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._new()

    def _new(self) -> _Zygote:
        zygote = _Zygote(self._message)
        self._all.append(zygote)
        return zygote


class _Zygote:
    def __init__(self, message: bytes) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-m", "piperoll.collect.zygote"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=clean_environment(),
                start_new_session=True,
            )
        self.channel = ours
        # Sent with the first job: it is large, and the zygote reads only once it has got ready.
        self.message: bytes | None = message

    def run(self, job: Job) -> dict[str, Any]:
        if self.message is not None:
            send(self.channel, self.message)
            self._receive()
            self.message = None
        send(self.channel, pickle.dumps(job))
        return self._receive()

    def _receive(self) -> dict[str, Any]:
        answer = receive(self.channel)
        if answer is None:
            raise EOFError
        status: dict[str, Any] = json.loads(answer)
        return status

    def close(self) -> None:
        self.channel.close()
        self.process.terminate()
        self.process.wait()


def _groups(jobs: list[tuple[Item, Job]], count: int) -> Iterator[list[tuple[Item, Job]]]:
    """Runs of small jobs, as many and as long as keep every child busy to the end; other jobs alone."""
    small = sum(bool(job.get("small")) for _, job in jobs)
    # As many runs for each child, none longer than another by more than one.
    runs = min(small, count * -(-small // (TOGETHER * count)))
    ends = {small * (n + 1) // runs for n in range(runs)}
    group: list[tuple[Item, Job]] = []
    taken = 0
    for item, job in jobs:
        if not job.get("small"):
            yield [(item, job)]
            continue
        group.append((item, job))
        taken += 1
        if taken in ends:
            yield group
            group = []


def _answer_or_none(job: Job) -> tuple[Any] | UserError | None:
    if not (Path(job["work"]) / RESULT).is_file():
        return None
    try:
        return (_answer(job, {"exit": 0}),)
    except UserError as error:
        return error


def clean_environment() -> dict[str, str]:
    """The whole environment of a child: nothing of ours, nothing secret, one thread for each library."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        # Without it Arrow's allocator starts a thread, and a process with threads must not fork.
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
    }


def _answer(job: Job, status: dict[str, Any]) -> Any:
    path = Path(job["work"]) / RESULT
    if status["exit"] != 0 or not path.is_file():
        raise _ended(job, status)
    if path.is_symlink() or path.stat().st_size > RESULT_MB << 20:
        raise _ended(job, None)
    try:
        answer = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise _ended(job, None) from None
    os.unlink(path)
    if not isinstance(answer, dict) or not ({"answer", "refused"} & answer.keys()):
        raise _ended(job, None)
    if refused := answer.get("refused"):
        texts = [str(refused.get(name, "")) for name in ("code", "message", "where", "fix")]
        raise UserError(texts[0], texts[1], where=texts[2], fix=texts[3])
    return answer["answer"]


def _ended(job: Job, status: dict[str, Any] | None) -> UserError:
    """Why a child gave no answer, as a sentence."""
    limits: Limits = job["limits"]
    where = str(job.get("told", ""))
    if status and status["late"]:
        told = f"Reading the file took longer than {limits.wall_seconds} seconds and was stopped."
        return UserError("PR-C001", told, where=where, fix=_TRY)
    if status and status["signal"] in (SIGXCPU,):
        told = f"Reading the file took more than {limits.cpu_seconds} seconds of processor time and was stopped."
        return UserError("PR-C001", told, where=where, fix=_TRY)
    how = f"signal {status['signal']}" if status and status["signal"] else "no answer"
    told = f"The process that read the file ended with {how}; the file may be damaged or hostile."
    return UserError("PR-C003", told, where=where, fix="Ask the supplier for the file again, exported afresh.")
