"""Whether an edition would be made of anything else than the last time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

from piperoll.derive import inputs_of, plan
from piperoll.desk import Desk
from piperoll.journal import Release
from piperoll.register.model.register import Register
from piperoll.schedule.due import Due
from piperoll.tabulate.vintage import missing_of


_NAME = "edition-{}-{}"
_hashed: dict[str, str] = {}  # by the register's own hash


def fingerprint(desk: Desk, item: Due) -> str:
    """SHA-256 of everything that an edition is made from and that may change.

    Deliveries and corrections of the datasets that its models read, those that are owed and missing, its models and
    those it shares, its policy, the contracts of its datasets and every code list. The engine counts by the cache.
    """
    register, publication = desk.register, desk.publication(item.publication)
    planned = plan(register, publication, desk.cache)
    datasets = set(inputs_of(planned, register))
    parts = [part for part in desk.parts() if part.dataset in datasets]
    content = {
        "publication": asdict(replace(publication, circulation=())),  # who is sent it makes no figure
        "policy": asdict(register.policies[publication.policy]) if publication.policy else None,
        "models": {each.name: each.model.sql for each in planned},
        "contracts": [asdict(register.dataset(each)) for each in sorted(datasets)],
        "codes": _codes(register),
        "parts": sorted((p.dataset, p.supplier, p.period, p.object) for p in parts),
        "corrections": [asdict(each) for each in desk.corrections() if each.dataset in datasets],
        "missing": [asdict(each) for each in missing_of(register, publication, parts, item.period, desk.cache)],
        "published": item.on.isoformat(),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def kept(desk: Desk, item: Due, made_from: str, out: Path) -> str | None:
    """Id of the edition that was made of the same and still lies in its place; None where it must be made."""
    payload = desk.cache.get(_name(item), made_from) if desk.cache is not None else None
    if payload is None or not (out / "manifest.json").is_file():
        return None
    held = hashlib.sha256((out / "manifest.json").read_bytes()).hexdigest()
    identity, sha256 = payload.decode().split("\n")
    return identity if held == sha256 else None


def remember(desk: Desk, item: Due, made_from: str, release: Release) -> None:
    """Keep which edition was made of what."""
    if desk.cache is not None:
        desk.cache.put(_name(item), made_from, f"{release.id}\n{release.manifest_sha256}".encode())


def _codes(register: Register) -> str:
    """SHA-256 of every code list; made once for a register, since it has thousands of codes."""
    if register.hash not in _hashed:
        content = [asdict(register.codes[key]) for key in sorted(register.codes)]
        _hashed[register.hash] = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    return _hashed[register.hash]


def _name(item: Due) -> str:
    return _NAME.format(item.publication, str(item.period).replace("/", "_"))
