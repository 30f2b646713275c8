"""What checking means, row by row in plain Python: slow and obvious. The engine must agree with it."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from piperoll.periods import Period
from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.register import Register


def parse(field: Field, text: str) -> tuple[bool, Any]:
    """Whether a text is exactly of the field's type, and its value."""
    if field.type == "int":
        if not re.fullmatch(r"-?[0-9]+", text) or not -(2**63) <= int(text) < 2**63:
            return False, None
        return True, int(text)
    if found := re.fullmatch(r"dec\((\d+),(\d+)\)", field.type):
        precision, scale = int(found[1]), int(found[2])
        decimals = rf"(\.[0-9]{{1,{scale}}})?" if scale else ""
        if not re.fullmatch(rf"-?[0-9]+{decimals}", text):
            return False, None
        value = Decimal(text)
        return (True, value) if abs(value) < 10 ** (precision - scale) else (False, None)
    if field.type == "date":
        form = field.format or "%Y-%m-%d"
        try:
            value = dt.datetime.strptime(text, form).date()
        except ValueError:
            return False, None
        return value.strftime(form).zfill(10 if not field.format else 0).lower() == text.lower(), value
    if field.type == "datetime":
        pattern = r"\d{4}-\d\d-\d\d[ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?"
        try:
            if not re.fullmatch(pattern, text, re.ASCII):
                return False, None
            return True, dt.datetime.fromisoformat(text)
        except ValueError:
            return False, None
    if field.type == "bool":
        low = text.lower()
        if low in ("true", "t", "yes", "y", "1"):
            return True, True
        return low in ("false", "f", "no", "n", "0"), False
    return True, text


def check_rows(
    rows: list[dict[str, str]], dataset: Dataset, register: Register, period: str
) -> list[set[tuple[str, str, str]]]:
    """For each row the set of (rule, field, kind of mistake) that refuse it."""
    last = Period.parse(period).end
    texts = [{f.name: _null(row.get(f.name, ""), f) for f in dataset.fields} for row in rows]
    found = [_check_row(row, dataset, register, last) for row in texts]
    seen: dict[tuple[Any, ...], list[int]] = {}
    for number, row in enumerate(texts):
        if not found[number]:
            key = tuple(_typed(row, dataset.field(each)) for each in dataset.key)
            seen.setdefault(key, []).append(number)
    name = ", ".join(dataset.key)
    for same in seen.values():
        if len(same) == 1:
            continue
        if all(texts[each] == texts[same[0]] for each in same):
            for each in same[1:]:
                found[each].add(("G-V03", name, "duplicate"))
        else:
            for each in same:
                found[each].add(("G-V03", name, "conflict"))
    return found


def age(born: dt.date, at: dt.date) -> int:
    """Whole years, counted on birthdays."""
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


def _null(text: str, field: Field) -> str | None:
    return None if text in ("", *field.missing) else text


def _typed(row: dict[str, str | None], field: Field) -> Any:
    text = row[field.name]
    return None if text is None else parse(field, text)[1]


def _check_row(
    row: dict[str, str | None], dataset: Dataset, register: Register, last: dt.date
) -> set[tuple[str, str, str]]:
    found: set[tuple[str, str, str]] = set()
    typed_well = True
    for field in dataset.fields:
        text = row[field.name]
        if text is None:
            if field.null == "never" or field.name in dataset.key:
                found.add(("G-V01", field.name, "empty"))
            continue
        good, _ = parse(field, text)
        if not good:
            found.add(("G-V01", field.name, "type"))
            typed_well = False
        if (n := re.fullmatch(r"str\((\d+)\)", field.type)) and len(text) > int(n[1]):
            found.add(("G-V01", field.name, "length"))
        if field.pattern and not re.fullmatch(field.pattern, text):
            found.add(("G-V01", field.name, "pattern"))
        if field.codes:
            code = register.codes[field.codes].get(text)
            if code is None:
                found.add(("G-V02", field.name, "code"))
    if typed_well:
        for field in dataset.fields:
            value = _typed(row, field)
            if value is not None and (
                (field.min is not None and value < field.min) or (field.max is not None and value > field.max)
            ):
                found.add(("G-V01", field.name, "range"))
            code = register.codes[field.codes].get(value) if field.codes and value else None
            day = (_typed(row, dataset.field(field.codes_at)) if field.codes_at else None) or last
            if code is not None and not code.valid(day):
                found.add(("G-V02", field.name, "code day"))
        if dataset.cut_off:
            day = _typed(row, dataset.field(dataset.cut_off))
            if day is not None and day > last + dt.timedelta(days=365):
                found.add(("G-V05", dataset.cut_off, "future"))
    return found
