"""Files of a protected table: what may be published in ``public``, what must not in ``internal``.

Everything is written beside its place first and moved there whole: a refusal leaves nothing.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import yaml

from piperoll.errors import UserError
from piperoll.present.ods import write_ods
from piperoll.present.workbook import Cell, Column, Cover, Table, Workbook
from piperoll.protect.files import report
from piperoll.protect.files.pictures import role_map
from piperoll.protect.files.run import Protected
from piperoll.protect.files.spec import Spec


INTERNAL = (
    "Internal: these files give the hidden figures away. Never publish them.\n\n"
    "- certificate.json: the true table and the tables that prove it safe\n"
    "- seed: the secret that broke ties; with it and the table the same choice is made again\n"
    "- roles/: which cells are hidden for themselves and which for others\n"
    "- map.svg: the same as a picture\n- report.json: what is lost, with sums of hidden figures\n"
)
_ROWS_ODS = 1_000_000


def write_protected(made: Protected, out: Path) -> tuple[Path, ...]:
    """Write the directory ``out``.

    Returns:
        The files, in order.

    Raises:
        UserError: ``PR-P068`` if it has something in it or cannot be written.
    """
    files = contents(made)
    return write_all(files, out)


def write_all(files: Mapping[str, bytes], out: Path) -> tuple[Path, ...]:
    """Put files into a new directory, all or none; what is internal for the owner alone."""
    fix = "Name a directory that is new or empty."
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError("PR-P068", "there is something already.", where=str(out), fix=fix)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as made:
            whole = Path(made) / "whole"
            for name, data in files.items():
                path = whole / name
                private = name.startswith("internal/")
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if private else 0o755)
                path.write_bytes(data)
                if private:
                    path.chmod(0o600)
                    for parent in path.relative_to(whole).parents:
                        if parent.parts[:1] == ("internal",):
                            (whole / parent).chmod(0o700)
            if out.exists():
                out.rmdir()
            os.replace(whole, out) if os.stat(whole).st_dev == os.stat(out.parent).st_dev else shutil.move(whole, out)
    except OSError as error:
        raise UserError("PR-P068", f"it cannot be written ({error.strerror}).", where=str(out), fix=fix) from None
    return tuple(out / name for name in files)


def contents(made: Protected) -> dict[str, bytes]:
    """The files by name below the directory."""
    spec = made.cells.loaded.spec
    tables = [_table(made, number, name) for number, name in enumerate(made.tables, start=1)]
    files: dict[str, bytes] = {}
    for table in tables:
        files[f"public/{table.stem}.csv"] = table_csv(made, table.stem)
    if all(len(table.rows) < _ROWS_ODS for table in tables):
        files["public/tables.ods"] = write_ods(_workbook(spec, tables, made))
    files["public/report.md"] = report.public_markdown(made).encode()
    files["public/report.json"] = report.public_json(made)
    files["public/attack.yaml"] = public_spec(made)
    if made.certificate is not None:
        files["internal/certificate.json"] = made.certificate.data
    files["internal/README.txt"] = INTERNAL.encode()
    files["internal/report.json"] = report.internal_json(made)
    files["internal/seed"] = made.seed.encode() + b"\n"
    for name in made.tables:
        files[f"internal/roles/{_stem(name)}.csv"] = _roles_csv(made.role_frame(name))
    files["internal/map.svg"] = role_map(made).svg
    return files


def _stem(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in name).lower() or "table"


def table_csv(made: Protected, stem: str) -> bytes:
    """A published table: codes, value (empty where hidden), status ([c] there)."""
    frame = next(frame for name, frame in made.tables.items() if _stem(name) == stem)
    marked = frame.with_columns(
        pl.when(pl.col("status") == "c").then(pl.lit("[c]")).otherwise(pl.lit("")).alias("status")
    )
    return _csv(marked, made.cells.places)


def _roles_csv(frame: pl.DataFrame) -> bytes:
    return _csv(frame, 0)


def _csv(frame: pl.DataFrame, places: int) -> bytes:
    # An empty text would be written as two quotes.
    plain = frame.with_columns(pl.when(pl.col("status") != "").then(pl.col("status")).alias("status"))
    return plain.write_csv(float_precision=places or None, line_terminator="\n").encode()


def _table(made: Protected, number: int, name: str) -> Table:
    spec, frame = made.cells.loaded.spec, made.tables[name]
    labels = {dimension.name: dimension.label or dimension.name for dimension in spec.dimensions}
    dimensions = [column for column in frame.columns if column in labels]
    places = made.cells.places
    columns = tuple(Column(_name(column), labels[column]) for column in dimensions)
    figure = Column("value", spec.value, "decimal" if places else "integer", places=places or 1)
    rows = tuple(
        (*codes, Cell(None, ("c",)) if status else Cell(value))
        for *codes, value, status in frame.select([*dimensions, "value", "status"]).iter_rows()
    )
    lines = tuple(report.done(spec)[-2:])
    title = spec.title or name
    return Table(f"Table_{number}", title, (*columns, figure), rows, lines=lines, source=spec.source, slug=_stem(name))


def _name(text: str) -> str:
    bare = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in text.lower()).strip("_")
    return bare or "dimension"


def _workbook(spec: Spec, tables: list[Table], made: Protected) -> Workbook:
    cover = Cover(
        summary=(spec.title or "Protected tables", *([spec.source] if spec.source else [])),
        quality=" ".join([*report.done(spec), report.lost(made), report.optimality(made)]),
    )
    return Workbook(spec.title or "Protected tables", "Piperoll", cover, tuple(tables))


def public_spec(made: Protected) -> bytes:
    """What anybody may know of the specification, enough for ``piperoll attack``: no costs, seed or forced cells."""
    spec = made.cells.loaded.spec
    dimensions: dict[str, object] = {}
    for dimension in made.cells.dimensions:
        trees = {
            h.name: {"tree": {above: list(below) for above, below in h.children.items()}} for h in dimension.hierarchies
        }
        top = dimension.ends_in()
        dimensions[dimension.name] = {**({"total": top} if top else {}), "hierarchies": trees}
    content: dict[str, object] = {"title": spec.title, "value": "value", "unit": spec.unit, "dimensions": dimensions}
    rule: dict[str, object] = {"threshold": spec.rule.threshold, "zero": spec.rule.zero}
    if not (spec.counts and spec.rule.threshold):
        # An amount's rule says nothing about the size of what is hidden.
        rule = {"status": "status"}
        need = {"lower_percent": spec.requirement.lower_percent, "upper_percent": spec.requirement.upper_percent}
        content["requirement"] = {key: percent for key, percent in need.items() if percent is not None}
    content["rule"] = rule
    exact = [{str(k): v for k, v in selector.items()} for selector in _by_codes(made, spec.published.exact)]
    content["published"] = {"as": spec.published.as_, "base": spec.published.base, "exact": exact}
    content["attacker"] = {"knows_status": spec.attacker.knows_status}
    if spec.requirement.width is not None:
        span = made.problem.requirement.span[made.problem.targets]
        content["requirement"] = {"width": int(span.min()) if len(span) else spec.requirement.width}
    elif spec.requirement.around is not None:
        content["requirement"] = {"around": spec.requirement.around}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()


def _by_codes(made: Protected, selectors: tuple[dict[str, object], ...]) -> list[dict[str, list[str]]]:
    """Selectors with levels written out as codes."""
    out = []
    for selector in selectors:
        plain = {}
        for dimension, said in selector.items():
            words = said if isinstance(said, list | tuple) else [said]
            levels = made.cells.levels[dimension]
            plain[dimension] = [code for word in words for code in sorted(levels.get(str(word), {str(word)}))]
        out.append(plain)
    return out
