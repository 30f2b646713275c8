"""Splink settings as a linkage of Piperoll.

::

    imported = read_settings("model.json")
    linked = link({"people": people}, imported.linkage)     # Splink's scores, Piperoll's persons

Values are compared as they are (fields of kind ``raw``): a Splink model was made for columns cleaned before. There is
no class of relatives. Levels that the language has nothing for are named in ``foreign``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.link.estimate.chances import Chances
from piperoll.link.estimate.train import Trained
from piperoll.link.model import Model
from piperoll.link.spec.declared import BlockingSpec, ComparisonSpec, Declared, LevelSpec
from piperoll.link.spec.model import Linkage, complete
from piperoll.link.spec.terms import NotUnderstood, parse_rule
from piperoll.link.splink.model import SplinkComparison, SplinkLevel, SplinkModel, read_model
from piperoll.link.splink.native import Fields, Unsaid, condition, rule
from piperoll.link.splink.sql import read_rule


_MODES: dict[str, Literal["dedupe", "link", "both"]] = {
    "dedupe_only": "dedupe", "link_only": "link", "link_and_dedupe": "both",
}  # fmt: skip


@dataclass(frozen=True)
class Imported:
    """A Splink model as a linkage.

    Attributes:
        model: As it came.
        native: The linkage, with those comparisons of which every level has a form in the language.
        foreign: Names of the others; `score_pairs` works them out in DuckDB.
    """

    model: SplinkModel
    native: Declared
    foreign: tuple[str, ...]

    @property
    def declared(self) -> Declared:
        """The whole linkage.

        Raises:
            UserError: ``PR-L024`` if some comparison is foreign: without it every pair would be weighed wrongly.
        """
        if self.foreign:
            raise UserError(
                "PR-L024",
                f"the language of levels has nothing for {', '.join(f'`{name}`' for name in self.foreign)}.",
                where=self.model.name,
                fix="Score pairs with the settings as they are, or write these levels anew.",
            )
        return self.native

    @property
    def linkage(self) -> Linkage:
        """The whole linkage, read; its prior and chances are the model's, so that nothing is learnt.

        Raises:
            UserError: ``PR-L024`` as `declared` does.
        """
        return complete(self.declared)

    @property
    def trained(self) -> Trained:
        """Prior and chances of the model.

        Raises:
            UserError: ``PR-L024``; ``PR-L025`` if a level has no chances.
        """
        return trained(self.linkage, self.model.name)

    @property
    def learnt(self) -> Model:
        """Rules and chances, as `link` takes them.

        Raises:
            UserError: ``PR-L024``, ``PR-L025``.
        """
        return Model(self.declared.block.rules, self.trained)

    def split(self, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Records of one table by file, where a column says from which each comes (``source_dataset_column_name``)."""
        parts = frame.partition_by(self.model.source, as_dict=True, maintain_order=True)
        return {str(name[0]): part for name, part in parts.items()}


def read_settings(
    settings: Path | str | Mapping[str, Any] | SplinkModel, *, rules: Sequence[str] | None = None
) -> Imported:
    """Read Splink settings, of version 4 or 5, as a linkage.

    Args:
        rules: Blocking rules of Piperoll in place of those of the settings.

    Raises:
        UserError: ``PR-L020`` for a blocking rule that cannot be said; ``PR-L021`` and ``PR-L023`` for the settings.
    """
    model = read_model(settings)
    fields = Fields()
    comparisons, foreign = [], []
    for each in model.comparisons:
        mine = fields.copy()
        try:
            comparisons.append(_comparison(each, mine))
            fields = mine
        except Unsaid:
            foreign.append(each.name)
    if rules is None:
        said = tuple(_rule(sql, lists, model, fields) for sql, lists in model.rules)
    else:
        said = tuple(_given(text, fields) for text in rules)
    declared = Declared(
        fields.all,
        record=model.record,
        mode=_MODES[model.link_type],
        block=BlockingSpec(rules=said),
        compare=tuple(comparisons),
        prior=model.prior,
    )
    return Imported(model, declared, tuple(foreign))


def trained(linkage: Linkage, name: str = "") -> Trained:
    """Prior and chances that a linkage has written in it.

    Raises:
        UserError: ``PR-L025`` where one is not.
    """
    if not linkage.taught or linkage.declared.prior is None:
        raise UserError("PR-L025", "a level has no m or no u, or there is no prior.", where=name,
                        fix="Train the model, or let Piperoll estimate the chances.")  # fmt: skip
    m = tuple(np.array([level.spec.m for level in each.said], float) for each in linkage.comparisons)
    u = tuple(np.array([level.spec.u for level in each.said], float) for each in linkage.comparisons)
    known = tuple(True for _ in linkage.comparisons)
    return Trained(Chances(m, u, (), known, np.zeros((0, 2))), linkage.declared.prior, 0.0, 0)


def _comparison(comparison: SplinkComparison, fields: Fields) -> ComparisonSpec:
    if comparison.levels[-1].tree is not None or any(each.tree is None for each in comparison.levels[:-1]):
        raise Unsaid  # what is left must be said, and last
    levels = [_level(each, comparison, fields) for each in comparison.levels]
    if not any(each.null for each in levels):  # no pair is without a say: nulls go to what is left
        name = fields.name(min(comparison.columns)) if comparison.columns else ""
        if not name:
            raise Unsaid
        levels.insert(0, LevelSpec(f"null({name}) and not null({name})", label="never", null=True))
    return ComparisonSpec(comparison.name, tuple(levels))


def _level(level: SplinkLevel, comparison: SplinkComparison, fields: Fields) -> LevelSpec:
    when = "else" if level.tree is None else condition(level.tree, fields)
    if level.null:
        return LevelSpec(when, label=level.label, null=True)
    spec = LevelSpec(when, label=level.label, m=level.m, u=level.u)
    if not level.tf_column:
        return spec
    if not 0 < level.tf_weight <= 1:
        raise Unsaid
    # Splink starts from the u of one level; here it would be the sum of all at which the column is equal
    base = None if level.u is None else comparison.tf_base(level)
    start = level.u if level.tf_own else base
    name = fields.name(level.tf_column)
    return replace(spec, tf=level.tf_weight, tf_of=name, tf_least=level.tf_least, tf_from=start)


def _given(text: str, fields: Fields) -> str:
    """A rule of the caller's; what it names and no level does is a field, too."""
    try:
        for term in parse_rule(text):
            for name in term.fields:
                if name not in {each.name for each in fields.all}:
                    fields.name(name)
    except NotUnderstood as error:
        raise UserError("PR-L002", error.message, fix=error.fix) from None
    return text


def _rule(sql: str, lists: tuple[str, ...], model: SplinkModel, fields: Fields) -> str:
    terms, rest = rule(read_rule(sql, model.dialect, model.name), fields)
    if terms and not rest and not lists:
        return ", ".join(terms)
    short = " ".join(sql.split())
    short = short if len(short) <= 100 else f"{short[:97]}..."
    if lists:
        why, nearest = f"it unpacks {', '.join(lists)}", "a rule for each value needs a record for each value"
    elif terms:
        why, nearest = f"there is nothing for `{rest[0]}`", f"nearest is `{', '.join(terms)}`, which finds more pairs"
    else:
        why, nearest = (
            "it names nothing on which two records agree",
            "a rule is a list such as `surname, year(dob)`",
        )
    raise UserError("PR-L020", f"the blocking rule `{short}` cannot be said: {why}; {nearest}.", where=model.name,
                    fix="Give Piperoll's own rules in place of those of the settings.")  # fmt: skip
