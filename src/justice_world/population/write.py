"""Writes a population chunk by chunk, so that memory holds one block of people whatever their number."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from justice_world.population.addresses import geography
from justice_world.population.contacts import SOURCES, Contacts, draw_contacts
from justice_world.population.names import Names, read_names
from justice_world.population.people import CHUNK, END, People, draw_people
from justice_world.population.rates import Rates
from justice_world.population.sources import SPECS, Episodes, number_episodes, write_source
from piperoll.errors import UserError
from piperoll.simulate.days import years
from piperoll.simulate.streams import Streams


MOST_PEOPLE = 10_000_000
MOST_ERRORS = 10.0
WORKERS = 2  # numpy and polars let go of the interpreter for most of the work; more would want more memory
_GROUPS = {"W": "White", "M": "Mixed", "A": "Asian", "B": "Black", "O": "Other", "N": "Not stated"}


@dataclass(frozen=True)
class Written:
    """What was written: people, records of each source, and files of records in order."""

    people: int
    records: dict[str, int]
    files: tuple[Path, ...]

    @property
    def total(self) -> int:
        """Records of all sources."""
        return sum(self.records.values())


@dataclass(frozen=True)
class Drawn:
    """A chunk as it was drawn: its people, what happened to them, and by source its records and whose each is.

    The rows of ``contacts`` are in the order of the records.
    """

    people: People
    contacts: Contacts
    episodes: Episodes
    records: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Chunk:
    """A chunk's tables by source: what the source holds, and whose each record is; and the people themselves."""

    records: dict[str, pl.DataFrame]
    truth: dict[str, pl.DataFrame]
    people: pl.DataFrame


def write_population(out: Path, *, people: int, seed: int, errors: float = 1.0, block: int = 250_000) -> Written:
    """Write a population with known truth.

    ``out`` gets ``SOURCE.parquet`` for each source (``SOURCE-0001.parquet`` and so on if there are several blocks) and,
    in ``truth/``, files of the same names with the person of each record, and ``people.parquet``. The records are the
    same for any ``block``; it says how many people go into one file, and with that how much memory is needed.

    Args:
        errors: Factor of the chances of errors; identifiers are known in a ``1 / errors`` th of the usual share.
        block: People in a file, in whole chunks of 50,000.

    Raises:
        UserError: ``PR-M009`` if a figure is out of bounds, ``PR-M006`` if ``out`` holds something already.
    """
    _check(out, people, errors, block)
    truth = out / "truth"
    truth.mkdir(parents=True)
    chunks = -(-people // CHUNK)
    step = max(block // CHUNK, 1)
    counts, files = dict.fromkeys(SOURCES, 0), []
    for number, first in enumerate(range(0, chunks, step), start=1):
        part = f"-{number:04d}" if chunks > step else ""
        made = draw_chunks(people, seed, errors, range(first, min(first + step, chunks)))
        for source in SOURCES:
            records = pl.concat([each.records[source] for each in made])
            counts[source] += records.height
            records.write_parquet(out / f"{source}{part}.parquet", statistics=False)
            pl.concat([each.truth[source] for each in made]).write_parquet(truth / f"{source}{part}.parquet")
            files.append(out / f"{source}{part}.parquet")
        pl.concat([each.people for each in made]).write_parquet(truth / f"people{part}.parquet")
    return Written(people, counts, tuple(files))


def draw_chunks(people: int, seed: int, errors: float, chunks: Iterable[int]) -> list[Chunk]:
    """Some of the chunks of a population of ``people``, drawn two at a time."""
    names, streams, rates = read_names(), Streams(seed), Rates().scaled(errors)
    geography()
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(
            pool.map(
                lambda chunk: _draw_chunk(chunk, min(people - chunk * CHUNK, CHUNK), names, streams, rates, errors),
                chunks,
            )
        )


def _draw_chunk(chunk: int, count: int, names: Names, streams: Streams, rates: Rates, errors: float) -> Chunk:
    drawn = draw_whole(chunk, count, names, streams, rates, errors)
    return Chunk(drawn.records, drawn.truth, people_truth(drawn.people, names))


def draw_whole(
    chunk: int, count: int, names: Names, streams: Streams, rates: Rates, errors: float, end: int = END
) -> Drawn:
    """One chunk of ``count`` people until the day ``end``, with what lies behind its records."""
    people = draw_people(names, streams, chunk, count, rates, end)
    contacts = draw_contacts(people, streams.of("contacts", chunk), end)
    episodes = number_episodes(people, streams.of("episodes", chunk), contacts)
    records, truth = {}, {}
    for source in SOURCES:
        rng = streams.of("records", source, chunk)
        records[source], truth[source] = write_source(
            SPECS[source], people, names, episodes, contacts.rows[source], rng, rates, errors
        )
    return Drawn(people, contacts, episodes, records, truth)


def people_truth(people: People, names: Names) -> pl.DataFrame:
    """Who the people of a chunk are, by their number in the population."""
    base = people.chunk * CHUNK
    ethnicity = pl.Series(list(names.codes)).gather(people.ethnicity)
    return pl.DataFrame(
        {
            "person": base + np.arange(len(people)),
            "sex": pl.Series(["M", "F"]).gather(people.woman.astype(np.int64)),
            "ethnicity": ethnicity,
            "ethnic_group": ethnicity.str.slice(0, 1).replace_strict(_GROUPS),
            "birth_year": years(people.born),
            "origin": pl.Series(list(names.origins)).gather(people.origin),
            "twin_of": pl.Series(np.where(people.twin_of >= 0, base + people.twin_of, -1)),
            "household": base + people.household,
        }
    ).with_columns(pl.when(pl.col("twin_of") >= 0).then("twin_of").alias("twin_of"))


def _check(out: Path, people: int, errors: float, block: int) -> None:
    wrong = ""
    if not 1 <= people <= MOST_PEOPLE:
        wrong = f"people must be 1 to {MOST_PEOPLE:,}"
    elif not 0 <= errors <= MOST_ERRORS:
        wrong = f"errors must be 0 to {MOST_ERRORS:g} times the usual"
    elif block < 1:
        wrong = "block must be at least one person"
    if wrong:
        raise UserError(
            "PR-M009", f"This population cannot be drawn: {wrong}.", fix="Give a figure within these bounds."
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(
            "PR-M006",
            "A population is written into a directory of its own, and this one is not empty.",
            where=str(out),
            fix="Name a directory that is empty or does not exist yet.",
        )
