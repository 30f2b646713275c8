"""What a home keeps to be fast is believed only from its own hand, and missed by nobody."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from piperoll import cache as module
from piperoll.cache import Cache, engine


KEY = b"k" * 32


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(tmp_path / "cache", KEY)
    made.put("plan", "input", b"payload")
    return made


def test_what_was_put_is_there(cache: Cache) -> None:
    assert cache.get("plan", "input") == b"payload"
    assert cache.directory.stat().st_mode & 0o777 == 0o700
    assert (cache.directory / "plan").stat().st_mode & 0o777 == 0o600


def test_the_latest_alone_is_kept(cache: Cache) -> None:
    cache.put("plan", "other", b"second")
    assert cache.get("plan", "other") == b"second"
    assert cache.get("plan", "input") is None
    assert os.listdir(cache.directory) == ["plan"]


def test_another_input_name_or_key_finds_nothing(cache: Cache) -> None:
    assert cache.get("plan", "inputs") is None
    assert cache.get("register", "input") is None
    os.link(cache.directory / "plan", cache.directory / "register")
    assert cache.get("register", "input") is None
    assert Cache(cache.directory, b"l" * 32).get("plan", "input") is None


def test_parts_cannot_be_shifted_into_one_another(cache: Cache) -> None:
    cache.put("a", "bc", b"d")
    (cache.directory / "ab").write_bytes((cache.directory / "a").read_bytes())
    assert cache.get("a", "bc") == b"d"
    assert cache.get("ab", "c") is None


def test_another_engine_finds_nothing(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "engine", lambda: "another")
    assert cache.get("plan", "input") is None


@pytest.mark.parametrize("place", [0, 31, 32, -1])
def test_a_changed_byte_is_seen(cache: Cache, place: int) -> None:
    path = cache.directory / "plan"
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert cache.get("plan", "input") is None


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 32, b"x" * 500])
def test_other_bytes_are_no_entry(cache: Cache, data: bytes) -> None:
    (cache.directory / "plan").write_bytes(data)
    assert cache.get("plan", "input") is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    cache = Cache(tmp_path / "file" / "cache", KEY)
    cache.put("plan", "input", b"payload")
    assert cache.get("plan", "input") is None


def test_a_full_disk_leaves_the_former_entry(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    cache.put("plan", "input", b"new")
    assert cache.get("plan", "input") == b"payload"
    assert os.listdir(cache.directory) == ["plan"]


def test_two_at_once_leave_one_whole_entry(cache: Cache) -> None:
    payloads = [bytes([n]) * 200_000 for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda each: (cache.put("plan", "input", each), cache.get("plan", "input"))[1], payloads))
    assert set(seen) <= set(payloads)
    assert cache.get("plan", "input") in payloads
    assert os.listdir(cache.directory) == ["plan"]


def test_the_engine_is_its_code_its_python_and_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def now() -> str:
        return engine.__wrapped__()

    before = now()
    assert before == now() == engine()
    with monkeypatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        assert now() == before
        (tmp_path / "sqlglot-99.0.dist-info").mkdir()
        assert now() != before
    with monkeypatch.context() as patch:
        patch.setattr(module.sys, "version", "3.99")
        assert now() != before
    with monkeypatch.context() as patch:
        patch.setattr(module, "__version__", "99")
        assert now() != before
    copy = tmp_path / "piperoll" / "cache.py"
    copy.parent.mkdir()
    copy.write_text("", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(module, "__file__", str(copy))
        first = now()
        copy.write_text("x = 1\n", encoding="utf-8")
        assert now() != first != before
