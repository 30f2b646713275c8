"""The joint working group's page: open problems of sources, with their owners and what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal.minutes import Problem, ProblemState, Step
from piperoll.periods import Period
from piperoll.present.htmltable import plain_table
from piperoll.present.pages import one_file, render_page
from piperoll.present.words import counted
from piperoll.register.declared import require_declared


COLUMNS = ("Problem", "Source", "Office", "Rule", "Open queries", "Since", "Owner", "Decision", "Decided")


@dataclass(frozen=True)
class Listed:
    """A problem as the page shows it.

    Attributes:
        queries: Queries of its source, office and rule that are open or answered.
        since: Earliest period that they are about; the day on which it was opened where there are none.
        office: Name of the office, or ``all``.
    """

    problem: Problem
    queries: int
    since: str
    office: str

    @property
    def cells(self) -> tuple[str, ...]:
        """In the order of `COLUMNS`."""
        last = self.problem.decided
        return (
            f"{self.problem.id} {self.problem.what}",
            self.problem.source,
            self.office,
            self.problem.rule or "none",
            f"{self.queries:,}",
            self.since,
            self.problem.now.owner,
            last.decision if last else "none yet",
            last.at.date().isoformat() if last else "",
        )


def record(desk: Desk, source: str, what: str, owner: str, *, office: str = "", rule: str = "") -> Problem:
    """Open a problem.

    Raises:
        UserError: ``PR-W005`` for a source or supplier that is not declared, ``PR-Q025`` for a rule that the source has
            not, ``PR-Q024`` where it is not said what is wrong, or who owns it.
    """
    require_declared(desk.register, source=source, supplier=office or None)
    datasets = desk.register.sources[source].datasets
    known = {each.id for dataset in datasets for each in dataset.rules}
    known |= {each.coverage.id for each in datasets if each.coverage}
    if rule and rule not in known:
        fix = f"`piperoll register show {source}` lists its rules."
        raise UserError("PR-Q025", f"`{source}` has no rule `{rule}`.", where=source, fix=fix)
    step = Step(state="open", owner=owner, decision="", by=desk.who, at=desk.now())
    audit = desk.permit(Action.PROBLEM_WRITE, f"source {source}", what, {"rule": rule, "office": office})
    return desk.journal.open_problem(source, office, rule, what, step, audit)


def decide(desk: Desk, problem: str, *, owner: str = "", decision: str = "", state: ProblemState = "open") -> Problem:
    """Give a problem another owner, record what was decided, close it or open it again.

    Raises:
        UserError: ``PR-Q023`` where there is no such problem, ``PR-Q024`` where it is closed without a decision.
    """
    step = Step(state=state, owner=owner, decision=decision, by=desk.who, at=desk.now())
    audit = desk.permit(Action.PROBLEM_WRITE, f"problem {problem}", decision, {"state": state})
    return desk.journal.move_problem(problem, step, audit)


def listed(desk: Desk, source: str | None = None, *, closed: bool = False) -> list[Listed]:
    """Problems with the queries that stand behind them, those with the most first."""
    require_declared(desk.register, source=source)
    desk.act(Action.PROBLEM_LIST, f"source {source or 'all'}")
    names = desk.register.supplier_names
    queries = desk.journal.queries(states=("open", "answered"), source=source)
    found = []
    for each in desk.journal.problems(source):
        if each.now.state == "closed" and not closed:
            continue
        mine = [
            q for q in queries
            if (q.source, q.rule) == (each.source, each.rule) and each.office in ("", q.supplier)
        ]  # fmt: skip
        periods = sorted((Period.parse(q.period) for q in mine), key=lambda period: period.start)
        since = str(periods[0]) if periods else each.since.date().isoformat()
        office = names.get(each.office, each.office) or "all"
        found.append(Listed(each, len(mine), since, office))
    return sorted(found, key=lambda one: (-one.queries, int(one.problem.id[1:])))


def page(found: list[Listed], site: str = "") -> str:
    """The list as a page of its own, in one file; ``site``: the register's name in the header.

    Raises:
        UserError: ``PR-Y040`` if the stylesheet was not made at set-up.
    """
    table = plain_table(COLUMNS, [each.cells for each in found], counted(len(found), "problem"))
    footer = "For those who work on the sources: it stays inside."
    return one_file(render_page("Problems of sources", body=table, site=site, home="#main-content", footer=footer))
