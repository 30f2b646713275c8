"""SQL of Splink's levels and rules in Piperoll's language, where it says exactly the same.

SQL knows three answers: a comparison with a null is neither true nor false, and a level counts only if it is true. The
language knows two, and a null makes a comparison false. So the contrary of a comparison is "both known, and not".
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, nextafter

from sqlglot import exp

from piperoll.link.spec.declared import FieldSpec, Kind
from piperoll.link.splink.sql import side_of


class Unsaid(Exception):
    """SQL that the language has nothing for."""


@dataclass(frozen=True)
class Side:
    """What is looked at in one of the two records: a column, and what a function makes of it.

    Attributes:
        said: In the language, over the field of ``kind``.
        side: ``l`` or ``r``.
    """

    column: str
    kind: Kind
    said: str
    side: str

    def faces(self, other: Side) -> bool:
        """Whether the other is the same thing in the other record."""
        return self.said == other.said and self.side != other.side


class Fields:
    """Fields that conditions need, made when first asked for: a column as it is, as a day, as a list."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, Kind], FieldSpec] = {}

    def name(self, column: str, kind: Kind = "raw") -> str:
        """Name of the field of a column; the same for the same column in other letters."""
        key = (column.lower(), kind)
        if key not in self._made:
            plain = re.sub(r"\W", "_", column)
            if not plain.isidentifier() or keyword.iskeyword(plain):
                plain = f"field_{plain}"
            name = plain if kind == "raw" else f"{plain}_{kind}"
            while name in {each.name for each in self._made.values()}:
                name += "_"
            self._made[key] = FieldSpec(name, column if column != name else "", kind)
        return self._made[key].name

    def copy(self) -> Fields:
        """The same, to be filled apart."""
        out = Fields()
        out._made = dict(self._made)
        return out

    @property
    def all(self) -> tuple[FieldSpec, ...]:
        """All of them, in the order in which they were asked for."""
        return tuple(self._made.values())


def condition(tree: exp.Expression, fields: Fields) -> str:
    """A level's condition.

    Raises:
        Unsaid: If there is no such condition, or none that is exactly the same.
    """
    return _said(tree, fields, contrary=False)


def _said(node: exp.Expr, fields: Fields, contrary: bool) -> str:
    node = node.unnest()
    if isinstance(node, exp.Not):
        return _said(node.this, fields, not contrary)
    if isinstance(node, exp.And | exp.Or):
        parts = [each.unnest() for each in node.flatten()]
        said = _paired(parts, isinstance(node, exp.And), fields, contrary)
        said += [_said(each, fields, contrary) for each in parts]
        both = isinstance(node, exp.And) != contrary
        return said[0] if len(said) == 1 else f"({(' and ' if both else ' or ').join(said)})"
    if isinstance(node, exp.Coalesce) and _is_false(node.expressions):
        inside = _said(node.this, fields, contrary=False)
        return f"not {inside}" if contrary else inside
    leaf, known = _leaf(node, fields)
    return f"(not null({known}) and not {leaf})" if contrary else leaf


def _is_false(rest: Sequence[exp.Expr]) -> bool:
    return len(rest) == 1 and isinstance(rest[0], exp.Boolean) and not rest[0].this


def _paired(parts: list[exp.Expr], both: bool, fields: Fields, contrary: bool) -> list[str]:
    """Conditions that are one only with another: null on this side or that, names exchanged. They leave ``parts``."""
    said = []
    for first in list(parts):
        for second in list(parts):
            if first is second or not (first in parts and second in parts):
                continue
            found = _null_pair(first, second, both, fields) or _exchanged(first, second, both, fields, contrary)
            if found:
                parts[:] = [each for each in parts if each is not first and each is not second]
                said.append(f"not {found}" if contrary else found)
    return said


def _null_pair(first: exp.Expr, second: exp.Expr, both: bool, fields: Fields) -> str:
    """``x_l IS NULL OR x_r IS NULL``, or that neither is null."""
    sides = [_null_side(each, wanted=not both, fields=fields) for each in (first, second)]
    if sides[0] is None or sides[1] is None or not sides[0].faces(sides[1]):
        return ""
    return f"not null({sides[0].said})" if both else f"null({sides[0].said})"


def _null_side(node: exp.Expr, wanted: bool, fields: Fields) -> Side | None:
    node = node.unnest()
    negated = isinstance(node, exp.Not)
    inside = node.this.unnest() if isinstance(node, exp.Not) else node
    if not isinstance(inside, exp.Is) or not isinstance(inside.expression, exp.Null) or negated == wanted:
        return None
    try:
        side = _side(inside.this, fields)
    except Unsaid:
        return None
    # what is made of a text is null where the text is
    return side if side.kind != "raw" else Side(side.column, "raw", fields.name(side.column), side.side)


def _exchanged(first: exp.Expr, second: exp.Expr, both: bool, fields: Fields, contrary: bool) -> str:
    """``a_l = b_r AND a_r = b_l``, or either."""
    if contrary or not (isinstance(first, exp.EQ) and isinstance(second, exp.EQ)):
        return ""
    try:
        one, other = _two(first, fields), _two(second, fields)
    except Unsaid:
        return ""
    if one[0].said == one[1].said or one[0].side == one[1].side:
        return ""
    for a, b in (other, other[::-1]):
        if a.faces(one[0]) and b.faces(one[1]):
            names = sorted((one[0].said, one[1].said))
            return f"{'swapped' if both else 'one_swapped'}({', '.join(names)})"
    return ""


def _leaf(node: exp.Expr, fields: Fields) -> tuple[str, str]:
    """A comparison, and what must be known for it to be either true or false."""
    if isinstance(node, exp.EQ | exp.NEQ):
        one, other = _two(node, fields)
        if not one.faces(other):
            raise Unsaid
        name = fields.name(one.column, one.kind)
        if isinstance(node, exp.EQ):
            return f"equal({one.said})", name
        return f"(not null({name}) and not equal({one.said}))", name
    if isinstance(node, exp.GT | exp.GTE | exp.LT | exp.LTE):
        return _measured(node, fields)
    raise Unsaid


def _measured(node: exp.Binary, fields: Fields) -> tuple[str, str]:
    measure, bound = node.left.unnest(), node.right.unnest()
    more, strict = isinstance(node, exp.GT | exp.GTE), isinstance(node, exp.GT | exp.LT)
    number = _number(bound)
    if number is None:
        number, measure, more = _number(measure), bound, not more
    if number is None or number < 0:
        raise Unsaid
    name = measure.name.lower() if isinstance(measure, exp.Anonymous) else measure.key
    alike = {"jarowinklersimilarity": "jaro_winkler", "jaro_winkler_similarity": "jaro_winkler",
             "jaro_winkler": "jaro_winkler", "jaro_similarity": "jaro", "jaro_sim": "jaro"}  # fmt: skip
    if name in alike and more:
        side = _facing(measure, fields)
        return f"{alike[name]}({side.said}) >= {nextafter(number, 2.0) if strict else number!r}", side.said
    whole = _whole(number, more, strict)
    if name in ("levenshtein", "damerau_levenshtein") and not more and whole >= 0:
        side = _facing(measure, fields)
        if name == "levenshtein":
            return f"levenshtein({side.said}) <= {whole}", side.said
        if whole <= 1:  # beyond one, the databases count an edit between exchanged letters, too
            return f"damerau({side.said}) <= {whole}", side.said
    if isinstance(measure, exp.Abs) and not more:
        side, seconds = _between_days(measure.this.unnest(), fields)
        whole = _whole(number / 86400 if seconds else number, more, strict)
        if whole < 0:
            raise Unsaid
        return f"difference({side.said}) <= {whole}", side.said
    if isinstance(measure, exp.ArraySize) and more and whole >= 1:
        inside = measure.this.unnest()
        if isinstance(inside, exp.ArrayIntersect) or _called(inside) in ("list_intersect", "array_intersect"):
            side = _facing(inside, fields, "list")
            return f"shared({side.said}) >= {whole}", side.said
    raise Unsaid


def _whole(number: float, more: bool, strict: bool) -> int:
    """The bound of whole numbers: what is at most 2.5 is at most 2, what is below 3 is at most 2."""
    if more:
        return floor(number) + 1 if strict else -floor(-number)
    return -floor(-number) - 1 if strict else floor(number)


def _number(node: exp.Expr) -> float | None:
    node = node.unnest()
    if isinstance(node, exp.Floor) and (inside := _number(node.this)) is not None:
        return float(floor(inside))
    if isinstance(node, exp.Div):
        above, below = _number(node.left), _number(node.right)
        return None if above is None or not below else above / below
    if isinstance(node, exp.Literal) and not node.is_string:
        return float(node.name)
    return None


def _called(node: exp.Expr) -> str:
    return node.name.lower() if isinstance(node, exp.Anonymous) else node.key


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Anonymous | exp.ArrayIntersect):
        return list(node.expressions)
    return [node.this, node.expression] if node.args.get("expression") is not None else [node.this]


def _facing(node: exp.Expr, fields: Fields, kind: Kind = "raw") -> Side:
    """The thing of which a function compares both sides."""
    arguments = _arguments(node)
    if len(arguments) != 2:
        raise Unsaid
    one, other = (_side(each, fields, kind) for each in arguments)
    if not one.faces(other):
        raise Unsaid
    return one


def _between_days(node: exp.Expr, fields: Fields) -> tuple[Side, bool]:
    """The date between whose two sides days are counted, and whether they are counted in seconds."""
    if isinstance(node, exp.DateDiff):
        unit = node.args.get("unit")
        if unit is not None and unit.name.upper() not in ("DAY", "DAYS", ""):
            raise Unsaid
        pair, seconds = [node.this, node.expression], False
    elif isinstance(node, exp.Sub):
        pair, seconds = [node.left.unnest(), node.right.unnest()], True
        if not all(isinstance(each, exp.TimeToUnix) or _called(each) == "epoch" for each in pair):
            raise Unsaid
        pair = [_arguments(each)[0] for each in pair]
    else:
        raise Unsaid
    one, other = (_side(_date(each), fields, "day") for each in pair)
    if not one.faces(other):
        raise Unsaid
    return one, seconds


def _date(node: exp.Expr) -> exp.Expr:
    """The column of which a date is made, if it is one, of ISO text."""
    node = node.unnest()
    if isinstance(node, exp.TsOrDsToDate):
        return node.this
    if isinstance(node, exp.Cast | exp.TryCast) and node.to.this in (exp.DataType.Type.DATE,):
        return node.this
    if _called(node) in ("try_strptime", "strptime", "strtotime"):
        shape = _arguments(node)[1] if isinstance(node, exp.Anonymous) else node.args.get("format")
        if shape is not None and shape.name == "%Y-%m-%d":
            return _arguments(node)[0] if isinstance(node, exp.Anonymous) else node.this
    return node


def _two(node: exp.Expr, fields: Fields) -> tuple[Side, Side]:
    assert isinstance(node, exp.Binary)
    return _side(node.left, fields), _side(node.right, fields)


def _side(node: exp.Expr, fields: Fields, kind: Kind = "raw") -> Side:
    """A column of one record, or a part of it."""
    node = node.unnest()
    if isinstance(node, exp.Cast | exp.TryCast) and node.to.this in exp.DataType.TEXT_TYPES and kind == "raw":
        return _side(node.this, fields)
    if isinstance(node, exp.Column):
        column, side = node_column(node)
        return Side(column, kind, fields.name(column, kind), side)
    if kind == "raw" and _called(node) in ("try_strptime", "strptime", "strtotime"):
        return _side(_date(node), fields, "day") if _date(node) is not node else _refuse()
    if kind == "raw":
        function, arguments = _function(node)
        inside = _side(node.this, fields)
        if function and inside.said == fields.name(inside.column):
            return Side(inside.column, "raw", f"{function}({', '.join([inside.said, *arguments])})", inside.side)
    raise Unsaid


def _refuse() -> Side:
    raise Unsaid


def _function(node: exp.Expr) -> tuple[str, list[str]]:
    """A part of a text: where it begins and how long it is; parts of a date are those of its text, YYYY-MM-DD."""
    parts = {"year": (1, 4), "month": (6, 2), "day": (9, 2)}
    if node.key in parts:
        start, size = parts[node.key]
    elif isinstance(node, exp.Left | exp.Right):
        size = _size(node.expression)
        if isinstance(node, exp.Right):
            return "last", [str(size)]
        start = 1
    elif isinstance(node, exp.Substring) and node.args.get("length") is not None:
        start, size = _size(node.args["start"]), _size(node.args["length"])
    else:
        raise Unsaid
    return ("first", [str(size)]) if start == 1 else ("part", [str(start), str(size)])


def _size(node: exp.Expr) -> int:
    number = _number(node)
    if number is None or number < 1 or number != int(number):
        raise Unsaid
    return int(number)


def node_column(node: exp.Column) -> tuple[str, str]:
    """Column and side of ``x_l`` or, in a rule, ``l.x``.

    Raises:
        Unsaid: If it is of neither record.
    """
    if node.table:
        if node.table.lower() not in ("l", "r"):
            raise Unsaid
        return node.name, node.table.lower()
    side = side_of(node.name)
    if side is None:
        raise Unsaid
    return node.name[:-2], side


def rule(tree: exp.Expression, fields: Fields) -> tuple[list[str], list[str]]:
    """Terms of a blocking rule, and the parts of it for which there is none."""
    terms, rest = [], []
    top = tree.unnest()
    for part in [each.unnest() for each in top.flatten()] if isinstance(top, exp.And) else [top]:
        try:
            if not isinstance(part, exp.EQ):
                raise Unsaid
            one, other = _two(part, fields)
            if not one.faces(other):
                raise Unsaid
            terms.append(one.said)
        except Unsaid:
            rest.append(part.sql(dialect="duckdb", comments=False))
    return terms, rest
