"""From tables of text to one system of cells: figures read, totals made, gaps found, everything linked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from piperoll.errors import UserError
from piperoll.protect.attacker import Mask
from piperoll.protect.files.hierarchies import dimensions
from piperoll.protect.files.spec import Loaded
from piperoll.protect.relations import Ints
from piperoll.protect.tables import Dimension, Linked, Table, link
from piperoll.register.shape import nearest


LARGEST = 2**38
_UNIT = re.compile(r"1|0\.0{0,5}1")


@dataclass(frozen=True)
class Cells:
    """Tables put together.

    Attributes:
        loaded: The specification.
        dimensions: With their hierarchies.
        levels: Codes of each named level, by dimension.
        frames: For each table its rows: codes by dimension.
        linked: Their variables and relations.
        values: One a variable, in units; in an attack 0 where nothing is published.
        extras: Further columns by their role, one number a variable.
        added: Variables of cells that no table holds.
    """

    loaded: Loaded
    dimensions: Sequence[Dimension]
    levels: Mapping[str, Mapping[str, set[str]]]
    frames: Mapping[str, pl.DataFrame]
    linked: Linked
    values: Ints
    extras: Mapping[str, Ints] = field(default_factory=dict)
    added: Mask = field(default_factory=lambda: np.zeros(0, bool))

    @property
    def places(self) -> int:
        """Decimals of figures."""
        return decimals(self.loaded)

    def spread(self, parts: Mapping[str, np.ndarray], empty: int = 0) -> Ints:
        """One number a variable from one a row of each table."""
        out = np.full(self.linked.relations.cells, empty, np.int64)
        for name, given in parts.items():
            out[self.linked.ids[name]] = given
        return out

    def select(self, *key: str) -> Mask:
        """Variables that the selectors at a key of the specification choose.

        Raises:
            UserError: ``PR-P060`` for a code or level that there is none of.
        """
        selectors: Any = self.loaded.spec
        for name in key:
            selectors = getattr(selectors, name)
        names = self.linked.relations.names
        chosen = np.zeros(len(names), bool)
        for position, selector in enumerate(selectors):
            these = np.ones(len(names), bool)
            for dimension, said in selector.items():
                column = names.dimensions.index(dimension)
                these &= np.isin(names.codes[:, column], self._codes(dimension, said, (*key, position, dimension)))
            chosen |= these
        return chosen

    def _codes(self, dimension: str, said: object, key: tuple[str | int, ...]) -> list[int]:
        names = self.linked.relations.names
        labels = names.labels[names.dimensions.index(dimension)]
        top = next(d.ends_in() for d in self.dimensions if d.name == dimension)
        out = []
        for word in said if isinstance(said, list | tuple) else [said]:
            codes = self.levels[dimension].get(str(word), {str(word)})
            for code in sorted(codes):
                if code == top:
                    out.append(-1)
                elif code in labels:
                    out.append(labels.index(code))
                else:
                    known = [*labels, *self.levels[dimension]]
                    fix = nearest(code, known) or "Write a code of the dimension, or the name of a level."
                    raise self.loaded.error(f"`{code}` is no code of `{dimension}`.", fix, *key, code="PR-P060")
        return out


def decimals(loaded: Loaded) -> int:
    """Decimal places of the unit."""
    unit = loaded.spec.unit
    if not _UNIT.fullmatch(unit):
        raise loaded.error("The unit is 1, or 0.1, 0.01 and so on.", "Write one of these.", "unit")
    return len(unit) - 2 if "." in unit else 0


def texts(frame: pl.DataFrame) -> pl.DataFrame:
    """All columns as text without spaces around, nothing as an empty one."""
    return frame.select(pl.all().cast(pl.String).fill_null("").str.strip_chars())


def numbers(column: pl.Series, places: int, where: str) -> pl.Series:
    """Whole numbers of units; null where the text is empty.

    Raises:
        UserError: ``PR-P064`` with the row, never the text.
    """
    bare = column.str.replace_all(",", "")
    form = r"^-?\d+(\.0*)?$" if not places else rf"^-?\d+(\.\d{{0,{places}}}0*)?$"
    wrong = (~bare.str.contains(form) & (bare != "")).arg_true()
    if len(wrong):
        raise UserError(
            "PR-P064",
            f"{len(wrong)} figures are no whole numbers of the unit.",
            where=f"{where}, first in row {wrong[0] + 1}",
            fix="Give whole counts, or say the `unit` (0.01 for pence).",
        )
    whole = bare.str.extract(r"^(-?\d+)", 1)
    part = bare.str.extract(r"\.(\d+)", 1).fill_null("").str.pad_end(places, "0").str.slice(0, places)
    found = (whole + part).cast(pl.Int64, strict=False)
    if ((found.abs() > LARGEST) | (found.is_null() & (bare != ""))).any():
        raise UserError("PR-P064", "a figure is too large to be added exactly.", where=where, fix="Give a larger unit.")
    return found


def dimension_columns(loaded: Loaded, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A table's codes, named by dimension.

    Raises:
        UserError: ``PR-P063`` if none of its columns is a dimension, ``PR-P064`` for an empty code.
    """
    found = [(d.column or d.name, d.name) for d in loaded.spec.dimensions if (d.column or d.name) in frame.columns]
    if not found:
        wanted = loaded.spec.dimensions[0].column or loaded.spec.dimensions[0].name
        raise no_column(wanted, name, frame)
    codes = frame.select(pl.col(column).alias(dimension) for column, dimension in found)
    for column in codes.columns:
        empty = (codes[column] == "").arg_true()
        if len(empty):
            fix = "Give each row its code; the total has one, too."
            raise UserError("PR-P064", f"a code of `{column}` is empty.", where=f"{name}, row {empty[0] + 1}", fix=fix)
    return codes


def no_column(wanted: str, table: str, frame: pl.DataFrame) -> UserError:
    """``PR-P063``."""
    fix = nearest(wanted, frame.columns) or f"Its columns are {', '.join(frame.columns)}."
    return UserError("PR-P063", f"there is no column `{wanted}`.", where=table, fix=fix)


def gather(loaded: Loaded, tables: Mapping[str, pl.DataFrame]) -> Cells:
    """Tables to be protected.

    Raises:
        UserError: ``PR-P061`` for cells that are missing, ``PR-P062`` for too many, ``PR-P063`` for columns,
            ``PR-P064`` for figures, and those of `hierarchies.dimensions`, `link` and `Relations.check`.
    """
    spec = loaded.spec
    tables = {name: texts(frame) for name, frame in tables.items()}
    _require(loaded, tables)
    found, levels = dimensions(loaded, list(tables.values()))
    frames, columns = {}, {}
    for name, frame in tables.items():
        rows = _read(loaded, name, frame)
        if spec.totals == "compute":
            rows = add_up(loaded, name, rows, found)
        rows, added = complete(rows, found, spec.limits.cells, name)
        if added and spec.missing == "refuse":
            first = rows.row(rows.height - added, named=True)
            told = ", ".join(str(first[d.name]) for d in found if d.name in first)
            raise UserError(
                "PR-P061",
                f"{added:,} cells are missing: totals are there and these parts of them are not; first [{told}].",
                where=name,
                fix="Give every part, with 0 where nothing is; or write `missing: zero`, or `totals: compute`.",
            )
        frames[name] = rows.select(d.name for d in found if d.name in rows.columns)
        columns[name] = rows
    linked = link(found, [Table(name, frame) for name, frame in frames.items()])
    values = linked.gather({name: rows["_value"].fill_null(0).to_numpy() for name, rows in columns.items()})
    linked.relations.check(values)
    plain = Cells(loaded, found, levels, frames, linked, values)
    roles = sorted({c for rows in columns.values() for c in rows.columns if c.startswith("_")} - {"_value"})
    extras = {}
    for role in roles:
        having = {name: rows for name, rows in columns.items() if role in rows.columns}
        extras[role] = plain.spread({name: rows[role].fill_null(0).to_numpy() for name, rows in having.items()})
    return replace(plain, extras=extras)


def _require(loaded: Loaded, tables: Mapping[str, pl.DataFrame]) -> None:
    spec = loaded.spec
    rule = spec.rule
    wanted = [spec.value, rule.frequency, rule.status, rule.contributor, *rule.largest]
    wanted += [spec.costs] if spec.costs not in ("value", "count", "root") else []
    for name, frame in tables.items():
        for column in wanted:
            if column and column not in frame.columns:
                raise no_column(column, name, frame)
    if len(tables) == 1:
        name, frame = next(iter(tables.items()))
        for dimension in spec.dimensions:
            if (dimension.column or dimension.name) not in frame.columns:
                raise no_column(dimension.column or dimension.name, name, frame)


def _read(loaded: Loaded, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Codes, ``_value``, and the other columns under the names of their roles."""
    spec, places = loaded.spec, decimals(loaded)
    rule = spec.rule
    codes = dimension_columns(loaded, name, frame)
    value = numbers(frame[spec.value], places, f"{name}, column `{spec.value}`")
    gaps = value.is_null().arg_true()
    if len(gaps):
        raise UserError(
            "PR-P061", f"{len(gaps):,} figures are missing.", where=f"{name}, first in row {gaps[0] + 1}",
            fix="Write 0 where nothing was counted; leave out what is not available with its totals.",
        )  # fmt: skip
    more = {"_value": value}
    roles = {"_frequency": (rule.frequency, 0), **{f"_top{k}": (c, places) for k, c in enumerate(rule.largest, 1)}}
    if spec.costs not in ("value", "count", "root"):
        roles["_cost"] = (spec.costs, 0)
    for role, (column, digits) in roles.items():
        if column:
            more[role] = numbers(frame[column], digits, f"{name}, column `{column}`").fill_null(0)
    if rule.status:
        words = {word.casefold() for word in rule.hidden}
        more["_status"] = frame[rule.status].str.to_lowercase().is_in(sorted(words)).cast(pl.Int64)
    if rule.contributor:
        more["_contributor"] = frame[rule.contributor]
    return codes.with_columns(**more)


def add_up(loaded: Loaded, name: str, rows: pl.DataFrame, found: Sequence[Dimension]) -> pl.DataFrame:
    """Every total of every hierarchy, from the parts.

    Raises:
        UserError: ``PR-P062`` for too many cells, ``PR-P070`` if totals are among the rows.
    """
    names = [dimension.name for dimension in found if dimension.name in rows.columns]
    negative = (rows["_value"] < 0).arg_true()
    if len(negative):
        message = f"{len(negative)} counts are below zero."
        fix = "Give counts, or magnitudes that cannot be negative."
        raise UserError("PR-P043", message, where=f"{name}, first in row {negative[0] + 1}", fix=fix)
    keys = [*names, *(["_contributor"] if "_contributor" in rows.columns else [])]
    sums = [c for c in rows.columns if c.startswith("_") and c != "_contributor"]
    out = rows.group_by(keys, maintain_order=True).agg(pl.col(sums).sum())
    for dimension in found:
        if dimension.name not in names:
            continue
        parents = {code for hierarchy in dimension.hierarchies for code in hierarchy.children}
        wrong = out[dimension.name].is_in(sorted(parents)).arg_true()
        if len(wrong):
            first = out[dimension.name][int(wrong[0])]
            message = f"the table holds totals of `{dimension.name}` (`{first}`), which would count twice."
            raise UserError("PR-P070", message, where=name, fix="Leave them out, or write `totals: in_file`.")
        above = pl.DataFrame(
            list(_above(dimension)), schema={dimension.name: pl.String, "_to": pl.String}, orient="row"
        )
        counts = out.select(dimension.name).join(above, on=dimension.name, how="left").height
        _within(counts, loaded.spec.limits.cells * (10 if "_contributor" in keys else 1), name)
        joined = out.join(above, on=dimension.name, how="left", maintain_order="left")
        joined = joined.with_columns(pl.coalesce("_to", dimension.name).alias(dimension.name)).drop("_to")
        out = joined.group_by(keys, maintain_order=True).agg(pl.col(sums).sum())
    if "_contributor" in keys:
        top = max(2, loaded.spec.rule.dominance.n if loaded.spec.rule.dominance else 0)
        out = out.group_by(names, maintain_order=True).agg(
            pl.col(sums).sum(),
            _frequency=pl.len().cast(pl.Int64),
            _tops=pl.col("_value").top_k(top).sort(descending=True),
        )
        tops = [pl.col("_tops").list.get(k, null_on_oob=True).fill_null(0).alias(f"_top{k + 1}") for k in range(top)]
        out = out.with_columns(tops).drop("_tops")
    if "_status" in out.columns:
        out = out.with_columns((pl.col("_status") > 0).cast(pl.Int64))
    _within(out.height, loaded.spec.limits.cells, name)
    return out.sort(names)


def _above(dimension: Dimension) -> Iterator[tuple[str, str]]:
    """Pairs of a code and each code it counts towards, itself among them; each pair once."""
    parents: dict[str, dict[str, None]] = {}
    for hierarchy in dimension.hierarchies:
        for above, below in hierarchy.children.items():
            for code in below:
                parents.setdefault(code, {})[above] = None
    codes = dict.fromkeys([*parents, *(above for h in dimension.hierarchies for above in h.children)])
    for code in codes:
        seen = dict.fromkeys([code])
        queue = [code]
        for at in queue:
            for above in parents.get(at, ()):
                if above not in seen:
                    seen[above] = None
                    queue.append(above)
        yield from ((code, each) for each in seen)


def complete(rows: pl.DataFrame, found: Sequence[Dimension], most: int, name: str) -> tuple[pl.DataFrame, int]:
    """Rows with the parts of their totals that are not there (all other columns null), and how many these are."""
    added = 0
    names = [dimension.name for dimension in found if dimension.name in rows.columns]
    edges = []
    for each in found:
        for hierarchy in each.hierarchies if each.name in names else ():
            parts = [(above, code) for above, below in hierarchy.children.items() for code in below]
            edges.append((each.name, pl.DataFrame(parts, {each.name: pl.String, "_part": pl.String}, orient="row")))
    again = True
    while again:
        again = False
        for dimension, pairs in edges:
            below = rows.select(names).join(pairs, on=dimension, how="inner", maintain_order="left")
            below = below.with_columns(pl.col("_part").alias(dimension)).select(names)
            new = below.join(rows, on=names, how="anti", maintain_order="left").unique(maintain_order=True)
            if new.height:
                added += new.height
                again = True
                _within(rows.height + new.height, most, name)
                rows = pl.concat([rows, new], how="diagonal")
    return rows, added


def _within(cells: int, most: int, name: str) -> None:
    if cells > most:
        raise UserError(
            "PR-P062",
            f"the table with its totals has more than {most:,} cells.",
            where=name,
            fix="Ask for less detail, or raise `limits.cells` (at most 5,000,000).",
        )
