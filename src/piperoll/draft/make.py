"""Draft a register from a file: look in a limited child, decide, write beside the place, check, put in place whole."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from piperoll.collect.child import Children
from piperoll.collect.incoming import hashed
from piperoll.collect.kinds import SUFFIXES
from piperoll.collect.limits import Limits
from piperoll.collect.slots import NOTHING_STATED
from piperoll.draft.classes import slug
from piperoll.draft.confirm import confirm
from piperoll.draft.look import look
from piperoll.draft.plan import Plan, make_plan
from piperoll.draft.seen import Seen
from piperoll.draft.write import DATASET, files
from piperoll.errors import UserError
from piperoll.register import inspect


Look = Callable[[Path, str, Limits], Seen]
_PERIOD_AT_END = re.compile(r"[-_. ]*(19|20)[0-9]{2}([-_. ]?(Q[1-4]|[0-9]{2}))*\Z", re.IGNORECASE)
_KEY = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")


@dataclass(frozen=True)
class Drafted:
    """A register that was drafted.

    Attributes:
        directory: Where it is.
        seen: What was seen in the file.
        plan: What was decided.
        files: Names of its files, sorted.
    """

    directory: Path
    seen: Seen
    plan: Plan
    files: tuple[str, ...]

    @property
    def dataset(self) -> str:
        """``source.dataset``."""
        return f"{self.plan.key}.{DATASET}"


def draft(
    directory: Path, file: Path, today: dt.date, name: str = "", limits: Limits | None = None, look_: Look | None = None
) -> Drafted:
    """Draft a register.

    Args:
        directory: Where it goes; it must not exist, or be empty.
        file: A CSV, perhaps gzipped.
        today: The register's slot does not lie after it.
        name: Key of register, source and publication; default: from the file's name.
        limits: What looking at the file may use.
        look_: How to look at it; default: in a limited child.

    Raises:
        UserError: ``PR-I001`` where the directory holds something, ``PR-I002`` to ``PR-I004`` for a file nothing can be
            drafted from, ``PR-I005`` for a name that is no key, ``PR-I006`` if what was drafted fails the check.
    """
    _free(directory)
    hashed(file, file.name, NOTHING_STATED)
    stem = _stem(file.name)
    key = _key(name, stem)
    seen = (look_ or look_in_child)(file, file.name, limits or Limits())
    plan = make_plan(seen, stem, key, today)
    written = files(seen, plan)
    written["CONFIRM.md"] = confirm(seen, plan, file.name)
    directory.parent.mkdir(parents=True, exist_ok=True)
    staging = directory.parent / f".{directory.name}.{uuid.uuid4().hex}"
    try:
        for relative, text in written.items():
            path = staging / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        _, problems = inspect(staging)
        if problems:
            message = f"What was drafted does not pass the check ({problems[0].code} in {problems[0].where})."
            fix = "Please report this: it is a fault of Piperoll. Nothing was written."
            raise UserError("PR-I006", message, where=file.name, fix=fix)
        os.replace(staging, directory)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Drafted(directory, seen, plan, tuple(sorted(written)))


def look_in_child(file: Path, told: str, limits: Limits) -> Seen:
    """Look at a file in a child with limits of memory, time and size."""
    with tempfile.TemporaryDirectory(prefix="piperoll-draft-") as work, Children({}, 1) as children:
        answer = children.run({"kind": look, "path": str(file.resolve()), "work": work, "told": told, "limits": limits})
    try:
        return Seen.from_json(answer)
    except ValueError:
        message = "What came back from looking at the file makes no sense; it may be damaged or hostile."
        raise UserError("PR-C003", message, where=told, fix="Export the file afresh.") from None


def _free(directory: Path) -> None:
    taken = directory.is_symlink() or (directory.exists() and (not directory.is_dir() or any(directory.iterdir())))
    if taken:
        message = "This place holds something already, and a register is drafted into an empty one only."
        raise UserError("PR-I001", message, where=str(directory), fix="Name another directory.")


def _stem(name: str) -> str:
    for suffix in (".gz", *SUFFIXES):
        if name.casefold().endswith(suffix):
            name = name[: -len(suffix)]
    return name


def _key(name: str, stem: str) -> str:
    if name and not _KEY.match(name):
        message = f"`{''.join(c if c.isprintable() else '?' for c in name[:60])}` cannot be a key."
        fix = "Use small letters, digits and single _, a letter first: --name street_works."
        raise UserError("PR-I005", message, where="--name", fix=fix)
    return name or slug(_PERIOD_AT_END.sub("", stem) or stem)
