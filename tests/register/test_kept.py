"""A register taken from where a home keeps it is the register loaded afresh, or is not taken."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from piperoll.cache import Cache
from piperoll.errors import Problems, UserError
from piperoll.register import kept, load, loading

from .conftest import BASE, JUSTICE


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "register")
    return tmp_path / "register"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", b"k" * 32)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Registers loaded afresh, as they are."""
    done: list[Path] = []
    inspect = loading.inspect
    monkeypatch.setattr(loading, "inspect", lambda root: (done.append(root), inspect(root))[1])
    return done


@pytest.mark.parametrize("register", [BASE, JUSTICE], ids=["small", "justice"])
def test_kept_is_as_loaded(register: Path, cache: Cache, loads: list[Path]) -> None:
    fresh = load(register)
    assert load(register, cache) == fresh
    found = load(register, cache)
    assert found == fresh
    assert loads == [register, register]
    assert list(found.sources) == list(fresh.sources)
    assert (found.root, found.hash) == (register, fresh.hash)
    # Whatever a code list has worked out about itself is of its own codes.
    assert all(each.get(code.code) is not None for each in found.codes.values() for code in each.codes)


def test_the_same_register_elsewhere_has_its_own_root(place: Path, cache: Cache, loads: list[Path]) -> None:
    load(BASE, cache)
    assert load(place, cache).root == place
    assert load(str(place), cache).root == place
    assert loads == [BASE]


@pytest.mark.parametrize("change", ["changed", "added", "removed", "renamed"])
def test_a_changed_file_is_loaded_afresh(change: str, place: Path, cache: Cache, loads: list[Path]) -> None:
    (place / "note.txt").write_text("a", encoding="utf-8")
    first = load(place, cache)
    if change == "changed":
        (place / "note.txt").write_text("b", encoding="utf-8")
    elif change == "added":
        (place / "more.txt").write_text("", encoding="utf-8")
    elif change == "removed":
        (place / "note.txt").unlink()
    else:
        (place / "note.txt").rename(place / "note2.txt")
    second = load(place, cache)
    assert len(loads) == 2
    assert second == load(place)
    assert second.hash != first.hash


def test_a_change_that_keeps_size_and_time_is_seen(place: Path, cache: Cache) -> None:
    head = place / "register.yaml"
    before = head.stat()
    load(place, cache)
    head.write_text(head.read_text(encoding="utf-8").replace("A small register", "A smaII register"), encoding="utf-8")
    os.utime(head, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert head.stat().st_size == before.st_size
    assert load(place, cache).title == "A smaII register"


def test_mistakes_are_told_each_time_and_never_kept(place: Path, cache: Cache, loads: list[Path]) -> None:
    (place / "register.yaml").write_text("key: small\n", encoding="utf-8")
    told = []
    for _ in range(2):
        with pytest.raises(Problems) as caught:
            load(place, cache)
        told.append(caught.value.problems)
    assert told[0] == told[1] != []
    assert len(loads) == 2
    assert not cache.directory.exists()


def test_a_link_that_leads_out_is_told_though_no_file_changed(place: Path, cache: Cache) -> None:
    load(place, cache)
    (place / "out.yaml").symlink_to("/etc/hostname")
    with pytest.raises(Problems, match="PR-R006"):
        load(place, cache)


def test_no_register_is_no_register(tmp_path: Path, cache: Cache) -> None:
    with pytest.raises(UserError, match="PR-R001"):
        load(tmp_path / "none", cache)


def test_a_file_that_cannot_be_read_is_left_to_loading(
    place: Path, cache: Cache, loads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(place, cache)

    def closed(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", closed)
    with pytest.raises(Problems, match="PR-R002"):
        load(place, cache)
    assert len(loads) == 2


def test_a_tampered_entry_is_ignored_and_made_anew(place: Path, cache: Cache, loads: list[Path]) -> None:
    fresh = load(place, cache)
    entry = cache.directory / kept.ENTRY
    sound = entry.read_bytes()
    assert b"A small register" in sound
    entry.write_bytes(sound.replace(b"A small register", b"A false register"))
    assert load(place, cache) == fresh
    assert len(loads) == 2
    load(place, cache)
    assert len(loads) == 2


def test_a_home_that_cannot_be_written_to_does_without(place: Path, tmp_path: Path, loads: list[Path]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    closed = Cache(tmp_path / "file", b"k" * 32)
    assert load(place, closed) == load(place, closed) == load(place)
    assert len(loads) == 3


class _Call:
    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("ran",)


@pytest.mark.parametrize(
    "payload",
    [
        pickle.dumps(_Call()),
        b"\x80\x04\x8c\x1dpiperoll.register.model.codes\x94\x8c\x09dataclass\x94\x93.",
        b"\x80\x04\x8c\x1dpiperoll.register.model.codes\x94\x8c\x0bdt.datetime\x94\x93.",
        b"not a pickle",
        b"",
        pickle.dumps(dt.date(2012, 4, 1)),
    ],
    ids=["call", "no class", "dotted", "no pickle", "empty", "no register"],
)
def test_bytes_of_another_make_nothing_even_under_the_key(
    payload: bytes, place: Path, cache: Cache, loads: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fresh = load(place)
    cache.put(kept.ENTRY, fresh.hash, payload)
    assert load(place, cache) == fresh
    assert len(loads) == 2
    assert not (tmp_path / "ran").exists()


def test_two_processes_at_once_load_the_same(place: Path, cache: Cache) -> None:
    program = (
        "import sys; from pathlib import Path; from piperoll.cache import Cache; from piperoll.register import load\n"
        "print(load(sys.argv[1], Cache(Path(sys.argv[2]), b'k' * 32)).hash)"
    )
    command = [sys.executable, "-c", program, str(place), str(cache.directory)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert {each.communicate()[0].strip() for each in both} == {load(place).hash}
    assert os.listdir(cache.directory) == [kept.ENTRY]


def test_a_kept_register_needs_neither_yaml_nor_a_parser(place: Path, cache: Cache) -> None:
    load(place, cache)
    program = (
        "import sys; from pathlib import Path; from piperoll.cache import Cache; from piperoll.register import load\n"
        "load(sys.argv[1], Cache(Path(sys.argv[2]), b'k' * 32))\n"
        "print(sorted({'yaml', 'pydantic', 'sqlglot'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, str(place), str(cache.directory)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[]"
