"""Problems with sources: who owns each, and what was decided when. Every step is kept."""

from __future__ import annotations

from piperoll.errors import UserError
from piperoll.journal import models as m
from piperoll.journal.base import utc
from piperoll.journal.chain import Chain
from piperoll.journal.identity import clean, numbered
from piperoll.journal.minutes import Problem, Step
from piperoll.journal.records import AuditDraft


class Problems(Chain):
    """Problems of a journal."""

    def open_problem(
        self, source: str, office: str, rule: str, what: str, step: Step, audit: AuditDraft | None = None
    ) -> Problem:
        """Record a problem.

        Raises:
            UserError: PR-Q024 where it is not said what is wrong, or who owns it.
        """
        if not what.strip() or not step.owner.strip():
            message = "a problem needs a sentence that says what is wrong, and an owner."
            raise UserError("PR-Q024", message, where=source, fix="Give --what and --owner.")
        with self.write():
            row = m.ProblemRow(
                number=self.next_number("problem"),
                source=clean(source),
                office=clean(office),
                rule=clean(rule),
                what=clean(what),
            )
            row.save(using=self.alias, force_insert=True)
            self._step(row, step)
            if audit is not None:
                self.append_audit(audit)
            return self._to_problem(row)

    def move_problem(self, problem_id: str, step: Step, audit: AuditDraft | None = None) -> Problem:
        """Record a further step of a problem; an owner left empty stays as it was.

        Raises:
            UserError: PR-Q023 where there is no such problem, PR-Q024 where it is closed without a decision.
        """
        with self.write():
            row = self._problem_row(problem_id)
            last = self.rows(m.ProblemStepRow).filter(problem=row).order_by("-number").first()
            owner = step.owner.strip() or last.owner
            if step.state == "closed" and not step.decision.strip():
                message = "a problem is closed by a decision."
                raise UserError("PR-Q024", message, where=problem_id, fix="Give --decision.")
            self._step(row, Step(state=step.state, owner=owner, decision=step.decision, by=step.by, at=step.at))
            if audit is not None:
                self.append_audit(audit)
            return self._to_problem(row)

    def problems(self, source: str | None = None) -> list[Problem]:
        """Every problem ever opened, or those of one source, in the order in which they were."""
        chosen = {"source": source} if source else {}
        return [self._to_problem(row) for row in self.rows(m.ProblemRow).filter(**chosen).order_by("number")]

    def _step(self, row: m.ProblemRow, step: Step) -> None:
        m.ProblemStepRow(
            problem=row,
            number=self.rows(m.ProblemStepRow).filter(problem=row).count() + 1,
            state=step.state,
            owner=clean(step.owner),
            decision=clean(step.decision),
            by=clean(step.by),
            at=utc(step.at),
        ).save(using=self.alias, force_insert=True)

    def _problem_row(self, problem_id: str) -> m.ProblemRow:
        row = self.rows(m.ProblemRow).filter(number=numbered(problem_id, "P")).first()
        if row is None:
            message = f"there is no problem `{problem_id}`."
            raise UserError("PR-Q023", message, fix="`piperoll problem list --all` lists them.")
        return row

    def _to_problem(self, row: m.ProblemRow) -> Problem:
        steps = self.rows(m.ProblemStepRow).filter(problem=row).order_by("number")
        return Problem(
            id=f"P{row.number}",
            source=row.source,
            office=row.office,
            rule=row.rule,
            what=row.what,
            steps=tuple(Step(state=s.state, owner=s.owner, decision=s.decision, by=s.by, at=s.at) for s in steps),
        )
