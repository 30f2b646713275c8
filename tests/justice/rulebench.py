"""Faults that the contracts' rules must catch, and clean rows that they must let pass, as YAML beside the tests.

``rules/<source>.yaml`` has a block for each dataset (``source.dataset``; further words after a space tell two blocks of
one dataset apart)::

    easset.custody_snapshot:
      supplier: yjb                   # who delivers
      period: 2012-04                 # the slot
      store:                          # optional: what was delivered before, in order
        - {dataset: nomis_iis.snapshot_population, supplier: NOMS, period: 2012-04, rows: [{field: value}]}
      clean: [{field: value}, ...]    # nothing is found in these rows
      faults:                         # by rule; a list where a rule has several
        EASSET-V01: {row: 0, set: {dob: 1990-01-01}}    # the clean rows, this one changed
        EASSET-V02: {add: 0, set: {...}}                # ... and a changed copy of this one
        EASSET-V03: {drop: [0]}                         # ... without these
        EASSET-V04: {rows: [{field: value}]}            # ... or these rows in their place
        EASSET-V05: {store: [...]}                      # another store: these deliveries replace those of their slot
        EASSET-V06: {period: 2012-05, supplier: x}      # another slot

``row`` and ``add`` may be lists of numbers. Where a rule wants many rows, a block, a fault or a delivery of the store has
``times: {field: number, count: 6000}``: each row so often, with this number counted up, or a number behind this
text. A field that a row leaves out is empty. A delivery of the store without
rows is none. Rows of the store are collected as the others are, and must all be kept.

Each delivery is written as CSV, read and checked as `piperoll collect` does, but in this process.
"""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from piperoll.collect.check import check_file
from piperoll.collect.limits import Limits
from piperoll.collect.prepare import prepare
from piperoll.collect.prepared import CheckContext, CheckResult
from piperoll.periods import Period
from piperoll.register.model.contract import Rule
from piperoll.register.model.register import Register
from piperoll.store.objects import ObjectStore
from piperoll.store.parts import Part
from piperoll.store.tokens import Keyring


RULES = Path(__file__).parent / "rules"
WORDS = {"supplier", "period", "store", "clean", "faults", "times"}
FAULT_WORDS = {"row", "add", "set", "drop", "rows", "store", "supplier", "period", "times"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """One delivery: the slot and its rows."""

    dataset: str
    supplier: str
    period: str
    rows: tuple[Row, ...]

    @property
    def slot(self) -> tuple[str, str, str]:
        return self.dataset, self.supplier, self.period


@dataclass(frozen=True)
class Case:
    """One block: a dataset, what was there before, clean rows, and faults by rule."""

    source: str
    name: str
    dataset: str
    store: tuple[Sent, ...]
    clean: Sent
    rows: tuple[Row, ...]
    times: dict[str, Any] | None
    faults: tuple[tuple[str, int, dict[str, Any]], ...]


def cases(register: Register) -> Iterator[Case]:
    """Every block of every source."""
    for path in sorted(RULES.glob("*.yaml")):
        for name, block in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            assert set(block) <= WORDS, f"{path.name}: {name}: unknown words {sorted(set(block) - WORDS)}"
            dataset = name.split(" ")[0]
            assert dataset.split(".")[0] == path.stem, f"{path.name} holds {name}"
            clean = _sent(register, {**block, "dataset": dataset, "rows": block["clean"]})
            faults = [
                (rule, number, fault)
                for rule, written in (block.get("faults") or {}).items()
                for number, fault in enumerate(written if isinstance(written, list) else [written])
            ]
            for rule, _, fault in faults:
                assert set(fault) <= FAULT_WORDS, f"{path.name}: {rule}: {sorted(set(fault) - FAULT_WORDS)}"
            store = tuple(_sent(register, each) for each in block.get("store") or ())
            rows = tuple(block["clean"])
            yield Case(path.stem, name, dataset, store, clean, rows, block.get("times"), tuple(faults))


def _sent(register: Register, block: dict[str, Any]) -> Sent:
    contract = register.dataset(block["dataset"])
    group = register.suppliers[contract.suppliers].suppliers
    keys = {each.key.casefold(): each.key for each in group}
    written = str(block.get("supplier", group[0].key)).casefold()
    assert written in keys, f"{block['dataset']}: no supplier {block.get('supplier')}"
    rows = tuple(block.get("rows") or ())
    names = {each.name for each in contract.fields}
    for row in rows:
        assert set(row) <= names, f"{block['dataset']}: no fields {sorted(set(row) - names)}"
    if times := block.get("times"):
        name, count = times["field"], times["count"]
        rows = tuple({**row, name: _counted(row[name], number)} for row in rows for number in range(count))
    return Sent(block["dataset"], keys[written], str(block["period"]), rows)


def _counted(value: Any, number: int) -> Any:
    return f"{value}-{number}" if isinstance(value, str) else value + number


def faulty(register: Register, case: Case, fault: dict[str, Any]) -> tuple[tuple[Sent, ...], Sent]:
    """What is in the store and what is delivered, for one fault."""
    rows = [dict(each) for each in case.rows]
    changed = fault.get("set") or {}
    for number in _numbers(fault.get("row")):
        rows[number] |= changed
    rows += [{**rows[number], **changed} for number in _numbers(fault.get("add"))]
    dropped = _numbers(fault.get("drop"))
    rows = [each for number, each in enumerate(rows) if number not in dropped]
    slot = {"dataset": case.dataset, "supplier": case.clean.supplier, "period": case.clean.period}
    said = {word: fault[word] for word in ("supplier", "period") if word in fault}
    sent = _sent(register, {**slot, **said, "rows": fault.get("rows", rows), "times": fault.get("times", case.times)})
    other = fault.get("store") or []
    new = [_sent(register, each) for each in (other if isinstance(other, list) else [other])]
    replaced = {each.slot: each for each in new}
    store = [replaced.pop(each.slot, each) for each in case.store]
    return (*store, *replaced.values()), sent


def _numbers(written: Any) -> list[int]:
    return [] if written is None else list(written) if isinstance(written, list) else [written]


class Bench:
    """A home in a directory: deliveries are collected into it, each in the store as it was before it."""

    def __init__(self, register: Register, root: Path) -> None:
        self._register = register
        self._root = root
        self._store = ObjectStore(root / "store")
        self._keyring = Keyring(root / "keys")
        self._kept: dict[tuple[Sent, ...], tuple[Part, ...]] = {}
        self._held: dict[str, tuple[Part, ...]] = {}

    def check(self, store: tuple[Sent, ...], sent: Sent) -> CheckResult:
        """What is found in a delivery after those of the store."""
        parts: tuple[Part, ...] = ()
        for number, each in enumerate(store, 1):
            if not each.rows:
                continue
            key = repr([*(p.object for p in parts), each])
            if key not in self._held:
                result, file = self._run(parts, each)
                assert not result.rows_refused, f"{each.slot} of the store: {_told(result)}"
                dataset = self._register.dataset(each.dataset)
                part = Part(each.dataset, each.supplier, each.period, number, file, dataset.mode, f"s{number}")
                self._held[key] = (part,)
            parts += self._held[key]
        parts = tuple(p for p in parts if (p.dataset, p.supplier, p.period) != sent.slot)
        return self._run(parts, sent)[0]

    def _run(self, parts: tuple[Part, ...], sent: Sent) -> tuple[CheckResult, str]:
        source, _, name = sent.dataset.partition(".")
        dataset = self._register.dataset(sent.dataset)
        told = f"{name}.csv"
        with tempfile.TemporaryDirectory(dir=self._root) as made:
            work = Path(made)
            (work / "in").mkdir()
            path = work / told
            _write(path, [each.name for each in dataset.fields], sent.rows)
            prepared = prepare(path, work / "in", dataset, told, Limits())
            context = CheckContext(
                source=source, dataset=name, supplier=sent.supplier, supplier_name=sent.supplier, period=sent.period,
                delivery="now", received=Period.parse(sent.period).end + dt.timedelta(days=5),
                store_root=self._store.root, keyring=self._keyring, parts=parts,
            )  # fmt: skip
            result = check_file(prepared, dataset, self._register, context, work / "out")
            return result, self._store.put(work / "out" / result.store)


def _write(path: Path, names: list[str], rows: tuple[Row, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _text(value) for name, value in row.items()} for row in rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _told(result: CheckResult) -> list[str]:
    return [f"{each.rule} {each.severity}: {each.sentence}" for each in result.findings]


def rule_of(register: Register, dataset: str, rule_id: str) -> Rule | None:
    """The rule of a dataset, if it has it."""
    return next((each for each in register.dataset(dataset).rules if each.id == rule_id), None)


def caught(rule: Rule, result: CheckResult) -> list[tuple[str, str]]:
    """What was found that is this rule's: id and severity."""
    if rule.generic is None:
        return [(each.rule, each.severity) for each in result.findings if each.rule == rule.id]
    fields = set(rule.fields)
    return [
        (rule.id, each.severity)
        for each in result.findings
        if each.rule == rule.generic and set(each.field.split(", ")) <= fields
    ]
