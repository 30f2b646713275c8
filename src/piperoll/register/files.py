"""The files of a register directory: found in order, read with care, hashed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from piperoll.errors import Problem, UserError


if TYPE_CHECKING:
    from piperoll.register.nodes import Node


MAX_BYTES = 8_000_000
FOLDERS = ("codes", "forecasts", "linkage", "merges", "monitor", "policies", "publications", "quality", "sources",
           "suppliers")  # fmt: skip
_PASSED_OVER = {"__pycache__"}


class Files:
    """The files below a register's root.

    Args:
        root: The register directory.

    Attributes:
        names: Every regular file, by name relative to the root with ``/``, sorted.
        problems: ``PR-R006`` symbolic links that lead out, ``PR-R002`` and ``PR-R005`` as files are read.

    Raises:
        UserError: ``PR-R001`` if there is no register there.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise UserError(
                "PR-R001",
                "There is no such directory.",
                where=str(root),
                fix="Name the register's directory with --register.",
            )
        if not (root / "register.yaml").is_file():
            raise UserError(
                "PR-R001",
                "There is no register.yaml in it, so this is not a register.",
                where=str(root),
                fix="Name the register's directory with --register, or write its register.yaml.",
            )
        self.root = root
        self.problems: list[Problem] = []
        self.names = sorted(self._walk())
        self._bytes: dict[str, bytes] = {}

    def _walk(self) -> list[str]:
        real = self.root.resolve()
        found = []
        for folder, folders, files in os.walk(self.root):
            base = Path(folder)
            for name in list(folders):
                if name.startswith(".") or name in _PASSED_OVER:
                    folders.remove(name)
                elif (base / name).is_symlink():
                    folders.remove(name)
                    self._link(base / name)
            for name in files:
                path = base / name
                if name.startswith(".") or name.endswith("~"):
                    continue
                if path.is_symlink() and not path.resolve().is_relative_to(real):
                    self._link(path)
                elif path.is_file():
                    found.append(path.relative_to(self.root).as_posix())
        return found

    def _link(self, path: Path) -> None:
        self.problems.append(
            Problem(
                "PR-R006",
                "This symbolic link leads out of the register, or is a directory; it is not followed.",
                path.relative_to(self.root).as_posix(),
                fix="Put the file itself here.",
            )
        )

    def inside(self, folder: str, *suffixes: str) -> list[str]:
        """Names of the files directly in ``folder``, ending in one of ``suffixes``."""
        return [n for n in self.names if n.rpartition("/")[0] == folder and n.endswith(suffixes)]

    def read(self, name: str) -> str | None:
        """Text of a file; None, and a problem, if it is too large or not UTF-8."""
        path = self.root / name
        try:
            if path.stat().st_size > MAX_BYTES:
                said = f"The file is larger than {MAX_BYTES // 1_000_000} MB."
                self.problems.append(Problem("PR-R005", said, name, fix="Put long code lists in a CSV, or split it."))
                return None
            data = path.read_bytes()
        except OSError as error:
            said = f"The file cannot be read ({error.strerror or type(error).__name__})."
            self.problems.append(Problem("PR-R002", said, name, fix="Look at its permissions."))
            return None
        self._bytes[name] = data
        try:
            return data.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            said = "The file is not in UTF-8."
            self.problems.append(Problem("PR-R002", said, f"{name}:{line}", fix="Save it as UTF-8."))
            return None

    def tree(self, name: str) -> Node | None:
        """YAML tree of a file; None, and problems, if it cannot be had."""
        from piperoll.register.nodes import parse  # whoever only hashes files needs no YAML

        text = self.read(name)
        if text is None:
            return None
        node, problems = parse(text, name)
        self.problems.extend(problems)
        return node

    def hash(self) -> str:
        """SHA-256 over every file by relative name: name, length and content, in order of names."""
        total = hashlib.sha256()
        for name in self.names:
            data = self._bytes.get(name)
            if data is None:
                data = (self.root / name).read_bytes()
            total.update(f"{name}\0{len(data)}\0".encode())
            total.update(data)
        return total.hexdigest()
