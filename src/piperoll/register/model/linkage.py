"""What a linkage may say: YAML at the boundary, frozen dataclasses inside.

Everything but the fields may be left out; `defaults` fills it in from the kinds of the fields.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


Kind = Literal[
    "forename", "middle_name", "surname", "full_name", "date", "sex", "postcode", "place", "category", "text",
    "identifier", "number", "raw", "day", "list",
]  # fmt: skip
# A field of one of these names needs no kind.
NAMED: dict[str, Kind] = {
    "forename": "forename", "first_name": "forename", "given_name": "forename",
    "middle_name": "middle_name", "middle": "middle_name",
    "surname": "surname", "last_name": "surname", "family_name": "surname",
    "full_name": "full_name", "name": "full_name",
    "dob": "date", "date_of_birth": "date", "birth_date": "date",
    "sex": "sex", "gender": "sex",
    "postcode": "postcode", "zip": "postcode", "zipcode": "postcode",
    "place": "place", "town": "place", "city": "place", "suburb": "place", "birth_place": "place",
}  # fmt: skip


@dataclass(frozen=True)
class FieldSpec:
    """One thing that is known of a person.

    Attributes:
        name: What rules and levels call it.
        from_: Column of the files; by default the field's name. A mapping gives it file by file.
        kind: What it is; not needed where the name says it. ``raw``: a text as it is, nothing of it cleaned; ``day``: a
            date counted in days, nothing of it doubted; ``list``: several values.
        also: Columns of further values that a record has of it, such as aliases: it is compared under each. Those that
            stand at one place in the lists of two fields are one name. A file may lack them.
        clean: Steps in order, in place of those of the kind.
        dummies: Values that mean nothing, such as a number given to everybody without one.
        form: Of an identifier: key of its check in the register. What fails it, or is a dummy, is no key.
        unit: Of a number: differences are counted in it.
        token: Whether the store's token is taken in place of a number from the vault: it tells equal from different.
        optional: Whether a file may lack the column; its records then do not know it.
    """

    name: str
    from_: str | dict[str, str] = ""
    kind: Kind | Literal[""] = ""
    also: tuple[str, ...] = ()
    clean: tuple[str, ...] | None = None
    dummies: tuple[str, ...] = ()
    form: str = ""
    unit: float = 1.0
    token: bool = False
    optional: bool = False

    def column(self, file: str) -> str:
        """Column of a file; empty where a mapping does not name the file."""
        if isinstance(self.from_, dict):
            return self.from_.get(file, "")
        return self.from_ or self.name


@dataclass(frozen=True)
class LevelSpec:
    """A level of a comparison.

    Attributes:
        when: Condition, such as ``jaro_winkler(surname) >= 0.92``; ``else`` for what is left.
        tf: Share of the adjustment for how common the values are, 0 to 1.
        label: For readers.
        null: Whether it says nothing, as where a value is missing.
        m, u: Fixed chances of the level among pairs of one person, and among others; not estimated then. Levels of the
            comparison without one share what is left, as they are learnt.
        tf_of: Field whose frequencies adjust it, in place of that of the comparison.
        tf_least: Least frequency that is believed.
        tf_from: Chance from which the adjustment starts, in place of u of the level at which the field is equal.
    """

    when: str
    tf: float = 0.0
    label: str = ""
    null: bool = False
    m: float | None = None
    u: float | None = None
    tf_of: str = ""
    tf_least: float = 0.0
    tf_from: float | None = None


@dataclass(frozen=True)
class ComparisonSpec:
    """How alike two records are in one respect: levels from the best down; the first whose condition holds counts.

    Attributes:
        tf: Field whose frequencies adjust its levels; by default that of the first level.
    """

    name: str
    levels: tuple[LevelSpec, ...] = ()
    tf: str = ""


@dataclass(frozen=True)
class ThresholdsSpec:
    """When records are joined.

    Attributes:
        join: Probability from which two records are joined.
        join_weight: The same as a match weight, in bits; in place of ``join``.
        fracture_weight: Records that were one person before stay so down to this match weight; by default ``join``.
        review: From this probability to ``join``, and as far on the other side, a clerk should look.
        keep: Pairs below this match weight are not kept.
    """

    join: float = 0.9
    join_weight: float | None = None
    fracture_weight: float | None = None
    review: float = 0.5
    keep: float = -4.0


@dataclass(frozen=True)
class NeverSpec:
    """What two records of one person never are, such as ``different(prison_number)``.

    Attributes:
        unless_weight: The veto does not count against a match weight of this or more, in bits.
    """

    when: str
    unless_weight: float | None = None


@dataclass(frozen=True)
class BlockingSpec:
    """Which pairs are compared.

    Attributes:
        rules: Records that agree on all terms of one of them.
        pairs_each: With rules left to the engine: how many pairs a record it may look at, on average.
        largest: A group of more records than this is divided further.
    """

    rules: tuple[str, ...] = ()
    pairs_each: float = 100.0
    largest: int = 5_000


@dataclass(frozen=True)
class BesideSpec:
    """The least value of ``column`` (the earliest date) among rows of ``dataset`` with the same ``on``, as ``name``."""

    name: str
    dataset: str
    column: str
    on: tuple[str, ...]


@dataclass(frozen=True)
class InputSpec:
    """A dataset of the register that is linked.

    Attributes:
        name: What fields and results call it.
        dataset: Written ``source.dataset``.
        where: Condition in SQL over columns of the store, where not all rows are of people.
        beside: Further fields from a dataset beside it, by name.
        case: Fields of the key that name a case; records of one case have them in common.
        rates_by: Field by which match rates are told.
    """

    name: str
    dataset: str
    where: str = ""
    beside: tuple[BesideSpec, ...] = ()
    case: tuple[str, ...] = ()
    rates_by: str = ""


@dataclass(frozen=True)
class StepSpec:
    """A step of matching by keys: records that agree on all terms of ``key``, one of each file.

    Attributes:
        within: Field of dates that may differ by ``days`` at most.
    """

    key: str
    within: str = ""
    days: int = 0


@dataclass(frozen=True)
class Declared:
    """A linkage as it is written.

    Attributes:
        fields: What is known of a person.
        linkage: Its name.
        key: Name of its file, in a register.
        inputs: Datasets of the register; none where files are linked.
        record: Column that names a record in its file; by default its position there.
        mode: Records of one person within a file, of different files, or both; by default by the number of files.
        truth: Column that says who is who, where that is known; it is used to evaluate and for nothing else.
        groups: Columns by which the evaluation is divided, to show bias.
        block: Which pairs are compared; without rules the engine chooses.
        compare: Comparisons; without any those of the kinds of the fields.
        thresholds: When records are joined.
        never: Vetoes.
        steps: Keys to match two inputs by, in order, in place of weights: each record is matched once.
        one_each: Files in which no person is twice.
        prior: Chance that two records taken at random are of one person; estimated if not given.
    """

    fields: tuple[FieldSpec, ...]
    linkage: str = "records"
    key: str = ""
    inputs: tuple[InputSpec, ...] = ()
    record: str = ""
    mode: Literal["", "dedupe", "link", "both"] = ""
    truth: str = ""
    groups: tuple[str, ...] = ()
    block: BlockingSpec = field(default_factory=BlockingSpec)
    compare: tuple[ComparisonSpec, ...] = ()
    thresholds: ThresholdsSpec = field(default_factory=ThresholdsSpec)
    never: tuple[NeverSpec, ...] = ()
    steps: tuple[StepSpec, ...] = ()
    one_each: tuple[str, ...] = ()
    prior: float | None = None

    @property
    def evaluated(self) -> tuple[str, ...]:
        """Columns that only the evaluation looks at."""
        return (*([self.truth] if self.truth else []), *self.groups)

    @property
    def datasets(self) -> tuple[str, ...]:
        """Datasets that it reads, each once."""
        read = [name for each in self.inputs for name in (each.dataset, *(more.dataset for more in each.beside))]
        return tuple(dict.fromkeys(read))
