"""Where a check stands: in a dataset of a contract, or in a publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from piperoll.errors import UserError
from piperoll.periods import Period
from piperoll.register.loaded import Loaded, Made
from piperoll.register.model.codes import CodeList
from piperoll.register.model.contract import Dataset, Field
from piperoll.register.model.publication import Publication
from piperoll.register.model.register import Source
from piperoll.register.shape import Path, nearest
from piperoll.register.sql import Columns, condition


@dataclass(frozen=True)
class At:
    """A dataset being checked, and where it stands."""

    loaded: Loaded
    made: Made[Source]
    path: Path
    dataset: Dataset

    @property
    def name(self) -> str:
        """``source.dataset``."""
        return f"{self.made.key}.{self.dataset.name}"

    def tell(self, code: str, path: Path, message: str, fix: str = "") -> None:
        """Note a problem at ``path`` of the dataset."""
        self.loaded.tell(code, self.made, (*self.path, *path), message, fix)

    def sound(self, *path: str | int) -> bool:
        """Whether what stands at ``path`` of the dataset was written so."""
        return self.made.sound((*self.path, *path))

    def must_be(self, what: str, word: str, names: Iterable[str], path: Path, code: str = "PR-R020") -> bool:
        """Whether ``word`` is one of ``names``; if not, a problem."""
        return self.loaded.must_be(what, word, names, self.made, (*self.path, *path), code)

    def field(self, name: str, path: Path) -> Field | None:
        """The field of this name, or None and a problem at ``path``."""
        return self.field_of(self.dataset, name, path)

    def field_of(self, dataset: Dataset, name: str, path: Path) -> Field | None:
        """The field of this name in any dataset, or None and a problem at ``path`` (``PR-R021``)."""
        names = [each.name for each in dataset.fields]
        if name in names:
            return dataset.field(name)
        self.tell("PR-R021", path, f"`{dataset.name}` has no field `{name}`.", nearest(name, names))
        return None

    def date(self, name: str, path: Path) -> None:
        """``name`` is a field that holds dates."""
        field = self.field(name, path)
        if field is not None and field.type not in ("date", "datetime"):
            self.tell("PR-R031", path, f"Expected a date field; `{name}` is of type {field.type}.")

    def codes(self, key: str) -> CodeList | None:
        """The code list of this key, if it could be made."""
        return next((each.value for each in self.loaded.all(CodeList) if each.key == key), None)

    def other(self, written: str, path: Path) -> Dataset | None:
        """The dataset written ``source.dataset``, or None and (unless its source could not be made) a problem."""
        known = {f"{m.key}.{d.name}": d for m in self.loaded.all(Source) for d in m.value.datasets}
        if written in known:
            return known[written]
        made = {each.key for each in self.loaded.all(Source)}
        if written.partition(".")[0] not in self.loaded.declared["sources"] - made:
            self.must_be("dataset", written, known, path)
        return None


@dataclass
class Of:
    """A publication being checked.

    Attributes:
        columns: Columns of each SQL model, None where they cannot be told.
    """

    loaded: Loaded
    made: Made[Publication]
    columns: dict[str, Columns] = field(default_factory=dict)

    @property
    def publication(self) -> Publication:
        """The publication."""
        return self.made.value

    def tell(self, code: str, path: Path, message: str, fix: str = "") -> None:
        """Note a problem at ``path`` of the publication."""
        self.loaded.tell(code, self.made, path, message, fix)

    def must_be(self, what: str, word: str, names: Iterable[str], path: Path, code: str = "PR-R020") -> bool:
        """Whether ``word`` is one of ``names``; if not, a problem."""
        return self.loaded.must_be(what, word, names, self.made, path, code)

    def codes(self, key: str) -> CodeList | None:
        """The code list of this key, if it could be made."""
        return next((each.value for each in self.loaded.all(CodeList) if each.key == key), None)

    def over(self, model: str | None, text: str | None, path: Path) -> None:
        """An expression names only columns of its model."""
        columns = self.columns.get(model or "")
        if text is None or columns is None:
            return
        for fault in condition(text, columns):
            code = "PR-R024" if fault.kind == "parse" else "PR-R025"
            self.tell(code, path, fault.message, nearest(fault.name, fault.names) if fault.name else "")


def period_of(text: str, kind: str) -> str:
    """What is wrong with a period written as ``text`` where the kind is ``kind``; nothing if it is right."""
    try:
        period = Period.parse(text)
    except UserError as error:
        return f"{error.message} {error.fix}"
    return "" if period.kind == kind else f"`{text}` is not a {kind.replace('_', ' ')}, the table's kind of period."


def number(count: int, what: str) -> str:
    """``1 code``, ``2 codes``."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
