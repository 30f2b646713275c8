"""Tokens are the same in SQL and in Python; keys are made once, for their owner alone."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.store import Keyring, add_token_function, connect
from piperoll.store.cmac import Cmac
from piperoll.store.tokens import token_of


def tokens_in_sql(values: list[str | None], key: bytes, threads: int = 1) -> list[str | None]:
    con = connect(threads=threads)
    add_token_function(con, "token of x", key)
    con.execute("CREATE TABLE t (n INT, v VARCHAR)")
    if values:
        con.execute("INSERT INTO t SELECT unnest($1), unnest($2)", [list(range(len(values))), values])
    found = [row[0] for row in con.execute('SELECT "token of x"(v) FROM t ORDER BY n').fetchall()]
    con.close()
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.none() | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=70)),
    st.binary(min_size=32, max_size=32),
)
def test_sql_equals_python(values: list[str | None], key: bytes) -> None:
    assert tokens_in_sql(values, key) == [None if v is None else token_of(v, key) for v in values]


@pytest.mark.parametrize(
    ("message", "mac"),
    [
        ("", "028962f61b7bf89efc6b551f4667d983"),
        ("6bc1bee22e409f96e93d7e117393172a", "28a7023f452e8f82bd4bf28d8c37c35c"),
        (
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
            "aaf3d8f1de5640c232f5b169b9c911e6",
        ),
    ],
)
def test_the_published_vectors(message: str, mac: str) -> None:
    """NIST SP 800-38B, appendix D.3 (AES-256)."""
    key = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
    offsets = pa.py_buffer(np.array([0, len(message) // 2], np.int32))
    # The vectors are bytes, not text: the array is put together around the check that text is UTF-8.
    array = pa.StringArray.from_buffers(1, offsets, pa.py_buffer(bytes.fromhex(message)))
    assert Cmac(key).hex(array).to_pylist() == [mac]


def test_many_values_of_unequal_length_on_two_threads() -> None:
    values: list[str | None] = [None if n % 7 == 0 else "ab\u00e9" * (n % 40) + str(n) for n in range(9000)]
    key = b"k" * 32
    assert tokens_in_sql(values, key, threads=2) == [None if v is None else token_of(v, key) for v in values]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_a_slice_of_a_column(kind: pa.DataType) -> None:
    texts = ["one", None, "", "seventeen letters", "five", None]
    whole = pa.array(texts, kind)
    key = b"k" * 32
    for start in range(len(texts) + 1):
        wanted = [None if v is None else token_of(v, key) for v in texts[start:]]
        assert Cmac(key).hex(whole.slice(start)).to_pylist() == wanted


def test_domains_are_apart(tmp_path: Path) -> None:
    keys = Keyring(tmp_path / "keys")
    assert keys.token("1", "claim") != keys.token("1", "prison")
    assert keys.token("1", "claim") == Keyring(tmp_path / "keys").token("1", "claim")
    assert keys.purpose_key("claim") != keys.token_key("claim")
    assert Keyring(tmp_path / "other").token("1", "claim") != keys.token("1", "claim")


def test_keys_are_for_their_owner(tmp_path: Path) -> None:
    Keyring(tmp_path / "keys").vault_key()
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600 and path.stat().st_size == 32


def test_two_processes_agree(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from piperoll.store.tokens import Keyring;"
        "sys.stdin.readline(); print(Keyring(Path(sys.argv[1])).token_key('x').hex())"
    )
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "k")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for each in workers:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    assert len({each.communicate(timeout=120)[0] for each in workers}) == 1
    assert [p.name for p in (tmp_path / "k").iterdir()] == ["tokens.key"]


def test_cut_key_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "tokens.key").write_bytes(b"short")
    with pytest.raises(UserError, match="PR-S002"):
        Keyring(tmp_path).token_key("x")


def test_missing_master_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="PR-S003"):
        Keyring(tmp_path).vault_key("vault-0009")
