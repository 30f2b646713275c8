"""Check a prepared file against its contract, and split it at the door.

Everything is one staging pass (`check_stage`), a few set operations on its result (`check_cross`), and one copy of
the good rows to the store's Parquet. What identifies people is read again from the file and goes to the vault alone
(`split_vault`). ``rows_in = rows_kept + rows_refused`` always, and the same file, contract and keys give the same
bytes in the store.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from piperoll.collect.check_cross import late_checks, run_late
from piperoll.collect.check_scan import read_texts
from piperoll.collect.check_stage import MANY_ROWS, Stage, stage
from piperoll.collect.copied import copy_findings
from piperoll.collect.findings import broken_finding, file_findings, row_findings
from piperoll.collect.past import attach
from piperoll.collect.prepared import CheckContext, CheckResult, Prepared
from piperoll.collect.split_vault import write_identifiers, write_refused
from piperoll.collect.volume import missing_findings, volume_findings
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register
from piperoll.store.duck import connect, leave, lock, quote_name, quote_text


__all__ = ["check_file", "read_texts"]

STORE, VAULT, REFUSED, PLACES = "store.parquet", "identifiers.sealed", "refused.sealed", "places.parquet"
ROW_GROUP = 122_880
PARQUET = f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP})"


def check_file(
    source: Prepared,
    dataset: Dataset,
    register: Register,
    context: CheckContext,
    out: Path,
    step: Callable[[str], None] = lambda name: None,
) -> CheckResult:
    """Check one delivery and write what is to be kept into ``out``.

    Args:
        source: The file, as the reader prepared it.
        dataset: Its contract.
        register: For code lists and the contracts of other datasets.
        context: The slot, the store as of now, keys and limits.
        out: An empty directory; named files are left in it (see `CheckResult`).
        step: Called with the name of each step as it ends, for measurements.

    Raises:
        UserError: ``PR-C050`` to ``PR-C052`` if the contract itself cannot be run.
    """
    work = out / ".work"
    work.mkdir(parents=True)
    con = connect(memory_mb=context.memory_mb, threads=context.threads, temp=work / "spill")
    try:
        if context.past is not None:
            attach(con, context.past.path)
        lock(con, [source.path.parent, out, context.store_root], settings=False)
        late = late_checks(dataset)
        staged = stage(con, source, dataset, register, context, late, work)
        step("stage")
        run_late(staged, register, context, len(staged.checks) - len(late))
        staged.gather()
        step("cross")
        findings, queries = file_findings(source, dataset, context)
        findings += broken_finding(staged)
        for found, asked in (row_findings(staged, context),):
            findings += found
            queries += asked
        kept = staged.rows - staged.refused
        nulls = _nulls(staged, kept)
        for found, asked in (
            volume_findings(dataset, context, kept),
            missing_findings(dataset, context, kept, nulls),
            copy_findings(staged, context, kept),
        ):
            findings += found
            queries += asked
        _write_places(staged, out / PLACES)
        step("findings")
        _write_store(staged, out / STORE)
        con.execute(f"SET threads={int(context.threads)}")
        step("store")
        refused = write_refused(staged, context.keyring, out / REFUSED)
        step("refused")
        write_identifiers(staged, context.keyring, out / VAULT)
        step("vault")
        return CheckResult(
            rows_in=staged.rows + len(staged.broken),
            rows_kept=kept,
            rows_refused=refused,
            findings=tuple(sorted(findings, key=lambda each: (each.rule, each.field))),
            queries=tuple(
                sorted(
                    (each for each in queries if each.key not in context.settled),
                    key=lambda each: (each.rule, each.field, each.key),
                )
            ),
            store=STORE,
            vault=VAULT if (out / VAULT).exists() else "",
            refused=REFUSED if refused else "",
            places=PLACES if refused else "",
            nulls=nulls,
        )
    finally:
        leave(con)
        shutil.rmtree(work, ignore_errors=True)


def _write_store(staged: Stage, path: Path) -> None:
    """The kept rows, in the file's order: the same rows give the same bytes.

    On one thread: with more, DuckDB cuts the row groups where the threads happened to meet.
    """
    staged.con.execute("SET threads=1")
    named = [f"{staged.store_sql(each)} AS {quote_name(each)}" for each in staged.columns]
    columns = ", ".join([*named, "CAST(_row AS BIGINT) AS _row"])
    staged.con.execute(
        f"COPY (SELECT {columns} FROM staged WHERE {staged.good}) TO {quote_text(str(path))} {PARQUET}"
    ).fetchall()


def _write_places(staged: Stage, path: Path) -> None:
    """Where each refused row failed: row, field, rule and kind of value; a line for each row and check."""
    fields = [each.name for each in staged.dataset.fields]
    selects = []
    if staged.broken:
        numbers = [each.row for each in staged.broken]
        staged.con.execute("CREATE TABLE _broken AS SELECT unnest($1::BIGINT[]) AS n", [numbers]).fetchall()
        selects.append("SELECT n, '', 'G-V01', 'line', -1 FROM _broken")
    found = staged.failed()
    for number, check in enumerate(staged.checks):
        if check.severity != "E" or number not in found:
            continue
        kind = quote_text(check.kind)
        if check.field in fields and check.kind not in ("rule", "duplicate", "conflict", "parent"):
            kind = f"{kind} || ': ' || _k[{fields.index(check.field) + 1}]"
        selects.append(
            f"SELECT _row, {quote_text(check.field)}, {quote_text(check.rule)}, {kind}, {number}"
            f" FROM _failing_rows WHERE {staged.bit(number)}"
        )
    rows = " UNION ALL ".join(selects)
    if not rows:
        return
    staged.con.execute(
        f"COPY (SELECT CAST(a AS BIGINT) AS row, b AS field, c AS rule, d AS kind"
        f" FROM ({rows}) AS t(a, b, c, d, n) ORDER BY a, n) TO {quote_text(str(path))} {PARQUET}"
    ).fetchall()


def _nulls(staged: Stage, kept: int) -> dict[str, float]:
    """Share of nulls among the kept rows, by field."""
    if not kept:
        return {}
    hidden = [each.name for each in staged.dataset.fields if each.cls == "D"]
    counts = []
    for each in staged.dataset.fields:
        if each.cls == "D":
            counts.append(f"CAST(sum((_n >> {hidden.index(each.name)}) & 1) AS BIGINT)")
        else:
            counts.append(f"count(*) - count({quote_name(each.name)})")
    # Counting over all rows and over the few refused ones is quicker than filtering all rows, where they are many.
    few = staged.rows <= MANY_ROWS or not staged.refused
    everyone, refused = (
        staged.con.execute(f"SELECT {', '.join(counts)} FROM _stage WHERE {which}").fetchall()[0]
        if which
        else [0] * len(counts)
        for which in ((staged.good if staged.refused else "true", "") if few else ("true", f"NOT ({staged.good})"))
    )
    found = [all_ - (some or 0) for all_, some in zip(everyone, refused, strict=True)]
    return {each.name: n / kept for each, n in zip(staged.dataset.fields, found, strict=True)}
