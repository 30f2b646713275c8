"""What protecting an edition would cost under each choice, before one is made. For statisticians, inside.

Nothing is released and nothing proven: patterns are safe against adding up and bounding, as those of `release` are
before their proof. The page holds sums over hidden counts, so it stays inside; it holds no single one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.ledger.published import published_before
from piperoll.periods import Period
from piperoll.present.charts import Chart, Series, bar_chart
from piperoll.protect import apply, permit
from piperoll.protect.primary import COUNTS, subject
from piperoll.register.model.policy import Policy
from piperoll.register.model.publication import Publication
from piperoll.release.protection import SEED
from piperoll.store.parts import Correction
from piperoll.tabulate import find_table
from piperoll.tabulate.vintage import cells_of, missing_of, require_delivered


if TYPE_CHECKING:
    from piperoll.protect.engine import Outcome
    from piperoll.protect.files.choices import Choice
    from piperoll.protect.joint import Joint


WIDTHS = (2, 4, 6)
BASE = 5
# Good enough to choose by; a release looks for the best.
GAP = 0.02
MEANING = (
    "Every choice is made from the same exact counts, and with what earlier releases of this home have shown. No proof "
    "was looked for, so a release may hide a few cells more; figures not rounded may need more than adding up shows. "
    "Where figures that have to be shown leave fewer values possible whatever is hidden, as many are kept as can be."
)
# The sentence of a refusal names exact counts; `release` tells it to whoever may make one.
REFUSED = "No further suppression makes this safe."
Cells = Mapping[str, pl.DataFrame]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Counted:
    """Exact cells to choose for.

    Attributes:
        cells: Of each table, with ``_subject``: whether the policy is about them.
        shown, hidden: What earlier releases left, by identity.
    """

    publication: Publication
    policy: Policy
    cells: Cells
    shown: Mapping[str, float]
    hidden: frozenset[str]


def choices_of(
    desk: Desk,
    publication: str,
    period: str,
    *,
    tables: Sequence[str] = (),
    widths: Sequence[int] = WIDTHS,
    progress: Progress = lambda words, done, total: None,
) -> dict[str, bytes]:
    """The files of a page that compares widths, rounding, and each table in or out; internal.

    Args:
        tables: Only these (names or numbers); default every table with counts.
        widths: Of the requirement: so many values besides one remain possible.
        progress: Told what is looked at, how many choices are done, and of how many.

    Raises:
        UserError: ``PR-E022`` if no policy hides small counts here, ``PR-E021`` if there are no data, ``PR-P001``,
            ``PR-T005`` for a period or table that there is not.
    """
    from piperoll.protect.files.choices import choices_page

    counted = _count(desk, publication, period, tables, progress)
    seed = desk.secret(SEED)
    found = compare(desk, counted, widths, seed, progress)
    pictures = _pictures(desk, counted, seed)
    title = f"{counted.publication.title}, {Period.parse(period).words}"
    return choices_page(found, title, pictures, MEANING)


def compare(desk: Desk, counted: Counted, widths: Sequence[int], seed: bytes, progress: Progress) -> tuple[Choice, ...]:
    """Each width, rounded and not, with every table and without each in turn."""
    policy = counted.policy
    ways = [
        (words, kind, width, replace(policy, width=width, round_to=base), cells)
        for words, cells in _divisions(counted)
        for kind, base in (("exact", None), (f"rounded to {policy.round_to or BASE}", policy.round_to or BASE))
        for width in widths
    ]
    out = []
    for at, (words, kind, width, changed, cells) in enumerate(ways):
        progress(f"{words}, {kind}, width {width}", at, len(ways))
        out.append(_one(desk, replace(counted, policy=changed, cells=cells), kind, words, seed))
    progress("Drawing", len(ways), len(ways))
    return tuple(out)


def _count(desk: Desk, publication: str, period: str, tables: Sequence[str], progress: Progress) -> Counted:
    declared, when = desk.publication(publication), Period.parse(period)
    policy = desk.register.policy_of(declared)
    if policy is None or policy.suppress_below is None:
        raise UserError(
            "PR-E022",
            "no policy hides small counts of this publication, so there is nothing to choose.",
            where=publication,
            fix="Name a policy with `suppress_below` in its publication.yaml.",
        )
    permit(policy, when)
    chosen = [find_table(declared, name) for name in tables] or list(declared.tables)
    details = {"choices": True, "tables": [table.name for table in chosen]}
    desk.act("table.protect", f"publication {publication}/{when}", details=details)
    moment = desk.vintage(None)
    parts = desk.parts(moment)
    corrections: list[Correction] = desk.corrections(moment)
    require_delivered(desk.register, declared, parts, when, desk.cache)
    progress("Counting", 0, 0)
    missing = missing_of(desk.register, declared, parts, when, desk.cache)
    cells = cells_of(desk, declared, when, parts, corrections, missing, chosen)
    told = {name: frame.with_columns(_subject=subject(policy)) for name, frame in cells.items()}
    released = [each for each in desk.journal.releases() if each.status != "withdrawn"]
    shown, hidden = published_before(desk, released)
    return Counted(declared, policy, told, shown, hidden)


def _divisions(counted: Counted) -> list[tuple[str, Cells]]:
    """Every table together; and without each that has counts of its own under the policy, where there are several."""
    cells = counted.cells
    own = [name for name, frame in cells.items() if frame.filter("_subject", pl.col("kind").is_in(list(COUNTS))).height]
    out: list[tuple[str, Cells]] = [("all tables" if len(cells) > 1 else f"table {next(iter(cells))}", cells)]
    if len(own) > 1:
        numbers = {table.name: table.number for table in counted.publication.tables}
        for left in own:
            out.append((f"without table {numbers[left]}", {name: f for name, f in cells.items() if name != left}))
    return out


def _secure(desk: Desk, counted: Counted, seed: bytes) -> tuple[Joint, Outcome] | None:
    from piperoll.protect.engine import secure
    from piperoll.protect.joint import Earlier, joint
    from piperoll.protect.suppress.hitting import Limits

    earlier = Earlier(counted.shown, counted.hidden)
    posed = joint(desk.register, counted.publication, counted.cells, counted.policy, earlier)
    if posed is None:
        return None
    return posed, secure(posed.problem, seed=seed, limits=Limits(gap=GAP, linear=False))


def _one(desk: Desk, counted: Counted, kind: str, words: str, seed: bytes) -> Choice:
    from piperoll.protect.exposed import too_well
    from piperoll.protect.files.choices import Choice

    width = counted.policy.width
    try:
        made = _secure(desk, counted, seed)
    except UserError as error:
        if error.code != "PR-P044":
            raise
        return Choice(width, kind, words, None, None, None, None, None, REFUSED)
    if made is None:
        return Choice(width, kind, words, 0, 0, 0.0, 0.0, 0.0, leaks=0)
    problem, pattern = made[0].problem, made[1].pattern
    could = ~problem.primary
    value = int(problem.values[could].sum())
    return Choice(
        width,
        kind,
        words,
        int(problem.primary.sum()),
        int(pattern.sum()),
        float(pattern.sum()) / max(1, int(could.sum())),
        float(problem.values[pattern].sum()) / value if value else 0.0,
        made[1].gap if np.isfinite(made[1].gap) else None,
        leaks=too_well(problem),
    )


# --- pictures ---------------------------------------------------------------------------------------------------------


def _pictures(desk: Desk, counted: Counted, seed: bytes) -> dict[str, Chart]:
    """For the policy as it is: how open small counts are, and a map of each table."""
    try:
        made = _secure(desk, counted, seed)
    except UserError as error:
        if error.code != "PR-P044":
            raise
        return {}
    if made is None:
        return {}
    posed, outcome = made
    out = {"openness": _openness(posed, outcome, counted.policy.width)}
    hidden = posed.hidden(outcome.pattern)
    for name, frame in counted.cells.items():
        grid = _grid(desk, counted, name, apply(frame.drop("_subject"), counted.policy, {}, hidden))
        if grid is not None:
            out[f"map_{name}"] = grid
    return out


def _openness(posed: Joint, outcome: Outcome, width: int) -> Chart:
    """Small counts by how many values remain possible for them, before and after others are hidden."""
    from piperoll.protect.exposed import possible

    labels = [*(str(n) for n in range(1, width + 1)), f"{width + 1} or more"]
    edges = np.arange(1, width + 2)
    series = []
    for words, pattern in (("only small counts hidden", None), ("others hidden, too", outcome.pattern)):
        open_ = np.minimum(possible(posed.problem, pattern), width + 1)
        series.append(Series(words, tuple(float((open_ == n).sum()) for n in edges)))
    known = int(sum(value or 0 for value in series[0].values[:-1]))
    return bar_chart(
        labels,
        series,
        title=f"{known:,} small counts would be known better than asked if no others were hidden",
        subtitle="Small counts by how many values remain possible for them",
        y_label="small counts",
    )


def _grid(desk: Desk, counted: Counted, name: str, frame: pl.DataFrame) -> Chart | None:
    """The map of a table: a row for each code of its longest dimension, a column for everything else."""
    from piperoll.protect.files.pictures import draw_roles

    cells = frame.filter(pl.col("kind").is_in(list(COUNTS)) & ~pl.col("support") & pl.col("value").is_not_null())
    cells = cells.unique("identity", keep="first", maintain_order=True)
    axes = [d.name for d in counted.publication.dimensions if d.name in cells.columns and not d.steps]
    if not cells.height or not axes:
        return None
    first = max(axes, key=lambda axis: cells[axis].n_unique())
    rest = [*(axis for axis in axes if axis != first), "period", "measure"]
    rows = _numbers(cells, [first])
    columns = _numbers(cells, rest)
    grid = np.full((int(rows.max()) + 1, int(columns.max()) + 1), -1, np.int8)
    roles = cells["reason"].replace_strict({"small": 1, "secondary": 2}, default=0, return_dtype=pl.Int8)
    grid[rows, columns] = roles.to_numpy()
    labels = {d.name: d.label.lower() for d in counted.publication.dimensions}
    title = next(table.title for table in counted.publication.tables if table.name == name)
    across = ", ".join(labels.get(axis, axis) for axis in rest)
    return draw_roles(grid, labels[first], across, f"{title}: role of each cell")


def _numbers(frame: pl.DataFrame, columns: list[str]) -> np.ndarray:
    """Numbers of the combinations in these columns, in the order in which they stand."""
    return frame.select(pl.struct(columns).rank("dense") - 1).to_series().to_numpy()


__all__ = ["WIDTHS", "Counted", "choices_of", "compare"]
