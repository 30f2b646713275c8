"""Protect tables of any kind: from frames and a specification to frames that may be published, with the proof.

::

    made = protect_table(frame, {"dimensions": {...}, "value": "n", "rule": {"threshold": 8}, ...})
    made.tables["table"]                            # codes, value (null where hidden), status ("c" where hidden)
    made.certificate.data, made.outcome.gap

Nothing comes out that is not proven: what cannot be made safe is refused, in words.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.protect.attacker import Attacker, Insider, Knowledge, Mask, Shown, singletons
from piperoll.protect.engine import Outcome, pose, prove, secure
from piperoll.protect.files.cells import Cells, gather
from piperoll.protect.files.rule import costs, primary, requirement
from piperoll.protect.files.spec import Loaded, load_spec, read_spec
from piperoll.protect.problem import Problem
from piperoll.protect.proof.certificate import Certificate
from piperoll.protect.proof.checker import check
from piperoll.protect.relations import BIG, Ints
from piperoll.protect.requirement import Requirement
from piperoll.protect.suppress.hitting import Limits
from piperoll.protect.suppress.violations import Watch


Given = Loaded | Mapping[str, Any] | str | Path
Progress = Callable[[str], None]
ROLES = ("published", "primary", "secondary")


@dataclass(frozen=True)
class Protected:
    """What came of it.

    Attributes:
        cells: The tables as they came, linked.
        problem, outcome: Of the engine.
        figures: What is published for each variable, where it is.
        tables: For each table its codes, ``value`` (null where hidden) and ``status`` (``c`` where hidden, else empty).
        certificate: Proof by integer tables; holds the true ones, so it stays inside. None if no proof was asked for.
        seed: Secret that broke ties.
        rounding: A sentence on controlled rounding.
    """

    cells: Cells
    problem: Problem
    outcome: Outcome
    figures: Ints
    tables: Mapping[str, pl.DataFrame]
    certificate: Certificate | None
    seed: str
    rounding: str = ""

    @property
    def roles(self) -> Ints:
        """Position in `ROLES` of each variable."""
        return np.where(self.problem.primary, 1, np.where(self.outcome.pattern, 2, 0))

    @property
    def commitment(self) -> str:
        """HMAC-SHA-256 of the certificate under the seed; empty without a proof.

        A plain hash of it could be tried out: there are few tables that agree with what is published, and each has its
        certificate.
        """
        if self.certificate is None:
            return ""
        return hmac.new(self.seed.encode(), self.certificate.data, hashlib.sha256).hexdigest()

    def role_frame(self, table: str) -> pl.DataFrame:
        """A table with what an outsider knows who can tell small cells from others: ``status`` has the role."""
        roles = self.roles[self.cells.linked.ids[table]]
        words = pl.Series("status", np.array(["", *ROLES[1:]])[roles], dtype=pl.String)
        return self.tables[table].with_columns(words)


def loaded(spec: Given) -> Loaded:
    """A specification however it is given: read already, a mapping, text, or a file."""
    if isinstance(spec, Loaded):
        return spec
    return load_spec(spec) if isinstance(spec, Path) else read_spec(spec)


def protect_table(
    tables: pl.DataFrame | Mapping[str, pl.DataFrame],
    spec: Given,
    *,
    seed: str = "",
    progress: Progress = lambda _: None,
    checkpoint: Path | None = None,
) -> Protected:
    """Hide what has to be hidden so that it cannot be worked out, and prove it.

    Args:
        tables: A tidy table, or several by name that are published together.
        spec: What to do.
        seed: Secret that breaks ties, if the specification has none; else one is made.
        progress: Told what is being done.
        checkpoint: Where a long proof keeps what it has.

    Raises:
        UserError: ``PR-P040`` contradictory totals, ``PR-P042`` a cycle, ``PR-P043`` negative figures, ``PR-P044``
            infeasible, ``PR-P045`` forced both ways, ``PR-P060`` to ``PR-P070`` for table and specification,
            ``PR-P048`` not proven.
    """
    read = loaded(spec)
    frames = {"table": tables} if isinstance(tables, pl.DataFrame) else dict(tables)
    progress("Linking cells")
    cells = gather(read, frames)
    secret = read.spec.seed or seed or secrets.token_hex(16)
    progress("Suppressing")
    problem, figures, rounding = posed(cells)
    limits = Limits(read.spec.limits.rounds, read.spec.limits.gap, read.spec.limits.nodes)
    outcome = secure(problem, cost=costs(cells), seed=hashlib.sha256(secret.encode()).digest(), limits=limits)
    certificate = None
    if read.spec.limits.proof:
        progress("Proving")
        certificate, outcome = _proven(problem, outcome, costs(cells), checkpoint)
    hidden = problem.hidden(outcome.pattern)
    out = {}
    scale = 10**cells.places
    for name, codes in cells.frames.items():
        ids = cells.linked.ids[name]
        shown = pl.Series(figures[ids], dtype=pl.Int64)
        value = shown if scale == 1 else shown / scale
        hide = pl.Series(hidden[ids])
        out[name] = codes.with_columns(
            value=pl.select(pl.when(~hide).then(value)).to_series(),
            status=pl.select(pl.when(hide).then(pl.lit("c")).otherwise(pl.lit(""))).to_series(),
        )
    return Protected(cells, problem, outcome, figures, out, certificate, secret, rounding)


def posed(cells: Cells) -> tuple[Problem, Ints, str]:
    """The problem that a specification poses, what is published where nothing is hidden, and words on rounding."""
    spec = cells.loaded.spec
    chosen, level = primary(cells)
    exact = cells.select("published", "exact")
    shown = Shown(spec.published.as_)
    attacker = Attacker(shown, spec.base, _threshold(cells), spec.attacker.knows_status)
    words = ""
    if shown is Shown.CONTROLLED:
        figures, words = _controlled(cells)
        knowledge = attacker.know(cells.values, chosen, exact=exact, figures=figures)
    else:
        figures = attacker.figure(cells.values)
        knowledge = attacker.know(cells.values, chosen, exact=exact)
    figures = np.where(exact, cells.values, figures)
    knowledge = _zeros(cells, chosen, knowledge)
    insiders = _insiders(cells, chosen)
    knowledge = replace(knowledge, insiders=insiders)
    forced = cells.select("headline") | cells.select("show") | exact
    need = requirement(cells, chosen, level)
    problem = pose(cells.linked.relations, cells.values, chosen, knowledge, need, forced=forced & ~chosen, exact=exact)
    if spec.requirement.where_possible:
        problem = replace(problem, requirement=_possible(problem))
    clash = np.flatnonzero(chosen & (cells.select("headline") | cells.select("show")))
    if len(clash):
        name = cells.linked.relations.names.of(int(clash[0]))
        raise UserError(
            "PR-P045",
            f"{len(clash)} cells have to be shown and to be suppressed; the first is {name}.",
            where=cells.loaded.name,
            fix="Leave it out of `headline` and `show`, or except it from the rule (`published: exact`).",
        )
    return problem, figures, words


def _possible(problem: Problem) -> Requirement:
    """The requirement, with no more width than is left when all that may be hidden is hidden."""
    widest, _, _ = Watch(problem).bounds(problem.free())
    span = np.minimum(problem.requirement.span, np.maximum(widest.high - widest.low, 1))
    return replace(problem.requirement, span=np.where(problem.primary, span, problem.requirement.span))


def _threshold(cells: Cells) -> int | None:
    """The threshold, where it says something about the figure itself."""
    return None if "_frequency" in cells.extras else cells.loaded.spec.rule.threshold


def _zeros(cells: Cells, chosen: Mask, knowledge: Knowledge) -> Knowledge:
    """Where zeros are shown, a hidden small count is 1 at least, a shown 0 is 0, and a secondary may be a zero."""
    rule, threshold = cells.loaded.spec.rule, _threshold(cells)
    if rule.zero or threshold is None or not cells.loaded.spec.attacker.knows_status:
        return knowledge
    nothing = (cells.values == 0) & ~chosen
    small = chosen & (cells.values < threshold)
    return replace(
        knowledge,
        shown_high=np.where(nothing & (knowledge.shown_high < threshold), 0, knowledge.shown_high),
        hidden_low=np.where(small, np.maximum(knowledge.hidden_low, 1), np.where(chosen, knowledge.hidden_low, 0)),
    )


def _insiders(cells: Cells, chosen: Mask) -> tuple[Insider, ...]:
    spec = cells.loaded.spec
    if not spec.attacker.singletons:
        return ()
    if spec.counts:
        return singletons(cells.values, chosen, relations=cells.linked.relations)
    if "_frequency" not in cells.extras:
        return ()
    alone = np.flatnonzero(chosen & (cells.extras["_frequency"] == 1))
    names = cells.linked.relations.names
    return tuple(
        Insider(f"the only contributor to [{names.of(c)}]", ((c, int(cells.values[c])),), (c,)) for c in alone.tolist()
    )


def _controlled(cells: Cells) -> tuple[Ints, str]:
    from piperoll.protect.rounding import round_tables

    spec = cells.loaded.spec
    made = round_tables(cells.linked.relations, cells.values, spec.base, threshold=_threshold(cells))
    return np.asarray(made.values, np.int64), str(made.sentence)


def _proven(
    problem: Problem, outcome: Outcome, cost: np.ndarray, checkpoint: Path | None
) -> tuple[Certificate, Outcome]:
    """The proof, checked by the checker; what it had to suppress more is charged at the specification's costs."""
    certificate, proven = prove(problem, outcome, checkpoint=checkpoint)
    check(certificate.data, certificate.sha256)
    if not np.array_equal(proven.pattern, outcome.pattern):
        value = float(cost[proven.pattern].sum())
        gap = value / proven.lower_bound - 1 if proven.lower_bound > 0 else 0.0
        proven = replace(proven, cost=value, gap=gap)
    return certificate, proven


def interval_words(low: int, high: int, places: int = 0) -> str:
    """A range in words, in the unit of the figures."""
    least = figure_words(low, places)
    if high >= BIG // 2:
        return f"{least} or more"
    most = figure_words(high, places)
    if low == high:
        return f"exactly {least}"
    return f"{least} or {most}" if high == low + 1 and not places else f"{least} to {most}"


def figure_words(number: int, places: int) -> str:
    """A figure with its decimals."""
    return f"{number:,}" if not places else f"{number / 10**places:,.{places}f}"
