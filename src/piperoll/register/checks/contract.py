"""Cross-checks of contracts: datasets, their files, keys, references and slots."""

from __future__ import annotations

import codecs
import re

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.checks import fields, rules
from piperoll.register.checks.at import At
from piperoll.register.checks.extract import check_extract
from piperoll.register.checks.ways import check_ways
from piperoll.register.loaded import Loaded, Made
from piperoll.register.model.codes import SupplierGroup
from piperoll.register.model.register import Source


PLACEHOLDERS = ("supplier", "period")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def check_contracts(loaded: Loaded) -> None:
    """Note what disagrees within a contract, and between it and the rest of the register."""
    patterns: dict[str, str] = {}
    ids: dict[str, str] = {}
    for made in loaded.all(Source):
        names = [each.name for each in made.value.datasets]
        loaded.unique("dataset", names, made, ("datasets",))
        for i, dataset in enumerate(made.value.datasets):
            at = At(loaded, made, ("datasets", i), dataset)
            fields.check_fields(at)
            fields.check_derivations(at)
            _key(at)
            _references(at)
            _suppliers(at)
            _owed(at)
            _file(at, patterns)
            check_extract(at)
            check_ways(at)
            rules.check_rules(at, ids)


def _key(at: At) -> None:
    """The key is made of fields that the store keeps and that are never null; ``PR-R021``, ``PR-R031``."""
    dataset = at.dataset
    if not dataset.key and dataset.mode == "increment":
        said = "A dataset in mode increment needs a key."
        at.tell("PR-R031", ("key",), said, "Name the fields that tell its records apart.")
    for i, name in enumerate(dataset.key):
        field = at.field(name, ("key", i))
        if field is None:
            continue
        if field.cls == "D":
            said = f"The field `{name}` is of class D and never reaches the store, so it cannot be part of the key."
            at.tell("PR-R023", ("key", i), said, "Make it class L, or choose another key.")
        if field.null != "never" and at.sound("fields", dataset.fields.index(field), "null"):
            said = f"The field `{name}` may be null, so it cannot be part of the key."
            at.tell("PR-R031", ("key", i), said, "Write `null: never` at the field.")
    if dataset.cut_off is not None:
        at.date(dataset.cut_off, ("cut_off",))
    if dataset.snapshot is not None:
        at.date(dataset.snapshot.field, ("snapshot", "field"))
        if dataset.mode != "snapshot" and at.sound("mode"):
            said = f"Only snapshots are taken on a day, and the mode is {dataset.mode}."
            at.tell("PR-R031", ("snapshot",), said, "Leave it out, or make the mode snapshot.")
        if dataset.snapshot.weekday is None and dataset.snapshot.choose != "last":
            said = "Without a weekday there is one day to take, the last of the period."
            at.tell("PR-R031", ("snapshot", "choose"), said, "Name a weekday, or leave `choose` out.")
    if dataset.deleted is not None:
        field = at.field(dataset.deleted.field, ("deleted", "field"))
        if dataset.mode != "increment" and at.sound("mode"):
            said = f"Only increments delete records, and the mode is {dataset.mode}."
            at.tell("PR-R031", ("deleted",), said, "Leave it out, or make the mode increment.")
        if field is not None and field.codes is not None and (codes := at.codes(field.codes)) is not None:
            names = [each.code for each in codes.codes]
            at.must_be("code", dataset.deleted.value, names, ("deleted", "value"))
    if not 0 <= dataset.max_refused <= 1:
        at.tell("PR-R018", ("max_refused",), f"Expected a share from 0 to 1, found {dataset.max_refused}.")
    if dataset.due_days < 0:
        at.tell("PR-R018", ("due_days",), f"Expected 0 or more, found {dataset.due_days}.")


def _references(at: At) -> None:
    """A reference goes from fields that exist to as many that exist; tokens match tokens of one domain only."""
    for i, reference in enumerate(at.dataset.references):
        path = ("references", i)
        fields = [at.field(name, (*path, "fields", j)) for j, name in enumerate(reference.fields)]
        if len(reference.fields) != len(reference.to_fields):
            at.tell("PR-R031", (*path, "to_fields"), "A reference has as many `to_fields` as `fields`.")
        other = at.other(reference.to, (*path, "to"))
        if other is None:
            continue
        for j, name in enumerate(reference.to_fields):
            found = at.field_of(other, name, (*path, "to_fields", j))
            mine = fields[j] if j < len(fields) else None
            if found is None or mine is None:
                continue
            if "D" in (mine.cls, found.cls):
                said = f"`{mine.name}` and `{name}` cannot be compared: class D never reaches the store."
                at.tell("PR-R023", (*path, "to_fields", j), said)
            elif (mine.cls == "L" or found.cls == "L") and (mine.cls, mine.domain) != (found.cls, found.domain):
                said = f"`{mine.name}` and `{name}` are kept as tokens of different domains, which never match."
                at.tell("PR-R023", (*path, "to_fields", j), said, "Give both class L and the same domain.")


def _suppliers(at: At) -> None:
    dataset = at.dataset
    if dataset.suppliers:
        at.must_be("supplier group", dataset.suppliers, at.loaded.declared["suppliers"], ("suppliers",))
    elif dataset.owed_from:
        said = "Slots are owed, but by no supplier."
        at.tell("PR-R031", ("owed_from",), said, "Name a supplier group under `suppliers`.")


def _owed(at: At) -> None:
    """``owed_from`` and ``owed_to`` are periods of the dataset's kind, in order; ``PR-R029``, ``PR-R028``."""
    found: dict[str, Period] = {}
    for name in ("owed_from", "owed_to"):
        text = getattr(at.dataset, name)
        if text is None:
            continue
        try:
            period = Period.parse(text)
        except UserError as error:
            at.tell("PR-R029", (name,), error.message, error.fix)
            continue
        if period.kind != at.dataset.period and at.sound("period"):
            kind = at.dataset.period.replace("_", " ")
            at.tell("PR-R029", (name,), f"`{text}` is not a {kind}, the dataset's kind of period.")
            continue
        found[name] = period
    if len(found) == 2 and found["owed_from"].start > found["owed_to"].start:
        at.tell("PR-R028", ("owed_to",), f"It ends with {found['owed_to']}, before {found['owed_from']}.")


def _file(at: At, patterns: dict[str, str]) -> None:
    """File name patterns find the slot and no other dataset; encodings and columns exist; ``PR-R026``."""
    form, path = at.dataset.file, ("file",)
    pattern = form.pattern
    if pattern:
        _pattern(at, pattern)
        shape = _PLACEHOLDER.sub("{}", pattern.rsplit(".", 1)[0]).casefold()
        if shape in patterns:
            said = f"The same file names belong to `{patterns[shape]}`, so a file could not be told apart."
            at.tell("PR-R026", (*path, "pattern"), said)
        patterns.setdefault(shape, at.name)
    try:
        codecs.lookup(form.encoding)
    except (LookupError, ValueError):
        at.tell("PR-R026", (*path, "encoding"), f"There is no encoding `{form.encoding}`.", "Write utf-8 or cp1252.")
    if len(form.delimiter) != 1:
        at.tell("PR-R026", (*path, "delimiter"), "A delimiter is one character.")
    if form.header_row < 1:
        at.tell("PR-R018", (*path, "header_row"), "Rows count from 1.")
    for name, (start, length) in form.columns.items():
        at.field(name, (*path, "columns", name))
        if start < 1 or length < 1:
            at.tell("PR-R018", (*path, "columns", name), "Start and length count from 1.")


def _pattern(at: At, pattern: str) -> None:
    path = ("file", "pattern")
    names = _PLACEHOLDER.findall(pattern)
    if re.search(r"[{}]", _PLACEHOLDER.sub("", pattern)) or len(set(names)) != len(names):
        said = "Each of {supplier} and {period} stands at most once, in whole braces."
        at.tell("PR-R026", path, said)
    for name in names:
        at.must_be("placeholder", name, PLACEHOLDERS, path, "PR-R026")
    if "/" in pattern or "\\" in pattern:
        at.tell("PR-R026", path, "A pattern is a file name, not a path.")
    groups: list[Made[SupplierGroup]] = [g for g in at.loaded.all(SupplierGroup) if g.key == at.dataset.suppliers]
    if groups and len(groups[0].value.suppliers) > 1 and "supplier" not in names:
        said = "Several suppliers owe this dataset, and the file name does not say which."
        at.tell("PR-R026", path, said, "Put {supplier} into the pattern.")
