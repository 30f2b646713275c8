"""Makes ``cases/export.json``: an exported linkage and invented people; Splink adds its scores.

``python -m tests.link.splink.make_export``, then ``python benchmarks/peers/score_splink.py tests/link/splink/cases/export.json``
with the Python of an environment that has Splink.
"""

import json
from typing import Any

import numpy as np
import polars as pl

from piperoll.link.engine import Linked, link
from piperoll.link.files.spec import read_linkage
from piperoll.link.splink.columns import prepare_columns
from piperoll.link.splink.write import write_settings
from piperoll.link.tables import model

from .case import CASES


SPEC: dict[str, Any] = {
    "record": "id",
    "linkage": "people",
    "fields": {
        "forename": None, "surname": None, "dob": None, "sex": None, "postcode": None, "town": None,
        "pnc": {"kind": "identifier"}, "court": {"kind": "category"}, "age": {"kind": "number"},
    },
    "block": {"rules": ["surname, year(dob)", "dob", "soundex(surname), forename", "pnc"]},
}  # fmt: skip


def people() -> dict[str, pl.DataFrame]:
    """Two files of invented people, with errors."""
    generator = np.random.default_rng(11)
    forenames = ["Jon", "John", "Robert", "Bob", "Aisha", "Zoë", "Mary-Jane", "Liam", "Li", "Olu"]
    surnames = ["Smith", "Smyth", "O'Brien", "Khan", "van der Berg", "Jones", "Adeyemi", "Nowak"]
    towns = ["Leeds", "York", "Hull"]

    def pick(values: list[str]) -> str:
        return values[int(generator.integers(0, len(values)))]

    def one() -> dict[str, Any]:
        return {
            "forename": pick(forenames), "surname": pick(surnames), "sex": pick(["M", "F"]), "town": pick(towns),
            "dob": f"19{generator.integers(60, 99)}-{generator.integers(1, 13):02}-{generator.integers(1, 29):02}",
            "postcode": f"LS{generator.integers(1, 9)} {generator.integers(1, 9)}A{pick(['A', 'B', 'D'])}",
            "pnc": f"20{generator.integers(10, 20)}/{generator.integers(100000, 999999)}", "age": int(generator.integers(18, 60)),
            "court": pick(["Leeds Crown", "York Magistrates", "Hull Magistrates"]),
        }  # fmt: skip

    def blurred(person: dict[str, Any]) -> dict[str, Any]:
        out = dict(person)
        if generator.random() < 0.2:
            out["forename"], out["surname"] = out["surname"], out["forename"]
        if generator.random() < 0.3:
            out["forename"] = pick([out["forename"][0], *forenames])
        if generator.random() < 0.2:
            year, month, day = out["dob"].split("-")
            out["dob"] = pick([f"{year}-{day}-{month}", year, f"{year}-{month}", f"{year}-{month}-10"])
        for name in ("dob", "sex", "postcode", "town", "pnc", "age", "forename"):
            if generator.random() < 0.12:
                out[name] = None
        if out["pnc"] and generator.random() < 0.3:
            out["pnc"] = out["pnc"][:-2] + pick(["11", "20"])
        return out

    persons = [one() for _ in range(26)]
    police, prison = persons, [blurred(each) for each in persons[:18]] + [one() for _ in range(6)]
    return {
        name: pl.DataFrame([{"id": f"{name[:2]}{k}"} | each for k, each in enumerate(rows)])
        for name, rows in (("police", police), ("prison", prison))
    }


def linked(spec: dict[str, Any]) -> Linked:
    """The people linked."""
    return link(people(), read_linkage(spec).linkage)


def main() -> None:
    """Write the case."""
    done = linked(SPEC)
    prepared = prepare_columns(people(), done.ready.linkage)
    kinds = {pl.String: "VARCHAR", pl.Int32: "INTEGER", pl.Int64: "BIGINT"}
    first = prepared["police"]
    case = {
        "what": "A linkage with Piperoll's defaults as Splink settings, and the columns that it needs",
        "model": model(done),
        "settings": write_settings(done.ready.linkage, done.trained, mode="both", without=["relatives"]),
        "types": {name: kinds[type(kind)] for name, kind in first.schema.items()},
        "records": {name: [list(row) for row in frame.iter_rows()] for name, frame in prepared.items()},
    }
    (CASES / "export.json").write_text(json.dumps(case))


if __name__ == "__main__":
    main()
