"""Which slot a file fills: from what is stated of it (options, manifest) and from its name. Never a guess."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache

from piperoll.collect.columns import shown
from piperoll.collect.kinds import SUFFIXES
from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.model.codes import Supplier
from piperoll.register.model.contract import Dataset
from piperoll.register.model.register import Register


_PERIOD = r"\d{4}(?:Q[1-4]|[-_/]?\d{2})?"
_FINANCIAL = re.compile(r"(\d{4})[-_/](\d{2})\Z")


@dataclass(frozen=True, order=True)
class Slot:
    """Supplier x dataset x period: what a file fills."""

    source: str
    dataset: str
    supplier: str
    period: str

    @property
    def key(self) -> str:
        """``source.dataset``."""
        return f"{self.source}.{self.dataset}"

    def __str__(self) -> str:
        return f"{self.key} of {self.supplier} for {self.period}"


@dataclass(frozen=True)
class Stated:
    """What is said of a file by whoever delivers it; '' where nothing is said.

    Attributes:
        source, dataset, supplier, period: Of the slot; ``dataset`` may be ``source.dataset``.
        mode: What the supplier takes the mode to be: another one than the contract's is refused.
        nil: There was nothing in the period: no rows are expected.
        not_available: Why the supplier cannot supply the slot: what is missing is known to be, and never taken for nil.
        encoding, delimiter: Of the file, where not as agreed.
        sha256: What the file's bytes must hash to.
    """

    source: str = ""
    dataset: str = ""
    supplier: str = ""
    period: str = ""
    mode: str = ""
    nil: bool = False
    encoding: str = ""
    delimiter: str = ""
    sha256: str = ""
    not_available: str = ""

    def over(self, other: Stated) -> Stated:
        """This, and what ``other`` says where this says nothing."""
        return Stated(**{f.name: getattr(self, f.name) or getattr(other, f.name) for f in fields(Stated)})


NOTHING_STATED = Stated()


@dataclass(frozen=True)
class _Candidate:
    source: str
    dataset: Dataset
    supplier: str
    period: str


def find_slot(register: Register, name: str, stated: Stated, today: dt.date, told: str = "") -> Slot:
    """The slot of a file.

    Args:
        register: Whose contracts say which names and suppliers there are.
        name: File name, without its folder.
        stated: What is said of it; it must agree with the name where the name says something.
        today: A slot of a period still to begin is not owed.
        told: Name for people.

    Raises:
        UserError: PR-C022 where no dataset fits, PR-C023 where several do or the name contradicts, PR-C024 for
            an unknown supplier or period, PR-C025 where the slot is not owed.
    """
    told = told or name
    datasets = list(_datasets(register, stated, told))
    stem = _stem(name)
    found = [c for source, dataset in datasets for c in _by_stem(source, dataset, stem)]
    if not found and (stated.dataset or len(datasets) == 1):
        found = [_Candidate(source, dataset, "", "") for source, dataset in datasets]
    if not found:
        raise _no_dataset(register, name, told)
    slots: list[Slot] = []
    problems: list[UserError] = []
    for candidate in found:
        try:
            slots.append(_slot(register, candidate, stated, told))
        except UserError as error:
            problems.append(error)
    slots = sorted(set(slots))
    if len(slots) > 1:
        listed = "; ".join(str(slot) for slot in slots[:5])
        fix = "Say which: --dataset, or a line in manifest.yaml."
        raise UserError("PR-C023", f"The file could fill several slots: {listed}.", where=told, fix=fix)
    if not slots:
        raise problems[0]
    _require_owed(register, slots[0], today, told)
    return slots[0]


def _datasets(register: Register, stated: Stated, told: str) -> Iterator[tuple[str, Dataset]]:
    source, _, name = stated.dataset.rpartition(".")
    source = source or stated.source
    if stated.source and source != stated.source:
        message = f"Two sources are named: {shown(stated.source)} and {shown(source)}."
        raise UserError("PR-C023", message, where=told, fix="Name one.")
    if source and source not in register.sources:
        raise _unknown("source", source, list(register.sources), told)
    count = 0
    for each, dataset in register.datasets():
        if (not source or each.key == source) and (not name or dataset.name == name):
            count += 1
            if dataset.linkage:
                if not name:
                    continue
                message = f"`{each.key}.{dataset.name}` is made by a linkage, and nobody delivers it."
                fix = f"Run `piperoll link run {dataset.linkage}`."
                raise UserError("PR-C022", message, where=told, fix=fix)
            yield each.key, dataset
    if not count:
        known = [d.name for s, d in register.datasets() if not source or s.key == source]
        if not known:
            message = f"The source {shown(source)} has no contract, so nothing can be delivered to it yet."
            raise UserError("PR-C022", message, where=told, fix="Agree a contract in its register file first.")
        raise _unknown("dataset", name, known, told)


def _by_stem(source: str, dataset: Dataset, stem: str) -> Iterator[_Candidate]:
    """What a name, without what its format adds, says by the pattern of a dataset."""
    if not dataset.file.pattern:
        return
    matched = _pattern(dataset.file.pattern).fullmatch(stem)
    if matched:
        parts = matched.groupdict()
        yield _Candidate(source, dataset, parts.get("supplier") or "", parts.get("period") or "")


@cache
def _pattern(declared: str) -> re.Pattern[str]:
    """Every file is held against the patterns of all datasets."""
    pattern = re.escape(_stem(declared))
    for word, form in (("supplier", r"[^/\\]+?"), ("period", _PERIOD)):
        marked = re.escape(f"{{{word}}}")
        # A supplier's name may hold anything: every way to cut the name counts.
        pattern = pattern.replace(marked, f"(?P<{word}>{form})", 1)
    return re.compile(pattern, re.IGNORECASE)


def _stem(name: str) -> str:
    for suffix in (".gz", *SUFFIXES):
        if name.casefold().endswith(suffix):
            name = name[: -len(suffix)]
    return name


def _slot(register: Register, found: _Candidate, stated: Stated, told: str) -> Slot:
    dataset = found.dataset
    if stated.mode and stated.mode != dataset.mode:
        message = (
            f"The delivery is said to be `{stated.mode[:20]}`; the contract of `{dataset.name}` says `{dataset.mode}`."
        )
        raise UserError("PR-C023", message, where=told, fix="Deliver what the contract says.")
    supplier = _supplier(register, dataset, stated.supplier or found.supplier, told)
    if stated.supplier and found.supplier:
        other = _supplier(register, dataset, found.supplier, told)
        if other.key != supplier.key:
            raise _contradiction("supplier", supplier.key, other.key, told)
    period = _period(dataset, stated.period or found.period, told)
    if stated.period and found.period and _period(dataset, found.period, told) != period:
        raise _contradiction("period", str(period), str(_period(dataset, found.period, told)), told)
    return Slot(found.source, dataset.name, supplier.key, str(period))


def _supplier(register: Register, dataset: Dataset, text: str, told: str) -> Supplier:
    group = register.suppliers.get(dataset.suppliers)
    known = group.suppliers if group else ()
    if not text:
        if len(known) == 1:
            return known[0]
        fix = "Say who: --supplier, or `supplier:` in manifest.yaml."
        raise UserError("PR-C024", "The name does not say who delivers.", where=told, fix=fix)
    wanted = _loose(text)
    for supplier in known:
        if wanted in {_loose(n) for n in (supplier.key, supplier.name, *supplier.former_names)}:
            return supplier
    raise _unknown("supplier", text, [s.key for s in known], told)


def _period(dataset: Dataset, text: str, told: str) -> Period:
    if not text:
        fix = "Say which: --period, or `period:` in manifest.yaml."
        raise UserError("PR-C024", "The name does not say for which period.", where=told, fix=fix)
    written = text.upper().replace("_", "-")
    if dataset.period == "financial_year" and (parts := _FINANCIAL.match(written)):
        written = f"{parts[1]}/{parts[2]}"
    elif dataset.period == "month" and len(written) == 6 and written.isdigit():
        written = f"{written[:4]}-{written[4:]}"
    try:
        period = Period.parse(written)
    except UserError:
        period = None
    if period is None or period.kind != dataset.period:
        message = f"{shown(text)} is no {dataset.period.replace('_', ' ')}, which `{dataset.name}` is delivered by."
        fix = "Write a year 2012, a quarter 2012Q2, a month 2012-05 or a financial year 2011/12 (in names 2011-12)."
        raise UserError("PR-C024", message, where=told, fix=fix)
    return period


def _require_owed(register: Register, slot: Slot, today: dt.date, told: str) -> None:
    if why := not_owed(register, slot, today):
        fix = "Check the slot; if it is right, the register must say that it is owed."
        raise UserError("PR-C025", f"{str(slot)[:200]} is not owed: {why}.", where=told, fix=fix)


def not_owed(register: Register, slot: Slot, today: dt.date) -> str:
    """Why nothing is owed for a slot, or ''. Planned and closed sources owe nothing."""
    dataset = register.dataset(slot.key)
    period = Period.parse(slot.period)
    if why := source_rests(register, slot.source, period):
        return why
    if dataset.owed_from is None:
        return "no deliveries are owed of this dataset yet"
    if period.start < Period.parse(dataset.owed_from).start:
        return f"deliveries are owed from {dataset.owed_from} on"
    if dataset.owed_to is not None and period.start > Period.parse(dataset.owed_to).end:
        return f"deliveries were owed up to {dataset.owed_to}"
    if period.start > today:
        return "the period has not begun"
    group = register.suppliers.get(dataset.suppliers)
    supplier = group.get(slot.supplier) if group else None
    if supplier is None:
        return "the supplier owes nothing of this dataset"
    if supplier.active_from is not None and period.end < supplier.active_from:
        return "the supplier did not exist yet"
    if supplier.active_to is not None and period.start > supplier.active_to:
        return "the supplier no longer exists"
    return ""


def source_rests(register: Register, source: str, period: Period) -> str:
    """Why a source as a whole owes nothing in a period (planned, or closed by then), or ''."""
    entry = register.sources[source].entry
    if entry is None:
        return ""
    if entry.lifecycle.at(period.end) == "planned":
        return "the source is planned and not yet in use"
    if entry.lifecycle.at(period.start) == "ended":
        return "the source is closed"
    return ""


def _loose(text: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", text.casefold()).strip("_")


def _unknown(what: str, text: str, known: list[str], told: str) -> UserError:
    near = get_close_matches(text, known, n=1, cutoff=0.5)
    few = ", ".join(f"`{k}`" for k in known[:8])
    fix = f"Did you mean `{near[0]}`?" if near else f"Known: {few}{' ...' if len(known) > 8 else ''}."
    code = "PR-C024" if what == "supplier" else "PR-C022"
    return UserError(code, f"There is no {what} {shown(text)}.", where=told, fix=fix)


def _contradiction(what: str, said: str, named: str, told: str) -> UserError:
    message = f"The {what} is said to be `{said}` and the file's name says `{named}`."
    return UserError("PR-C023", message, where=told, fix="Correct the one that is wrong.")


def _no_dataset(register: Register, name: str, told: str) -> UserError:
    patterns = [d.file.pattern for _, d in register.datasets() if d.file.pattern]
    near = get_close_matches(name, patterns, n=1, cutoff=0.4)
    fix = "Say what it is: --dataset, --supplier and --period, or a line in manifest.yaml."
    if near:
        fix = f"The nearest pattern is `{near[0]}`. {fix}"
    return UserError("PR-C022", "The name fits no dataset of the register.", where=told, fix=fix)
