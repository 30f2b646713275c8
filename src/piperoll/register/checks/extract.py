"""Cross-checks of how a dataset is read from a database; ``PR-R121``."""

from __future__ import annotations

import re

from piperoll.register.checks.at import At
from piperoll.register.model.codes import SupplierGroup


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$#]*")
_TABLE = re.compile(rf"{_NAME.pattern}(\.{_NAME.pattern}){{0,2}}")
_CONNECTION = re.compile(r"[a-z][a-z0-9_]*")


def check_extract(at: At) -> None:
    """Names are plain names, one of table and query is there, and the watermark fits the mode and is no identifier."""
    extract = at.dataset.extract
    if extract is None:
        return

    def tell(key: str, said: str, fix: str = "") -> None:
        at.tell("PR-R121", ("extract", key), said, fix)

    if not _CONNECTION.fullmatch(extract.database):
        tell("database", "A connection's name is lower-case letters, digits and _.", "The home declares it.")
    if bool(extract.table) == bool(extract.query):
        tell("table", "An extract reads a table or a query: one of them.")
    if extract.table and not _TABLE.fullmatch(extract.table):
        tell("table", "Expected the name of a table, with dots between its parts.", "Write a query, if it is more.")
    if extract.query and (not re.match(r"\s*(select|with)\b", extract.query, re.IGNORECASE) or ";" in extract.query):
        tell("query", "Expected one SELECT without a semicolon.")
    for key, names in (("watermark", (extract.watermark,)), ("supplier", (extract.supplier,)), ("key", extract.key)):
        if any(name and not _NAME.fullmatch(name) for name in names):
            tell(key, "Expected a column's name: letters, digits and _.", "Give it such a name in a query.")
    if extract.watermark and at.dataset.mode not in ("increment", "events"):
        tell("watermark", f"In mode {at.dataset.mode} each delivery holds everything, so nothing is left out of it.")
    if any(each.name == extract.watermark and each.is_identifier for each in at.dataset.fields):
        tell("watermark", "The watermark is written down, and this field identifies.", "Choose a time or a counter.")
    groups = [g.value for g in at.loaded.all(SupplierGroup) if g.key == at.dataset.suppliers]
    if not extract.supplier and groups and len(groups[0].suppliers) > 1:
        tell("supplier", "Several suppliers owe the dataset, so a column must say whose each row is.")
