"""A Splink model: settings JSON as Splink 4 and 5 write it, read into frozen dataclasses."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from sqlglot import exp

from piperoll.errors import UserError
from piperoll.link.splink.sql import columns_of, for_duckdb, read_expression


_LARGEST = 16 << 20
LEAST = 1e-300  # chances below are taken for this, as Splink does
NOT_OBSERVED = 1e-6  # what Splink takes for a level of which training saw nothing
_LINK_TYPES = ("dedupe_only", "link_only", "link_and_dedupe")


@dataclass(frozen=True)
class SplinkLevel:
    """A level.

    Attributes:
        tree: Its condition; None for what is left (``ELSE``).
        null: Whether it says nothing.
        m, u: Its chances; None where they were not trained.
        tf_column: Column whose frequencies adjust it; empty for none.
        tf_weight: Share of the adjustment that is made.
        tf_least: Least frequency that is believed.
        tf_own: Whether the adjustment starts from its own u, not from that of the level at which the column is equal.
        where: Its place, for errors.
    """

    tree: exp.Expression | None
    label: str
    null: bool
    m: float | None
    u: float | None
    tf_column: str
    tf_weight: float
    tf_least: float
    tf_own: bool
    where: str

    @property
    def sql(self) -> str:
        """Its condition for DuckDB; empty for what is left."""
        return "" if self.tree is None else for_duckdb(self.tree)

    @property
    def equal(self) -> str:
        """The column that is equal on both sides, and nothing else is asked; else empty."""
        tree = self.tree.unnest() if self.tree is not None else None
        if isinstance(tree, exp.EQ) and isinstance(tree.left, exp.Column) and isinstance(tree.right, exp.Column):
            left, right = tree.left.name, tree.right.name
            if left[:-2].lower() == right[:-2].lower() and left[-1:].lower() != right[-1:].lower():
                return left[:-2]
        return ""


@dataclass(frozen=True)
class SplinkComparison:
    """A comparison: levels in the order in which they are asked."""

    name: str
    levels: tuple[SplinkLevel, ...]

    @property
    def gammas(self) -> tuple[int, ...]:
        """Splink's number of each level: -1 for null, 0 for the last, and up."""
        following = sum(not each.null for each in self.levels)
        out = []
        for each in self.levels:
            following -= not each.null
            out.append(-1 if each.null else following)
        return tuple(out)

    @property
    def columns(self) -> set[str]:
        """Columns that its levels look at."""
        return {name for each in self.levels if each.tree is not None for name in columns_of(each.tree)}

    def tf_base(self, level: SplinkLevel) -> float:
        """Chance from which the adjustment for frequency of a level starts.

        Raises:
            UserError: ``PR-L023`` where no level says that the column is equal, ``PR-L025`` where that has no chance.
        """
        exact = level
        if not level.tf_own:
            wanted = level.tf_column.lower()
            found = [each for each in self.levels if not each.null and each.equal.lower() == wanted]
            if not found:
                raise UserError(
                    "PR-L023",
                    f"it is adjusted for `{level.tf_column}`, and no level of `{self.name}` says that this is equal.",
                    where=level.where,
                    fix="Add that level, as Splink asks for it, too.",
                )
            exact = found[0]
        if exact.u is None:
            raise untrained(exact)
        return exact.u


@dataclass(frozen=True)
class SplinkModel:
    """A model.

    Attributes:
        prior: Chance that two records taken at random match.
        rules: Blocking rules: SQL over ``l`` and ``r``, and lists that are to be unpacked for it.
        name: Of its file, for errors.
    """

    comparisons: tuple[SplinkComparison, ...]
    link_type: str
    prior: float
    rules: tuple[tuple[str, tuple[str, ...]], ...]
    record: str
    source: str
    dialect: str
    name: str

    @property
    def columns(self) -> set[str]:
        """Columns that its levels look at, and those whose frequencies they need."""
        tf = {each.tf_column for comparison in self.comparisons for each in comparison.levels if each.tf_column}
        return {name for each in self.comparisons for name in each.columns} | tf


def untrained(level: SplinkLevel) -> UserError:
    """``PR-L025`` for a level without chances."""
    return UserError("PR-L025", "a level has no m or no u.", where=level.where,
                     fix="Train the model, or write `m_probability` and `u_probability`.")  # fmt: skip


def read_model(settings: Path | str | Mapping[str, Any] | SplinkModel) -> SplinkModel:
    """Read settings: a path, or a mapping with the keys of the JSON.

    Raises:
        UserError: ``PR-L023`` for what is no such settings, ``PR-L021`` for SQL that is not run.
    """
    if isinstance(settings, SplinkModel):
        return settings
    name = "settings"
    if not isinstance(settings, Mapping):
        path = Path(settings)
        name = path.name
        settings = _loaded(path)
    dialect = str(settings.get("sql_dialect") or "duckdb")
    comparisons = settings.get("comparisons")
    if not isinstance(comparisons, Sequence) or isinstance(comparisons, str) or not comparisons:
        raise _wrong("there are no comparisons.", name, "comparisons")
    link_type = settings.get("link_type", "dedupe_only")
    if link_type not in _LINK_TYPES:
        raise _wrong(f"`link_type` is none of {', '.join(_LINK_TYPES)}.", name, "link_type")
    prior = _number(settings.get("probability_two_random_records_match", 0.0001), name,
                    "probability_two_random_records_match")  # fmt: skip
    if prior is None or not 0 < prior < 1:
        raise _wrong("the chance of a match is not between 0 and 1.", name, "probability_two_random_records_match")
    read = tuple(_comparison(each, number, dialect, name) for number, each in enumerate(comparisons))
    twice = {each.name for each in read if [other.name for other in read].count(each.name) > 1}
    if twice:
        raise _wrong(f"`{min(twice)}` is compared twice.", name, "comparisons")
    rules = tuple(_rule(each, name) for each in settings.get("blocking_rules_to_generate_predictions") or ())
    record = str(settings.get("unique_id_column_name") or "unique_id")
    source = str(settings.get("source_dataset_column_name") or "source_dataset")
    return SplinkModel(read, link_type, prior, rules, record, source, dialect, name)


def _loaded(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _LARGEST:
            raise _wrong("the settings are larger than 16 MB.", path.name)
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        raise _wrong("the settings are no JSON that can be read.", path.name) from None
    if not isinstance(found, dict):
        raise _wrong("the settings are no JSON object.", path.name)
    return found


def _comparison(found: Any, number: int, dialect: str, name: str) -> SplinkComparison:
    key = f"comparisons[{number}]"
    levels = found.get("comparison_levels") if isinstance(found, Mapping) else None
    if not isinstance(levels, Sequence) or isinstance(levels, str) or not levels:
        raise _wrong("a comparison has no levels.", name, key)
    called = str(found.get("output_column_name") or f"comparison_{number}")
    return SplinkComparison(called, tuple(
        _level(each, dialect, name, f"{key}.comparison_levels[{position}]", called)
        for position, each in enumerate(levels)))  # fmt: skip


def _level(found: Any, dialect: str, name: str, key: str, comparison: str) -> SplinkLevel:
    sql = found.get("sql_condition") if isinstance(found, Mapping) else None
    if not isinstance(sql, str):
        raise _wrong("a level has no `sql_condition`.", name, key)
    where = f"{name}: {key} (`{comparison}`)"
    tree = None if sql.strip().upper() == "ELSE" else read_expression(sql, dialect, where)
    tf = str(found.get("tf_adjustment_column") or "").strip('"`')
    weight = _number(found.get("tf_adjustment_weight", 1.0), name, key)
    null = bool(found.get("is_null_level", False))
    used = tf if tf and weight and tree is not None and not null else ""
    return SplinkLevel(
        tree,
        str(found.get("label_for_charts") or sql).strip(),
        null,
        _chance(found.get("m_probability"), name, key),
        _chance(found.get("u_probability"), name, key),
        used,
        (weight or 0.0) if used else 0.0,
        _number(found.get("tf_minimum_u_value", 0.0), name, key) or 0.0,
        bool(found.get("disable_tf_exact_match_detection", False)),
        where,
    )


def _chance(value: Any, name: str, key: str) -> float | None:
    if isinstance(value, str):
        return NOT_OBSERVED
    number = _number(value, name, key)
    if number is not None and not 0 <= number <= 1:
        raise _wrong("a chance is not between 0 and 1.", name, key)
    return None if number is None else max(number, LEAST)


def _number(value: Any, name: str, key: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _wrong("a number was expected.", name, key)
    return float(value)


def _rule(found: Any, name: str) -> tuple[str, tuple[str, ...]]:
    if isinstance(found, str):
        return found, ()
    if isinstance(found, Mapping) and isinstance(found.get("blocking_rule"), str):
        return found["blocking_rule"], tuple(map(str, found.get("arrays_to_explode") or ()))
    raise _wrong("a blocking rule is neither SQL nor a mapping with `blocking_rule`.", name,
                 "blocking_rules_to_generate_predictions")  # fmt: skip


def _wrong(message: str, name: str, key: str = "") -> UserError:
    return UserError("PR-L023", message, where=f"{name}: {key}" if key else name,
                     fix="Give the JSON that `linker.misc.save_model_to_json` of Splink 4 or 5 writes.")  # fmt: skip
