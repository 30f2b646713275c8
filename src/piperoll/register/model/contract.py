"""The contract of a source: its datasets, their fields, rules and derivations, and who owes them when.

Everything here is declared in ``<register>/sources/<key>.yaml`` under ``datasets``. Plain frozen dataclasses;
`piperoll.register.load` reads YAML into them and says what is wrong, where.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Literal

from piperoll.periods import Choice, Period, Weekday, snapshot_day


FieldClass = Literal["D", "L", "Q", "S", "QS", "A", "M", "T", "X"]
Mode = Literal["full", "snapshot", "increment", "events"]
Severity = Literal["E", "W", "B", "R"]
Nullable = Literal["never", "allowed"]

TYPE_PATTERN = re.compile(r"(str\(\d+\)|str|int|dec\(\d+,\d+\)|date|datetime|bool|code)\Z")


@dataclass(frozen=True)
class Field:
    """One column of a dataset.

    Attributes:
        name: Column name in the delivery and (unless of class D) in the store.
        type: ``str(n)``, ``str``, ``int``, ``dec(p,s)``, ``date``, ``datetime``, ``bool`` or ``code``.
        cls: Class: D direct identifier (vault only), L linkage identifier (vault, and a keyed token in the store),
            Q quasi-identifier, S sensitive, QS both, A attribute, M measure, T business date, X system.
            Written ``class`` in YAML.
        null: ``never`` or ``allowed``.
        required_when: SQL condition over the row's fields under which a null is an error.
        codes: Key of the code list, for type ``code`` (membership is judged at ``codes_at``, a date field).
        codes_at: Date field whose value picks the version of the code list; default: the period's last day.
        pattern: Regular expression (RE2 syntax, whole value) a text must match.
        check: Named identifier check with a check letter, declared in ``codes/identifiers.yaml``.
        check_severity: What happens to a row whose identifier fails its check: ``E`` refuses it; ``W`` tells and keeps
            it, for numbers that another system gave and this one only repeats.
        domain: Key domain of the token, for class L; two fields of one domain can be joined.
        min, max: Bounds of a number or date, inclusive, as written in YAML.
        format: Format of a date or datetime in files, as DuckDB's strptime writes it; default ISO 8601.
        unit: Unit of a measure.
        title, description: For people.
        aliases: Other header texts under which suppliers deliver this column.
        missing: Texts that mean null in this column, beside the empty one.
    """

    name: str
    type: str
    cls: FieldClass
    null: Nullable = "allowed"
    required_when: str | None = None
    codes: str | None = None
    codes_at: str | None = None
    pattern: str | None = None
    check: str | None = None
    check_severity: Literal["E", "W"] = "E"
    domain: str | None = None
    min: int | float | str | dt.date | None = None
    max: int | float | str | dt.date | None = None
    format: str | None = None
    unit: str | None = None
    title: str = ""
    description: str = ""
    aliases: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def is_identifier(self) -> bool:
        """Whether the value itself may only be in the vault (class D or L)."""
        return self.cls in ("D", "L")


@dataclass(frozen=True)
class Derivation:
    """What statistics need from an identifier, computed at the door and kept in the store.

    Attributes:
        name: Column made in the store.
        method: ``lookup`` (code list by prefix or whole value), ``age_at`` (birthday-correct whole years),
            ``birth_year``, ``birth_month``, ``outward`` (first part of a postcode), ``present`` (bool), ``sql``.
        field: The field it is computed from.
        codes: For ``lookup``: code list whose codes are matched against the value, longest prefix first.
        attribute: For ``lookup``: attribute of the code that becomes the value.
        at: For ``age_at``: the date field.
        sql: For ``sql``: an expression over the row's fields.
        type: Type of the result, as `Field.type`.
        cls: Class of the result; never D or L.
    """

    name: str
    method: Literal["lookup", "age_at", "birth_year", "birth_month", "outward", "present", "sql"]
    field: str
    type: str = "str"
    cls: FieldClass = "Q"
    codes: str | None = None
    attribute: str | None = None
    at: str | None = None
    sql: str | None = None
    description: str = ""


@dataclass(frozen=True)
class Rule:
    """A numbered check beyond schema, codes and keys.

    Attributes:
        id: For example ``CASEMAN-V07``.
        severity: E refuses the row, W warns and keeps it, B blocks the whole delivery, R asks the supplier.
        message: What is wrong, as a sentence for the supplier, without values.
        check: SQL condition over the row's own typed fields (identifiers included, at the door); a row for which
            it is FALSE fails (NULL passes).
        sql: Instead of ``check``, for rules over several rows or datasets: a SELECT giving a column ``_row`` for
            each failing row. It reads ``this`` (the delivery's rows as the store would keep them: tokens for class L,
            no class D, with ``_row``), any dataset as ``<source>__<dataset>`` as of now, the delivery included, and
            code lists as ``codes__<list>``: code, label, parent, valid_from, valid_to, and attributes as text.
        generic: Instead of both, for a numbered rule that a check of every contract makes already: its id, ``G-V01``
            (type, form, identifier), ``G-V02`` (code list), ``G-V03`` (key) or ``G-V10`` (reference). What is found
            bears that id; the contract itself must hold what it needs, on the rule's ``fields``.
        tolerance: For ``sql`` rules: share of rows (0 to 1) that may fail before the severity applies.
        fields: Fields concerned, named in findings.
        question: For W and R: the sentence sent to the supplier; ``{n}``, ``{rows}``, ``{period}``,
            ``{supplier}`` and ``{share}`` are filled in.
        description: Why the rule is there, and where it comes from.
    """

    id: str
    severity: Severity
    message: str
    check: str | None = None
    sql: str | None = None
    generic: Literal["G-V01", "G-V02", "G-V03", "G-V10"] | None = None
    tolerance: float = 0.0
    fields: tuple[str, ...] = ()
    question: str = ""
    description: str = ""


@dataclass(frozen=True)
class Reference:
    """A foreign key: ``fields`` of this dataset exist as ``to_fields`` of another (``source.dataset``).

    ``severity`` applies to a row whose parent is neither in the store nor in the same batch.
    """

    fields: tuple[str, ...]
    to: str
    to_fields: tuple[str, ...]
    severity: Severity = "E"


@dataclass(frozen=True)
class FileForm:
    """How a dataset's files look.

    Attributes:
        pattern: File name pattern; ``{supplier}`` and ``{period}`` find the slot: ``claims_{supplier}_{period}.csv``
            (any known extension, and ``.gz``, matches in place of the one written).
        encoding: Encoding of text files as agreed; another one that is found is told, not guessed in silence.
        delimiter: Delimiter of text files as agreed.
        sheet: Name of the sheet in a workbook; default: the only one with data.
        header_row: Row of the header in a workbook or text file, from 1.
        columns: For fixed width files: ``name: [start, length]``, from 1.
    """

    pattern: str = ""
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str | None = None
    header_row: int = 1
    columns: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Deletion:
    """In mode ``increment``: rows whose ``field`` has ``value`` delete the record of that key."""

    field: str
    value: str


@dataclass(frozen=True)
class Coverage:
    """The rule that every supplier of a dataset has had its say by the day it is due: a delivery, nil or not available.

    It is judged of slots and not of rows, so it has no SQL: see `piperoll.collect.owed.uncovered`.

    Attributes:
        id: For example ``FTA-V06``; no other rule has it.
        severity: B where no total of the period may be made without them, R where they are asked.
        message: What is wrong, as a sentence.
        description: Why the rule is there, and where it comes from.
    """

    id: str
    severity: Literal["B", "R"]
    message: str
    description: str = ""


@dataclass(frozen=True)
class Extract:
    """How a dataset is read from a supplier's database, over ODBC.

    Names are written as the database's SQL takes them without quotation marks.

    Attributes:
        database: Name of the connection, declared in the home (``connections.yaml``), never here.
        table: Table or view to read, or ``schema.table``; or else ``query``.
        query: A SELECT whose columns are the contract's.
        watermark: Column that grows whenever a row is made or changed (a number, date or time). Each extract then
            holds what came after the extracts of earlier periods; without it an extract is everything.
        key: Columns that, after the watermark, put the rows in one order; default: the dataset's key.
        supplier: Column that says whose row it is (key or name of a supplier): one delivery for each of them. Left
            out where the group has one supplier.
    """

    database: str
    table: str = ""
    query: str = ""
    watermark: str = ""
    key: tuple[str, ...] = ()
    supplier: str = ""


@dataclass(frozen=True)
class Way:
    """How some suppliers of a dataset send it, where that is not as plain files.

    Attributes:
        by: ``mail`` (files attached to messages), ``spreadsheet`` (the form that `returns template` writes), ``entry``
            (typed into a form, record by record), ``paper`` (keyed from paper, twice) or ``database`` (read by
            ``extract``).
        suppliers: Keys of those who do; left out: every supplier.
    """

    by: Literal["mail", "spreadsheet", "entry", "paper", "database"]
    suppliers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Volume:
    """When a delivery's row count is queried (severity R): share of change against earlier deliveries (0.25 = 25 %)."""

    same_period_last_year: float | None = 0.40
    previous_period: float | None = None
    minimum_rows: int = 50


@dataclass(frozen=True)
class Snapshot:
    """On which day the stock of a period is taken; rows of another day are told (rule ``G-V13``).

    Attributes:
        field: Date field that holds the day.
        weekday: Day of the week; left out: the last day of the period, whichever it is.
        choose: ``last`` (the last such weekday in the period), ``first_after`` (the first one after it) or ``nearest``
            (whichever of these two lies nearer to the period's last day).
        severity: What a row of another day leads to, as `Rule.severity`.
    """

    field: str
    weekday: Weekday | None = None
    choose: Choice = "last"
    severity: Severity = "R"

    def day(self, period: Period) -> dt.date:
        """The day for a period."""
        return snapshot_day(period, self.weekday, self.choose)


@dataclass(frozen=True)
class Dataset:
    """One table of a source and its contract.

    Attributes:
        name: Name within its source, for example ``claim``.
        mode: What a delivery holds: ``full`` (everything, replaces the supplier's earlier ones), ``snapshot`` (a stock
            at the period's end, kept side by side), ``increment`` (new and changed records, and deletions, by key),
            ``events`` (what happened in the period; a later delivery of the slot replaces it).
        key: Fields of the primary key; may be empty where rows cannot be told apart (not in mode increment).
        period: Kind of period of a slot: ``month``, ``quarter``, ``year`` or ``financial_year``.
        suppliers: Key of the supplier group that owes it.
        owed_from, owed_to: First and last period owed, as written (``2006-01``); none: no slots are owed yet.
        due_days: Days after the end of the period at which a slot is late.
        on_error: What a row-level error does: ``refuse_rows`` or ``refuse_delivery``.
        max_refused: Share of refused rows (0 to 1) beyond which the delivery is refused whole.
        extra_columns: What an undeclared column does: ``refuse`` or ``query`` (kept out of the store, told).
        coverage: Numbered rule that every supplier has had its say, if any.
        extract: How it is read from a database, where it is not sent as files.
        ways: How it comes where not as files. It is agreed, and nobody is refused for another way.
        cut_off: Date field that must not lie after the delivery's period (rule ``G-V05``), if any.
        linkage: Key of the linkage whose last run the dataset holds, without identifiers; nobody delivers it.
        anonymised: Whether it comes from elsewhere without identifiers, and must have no field that could hold one
            (`piperoll.register.checks.anonymised`).
        snapshot: In mode ``snapshot``: on which day the stock is taken, if that is agreed.
    """

    name: str
    title: str
    mode: Mode
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    period: Literal["month", "quarter", "year", "financial_year"] = "month"
    suppliers: str = ""
    owed_from: str | None = None
    owed_to: str | None = None
    due_days: int = 14
    on_error: Literal["refuse_rows", "refuse_delivery"] = "refuse_rows"
    max_refused: float = 0.05
    extra_columns: Literal["refuse", "query"] = "refuse"
    nil_allowed: bool = False
    cut_off: str | None = None
    linkage: str = ""
    anonymised: bool = False
    snapshot: Snapshot | None = None
    file: FileForm = FileForm()
    deleted: Deletion | None = None
    coverage: Coverage | None = None
    extract: Extract | None = None
    ways: tuple[Way, ...] = ()
    references: tuple[Reference, ...] = ()
    derive: tuple[Derivation, ...] = ()
    rules: tuple[Rule, ...] = ()
    volume: Volume = Volume()
    description: str = ""

    def field(self, name: str) -> Field:
        """The field of this name.

        Raises:
            KeyError: If there is none.
        """
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)

    def way_of(self, supplier: str) -> str:
        """How a supplier sends it: a `Way.by`, or ``file``."""
        return next((each.by for each in self.ways if not each.suppliers or supplier in each.suppliers), "file")

    @property
    def store_columns(self) -> tuple[str, ...]:
        """Columns the store keeps: all but class D, then the derivations."""
        return (*(f.name for f in self.fields if f.cls != "D"), *(d.name for d in self.derive))

    @property
    def vault_columns(self) -> tuple[str, ...]:
        """Columns the vault keeps: classes D and L."""
        return tuple(f.name for f in self.fields if f.is_identifier)
