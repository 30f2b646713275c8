"""How good a linkage is without labels: link without an identifier, and see whether it agrees.

Records with the same number are of one person, those with different numbers of two, nearly always. A field like that is
taken out of rules, comparisons and vetoes; the linkage is learnt and done without it; then persons are held against it.
What is measured are records that have the number: they are often the better ones, so that it flatters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.link.encode.records import Records
from piperoll.link.engine import Progress, link, silent
from piperoll.link.evaluate.agreement import Agreement, agreement
from piperoll.link.prepare import prepare
from piperoll.link.spec.declared import Declared
from piperoll.link.spec.model import complete
from piperoll.link.spec.terms import NotUnderstood, Term, parse_level, parse_rule
from piperoll.register.shape import nearest


@dataclass(frozen=True)
class HeldOut:
    """Persons found without a field, held against it.

    Attributes:
        known: Records that have the field.
        records: All records.
    """

    field: str
    known: int
    records: int
    agreement: Agreement

    @property
    def sentence(self) -> str:
        """What was found, and how."""
        pairs = self.agreement.pairwise
        return (
            f"Linked without `{self.field}` and held against it ({self.known:,} of {self.records:,} records have it): "
            f"pairs precision {pairs.precision:.4f}, recall {pairs.recall:.4f}; "
            f"B-cubed F1 {self.agreement.bcubed.f1:.4f}."
        )


def held_out(
    frames: Mapping[str, pl.DataFrame], declared: Declared, field: str, progress: Progress = silent
) -> HeldOut:
    """Link without ``field`` and hold what is found against it.

    Raises:
        UserError: ``PR-L018`` if there is no such field, or too little is left without it.
    """
    names = [each.name for each in declared.fields]
    if field not in names:
        raise UserError("PR-L018", f"`{field}` is no field of the linkage.", fix=nearest(field, names) or "Name one.")
    less = without(declared, field)
    if not less.fields:
        raise UserError("PR-L018", "nothing is left to link by.", fix="Hold out another field.")
    whole = complete(replace(declared, compare=(), never=()))
    linked = link(frames, complete(less), progress=progress)
    records = prepare(frames, whole).records
    known = np.empty(len(records), np.int64)
    # records without a name of their own are ordered by what they say, which is less without the field
    known[_as_they_came(linked.ready.records)] = records.columns[Term(field)].codes[_as_they_came(records)]
    found = agreement(linked.persons.label, known)
    return HeldOut(field, int((known >= 0).sum()), len(known), found)


def _as_they_came(records: Records) -> np.ndarray:
    return np.lexsort((records.rows, records.file))


def without(declared: Declared, field: str) -> Declared:
    """A linkage without a field: rules, comparisons and vetoes that name it are left out."""
    rules = tuple(each for each in declared.block.rules if field not in _of_rule(each))
    compare = tuple(
        each for each in declared.compare
        if each.name != field and not any(field in _of_level(level.when) for level in each.levels)
    )  # fmt: skip
    never = tuple(each for each in declared.never if field not in _of_level(each.when))
    return replace(
        declared, fields=tuple(each for each in declared.fields if each.name != field),
        block=replace(declared.block, rules=rules), compare=compare, never=never, truth="", groups=(),
    )  # fmt: skip


def _of_rule(text: str) -> set[str]:
    try:
        return {name for term in parse_rule(text) for name in term.fields}
    except NotUnderstood:
        return set()


def _of_level(text: str) -> set[str]:
    try:
        return set() if text == "else" else {name for term in parse_level(text).columns for name in term.fields}
    except NotUnderstood:
        return set()
