"""A small good register, and copies of it with changes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from piperoll.register import load
from piperoll.register.model.register import Register


FIXTURES = Path(__file__).parents[1] / "fixtures" / "bad_registers"
BASE = FIXTURES / "_base"
JUSTICE = Path(__file__).parents[2] / "justice"

Edits = Mapping[str, Sequence[Sequence[str]]]
Edited = Callable[..., Path]


def copy_with(into: Path, edit: Edits | None = None, write: Mapping[str, str] | None = None) -> Path:
    """A copy of the small register below ``into`` with texts replaced (each must be there) and files written."""
    shutil.copytree(BASE, into)
    for name, pairs in (edit or {}).items():
        text = (into / name).read_text()
        for old, new in pairs:
            assert old in text, f"{old!r} is not in {name}"
            text = text.replace(old, new, 1)
        (into / name).write_text(text)
    for name, text in (write or {}).items():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_text(text)
    return into


@pytest.fixture
def base() -> Path:
    """The small good register."""
    return BASE


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """Makes copies of the small register with changes."""
    made = iter(range(1000))

    def make(edit: Edits | None = None, write: Mapping[str, str] | None = None) -> Path:
        return copy_with(tmp_path / f"register{next(made)}", edit, write)

    return make


@pytest.fixture(scope="session")
def justice() -> Register:
    """The Ministry's register, read once."""
    return load(JUSTICE)
