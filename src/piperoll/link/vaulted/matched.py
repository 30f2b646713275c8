"""A linkage by keys, run from the vault: matched records, matched cases, and how many of whom were matched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from piperoll.desk import Desk
from piperoll.link.cascade import Matches, cascade
from piperoll.link.encode.records import Records, read_records
from piperoll.link.engine import Progress, silent
from piperoll.link.files.run import whole
from piperoll.link.files.spec import Loaded
from piperoll.link.vaulted.inputs import CASE, GROUP, RECORD
from piperoll.link.vaulted.linked import Finished, keep, pairs_by_key, read_by
from piperoll.link.vaulted.run import linkage_inputs
from piperoll.store.tokens import Keyring
from piperoll.version import __version__


@dataclass(frozen=True)
class Matched:
    """What was matched.

    Attributes:
        matches: ``record``, ``record_other``, ``step``.
        cases: ``case``, ``case_other``, ``records``: how many of the two cases were matched. Empty without cases.
        rates: ``group``, ``records``, ``matched``, ``rate``, of the second input; the first row is all of them.
        steps: Of each step its key, matches, and records that agreed with several.
    """

    name: str
    directory: Path
    matches: pl.DataFrame
    cases: pl.DataFrame
    rates: pl.DataFrame
    steps: tuple[tuple[str, int, int], ...]

    @property
    def sentences(self) -> list[str]:
        """For people."""
        every = self.rates.row(0, named=True)
        out = [f"{every['matched']:,} of {every['records']:,} records were matched: {every['rate']:.1%}."]
        out += [f"  {key}: {count:,} matched, {unsure:,} agreed with several." for key, count, unsure in self.steps]
        if self.cases.height:
            out.append(f"{self.cases.height:,} pairs of cases.")
        return out


def run_matching(desk: Desk, keyring: Keyring, name: str, loaded: Loaded, progress: Progress = silent) -> Matched:
    """Match the two inputs of a declared linkage by its steps; the result is a numbered directory of the home.

    Raises:
        UserError: ``PR-L014`` for the inputs, ``PR-L017`` for the steps, ``PR-L007`` where nothing can be written.
    """
    declared = loaded.declared
    vintage = desk.vintage().sequence
    frames = linkage_inputs(desk, keyring, declared, name, f"linkage {name}", vintage=vintage)
    progress("Matching")
    records = read_records(frames, declared.fields, RECORD, desk.register.identifiers)
    found = cascade(records, declared.steps)
    matches = _matches(records, found)
    cases, rates = _cases(frames, matches), _rates(frames, matches)
    steps = tuple((step.key, int((found.step == k).sum()), found.ambiguous[k]) for k, step in enumerate(declared.steps))
    place = desk.home / "link" / name
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    numbers = [int(path.name) for path in place.glob("[0-9][0-9][0-9][0-9]")]
    number = max(numbers, default=0) + 1
    out = place / f"{number:04d}"

    def write(into: Path) -> None:
        matches.write_parquet(into / "matches.parquet")
        cases.write_parquet(into / "cases.parquet")
        rates.write_parquet(into / "rates.parquet")
        done = [{"key": key, "matched": count, "ambiguous": unsure} for key, count, unsure in steps]
        told = {"linkage": name, "made_by": f"Piperoll {__version__}", "vintage": vintage,
                "register": desk.register.hash, "inputs": {k: v.height for k, v in frames.items()},
                "steps": done}  # fmt: skip
        (into / "model.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")

    whole(out, write)
    pairs = pairs_by_key(frames, matches)
    finished = Finished(name, number, vintage, read_by(desk, declared, vintage))
    keep(desk, finished, dict.fromkeys(desk.register.linked(name), pairs))
    return Matched(name, out, matches, cases, rates, steps)


def _matches(records: Records, found: Matches) -> pl.DataFrame:
    return pl.DataFrame({
        "record": records.ids.gather(found.left), "record_other": records.ids.gather(found.right),
        "step": pl.Series(found.step, dtype=pl.Int64),
    }).sort("record", "record_other")  # fmt: skip


def _cases(frames: Mapping[str, pl.DataFrame], matches: pl.DataFrame) -> pl.DataFrame:
    one, other = frames.values()
    schema = {"case": pl.String, "case_other": pl.String, "records": pl.Int64}
    if CASE not in one.columns or CASE not in other.columns:
        return pl.DataFrame(schema=schema)
    joined = matches.join(one.select(RECORD, case=CASE), on=RECORD).join(
        other.select(record_other=RECORD, case_other=CASE), on="record_other"
    )
    return (
        joined.group_by("case", "case_other").agg(pl.len().cast(pl.Int64).alias("records")).sort("case", "case_other")
    )


def _rates(frames: Mapping[str, pl.DataFrame], matches: pl.DataFrame) -> pl.DataFrame:
    other = list(frames.values())[1]
    group = pl.col(GROUP) if GROUP in other.columns else pl.lit(None, dtype=pl.String)
    told = other.select(group.alias("group"), pl.col(RECORD).is_in(matches["record_other"].implode()).alias("matched"))
    counted = [pl.len().cast(pl.Int64).alias("records"), pl.col("matched").sum().cast(pl.Int64)]
    every = told.select(pl.lit("all").alias("group"), *counted)
    rows = (
        every if GROUP not in other.columns else pl.concat([every, told.group_by("group").agg(*counted).sort("group")])
    )
    rate = pl.when(pl.col("records") > 0).then(pl.col("matched") / pl.col("records")).otherwise(np.nan)
    return rows.with_columns(rate.alias("rate"))
