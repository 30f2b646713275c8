"""A return that repeats the figures of the period before: perhaps last month's, sent again under this month's name."""

from __future__ import annotations

from piperoll.collect.check_stage import Stage
from piperoll.collect.findings import query
from piperoll.collect.prepared import CheckContext, RuleFinding, RuleQuery
from piperoll.periods import Period
from piperoll.store.duck import quote_name, quote_text
from piperoll.store.objects import ObjectStore


MOST_ROWS = 10_000  # a return of counts; records repeat nothing by chance, and their keys tell
FEWEST_VALUES = 3  # different numbers but nought: fewer are alike in two months by chance
CODE = "PR-C189"


def copy_findings(staged: Stage, context: CheckContext, kept: int) -> tuple[list[RuleFinding], list[RuleQuery]]:
    """Ask when every count of every row is the one of the period before; the rows of the two need not be in order."""
    dataset, last = staged.dataset, context.last
    if last is None or not 0 < kept <= MOST_ROWS or context.history.rows.get(last.period) != kept:
        return [], []
    counts = [f.name for f in dataset.fields if f.cls == "M"]
    if not counts:
        return [], []
    # Fields of the key that are dates move with the month, whatever was copied.
    rows = [n for n in dataset.key if dataset.field(n).type == "code"]
    path = ObjectStore(context.store_root).require(last.object)
    shown = ", ".join(quote_name(each) for each in (*rows, *counts))
    now = f"SELECT {shown} FROM staged WHERE {staged.good}"
    then = f"SELECT {shown} FROM read_parquet({quote_text(str(path))})"
    there = {
        row[0] for row in staged.con.execute(f"DESCRIBE SELECT * FROM read_parquet({quote_text(str(path))})").fetchall()
    }
    if not there >= {*rows, *counts}:
        return [], []
    values = " UNION ALL ".join(
        f"SELECT CAST({quote_name(n)} AS VARCHAR) AS v FROM staged WHERE {staged.good}" for n in counts
    )
    (different,) = staged.con.execute(
        f"SELECT count(DISTINCT v) FROM ({values}) WHERE TRY_CAST(v AS DOUBLE) <> 0"
    ).fetchall()[0]
    if different < FEWEST_VALUES:
        return [], []
    (left,) = staged.con.execute(f"SELECT count(*) FROM ({now} EXCEPT ALL {then})").fetchall()[0]
    if left:
        return [], []
    before = Period.parse(last.period).words
    text = (
        f"{CODE} Every figure of {{period}} is the one delivered for {before}. "
        "Is this the return of {period}, or a copy of the one before?"
    )
    asked = query(CODE, "", text, context, kept, kept, ())
    return [RuleFinding(CODE, "R", "", kept, asked.sentence)], [asked]
