"""Code lists, versioned, and the suppliers that owe deliveries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Code:
    """One code of a list.

    Attributes:
        code: The value as it stands in data.
        label: What people read.
        parent: Code of the parent (of the list named in `CodeList.parents`, or of this one).
        valid_from, valid_to: Days between which it may be used, inclusive; open if None.
        attributes: Further columns of the list, by name.
    """

    code: str
    label: str
    parent: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    attributes: dict[str, str] = field(default_factory=dict)

    def valid(self, day: dt.date) -> bool:
        """Whether this code may be used on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class CodeList:
    """A versioned list of codes, in ``codes/<key>.yaml`` with its codes inline or in ``codes/<key>.csv``.

    Attributes:
        key: Name by which fields refer to it.
        version: Version as its keeper names it.
        parents: Key of the list that `Code.parent` refers to, if any: this makes a hierarchy.
        status: ``stated`` (in the Statement), ``found`` (a public source, cited), ``known`` (general knowledge,
            configurable), ``ours`` (our proposal) or ``illustrative`` (made up, to be replaced before real use).
    """

    key: str
    title: str
    codes: tuple[Code, ...]
    version: str = "1"
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    parents: str | None = None
    status: str = "known"
    source: str = ""
    description: str = ""

    def get(self, code: str) -> Code | None:
        """The code, or None."""
        return self._by_code.get(code)

    @property
    def _by_code(self) -> dict[str, Code]:
        found: dict[str, Code] | None = self.__dict__.get("_index")
        if found is None:
            found = {each.code: each for each in self.codes}
            object.__setattr__(self, "_index", found)
        return found


@dataclass(frozen=True)
class Supplier:
    """An organisation that owes deliveries.

    Attributes:
        mail: Addresses (``returns@example.org``) or whole domains (``@example.org``) whose messages may fill its slots.
    """

    key: str
    name: str
    active_from: dt.date | None = None
    active_to: dt.date | None = None
    former_names: tuple[str, ...] = ()
    contact: str = ""
    mail: tuple[str, ...] = ()


@dataclass(frozen=True)
class SupplierGroup:
    """Suppliers that owe the same datasets, in ``suppliers/<key>.yaml``."""

    key: str
    title: str
    suppliers: tuple[Supplier, ...]
    description: str = ""

    def get(self, key: str) -> Supplier | None:
        """The supplier of this key, or None."""
        return next((each for each in self.suppliers if each.key == key), None)


@dataclass(frozen=True)
class IdentifierCheck:
    """The form of an identifier as data: its parts, and which of them make the number that its check character proves.

    Declared in ``identifiers.yaml`` (at the top of the register or in ``codes/``); `Field.check` names it. The check
    character of ``{numbers}`` is ``letters[int(concatenation) % len(letters)]``; an identifier without ``letters`` and
    ``numbers`` has its form alone.

    Attributes:
        key: Name by which fields refer to it.
        pattern: RE2 pattern of the whole value, with a named group for each part.
        letters: The check characters in order of remainder.
        numbers: Groups whose text is joined to the number; a group that is not all digits counts as empty.
        check: Group of the check character.
        pad: Digits to which a group is padded with zeros on the left.
        take: How many last characters of a group are used (a year's last two digits).
        form: How it is written where records are compared: ``{group}`` for a part, ``{group:7}`` for one padded with
            zeros to 7, ``{group:1930+}`` for a year of two digits as one of the hundred years from 1930. Of several
            forms, with `` | `` between them, the first all of whose parts were found. Left out: as it came.
        dummies: RE2 patterns of values, in this form, that stand for none and never join records.
        identifies: What has one of these: a person, an event of one person (an arrest), or a case of several.
        examples: Values that are right, none of them a real person's.
    """

    key: str
    title: str = ""
    pattern: str = ""
    letters: str = ""
    numbers: tuple[str, ...] = ()
    check: str = "check"
    pad: dict[str, int] = field(default_factory=dict)
    take: dict[str, int] = field(default_factory=dict)
    form: str = ""
    dummies: tuple[str, ...] = ()
    identifies: Literal["person", "event", "case"] = "person"
    examples: tuple[str, ...] = ()
    source: str = ""
    description: str = ""
