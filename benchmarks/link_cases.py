"""Files to be linked with known truth: what the accuracy of linkage is measured on.

`make` lays a case out for both tools alike: ``data/FILE.parquet`` with text columns of the same names in each file,
``record`` among them (unique over all files), and apart from it ``truth.parquet`` (record, file, person). Values are
as they came but for blanks around them and for dates, whose parts are put into the order year-month-day.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from collect import environment


HERE = Path(__file__).parent
SHARED = Path(os.environ.get("PIPEROLL_SHARED_DATA") or HERE.parent.parent / "shared" / "data") / "linkage"
POPULATION = "justice_world.population"
SOURCES = ("libra", "crest", "pnc", "nomis", "probation", "iaps", "oasys")
IDENTIFIERS = ("pnc_id", "cro", "asn", "prison_number", "nomis_no", "crn")


class Missing(Exception):
    """A case that cannot be laid out here, and why."""


@dataclass(frozen=True)
class Case:
    """Something to be linked.

    Attributes:
        fields: Fields of Piperoll's specification; all else is left to its defaults.
        make: Gives the files by name, each with ``record`` and ``person``, in a folder to work in.
        models: Splink's variants (`peers/splink_models.py`).
        link: Records of different files are linked, none within a file; else all with all.
        family: Cases that differ by seed alone.
    """

    fields: tuple[Mapping[str, Any], ...]
    make: Callable[[Path], Mapping[str, pl.DataFrame]]
    models: tuple[str, ...]
    link: bool = False
    family: str = ""

    def spec(self) -> dict[str, Any]:
        """Piperoll's specification."""
        return {"record": "record", "mode": "link" if self.link else "dedupe", "fields": [dict(x) for x in self.fields]}


@dataclass(frozen=True)
class Laid:
    """A case in its folder."""

    folder: Path
    files: Mapping[str, int] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """What the tools may read."""
        return self.folder / "data"

    @property
    def truth(self) -> pl.DataFrame:
        """record, file, person."""
        return pl.read_parquet(self.folder / "truth.parquet")


def lay_out(case: Case, folder: Path) -> Laid:
    """Lay a case out in ``folder``, in place of what is there.

    Raises:
        Missing: If what it is made of is not here.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    (folder / "work").mkdir()
    frames = {name: _plain(frame) for name, frame in case.make(folder / "work").items()}
    shutil.rmtree(folder / "work")
    truth = pl.concat(frame.select("record", pl.lit(name).alias("file"), "person") for name, frame in frames.items())
    if truth["record"].n_unique() != len(truth):
        raise Missing("records are named twice.")
    truth.write_parquet(folder / "truth.parquet")
    for name, frame in frames.items():
        frame.drop("person").write_parquet(folder / "data" / f"{name}.parquet")
    return Laid(folder, {name: len(frame) for name, frame in frames.items()})


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.all().cast(pl.String).str.strip_chars()
    return frame.select(text.replace("", None))


def _shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        raise Missing(f"{name} is not at {SHARED}.")
    return path


# --- public data ------------------------------------------------------------------------------------------------------


def historical(_: Path) -> dict[str, pl.DataFrame]:
    """Splink's ``historical_50k``: people of Wikidata, with errors."""
    frame = pl.read_parquet(_shared("splink_historical_50k.parquet"))
    columns = ("first_name", "surname", "dob", "gender", "postcode_fake", "birth_place", "occupation")
    return {"historical": frame.select(pl.col("unique_id").alias("record"), *columns, person="cluster")}


def febrl(files: Mapping[str, str], _: Path) -> dict[str, pl.DataFrame]:
    """FEBRL's data sets: synthetic Australians; ``rec-12-dup-3`` is of person 12."""
    out = {}
    for name, file in files.items():
        frame = pl.read_csv(_shared(file), infer_schema=False)
        frame = frame.rename({each: each.strip() for each in frame.columns})
        born = pl.col("date_of_birth").str.strip_chars()
        dob = pl.when(born.str.len_chars() == 8).then(_dashed(born, (0, 4), (4, 2), (6, 2))).otherwise(born)
        out[name] = frame.with_columns(
            dob.alias("date_of_birth"),
            record=pl.col("rec_id").str.strip_chars(),
            person=pl.col("rec_id").str.extract(r"rec-(\d+)-"),
        ).drop("rec_id")
    return out


def pseudopeople(seed: int, cache: Path, folder: Path) -> dict[str, pl.DataFrame]:
    """A census and the social security register of pseudopeople's sample, with its default noise."""
    python = environment("pseudopeople", cache)
    command = [str(python), str(HERE / "peers" / "run_pseudopeople.py"), str(folder), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"pseudopeople ended with: {done.stderr.strip().splitlines()[-1]}")
    census = pl.read_csv(folder / "census.csv", infer_schema=False)
    register = pl.read_csv(folder / "ssa.csv", infer_schema=False)
    born = pl.col("date_of_birth")
    parts = born.str.split("/")
    american = pl.concat_str([parts.list.get(i, null_on_oob=True) for i in (2, 0, 1)], separator="-")
    digits = pl.when(born.str.len_chars() == 8).then(_dashed(born, (0, 4), (4, 2), (6, 2))).otherwise(born)
    names = [pl.col(each) for each in ("first_name", "last_name")]
    first = pl.format("c{}", pl.int_range(pl.len())), pl.format("s{}", pl.int_range(pl.len()))
    return {
        "census": census.select(
            *names, pl.col("middle_initial").alias("middle_name"), pl.coalesce(american, born).alias("dob"), "sex",
            record=first[0], person="simulant_id",
        ),
        "ssa": register.select(
            *names, "middle_name", digits.alias("dob"), "sex", record=first[1], person="simulant_id"
        ),
    }  # fmt: skip


def _dashed(text: pl.Expr, *parts: tuple[int, int]) -> pl.Expr:
    return pl.concat_str([text.str.slice(*each) for each in parts], separator="-")


# --- simulated sources ------------------------------------------------------------------------------------------------


def population(people: int, seed: int, errors: float, folder: Path) -> Path:
    """A directory of simulated sources, made in ``folder``: parquet files, their truth apart in ``truth/``.

    Raises:
        Missing: If the simulated population is not installed.
    """
    try:
        found = importlib.util.find_spec(POPULATION)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise Missing(f"the module {POPULATION} is not here.")
    out = folder / "population"
    command = [sys.executable, "-m", POPULATION, "--people", str(people), "--seed", str(seed), "--errors", str(errors)]
    done = subprocess.run([*command, "--out", str(out)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"the population could not be made: {done.stderr.strip().splitlines()[-1]}")
    return out


def sources(people: int, seed: int, errors: float, folder: Path) -> dict[str, pl.DataFrame]:
    """Records of the seven simulated sources, with the columns that are compared."""
    out = population(people, seed, errors, folder)
    columns = ("forename", "surname", "dob", "sex", "postcode", "town", *IDENTIFIERS)
    return {source: read_source(out, source, columns) for source in SOURCES}


def read_source(out: Path, source: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """A source's records with ``record``, ``person`` and ``columns``, null where the source does not have one."""
    files = sorted(out.glob(f"{source}.parquet")) + sorted(out.glob(f"{source}-*.parquet"))
    parts = []
    for file in files:
        records, truth = pl.read_parquet(file), pl.read_parquet(out / "truth" / file.name)
        have = [pl.col(each) if each in records.columns else pl.lit(None, pl.String).alias(each) for each in columns]
        parts.append(records.select("record", *have).join(truth, on="record", how="left", maintain_order="left"))
    return pl.concat(parts)


# --- all --------------------------------------------------------------------------------------------------------------


def _field(name: str, kind: str = "", source: str | None = None) -> dict[str, Any]:
    return {"name": name} | ({"kind": kind} if kind else {}) | ({"from": source} if source else {})


HISTORICAL = (
    _field("forename", source="first_name"), _field("surname"), _field("dob"), _field("sex", source="gender"),
    _field("postcode", source="postcode_fake"), _field("birth_place"), _field("occupation"),
)  # fmt: skip
FEBRL = (
    _field("forename", source="given_name"), _field("surname"), _field("dob", source="date_of_birth"),
    _field("postcode"), _field("suburb"), _field("state"), _field("street_number"), _field("address_1", "text"),
    _field("address_2", "text"), _field("soc_sec_id", "identifier"),
)  # fmt: skip
PSEUDOPEOPLE = (
    _field("forename", source="first_name"), _field("middle_name"), _field("surname", source="last_name"),
    _field("dob"), _field("sex"),
)  # fmt: skip
SIMULATED = (
    _field("forename"), _field("surname"), _field("dob"), _field("sex"), _field("postcode"), _field("town", "place"),
    *(_field(each, "identifier") for each in IDENTIFIERS),
)  # fmt: skip
SEEDS = (1, 2, 3)
PEOPLE = 30_000


def cases(cache: Path) -> dict[str, Case]:
    """All cases by name; ``cache`` holds environments of peers."""
    out = {
        "historical_50k": Case(HISTORICAL, historical, ("historical_documented", "historical_wide")),
        "febrl3": Case(FEBRL, partial(febrl, {"febrl3": "febrl_dataset3.csv"}), ("febrl",)),
        "febrl4": Case(
            FEBRL, partial(febrl, {"a": "febrl_dataset4a.csv", "b": "febrl_dataset4b.csv"}), ("febrl_link",), link=True
        ),
    }
    for seed in SEEDS:
        out[f"pseudopeople-{seed}"] = Case(
            PSEUDOPEOPLE, partial(pseudopeople, seed, cache), ("pseudopeople",), link=True, family="pseudopeople"
        )
    for family, errors in (("simulated", 1.0), ("simulated, errors doubled", 2.0)):
        for seed in SEEDS:
            name = f"simulated-{'doubled-' if errors > 1 else ''}{seed}"
            out[name] = Case(SIMULATED, partial(sources, PEOPLE, seed, errors), ("simulated",), family=family)
    return out
