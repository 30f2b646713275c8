"""The register as a whole: everything declared, in one immutable object."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from piperoll.register.model.circulation import Marking, Recipient, marking_of
from piperoll.register.model.codes import CodeList, IdentifierCheck, SupplierGroup
from piperoll.register.model.contract import Dataset
from piperoll.register.model.facts import Entry, Frame, Succession
from piperoll.register.model.forecast import Forecast
from piperoll.register.model.glossary import Term
from piperoll.register.model.linkage import Declared
from piperoll.register.model.merge import Merge
from piperoll.register.model.monitor import Monitor
from piperoll.register.model.policy import Group, Person, Policy
from piperoll.register.model.publication import CountingRule, Publication
from piperoll.register.model.quality import Assessment


SHARED = "models"  # Folder of the models and counting rules that publications share.


@dataclass(frozen=True)
class Source:
    """An administrative system: its entry in the Statement as facts, and the contract of its datasets.

    Attributes:
        key: File name without ``.yaml``.
        number: Place in the Statement's order.
        title: Name as people know it.
        entry: The Statement's facts; None in a register that keeps no Statement.
        datasets: Contract; empty where none is agreed yet.
    """

    key: str
    title: str
    number: int = 0
    entry: Entry | None = None
    datasets: tuple[Dataset, ...] = ()

    def dataset(self, name: str) -> Dataset:
        """The dataset of this name.

        Raises:
            KeyError: If there is none.
        """
        for each in self.datasets:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def replaced(self) -> Succession | None:
        """What it replaced, and when, as its facts say it; None where they do not say when."""
        edges = self.entry.successions if self.entry is not None else ()
        return next((each for each in edges if each.relation == "replaces" and each.when.starts), None)


@dataclass(frozen=True)
class Register:
    """Everything declared under one register directory.

    Attributes:
        root: The directory.
        key, title, owner: From ``register.yaml``.
        assessments, monitors: How far a source's quality is assured, and its operational measures, by its key.
        counting_rules: Rules that publications share, by id; their models lie in ``models/``.
        glossary: Terms that publications explain, by id.
        markings, recipients: Protective markings, and who is sent editions, by key.
        identifiers: Check-letter algorithms by key.
        frame: What the Statement says once for all sources (None if there is no Statement).
        hash: SHA-256 over every file of the register, by relative name.
    """

    root: Path
    key: str
    title: str
    owner: str
    sources: dict[str, Source]
    codes: dict[str, CodeList]
    suppliers: dict[str, SupplierGroup]
    publications: dict[str, Publication]
    policies: dict[str, Policy]
    linkages: dict[str, Declared] = field(default_factory=dict)
    assessments: dict[str, Assessment] = field(default_factory=dict)
    monitors: dict[str, Monitor] = field(default_factory=dict)
    merges: dict[str, Merge] = field(default_factory=dict)
    forecasts: dict[str, Forecast] = field(default_factory=dict)
    counting_rules: dict[str, CountingRule] = field(default_factory=dict)
    glossary: dict[str, Term] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    markings: dict[str, Marking] = field(default_factory=dict)
    recipients: dict[str, Recipient] = field(default_factory=dict)
    identifiers: dict[str, IdentifierCheck] = field(default_factory=dict)
    frame: Frame | None = None
    licence: str = ""
    contact: str = ""
    hash: str = ""

    def policy_of(self, publication: Publication) -> Policy | None:
        """The disclosure policy that applies to a publication.

        None if it names none, or says of a condition of the policy that it does not hold.
        """
        if publication.policy is None or any(not each.holds for each in publication.disclosure_reasons):
            return None
        return self.policies[publication.policy]

    def marking_of(self, publication: Publication) -> Marking | None:
        """The protective marking of a publication; None where none of those declared fits its words."""
        return marking_of(publication.marking, self.markings.values())

    @property
    def supplier_names(self) -> dict[str, str]:
        """Name of each supplier of any group, by key."""
        return {each.key: each.name for group in self.suppliers.values() for each in group.suppliers}

    def datasets(self) -> Iterator[tuple[Source, Dataset]]:
        """Every dataset with its source, in the register's order."""
        for source in self.sources.values():
            for dataset in source.datasets:
                yield source, dataset

    def forecast_queries(self, forecast: Forecast) -> tuple[str, ...]:
        """The SQL that a forecast reads its stays and counts by, or its series."""
        if forecast.series is not None:
            source, _, name = forecast.series.measure.partition(".")
            return tuple(each.sql for each in self.monitors[source].measures if each.name == name)
        return tuple(text for text in (forecast.stays.sql, forecast.stays.count) if text) if forecast.stays else ()

    def model_file(self, publication: str, model: str) -> str:
        """The file of a publication's SQL model, relative to the root: beside it, or else one that many share."""
        own, shared = f"publications/{publication}/{model}.sql", f"{SHARED}/{model}.sql"
        return shared if not (self.root / own).is_file() and (self.root / shared).is_file() else own

    def dataset(self, key: str) -> Dataset:
        """The dataset written ``source.dataset``.

        Raises:
            KeyError: If there is none.
        """
        source, _, name = key.partition(".")
        return self.sources[source].dataset(name)

    def linked(self, linkage: str) -> tuple[str, ...]:
        """Datasets, written ``source.dataset``, that hold the last run of a linkage."""
        return tuple(f"{source.key}.{each.name}" for source, each in self.datasets() if each.linkage == linkage)
