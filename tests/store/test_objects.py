"""Objects: named by their bytes, put once, found damaged when they are."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.store import ObjectStore


def _file(root: Path, data: bytes) -> Path:
    path = root / "incoming"
    path.write_bytes(data)
    return path


def test_put_moves_and_names_by_hash(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path / "store")
    sha = store.put(_file(tmp_path, b"rows"))
    assert sha == hashlib.sha256(b"rows").hexdigest()
    assert store.path(sha) == tmp_path / "store" / sha[:2] / f"{sha}.parquet"
    assert store.path(sha).read_bytes() == b"rows" and not (tmp_path / "incoming").exists()
    assert sha in store and list(store) == [sha] and store.verify() == []


def test_put_again_changes_nothing(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path / "store")
    sha = store.put(_file(tmp_path, b"rows"))
    before = store.path(sha).stat().st_ino
    assert store.put(_file(tmp_path, b"rows")) == sha
    assert store.path(sha).stat().st_ino == before and not (tmp_path / "incoming").exists()


def test_damage_is_found_and_mended_by_putting_again(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path / "store")
    sha = store.put(_file(tmp_path, b"rows"))
    store.path(sha).chmod(0o640)
    store.path(sha).write_bytes(b"other")
    assert store.verify() == [sha]
    store.put(_file(tmp_path, b"rows"))
    assert store.verify() == []


def test_missing_object_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="PR-S001"):
        ObjectStore(tmp_path).require("0" * 64)


@pytest.mark.parametrize("name", ["", "../x", "0" * 63, "G" * 64, "0" * 64 + "\n"])
def test_only_hashes_are_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal"):
        ObjectStore(tmp_path).path(name)
