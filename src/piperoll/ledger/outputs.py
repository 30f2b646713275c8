"""Researchers' outputs, checked before they leave, with what was released as far as the ledger knows."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from piperoll.desk import Desk
from piperoll.protect.output import Record, Released, Rules, check_outputs, from_ledger


def check(
    desk: Desk,
    paths: Sequence[Path],
    rules: Rules | None = None,
    *,
    before: Sequence[str | os.PathLike[str]] = (),
    releases: Sequence[str] = (),
    about: Mapping[str, str] | None = None,
    measure: str = "",
) -> Record:
    """Check a researcher's tables (CSV, XLSX, XLS, ODS) before they leave.

    Args:
        paths: The output.
        rules: Thresholds; see `piperoll.protect.output.Rules`.
        before: Outputs that were let out earlier.
        releases: Ids of releases whose cells in the ledger are taken into account.
        about: Dimension to code that the output is about (``period: 2012Q2``).
        measure: Name that the output's counts have in the ledger.
    """
    desk.act("output.check", "output", details={"files": len(paths), "releases": sorted(releases)})
    released: list[Released] = []
    for name in releases:
        policy = desk.register.policy_of(desk.publication(desk.journal.release(name).publication))
        base = policy.round_to if policy else None
        released += from_ledger(desk.journal.published_cells(name), name, base)
    earlier = [Path(each) for each in before]
    return check_outputs(paths, rules, before=earlier, released=released, about=about, measure=measure)
