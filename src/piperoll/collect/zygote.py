"""The process that the limited children are forked from. Run as ``python -I -m piperoll.collect.zygote``.

It has imported what a delivery needs (DuckDB, Arrow, the spreadsheet reader), has one thread, holds the register
and the keys (sent to it once, never in its environment), and forks a child for each job: a fork takes
milliseconds where a fresh interpreter takes half a second. It never opens a delivered file itself.

Over its standard input, a socket, come pickled messages from the trusted side; back go lines of JSON.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pickle
import select
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any

from piperoll.collect.limits import Limits, confine, raise_open_files


# Everything that any job imports: what is not imported here, each child would import for itself.
PRELOAD = (
    "cryptography.hazmat.primitives.ciphers.aead",
    "dateutil.relativedelta",
    "duckdb",
    "numpy.ma",
    "pyarrow.compute",
    "pyarrow.parquet",
    "pyarrow.parquet.encryption",
    "python_calamine",
    "yaml",
    "piperoll.collect.check",
    "piperoll.collect.checking",
    "piperoll.collect.job",
    "piperoll.collect.manifest",
    "piperoll.collect.past",
    "piperoll.collect.prepare",
    "piperoll.collect.resubmit",
    "piperoll.collect.unpack",
    "piperoll.store.cmac",
    "piperoll.store.vault.entry",
    "piperoll.store.vault.write",
)
RESULT = "result.json"
TOGETHER = 8  # small deliveries that share a child at most
HEAD = struct.Struct("!Q")


def receive(channel: socket.socket) -> bytes | None:
    """One message, or None at the end."""
    head = _exactly(channel, HEAD.size)
    return None if head is None else _exactly(channel, HEAD.unpack(head)[0])


def send(channel: socket.socket, message: bytes) -> None:
    """Send one message."""
    channel.sendall(HEAD.pack(len(message)) + message)


def _exactly(channel: socket.socket, count: int) -> bytes | None:
    parts = []
    while count:
        part = channel.recv(min(count, 1 << 20))
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def threads() -> int:
    """Threads of this process."""
    return len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1


def main() -> None:
    """Serve jobs until the other side goes."""
    channel = socket.socket(fileno=os.dup(0))
    os.set_inheritable(channel.fileno(), False)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    raise_open_files()
    for name in PRELOAD:
        importlib.import_module(name)
    _without_pandas()
    first = receive(channel)
    if first is None:
        return
    shared = pickle.loads(first)
    _make_ready(shared)
    # What is shared stays shared: a collection in a child would touch, and so copy, every page of it.
    gc.collect()
    gc.freeze()
    # What is here stays for good: the collector need not look at it, and so a child need not copy it.
    gc.collect()
    gc.freeze()
    send(channel, json.dumps({"threads": threads()}).encode())
    while (message := receive(channel)) is not None:
        job = pickle.loads(message)
        status = _run(channel, shared, job)
        send(channel, json.dumps(status).encode())


class _NoPandas:
    """Finds no pandas."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _without_pandas() -> None:
    """Let Arrow find that there is no pandas.

    It imports pandas, where that is installed, only to ask whether a value is of its kinds; each child would do so for
    itself, which takes longer than to check a small file. No value here is. It asks once.
    """
    import pyarrow

    sys.meta_path.insert(0, _NoPandas)
    try:
        # Of the system's memory: Arrow's own would reserve much here, which counts against the limit of each child.
        pyarrow.array([None], memory_pool=pyarrow.system_memory_pool())
    finally:
        sys.meta_path.remove(_NoPandas)


def _make_ready(shared: dict[str, Any]) -> None:
    """Make what every child would make for itself."""
    from piperoll.collect.check_codes import make_lists_ready
    from piperoll.store.duck import make_ready

    if register := shared.get("register"):
        make_ready(TOGETHER, lambda con: make_lists_ready(con, register))


def _run(channel: socket.socket, shared: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """Fork a child for one job, wait for it within its wall clock, say how it ended."""
    limits: Limits = job["limits"]
    pid = os.fork()
    if pid == 0:
        try:
            channel.close()
            _child(shared, job, limits)
        finally:
            os._exit(70)
    handle = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.register(channel, select.POLLHUP)
        late = False
        if not poll.poll(limits.wall_seconds * 1000):
            late = True
        # The end of the child, of its time, or of the one who asked.
        if late or select.select([handle], [], [], 0)[0] == []:
            os.kill(pid, signal.SIGKILL)
        _, status, used = os.wait4(pid, 0)
    finally:
        os.close(handle)
    return {
        "late": late,
        "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "cpu": round(used.ru_utime + used.ru_stime, 3),
        "peak_kb": used.ru_maxrss,
    }


def _child(shared: dict[str, Any], job: dict[str, Any], limits: Limits) -> None:
    from piperoll.collect.job import perform

    gc.disable()
    os.setsid()
    confine(limits)
    # Libraries written in C may print what they choke on; nobody may read that.
    for stream in (1, 2):
        os.dup2(0, stream)
    # Small deliveries come a few to a child; each has its directory, and leaves its own answer there.
    jobs = job.get("jobs", [job])
    for work, each in zip([Path(each["work"]).resolve() for each in jobs], jobs, strict=True):
        os.chdir(work)
        answer = json.dumps(perform(shared, {**each, "work": str(work)}))
        partial = work / (RESULT + ".part")
        partial.write_text(answer, encoding="utf-8")
        partial.rename(work / RESULT)
    os._exit(0)


if __name__ == "__main__":
    main()
