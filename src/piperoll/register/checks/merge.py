"""Cross-checks of merges: sides, pairs, fields and reasons name what there is."""

from __future__ import annotations

import re

from piperoll.register.checks.rules import relations, unmade
from piperoll.register.loaded import Loaded, Made
from piperoll.register.model.merge import CAME, NEEDED, OWN, Merge
from piperoll.register.shape import Path, nearest
from piperoll.register.sql import Columns, Fault, query


_TYPE = re.compile(r"str|code|int|date|datetime|bool|dec\([0-9]{1,2},[0-9]{1,2}\)")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def check_merges(loaded: Loaded) -> None:
    """Note what is wrong with merges: ``PR-D020`` and faults of their SQL (``PR-R024``, ``PR-R025``)."""
    for made in loaded.all(Merge):
        merge = made.value
        if merge.offices is not None:
            loaded.must_be("code list", merge.offices, loaded.declared["codes"], made, ("offices",))
        sides = [each.name for each in merge.sides]
        loaded.unique("side", sides, made, ("sides",))
        loaded.unique("field", [each.name for each in merge.fields], made, ("fields",))
        loaded.unique("reason", [each.id for each in merge.reasons], made, ("reasons",))
        _shape(loaded, made, sides)
        known = _sides(loaded, made)
        if known:
            _conditions(loaded, made, known)


def _shape(loaded: Loaded, made: Made[Merge], sides: list[str]) -> None:
    merge = made.value
    fields = [each.name for each in merge.fields]
    if len(sides) < 2:
        loaded.tell("PR-D020", made, ("sides",), "A merge is of two systems at least.", "Name the other one.")
    if not merge.pairs.equal:
        said = "Nothing says which records are of one thing."
        loaded.tell("PR-D020", made, ("pairs",), said, "Name the fields that are equal under `equal`.")
    for i, name in enumerate(merge.pairs.equal):
        loaded.must_be("field", name, [*fields, "place", "day"], made, ("pairs", "equal", i))
    for i, field in enumerate(merge.fields):
        if field.name in OWN:
            said = f"`{field.name}` is a column that every merge has; it is no field."
            loaded.tell("PR-D020", made, ("fields", i, "name"), said, "Leave it out, or give it another name.")
        if not _TYPE.fullmatch(field.type):
            said = f"`{field.type[:20]}` is no type of a field."
            loaded.tell("PR-D020", made, ("fields", i, "type"), said, "Write str, code, int, dec(10,2), date or bool.")
        for j, name in enumerate(field.first):
            loaded.must_be("side", name, sides, made, ("fields", i, "first", j))
        if field.same and not field.compare:
            said = f"`{field.name}` says when two values are the same, but is not compared."
            loaded.tell("PR-D020", made, ("fields", i, "same"), said, "Write `compare: true`.")
    for i, reason in enumerate(merge.reasons):
        if reason.side:
            loaded.must_be("side", reason.side, sides, made, ("reasons", i, "side"))
        if reason.field:
            loaded.must_be("field", reason.field, fields, made, ("reasons", i, "field"))
        if reason.field and reason.of == "missing":
            said = "A record that is missing differs in no field."
            loaded.tell("PR-D020", made, ("reasons", i, "field"), said, "Leave the field out, or write `of: differs`.")
    for name, text in (("from", merge.from_), ("to", merge.to)):
        if text and not _MONTH.fullmatch(text):
            loaded.tell("PR-D020", made, (name,), f"Expected a month, found `{text[:20]}`.", "Write it as 2012-03.")
    if not 0 <= merge.unexplained <= 1:
        said = f"Expected a share from 0 to 1, found {merge.unexplained}."
        loaded.tell("PR-D020", made, ("unexplained",), said)


def _sides(loaded: Loaded, made: Made[Merge]) -> dict[str, Columns]:
    """Columns of each side; empty if one cannot be read."""
    known: dict[str, Columns] = {}
    for i, side in enumerate(made.value.sides):
        columns, faults = query(side.sql, {**relations(loaded), **unmade(loaded, side.sql)})
        _tell(loaded, made, ("sides", i, "sql"), faults)
        if faults:
            return {}
        known[side.name] = columns
        if columns is None:
            continue
        wanted = {*NEEDED, *(name for name in made.value.pairs.equal if name != "place")}
        missing = sorted(wanted - columns)
        if missing:
            said = f"The SELECT of a side gives {', '.join(sorted(wanted))}; missing: {', '.join(missing)}."
            loaded.tell("PR-D020", made, ("sides", i, "sql"), said)
    for i, field in enumerate(made.value.fields):
        if all(columns is not None and field.name not in columns for columns in known.values()):
            said = f"No side gives `{field.name}`."
            loaded.tell("PR-D020", made, ("fields", i, "name"), said, "Select it, or leave the field out.")
    return known


def _conditions(loaded: Loaded, made: Made[Merge], known: dict[str, Columns]) -> None:
    merge = made.value
    there = {**relations(loaded), "came": frozenset(CAME)}
    record = frozenset((*OWN, *(each.name for each in merge.fields)))
    pair = {**there, "a": record, "b": record}
    row = {**there, "m": frozenset(merge.row_columns)}
    asked: list[tuple[Path, str, dict[str, Columns], str]] = [
        (("pairs", "when"), merge.pairs.when, pair, "a CROSS JOIN b"),
        (("pairs", "nearest"), merge.pairs.nearest, pair, "a CROSS JOIN b"),
        *((("sides", i, "expected"), side.expected, row, "m") for i, side in enumerate(merge.sides)),
        *((("reasons", i, "when"), reason.when, row, "m") for i, reason in enumerate(merge.reasons)),
    ]
    for i, field in enumerate(merge.fields):
        values: dict[str, Columns] = {"v": frozenset({"a", "b"})}
        asked.append((("fields", i, "same"), field.same, values, "v"))
    for path, text, tables, of in asked:
        if text:
            _, faults = query(f"SELECT ({text}\n) AS it FROM {of}", {**tables, **unmade(loaded, text)})
            _tell(loaded, made, path, faults)


def _tell(loaded: Loaded, made: Made[Merge], path: Path, faults: list[Fault]) -> None:
    for fault in faults:
        code = "PR-R024" if fault.kind == "parse" else "PR-R025"
        loaded.tell(code, made, path, fault.message, nearest(fault.name, fault.names) if fault.name else "")
