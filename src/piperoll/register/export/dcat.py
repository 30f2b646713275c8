"""The register as a data catalogue (DCAT 3, W3C): sources, their datasets, and the publications made from them."""

from __future__ import annotations

from collections.abc import Iterator

from piperoll.register.export import rdf
from piperoll.register.export.rdf import Iri, Statement, Text, iri
from piperoll.register.model.contract import Dataset
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register, Source


_FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
_PERIODS = {
    "month": "MONTHLY", "quarter": "QUARTERLY", "year": "ANNUAL", "financial_year": "ANNUAL",
    "rolling_year": "QUARTERLY",  # made anew with each quarter
}  # fmt: skip


def turtle(register: Register, sources: list[Source]) -> str:
    """The catalogue of these sources as Turtle."""
    return rdf.turtle(_statements(register, sources))


def json_ld(register: Register, sources: list[Source]) -> str:
    """The catalogue of these sources as JSON-LD."""
    return rdf.json_ld(_statements(register, sources))


def _statements(register: Register, sources: list[Source]) -> Iterator[Statement]:
    catalogue, owner = iri(register.key), iri(register.key, "owner")
    yield from _typed(catalogue, "dcat:Catalog")
    yield catalogue, "dct:title", Text(register.title, "en")
    yield catalogue, "dct:description", Text(f"Administrative sources, as {register.owner} declares them.", "en")
    yield catalogue, "dct:publisher", owner
    yield catalogue, "adms:versionNotes", Text(f"Definitions {register.hash}")
    if register.licence.startswith("http"):
        yield catalogue, "dct:license", Iri(register.licence)
        yield from _typed(Iri(register.licence), "dct:LicenseDocument")
    elif register.licence:
        rights = iri(register.key, "rights")
        yield catalogue, "dct:rights", rights
        yield from _typed(rights, "dct:RightsStatement")
        yield rights, "dct:description", Text(register.licence, "en")
    yield from _typed(owner, "foaf:Agent")
    yield owner, "foaf:name", Text(register.owner, "en")
    if register.contact:
        contact = iri(register.key, "contact")
        yield from _typed(contact, "vcard:Kind")
        yield contact, "vcard:fn", Text(register.contact)
        if "@" in register.contact and " " not in register.contact:
            yield contact, "vcard:hasEmail", Iri(f"mailto:{register.contact}")
        yield catalogue, "dcat:contactPoint", contact
    for source in sources:
        yield from _source(register, source)
    keys = {source.key for source in sources}
    for publication in register.publications.values():
        if keys & set(publication.sources) or len(sources) == len(register.sources):
            yield from _publication(register, publication)


def _typed(subject: Iri, *names: str) -> Iterator[Statement]:
    for name in names:
        yield subject, "rdf:type", Iri(rdf.expand(name))


def _source(register: Register, source: Source) -> Iterator[Statement]:
    """A source is a dataset of which its tables are parts: that it has no contract yet does not hide it."""
    this = iri(register.key, "source", source.key)
    described = f"Records of the administrative system {source.title}."
    yield from _dataset(register, this, source.key, source.title, described)
    yield this, "dct:accessRights", Iri(_ACCESS + "RESTRICTED")
    for dataset in source.datasets:
        part = iri(register.key, "dataset", source.key, dataset.name)
        yield this, "dct:hasPart", part
        yield from _table(register, source, dataset, part)


def _table(register: Register, source: Source, dataset: Dataset, this: Iri) -> Iterator[Statement]:
    title = f"{source.title}: {dataset.title}"
    yield from _dataset(register, this, f"{source.key}.{dataset.name}", title, dataset.description or f"{title}.")
    yield this, "dct:isPartOf", iri(register.key, "source", source.key)
    yield this, "dct:accrualPeriodicity", Iri(_FREQUENCY + _PERIODS[dataset.period])
    yield this, "dct:accessRights", Iri(_ACCESS + "RESTRICTED")


def _publication(register: Register, publication: Publication) -> Iterator[Statement]:
    this = iri(register.key, "publication", publication.key)
    described = publication.summary or publication.coverage or f"{publication.title}."
    yield from _dataset(register, this, publication.key, publication.title, described)
    yield this, "dct:accrualPeriodicity", Iri(_FREQUENCY + _PERIODS[publication.period])
    yield this, "dct:accessRights", Iri(_ACCESS + "PUBLIC")
    if register.licence.startswith("http"):
        yield this, "dct:license", Iri(register.licence)
    for source in publication.sources:
        yield this, "dct:source", iri(register.key, "source", source)
    for when, name in ((publication.starts, "dct:issued"),):
        if when is not None:
            yield this, name, Text(when.isoformat(), datatype="xsd:date")


def _dataset(register: Register, this: Iri, key: str, title: str, description: str) -> Iterator[Statement]:
    yield from _typed(this, "dcat:Dataset")
    yield iri(register.key), "dcat:dataset", this
    yield this, "dct:identifier", Text(key)
    yield this, "dct:title", Text(title, "en")
    yield this, "dct:description", Text(description, "en")
    yield this, "dct:publisher", iri(register.key, "owner")
    if register.contact:
        yield this, "dcat:contactPoint", iri(register.key, "contact")
