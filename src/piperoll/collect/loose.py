"""Tables from text files without a contract: whatever columns the header names, all of them as text.

Meant for a limited child (`child.Children`): nobody vouches for such files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from piperoll.collect.encodings import find_encoding, rewrite
from piperoll.collect.kinds import kind_of, read_head
from piperoll.collect.limits import Limits
from piperoll.collect.text import DELIMITERS
from piperoll.collect.unpack import unpack_gzip
from piperoll.errors import UserError


if TYPE_CHECKING:
    import pyarrow as pa

Refuse = Callable[[str, str], UserError]
BLOCK = 4 << 20
_HEAD = 1 << 20


def plain_file(path: Path, told: str, work: Path, limits: Limits) -> tuple[Path, str]:
    """The file itself, or what a gzip holds, unpacked into ``work``; and its kind (`kinds.kind_of`).

    Raises:
        UserError: PR-C006, PR-C007 and those of unpacking.
    """
    kind = kind_of(read_head(path), told)
    if kind != "gzip":
        return path, kind
    unpack_gzip(path, work / "plain", told, limits)
    return work / "plain", kind_of(read_head(work / "plain"), told)


def text_rows(
    path: Path, told: str, work: Path, limits: Limits, refuse: Refuse, check: Callable[[Path], None] = lambda _: None
) -> Iterator[pa.RecordBatch]:
    """The rows of a delimited text file, batch by batch, all columns as text, empty where nothing stands.

    Args:
        refuse: Makes the error of a sentence and its cure.
        check: Called with the file in UTF-8 before it is read.

    Raises:
        UserError: What ``refuse`` makes, for what is no table; PR-C008 to PR-C010 for the encoding.
    """
    import pyarrow as pa
    import pyarrow.csv as pacsv

    encoding = find_encoding(path, "utf-8", told)
    if encoding.rewrite or encoding.mark:
        rewrite(path, encoding, work / "utf8", told)
        path = work / "utf8"
    check(path)
    names, delimiter = header(path, limits, refuse)
    broken: list[int] = []

    def handle(row: object) -> str:
        broken.append(0)
        return "skip" if len(broken) < 2 else "error"

    rows = 0
    try:
        reader = pacsv.open_csv(
            path,
            pacsv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names, skip_rows=1),
            pacsv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=handle),
            pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False, check_utf8=True
            ),
        )
        for batch in reader:
            rows += batch.num_rows
            yield batch
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        raise refuse("its lines are not all of one table.", "") from None
    if broken:
        message = "a line has more or fewer columns than the header."
        raise refuse(message, "Put quotes round texts with a delimiter in them.")
    if not rows:
        raise refuse("the table has no rows.", "")


def header(path: Path, limits: Limits, refuse: Refuse) -> tuple[list[str], str]:
    """Names of the columns in the first line, and the delimiter."""
    with path.open("rb") as file:
        text = file.read(_HEAD).decode("utf-8", "ignore")
    line = next(csv.reader(io.StringIO(text), delimiter="\0"), [])
    bare = "".join(line)
    delimiter = max(DELIMITERS, key=lambda each: (bare.count(each), each == ","))
    try:
        names = [name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), [])]
    except csv.Error:
        names = []
    if not any(names) or len(names) > limits.columns:
        raise refuse("its first line is no header.", "")
    twice = [at for at, name in enumerate(names) if name in names[:at] or not name]
    if twice:  # by number: where there is no header, a name is a value
        first, second = names.index(names[twice[0]]) + 1, twice[0] + 1
        message = f"columns {first} and {second} have the same name." if names[twice[0]] else "a column has no name."
        raise refuse(message, "Name each column once.")
    return names, delimiter
