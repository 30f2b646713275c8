"""Cross-checks of code lists, suppliers, identifier checks and policies."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict

from piperoll.errors import Problem
from piperoll.register.checks.fields import NOT_RE2
from piperoll.register.identifiers import check_character, forms
from piperoll.register.loaded import Loaded, Made
from piperoll.register.model.codes import Code, CodeList, SupplierGroup
from piperoll.register.model.policy import Policy


_FIRST, _LAST = dt.date.min, dt.date.max
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"[^@\s<>,;:\"()]*@{_LABEL}(\.{_LABEL})*")


def check_codes(loaded: Loaded) -> None:
    """Parents exist and make no circle (``PR-R027``), codes are valid from a day to a later one and once at a time."""
    lists = {made.key: made for made in loaded.all(CodeList)}
    for made in lists.values():
        codes = made.value
        loaded.ordered(codes.valid_from, codes.valid_to, made, ("valid_to",))
        parents: Made[CodeList] | None = made
        if codes.parents is not None:
            if not loaded.must_be("code list", codes.parents, loaded.declared["codes"], made, ("parents",)):
                continue
            parents = lists.get(codes.parents)
        _twice(loaded, made)
        for i, code in enumerate(codes.codes):
            loaded.ordered(code.valid_from, code.valid_to, made, ("codes", i, "valid_to"))
            if code.parent is not None and parents is not None and parents.value.get(code.parent) is None:
                said = f"The parent `{code.parent}` is no code of `{parents.key}`."
                loaded.tell("PR-R027", made, ("codes", i, "parent"), said)
        if parents is made:
            _circles(loaded, made)
    _list_circles(loaded, lists)


def _twice(loaded: Loaded, made: Made[CodeList]) -> None:
    """The same code may come again for another time, not for the same."""
    spans: dict[str, list[Code]] = defaultdict(list)
    for i, code in enumerate(made.value.codes):
        if made.touched(("codes", i)):
            continue
        for other in spans[code.code]:
            if (code.valid_from or _FIRST) <= (other.valid_to or _LAST) and (other.valid_from or _FIRST) <= (
                code.valid_to or _LAST
            ):
                said = f"The code `{code.code}` stands twice for the same time."
                loaded.tell("PR-R022", made, ("codes", i), said, "Remove one, or say when each is valid.")
                break
        spans[code.code].append(code)


def _circles(loaded: Loaded, made: Made[CodeList]) -> None:
    parent = {code.code: code.parent for code in made.value.codes}
    for i, code in enumerate(made.value.codes):
        seen, step = {code.code}, code.parent
        while step is not None and step not in seen:
            seen.add(step)
            step = parent.get(step)
        if step == code.code:
            said = f"The code `{code.code}` is among its own ancestors."
            loaded.tell("PR-R027", made, ("codes", i, "parent"), said)


def _list_circles(loaded: Loaded, lists: dict[str, Made[CodeList]]) -> None:
    for key, made in lists.items():
        seen, step = {key}, made.value.parents
        while step is not None and step not in seen and step in lists:
            seen.add(step)
            step = lists[step].value.parents
        if step == key and made.value.parents != key:
            loaded.tell("PR-R027", made, ("parents",), f"The code list `{key}` is among its own ancestors.")


def check_suppliers(loaded: Loaded) -> None:
    """Suppliers stand once, are active from a day to a later one, send from addresses; ``PR-R022``, ``28``, ``120``."""
    for made in loaded.all(SupplierGroup):
        loaded.unique("supplier", [each.key for each in made.value.suppliers], made, ("suppliers",))
        for i, supplier in enumerate(made.value.suppliers):
            loaded.ordered(supplier.active_from, supplier.active_to, made, ("suppliers", i, "active_to"))
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", supplier.key):
                said = "A supplier's key stands in file names: letters, digits, - and _ only."
                loaded.tell("PR-R017", made, ("suppliers", i, "key"), said)
            for j, address in enumerate(supplier.mail):
                if not _ADDRESS.fullmatch(address):
                    said = "This is neither an address nor a domain."
                    fix = "Write returns@example.org, or @example.org for everybody there."
                    loaded.tell("PR-R120", made, ("suppliers", i, "mail", j), said, fix)


def check_identifiers(loaded: Loaded) -> None:
    """Patterns and forms can be read and their own examples pass; ``PR-R030``."""
    for key, check in sorted(loaded.identifiers.items()):
        try:
            groups = re.compile(check.pattern).groupindex
            for each in (check.pattern, *check.dummies):
                re.compile(each)
                if NOT_RE2.search(each.replace(r"\\", "")):
                    raise ValueError("its pattern has what is not in RE2, such as looking around")
            parts = {part.group for form in forms(check.form) for part in form if part.group}
        except (re.error, OverflowError, RecursionError) as error:
            _identifier(loaded, key, f"its pattern cannot be read ({error})")
            continue
        except ValueError as error:
            _identifier(loaded, key, str(error))
            continue
        used = {*check.numbers, *check.pad, *check.take, *parts, *((check.check,) if check.letters else ())}
        if absent := sorted(used - set(groups)):
            _identifier(loaded, key, f"its pattern has no group {', '.join(absent)}")
        elif bool(check.letters) != bool(check.numbers):
            _identifier(loaded, key, "it has no letters" if check.numbers else "it has letters, but no numbers")
        elif not all(check_character(check, each) for each in check.examples):
            _identifier(loaded, key, "one of its own examples does not pass it")


def _identifier(loaded: Loaded, key: str, said: str) -> None:
    made = loaded.named("Identifiers")[-1]
    names = [each.key for each in made.value.identifiers]
    path = ("identifiers", names.index(key)) if key in names else ("identifiers",)
    loaded.problems.append(
        Problem(
            "PR-R030", f"The identifier check `{key}` cannot be used: {said}.", made.where(*path), f"identifiers.{key}"
        )
    )


def check_policies(loaded: Loaded) -> None:
    """Thresholds are possible numbers; ``PR-R018``."""
    for made in loaded.all(Policy):
        policy = made.value
        for name, least in (("suppress_below", 0), ("round_to", 1), ("change_minimum_base", 0)):
            value = getattr(policy, name)
            if value is not None and value < least:
                loaded.tell("PR-R018", made, (name,), f"Expected {least} or more, found {value}.")
        if not policy.periods:
            loaded.tell("PR-R018", made, ("periods",), "No kind of period may be shown, so nothing could be.")
        loaded.unique("condition", [each.id for each in policy.applies_when], made, ("applies_when",))
