"""Cross-checks of fields and derivations: types, classes, code lists, patterns, bounds."""

from __future__ import annotations

import datetime as dt
import re

from piperoll.register.checks.at import At
from piperoll.register.model.contract import TYPE_PATTERN, Derivation, Field
from piperoll.register.shape import Path, nearest


_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
# what RE2, which judges the values, does not know
NOT_RE2 = re.compile(r"\(\?(=|!|<=|<!|>|\()|\\[1-9]|\(\?P=|[*+?}]\+")
_TYPES = ("str", "str(80)", "int", "dec(12,2)", "date", "datetime", "bool", "code")


def check_fields(at: At) -> None:
    """Note what is wrong with the fields of a dataset, one by one."""
    fields = at.dataset.fields
    if not fields:
        at.tell("PR-R031", ("fields",), "A dataset needs fields.")
    if not _NAME.match(at.dataset.name):
        at.tell("PR-R017", ("name",), "A dataset's name has small letters, digits and _ only, a letter first.")
    at.loaded.unique("field", [each.name for each in fields], at.made, (*at.path, "fields"))
    for i, field in enumerate(fields):
        path: Path = ("fields", i)
        if not _NAME.match(field.name):
            said = "A field's name has small letters, digits and _ only, a letter first."
            at.tell("PR-R017", (*path, "name"), said, "Give the header as delivered under `aliases`.")
        if _type(at, field.type, (*path, "type")):
            _bounds(at, field, path)
        _codes(at, field, path)
        _class(at, field, path)
        _pattern(at, field, path)
    _headers(at)


def _type(at: At, written: str, path: Path) -> bool:
    if not TYPE_PATTERN.match(written):
        said = f"`{written}` is not a type: write str, str(n), int, dec(p,s), date, datetime, bool or code."
        at.tell("PR-R016", path, said, nearest(written, _TYPES))
        return False
    numbers = [int(each) for each in re.findall(r"\d+", written)]
    if written.startswith("dec") and not (1 <= numbers[0] <= 38 and numbers[1] <= numbers[0]):
        at.tell("PR-R016", path, f"`{written}` is not possible: up to 38 digits, and no more places than digits.")
        return False
    if written.startswith("str(") and numbers[0] < 1:
        at.tell("PR-R016", path, "A text has room for one character at least.")
        return False
    return True


def _codes(at: At, field: Field, path: Path) -> None:
    if field.type == "code" and field.codes is None:
        at.tell("PR-R031", path, "A field of type code needs a code list.", "Name it under `codes`.")
    if field.codes is not None:
        if field.type != "code" and at.sound(*path, "type"):
            said = f"A code list goes with type code, and the type is {field.type}."
            at.tell("PR-R031", (*path, "codes"), said, "Write `type: code`.")
        at.must_be("code list", field.codes, at.loaded.declared["codes"], (*path, "codes"))
    if field.codes_at is not None:
        at.date(field.codes_at, (*path, "codes_at"))
    if field.check is not None:
        at.must_be("identifier check", field.check, at.loaded.identifiers, (*path, "check"))


def _class(at: At, field: Field, path: Path) -> None:
    if field.cls == "L" and not field.domain:
        said = f"The field `{field.name}` is of class L, so it needs a key domain."
        at.tell("PR-R023", path, said, "Write `domain:`; fields of one domain can be joined.")
    if field.cls != "L" and field.domain and at.sound(*path, "class"):
        said = f"Only class L has a key domain, and `{field.name}` is of class {field.cls}."
        at.tell("PR-R023", (*path, "domain"), said, "Make it class L, or leave the domain out.")


def _pattern(at: At, field: Field, path: Path) -> None:
    if field.pattern is None:
        return
    try:
        re.compile(field.pattern)
    except (re.error, OverflowError, RecursionError) as error:
        at.tell("PR-R030", (*path, "pattern"), f"This regular expression cannot be read: {error}.")
        return
    if NOT_RE2.search(field.pattern.replace(r"\\", "")):
        said = "Looking around, back references and possessive repeats are not in RE2, which judges the values."
        at.tell("PR-R030", (*path, "pattern"), said, "Write it without them.")


def _bounds(at: At, field: Field, path: Path) -> None:
    """Bounds are numbers for numbers and dates for dates, in order; ``PR-R018``."""
    found: list[float | dt.date] = []
    for name in ("min", "max"):
        bound = getattr(field, name)
        if bound is None:
            continue
        where = (*path, name)
        if field.type in ("date", "datetime"):
            try:
                found.append(dt.date.fromisoformat(str(bound)[:10]))
            except ValueError:
                at.tell("PR-R014", where, f"Expected a date such as 2012-04-01, found `{bound}`.")
        elif field.type == "int" or field.type.startswith("dec"):
            if isinstance(bound, int | float):
                found.append(bound)
            else:
                at.tell("PR-R018", where, f"Expected a number, found `{bound}`.")
        else:
            at.tell("PR-R018", where, f"Only numbers and dates have bounds, and the type is {field.type}.")
    if len(found) == 2 and found[0] > found[1]:  # type: ignore[operator]
        at.tell("PR-R018", (*path, "max"), "The largest value allowed is below the smallest.")


def _headers(at: At) -> None:
    """A header text leads to one field."""
    owner: dict[str, str] = {each.name.casefold(): each.name for each in at.dataset.fields}
    for i, field in enumerate(at.dataset.fields):
        for j, alias in enumerate(field.aliases):
            other = owner.setdefault(alias.casefold().strip(), field.name)
            if other != field.name:
                said = f"The header `{alias}` belongs to the field `{other}`, too."
                at.tell("PR-R022", ("fields", i, "aliases", j), said)


def check_derivations(at: At) -> None:
    """Derivations compute, from a field there is, something that may be in the store; ``PR-R023``, ``PR-R031``."""
    taken = {each.name for each in at.dataset.fields}
    for i, derivation in enumerate(at.dataset.derive):
        path: Path = ("derive", i)
        if not _NAME.match(derivation.name):
            said = "A column's name has small letters, digits and _ only, a letter first."
            at.tell("PR-R017", (*path, "name"), said)
        if derivation.name in taken:
            at.tell("PR-R022", (*path, "name"), f"There is a column `{derivation.name}` already.", "Rename one.")
        taken.add(derivation.name)
        _type(at, derivation.type, (*path, "type"))
        if derivation.cls in ("D", "L"):
            said = f"What is derived goes into the store, so it cannot be of class {derivation.cls}."
            at.tell("PR-R023", (*path, "class"), said, "Make it Q, S or A.")
        field = at.field(derivation.field, (*path, "field"))
        _method(at, derivation, field, path)


def _method(at: At, derivation: Derivation, field: Field | None, path: Path) -> None:
    method = derivation.method
    needs = {"lookup": ("codes",), "age_at": ("at",), "sql": ("sql",)}.get(method, ())
    for name in needs:
        if getattr(derivation, name) is None:
            at.tell("PR-R031", path, f"The method {method} needs `{name}`.")
    if derivation.at is not None:
        at.date(derivation.at, (*path, "at"))
    if field is not None and method in ("age_at", "birth_year", "birth_month"):
        at.date(derivation.field, (*path, "field"))
    if derivation.codes is None:
        return
    known = at.must_be("code list", derivation.codes, at.loaded.declared["codes"], (*path, "codes"))
    codes = at.codes(derivation.codes) if known else None
    if codes is not None and codes.codes and derivation.attribute is not None:
        names = {name for code in codes.codes for name in code.attributes}
        at.must_be("attribute", derivation.attribute, names | {"label", "parent"}, (*path, "attribute"))
