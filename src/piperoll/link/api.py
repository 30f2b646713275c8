"""Link frames from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from piperoll.link import tables
from piperoll.link.before import Before
from piperoll.link.engine import Linked, Progress, link, silent
from piperoll.link.evaluate.truth import Evaluation, evaluate
from piperoll.link.explain.population import Population
from piperoll.link.files.spec import Loaded, load_linkage, read_linkage
from piperoll.link.model import read_model
from piperoll.link.report.page import report_files


@dataclass(frozen=True)
class Result:
    """What a linkage found, as frames.

    Attributes:
        linked: Of the engine.
        evaluation: Against the declared truth; None if none is declared.
    """

    linked: Linked
    evaluation: Evaluation | None
    before: Before | None = None

    @cached_property
    def clusters(self) -> pl.DataFrame:
        """One row a record: ``file``, ``record``, ``person``."""
        return tables.clusters(self.linked)

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """One row a pair that was kept: both records, weight, probability, rule, levels."""
        return tables.pairs(self.linked)

    @cached_property
    def model(self) -> dict[str, Any]:
        """Rules, chances and weights, as in model.json."""
        return tables.model(self.linked)

    @cached_property
    def changes(self) -> pl.DataFrame:
        """What became of persons since the run before; without one, all are new."""
        if self.before is None:
            return self.linked.named.changes
        return tables.changes(self.linked, self.before)

    @cached_property
    def population(self) -> Population:
        """To explain pairs and look records up."""
        return Population.of(self.linked)

    def report(self) -> dict[str, bytes]:
        """The report and its charts, by name."""
        return report_files(self.linked, self.evaluation)


def link_frames(
    spec: Loaded | Mapping[str, Any] | str | Path,
    frames: pl.DataFrame | Mapping[str, pl.DataFrame],
    *,
    model: Mapping[str, Any] | None = None,
    before: Result | None = None,
    threads: int = 0,
    progress: Progress = silent,
) -> Result:
    """Link or deduplicate frames.

    Args:
        spec: A specification: a mapping with the keys of the YAML, its text, or a file.
        frames: One frame, or several by name.
        model: `Result.model` of an earlier run, in place of learning.
        before: An earlier run, whose records and more these are.
        threads: How many at once; all cores by default. They change nothing in what comes out.

    Raises:
        UserError: ``PR-L001`` and ``PR-L002`` for the specification, ``PR-L003`` and ``PR-L004`` for the frames,
            ``PR-L012`` for the model.
    """
    loaded = spec if isinstance(spec, Loaded) else load_linkage(spec) if isinstance(spec, Path) else read_linkage(spec)
    given = {"records": frames} if isinstance(frames, pl.DataFrame) else dict(frames)
    used = read_model(model, loaded.linkage) if model is not None else None
    earlier = None
    if before is not None:
        names = () if before.before is None else before.before.ever
        earlier = Before(before.clusters, before.pairs, read_model(before.model, loaded.linkage), names)
    linked = link(given, loaded.linkage, model=used, before=earlier, threads=threads, progress=progress)
    return Result(linked, evaluate(linked, given), earlier)
