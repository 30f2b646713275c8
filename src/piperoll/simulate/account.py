"""What became of the faults that were put in: refused, told, or not noticed by any rule.

Compares the truth directory of a simulation with what collecting its deliveries said. Rows are matched one by one by
file and row. A warning or query names the first rows concerned; where there are more, a fault counts as told if the
finding is about its field.
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
FINDINGS: dict[str, pl.DataType | type[pl.DataType]] = {
    "file": pl.String,
    "rule": pl.String,
    "field": pl.String,
    "severity": pl.String,
    "count": pl.Int64,
    "rows": pl.List(pl.Int64()),
}
NOT_IN = ("refused", "not_taken")
ANSWERS = ("refused", "told", "recognised", "known_missing", "came_in", "superseded", "not_noticed")


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
    def rows(self) -> dict[str, int]:
        """Rows ``written``, and what became of them: ``kept``, ``refused``, ``whole`` (in a delivery refused whole),
        ``known`` (in a file that had come before). The four add up to the first if every file is balanced."""
        files = self.files.filter(pl.col("file") != "")
        whole, known = pl.col("verdict").is_in(NOT_IN), pl.col("verdict") == "known"
        counted = files.select(
            written=pl.col("rows_written").sum(),
            kept=pl.col("rows_kept").filter(~whole & ~known).sum(),
            refused=pl.col("rows_refused").filter(~whole & ~known).sum(),
            whole=pl.col("rows_written").filter(whole).sum(),
            known=pl.col("rows_written").filter(known).sum(),
        )
        return {name: int(value) for name, value in counted.row(0, named=True).items()}

    @property
    def sentences(self) -> list[str]:
        """The account as lines of text."""
        count = self.faults.height
        lines = [f"{count:,} faults put in; {self.share_not_noticed:.1%} of them no rule caught."]
        for row in self.by_kind.iter_rows(named=True):
            said = ", ".join(f"{row[each]:,} {each.replace('_', ' ')}" for each in ANSWERS if row[each])
            lines.append(f"  {row['kind']}: {row['seeded']:,} put in: {said}")
        lines.append(
            "{written:,} rows written: {kept:,} kept, {refused:,} refused, {whole:,} in deliveries refused whole, "
            "{known:,} that had come before; ".format(**self.rows)
            + f"{self.unbalanced.height} of {self.files.filter(pl.col('file') != '').height} files do not add up."
        )
        return lines


def read_truth(truth: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tables ``faults`` and ``files`` of a simulation.

    Raises:
        UserError: ``PR-M008`` if they are not there.
    """
    try:
        return pl.read_parquet(truth / "faults.parquet"), pl.read_parquet(truth / "files.parquet")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UserError(
            "PR-M008",
            "Here is no truth of a simulation.",
            where=str(truth),
            fix="Name the directory that `piperoll simulate` wrote the truth into.",
        ) from error


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
        findings: A row each finding (`FINDINGS`); those of severity E are passed over, ``refused`` has their rows.
        missing: Slots known to be owed and not in: ``dataset``, ``supplier``, ``period``.

    Raises:
        UserError: ``PR-M008`` if the truth is not there.
    """
    faults, files = read_truth(truth)
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
    told = _told(faults, findings.filter(pl.col("severity") != "E"))
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
        .join(told, on="fault", how="left")
        .join(slots, on=["dataset", "supplier", "period"], how="left")
        .join(replaced, on=["dataset", "supplier", "period"], how="left")
        .sort("fault")
    )
    gone = pl.col("_later").is_not_null() & (pl.col("_later") != pl.col("file"))
    answer = (
        pl.when(pl.col("_verdict").is_in(NOT_IN) | pl.col("_row_rule").is_not_null()).then(pl.lit("refused"))
        .when((pl.col("kind") == "twice") & (pl.col("_verdict") == "known")).then(pl.lit("recognised"))
        .when((pl.col("kind") == "missing") & pl.col("_owed").fill_null(False)).then(pl.lit("known_missing"))
        .when((pl.col("kind") == "late") & pl.col("_verdict").is_not_null()).then(pl.lit("came_in"))
        .when(gone).then(pl.lit("superseded"))
        .when(pl.col("_told").is_not_null()).then(pl.lit("told"))
        .otherwise(pl.lit("not_noticed"))
    )  # fmt: skip
    rule = pl.coalesce("_row_rule", pl.when(answer == "told").then("_told"))
    return frame.with_columns(answer=answer, rule=rule).select(*faults.columns, "answer", "rule")


def _told(faults: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """For each fault the first rule of a warning, query or block that is about it: ``fault``, ``_told``."""
    near = faults.select("fault", "file", "row", pl.col("field").fill_null("").str.split(", ").alias("_fields")).join(
        findings, on="file"
    )
    beyond = pl.col("count") > pl.col("rows").list.len()
    about = (
        pl.col("row").is_null()
        | pl.col("rows").list.contains(pl.col("row"))
        | (beyond & pl.col("_fields").list.contains(pl.col("field")) & (pl.col("field") != ""))
    )
    return near.filter(about).group_by("fault").agg(pl.col("rule").sort().first().alias("_told"))


def _files(files: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    """Files with their receipts; a file that no receipt names is not balanced."""
    said = receipts.select(
        "file", "verdict", "rows_in", "rows_kept", "rows_refused", pl.lit(True).alias("_receipt")
    ).unique("file", keep="last", maintain_order=True)
    adds_up = pl.col("rows_in") == pl.col("rows_kept") + pl.col("rows_refused")
    same = pl.col("rows_in") == pl.col("rows_written")
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
