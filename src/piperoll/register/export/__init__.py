"""Contracts and the catalogue in the formats that others read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from piperoll.errors import UserError
from piperoll.register.export.csvw import csvw
from piperoll.register.export.dcat import json_ld, turtle
from piperoll.register.export.odcs import odcs
from piperoll.register.export.tableschema import table_schema
from piperoll.register.model.register import Register, Source
from piperoll.register.shape import nearest


Files = Iterator[tuple[str, str]]


def _odcs(register: Register, sources: list[Source]) -> Files:
    for source in sources:
        if source.datasets:
            yield f"{source.key}.odcs.yaml", odcs(register, source)


def _table_schema(register: Register, sources: list[Source]) -> Files:
    for source in sources:
        for dataset in source.datasets:
            yield f"{source.key}.{dataset.name}.schema.json", table_schema(register, source, dataset)


def _csvw(register: Register, sources: list[Source]) -> Files:
    for source in sources:
        for dataset in source.datasets:
            yield f"{source.key}.{dataset.name}.csv-metadata.json", csvw(register, source, dataset)


def _dcat(register: Register, sources: list[Source]) -> Files:
    yield "catalogue.ttl", turtle(register, sources)
    yield "catalogue.jsonld", json_ld(register, sources)


FORMATS: dict[str, Callable[[Register, list[Source]], Files]] = {
    "odcs": _odcs,
    "tableschema": _table_schema,
    "csvw": _csvw,
    "dcat": _dcat,
}


def write(register: Register, form: str, key: str | None, out: Path) -> list[Path]:
    """Write an export.

    Args:
        form: One of `FORMATS`.
        key: A source; None for all.
        out: Directory, made if it is not there.

    Returns:
        The files written. The same register gives the same bytes.

    Raises:
        UserError: ``PR-R042`` if there is no such source, it has no contract, or ``out`` cannot be written to.
    """
    if key is not None and key not in register.sources:
        cure = nearest(key, register.sources) or "See `piperoll register list --kind source`."
        raise UserError("PR-R042", f"There is no source `{key}`.", fix=cure)
    sources = [register.sources[key]] if key is not None else list(register.sources.values())
    files = list(FORMATS[form](register, sources))
    if not files:
        said = f"`{key}` has no contract yet." if key else "No source has a contract yet."
        raise UserError("PR-R042", said, fix="Declare its datasets in its YAML, or export the catalogue (dcat).")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in files:
            (out / name).write_bytes(text.encode())
    except OSError as error:
        said = f"It cannot be written ({error.strerror})."
        raise UserError("PR-R042", said, where=str(out), fix="Give another --out.") from None
    return [out / name for name, _ in files]
