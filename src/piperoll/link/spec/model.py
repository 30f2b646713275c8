"""A linkage in full: declared, with what was left out filled in, and every expression read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf, prod

from piperoll.errors import Problem, Problems
from piperoll.link.block.groups import Mode
from piperoll.link.compare import program as op
from piperoll.link.spec import defaults
from piperoll.link.spec.declared import ComparisonSpec, Declared, FieldSpec, LevelSpec, StepSpec
from piperoll.link.spec.kinds import check_terms, check_tests, sort_of
from piperoll.link.spec.terms import Clauses, NotUnderstood, Term, Test, parse_level, parse_rule
from piperoll.register.model.codes import IdentifierCheck
from piperoll.register.shape import nearest


MOST_VETOES = 62  # a pattern of theirs is a number of 63 bits


@dataclass(frozen=True)
class Rule:
    """A blocking rule: records that agree on all its terms are compared.

    Attributes:
        text: As written.
        given: Whether it was declared; rules of the engine's own choice are used if they cost little enough.
    """

    text: str
    terms: tuple[Term, ...]
    given: bool = True

    @property
    def fields(self) -> frozenset[str]:
        """Fields it needs."""
        return frozenset(field for term in self.terms for field in term.fields)


@dataclass(frozen=True)
class Level:
    """A level, its condition read."""

    spec: LevelSpec
    clauses: Clauses

    @property
    def label(self) -> str:
        """For readers."""
        return self.spec.label or self.spec.when

    @property
    def exact(self) -> Term | None:
        """The column that is equal; None where it asks for something else."""
        tests = self.clauses.alternatives
        if len(tests) == 1 and len(tests[0]) == 1 and tests[0][0].op == op.EQUAL and not tests[0][0].negated:
            return tests[0][0].columns[0]
        return None

    def needs(self, column: Term) -> bool:
        """Whether it holds only where a column is equal."""
        return all(
            any(test.op == op.EQUAL and not test.negated and test.columns[0] == column for test in tests)
            for tests in self.clauses.alternatives
        )


@dataclass(frozen=True)
class Comparison:
    """A comparison in full.

    Attributes:
        levels: All in the order in which they are asked; several may be null.
        tf: Column whose frequencies adjust weights; None for none.
    """

    name: str
    levels: tuple[Level, ...]
    tf: Term | None

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of each level: 0 for null, else 1 and up in order."""
        out, following = [], 1
        for each in self.levels:
            out.append(0 if each.spec.null else following)
            following += not each.spec.null
        return tuple(out)

    @property
    def said(self) -> tuple[Level, ...]:
        """Levels that say something, number 1 first."""
        return tuple(each for each in self.levels if not each.spec.null)

    @property
    def size(self) -> int:
        """How many numbers levels have, 0 included."""
        return len(self.said) + 1

    @property
    def fields(self) -> frozenset[str]:
        """Fields it looks at."""
        return frozenset(name for each in self.levels for column in each.clauses.columns for name in column.fields)

    @property
    def exact(self) -> Term | None:
        """The column that is equal at the first level; None where that level asks for something else."""
        return self.said[0].exact

    def adjusted(self, level: Level) -> Term | None:
        """Column whose frequencies adjust a level; None for none."""
        if not level.spec.tf:
            return None
        return Term(level.spec.tf_of) if level.spec.tf_of else self.tf

    def equal_at(self, column: Term) -> list[int]:
        """Positions among ``said`` of the levels at which a column is equal; of the first if there is none."""
        return [at for at, each in enumerate(self.said) if each.needs(column)] or [0]


@dataclass(frozen=True)
class Veto:
    """What two records of one person never are, unless their weight is at least ``unless`` bits."""

    text: str
    clauses: Clauses
    unless: float


@dataclass(frozen=True)
class Linkage:
    """A linkage in full.

    Attributes:
        checks: Forms and check letters of identifiers, as the register declares them.
    """

    declared: Declared
    rules: tuple[Rule, ...]
    comparisons: tuple[Comparison, ...]
    vetoes: tuple[Veto, ...] = ()
    checks: Mapping[str, IdentifierCheck] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """Its fields."""
        return self.declared.fields

    @property
    def tests(self) -> list[Test]:
        """All tests of all levels."""
        return [
            test
            for comparison in self.comparisons
            for level in comparison.levels
            for tests in level.clauses.alternatives
            for test in tests
        ] + [test for veto in self.vetoes for tests in veto.clauses.alternatives for test in tests]

    @property
    def tf(self) -> set[Term]:
        """Columns whose frequencies are needed."""
        adjusted = {each.adjusted(level) for each in self.comparisons for level in each.said}
        return {each for each in adjusted if each} | {each.exact for each in self.comparisons if each.exact}

    @property
    def taught(self) -> bool:
        """Whether nothing is left to be learnt: the prior is given, and the chances of all levels."""
        said = [level.spec for each in self.comparisons for level in each.said]
        return self.declared.prior is not None and all(each.m is not None and each.u is not None for each in said)

    def mode(self, files: int) -> Mode:
        """What is linked with what, for so many files."""
        return self.declared.mode or ("dedupe" if files == 1 else "both")


Place = Callable[..., tuple[str, str]]


def complete(declared: Declared, place: Place = lambda *_: ("", "")) -> Linkage:
    """Fill in what is left out, and read all expressions.

    Args:
        place: Gives file and line, and the key, of what stands at a path.

    Raises:
        Problems: ``PR-L002`` for each expression that means nothing.
    """
    names = {each.name: each for each in declared.fields}
    problems: list[Problem] = []

    def problem(error: NotUnderstood, *path: str | int) -> None:
        where, key = place(*path)
        problems.append(Problem("PR-L002", error.message, where, key, error.fix))

    rules, comparisons, vetoes = [], [], []
    given = bool(declared.block.rules)
    for number, text in enumerate(declared.block.rules or defaults.rules(declared.fields)):
        try:
            terms = parse_rule(text)
            _check_fields(terms, names)
            rules.append(Rule(text, terms, given))
        except NotUnderstood as error:
            problem(error, "block", "rules", number)
    for number, spec in enumerate(declared.compare or defaults.comparisons(declared.fields)):
        try:
            filled = _filled(spec, declared)
        except NotUnderstood as error:
            problem(error, "compare", number)
            continue
        levels: list[Level] = []
        for at, each in enumerate(filled.levels):
            try:
                levels.append(_level(each, names))
            except NotUnderstood as error:
                problem(error, "compare", number, "levels", at)
        try:
            if len(levels) == len(filled.levels):
                comparisons.append(_comparison(filled, levels))
        except NotUnderstood as error:
            problem(error, "compare", number)
    for number, never in enumerate(declared.never):
        try:
            clauses = parse_level(never.when)
            _check_clauses(clauses, names)
            vetoes.append(Veto(never.when, clauses, inf if never.unless_weight is None else never.unless_weight))
        except NotUnderstood as error:
            problem(error, "never", number)
    for number, step in enumerate(declared.steps):
        try:
            _check_fields(parse_rule(step.key), names)
        except NotUnderstood as error:
            problem(error, "steps", number, "key")
        try:
            _check_within(step, names)
        except NotUnderstood as error:
            problem(error, "steps", number, "within")
    if prod(each.size for each in comparisons) >= 2**63:
        where, key = place("compare")
        fix = "Leave some out, or say several in one comparison."
        problems.append(Problem("PR-L002", "There are too many comparisons with too many levels.", where, key, fix))
    if len(vetoes) > MOST_VETOES:
        where, key = place("never")
        problems.append(
            Problem("PR-L002", f"There are more than {MOST_VETOES} vetoes.", where, key, "Join them by `or`.")
        )
    if problems:
        raise Problems(problems)
    return Linkage(declared, tuple(rules), tuple(comparisons), tuple(vetoes))


def _filled(spec: ComparisonSpec, declared: Declared) -> ComparisonSpec:
    if spec.levels:
        return spec
    for each in defaults.named(declared.fields):
        if each.name == spec.name:
            return each
    raise NotUnderstood(f"`{spec.name}` has no levels.", "List them, or name a field.")


def _level(spec: LevelSpec, names: Mapping[str, FieldSpec]) -> Level:
    clauses = Clauses() if spec.when == "else" else parse_level(spec.when)
    _check_clauses(clauses, names)
    if spec.tf_of:
        _check_fields([Term(spec.tf_of)], names)
    return Level(spec, clauses)


def _comparison(spec: ComparisonSpec, levels: list[Level]) -> Comparison:
    levels = list(levels)
    if not levels or levels[-1].spec.when != "else":
        levels.append(Level(LevelSpec("else", label="different"), Clauses()))
    if any(each.spec.when == "else" for each in levels[:-1]):
        raise NotUnderstood(f"`{spec.name}` has levels after `else`, which are never reached.", "Put `else` last.")
    if all(each.spec.null for each in levels):
        raise NotUnderstood(f"No level of `{spec.name}` says anything.", "Leave `null` out of one.")
    if not any(each.spec.null for each in levels):
        fields = sorted({name for each in levels for column in each.clauses.columns for name in column.fields})
        when = " or ".join(f"null({name})" for name in fields)
        levels.insert(0, Level(LevelSpec(when, null=True, label="not known"), parse_level(when)))
    comparison = Comparison(spec.name, tuple(levels), None)
    return replace(comparison, tf=Term(spec.tf) if spec.tf else comparison.exact)


def _check_fields(terms: Iterable[Term], names: Mapping[str, FieldSpec]) -> None:
    for term in terms:
        for name in term.fields:
            if name not in names:
                fix = nearest(name, names) or f"Fields are {', '.join(sorted(names))}."
                raise NotUnderstood(f"`{name}` is no field.", fix)
    check_terms(terms, names)


def _check_within(step: StepSpec, names: Mapping[str, FieldSpec]) -> None:
    if not step.within:
        return
    _check_fields([Term(step.within)], names)
    if sort_of(Term(step.within), names) != "date":
        raise NotUnderstood(f"`{step.within}` is no date.", "Name a field of `kind: date`.")


def _check_clauses(clauses: Clauses, names: Mapping[str, FieldSpec]) -> None:
    _check_fields(sorted(clauses.columns), names)
    check_tests((test for tests in clauses.alternatives for test in tests), names)
