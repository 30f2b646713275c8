"""Cross-checks of SQL in contracts: rules, conditions and derivations."""

from __future__ import annotations

import string

from piperoll.register.checks.at import At
from piperoll.register.loaded import Loaded
from piperoll.register.model.codes import CodeList
from piperoll.register.model.contract import Dataset, Rule
from piperoll.register.model.register import Source
from piperoll.register.shape import Path, nearest
from piperoll.register.sql import Columns, Fault, condition, names_in, query


PLATFORM = ("_supplier", "_period", "_delivery", "_row")
CODE_COLUMNS = ("code", "label", "parent", "valid_from", "valid_to")
PLACEHOLDERS = ("n", "rows", "period", "supplier", "share")


def check_rules(at: At, seen: dict[str, str]) -> None:
    """Rules have ids of their own, one kind of SQL, and name what there is; ``PR-R022``, ``PR-R024``, ``PR-R025``."""
    names = [each.name for each in at.dataset.fields]
    for i, field in enumerate(at.dataset.fields):
        if field.required_when is not None:
            faults(at, ("fields", i, "required_when"), condition(field.required_when, names))
    for i, derivation in enumerate(at.dataset.derive):
        if derivation.sql is not None:
            faults(at, ("derive", i, "sql"), condition(derivation.sql, names))
    if at.dataset.coverage is not None:
        _once(at, at.dataset.coverage.id, ("coverage", "id"), seen)
    for i, rule in enumerate(at.dataset.rules):
        path: Path = ("rules", i)
        _once(at, rule.id, (*path, "id"), seen)
        _rule(at, rule, path, names)


def _once(at: At, rule_id: str, path: Path, seen: dict[str, str]) -> None:
    if rule_id in seen:
        at.tell("PR-R022", path, f"The rule `{rule_id}` is in {seen[rule_id]}, too.", "Renumber one.")
    seen.setdefault(rule_id, at.name)


def _rule(at: At, rule: Rule, path: Path, names: list[str]) -> None:
    for j, name in enumerate(rule.fields):
        if name not in [each.name for each in at.dataset.derive]:
            at.field(name, (*path, "fields", j))
    if sum(each is not None for each in (rule.check, rule.sql, rule.generic)) != 1:
        at.tell("PR-R031", path, "A rule has either `check`, `sql` or `generic`, and one of them.")
    if not 0 <= rule.tolerance <= 1:
        at.tell("PR-R018", (*path, "tolerance"), f"Expected a share from 0 to 1, found {rule.tolerance}.")
    if rule.check is not None:
        derived = [each.name for each in at.dataset.derive]
        faults(at, (*path, "check"), condition(rule.check, [*names, *derived]))
        if rule.tolerance:
            at.tell("PR-R031", (*path, "tolerance"), "A tolerance goes with `sql`; a `check` judges each row.")
    if rule.sql is not None:
        this = frozenset((*at.dataset.store_columns, *PLATFORM))
        columns, found = query(rule.sql, {"this": this, **relations(at.loaded), **unmade(at.loaded, rule.sql)})
        faults(at, (*path, "sql"), found)
        if not found and columns is not None and "_row" not in columns:
            at.tell("PR-R025", (*path, "sql"), "The SELECT of a rule gives a column `_row` for each failing row.")
    if rule.generic is not None:
        _generic(at, rule, path)
    _question(at, rule, path)


def _generic(at: At, rule: Rule, path: Path) -> None:
    """What a generic check is said to make, the contract holds."""
    dataset = at.dataset
    named = [each for each in dataset.fields if each.name in rule.fields]
    held = {
        "G-V01": any(
            each.null == "never" or each.required_when or each.pattern or each.check or each.type not in ("str", "code")
            for each in named
        ),
        "G-V02": any(each.codes for each in named),
        "G-V03": bool(rule.fields) and set(rule.fields) == set(dataset.key),
        "G-V10": any(each.fields == rule.fields for each in dataset.references),
    }
    if not held[rule.generic or ""]:
        said = f"The contract has nothing on these fields that {rule.generic} would check."
        at.tell("PR-R031", (*path, "generic"), said, "Name the fields: all of the key, or all of the reference.")


def _question(at: At, rule: Rule, path: Path) -> None:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(rule.question) if name is not None]
    except ValueError:
        at.tell("PR-R031", (*path, "question"), "Braces stand in pairs.", "Write {{ for a brace itself.")
        return
    for name in names:
        at.must_be("placeholder", name, PLACEHOLDERS, (*path, "question"))


def faults(at: At, path: Path, found: list[Fault]) -> None:
    """Note faults of SQL at ``path``; a name of class D is told apart, for it is there and yet cannot be read."""
    hidden = {each.name for each in at.dataset.fields if each.cls == "D"}
    for fault in found:
        if fault.kind == "parse":
            at.tell("PR-R024", path, fault.message)
        elif fault.name in hidden and "_row" in fault.names:
            said = f"`{fault.name}` is of class D: it is in the vault alone, and SQL over the store cannot read it."
            at.tell("PR-R023", path, said, "Derive what is needed from it at the door, under `derive`.")
        else:
            at.tell("PR-R025", path, fault.message, nearest(fault.name, fault.names))


def relations(loaded: Loaded) -> dict[str, Columns]:
    """Every relation SQL may read, with its columns: datasets, code lists; unknown where a file could not be made."""
    if "relations" in loaded.memo:
        return dict(loaded.memo["relations"])
    out: dict[str, Columns] = {}
    for made in loaded.all(Source):
        for dataset in made.value.datasets:
            out[f"{made.key}__{dataset.name}"] = columns_of(dataset)
    for each in loaded.all(CodeList):
        attributes = {name for code in each.value.codes for name in code.attributes}
        out[f"codes__{each.key}"] = frozenset({*CODE_COLUMNS, *attributes})
    for key in loaded.declared["codes"]:
        out.setdefault(f"codes__{key}", None)
    loaded.memo["relations"] = out
    return dict(out)


def unmade(loaded: Loaded, sql: str) -> dict[str, Columns]:
    """Relations that ``sql`` reads of sources that could not be made: nothing can be said of them."""
    lost = loaded.declared["sources"] - {made.key for made in loaded.all(Source)}
    if not lost:
        return {}
    return dict.fromkeys(name for name in names_in(sql) if name.partition("__")[0] in lost)


def columns_of(dataset: Dataset) -> frozenset[str]:
    """Columns of a dataset's view."""
    return frozenset((*dataset.store_columns, *PLATFORM))
