"""How much a register declares, in one line, and each thing in a few."""

from __future__ import annotations

from collections.abc import Sequence

from piperoll.register.find import Found
from piperoll.register.model.codes import CodeList, SupplierGroup
from piperoll.register.model.contract import Dataset
from piperoll.register.model.linkage import Declared
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Register, Source


def counts(register: Register) -> dict[str, int]:
    """How many there are of each thing declared."""
    datasets = [dataset for _, dataset in register.datasets()]
    return {
        "sources": len(register.sources),
        "datasets": len(datasets),
        "fields": sum(len(each.fields) for each in datasets),
        "rules": sum(len(each.rules) for each in datasets),
        "code lists": len(register.codes),
        "codes": sum(len(each.codes) for each in register.codes.values()),
        "suppliers": sum(len(each.suppliers) for each in register.suppliers.values()),
        "publications": len(register.publications),
        "tables": sum(len(each.tables) for each in register.publications.values()),
        "policies": len(register.policies),
        "linkages": len(register.linkages),
        "merges": len(register.merges),
        "forecasts": len(register.forecasts),
        "assessments": len(register.assessments),
        "operational measures": sum(len(each.measures) for each in register.monitors.values()),
    }


def sentence(register: Register) -> str:
    """The counts as ``register check`` ends: ``34 sources, 4 datasets, ...``."""
    singular = {"policies": "policy"}
    parts = []
    for name, count in counts(register).items():
        parts.append(f"{count:,} {singular.get(name, name[:-1]) if count == 1 else name}")
    return ", ".join(parts)


def lines(found: Found) -> list[str]:
    """A declared thing for a person at a terminal."""
    head = [f"{found.title or found.key} ({found.kind} {found.key})"]
    value = found.value
    if isinstance(value, Declared):
        inputs = [f"{each.name} ({each.dataset})" for each in value.inputs]
        told = [f"  inputs: {', '.join(inputs)}", f"  fields: {', '.join(each.name for each in value.fields)}"]
        told += [f"  never: {each.when}" for each in value.never] + [f"  step: {each.key}" for each in value.steps]
        return head + told
    if getattr(value, "description", "") and isinstance(value.description, str):
        head.append(value.description)
    if isinstance(value, Source):
        return [*head, *_source(value)]
    if isinstance(value, Dataset):
        return [*head, *_dataset(value)]
    if isinstance(value, CodeList):
        return [*head, *_codes(value)]
    if isinstance(value, SupplierGroup):
        return [*head, *(f"  {each.key}  {each.name}" for each in value.suppliers)]
    if isinstance(value, Publication):
        return [*head, *_publication(value)]
    for name, each in vars(value).items():
        if each not in (None, "", ()) and name not in ("key", "title", "description") and name[0] != "_":
            text = ", ".join(map(str, each)) if isinstance(each, tuple) else str(each)
            head.append(f"  {name.replace('_', ' ')}: {text}")
    return head


def _source(source: Source) -> list[str]:
    out = [f"  number {source.number}"] if source.number else []
    if not source.datasets:
        out.append("  no contract yet")
    for each in source.datasets:
        out.append(f"  {source.key}.{each.name}: {each.title} ({len(each.fields)} fields, {len(each.rules)} rules)")
    return out


def _dataset(dataset: Dataset) -> list[str]:
    owed = f"owed from {dataset.owed_from}" if dataset.owed_from else "not owed yet"
    out = [
        f"  mode {dataset.mode}, by {dataset.period}, key {', '.join(dataset.key)}, {owed}",
        f"  suppliers: {dataset.suppliers or 'none'}; files: {dataset.file.pattern or 'any name'}",
        "",
        *_table(
            ("field", "type", "class", "null", "codes", "title"),
            [(f.name, f.type, f.cls, f.null, f.codes or "", f.title) for f in dataset.fields],
        ),
    ]
    if dataset.derive:
        out += ["", *_table(("derived", "method", "from"), [(d.name, d.method, d.field) for d in dataset.derive])]
    if dataset.rules:
        out += [
            "",
            *_table(("rule", "severity", "what is wrong"), [(r.id, r.severity, r.message) for r in dataset.rules]),
        ]
    return out


def _codes(codes: CodeList) -> list[str]:
    rows = []
    for each in codes.codes:
        span = f"{each.valid_from or ''}..{each.valid_to or ''}" if each.valid_from or each.valid_to else ""
        rows.append((each.code, each.label, each.parent or "", span))
    about = f"  version {codes.version}, {codes.status}; {len(codes.codes):,} codes"
    return [about, "", *_table(("code", "label", "parent", "valid"), rows)]


def _publication(publication: Publication) -> list[str]:
    out = [f"  {publication.kind}, {publication.frequency or 'no frequency stated'}, policy {publication.policy}"]
    if publication.tables:
        rows = [(each.number, each.name, each.title) for each in publication.tables]
        out += ["", *_table(("number", "table", "title"), rows)]
    return out


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    made = []
    for row in (header, *rows):
        made.append("  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    return made
