"""Link files: read, link, write persons, pairs, model and report."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from piperoll.errors import UserError
from piperoll.link import tables
from piperoll.link.before import read_before
from piperoll.link.engine import Linked, Progress, link_ready, silent
from piperoll.link.evaluate.truth import Evaluation, evaluate
from piperoll.link.explain.kept import keep
from piperoll.link.explain.population import Population
from piperoll.link.files.read import ordered, read_files
from piperoll.link.files.spec import Loaded
from piperoll.link.model import Model, read_model
from piperoll.link.prepare import prepare
from piperoll.link.report.page import report_files
from piperoll.link.score.spill import Spill, key_of
from piperoll.version import __version__


@dataclass(frozen=True)
class Done:
    """What was linked, and how it compares with the truth, if one is declared."""

    linked: Linked
    evaluation: Evaluation | None


def link_files(
    loaded: Loaded,
    paths: Sequence[Path],
    out: Path,
    *,
    model: Path | None = None,
    before: Path | None = None,
    population: bool = True,
    threads: int = 0,
    progress: Progress = silent,
) -> Done:
    """Link files into the new directory ``out``: clusters.parquet, pairs.parquet, model.json, report.html.

    While it runs, pairs are kept in ``.OUT.work`` beside it: run again after a stop, it goes on where it was.

    Args:
        model: A model.json of an earlier run, in place of learning.
        before: Directory of an earlier run: records it has are not compared again, persons keep their names.
        population: Whether to write what explaining and looking up need.

    Raises:
        UserError: ``PR-L003`` to ``PR-L006`` for the files, ``PR-L007`` for the directory, ``PR-L012`` for the model.
    """
    free(out)
    given = _model(model, loaded) if model is not None else None
    earlier = read_before(before, loaded.linkage) if before is not None else None
    of = [each for told in ordered(paths) for each in told]
    of += [*([model] if model else []), *([before / "clusters.parquet"] if before else [])]
    spill = Spill(out.parent / f".{out.name}.work", key_of(__version__, loaded.text, *(map(_print, of))))
    progress("Reading")
    with read_files(paths, loaded.declared) as frames:
        progress("Cleaning")
        ready = prepare(frames, loaded.linkage)
        known = {name: frame.select(loaded.declared.evaluated) for name, frame in frames.items()}
        frames.clear()  # what is coded is not needed as it came: that is half of the memory
        linked = link_ready(ready, model=given, threads=threads, progress=progress, spill=spill, before=earlier)
        evaluation = evaluate(linked, known)
        progress("Writing")

        def write(into: Path) -> None:
            tables.clusters(linked).write_parquet(into / "clusters.parquet")
            tables.write_pairs(linked, into / "pairs.parquet")
            tables.persons(linked, earlier).write_parquet(into / "persons.parquet")
            if earlier is not None:
                tables.changes(linked, earlier).write_parquet(into / "changes.parquet")
            text = json.dumps(tables.model(linked), indent=2, ensure_ascii=False) + "\n"
            (into / "model.json").write_text(text, encoding="utf-8")
            if population:
                place = into / "population"
                place.mkdir(mode=0o700)
                keep(Population.of(linked), loaded.text, place)
            for name, data in report_files(linked, evaluation).items():
                path = into / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)

        whole(out, write)
    spill.clear()
    return Done(linked, evaluation)


def _model(path: Path, loaded: Loaded) -> Model:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise UserError("PR-L012", "the model cannot be read.", where=str(path),
                        fix="Name a model.json that `piperoll link files` wrote.") from None  # fmt: skip
    return read_model(told, loaded.linkage, path.name)


def _print(path: Path | str) -> str:
    """SHA-256 of a file; of its name where there is none, which reading will tell. A text stands for itself."""
    if isinstance(path, str):
        return path
    digest = hashlib.sha256(path.name.encode())
    if path.is_file():
        with path.open("rb") as file:
            while block := file.read(1 << 22):
                digest.update(block)
    return digest.hexdigest()


def free(out: Path) -> None:
    """Refuse a directory with something in it.

    Raises:
        UserError: ``PR-L007``.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError("PR-L007", "there is something already.", where=str(out),
                        fix="Name a directory that is new or empty.")  # fmt: skip


def whole(out: Path, write: Callable[[Path], None]) -> None:
    """Write a directory whole or not at all; it is its owner's alone, as who is who is told in it.

    Raises:
        UserError: ``PR-L007`` if it cannot be written.
    """
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as made:
            place = Path(made) / "whole"
            place.mkdir(mode=0o700)
            write(place)
            if out.is_dir():
                out.rmdir()
            os.replace(place, out)
    except OSError as error:
        shutil.rmtree(out, ignore_errors=True) if out.is_dir() and not any(out.iterdir()) else None
        raise UserError("PR-L007", f"it cannot be written: {os.strerror(error.errno or 0)}.", where=str(out),
                        fix="Make room, or name another directory.") from None  # fmt: skip
