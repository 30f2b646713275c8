"""A register as it was: a directory, or a git revision of one."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from piperoll.errors import Problem, Problems, UserError
from piperoll.register.loading import inspect
from piperoll.register.model.register import Register


@contextmanager
def opened(version: str, directory: Path) -> Iterator[Register]:
    """The register of a version.

    Args:
        version: A directory with a register, or a git revision in which ``directory`` is looked up.
        directory: The register's directory as it stands.

    Raises:
        UserError: ``PR-R041`` if it is neither.
        Problems: If the register of that version has mistakes, each with the version in its place.
    """
    if version and Path(version).is_dir():
        yield _loaded(Path(version), "")
        return
    with tempfile.TemporaryDirectory(prefix="piperoll-register-") as scratch:
        _extract(version, directory, Path(scratch))
        yield _loaded(Path(scratch), f"{version}:")


def _loaded(root: Path, prefix: str) -> Register:
    register, problems = inspect(root)
    if problems or register is None:
        raise Problems(Problem(p.code, p.message, f"{prefix}{p.where}", p.key, p.fix) for p in problems)
    return register


def _extract(version: str, directory: Path, into: Path) -> None:
    where = directory.resolve()
    where = where if where.is_dir() else where.parent
    if version.startswith("-"):
        raise _unknown(version, "it begins with a dash")
    top = _git(where, version, "rev-parse", "--show-toplevel").decode().strip()
    commit = _git(where, version, "rev-parse", "--verify", "--quiet", f"{version}^{{commit}}").decode().strip()
    inside = where.relative_to(Path(top).resolve()).as_posix()
    tree = commit if inside == "." else f"{commit}:{inside}"
    # from the top: git archives no tree of a directory that it does not hold at present
    data = _git(Path(top), version, "archive", "--format=tar", tree)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(into, filter="data")


def _git(where: Path, version: str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(where), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise _unknown(version, "git is not installed") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise _unknown(version, lines[-1] if lines else "git knows no such revision")
    return done.stdout


def _unknown(version: str, why: str) -> UserError:
    return UserError(
        "PR-R041",
        f"`{version}` is neither a directory nor a git revision with this register ({why.rstrip('.')}).",
        fix="Give a directory, or a tag, branch or commit.",
    )
