"""Splink's own scores of all pairs of a few invented records, for tests that must agree with them.

Run by the Python of an environment with ``benchmarks/peers/splink.txt`` (Splink 5 or 4)::

    python benchmarks/peers/score_splink.py CASE.json

CASE.json has ``settings`` (or ``settings_file``, a file beside it), ``types`` (DuckDB's type of each column) and
``records`` (by name of their file, lists of values in the order of ``types``). It gets ``splink``, the version, and
``scores``: for each pair that Splink's ``predict`` gives under its first blocking rule both names, weight, gammas.
"""

import copy
import json
import sys
from importlib.metadata import version
from pathlib import Path

import duckdb
from splink import DuckDBAPI, Linker


def main(path: Path) -> None:
    """Score the case at ``path``, and write what came of it there."""
    case = json.loads(path.read_text())
    settings = copy.deepcopy(case.get("settings")) or json.loads((path.parent / case["settings_file"]).read_text())
    settings["retain_intermediate_calculation_columns"] = True
    settings["blocking_rules_to_generate_predictions"] = ["1=1"]
    settings["additional_columns_to_retain"] = []
    con = duckdb.connect()
    con.execute("SET lambda_syntax='ENABLE_SINGLE_ARROW'").fetchall()  # as DuckDB 1 reads `x -> ...`
    names = []
    for name, records in case["records"].items():
        con.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in case['types'].items())})")
        con.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(case['types']))})", records)
        names.append(name)
    api = DuckDBAPI(connection=con)
    if version("splink").startswith("4."):
        linker = Linker(names if len(names) > 1 else names[0], settings, db_api=api)
        found = linker.inference.predict().as_record_dict()
    else:
        inputs = [api.register(name, dataset_display_name=name) for name in names]
        linker = Linker(inputs if len(inputs) > 1 else inputs[0], settings)
        found = linker.inference.predict().as_record_list()
    unique = settings.get("unique_id_column_name", "unique_id")
    source = settings.get("source_dataset_column_name", "source_dataset")
    gammas = [f"gamma_{each['output_column_name']}" for each in settings["comparisons"]]
    scores = [
        [*([row[f"{source}_l"], row[f"{source}_r"]] if len(names) > 1 else [names[0], names[0]]),
         str(row[f"{unique}_l"]), str(row[f"{unique}_r"]), row["match_weight"], *(row[name] for name in gammas)]
        for row in found
    ]  # fmt: skip
    case["splink"] = version("splink")
    case["scores"] = sorted(scores, key=lambda row: row[:4])
    parts = [f"  {json.dumps(key)}: {_spelled(value)}" for key, value in case.items()]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def _spelled(value: object) -> str:
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"    {json.dumps(each)}" for each in value) + "\n  ]"
    return json.dumps(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
