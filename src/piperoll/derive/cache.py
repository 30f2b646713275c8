"""Results of models kept as Parquet under ``derived/<hash>/``, named by everything they are made from."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from piperoll.derive.models import Model
from piperoll.register.model.register import Register
from piperoll.store.codetables import code_columns, code_values
from piperoll.store.parts import Correction, Part


_ARROW = {"VARCHAR": "string", "DATE": "date32[day]"}


def fingerprint(parts: Iterable[Part], corrections: Iterable[Correction] = ()) -> dict[str, str]:
    """A hash of each dataset's contents, from its parts and corrections: equal contents, equal hash."""
    seen: dict[str, list[str]] = {}
    for part in parts:
        text = f"part|{part.supplier}|{part.period}|{part.sequence}|{part.object}|{part.mode}"
        seen.setdefault(part.dataset, []).append(text)
    for each in corrections:
        text = f"correction|{sorted(each.key.items())!r}|{each.field}|{each.value!r}|{each.sequence}"
        seen.setdefault(each.dataset, []).append(text)
    return {dataset: digest(sorted(texts)) for dataset, texts in sorted(seen.items())}


def code_fingerprint(register: Register, key: str) -> str:
    """A hash of a code list as models see it."""
    codes = register.codes[key]
    kinds = code_columns(codes)
    values = code_values(codes)
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    # As Arrow writes schema and rows, by which earlier results are named.
    schema = "\n".join(f"{name}: {_ARROW[kind]}" for name, kind in kinds.items())
    return digest([schema, repr(rows)])


def model_key(model: Model, inputs: Mapping[str, str]) -> str:
    """A hash of a model's text and of everything it reads (``inputs``: by the name it reads it by)."""
    return digest([model.sql, *(f"{name}={inputs.get(name, 'none')}" for name in model.references)])


def digest(texts: Iterable[str]) -> str:
    """SHA-256 over texts, in order, unambiguous."""
    total = hashlib.sha256()
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        total.update(f"{len(data)}:".encode())
        total.update(data)
    return total.hexdigest()


def cached(root: Path, name: str, key: str) -> Path:
    """Where the result of a model of this key lies, or would lie."""
    return root / key[:32] / f"{name}.parquet"


def keep(con: duckdb.DuckDBPyConnection, sql: str, target: Path) -> None:
    """Write a query's result to ``target``: whole or not at all (renamed into place after it is on disk)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}.draft")
    try:
        con.execute(f"COPY ({sql}) TO '{quoted(draft)}' (FORMAT parquet, COMPRESSION zstd)").fetchall()
        with draft.open("rb") as handle:
            os.fsync(handle.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def quoted(path: Path) -> str:
    """A path inside of a SQL text."""
    return str(path).replace("'", "''")
