"""What goes to the vault: identifiers of the kept rows, and refused rows as they came. Streamed, and encrypted as
it is written: no identifier is on disk in clear beyond the delivered file itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from piperoll.collect.check_rows import raw_name
from piperoll.collect.check_scan import scan_sql
from piperoll.collect.check_stage import Stage
from piperoll.collect.check_types import null_text, parse
from piperoll.collect.refused_lines import refused_texts
from piperoll.collect.rowcheck import BITS
from piperoll.store.duck import quote_name
from piperoll.store.tokens import Keyring
from piperoll.store.types import value_type
from piperoll.store.vault.write import write_sealed


BATCH = 122_880
LINE = "_line"


def write_identifiers(staged: Stage, keyring: Keyring, path: Path) -> int:
    """Write the identifiers (classes D and L, typed, and ``_row``) of the kept rows.

    Returns:
        Number of rows; 0, and no file, if the dataset has no identifiers.
    """
    fields = [each for each in staged.dataset.fields if each.is_identifier]
    if not fields or not staged.rows:
        return 0
    scanned = {f"in:{f.name}": staged.prepared.mapping[f.name] for f in fields if f.name in staged.prepared.mapping}
    texts, typed = [], []
    for each in fields:
        text = null_text(quote_name(f"in:{each.name}"), each.missing)
        text = text if each.name in staged.prepared.mapping else "CAST(NULL AS VARCHAR)"
        texts.append(f"{text} AS {raw_name(each.name)}")
        value = parse(each, raw_name(each.name), quote_name(each.name)).value
        typed.append(f"CAST({value} AS {value_type(each.type)}) AS {quote_name(each.name)}")
    query = f"SELECT {', '.join(typed)} FROM (SELECT {', '.join(texts)} FROM ({scan_sql(staged.prepared, scanned)}))"
    kept = _Kept(staged)
    reader = staged.con.cursor().sql(query).to_arrow_reader(BATCH)
    schema = pa.schema([*reader.schema, pa.field("_row", pa.int64())])
    written = 0

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal written
        for batch in reader:
            rows, keep = kept.take(batch.num_rows)
            full = pa.RecordBatch.from_arrays([*batch.columns, pa.array(rows)], schema=schema)
            chosen = full if keep.all() else full.filter(pa.array(keep))
            written += chosen.num_rows
            if chosen.num_rows:
                yield chosen

    write_sealed(path, batches(), schema, keyring)
    kept.done()
    return written


def write_refused(staged: Stage, keyring: Keyring, path: Path) -> int:
    """Write the refused rows as delivered: every declared column as text, ``_row``, ``_rules``, and for a line that
    is no row its text in ``_line``.

    Returns:
        Number of rows; 0, and no file, if nothing was refused.
    """
    con, prepared = staged.con, staged.prepared
    some = staged.refused
    if not some and not staged.broken:
        return 0
    names = [*prepared.mapping]
    schema = pa.schema(
        [
            *((name, pa.string()) for name in names),
            ("_row", pa.int64()),
            ("_rules", pa.string()),
            (LINE, pa.string()),
        ]
    )

    def batches() -> Iterator[pa.RecordBatch]:
        yield from _broken(staged, names, schema)
        if not some:
            return
        if (cut := refused_texts(staged)) is not None:
            told = con.execute(
                f"SELECT {staged.marks} FROM _failing_rows WHERE NOT ({staged.good}) ORDER BY _place"
            ).fetchall()
            names_of = {marks: _rules(staged, marks) for marks in set(told)}
            named = cut.drop_columns(["_place"]).append_column("_rules", pa.array([names_of[marks] for marks in told]))
            full = named.append_column(LINE, pa.nulls(some, pa.string()))
            yield from full.select(schema.names).cast(schema).to_batches(BATCH)
            return
        rules = _rules_sql(staged)
        scan = scan_sql(prepared, dict(prepared.mapping))
        texts = ", ".join(f"f.{quote_name(name)}" for name in names)
        # The place of a row is given before the join, so the join may take the rows in any order.
        query = (
            f"SELECT {texts}, r._row, r._rules, CAST(NULL AS VARCHAR) AS {LINE}"
            f" FROM (SELECT *, row_number() OVER () - 1 AS _at FROM ({scan})) AS f"
            f" JOIN (SELECT _place, _row, {rules} AS _rules FROM _failing_rows WHERE NOT ({staged.good})) AS r"
            " ON f._at = r._place ORDER BY r._place"
        )
        for batch in con.cursor().sql(query).to_arrow_reader(BATCH):
            yield batch.cast(schema)

    write_sealed(path, batches(), schema, keyring)
    return some + len(staged.broken)


def _broken(staged: Stage, names: list[str], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(staged.broken), BATCH):
        some = staged.broken[start : start + BATCH]
        empty = [pa.nulls(len(some), pa.string()) for _ in names]
        rows = pa.array([each.row for each in some], pa.int64())
        rules = pa.array(["G-V01"] * len(some))
        lines = pa.array([each.text for each in some], pa.string())
        yield pa.RecordBatch.from_arrays([*empty, rows, rules, lines], schema=schema)


def _rules_sql(staged: Stage) -> str:
    """SQL of the rules that refuse a row, joined by spaces."""
    cases = [
        f"CASE WHEN {' OR '.join(staged.bit(number) for number in numbers)} THEN '{rule} ' ELSE '' END"
        for rule, numbers in _refusing(staged).items()
    ]
    return f"trim({' || '.join(cases)})" if cases else "''"


def _rules(staged: Stage, marks: tuple[int, ...]) -> str:
    """The same of one row's masks, in Python: quicker than planning so long a query for a few rows."""
    return " ".join(
        rule
        for rule, numbers in _refusing(staged).items()
        if any(marks[number // BITS] >> number % BITS & 1 for number in numbers)
    )


def _refusing(staged: Stage) -> dict[str, list[int]]:
    """Rules that refuse rows, in the order of their first check, and the numbers of their checks."""
    rules: dict[str, list[int]] = {}
    for number, check in enumerate(staged.checks):
        if check.severity == "E":
            rules.setdefault(check.rule, []).append(number)
    return rules


class _Kept:
    """In step with the file: the number of each row, and whether it is kept. Bounded in memory."""

    def __init__(self, staged: Stage) -> None:
        query = f"SELECT _row, ({staged.good}) AS keep FROM staged ORDER BY _place"
        self._reader = iter(staged.con.cursor().sql(query).to_arrow_reader(BATCH))
        self._rows = np.empty(0, np.int64)
        self._keep = np.empty(0, bool)

    def take(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The next ``count`` rows."""
        while len(self._rows) < count:
            batch = next(self._reader)
            self._rows = np.concatenate([self._rows, batch.column(0).to_numpy()])
            self._keep = np.concatenate([self._keep, batch.column(1).to_numpy(zero_copy_only=False)])
        rows, self._rows = self._rows[:count], self._rows[count:]
        keep, self._keep = self._keep[:count], self._keep[count:]
        return rows, keep

    def done(self) -> None:
        """Both sides must end together: anything else would put identifiers to other people's rows.

        Raises:
            AssertionError: If the file gave fewer rows than were staged.
        """
        if len(self._rows) or next(self._reader, None) is not None:
            raise AssertionError("the file changed while it was read")
