"""SQL of a Splink model: one scalar expression over the two records of a pair, and nothing that reads anything else.

What runs is written anew from what was understood, so that nothing can be hidden between two ways of reading it.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from piperoll.errors import UserError


DIALECTS = ("duckdb", "spark")
_LONGEST = 20_000

_PARTS: tuple[type[exp.Expression], ...] = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Neg, exp.Not, exp.And, exp.Or,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.In, exp.Between, exp.Like, exp.ILike, exp.NullSafeEQ,
    exp.NullSafeNEQ, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.DPipe, exp.Case, exp.If, exp.Cast,
    exp.TryCast, exp.DataType, exp.DataTypeParam, exp.Lambda, exp.Bracket, exp.Slice, exp.Array, exp.Dot, exp.Interval,
    exp.Var, exp.Tuple, exp.Anonymous,
)  # fmt: skip
# Functions of one pair: none makes something long of something short, reads a file, a setting or a clock.
_NAMES = (
    "abs acos array array_contains array_intersect array_intersection array_length array_max array_min array_prepend "
    "array_size array_to_string asin atan atan2 cardinality cast ceil ceiling char_length coalesce concat concat_ws "
    "contains cos cosine_distance damerau_levenshtein date date_diff date_part date_sub datediff day day_of_month "
    "dayofmonth element_at ends_with epoch exp extract filter flatten floor greatest hamming if ifnull jaccard "
    "jaro_sim jaro_similarity jaro_winkler jaro_winkler_similarity jarowinkler_similarity lcase least left len length "
    "levenshtein edit_distance list_any_value list_append list_concat list_contains list_cosine_similarity "
    "list_distance list_distinct list_extract list_filter list_has list_has_all list_has_any list_intersect list_max "
    "list_min list_position list_prepend list_product list_reduce list_reverse_sort list_sort list_sum list_transform "
    "list_unique list_zip ln log log10 log2 lower ltrim max_by month mod nullif parse_date power pow quarter radians "
    "reduce regexp_extract regexp_full_match regexp_like regexp_matches regexp_replace replace reverse right round "
    "rtrim sign sin size split split_part sqrt starts_with str_position str_to_date str_to_time str_to_unix "
    "string_split string_to_array strip_accents strpos strptime struct_extract substr substring tan time_to_unix "
    "to_date to_timestamp transform translate trim try_cast try_strptime try_to_timestamp ts_or_ds_to_date ucase "
    "unix_to_time upper year array_concat array_cat array_filter array_reverse array_sort sort_array array_distinct "
    "array_overlaps arrays_overlap array_unique_agg array_first array_last"
)
_FUNCTIONS = frozenset(_NAMES.split())
_SPARK = {"jaro_winkler": "jaro_winkler_similarity", "jaro_sim": "jaro_similarity"}


def read_expression(sql: str, dialect: str, where: str = "") -> exp.Expression:
    """The expression that ``sql`` is, each part of it known.

    Args:
        dialect: ``duckdb`` or ``spark``.
        where: Place of it, for errors.

    Raises:
        UserError: ``PR-L021`` if it is not one scalar expression over columns that end in ``_l`` and ``_r``.
    """
    tree = _parse(sql, dialect, where)
    for node in tree.walk():
        if isinstance(node, exp.Anonymous) or (isinstance(node, exp.Func) and not isinstance(node, _PARTS)):
            names = _names(node)
            if not names & _FUNCTIONS:
                raise _refused(f"`{min(names)}` is no function that may be used.", where)
        elif not isinstance(node, _PARTS):
            raise _refused(f"`{_short(node)}` is no part of a scalar expression.", where)
        if isinstance(node, exp.In) and (node.args.get("query") or node.args.get("unnest")):
            raise _refused("It asks another table.", where)
        if isinstance(node, exp.Column) and (node.table or side_of(node.name) is None):
            raise _refused(f"`{_short(node)}` is a column of neither record; they end in `_l` and `_r`.", where)
    return tree


def read_rule(sql: str, dialect: str, where: str = "") -> exp.Expression:
    """The same of a blocking rule, whose columns are those of ``l`` and ``r``."""
    tree = _parse(sql, dialect, where)
    for node in tree.find_all(exp.Query, exp.Subquery, exp.Table, exp.Command):
        raise _refused(f"`{_short(node)}` is no part of a blocking rule.", where)
    return tree


def side_of(column: str) -> str | None:
    """``l`` or ``r`` of the name of a column, None for another name."""
    return column[-1].lower() if len(column) > 2 and column[-2:].lower() in ("_l", "_r") else None


def for_duckdb(tree: exp.Expression) -> str:
    """The expression in DuckDB's SQL."""

    def renamed(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and node.name.lower() in _SPARK:
            return exp.Anonymous(this=_SPARK[node.name.lower()], expressions=node.expressions)
        return node

    return tree.copy().transform(renamed).sql(dialect="duckdb", comments=False)


def columns_of(tree: exp.Expression) -> set[str]:
    """Columns of records that an expression looks at, without their ``_l`` and ``_r``."""
    return {node.name[:-2] for node in tree.find_all(exp.Column)}


def _parse(sql: str, dialect: str, where: str) -> exp.Expression:
    if dialect not in DIALECTS:
        raise UserError("PR-L023", f"its SQL is of `{dialect}`.", where=where,
                        fix="Piperoll reads that of duckdb and of spark.")  # fmt: skip
    if len(sql) > _LONGEST:
        raise _refused(f"It is longer than {_LONGEST:,} characters.", where)
    try:
        trees = sqlglot.parse(sql, read=dialect)
    except (SqlglotError, RecursionError):
        raise _refused("It cannot be read.", where) from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Expression):
        raise _refused("It is not one expression.", where)
    return trees[0]


def _names(node: exp.Expr) -> set[str]:
    if isinstance(node, exp.Anonymous):
        return {node.name.lower()}
    assert isinstance(node, exp.Func)
    return {each.lower() for each in type(node).sql_names()} | {node.key}


def _short(node: exp.Expr) -> str:
    text = node.sql(dialect="duckdb", comments=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _refused(message: str, where: str) -> UserError:
    return UserError("PR-L021", f"the SQL is not run: {message[0].lower() + message[1:]}", where=where,
                     fix="A level's SQL is one scalar expression over columns `x_l` and `x_r`.")  # fmt: skip
