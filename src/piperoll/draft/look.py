"""Look at a file and say what its columns seem to be. Runs in the limited child alone; no identifier leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from piperoll.collect.check_scan import scan_sql
from piperoll.collect.check_types import null_text, parse
from piperoll.collect.kinds import kind_of, read_head
from piperoll.collect.limits import Limits
from piperoll.collect.prepare import prepare
from piperoll.collect.unpack import unpack_gzip
from piperoll.draft.classes import COUNT, NUMBER, Facts, classify, slug
from piperoll.draft.dialect import Dialect, find_dialect, no_rows
from piperoll.draft.profile import Kind, Profile
from piperoll.draft.seen import Column, Seen
from piperoll.draft.timing import When, find_when
from piperoll.errors import UserError
from piperoll.register.model.contract import Dataset, Field, FileForm
from piperoll.store.duck import connect, quote_name


MOST_ROWS = 1_000_000
FEW_CODES = 60  # of a column of records; a column of published cells may have more
MANY_CODES = 500
LONGEST_CODE = 150


def look(shared: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """A `Seen` as JSON, of the file ``path``. A job of the limited child."""
    return look_at(Path(job["path"]), Path(job["work"]), str(job["told"]), job["limits"]).to_json()


def look_at(path: Path, work: Path, told: str, limits: Limits) -> Seen:
    """Read a text file and guess.

    Args:
        path: The file; never changed.
        work: An empty directory of its own.
        told: Its name for people.
        limits: What it may use.

    Raises:
        UserError: ``PR-I002`` for another kind of file, ``PR-I003`` without rows, ``PR-I004`` without a header; and
            those of reading, ``PR-C005`` to ``PR-C016``.
    """
    plain = path
    kind = kind_of(read_head(path), told)
    if kind == "gzip":
        plain = work / "plain"
        unpack_gzip(path, plain, told, limits)
        kind = kind_of(read_head(plain), told)
    if kind != "text":
        message = "A register is drafted from a CSV alone, and this is another kind of file."
        fix = "Save its sheet or table as CSV, and draft from that; later deliveries may be of any kind that is read."
        raise UserError("PR-I002", message, where=told, fix=fix)
    dialect = find_dialect(plain, told)
    names = _names(dialect)
    if not names:
        raise UserError("PR-I004", "No column has a name.", where=told, fix="Put a header into the first row.")
    fields = tuple(Field(name, "str", "A", aliases=(text,)) for name, text in names.items())
    form = FileForm("", dialect.encoding, dialect.delimiter, None, dialect.header_row)
    inside = work / "inside"
    inside.mkdir()
    prepared = prepare(
        plain, inside, Dataset("record", "", "full", (), fields, file=form), told.removesuffix(".gz"), limits
    )
    con = connect(temp=work / "spill", memory_mb=1024, threads=1)
    try:
        query = scan_sql(prepared, dict(prepared.mapping), rejects=True)
        con.execute(f"CREATE TABLE t AS {query} LIMIT {MOST_ROWS}")
        rows = con.execute("SELECT count(*) FROM t").fetchall()[0][0]
        broken = con.execute("SELECT count(DISTINCT line_byte_position) FROM reject_errors").fetchall()[0][0]
        if not rows:
            raise no_rows(told)
        profile = Profile(con, rows)
        columns = _columns(profile, {name: names[name] for name in names if name in prepared.mapping})
        when = find_when(profile, columns)
        months = _months(profile, columns, when)
        key = _key(profile, columns)
    finally:
        con.close()
    return Seen(
        rows=rows,
        whole=rows < MOST_ROWS,
        broken=broken,
        encoding=dialect.encoding,
        delimiter=dialect.delimiter,
        header_row=dialect.header_row,
        columns=tuple(columns),
        unnamed=len(dialect.header) - len(names),
        key=key,
        when=when.sql if when else "",
        when_columns=when.columns if when else (),
        when_why=when.why if when else "",
        grain=when.grain if when else "none",
        months=months,
    )


def _names(dialect: Dialect) -> dict[str, str]:
    """Field name -> header text, for headers that can be written down."""
    found: dict[str, str] = {}
    # A name that is another column's header would lead to two columns.
    headers = {header.casefold(): header for header in dialect.header}
    for header in dialect.header:
        if not header or not header.isprintable():
            continue
        name, again = slug(header), 1
        while name in found or headers.get(name, header) != header:
            again += 1
            name = f"{slug(header)}_{again}"
        found[name] = header
    return found


def _columns(profile: Profile, names: dict[str, str]) -> list[Column]:
    found = []
    for name, header in names.items():
        kind = profile.kind(name, frozenset(name.split("_")))
        facts = profile.facts(name, kind.missing)
        found.append(_column(profile, name, header, kind, facts))
    counted = _counted(profile, found)
    return [_coded(profile, each, bool(counted), each.name in counted) for each in found]


def _column(profile: Profile, name: str, header: str, kind: Kind, facts: Facts) -> Column:
    cls, why = classify(name, kind.type.partition("(")[0], facts)
    note = kind.note
    type_, form, why_type = kind.type, kind.format, kind.why
    if cls == "L" or (cls == "D" and type_ not in ("date", "datetime")):
        type_, form, why_type, note = "str", "", "identifiers are read as they stand", ""
    elif not facts.filled:
        why_type = "no row has a value"
    elif type_ == "str" and facts.filled >= 20:
        note = profile.nearly(name, kind.missing)
    alias = "" if header == name else header
    nulls = facts.rows - facts.filled
    return Column(name, alias, type_, cls, form, why_type, why, kind.missing, nulls, facts.distinct, note=note)


def _counted(profile: Profile, columns: Sequence[Column]) -> set[str]:
    """Columns that hold numbers of cases, if the rows are cells of a table and not records.

    By their names; or a last column of whole numbers, where all the others together tell the rows apart.
    """
    if any(each.cls in ("D", "L") for each in columns):
        return set()
    whole = [each for each in columns if each.type == "int" and each.cls == "M"]
    named = {
        each.name for each in whole if COUNT & set(each.name.split("_")) and not NUMBER & set(each.name.split("_"))
    }
    if named:
        return named
    last = columns[-1]
    others = tuple(each.name for each in columns[:-1])
    if last in whole and last.distinct > 2 and profile.shaped(last.name, "[0-9]+") and profile.unique(others):
        return {last.name}
    return set()


def _coded(profile: Profile, column: Column, cells: bool, counted: bool) -> Column:
    """A column with few different texts (among cells: or whole numbers) gets a code list."""
    if counted:
        return replace(column, cls="M", counted=True, why_class="it holds numbers of cases")
    numbers = cells and column.type == "int" and column.cls in ("M", "A", "Q")
    if column.cls in ("D", "L") or not (column.type == "str" or numbers):
        return column
    filled = profile.rows - column.nulls
    most, often = (MANY_CODES, 2) if cells else (FEW_CODES, 4)
    if not column.distinct or column.distinct > most or column.distinct * often > filled:
        return column
    codes = profile.values(column.name, column.missing)
    if any(each != each.strip() for each in codes):
        return replace(column, note="Its values have spaces around them, so it got no code list.")
    if any(not each.isprintable() or len(each) > LONGEST_CODE for each in codes):
        return column
    why = f"{len(codes)} different values in {filled:,} rows"
    cls = "A" if column.cls == "M" else column.cls
    why_class = "its numbers seem to be codes" if column.cls == "M" else column.why_class
    return replace(column, type="code", cls=cls, codes=codes, why_type=why, why_class=why_class, note="")


def _key(profile: Profile, columns: Sequence[Column]) -> tuple[str, ...]:
    """The fewest columns that tell the rows apart: a reference number, or what is left when none can be spared."""
    usable = [each for each in columns if not each.nulls and each.cls != "D" and not each.counted]
    for wanted in ("L", "A", "Q"):
        for each in usable:
            single = each.cls == wanted and (each.cls == "L" or not each.type.startswith("str"))
            if single and each.distinct == profile.rows > 1:
                return (each.name,)
    plain = tuple(
        each.name for each in usable if each.type in ("code", "int", "date") or (each.cls == "L" and each.distinct > 1)
    )
    if not plain or len(plain) > 30 or not profile.unique(plain):
        return ()
    kept = plain
    for name in reversed(plain):
        fewer = tuple(each for each in kept if each != name)
        if fewer and profile.unique(fewer):
            kept = fewer
    most = 8 if any(each.counted for each in columns) else 3
    return kept if len(kept) <= most else ()


def _months(profile: Profile, columns: Sequence[Column], when: When | None) -> dict[str, int]:
    """Rows by the month of the day on which they count."""
    if when is None:
        return {}
    texts, typed = [], []
    for each in columns:
        if each.name not in when.columns:
            continue
        texts.append(f"{null_text(quote_name(each.name), each.missing)} AS {quote_name('raw:' + each.name)}")
        field = Field(each.name, each.type, each.cls, format=each.format or None)
        value = parse(field, quote_name("raw:" + each.name), quote_name(each.name)).value
        typed.append(f"{value} AS {quote_name(each.name)}")
    source = f"(SELECT {', '.join(typed)} FROM (SELECT {', '.join(texts)} FROM t))"
    month = f"SELECT strftime({when.sql}, '%Y-%m') AS month FROM {source} AS s"
    query = f"SELECT month, count(*) FROM ({month}) WHERE month IS NOT NULL GROUP BY month ORDER BY month"
    return {str(month): int(count) for month, count in profile.con.execute(query).fetchall()}
