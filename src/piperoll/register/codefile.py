"""The CSV beside a code list: its codes, one a row."""

from __future__ import annotations

import csv
import io

from piperoll.errors import Problem
from piperoll.register.loaded import Loaded
from piperoll.register.nodes import Node


COLUMNS = ("code", "label", "parent", "valid_from", "valid_to")


def add_codes(loaded: Loaded, name: str, node: Node) -> None:
    """Put the rows of ``<name>.csv`` into the tree of ``<name>.yaml`` as its ``codes``.

    Every column beside code, label, parent, valid_from and valid_to becomes an attribute. Problems: ``PR-R032`` for
    a header without ``code`` or ``label``, a row of another length, or codes in both places.
    """
    beside = name.removesuffix(".yaml") + ".csv"
    if beside not in loaded.files.names or not isinstance(node.value, dict):
        return
    if "codes" in node.value:
        fix = f"Keep them in one place: here or in {beside}."
        said = "Codes stand both here and in the CSV beside it."
        loaded.problems.append(Problem("PR-R032", said, f"{name}:{node.keys['codes']}", "codes", fix))
        return
    text = loaded.files.read(beside)
    node.value["codes"] = Node(1, [])
    node.keys["codes"] = 1
    if text is not None:
        node.value["codes"] = Node(1, _rows(loaded, beside, text))


def _rows(loaded: Loaded, name: str, text: str) -> list[Node]:
    def tell(line: int, said: str, fix: str) -> None:
        loaded.problems.append(Problem("PR-R032", said, f"{name}:{line}", fix=fix))

    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    out: list[Node] = []
    try:
        header = [each.strip() for each in next(reader, [])]
        absent = [each for each in COLUMNS[:2] if each not in header]
        if absent or len(set(header)) != len(header) or "" in header:
            said = f"The header must have the columns code and label, each named once; found {', '.join(header)}."
            tell(1, said, "Write the header in the first row, columns parted by commas.")
            return []
        last = reader.line_num
        for row in reader:
            line, last = last + 1, reader.line_num
            if not row:
                continue
            if len(row) != len(header):
                tell(line, f"The row has {len(row)} values and the header {len(header)}.", "Quote values with commas.")
                continue
            out.append(_row(name, line, dict(zip(header, row, strict=True))))
    except csv.Error as error:
        tell(reader.line_num, f"This is not CSV: {error}.", "Double the quotes inside a quoted value.")
    return out


def _row(name: str, line: int, row: dict[str, str]) -> Node:
    value = {key: Node(line, text.strip(), file=name) for key, text in row.items() if text.strip()}
    known = {key: each for key, each in value.items() if key in COLUMNS}
    known.setdefault("label", Node(line, "", file=name))
    rest = {key: each for key, each in value.items() if key not in COLUMNS}
    known["attributes"] = Node(line, dict(rest), dict.fromkeys(rest, line), file=name)
    return Node(line, dict(known), dict.fromkeys(known, line), file=name)
