"""Publications: SQL models, statistical tables, and how an edition is presented.

Declared in ``publications/<name>/publication.yaml`` with the SQL models beside it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from piperoll.periods import Kind as PeriodKind
from piperoll.register.model.circulation import Circulation


MeasureKind = Literal[
    "count", "sum", "stock", "distinct", "rate", "share", "mean", "median", "percentile", "maximum", "change",
    "progression",
]  # fmt: skip
Kind = Literal["official", "third_party", "ad_hoc", "management_information", "non_statistical", "model_input"]
OFFICIAL: tuple[Kind, ...] = ("official", "ad_hoc")


@dataclass(frozen=True)
class CountingRule:
    """A named counting rule and the model that carries it out.

    Its examples (ASCII tables of input and expected output) lie in ``rules/<id>.md`` beside the publication, or in
    ``models/rules/<id>.md`` where publications share it, run as tests and render into the documentation.

    Attributes:
        title, model: Both are left out where a publication takes a shared rule by its id.
    """

    id: str
    title: str = ""
    model: str = ""
    description: str = ""


@dataclass(frozen=True)
class SharedRules:
    """Counting rules that publications share; a publication takes one by its id alone.

    Attributes:
        counting_rules: Each with its title and the shared model that carries it out.
    """

    counting_rules: tuple[CountingRule, ...] = ()


@dataclass(frozen=True)
class Level:
    """One level of a dimension's hierarchy, finest first.

    Attributes:
        name: For example ``local_authority``, ``region``, ``england_and_wales``.
        codes: Code list of this level.
        label: What the table's column is called.
        national: Whether this level is the headline: exact, never suppressed by sub-national rules.
    """

    name: str
    codes: str
    label: str = ""
    national: bool = False


# Columns that a cell has beside its dimensions: no dimension can have one of these names.
CELL_COLUMNS = frozenset(
    {
        "identity", "table", "measure", "kind", "period", "geography_version", "national", "support", "value", "n",
        "of", "base", "denominator", "per", "missing", "marks", "shown", "reason",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Dimension:
    """A breakdown: a column of the model, with the hierarchy its codes form.

    The column holds codes of the first (finest) level; coarser levels follow `Code.parent`, which must stand in the
    next level's code list.

    Attributes:
        total: Code for all of them together, if the hierarchy has no single top: it makes a level named ``total``.
        unknown: Code of rows whose code is null or not in the list, at every level below the top; None: such rows are
            an error. It is shown as a row of its own, so that the parts add up to the whole.
        steps: Instead of a column and levels, for measures of kind ``progression``: the numbers of quarters within
            which an event counts. Codes are ``"1"``, ``"2"`` ...; the only level is named ``within``.
    """

    name: str
    label: str
    column: str = ""
    levels: tuple[Level, ...] = ()
    total: str | None = None
    total_label: str = "All"
    unknown: str | None = None
    unknown_label: str = "Not known"
    steps: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measure:
    """What is counted.

    Attributes:
        name: Unique within the publication; with codes, geography version and period it is a cell's identity.
        kind: ``count`` of rows, ``sum`` of a column, ``stock`` (rows of the last month of a period, whose dates say
            when each was there; with ``value`` the sum of it: never added up over periods), ``distinct`` (how many
            different values: does not add up over anything), ``rate`` (numerator / denominator x per), ``share`` (per
            cent of another measure), ``mean``, ``median`` (true: mean of the two middle values), ``percentile`` (``at``
            a share of the values, between two of them by their distance) or ``maximum`` of a column, ``change`` (per
            cent against an earlier period; from exact counts nationally, from the published rounded ones below),
            ``progression`` (of the rows of a period, per cent with date ``value`` within so many quarters of
            ``period_column``; not available, ``[x]``, until that many quarters have passed for every row).
        model: SQL model whose rows are counted.
        period_column: Date column that puts a row into a period.
        where: SQL condition over the model's columns.
        value: SQL expression over the model's columns that is summed, averaged or told apart (nulls do not count; a sum
            of nulls alone is not available, ``[x]``), or the date column of the event (progression).
        at: Share of the values below a percentile, 0.25 for the first quartile.
        numerator, denominator: Measures (rate, share); the denominator of a rate may be a code list's attribute, as
            ``codes:<list>.<attribute>``, summed up the hierarchy of the dimension that list is the first level of.
        per: Multiplier of a rate, for example 1000.
        of, against: For ``change``: the measure, and ``previous_year`` or ``previous_period``.
        followed: Quarters after a period during which its cases are followed, so that figures rest on the deliveries of
            these, too: not available, ``[x]``, until and unless they have come.
        unit: Unit shown in the header.
        decimals: Places shown.
    """

    name: str
    label: str
    kind: MeasureKind
    model: str | None = None
    period_column: str | None = None
    where: str | None = None
    value: str | None = None
    at: float | None = None
    numerator: str | None = None
    denominator: str | None = None
    per: float = 100.0
    of: str | None = None
    against: Literal["previous_year", "previous_period"] = "previous_year"
    followed: int = 0
    unit: str = ""
    decimals: int = 0
    counting_rule: str | None = None
    description: str = ""


@dataclass(frozen=True)
class Table:
    """A statistical table: measures by dimensions over periods.

    Attributes:
        name: For example ``claims``; also the name of its CSV.
        number: Number in the workbook, ``1`` or ``2a``.
        measures: Names of measures, as columns.
        rows: Dimension levels shown, ``dimension: [level, ...]`` (total: ``total``).
        period: Kind of period of a row.
        last: How many periods up to the edition's are shown; None for all since ``first``.
        first: First period shown.
        national_only: Whether only the headline level is made (medians, means, cohorts).
        also_years: Whether the years that lie wholly within the periods shown are rows, too.
        years: Which years these are: calendar or financial.
    """

    name: str
    number: str
    title: str
    measures: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]
    period: PeriodKind = "quarter"
    also_years: bool = False
    years: Literal["year", "financial_year"] = "year"
    last: int | None = None
    first: str | None = None
    national_only: bool = False
    notes: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class Note:
    """A note of the publication, referred to by its id in titles and headers."""

    id: str
    text: str


@dataclass(frozen=True)
class Chart:
    """A chart of the bulletin: one table's measure over periods, a line for each code of a dimension.

    Attributes:
        form: ``line``; ``bar``; ``panels``, a small chart for each code of ``level``, all to one scale; ``map``, a tile
            for each code of ``level`` in the last period, where the attributes ``tile_row`` and ``tile_column`` of its
            code list put it.
    """

    name: str
    table: str
    measures: tuple[str, ...]
    title: str
    dimension: str | None = None
    level: str | None = None
    where: dict[str, str] | None = None
    form: Literal["line", "bar", "panels", "map"] = "line"
    section: str = ""
    last: int | None = None


@dataclass(frozen=True)
class Section:
    """A section of the bulletin: a heading, tables and charts; its sentences are made from numbers.

    Attributes:
        about: What it is about; no figures.
        text: Paragraphs, templates of sentences (`piperoll.register.narrative`).
    """

    key: str
    title: str
    tables: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    about: str = ""
    text: tuple[str, ...] = ()


@dataclass(frozen=True)
class MainPoint:
    """A sentence of the main points, generated: a measure for given codes, and its change.

    Attributes:
        text: Instead of these, a template of a sentence (`piperoll.register.narrative`).
    """

    measure: str = ""
    subject: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    against: Literal["previous_year", "previous_period"] = "previous_year"
    text: str = ""


@dataclass(frozen=True)
class Provisional:
    """Which figures of an edition are provisional: marked ``[p]``, and without the mark once they are final.

    Exactly one of ``last``, ``year`` and ``dataset`` says until when.

    Attributes:
        reason: Why they may still change, in a sentence; it stands in the release.
        last: Those of so many of the publication's periods up to the edition's, and of every period that reaches into
            them (a year, for the quarter it ends with).
        year: Those of a year that is not over when the edition's period is: final with the edition that ends the year.
        dataset: Those of a period for which not all deliveries of this dataset (``source.dataset``) have come: final
            with its last one.
        measures, tables: Only figures of these; empty: of all.
    """

    reason: str
    last: int | None = None
    year: Literal["year", "financial_year"] | None = None
    dataset: str | None = None
    measures: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Break:
    """A break in series: figures from a day on cannot be compared with earlier ones. The first ones are marked ``[b]``.

    Attributes:
        at: First day (``2012-04-01``) or period (``2012Q2``) of the new series; empty where ``succession`` says it.
        reason: Why the series breaks, in a sentence; it stands in the release. May be left out with ``succession``.
        succession: Key of a source that replaced another: the series breaks on the day the source's facts give.
        measures, tables: Only figures of these; empty: of all.
        codes: Only cells of these codes, or below them, by dimension.
    """

    at: str = ""
    reason: str = ""
    succession: str | None = None
    measures: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """Whether a condition of the disclosure policy holds for a publication, and why.

    Attributes:
        id: Id of the condition.
        reason: Why it holds, or why not, in a sentence; it stands in the release.
        holds: False: the policy does not apply to this publication, and its figures are given exactly.
    """

    id: str
    reason: str
    holds: bool = True


@dataclass(frozen=True)
class Difference:
    """Figures that another publication tells, too, and tells otherwise on purpose.

    Declared in one of the two, it is told to readers of both, and `piperoll ledger coherent` lists it as explained.

    Attributes:
        publication: Key of the other publication.
        measure: Name of the measure, the same in both.
        reason: Why the figures are not the same, in a sentence; it is published.
        codes: Only cells with these codes (``dimension: code``); left out: all of the measure.
    """

    publication: str
    measure: str
    reason: str
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Publication:
    """A publication and how it is made.

    Attributes:
        models: Names of the SQL models (``<name>.sql`` beside ``publication.yaml``, or in ``models/`` of the register
            where publications share them), in any order.
        inputs: Datasets the models may read (``source.dataset``); empty: those they name.
        supplier_areas: For each supplier, the codes (of any dimension and level) whose cells, and those below them,
            cannot be known when its delivery is missing. Of two codes of one dimension, one above the other, the lower
            is meant: the upper one is for dimensions that have no lower. A supplier not named here concerns every cell
            below the national level.
        disclosure_reasons: For each condition of the policy, whether it holds and why.
        differences: Figures that another publication tells otherwise on purpose.
        glossary: Terms of the register's glossary that its readers need, by id.
        lag_days: Days from the end of an edition's period to its publication, unless told otherwise.
        provisional: Which figures are provisional, and why.
        breaks: Breaks in its series.
        reason, legal_basis: Why it is made where it is no statistical release, and what law asks for it.
        channel, audience: How it reaches whom, in words.
        marking: Protective marking, in words; they begin as a marking of ``recipients.yaml`` says.
        circulation: Who is sent each edition, by which way.
    """

    key: str
    title: str
    kind: Kind = "official"
    producer: str = ""
    frequency: str = ""
    sources: tuple[str, ...] = ()
    status: Literal["planned", "current", "ended"] = "current"
    starts: dt.date | None = None
    ends: dt.date | None = None
    accredited: bool = False
    coverage: str = ""
    policy: str | None = None
    disclosure_reasons: tuple[Reason, ...] = ()
    geography_version: str = ""
    period: PeriodKind = "quarter"
    inputs: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    supplier_areas: dict[str, tuple[str, ...]] = field(default_factory=dict)
    counting_rules: tuple[CountingRule, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    measures: tuple[Measure, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()
    charts: tuple[Chart, ...] = ()
    sections: tuple[Section, ...] = ()
    main_points: tuple[MainPoint, ...] = ()
    differences: tuple[Difference, ...] = ()
    methods: tuple[str, ...] = ()
    glossary: tuple[str, ...] = ()
    lag_days: int = 40
    provisional: tuple[Provisional, ...] = ()
    breaks: tuple[Break, ...] = ()
    contact: str = ""
    summary: str = ""
    reason: str = ""
    legal_basis: str = ""
    channel: str = ""
    audience: str = ""
    marking: str = ""
    circulation: tuple[Circulation, ...] = ()

    @property
    def official(self) -> bool:
        """Whether it is official statistics, which need assured sources, caveats and a second person."""
        return self.kind in OFFICIAL
