"""A declared linkage, run from the vault: each run is a directory of the home, numbered, and never changed.

::

    home/link/offenders/0001/   clusters.parquet, pairs.parquet, model.json, persons.parquet, report.html ...

Runs hold records by the tokens of their keys: no name and no number. A run goes on from the one before: new records are
compared, persons keep their names. Datasets that name the linkage hold the last run (`piperoll.link.vaulted.linked`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from piperoll.desk import Desk
from piperoll.errors import UserError
from piperoll.govern.actions import Action
from piperoll.link import tables
from piperoll.link.before import Before, read_before
from piperoll.link.engine import Linked, Progress, link, silent
from piperoll.link.files.run import whole
from piperoll.link.files.spec import Loaded, load_linkage
from piperoll.link.report.page import report_files
from piperoll.link.score.spill import Spill, key_of
from piperoll.link.spec.declared import Declared
from piperoll.link.spec.model import Linkage
from piperoll.link.vaulted.inputs import RECORD, read_inputs
from piperoll.link.vaulted.linked import Finished, keep, persons_by_record, read_by
from piperoll.register.shape import nearest
from piperoll.store.tokens import Keyring
from piperoll.version import __version__


@dataclass(frozen=True)
class Run:
    """A run of a linkage.

    Attributes:
        directory: Where it is.
        before: The run it went on from, if any.
    """

    name: str
    number: int
    directory: Path
    linked: Linked
    before: Path | None


def declared_linkages(root: Path) -> dict[str, Path]:
    """Linkages that a register declares, by name."""
    return {path.stem: path for path in sorted((root / "linkage").glob("*.yaml"))}


def find_linkage(root: Path, name: str) -> Loaded:
    """A declared linkage.

    Raises:
        UserError: ``PR-L015`` if there is none of this name or it names no inputs; ``PR-L001``, ``PR-L002``.
    """
    known = declared_linkages(root)
    if name not in known:
        fix = nearest(name, known) or f"Declared are {', '.join(known) or 'none'}."
        raise UserError("PR-L015", f"there is no linkage `{name}`.", where="linkage", fix=fix)
    loaded = load_linkage(known[name])
    if not loaded.declared.inputs:
        raise UserError("PR-L015", f"`{name}` names no inputs.", where=known[name].name,
                        fix="List datasets under `inputs`.")  # fmt: skip
    return loaded


def runs(home: Path, name: str) -> list[Path]:
    """Runs of a linkage that are done, oldest first."""
    found = (home / "link" / name).glob("[0-9][0-9][0-9][0-9]")
    return sorted(path for path in found if (path / "clusters.parquet").is_file())


def run_linkage(
    desk: Desk, keyring: Keyring, name: str, *, anew: bool = False, threads: int = 0, progress: Progress = silent
) -> Run:
    """Run a declared linkage over the vintage as it is now.

    Args:
        anew: Learn and compare everything from nothing; persons keep their names all the same.

    Raises:
        UserError: ``PR-L014`` and ``PR-L015`` for the declaration, ``PR-L007`` where nothing can be written.
    """
    loaded = find_linkage(desk.register.root, name)
    vintage = desk.vintage().sequence
    frames = linkage_inputs(desk, keyring, loaded.declared, name, f"linkage {name}", vintage=vintage)
    done = runs(desk.home, name)
    before = read_before(done[-1], loaded.linkage) if done else None
    place = desk.home / "link" / name
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    number = int(done[-1].name) + 1 if done else 1
    out = place / f"{number:04d}"
    spill = Spill(place / f".{out.name}.work", key_of(__version__, loaded.text, str(vintage), str(anew), str(number)))
    linkage = vaulted(desk, loaded)
    linked = link(frames, linkage, threads=threads, progress=progress, spill=spill, before=None if anew else before)
    if anew and before is not None:
        linked = linked.renamed(before)

    def write(into: Path) -> None:
        tables.clusters(linked).write_parquet(into / "clusters.parquet")
        tables.write_pairs(linked, into / "pairs.parquet")
        tables.persons(linked, before).write_parquet(into / "persons.parquet")
        if before is not None:
            tables.changes(linked, before).write_parquet(into / "changes.parquet")
        told = {**tables.model(linked), "vintage": vintage, "register": desk.register.hash}
        (into / "model.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        for each, data in report_files(linked).items():
            path = into / each
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)

    whole(out, write)
    spill.clear()
    finished = Finished(name, number, vintage, read_by(desk, loaded.declared, vintage))
    found = tables.clusters(linked)
    datasets = desk.register.linked(name)
    keep(desk, finished, {each: persons_by_record(loaded.declared, found, keyring, each) for each in datasets})
    return Run(name, number, out, linked, done[-1] if done else None)


def vaulted(desk: Desk, loaded: Loaded) -> Linkage:
    """The linkage with records named as the vault's inputs name them, and identifiers checked as the register says."""
    declared = replace(loaded.declared, record=RECORD)
    return replace(loaded.linkage, declared=declared, checks=desk.register.identifiers)


def linkage_inputs(
    desk: Desk,
    keyring: Keyring,
    declared: Declared,
    name: str,
    purpose: str,
    action: Action = Action.LINK_RUN,
    vintage: int | None = None,
) -> Mapping[str, pl.DataFrame]:
    """Records to be linked; reading them and what they are for is decided and recorded, with how many there are."""
    desk.act(Action.VAULT_READ, f"linkage {name}", purpose, details={"datasets": [x.dataset for x in declared.inputs]})
    frames = read_inputs(desk, keyring, declared, purpose, vintage)
    desk.act(action, f"linkage {name}", purpose, details={"rows": {k: x.height for k, x in frames.items()}})
    return frames


def before_of(home: Path, name: str, loaded: Loaded) -> Before | None:
    """The last run, if there is one."""
    done = runs(home, name)
    return read_before(done[-1], loaded.linkage) if done else None
