"""The vault: what is put in comes out through the right port, and not otherwise."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.store import Keyring
from piperoll.store.vault import admin, entry, items, read, stream, write


CANARY = "Canary Smith"


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


def _put(tmp_path: Path, keyring: Keyring, name: str = "d1", kind: items.Kind = "identifiers") -> Path:
    table = pa.table({"name": [CANARY, "x"], "_row": [2, 3]})
    path = tmp_path / "sealed"
    write.write_sealed(path, table.to_batches(), table.schema, keyring)
    write.put(tmp_path / "vault", kind, name, path)
    return items.Item(kind, name).directory(tmp_path / "vault")


def test_identifiers_come_back(tmp_path: Path, keyring: Keyring) -> None:
    directory = _put(tmp_path, keyring)
    vault = tmp_path / "vault"
    assert CANARY.encode() not in (directory / "data").read_bytes()
    table = read.identifier_table(vault, keyring, "d1", purpose="linkage")
    assert table.to_pydict() == {"name": [CANARY, "x"], "_row": [2, 3]}
    only = list(read.identifiers(vault, keyring, "d1", purpose="linkage", columns=["_row"]))
    assert only[0].schema.names == ["_row"] and read.deliveries(vault) == ["d1"]


def test_reading_needs_a_purpose(tmp_path: Path, keyring: Keyring) -> None:
    _put(tmp_path, keyring)
    with pytest.raises(ValueError, match="purpose"):
        read.identifier_table(tmp_path / "vault", keyring, "d1", purpose=" ")
    with pytest.raises(ValueError, match="purpose"):
        entry.refused_table(tmp_path / "vault", keyring, "d1", purpose="")


def test_items_are_immutable(tmp_path: Path, keyring: Keyring) -> None:
    directory = _put(tmp_path, keyring)
    before = (directory / "data").read_bytes()
    _put(tmp_path, keyring)
    assert (directory / "data").read_bytes() == before
    assert not list(tmp_path.glob("sealed*"))


def test_original_is_the_same_bytes(tmp_path: Path, keyring: Keyring) -> None:
    data = bytes(range(256)) * 9000
    (tmp_path / "file.csv").write_bytes(data)
    vault = tmp_path / "vault"
    assert write.put_original(vault, "d1", tmp_path / "file.csv", keyring, tmp_path / "staging")
    assert not write.put_original(vault, "d1", tmp_path / "file.csv", keyring, tmp_path / "staging")
    assert b"".join(entry.original(vault, keyring, "d1", purpose="audit")) == data
    assert entry.has_original(vault, "d1") and not entry.has_refused(vault, "d1")
    assert (tmp_path / "file.csv").read_bytes() == data


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([0, 1, stream.CHUNK - 1, stream.CHUNK, stream.CHUNK + 1, 2 * stream.CHUNK]))
def test_stream_of_any_length(size: int) -> None:
    plain = b"a" * size
    sealed = stream.encrypt_bytes(plain, b"k" * 32)
    assert b"".join(stream.decrypt_stream(io.BytesIO(sealed), b"k" * 32)) == plain


@pytest.mark.parametrize("harm", ["cut", "chunk", "flip", "magic", "more", "key"])
def test_harmed_stream_does_not_open(harm: str) -> None:
    piece = stream.CHUNK + 16
    sealed = bytearray(stream.encrypt_bytes(b"a" * (3 * stream.CHUNK), b"k" * 32))
    key = b"k" * 32
    if harm == "cut":
        sealed = sealed[: 4 + 2 * piece]
    elif harm == "chunk":
        sealed[4 : 4 + piece], sealed[4 + piece : 4 + 2 * piece] = (
            sealed[4 + piece : 4 + 2 * piece],
            sealed[4 : 4 + piece],
        )
    elif harm == "flip":
        sealed[-1] ^= 1
    elif harm == "magic":
        sealed[0] ^= 1
    elif harm == "more":
        sealed += b"x"
    else:
        key = b"j" * 32
    with pytest.raises(UserError, match="PR-S008"):
        list(stream.decrypt_stream(io.BytesIO(bytes(sealed)), key))


def test_rekey_keeps_everything_readable(tmp_path: Path, keyring: Keyring) -> None:
    data = (_put(tmp_path, keyring) / "data").read_bytes()
    vault = tmp_path / "vault"
    assert admin.rekey(vault, keyring) == 1
    assert keyring.vault_keys() == ["vault-0002"]
    fresh = Keyring(tmp_path / "keys")
    assert read.identifier_table(vault, fresh, "d1", purpose="t").num_rows == 2
    assert (items.Item("identifiers", "d1").directory(vault) / "data").read_bytes() == data
    assert admin.verify(vault, fresh) == []


def test_erased_is_gone(tmp_path: Path, keyring: Keyring) -> None:
    _put(tmp_path, keyring)
    _put(tmp_path, keyring, kind="refused")
    _put(tmp_path, keyring, name="d2")
    vault = tmp_path / "vault"
    assert [(i.kind, i.name) for i in admin.erase(vault, "d1")] == [("identifiers", "d1"), ("refused", "d1")]
    assert list(items.items(vault)) == [items.Item("identifiers", "d2")]
    with pytest.raises(UserError, match="PR-S007"):
        read.identifier_table(vault, keyring, "d1", purpose="t")


def test_foreign_keys_do_not_open(tmp_path: Path, keyring: Keyring) -> None:
    _put(tmp_path, keyring)
    other = Keyring(tmp_path / "other")
    other.vault_key()
    with pytest.raises(UserError, match="PR-S006"):
        read.identifier_table(tmp_path / "vault", other, "d1", purpose="t")


def test_damaged_item_is_found(tmp_path: Path, keyring: Keyring) -> None:
    directory = _put(tmp_path, keyring)
    data = bytearray((directory / "data").read_bytes())
    data[20] ^= 1
    (directory / "data").write_bytes(bytes(data))
    assert admin.verify(tmp_path / "vault", keyring) == [items.Item("identifiers", "d1")]
    with pytest.raises(UserError, match="PR-S008") as caught:
        read.identifier_table(tmp_path / "vault", keyring, "d1", purpose="t")
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "a\x00"])
def test_item_names_are_plain(name: str) -> None:
    with pytest.raises(ValueError, match="plain name"):
        items.Item("refused", name)


def test_refused_rows_come_back_whole_and_piece_by_piece(tmp_path: Path, keyring: Keyring) -> None:
    _put(tmp_path, keyring, kind="refused")
    vault = tmp_path / "vault"
    whole = entry.refused_table(vault, keyring, "d1", purpose="to correct")
    assert whole.to_pydict() == {"name": [CANARY, "x"], "_row": [2, 3]}
    pieces = list(entry.refused_rows(vault, keyring, "d1", purpose="to correct"))
    assert pa.Table.from_batches(pieces) == whole


def test_a_table_of_some_columns(tmp_path: Path, keyring: Keyring) -> None:
    _put(tmp_path, keyring)
    found = read.identifier_table(tmp_path / "vault", keyring, "d1", purpose="linkage", columns=["_row"])
    assert found.to_pydict() == {"_row": [2, 3]}


def test_rekeying_goes_on_where_it_was_broken_off(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(tmp_path, keyring, "d1")
    _put(tmp_path, keyring, "d2")
    vault = tmp_path / "vault"
    assert admin.rekey(vault, keyring) == 2
    # Broken off after the new key was made and one item wrapped: the next run makes the same key its own.
    newest = keyring.vault_keys()[-1]
    monkeypatch.setattr(keyring, "new_vault_key", lambda: (newest, b""))
    assert admin.rekey(vault, keyring) == 0
    assert read.identifier_table(vault, keyring, "d2", purpose="check").num_rows == 2


def test_the_keeper_looks_at_originals_and_at_tables(tmp_path: Path, keyring: Keyring) -> None:
    vault = tmp_path / "vault"
    (tmp_path / "file.csv").write_bytes(b"a,b\n" * 1000)
    write.put_original(vault, "d1", tmp_path / "file.csv", keyring, tmp_path / "staging")
    directory = _put(tmp_path, keyring, "d2")
    assert admin.verify(vault, keyring) == []
    # What is being put in has a name that begins with a dot, and is no item yet.
    (directory.parent / ".d3.1.ab").mkdir()
    assert sorted(item.name for item in items.items(vault)) == ["d1", "d2"]
    data = items.Item("originals", "d1").directory(vault) / "data"
    data.write_bytes(data.read_bytes()[:-1])
    assert admin.verify(vault, keyring) == [items.Item("originals", "d1")]


def test_whoever_comes_second_leaves_the_first_item_alone(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process puts the same item in between the look and the renaming."""
    directory = _put(tmp_path, keyring)
    before = (directory / "data").read_bytes()
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path, **more: path != directory and exists(path, **more))
    _put(tmp_path, keyring)
    assert (directory / "data").read_bytes() == before
    assert [path.name for path in directory.parent.iterdir()] == [directory.name]


def test_a_few_bytes_are_kept_replaced_and_dropped(tmp_path: Path) -> None:
    vault, keyring = tmp_path / "vault", Keyring(tmp_path / "keys")
    for data in (b"half-way", b"a name"):
        write.put_bytes(vault, "entries", "E1.d1", data, keyring)
    assert entry.entered(vault, keyring, "E1.d1", purpose="t") == b"a name"
    assert not [p for p in vault.rglob("*") if p.is_file() and b"a name" in p.read_bytes()]
    write.put_bytes(vault, "evidence", "E1.s1.pdf", b"", keyring)
    assert entry.evidence(vault, keyring, "E1.s1.pdf", purpose="t") == b""
    assert admin.verify(vault, keyring) == [] and admin.rekey(vault, keyring) == 2
    with pytest.raises(ValueError, match="purpose"):
        entry.entered(vault, keyring, "E1.d1", purpose=" ")
    for _ in range(2):
        write.drop(vault, "entries", "E1.d1")
    with pytest.raises(UserError, match="PR-S007"):
        entry.entered(vault, keyring, "E1.d1", purpose="t")
    data_file = items.Item("evidence", "E1.s1.pdf").directory(vault) / "data"
    data_file.write_bytes(data_file.read_bytes()[:-1])
    assert admin.verify(vault, keyring) == [items.Item("evidence", "E1.s1.pdf")]
