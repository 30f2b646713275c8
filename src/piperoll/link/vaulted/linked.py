"""A run of a linkage as a dataset of the store, which SQL models read as any other: keys are tokens, nobody is named.

The run is recorded as a delivery of the dataset that supersedes the one before, so that every vintage holds the run
that was the last at its moment, and the manifest of an edition names it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from piperoll.collect.receipt import Receipt
from piperoll.collect.slots import Slot
from piperoll.desk import Desk
from piperoll.govern.actions import Action
from piperoll.journal import Delivery, delivery_id
from piperoll.journal.identity import canonical_json
from piperoll.link.vaulted.inputs import RECORD, key_of
from piperoll.link.vaulted.pseudonyms import pseudonyms
from piperoll.periods import Period
from piperoll.register.linked import DATASET, PERSON, STEP, key_column
from piperoll.register.model.linkage import Declared
from piperoll.store.parts import Part
from piperoll.store.tokens import Keyring
from piperoll.version import __version__


@dataclass(frozen=True)
class Finished:
    """A run that is done.

    Attributes:
        parts: What it read of the store.
    """

    linkage: str
    number: int
    vintage: int
    parts: tuple[Part, ...]


def read_by(desk: Desk, declared: Declared, vintage: int) -> tuple[Part, ...]:
    """What a linkage reads of the store as of a vintage."""
    datasets = set(declared.datasets)
    return tuple(each for each in desk.parts(vintage) if each.dataset in datasets)


def pairs_by_key(frames: Mapping[str, pl.DataFrame], matches: pl.DataFrame) -> pl.DataFrame:
    """Matched records by the keys of both, and the step, from 1, that matched them.

    Args:
        frames: Records of the two inputs, with the fields of their keys.
        matches: ``record``, ``record_other``, ``step``.
    """
    (one, left), (other, right) = frames.items()
    found = matches.join(_keys(one, left), left_on="record", right_on=RECORD)
    found = found.join(_keys(other, right), left_on="record_other", right_on=RECORD)
    names = [each for each in found.columns if each not in (*matches.columns, RECORD)]
    return found.select(*names, pl.col("step").add(1).alias(STEP)).sort(names)


def _keys(given: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(RECORD, **{key_column(given, name): pl.col(column) for name, column in key_of(frame).items()})


def persons_by_record(declared: Declared, clusters: pl.DataFrame, keyring: Keyring, dataset: str) -> pl.DataFrame:
    """``dataset``, ``record``, ``person`` of each record: a pseudonym that holds within ``dataset`` alone.

    Args:
        clusters: ``file``, ``record``, ``person``.
    """
    made = pseudonyms(keyring, clusters, f"dataset {dataset}")
    names = {each.name: each.dataset for each in declared.inputs}
    return made.select(
        pl.col("file").replace_strict(names, return_dtype=pl.String).alias(DATASET),
        RECORD,
        pl.col("pseudonym").alias(PERSON),
    ).sort(DATASET, RECORD)


def keep(desk: Desk, done: Finished, frames: Mapping[str, pl.DataFrame]) -> list[Delivery]:
    """Put a run into the store.

    Args:
        frames: What each dataset holds from now on, by ``source.dataset``.

    Returns:
        The deliveries recorded.
    """
    return list(_keep(desk, done, frames))


def _keep(desk: Desk, done: Finished, frames: Mapping[str, pl.DataFrame]) -> Iterator[Delivery]:
    # Named by what went in: tokens, and so the bytes of the file, differ from home to home.
    made_of = [__version__, desk.register.hash, done.linkage, done.number, sorted(each.delivery for each in done.parts)]
    sha256 = hashlib.sha256(canonical_json(made_of).encode()).hexdigest()
    simulated = desk.journal.simulated()
    for key, frame in sorted(frames.items()):
        dataset = desk.register.dataset(key)
        source = key.partition(".")[0]
        # To the end of what was linked: later runs reach further, or replace this one.
        end = max((Period.parse(each.period).end for each in done.parts), default=desk.now().date())
        slot = Slot(source, dataset.name, done.linkage, str(Period.containing(end, dataset.period)))
        before = [d for d in desk.deliveries() if (d.source, d.dataset) == (source, dataset.name)]
        receipt = Receipt(
            file=f"run {done.number:04d} of {done.linkage}",
            verdict="accepted",
            sha256=sha256,
            slot=slot,
            delivery=delivery_id(sha256, source, dataset.name, slot.supplier, slot.period),
            received_at=desk.now(),
            rows_in=frame.height,
            rows_kept=frame.height,
            reasons=(f"Made by the linkage {done.linkage} from vintage {done.vintage}.",),
            supersedes=before[-1].id if before else "",
            simulated=any(each.delivery in simulated for each in done.parts),
        )
        audit = desk.permit(
            Action.LINK_DATASET,
            f"dataset {key}",
            f"linkage {done.linkage}",
            {"run": done.number, "vintage": done.vintage, "rows": frame.height},
        )
        yield desk.journal.commit_delivery(
            Delivery(
                id=receipt.delivery,
                sha256=sha256,
                filename=receipt.file,
                source=source,
                dataset=dataset.name,
                supplier=slot.supplier,
                period=slot.period,
                mode=dataset.mode,
                received_at=desk.now(),
                verdict=receipt.verdict,
                rows_in=frame.height,
                rows_kept=frame.height,
                object=_object(desk, frame),
                contract_hash=desk.register.hash,
                supersedes=receipt.supersedes or None,
                receipt=receipt.to_json(),
            ),
            audit=audit,
        )


def _object(desk: Desk, frame: pl.DataFrame) -> str:
    staging = desk.home / "staging"
    staging.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".linked-", dir=staging) as made:
        path = Path(made) / "linked.parquet"
        frame.with_row_index("_row", 1).select(*frame.columns, pl.col("_row").cast(pl.Int64)).write_parquet(path)
        return desk.store.put(path)
