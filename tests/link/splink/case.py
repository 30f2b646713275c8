"""Cases with Splink's own scores: `benchmarks/peers/score_splink.py` wrote them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from piperoll.link.compare.program import compare
from piperoll.link.prepare import Ready
from piperoll.link.score.scan import Weights, weigh
from piperoll.link.splink.model import SplinkModel, read_model
from piperoll.store.duck import connect, leave, quote_name


CASES = Path(__file__).parent / "cases"
# the model that links people in production: MIT, ministryofjustice/hmpps-person-match
PERSON_MATCH = Path(__file__).parents[4] / "shared/data/linkage/moj_person_match_splink_model_2026_02_23.json"
needs_person_match = pytest.mark.skipif(
    not PERSON_MATCH.is_file(),
    reason="needs ../shared/data/linkage: the model of github.com/ministryofjustice/hmpps-person-match",
)


class Case:
    """Settings, records and what Splink says of all their pairs."""

    def __init__(self, name: str) -> None:
        self.content: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text())
        file = self.content.get("settings_file")
        self.settings: dict[str, Any] = json.loads((CASES / file).read_text()) if file else self.content["settings"]
        self.model: SplinkModel = read_model(self.settings)
        names = [each.name for each in self.model.comparisons]
        columns = ["file_l", "file_r", "record_l", "record_r", "weight", *(f"gamma_{name}" for name in names)]
        self.scores = pl.DataFrame(self.content["scores"], schema=columns, orient="row", infer_schema_length=None)

    def frames(self) -> dict[str, pl.DataFrame]:
        """Records by file, with the types that Splink saw."""
        types = self.content["types"]
        con = connect()
        out = {}
        for name, records in self.content["records"].items():
            columns = ", ".join(f"{quote_name(column)} {kind}" for column, kind in types.items())
            con.execute(f"CREATE TABLE {name} ({columns})").fetchall()
            con.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(types))})", records)
            out[name] = con.sql(f"SELECT * FROM {name}").pl()
        leave(con)
        return out


def of_pairs(ready: Ready, weights: Weights, pairs: pl.DataFrame, most: int = 10_000) -> tuple[np.ndarray, np.ndarray]:
    """Levels (pairs, comparisons) and weights (of the first ``most``) that the engine itself gives to pairs of records."""
    records = ready.records
    at = {(records.files[file], name): k for k, (file, name) in enumerate(zip(records.file, records.ids, strict=True))}
    left = np.array([at[row] for row in pairs.select("file_l", "record_l").iter_rows()], np.int32)
    right = np.array([at[row] for row in pairs.select("file_r", "record_r").iter_rows()], np.int32)
    levels = np.zeros((len(ready.program.sizes), len(left)), np.uint8)
    compare(ready.program, ready.layout.coded, left, right, len(left), levels)
    codes = ready.layout.coded.codes
    found = [
        weigh(weights, codes, levels, k, i, j) for k, (i, j) in enumerate(zip(left[:most], right[:most], strict=True))
    ]
    return levels.T.astype(int), np.array(found)
