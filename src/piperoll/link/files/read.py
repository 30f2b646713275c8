"""Files to be linked, read in a limited child: the columns that the linkage needs, and no others.

CSV and the like come as text; Parquet keeps its types. What the child gives back is an Arrow file that is mapped, not
copied.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from piperoll.collect.child import Children
from piperoll.collect.limits import Limits
from piperoll.collect.loose import plain_file, text_rows
from piperoll.errors import UserError
from piperoll.link.spec.declared import Declared


LIMITS = Limits(memory_mb=4096, cpu_seconds=3600, wall_seconds=7200, file_mb=65536, columns=2000)
_AGAIN = "Give CSV with a header (also gzipped), or Parquet."


def wanted(declared: Declared, file: str) -> tuple[list[str], list[str]]:
    """Columns of a file that a linkage needs, and those that it takes if they are there."""
    need = [declared.record] if declared.record else []
    need += [each.column(file) for each in declared.fields if not each.optional and each.column(file)]
    take = [each.column(file) for each in declared.fields if each.optional]
    take += [column for each in declared.fields for column in each.also]
    return list(dict.fromkeys([*need, *declared.evaluated])), list(dict.fromkeys(take))


def named(path: Path) -> tuple[str, Path]:
    """Name and place of a file given as NAME=FILE: files of one name are parts of one. No name where none is given."""
    name, sign, place = str(path).partition("=")
    if sign and not path.exists() and name and "/" not in name:
        return name, Path(place)
    return "", path


def ordered(paths: Iterable[Path]) -> list[tuple[str, Path]]:
    """Name and place of each file, in an order of their own: by name, those of one name by place.

    Files that are not parts of one and are called the same get a sign more, ``people`` and ``people+``.
    """
    given = []
    for each in paths:
        part, path = named(each)
        given.append((part or path.name.removesuffix(".gz").rsplit(".", 1)[0], str(path.absolute()), bool(part), path))
    out: list[tuple[str, Path]] = []
    parts = {name for name, _, part, _ in given if part}
    taken = set(parts)
    for bare, _, is_part, path in sorted(given):
        name = bare
        while not is_part and name in taken:
            name += "+"
        taken.add(name)
        out.append((name, path))
    return out


@contextlib.contextmanager
def read_files(
    paths: Iterable[Path], declared: Declared, limits: Limits = LIMITS, *, lists: bool = False
) -> Iterator[dict[str, pl.DataFrame]]:
    """Frames by file name without its ending, as long as the context lasts; `ordered`, as are the rows of parts.

    Args:
        lists: Whether columns may hold lists and structures of texts, numbers and dates.

    Raises:
        UserError: ``PR-L006`` for what cannot be read as a table, ``PR-C001`` to ``PR-C014`` for what cannot be read
            safely, ``PR-L003`` for a column that is not there.
    """
    with tempfile.TemporaryDirectory(prefix="piperoll-link-") as made, Children({}, count=1) as children:
        out: dict[str, pl.DataFrame] = {}
        for number, (name, path) in enumerate(ordered(paths)):
            if not path.is_file():
                raise UserError("PR-L006", "there is no such file.", where=str(path), fix=_AGAIN)
            work = Path(made) / str(number)
            work.mkdir(mode=0o700)
            children.run({
                "kind": read_in_child, "path": str(path.resolve()), "told": path.name, "work": str(work),
                "limits": limits, "columns": wanted(declared, name),
                "lists": lists,
            })  # fmt: skip
            frame = pl.read_ipc(work / "table.arrow")
            out[name] = pl.concat([out[name], frame], how="diagonal") if name in out else frame
        yield out


def read_in_child(shared: dict[str, Any], job: dict[str, Any]) -> Any:
    """The child's part: the wanted columns as an Arrow file in the directory of the job."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from piperoll.register.shape import nearest

    told, work, limits = job["told"], Path(job["work"]), job["limits"]
    need, take = job["columns"]

    def refuse(message: str, fix: str) -> UserError:
        return UserError("PR-L006", message, where=told, fix=fix or _AGAIN)

    def chosen_of(names: list[str]) -> list[str]:
        if need and not set(need) & set(names):  # what stands there may be a record: it is not shown
            listed = ", ".join(f"`{each}`" for each in need[:30])
            raise UserError("PR-L003", f"there is none of the columns {listed}.", where=told,
                            fix="Does the first line name the columns? Name them under `from`.")  # fmt: skip
        for column in need:
            if column not in names:
                fix = nearest(column, names) or f"Its columns are {', '.join(names[:30])}."
                raise UserError("PR-L003", f"there is no column `{column}`.", where=told, fix=fix)
        return [*need, *(column for column in take if column in names and column not in need)]

    path, kind = plain_file(Path(job["path"]), told, work, limits)
    if kind not in ("text", "parquet"):
        raise refuse("the file is no table.", "")
    rows, writer = 0, None
    batches: Iterator[pa.RecordBatch]
    if kind == "parquet":
        try:
            file = pq.ParquetFile(path)
            columns = chosen_of(file.schema_arrow.names)
            batches = file.iter_batches(batch_size=1 << 16, columns=columns)
        except (pa.ArrowInvalid, OSError):
            raise refuse("the file is damaged, or no Parquet after all.", "") from None
    else:
        batches = text_rows(path, told, work, limits, refuse)
    try:
        for batch in batches:
            if writer is None:
                columns = chosen_of(batch.schema.names)
                for name in columns:
                    if not _simple(batch.schema.field(name).type, job["lists"]):
                        raise refuse(f"the column `{name}` holds neither texts nor numbers nor dates.",
                                     "Write it out as text.")  # fmt: skip
                chosen = pa.schema([(name, _plain_type(batch.schema.field(name).type)) for name in columns])
                writer = pa.ipc.new_file(work / "table.arrow", chosen)
            plain = _plain(batch.select(columns), chosen)
            plain.validate(full=True)  # a damaged page may hold what is no text
            writer.write_batch(plain)
            rows += batch.num_rows
    except pa.ArrowInvalid:
        raise refuse("the file is damaged.", "") from None
    except UserError as error:
        if error.code != "PR-C008":
            raise
        raise refuse("the text is not UTF-8.", "Export it as UTF-8.") from None
    if writer is None:
        raise refuse("the table has no rows.", "")
    writer.close()
    return {"rows": rows}


def _plain_type(kind: Any) -> Any:
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _simple(kind: Any, lists: bool = False) -> bool:
    import pyarrow as pa

    types, kind = pa.types, _plain_type(kind)
    if lists and (types.is_list(kind) or types.is_large_list(kind)):
        return _simple(kind.value_type, lists)
    if lists and types.is_struct(kind):
        return all(_simple(kind.field(k).type, lists) for k in range(kind.num_fields))
    text = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    number = types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_boolean(kind)
    return text or number or types.is_temporal(kind) or types.is_null(kind)


def _plain(batch: Any, schema: Any) -> Any:
    """Columns that came as dictionaries are written out: an Arrow file holds one dictionary a column, batches many."""
    import pyarrow as pa

    return pa.record_batch([column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)],
                           schema=schema)  # fmt: skip
