"""The small language of blocking rules and levels, read by Python's own parser and limited to what means something.

::

    parse_rule("soundex(surname), year(dob)")                  # two terms
    parse_level("jaro_winkler(surname) >= 0.92 or nickname(forename)")   # clauses of conditions
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from piperoll.link.compare import program as op
from piperoll.register.shape import nearest


# What is made of one value, and the kind of thing that comes out.
DERIVED = {
    "soundex": "word", "nysiis": "word", "metaphone": "word", "nickname": "text",
    "first": "word", "last": "word", "initial": "word", "part": "word",
    "first_word": "text", "last_word": "text", "words": "text",
    "outward": "word", "sector": "word", "area": "word",
    "year": "word", "month": "word", "day": "word", "decade": "word", "day_month": "word", "day_and_month": "word",
}  # fmt: skip
OF_DATES = frozenset({"year", "month", "day", "decade", "day_month", "day_and_month"})
# Of two fields, in either order; for blocking alone.
UNORDERED = "unordered"

_SIMILAR = {"jaro_winkler": op.JARO_WINKLER, "jaro": op.JARO}
_NUMBERS = {"first": 1, "last": 1, "part": 2}  # how many a function needs
_DISTANT = {"levenshtein": op.EDITS, "damerau": op.EDITS_SWAPS}
_DATE_PARTS = {"same_year": 1, "same_month": 2, "same_day": 4, "same_day_month": 6, "same_year_month": 3,
               "two_parts": 8, "known_parts": 16}  # fmt: skip
_DAYS = {"days": 1.0, "months": 30.4375, "years": 365.25}


class NotUnderstood(Exception):
    """An expression that means nothing here: ``message`` says what is wrong, ``fix`` what would be right."""

    def __init__(self, message: str, fix: str) -> None:
        self.message, self.fix = message, fix
        super().__init__(message)


@dataclass(frozen=True, order=True)
class Term:
    """A column: a field, or what a function makes of one (or, unordered, of two).

    ``soundex(surname)`` is ``Term("surname", "soundex")``; ``first(surname, 3)`` has ``arguments`` (3,).
    """

    field: str
    function: str = ""
    arguments: tuple[int, ...] = ()
    other: str = ""

    def __str__(self) -> str:
        if not self.function:
            return self.field
        inside = [self.field, *([self.other] if self.other else []), *map(str, self.arguments)]
        return f"{self.function}({', '.join(inside)})"

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields it is made of."""
        return (self.field, self.other) if self.other else (self.field,)


@dataclass(frozen=True)
class Test:
    """A condition of a level: operation of ``program``, the columns it looks at, its number."""

    op: int
    columns: tuple[Term, ...]
    number: float = 0.0
    negated: bool = False


@dataclass(frozen=True)
class Clauses:
    """Alternatives, each a conjunction of tests."""

    alternatives: tuple[tuple[Test, ...], ...] = field(default=((),))

    @property
    def columns(self) -> set[Term]:
        """All columns that are looked at."""
        return {column for tests in self.alternatives for test in tests for column in test.columns}


def parse_rule(text: str) -> tuple[Term, ...]:
    """Terms of a blocking rule; records that agree on all of them are compared.

    Raises:
        NotUnderstood: If it is not such a list.
    """
    tree = _parse(text)
    parts = tree.elts if isinstance(tree, ast.Tuple) else [tree]
    return tuple(_term(part, blocking=True) for part in parts)


def parse_term(text: str) -> Term:
    """One term, as `Term` is written.

    Raises:
        NotUnderstood: If it is none.
    """
    return _term(_parse(text), blocking=True)


def parse_level(text: str) -> Clauses:
    """Alternatives of a level's condition.

    Raises:
        NotUnderstood: If it is no condition.
    """
    return Clauses(tuple(_alternatives(_parse(text), negated=False)))


def _parse(text: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotUnderstood(f"`{text}` cannot be read.", "Write fields, functions of them, and commas.") from None


def _term(node: ast.expr, blocking: bool = False) -> Term:
    if isinstance(node, ast.Name):
        return Term(node.id)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        name = node.func.id
        names = [each.id for each in node.args if isinstance(each, ast.Name)]
        rest = node.args[len(names) :]
        numbers = [each.value for each in rest if isinstance(each, ast.Constant) and isinstance(each.value, int)]
        if name == UNORDERED and blocking and len(names) == 2 and not rest:
            first, second = sorted(names)
            return Term(first, name, (), second)
        if name in DERIVED and len(names) == 1 and len(numbers) == len(rest) <= 2:
            if len(numbers) < _NUMBERS.get(name, 0):
                example = f"{name}({names[0]}, {'4, 3' if name == 'part' else '3'})"
                raise NotUnderstood(f"`{ast.unparse(node)}` lacks how many.", f"Write {example}.")
            return Term(names[0], name, tuple(int(each) for each in numbers))
        fix = nearest(name, [*DERIVED, UNORDERED]) or f"There are {', '.join([*DERIVED, UNORDERED])}."
        raise NotUnderstood(f"`{ast.unparse(node)}` is no column.", fix)
    raise NotUnderstood(f"`{ast.unparse(node)}` is no field.", "Write a field, or a function of one.")


def _alternatives(node: ast.expr, negated: bool) -> Iterator[tuple[Test, ...]]:
    """Disjunctive normal form."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "different":
        known: list[ast.expr] = [
            ast.UnaryOp(ast.Not(), ast.Call(ast.Name(name), node.args, [])) for name in ("null", "equal")
        ]
        yield from _alternatives(ast.BoolOp(ast.And(), known), negated)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _alternatives(node.operand, not negated)
    elif isinstance(node, ast.BoolOp):
        either = isinstance(node.op, ast.Or) != negated
        if either:
            for each in node.values:
                yield from _alternatives(each, negated)
            return
        sofar: list[tuple[Test, ...]] = [()]
        for each in node.values:
            sofar = [left + right for left in sofar for right in _alternatives(each, negated)]
            if len(sofar) > 64:
                raise NotUnderstood("The condition has too many alternatives.", "Divide it into several levels.")
        yield from sofar
    else:
        yield (_test(node, negated),)


def _test(node: ast.expr, negated: bool) -> Test:
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.left, ast.Call):
        return _measured(node, negated)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        name = node.func.id
        if name == "null" and len(node.args) == 1:
            return Test(op.NULL, (_term(node.args[0]),), negated=negated)
        if name == "equal" and len(node.args) == 1:
            return Test(op.EQUAL, (_term(node.args[0]),), negated=negated)
        if name in ("swapped", "one_swapped") and len(node.args) == 2:
            which = op.CROSSED if name == "swapped" else op.CROSSED_ONE
            return Test(which, (_term(node.args[0]), _term(node.args[1])), negated=negated)
        if name == "before" and len(node.args) == 2:
            return Test(op.DATE_BEFORE, (_term(node.args[0]), _term(node.args[1])), negated=negated)
        if name == "turned" and len(node.args) == 1:
            return Test(op.DATE_TURNED, (_term(node.args[0]),), negated=negated)
        if name in _DATE_PARTS and len(node.args) == 1:
            return Test(op.DATE_PARTS, (_term(node.args[0]),), _DATE_PARTS[name], negated)
        if name == "begins" and len(node.args) == 1:
            return Test(op.INITIAL, (_term(node.args[0]),), 64, negated)
        if name == "initial_of" and len(node.args) == 1:
            return Test(op.INITIAL, (_term(node.args[0]),), 1, negated)
    if isinstance(node, ast.Name | ast.Call):
        return Test(op.EQUAL, (_term(node),), negated=negated)
    raise NotUnderstood(f"`{ast.unparse(node)}` is no condition.", "Write `equal(surname)` or `digits(dob) <= 1`.")


def _measured(node: ast.Compare, negated: bool) -> Test:
    call, number = node.left, node.comparators[0]
    assert isinstance(call, ast.Call)
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    value = number.value if isinstance(number, ast.Constant) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise NotUnderstood(f"`{ast.unparse(node)}` compares with no number.", "Write a number on the right.")
    more, less = isinstance(node.ops[0], ast.GtE), isinstance(node.ops[0], ast.LtE)
    columns = tuple(_term(each) for each in call.args)
    if name in _SIMILAR and more and len(columns) == 1:
        return Test(_SIMILAR[name], columns, float(value), negated)
    if name == "jaro_winkler" and more and len(columns) == 2:
        return Test(op.JARO_WINKLER_CROSSED, columns, float(value), negated)
    if name in _DISTANT and less and len(columns) == 1 and float(value).is_integer():
        return Test(_DISTANT[name], columns, float(value), negated)
    if name == "digits" and less and len(columns) == 1:
        return Test(op.DATE_DIGITS, columns, float(value), negated)
    if name == "start" and more and len(columns) == 1:
        return Test(op.START, columns, float(value), negated)
    if name in _DAYS and less and len(columns) == 1:
        return Test(op.DATE_DAYS, columns, float(value) * _DAYS[name], negated)
    if name == "shared" and more and len(columns) == 1:
        return Test(op.SHARED, columns, float(value), negated)
    if name == "difference" and less and len(columns) == 1:
        return Test(op.NUMBER_WITHIN, columns, float(value), negated)
    known = [*_SIMILAR, *_DISTANT, "digits", "start", *_DAYS, "difference", "shared"]
    fix = nearest(name, known) if name not in known else "Similarity is `>=`, distance is `<=`."
    raise NotUnderstood(f"`{ast.unparse(node)}` is no measure.", fix or f"Measures are {', '.join(known)}.")
