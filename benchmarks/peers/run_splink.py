"""Splink on the files of a folder: what it used, then labels at each threshold.

Usage: run_splink.py MODEL DATA OUT [--weights 0 4.2479 ...] [--save FILE] [--trained FILE] [--count]. MODEL is one of
``splink_models``. Measured is reading, cleaning, training, prediction down to a match weight of -4 and clusters at
0.95; with ``--trained`` a model that was saved is taken, and nothing is learnt.
"""

import argparse
import json
import logging
import sys
import threading
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import splink_models
from splink import DuckDBAPI, Linker


sys.path.insert(0, str(Path(__file__).parent.parent))
from link_process import used


KEEP = -4.0
BEST, BEST_TOO = 2, (-2.0, 2.0, 8.0)  # single best links at the first two weights, and at these


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=float, nargs="*", default=[])
    parser.add_argument("--save", type=Path)
    parser.add_argument("--trained", type=Path)
    parser.add_argument("--count", action="store_true")
    options = parser.parse_args()
    logging.getLogger("splink").setLevel(logging.WARNING)
    model = splink_models.MODELS[options.model]()
    db = DuckDBAPI(duckdb.connect())
    tables = register(db, model, options.data)
    linker = Linker(tables, str(options.trained) if options.trained else model.settings)
    if not options.trained:
        train(linker, model)
    pairs = linker.inference.predict(threshold_match_weight=KEEP)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=0.95)
    told: dict = used()
    told |= {"version": f"splink {version('splink')}, duckdb {duckdb.__version__}", "notes": model.notes}
    told["persons"] = pc.count_distinct(clusters.as_pyarrow_table()["cluster_id"]).as_py()
    if options.save:
        linker.misc.save_model_to_json(str(options.save), overwrite=True)
    db.duckdb_con.execute("set memory_limit = '6GB'").fetchall()
    if options.count:
        told |= candidates(linker, db, options.data.parent / "truth.parquet")
    if options.weights:
        pq.write_table(labels(linker, pairs, model, options.weights), options.out)
    print(json.dumps(told))


def register(db: DuckDBAPI, model: splink_models.Model, data: Path) -> list:
    """Cleaned tables: one for each file where files are linked, else one of all."""
    con = db.duckdb_con
    files = sorted(data.glob("*.parquet"))
    parts = {file.stem: [str(file)] for file in files} if model.link else {"records": [str(file) for file in files]}
    out = []
    for name, paths in parts.items():
        read = f"read_parquet({paths!r}, union_by_name=true)"
        con.execute(f"create table clean_{name} as select record as unique_id, {model.cleaning} from {read}").fetchall()
        out.append(db.register(f"clean_{name}", dataset_display_name=name))
    return out


def train(linker: Linker, model: splink_models.Model) -> None:
    """Prior, u, m."""
    linker.training.estimate_probability_two_random_records_match(list(model.sure), recall=model.recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=model.u_pairs, seed=1)
    for rule in model.em:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=model.em_pairs)


def candidates(linker: Linker, db: DuckDBAPI, truth: Path) -> dict[str, int]:
    """How many pairs were compared, and how many of them are of one person."""
    blocked = linker.inference.compute_blocked_pairs_for_predict()
    con, name = db.duckdb_con, blocked.physical_name
    count = con.execute(f"select count(*) from {name}").fetchall()[0][0]
    if not truth.exists():
        return {"candidates": count}
    # a record's key is composite where files are linked: file, "-__-", record
    key = "regexp_replace(p.join_key_{}, '^.*-__-', '')"
    true = con.execute(
        f"select count(*) from {name} p join read_parquet('{truth}') l on l.record = {key.format('l')}"
        f" join read_parquet('{truth}') r on r.record = {key.format('r')} where l.person = r.person"
    ).fetchall()[0][0]
    return {"candidates": count, "candidates_true": true}


def labels(linker: Linker, pairs: object, model: splink_models.Model, weights: list[float]) -> pa.Table:
    """record, and the cluster at each weight: connected components; where files are linked, single best links too.

    The latter at a few weights only, and left out where they are not done in a minute: DuckDB now and then finds a plan
    for them that needs gigabytes for some thousand records.
    """
    out: dict[str, pa.Array] = {}
    for number, weight in enumerate(weights):
        made = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_weight=weight)
        _keep(out, "components", weight, made)
        if model.link and (number < BEST or weight in BEST_TOO):
            timer = threading.Timer(60, linker._db_api.duckdb_con.interrupt)
            timer.start()
            try:
                made = linker.clustering.cluster_using_single_best_links(
                    pairs, duplicate_free_datasets=list(linker._input_tables_dict), threshold_match_weight=weight
                )
                _keep(out, "best", weight, made)
            except Exception as error:
                print(f"single best links at {weight}: {error}", file=sys.stderr)
            finally:
                timer.cancel()
    return pa.table(out)


def _keep(out: dict[str, pa.Array], way: str, weight: float, clusters: object) -> None:
    table = clusters.as_pyarrow_table().select(["unique_id", "cluster_id"]).sort_by("unique_id")
    out.setdefault("record", table["unique_id"])
    out[f"{way}@{weight:.4f}"] = table["cluster_id"].combine_chunks().dictionary_encode().indices
    clusters.drop_table_from_database_and_remove_from_cache()


if __name__ == "__main__":
    main()
