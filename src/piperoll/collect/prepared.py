"""What passes between reading a file, checking it and keeping it. Plain data: nothing here opens a file.

The reader makes a `Prepared`; `collect.check.check_file` takes it with a `CheckContext` and gives a
`CheckResult`. All of this happens in a limited child process. What comes back from there is JSON and never a
pickle: a hostile file may own the child, it must not own us (`CheckResult.from_json` believes nothing).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal


if TYPE_CHECKING:
    from piperoll.collect.remarks import Remark
    from piperoll.store.parts import Correction, Part
    from piperoll.store.tokens import Keyring


ROWS_NAMED = 20  # a finding names at most so many rows


@dataclass(frozen=True)
class Prepared:
    """A file ready to be checked: every value a text, whatever it came as.

    Attributes:
        path: The file: UTF-8 CSV (perhaps the delivered file itself: never change it), or Parquet.
        kind: ``csv``; or ``parquet``: text columns named as in ``columns``, and ``_row`` (BIGINT) in order.
        columns: Header texts in the file's order, stripped, unique. For ``csv`` the reader gives DuckDB these
            names and the header lines are skipped.
        mapping: Contract field name -> name in ``columns``. Fields absent from the file are absent here.
        extra: Columns of the file that the contract does not declare.
        file: Name as it is told to people (member of an archive: ``archive.zip/member.csv``).
        sheet: Sheet of a workbook, or ''.
        skip: For ``csv``: physical lines before the first data record (the header among them).
        first_row: Row number of the first data record, as people count (header in row 1: first record 2). For
            ``csv``: ``_row`` = this + number of the record from 0. In Parquet ``_row`` is already so.
        delimiter, quote: For ``csv``. A quote inside quotes is doubled. ``quote`` may be '' for none.
        newline: Newline of a ``csv``: ``\\n``, ``\\r\\n``.
        notes: Sentences about how it was read (another encoding than agreed, cached formula values ...): they
            become findings of rule ``G-V00`` and severity W.
        remarks: What the reader of a workbook tells and asks, each with a code of its own.
        carried: For ``parquet`` only: rows up to this ``_row`` are carried over from an earlier delivery
            (resubmission); 0 otherwise.
    """

    path: Path
    kind: Literal["csv", "parquet"]
    columns: tuple[str, ...]
    mapping: Mapping[str, str]
    extra: tuple[str, ...] = ()
    file: str = ""
    sheet: str = ""
    skip: int = 1
    first_row: int = 2
    delimiter: str = ","
    quote: str = '"'
    newline: str = "\n"
    notes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    carried: int = 0


@dataclass(frozen=True)
class History:
    """What earlier deliveries of the same dataset and supplier held: the deliveries in force, one a period.

    Attributes:
        rows: Period as written -> rows kept.
        nulls: Period -> field -> share of nulls, where known.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    nulls: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Past:
    """The store as of now, put together once for a wave of deliveries (see `collect.past`).

    Attributes:
        path: A DuckDB file with a table for each dataset of ``hidden``, named and shaped as its view.
        hidden: Dataset -> deliveries whose rows are not to be seen. For other datasets the parts are read.
        narrow: Dataset -> a column, and columns of the delivery: only rows where it is one of their values can
            matter to any reference or rule (see `collect.narrow`).
    """

    path: Path
    hidden: Mapping[str, tuple[str, ...]]
    narrow: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckContext:
    """Everything `check_file` may know beside the file, the dataset and the register.

    Attributes:
        source, dataset, supplier, period: The slot.
        supplier_name: For the sentences.
        delivery: Id of the delivery.
        received: Day it arrived.
        store_root: Root of the object store: parts are read from there.
        parts, corrections: The store as of now, without the delivery that this one supersedes.
        past: The same, put together beforehand, for some or all datasets.
        keyring: Derives the keys of tokens and of the vault.
        history: For volumes and missingness.
        settled: Keys of queries that were confirmed or waived: not asked again.
        last: What the supplier delivered of this dataset for the period before, if that is in force.
        memory_mb, threads: For DuckDB.
    """

    source: str
    dataset: str
    supplier: str
    supplier_name: str
    period: str
    delivery: str
    received: dt.date
    store_root: Path
    keyring: Keyring
    parts: tuple[Part, ...] = ()
    corrections: tuple[Correction, ...] = ()
    past: Past | None = None
    history: History = History()
    settled: frozenset[str] = frozenset()
    last: Part | None = None
    memory_mb: int = 1024
    threads: int = 1

    @property
    def key(self) -> str:
        """``source.dataset``."""
        return f"{self.source}.{self.dataset}"


@dataclass(frozen=True)
class RuleFinding:
    """What one rule found in one delivery; ``sentence`` holds no value of the data.

    Attributes:
        rule: Rule id: ``G-V01`` or one of the contract.
        severity: E (rows refused), W (kept), B (the whole delivery refused), R (asked).
        rows: First row numbers, at most `ROWS_NAMED`.
    """

    rule: str
    severity: str
    field: str
    count: int
    sentence: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class RuleQuery:
    """A question to the supplier, ready to send. ``key`` is the same whenever the same question arises."""

    rule: str
    key: str
    sentence: str
    field: str = ""


@dataclass(frozen=True)
class CheckResult:
    """What checking came to. File names are relative to the directory ``out``; '' means none was written.

    Attributes:
        rows_in: Data rows in the file; always ``rows_kept + rows_refused``.
        findings: In order of rule, field. Severity B refuses the delivery, whatever the rows.
        queries: Without those already settled.
        store: Parquet of the kept rows: the contract's store columns and ``_row``.
        vault: Kept rows' identifiers (classes D and L, and ``_row``), Parquet encrypted by the vault's port.
        refused: Refused rows as delivered (texts, and ``_row``), encrypted likewise.
        places: Parquet without values: ``row`` BIGINT, ``field``, ``rule``, ``kind``; a line for each
            refused row and rule.
        nulls: Field -> share of nulls among the kept rows.
    """

    rows_in: int
    rows_kept: int
    rows_refused: int
    findings: tuple[RuleFinding, ...] = ()
    queries: tuple[RuleQuery, ...] = ()
    store: str = ""
    vault: str = ""
    refused: str = ""
    places: str = ""
    nulls: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As JSON-like data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> CheckResult:
        """Read what `to_json` gave, believing nothing.

        Raises:
            ValueError: If it is anything else.
        """
        try:
            files = {name: _file(data[name]) for name in ("store", "vault", "refused", "places")}
            counts = {name: count_of(data[name]) for name in ("rows_in", "rows_kept", "rows_refused")}
            findings = tuple(
                RuleFinding(
                    rule=text_of(f["rule"]),
                    severity=text_of(f["severity"]),
                    field=text_of(f["field"]),
                    count=count_of(f["count"]),
                    sentence=text_of(f["sentence"]),
                    rows=tuple(count_of(row) for row in f["rows"]),
                )
                for f in data["findings"]
            )
            queries = tuple(
                RuleQuery(**{name: text_of(q[name]) for name in ("rule", "key", "sentence", "field")})
                for q in data["queries"]
            )
            nulls = {text_of(name): float(share) for name, share in data["nulls"].items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not the result of a check ({type(error).__name__})") from None
        result = cls(
            rows_in=counts["rows_in"],
            rows_kept=counts["rows_kept"],
            rows_refused=counts["rows_refused"],
            findings=findings,
            queries=queries,
            store=files["store"],
            vault=files["vault"],
            refused=files["refused"],
            places=files["places"],
            nulls=nulls,
        )
        if result.rows_in != result.rows_kept + result.rows_refused:
            raise ValueError("rows in are not rows kept and rows refused")
        if any(f.severity not in "EWBR" or not f.severity for f in findings):
            raise ValueError("unknown severity")
        return result


def text_of(value: Any) -> str:
    """A text of a child's answer, which is taken for nothing else.

    Raises:
        TypeError: If it is none.
    """
    if not isinstance(value, str):
        raise TypeError
    return value


def count_of(value: Any) -> int:
    """A count of a child's answer: a whole number, not below 0.

    Raises:
        TypeError: If it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError
    return value


def _file(value: Any) -> str:
    name = text_of(value)
    if name in {".", ".."} or "/" in name or "\x00" in name:
        raise ValueError("a file name of the result is a path")
    return name
