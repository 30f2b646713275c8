"""A merge: records of one thing from two or more systems, made one, with every difference between them explained.

Declared in ``merges/<key>.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


Difference = Literal["missing", "differs"]

# What the SELECT of every side gives.
NEEDED = ("record", "day")
OWN = (*NEEDED, "place")
# What a reason may ask: which delivery is there, beside the merged row itself.
CAME = ("dataset", "supplier", "period", "rows_refused")


@dataclass(frozen=True)
class Side:
    """One of the systems.

    Attributes:
        name: Short name, unique within the merge; columns of it are named so.
        title: What people call it.
        sql: A SELECT over datasets, as ``<source>__<dataset>``, that gives a row for each record: ``record`` (a text
            that is its and no other's), ``day`` (on which it counts), ``place`` (an office, if there is one), and those
            of the merge's fields that the system knows.
        expected: A condition on a merged row (`Merge`): true where this side, too, should hold it.
    """

    name: str
    title: str
    sql: str
    expected: str = ""


@dataclass(frozen=True)
class Pairing:
    """When a record of one side is that of another.

    Attributes:
        equal: Fields that are equal; an empty one equals nothing.
        when: A further condition; ``a`` is the record of the side named earlier, ``b`` that of the later.
        nearest: Of several possible pairs, first that with the smallest value of this expression over ``a`` and ``b``;
            then in the order of ``record``.
    """

    equal: tuple[str, ...]
    when: str = ""
    nearest: str = ""


@dataclass(frozen=True)
class MergedField:
    """A field of the merged record.

    Attributes:
        name: Its name in the SELECT of the sides.
        type: As in a contract: ``str``, ``code``, ``int``, ``dec(10,2)``, ``date``, ``datetime`` or ``bool``.
        first: Sides in the order in which they are asked for it; default: the order of the sides.
        compare: Whether two sides that both say it should say the same.
        same: When two values ``a`` and ``b`` count as the same; default: when they are equal.
    """

    name: str
    type: str = "str"
    first: tuple[str, ...] = ()
    compare: bool = False
    same: str = ""


@dataclass(frozen=True)
class Explanation:
    """Why there is a difference; the first reason that holds explains it.

    Attributes:
        id: Unique within the merge.
        says: The reason, as a sentence.
        of: ``missing`` (a side lacks a record that it should hold) or ``differs`` (two sides say different things).
        when: A condition on the merged row; left out: always.
        side: Only for what this side lacks.
        field: Only for differences in this field.
    """

    id: str
    says: str
    of: Difference
    when: str = ""
    side: str = ""
    field: str = ""


@dataclass(frozen=True)
class Merge:
    """Records of two or more systems as one.

    Conditions on a merged row name its columns: ``day``, ``place``, every field as it is kept, ``in_<side>`` (whether
    the side holds it), and ``<side>_record``, ``<side>_day``, ``<side>_place`` and ``<side>_<field>`` (what that side
    says). They may also ask, in a subquery, which deliveries are there: ``came (dataset, supplier, period,
    rows_refused)``, and any dataset or code list.

    Attributes:
        key: Name of the file.
        sides: The systems, those trusted more first: of a field that several know the first one's is kept.
        pairs: When two records are of one thing. Each record has at most one partner on every other side.
        fields: Of the merged record.
        from_, to: First and last month in which sides are compared (``2012-03``); left out: all of them. Records of
            other months are merged all the same.
        reasons: Explanations of differences, in order.
        unexplained: Share of the records, 0 to 1, that may differ without a reason before the merge says so loudly.
        offices: Code list that names the places.
    """

    key: str
    title: str
    sides: tuple[Side, ...]
    pairs: Pairing
    fields: tuple[MergedField, ...]
    description: str = ""
    from_: str = ""
    to: str = ""
    reasons: tuple[Explanation, ...] = ()
    unexplained: float = 0.0
    offices: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of a merged record as models of publications read it."""
        fields = (each.name for each in self.fields)
        return ("month", "day", "place", *fields, *(f"in_{each.name}" for each in self.sides))

    @property
    def row_columns(self) -> tuple[str, ...]:
        """Columns of a merged row that conditions may name."""
        kept = ("day", "place", *(each.name for each in self.fields))
        said = (f"{side.name}_{name}" for side in self.sides for name in ("record", *kept))
        return (*kept, *(f"in_{side.name}" for side in self.sides), *said)
