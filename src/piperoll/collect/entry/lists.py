"""Records entered from lists: what an office wrote down, typed in through the same functions as a form on the screen.

A folder holds a list for each slot, ``<source.dataset>/<office>/<period>/``: ``records.csv`` of what staff type, or
``first.csv`` and ``second.csv`` of what two people keyed from forms on paper, with ``decided.csv`` where they differ.
Columns are the contract's fields; from paper ``form_reference`` and ``form_dated`` come before them.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from piperoll.collect.entry import paper
from piperoll.collect.entry.forms import Forms, Place
from piperoll.collect.entry.submit import simulated_key, submit
from piperoll.collect.receipt import Receipt
from piperoll.collect.simulated import is_simulated
from piperoll.errors import UserError
from piperoll.journal import Entry
from piperoll.periods import Period
from piperoll.register.model.register import Register


TYPED, FIRST_KEYING, SECOND_KEYING, DECIDED = "records.csv", "first.csv", "second.csv", "decided.csv"
REFERENCE, DATED = "form_reference", "form_dated"
_DECISION = (REFERENCE, "field", "holds", "reason")
_LARGEST = 16 << 20
_FIX = "See docs/how-to/enter.md."

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class ListFolder:
    """The lists of one slot."""

    dataset: str
    office: str
    period: str
    path: Path

    @property
    def told(self) -> str:
        """Its name for people."""
        return folder_of(self.dataset, self.office, self.period)


@dataclass
class Entered:
    """What became of the lists of one slot.

    Attributes:
        slot: Its name.
        saved: Records saved now; what an earlier run saved is not entered again.
        drafts: Records that the contract does not take, which stay drafts, with the rules that say so.
        differing: Forms whose two keyings differ, and nobody decided.
        decided: Forms whose differences were decided.
        receipt: Of the delivery; None where nothing was delivered, for the reason that ``problem`` gives.
    """

    slot: str
    saved: int = 0
    drafts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)
    decided: int = 0
    receipt: Receipt | None = None
    problem: UserError | None = None
    known: bool = False

    @property
    def whole(self) -> bool:
        """Whether everything on the lists was delivered."""
        refused = self.receipt is not None and self.receipt.refused
        return not (self.drafts or self.differing or refused or self.problem)


def folder_of(dataset: str, office: str, period: str) -> str:
    """Where the lists of a slot lie within a folder of lists; a financial year stands there as 2011-12."""
    return f"{dataset}/{office}/{period.replace('/', '-')}"


def folders_under(register: Register, top: Path) -> list[ListFolder]:
    """The slots whose lists lie in a folder: by period, then in the order of the register, so that parents come first.

    Raises:
        UserError: PR-C170 where a folder is named after no slot.
    """
    if not top.is_dir():
        raise UserError("PR-C170", "There is no such folder of lists.", where=str(top), fix=_FIX)
    order = {f"{source.key}.{dataset.name}": n for n, (source, dataset) in enumerate(register.datasets())}
    found = []
    for path in sorted({each.parent for name in (TYPED, FIRST_KEYING) for each in top.rglob(name)}):
        parts = path.relative_to(top).parts
        if len(parts) != 3 or parts[0] not in order:
            message = "Lists lie in <source.dataset>/<office>/<period>, named as the register does."
            raise UserError("PR-C170", message, where=str(path), fix=_FIX)
        year = register.dataset(parts[0]).period == "financial_year"
        period = parts[2].replace("-", "/", 1) if year else parts[2]
        found.append((Period.parse(period).end, order[parts[0]], ListFolder(parts[0], parts[1], period, path)))
    return [folder for *_, folder in sorted(found, key=lambda each: (each[0], each[1], each[2].office))]


def enter_lists(
    place: Place, top: Path, first: str = "", second: str = "", tell: Callable[[int, int, str], None] | None = None
) -> Iterator[Entered]:
    """Enter the lists below a folder, slot by slot, and deliver each; run again it goes on where it was.

    Args:
        place: The home.
        top: Folder of lists.
        first, second: Who types, and who keys the second time; the actor, where not given.
        tell: Told what is going on.

    Raises:
        UserError: PR-C170 for a list that cannot be read, and what `Forms` raises for office and period.
    """
    folders = folders_under(place.register, top)
    for number, folder in enumerate(folders):
        if tell is not None:
            tell(number, len(folders), folder.told)
        yield _Slot(place, folder, first, second).enter()


class _Slot:
    def __init__(self, place: Place, folder: ListFolder, first: str, second: str) -> None:
        self.place, self.folder = place, folder
        self.forms = Forms(place, folder.dataset, folder.office, first)
        self.second = Forms(place, folder.dataset, folder.office, second)
        self.on_paper = (folder.path / FIRST_KEYING).is_file()
        self.done = Entered(folder.told)

    def enter(self) -> Entered:
        rows, hashed = self._read()
        state = f"lists/{hashed}"
        if self.place.journal.get_state(state):
            self.done.known = True
            return self.done
        if is_simulated(self.folder.path / TYPED):
            self.place.journal.set_state(simulated_key(self.forms.slot(self.folder.period)), value=True)
        entered = [self._record(row) for row in rows[FIRST_KEYING if self.on_paper else TYPED]]
        if self.on_paper:
            self._key_again([entry for entry in entered if entry is not None], rows)
        try:
            self.done.receipt = submit(self.forms, self.folder.period).receipt
        except UserError as error:
            if error.code not in ("PR-C166", "PR-C167"):
                raise
            self.done.problem = error
        if self.done.whole:
            self.place.journal.set_state(state, value=True)
        return self.done

    def _record(self, row: dict[str, str]) -> tuple[str, Entry] | None:
        """A row as a record, with its form's reference; None where it stays a draft."""
        values = {name: text for name, text in row.items() if name not in (REFERENCE, DATED)}
        reference = row.get(REFERENCE, "")
        before = self.forms.twin(self.folder.period, values)
        if before is not None:
            return reference, before
        entry = self.forms.open(self.folder.period, values, reference=reference, dated=row.get(DATED, ""))
        try:
            saved = self.forms.save(entry.id, entry.revision)
        except UserError as error:
            if error.code != "PR-C163":
                raise
            wrong = {each.rule for each in self.forms.faults(entry.id) if each.severity in "EB"}
            self.done.drafts[entry.id] = tuple(sorted(wrong))
            return None
        self.done.saved += 1
        return reference, saved

    def _key_again(self, entered: list[tuple[str, Entry]], rows: Mapping[str, Rows]) -> None:
        again = {row[REFERENCE]: row for row in rows[SECOND_KEYING]}
        decisions: dict[str, Rows] = {}
        for row in rows[DECIDED]:
            decisions.setdefault(row[REFERENCE], []).append(row)
        for reference, entry in entered:
            if entry.checked or reference not in again:
                continue
            values = {name: text for name, text in again[reference].items() if name not in (REFERENCE, DATED)}
            waiting = self.place.journal.keyings(entry.id)
            keying = (
                waiting[-1]
                if waiting and waiting[-1].open
                else paper.key_again(self.second, entry.id, values, entry.revision)
            )
            decided = {row["field"]: row["holds"] for row in decisions.get(reference, ())}
            if not keying.differs:
                continue
            if set(decided) != set(keying.differs):
                self.done.differing.append(entry.id)
                continue
            reason = "; ".join(dict.fromkeys(row["reason"] for row in decisions[reference]))
            paper.resolve(self.forms, entry.id, decided, self.forms.entry(entry.id).revision, reason)
            self.done.decided += 1

    def _read(self) -> tuple[dict[str, Rows], str]:
        names = (FIRST_KEYING, SECOND_KEYING, DECIDED) if self.on_paper else (TYPED,)
        digest = hashlib.sha256(str(self.forms.slot(self.folder.period)).encode())
        rows: dict[str, Rows] = {}
        for name in names:
            path = self.folder.path / name
            content = _bytes(path) if path.exists() else b""
            digest.update(hashlib.sha256(content).digest())
            rows[name] = _rows(content, self._columns(name), f"{self.folder.told}/{name}") if content else []
        return rows, digest.hexdigest()

    def _columns(self, name: str) -> set[str]:
        if name == DECIDED:
            return set(_DECISION)
        fields = {each.name for each in self.forms.dataset.fields}
        return fields if name == TYPED else fields | {REFERENCE, DATED}


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST:
            message = f"The list is larger than {_LARGEST >> 20} MiB."
            raise UserError("PR-C170", message, where=path.name, fix="Send it as a file: `piperoll collect`.")
        return path.read_bytes()
    except OSError as error:
        raise UserError("PR-C170", f"The list cannot be read ({error.strerror}).", where=path.name, fix=_FIX) from None


def _rows(content: bytes, columns: set[str], told: str) -> Rows:
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise UserError("PR-C170", "The list is no CSV in UTF-8.", where=told, fix=_FIX) from None
    header = lines[0] if lines else []
    if set(header) != columns or len(header) != len(columns):
        absent = sorted(columns - set(header))
        message = (
            f"The list has not the column `{absent[0]}`." if absent else "The list has columns that do not belong."
        )
        fix = f"Its columns: {', '.join(sorted(columns))}."
        raise UserError("PR-C170", message, where=told, fix=fix)
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(header):
            message = f"Line {number} has not as many values as there are columns."
            raise UserError("PR-C170", message, where=told, fix="Correct the line.")
    return [dict(zip(header, line, strict=True)) for line in lines[1:]]
