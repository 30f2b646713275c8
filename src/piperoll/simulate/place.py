"""Puts a simulation in its place whole, or not at all, so that a run that was stopped can be run again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from piperoll.collect.simulated import MARK, mark
from piperoll.errors import UserError
from piperoll.simulate.run import Summary


STAMP = "simulation.json"


def write_once(
    out: Path, truth: Path, settings: dict[str, Any], write: Callable[..., Summary], post: Path | None = None
) -> tuple[Summary, bool]:
    """Have ``write`` fill new directories, and move them to ``out``, ``truth`` and ``post`` when all are whole.

    The deliveries are marked as simulated (`piperoll.collect.simulated`). The truth keeps ``settings`` and the summary
    in ``simulation.json``. If the same simulation is there already it is left as it is.

    Args:
        out: For deliveries as files.
        truth: For the truth.
        settings: What the simulation was asked for.
        write: Is given a new directory for each.
        post: For deliveries by other ways, if there are any.

    Returns:
        The summary, and whether anything was written.

    Raises:
        UserError: ``PR-M006`` if a directory holds something else.
    """
    plain = json.loads(json.dumps(settings))
    before = _stamp(truth)
    if before is not None and before["settings"] == plain:
        if _holds(out):
            return Summary(**before["summary"]), False
        shutil.rmtree(truth)
        if post is not None:
            shutil.rmtree(post, ignore_errors=True)
    places = [out, truth, *([post] if post is not None else [])]
    for each in places:
        if _holds(each):
            raise UserError(
                "PR-M006",
                "There is something else here already; simulated deliveries must not mix with others.",
                where=str(each),
                fix="Name a directory that is empty or does not exist, or remove this one.",
            )
    parts = [each.with_name(f"{each.name}.partial") for each in places]
    for part in parts:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
    summary = write(*parts)
    for part in (parts[0], *parts[2:]):
        mark(part)
    text = json.dumps({"settings": plain, "summary": asdict(summary)}, indent=1, sort_keys=True)
    (parts[1] / STAMP).write_text(text + "\n", encoding="utf-8")
    # The truth first, which says whose the rest is; the files last: where they are, everything is.
    for part, each in (*list(zip(parts, places, strict=True))[1:], (parts[0], out)):
        if each.exists():
            (each / MARK).unlink(missing_ok=True)
            each.rmdir()
        part.rename(each)
    return summary, True


def _holds(directory: Path) -> bool:
    return directory.exists() and (not directory.is_dir() or any(each.name != MARK for each in directory.iterdir()))


def _stamp(truth: Path) -> dict[str, Any] | None:
    try:
        read = json.loads((truth / STAMP).read_text(encoding="utf-8"))
        Summary(**read["summary"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return read if isinstance(read.get("settings"), dict) else None
