"""What has been read of a register so far, with the place of everything: material of the cross-checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from piperoll.errors import Problem
from piperoll.register.files import FOLDERS, Files
from piperoll.register.model.codes import IdentifierCheck
from piperoll.register.model.glossary import Term
from piperoll.register.model.publication import CountingRule
from piperoll.register.model.register import SHARED
from piperoll.register.nodes import Node, dotted
from piperoll.register.shape import Path, nearest


T = TypeVar("T")


@dataclass(frozen=True)
class Made(Generic[T]):
    """An object made from a file, with the tree it was made from."""

    kind: type[T]
    key: str
    file: str
    node: Node
    value: T
    mended: frozenset[Path] = frozenset()

    def sound(self, path: Path) -> bool:
        """Whether what stands at ``path`` is what was written, and not put there in its stead."""
        return not any(path[: len(each)] == each for each in self.mended)

    def touched(self, path: Path) -> bool:
        """Whether anything at or below ``path`` was not written so."""
        return not self.sound(path) or any(each[: len(path)] == path for each in self.mended)

    def where(self, *path: str | int) -> str:
        """``file:line`` of ``path`` in this file."""
        node, line, _ = self.node.find(path)
        return f"{node.file or self.file}:{line}"


@dataclass
class Loaded:
    """Everything made so far.

    Attributes:
        declared: Keys by folder, also of files that could not be made: so one mistake does not make others.
        memo: What checks worked out from the whole, once everything is made.
        counting_rules: Those that publications share, by id.
        terms: The glossary, by id.
        read: Names of the YAML files that were read or tried.
    """

    files: Files
    problems: list[Problem] = field(default_factory=list)
    declared: dict[str, set[str]] = field(default_factory=lambda: {folder: set() for folder in FOLDERS})
    identifiers: dict[str, IdentifierCheck] = field(default_factory=dict)
    counting_rules: dict[str, CountingRule] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)
    _made: list[Made[Any]] = field(default_factory=list)

    @property
    def read(self) -> set[str]:
        """Names of the YAML files that belong to something declared."""
        out = {"codes/identifiers.yaml"}
        for folder, keys in self.declared.items():
            tail = "/publication.yaml" if folder == "publications" else ".yaml"
            out |= {f"{folder}/{key}{tail}" for key in keys}
        return out

    def model_file(self, publication: str, model: str) -> str:
        """The file of a publication's SQL model, as `Register.model_file` will find it."""
        own, shared = f"publications/{publication}/{model}.sql", f"{SHARED}/{model}.sql"
        return shared if own not in self.files.names and shared in self.files.names else own

    def keep(self, made: Made[Any]) -> None:
        """Add an object."""
        self._made.append(made)

    def all(self, kind: type[T]) -> list[Made[T]]:
        """Objects of a kind, in order of their keys."""
        return sorted((each for each in self._made if each.kind is kind), key=lambda each: each.key)

    def tell(self, code: str, made: Made[Any], path: Path, message: str, fix: str = "") -> None:
        """Note a problem at ``path`` of a file, unless a problem there is told already."""
        if not made.sound(path):
            return
        self.problems.append(Problem(code, message, made.where(*path), dotted(made.node, path), fix))

    def note(self, code: str, file: str, line: int, message: str, fix: str = "") -> None:
        """Note a problem at a line of a file that is not YAML."""
        self.problems.append(Problem(code, message, f"{file}:{line}", fix=fix))

    def must_be(
        self, what: str, word: str, names: Iterable[str], made: Made[Any], path: Path, code: str = "PR-R020"
    ) -> bool:
        """Whether ``word`` is one of ``names``; if not, a problem with the nearest of them."""
        names = set(names)
        if word in names:
            return True
        self.tell(code, made, path, f"There is no {what} `{word}`.", nearest(word, names))
        return False

    def named(self, name: str) -> list[Made[Any]]:
        """Objects whose kind has this name (the files at the top of a register)."""
        return [each for each in self._made if each.kind.__name__ == name]

    def unique(self, what: str, names: list[str], made: Made[Any], path: Path) -> None:
        """Each of ``names``, entries of the list at ``path``, stands once; ``PR-R022``."""
        seen: set[str] = set()
        for i, name in enumerate(names):
            if name in seen:
                self.tell("PR-R022", made, (*path, i), f"The {what} `{name}` stands here twice.", "Rename one.")
            seen.add(name)

    def ordered(self, first: dt.date | None, last: dt.date | None, made: Made[Any], path: Path) -> None:
        """``first`` is not after ``last``; ``PR-R028``."""
        if first is not None and last is not None and first > last:
            self.tell("PR-R028", made, path, f"It ends on {last}, before it starts on {first}.")
