"""What became of the faults that were put in: refused, told, or not noticed by any rule.

Compares the truth directory of a simulation with what collecting its deliveries said. Rows are matched one by one by
file and row; a warning or query names its rule and field and not every row, so a fault counts as told if the file has a
finding about its field.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from piperoll.errors import UserError


RECEIPTS = {
    "file": pl.String,
    "verdict": pl.String,
    "rows_in": pl.Int64,
    "rows_kept": pl.Int64,
    "rows_refused": pl.Int64,
}
REFUSED = {"file": pl.String, "row": pl.Int64, "field": pl.String, "rule": pl.String}
FINDINGS = {"file": pl.String, "rule": pl.String, "field": pl.String, "severity": pl.String}
NOT_IN = ("refused", "not_taken")
ANSWERS = ("refused", "told", "recognised", "known_missing", "superseded", "not_noticed")


@dataclass(frozen=True)
class Accounting:
    """Every fault with what became of it, and every file's rows.

    Attributes:
        faults: The truth's ``faults`` with ``answer``, one of `ANSWERS`, and ``rule``, the first that found it.
        by_kind: Kinds of fault with the number of each answer, and ``seeded``.
        files: The truth's ``files`` with what the receipts say of each, and ``balanced``: rows written are rows kept
            and rows refused.
    """

    faults: pl.DataFrame
    by_kind: pl.DataFrame
    files: pl.DataFrame

    @property
    def share_not_noticed(self) -> float:
        """Share of all faults that no rule caught, from 0 to 1; 0 if there were none."""
        missed = (self.faults["answer"] == "not_noticed").mean()
        return float(missed) if isinstance(missed, int | float) else 0.0

    @property
    def unbalanced(self) -> pl.DataFrame:
        """Files whose rows do not add up; none if nothing was dropped in silence."""
        return self.files.filter(~pl.col("balanced"))

    @property
    def sentences(self) -> list[str]:
        """The account as lines of text."""
        count = self.faults.height
        lines = [f"{count:,} faults put in; {self.share_not_noticed:.1%} of them no rule caught."]
        for row in self.by_kind.iter_rows(named=True):
            said = ", ".join(f"{row[each]:,} {each.replace('_', ' ')}" for each in ANSWERS if row[each])
            lines.append(f"  {row['kind']}: {row['seeded']:,} put in: {said}")
        files = self.files.filter(pl.col("file") != "")
        written, kept, refused = (files[name].sum() for name in ("rows_written", "rows_kept", "rows_refused"))
        lines.append(
            f"{written:,} rows written, {kept:,} kept and {refused:,} refused; "
            f"{self.unbalanced.height} of {files.height} files do not add up."
        )
        return lines


def account(
    truth: Path,
    receipts: pl.DataFrame,
    refused: pl.DataFrame,
    findings: pl.DataFrame,
    missing: pl.DataFrame | None = None,
) -> Accounting:
    """Set the truth of a simulation against what collecting said.

    Args:
        truth: Directory with ``faults.parquet`` and ``files.parquet``.
        receipts: A row a file, named as in the truth (`RECEIPTS`).
        refused: A row each refused row and rule (`REFUSED`).
        findings: A row each finding (`FINDINGS`), of any severity.
        missing: Slots known to be owed and not in: ``dataset``, ``supplier``, ``period``.

    Raises:
        UserError: ``PR-M008`` if the truth is not there.
    """
    try:
        faults, files = (pl.read_parquet(truth / f"{name}.parquet") for name in ("faults", "files"))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UserError(
            "PR-M008",
            "Here is no truth of a simulation.",
            where=str(truth),
            fix="Name the directory that `piperoll simulate` wrote the truth into.",
        ) from error
    answered = _answers(faults, files, receipts, refused, findings, missing)
    counted = (
        answered.group_by("kind")
        .agg(pl.len().alias("seeded"), *((pl.col("answer") == each).sum().alias(each) for each in ANSWERS))
        .sort("kind")
    )
    return Accounting(answered, counted, _files(files, receipts))


def _answers(
    faults: pl.DataFrame,
    files: pl.DataFrame,
    receipts: pl.DataFrame,
    refused: pl.DataFrame,
    findings: pl.DataFrame,
    missing: pl.DataFrame | None,
) -> pl.DataFrame:
    first = refused.group_by("file", "row").agg(pl.col("rule").sort().first().alias("_row_rule"))
    told = findings.group_by("file").agg(
        pl.col("field").alias("_fields"), pl.col("rule").alias("_rules"),
        pl.col("rule").sort().first().alias("_file_rule"),
    )  # fmt: skip
    slots = pl.DataFrame(schema={"dataset": pl.String, "supplier": pl.String, "period": pl.String})
    slots = (slots if missing is None else missing.select(slots.columns).unique()).with_columns(_owed=pl.lit(True))
    replaced = (
        files.filter((pl.col("file") != "") & (pl.col("fate") == "redelivered"))
        .select("dataset", "supplier", "period", pl.col("file").alias("_later"))
        .unique(["dataset", "supplier", "period"], maintain_order=True)
    )
    frame = (
        faults.join(first, on=["file", "row"], how="left")
        .join(receipts.select("file", pl.col("verdict").alias("_verdict")).unique("file"), on="file", how="left")
        .join(told, on="file", how="left")
        .join(slots, on=["dataset", "supplier", "period"], how="left")
        .join(replaced, on=["dataset", "supplier", "period"], how="left")
        .sort("fault")
    )
    whole = pl.col("row").is_null()
    named = pl.any_horizontal(
        *(
            pl.col("_fields").list.contains(pl.col("field").str.split(", ").list.get(at, null_on_oob=True))
            & pl.col("field").str.split(", ").list.get(at, null_on_oob=True).is_not_null()
            for at in (0, 1)
        )
    )
    gone = pl.col("_later").is_not_null() & (pl.col("_later") != pl.col("file"))
    answer = (
        pl.when(pl.col("_verdict").is_in(NOT_IN) | pl.col("_row_rule").is_not_null()).then(pl.lit("refused"))
        .when((pl.col("kind") == "twice") & (pl.col("_verdict") == "known")).then(pl.lit("recognised"))
        .when((pl.col("kind") == "missing") & pl.col("_owed").fill_null(False)).then(pl.lit("known_missing"))
        .when(pl.col("kind") == "late").then(pl.lit("told"))
        .when(gone).then(pl.lit("superseded"))
        .when(whole & pl.col("_file_rule").is_not_null()).then(pl.lit("told"))
        .when(~whole & named.fill_null(False)).then(pl.lit("told"))
        .otherwise(pl.lit("not_noticed"))
    )  # fmt: skip
    rule = pl.coalesce("_row_rule", pl.when((answer == "told") & whole).then("_file_rule"))
    return frame.with_columns(answer=answer, rule=rule).select(*faults.columns, "answer", "rule")


def _files(files: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    """Files with their receipts; a file that no receipt names is not balanced."""
    said = receipts.select(
        "file", "verdict", "rows_in", "rows_kept", "rows_refused", pl.lit(True).alias("_receipt")
    ).unique("file", keep="last", maintain_order=True)
    adds_up = pl.col("rows_in") == pl.col("rows_kept") + pl.col("rows_refused")
    # Cut-off rows may join or split as they are read, so a file whose text was cut may differ from what was written.
    same = (pl.col("rows_in") == pl.col("rows_written")) | (pl.col("fate") == "truncated_file")
    away = pl.col("verdict").is_in(["known", *NOT_IN])
    return (
        files.join(said, on="file", how="left")
        .with_columns(
            balanced=(pl.col("file") == "")
            | (pl.col("_receipt").fill_null(False) & (away | (adds_up & same)).fill_null(False))
        )
        .drop("_receipt")
        .sort("file", "dataset", "supplier", "period")
    )
