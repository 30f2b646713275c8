"""Collect from a database: each dataset whose contract says so becomes a delivery of each of its suppliers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from piperoll.collect.arrived import Arrived
from piperoll.collect.batch import Options, Progress
from piperoll.collect.connections import database, secret
from piperoll.collect.database.extract import Read, extract
from piperoll.collect.database.odbc import Source
from piperoll.collect.database.parts import Parts
from piperoll.collect.database.split import Split, fold, split
from piperoll.collect.database.types import Value, written
from piperoll.collect.database.windows import EVERYTHING, WAY, Window, window
from piperoll.collect.door import Door, arriving, bring
from piperoll.collect.receipt import Receipt
from piperoll.collect.slots import Slot, Stated, not_owed
from piperoll.collect.verdict import NOT_TAKEN
from piperoll.errors import UserError
from piperoll.govern import Action
from piperoll.journal import Delivery
from piperoll.periods import Period
from piperoll.register.model.contract import Dataset


EXTRACTS = "extracts"


def collect_database(
    door: Door, name: str, options: Options | None = None, progress: Progress | None = None
) -> list[Receipt]:
    """Read every dataset that a database holds for the period stated, and take it in.

    Run again after a cut connection or a kill it goes on from the last part that was read. With a watermark, only what
    came since the extracts of earlier periods is read.

    Args:
        door: The workspace.
        name: Of the connection that the home declares.
        options: ``stated.period`` says for which period; ``stated.source`` and ``stated.dataset`` narrow.
        progress: Told what is going on.

    Returns:
        Receipts, with one that is not taken for each supplier that should have rows and has none.

    Raises:
        UserError: PR-C120 to PR-C133.
    """
    options = options or Options()
    tell = progress or (lambda done, total, words: None)
    entry = database(door.home, name)
    wanted = list(_datasets(door, name, options.stated))
    details = {"datasets": sorted(key for key, _ in wanted), "period": options.stated.period}
    door.act(Action.DATABASE_READ, f"database {name}", details=details)
    source = Source(name, secret(entry, name))
    found: list[Arrived] = []
    receipts: list[Receipt] = []
    kept: list[Parts] = []
    with arriving(door, options) as work:
        for number, (key, dataset) in enumerate(wanted):
            place = work / str(number)
            place.mkdir()
            one = _Extract(door, name, key, dataset, options)
            came, absent = one.run(source, place, tell)
            found += came
            receipts += absent
            kept.append(one.parts)
        cleared = replace(options, stated=Stated())
        receipts += bring(door, found, cleared, progress) if found else []
        for parts in kept:
            parts.clear()
    return receipts


def _datasets(door: Door, name: str, stated: Stated) -> Iterator[tuple[str, Dataset]]:
    count = 0
    for source, dataset in door.register.datasets():
        key = f"{source.key}.{dataset.name}"
        if dataset.extract is None or dataset.extract.database != name:
            continue
        if stated.source not in ("", source.key) or stated.dataset not in ("", dataset.name, key):
            continue
        count += 1
        yield key, dataset
    if not count:
        message = f"No contract says that anything is read from `{name}`."
        fix = "Declare `extract: {database: ...}` at the dataset, or correct --source and --dataset."
        raise UserError("PR-C122", message, where=name, fix=fix)


class _Extract:
    """One dataset for one period."""

    def __init__(self, door: Door, name: str, key: str, dataset: Dataset, options: Options) -> None:
        assert dataset.extract is not None
        self.door = door
        self.name = name
        self.simulated = database(door.home, name).simulated
        self.key = key
        self.dataset = dataset
        self.declared = dataset.extract
        self.options = options
        self.period = _period(dataset, options.stated.period, key)
        self.told = f"{name}/{key}"
        place = hashlib.sha256(f"{name}|{key}|{self.period}".encode()).hexdigest()[:16]
        self.parts = Parts(door.home / EXTRACTS / place, door.keyring)

    def run(self, source: Source, work: Path, tell: Progress) -> tuple[list[Arrived], list[Receipt]]:
        """Read it, and give a file for each supplier; and what is to be said of those without one."""
        group = self.door.register.suppliers[self.dataset.suppliers].suppliers
        inside = self._in_force()
        windows = {s.key: self._window(inside.get(s.key, [])) for s in group}
        open_ = {key: each for key, each in windows.items() if not each.held}
        if not open_:
            later = min(each.held for each in windows.values())
            message = f"The extract of {later} holds everything that one of {self.period} would bring."
            fix = "Withdraw that one first, if this one is to be made again."
            raise UserError("PR-C131", message, where=self.told, fix=fix)
        read = extract(
            source,
            self.dataset,
            _widest(list(open_.values())),
            self.parts,
            self.told,
            lambda rows: tell(0, 0, f"{self.key}: {rows:,} rows read"),
        )
        names = {fold(n): s.key for s in group for n in (*s.former_names, s.name, s.key)}
        mark, mode = self.declared.watermark, self.dataset.mode
        found = split(read, self.declared.supplier, names, open_, mark, mode, work)
        receipts = [self._strange(found)] if found.strange else []
        came: list[Arrived] = []
        for key, each in windows.items():
            slot = Slot(self.key.partition(".")[0], self.dataset.name, key, self.period)
            filled = any(d.period == self.period for d in inside.get(key, []))
            if key in found.files:
                came.append(self._arrived(slot, found.files[key][0], each, read))
            elif not_owed(self.door.register, slot, self.door.now().date()) or (each.held and filled):
                continue
            elif self.dataset.nil_allowed and not each.held:
                came.append(self._arrived(slot, None, each, read))
            else:
                receipts.append(self._absent(slot, each))
        return came, receipts

    def _in_force(self) -> dict[str, list[Delivery]]:
        found: dict[str, list[Delivery]] = {}
        for delivery in self.door.deliveries():
            if f"{delivery.source}.{delivery.dataset}" == self.key:
                found.setdefault(delivery.supplier, []).append(delivery)
        return found

    def _window(self, deliveries: list[Delivery]) -> Window:
        return window(deliveries, self.name, self.period) if self.declared.watermark else EVERYTHING

    def _arrived(self, slot: Slot, path: Path | None, each: Window, read: Read) -> Arrived:
        provenance = {"way": WAY, "database": self.name}
        upto: Value | None = each.upto if each.upto is not None else read.upto
        if self.declared.watermark:
            provenance["after"] = "" if each.after is None else written(each.after)
            provenance["watermark"] = "" if upto is None else written(upto)
        stated = Stated(slot.source, slot.dataset, slot.supplier, slot.period, nil=path is None)
        return Arrived(
            path,
            f"{slot.supplier}.parquet",
            f"{self.told}/{slot.supplier}",
            stated,
            provenance,
            simulated=self.simulated,
        )

    def _strange(self, found: Split) -> Receipt:
        many = f"{found.strange:,} row{'s are' if found.strange != 1 else ' is'}"
        message = f"{many} of no known supplier ({found.strangers} other values in `{self.declared.supplier}`)."
        fix = "Add the supplier to the register, or correct the rows; an extract made then brings them."
        return _not_taken(self.told, "PR-C130", message, fix)

    def _absent(self, slot: Slot, each: Window) -> Receipt:
        told = f"{self.told}/{slot.supplier}"
        if each.held:
            message = f"Its rows came with the extract of {each.held}."
            return _not_taken(told, "PR-C131", message, "Withdraw that one, and extract both periods in order.")
        message = f"The database has no rows of {slot.supplier} for {slot.period}; its slot stays open."
        return _not_taken(told, "PR-C132", message, "Ask the supplier; if there were none, allow nil deliveries.")


def _not_taken(told: str, code: str, message: str, fix: str) -> Receipt:
    return Receipt(file=told, verdict=NOT_TAKEN, reasons=(f"{code} {message} {fix}",), codes=(code,))


def _period(dataset: Dataset, text: str, told: str) -> str:
    try:
        period = Period.parse(text)
    except UserError:
        period = None
    if period is None or period.kind != dataset.period:
        message = f"An extract is for a {dataset.period.replace('_', ' ')}, and none is named."
        raise UserError("PR-C024", message, where=told, fix="Say which: --period.")
    return str(period)


def _widest(windows: list[Window]) -> Window:
    """The window that holds all of them."""
    afters = [each.after for each in windows]
    uptos = [each.upto for each in windows]
    after = None if None in afters else min(afters)  # type: ignore[type-var]
    upto = None if None in uptos else max(uptos)  # type: ignore[type-var]
    return Window(after, upto)
