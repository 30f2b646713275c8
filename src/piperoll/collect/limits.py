"""Limits of the child that opens untrusted bytes: memory, processor time, file size, wall clock."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from dataclasses import dataclass


MIB = 1 << 20
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True)
class Limits:
    """What one delivery may use.

    Attributes:
        memory_mb: Private writable memory of the child, in MiB.
        cpu_seconds, wall_seconds: Processor time; time by the clock.
        file_mb: Largest file the child may write, in MiB; also what a compressed file may unpack to.
        ratio: Times its size that a compressed file may unpack to, beyond the first `free_mb`.
        free_mb: Unpacked size up to which no ratio is asked, in MiB.
        members: Files in one archive.
        columns, header_bytes: Columns of a file; bytes of its header line.
        cells: Cells of one workbook sheet (it is held in memory).
    """

    memory_mb: int = 3072
    cpu_seconds: int = 1800
    wall_seconds: int = 3600
    file_mb: int = 65536
    ratio: int = 200
    free_mb: int = 64
    members: int = 10_000
    columns: int = 2_000
    header_bytes: int = MIB
    cells: int = 40_000_000


def confine(limits: Limits) -> None:
    """Apply the limits to this process, for good; it dies with its parent and gains no rights."""
    _set(resource.RLIMIT_DATA, limits.memory_mb * MIB)
    _set(resource.RLIMIT_CPU, limits.cpu_seconds, 2)
    _set(resource.RLIMIT_FSIZE, limits.file_mb * MIB)
    _set(resource.RLIMIT_CORE, 0)
    # Writing beyond the limit is then an OSError (EFBIG) and can be told, where the signal would kill.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.umask(0o077)


def raise_open_files() -> None:
    """Let this process and its children open as many files as the system grants (a vintage has many parts)."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _set(which: int, value: int, grace: int = 0) -> None:
    _, hard = resource.getrlimit(which)
    last = value + grace
    if hard != resource.RLIM_INFINITY:
        last = min(last, hard)
    resource.setrlimit(which, (min(value, last), last))
