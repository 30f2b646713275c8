"""An older version of a register, from a directory or from git."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TypeVar

from piperoll.errors import Problem, UserError
from piperoll.register.files import Files
from piperoll.register.loading import Head
from piperoll.register.model.facts import check
from piperoll.register.model.policy import Policy
from piperoll.register.model.register import Register, Source
from piperoll.register.nodes import Node
from piperoll.register.shape import build


T = TypeVar("T")
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
    """What the Statement needs of a register, and no more: an older contract may fail rules made since."""
    files = Files(directory)
    head = _read(files, Head, "register.yaml")
    sources = {n: _read(files, Source, n, "datasets") for n in files.inside("sources", ".yaml")}
    policies = {n: _read(files, Policy, n) for n in files.inside("policies", ".yaml")}
    problems = [*files.problems, *(each for made in (head, *sources.values(), *policies.values()) for each in made[1])]
    if not problems and head[0] is not None:
        register = _register(files, head[0], _values(sources), _values(policies))
        problems = _unknown(register)
        if not problems:
            return register
    number = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    told = f"{number}, the first: {problems[0]}" if problems else "it is empty"
    raise UserError(
        "PR-X004",
        f"The older register cannot be loaded ({told})",
        where=since,
        fix="Name a version that this version of Piperoll reads.",
    )


def _read(files: Files, kind: type[T], name: str, without: str = "") -> tuple[T | None, list[Problem]]:
    node = files.tree(name)
    if node is None:
        return None, []
    if kind is not Head and isinstance(node.value, dict):
        node.value.pop(without, None)
        node.value["key"] = Node(1, Path(name).stem)
        node.keys.setdefault("key", 1)
    built = build(kind, node, name)
    return built.value, list(built.problems)


def _values(made: dict[str, tuple[T | None, list[Problem]]]) -> dict[str, T]:
    return {Path(name).stem: value for name, (value, _) in made.items() if value is not None}


def _register(files: Files, head: Head, sources: dict[str, Source], policies: dict[str, Policy]) -> Register:
    return Register(
        root=files.root,
        key=head.key,
        title=head.title,
        owner=head.owner,
        sources=dict(sorted(sources.items(), key=lambda item: (item[1].number or 10**6, item[0]))),
        codes={},
        suppliers={},
        publications={},
        policies=policies,
        frame=head.statement,
        hash=files.hash(),
    )


def _unknown(register: Register) -> list[Problem]:
    """References that lead nowhere, which a template could not render."""
    entries = {key: each.entry for key, each in register.sources.items() if each.entry}
    found = check(register.frame, entries, policies=register.policies)
    return [
        Problem("PR-R020", message, f"sources/{key}.yaml" if key else "register.yaml", ".".join(map(str, path)), fix)
        for key, path, message, fix in found
    ]


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
