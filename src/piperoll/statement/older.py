"""An older version of a register, from a directory or from git."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from piperoll.errors import Problems, UserError
from piperoll.register import load
from piperoll.register.model.register import Register


_TIMEOUT = 60  # seconds git may take


def older(since: str, register_dir: Path) -> Register:
    """The register as it stood in a directory, or at a git reference of ``register_dir``.

    Args:
        since: A directory that holds a register, or a commit, tag or branch.
        register_dir: The present register.

    Raises:
        UserError: ``PR-X003`` if it is neither; ``PR-X004`` if what is found cannot be loaded.
    """
    directory = Path(since)
    if (directory / "register.yaml").is_file():
        return _load(directory, since)
    with tempfile.TemporaryDirectory() as scratch:
        return _load(_from_git(since, register_dir, Path(scratch)), since)


def _load(directory: Path, since: str) -> Register:
    try:
        return load(directory)
    except Problems as error:
        first = error.problems[0]
        raise UserError(
            "PR-X004",
            f"The older register cannot be loaded: {len(error.problems)} problems, the first {first}",
            where=since,
            fix="Name a version that this version of Piperoll reads.",
        ) from error


def _from_git(since: str, register_dir: Path, scratch: Path) -> Path:
    fix = "Name a directory that holds a register.yaml, or a commit, tag or branch that has this register."
    if since.startswith("-") or not since:
        raise UserError("PR-X003", "This is no older register.", where=since, fix=fix)
    prefix = _git(["rev-parse", "--show-prefix"], register_dir)
    top = _git(["rev-parse", "--show-toplevel"], register_dir)
    made = None
    if prefix is not None and top is not None:
        # the register's own folder at that reference, not the whole tree
        tree = f"{since}:{prefix.decode().strip()}"
        made = _git(["archive", "--format=tar", tree], Path(top.decode().strip()))
    if made is None:
        raise UserError("PR-X003", "This is neither a register nor a reference in git.", where=since, fix=fix)
    with tarfile.open(fileobj=io.BytesIO(made)) as archive:
        archive.extractall(scratch, filter="data")
    if not (scratch / "register.yaml").is_file():
        raise UserError("PR-X003", "At this reference the register was not there yet.", where=since, fix=fix)
    return scratch


def _git(arguments: list[str], directory: Path) -> bytes | None:
    """What git says, or None if it refuses or is not there."""
    try:
        made = subprocess.run(["git", *arguments], cwd=directory, capture_output=True, timeout=_TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if made.returncode else made.stdout
