"""Writes a table in tau-Argus' form and reads back which cells its engine suppressed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
from protect_data import Instance

from piperoll.protect.attacker import Mask


def write(instance: Instance, primary: Mask, folder: Path) -> None:
    """A table with status and levels of 1 (0 below a zero), its metadata and hierarchies; codes are numbered.

    A zero would not be taken in at all, so its frequency is said to be 1.
    """
    folder.mkdir(parents=True, exist_ok=True)
    codes = _codes(instance)
    lines = []
    frame = instance.frame
    columns = [frame[d.name].to_list() for d in instance.dimensions]
    values = frame["n"].to_list()
    status = primary[instance.linked.ids[instance.name]]
    for row, (value, small) in enumerate(zip(values, status.tolist(), strict=True)):
        own = [codes[d.name][columns[k][row]] for k, d in enumerate(instance.dimensions)]
        lines.append(",".join([*own, str(value), str(max(value, 1)), str(min(value, 1)), "1", "U" if small else "S"]))
    (folder / "table.tab").write_text("\n".join(lines) + "\n")
    meta = ['<SEPARATOR> ","', "<SAFE> S", "<UNSAFE> U", "<PROTECT> P"]
    for dimension in instance.dimensions:
        total = dimension.top or next(iter(dimension.hierarchies[0].children))
        own = codes[dimension.name]
        meta += [dimension.name, "  <RECODEABLE>", f'  <TOTCODE> "{own[total]}"']
        children = dimension.hierarchies[0].children
        if len(children) > 1:
            file = folder / f"{dimension.name}.hrc"
            file.write_text("\n".join(_tree(total, children, own, 0)) + "\n")
            meta += [f'  <HIERCODELIST> "{file}"', '  <HIERLEADSTRING> "@"', "  <HIERARCHICAL>"]
    meta += ["n 12", "  <NUMERIC>", "f 12", "  <FREQUENCY>", "lower 4", "  <NUMERIC> <LOWERPL>"]
    meta += ["upper 4", "  <NUMERIC> <UPPERPL>", "status 1", "  <STATUS>"]
    (folder / "table.rda").write_text("\n".join(meta) + "\n")


def run(python: Path, instance: Instance, folder: Path, method: str, seconds: int) -> tuple[Mask | None, dict]:
    """Pattern of the engine, and what its script told; no pattern if it failed or was not done in time."""
    command = [str(python), str(Path(__file__).parent / "peers" / "run_pytauargus.py"), str(folder), method]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None, {"error": f"not done in {seconds} s", "seconds": float(seconds)}
    if done.returncode:
        return None, {"error": done.stderr.strip().splitlines()[-1][-200:], "seconds": 0.0}
    told = json.loads(done.stdout.splitlines()[-1])
    if "error" in told:
        return None, told
    codes = _codes(instance)
    columns = [instance.frame[d.name].to_list() for d in instance.dimensions]
    keys = [[codes[d.name][code] for code in column] for d, column in zip(instance.dimensions, columns, strict=True)]
    row_of = {key: row for row, key in enumerate(zip(*keys, strict=True))}
    pattern = np.zeros(instance.relations.cells, bool)
    cells = instance.linked.ids[instance.name]
    for key in told.pop("hidden"):
        pattern[cells[row_of[tuple(key)]]] = True
    # How far rounded figures are from the counts in all.
    told["distance"] = sum(
        abs(figure - int(instance.values[cells[row_of[tuple(key)]]])) for key, figure in told.pop("rounded")
    )
    return pattern, told


def _codes(instance: Instance) -> dict[str, dict[str, str]]:
    out = {}
    for dimension in instance.dimensions:
        names = instance.frame[dimension.name].unique().sort().to_list()
        out[dimension.name] = {name: f"{dimension.name[0].upper()}{number:04d}" for number, name in enumerate(names)}
    return out


def _tree(code: str, children: dict, own: dict[str, str], depth: int) -> list[str]:
    lines = []
    for part in children.get(code, ()):
        lines.append("@" * depth + own[part])
        lines += _tree(part, children, own, depth + 1)
    return lines
