"""Tokens are the same in SQL and in Python; keys are made once, for their owner alone."""

from __future__ import annotations

import hashlib
import hmac
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.errors import UserError
from piperoll.store import Keyring, connect, token_sql
from piperoll.store.tokens import token_of


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), max_size=20),
    st.binary(max_size=64),
)
def test_sql_equals_python_equals_hmac(values: list[str], key: bytes) -> None:
    con = connect(threads=1)
    con.execute("CREATE TABLE t (n INT, v VARCHAR)")
    if values:
        con.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(values)))
    found = [row[0] for row in con.execute(f"SELECT {token_sql('v', key)} FROM t ORDER BY n").fetchall()]
    assert found == [token_of(each, key) for each in values]
    assert found == [hmac.new(key, v.encode(), hashlib.sha256).hexdigest()[:32] for v in values]
    con.close()


def test_null_has_no_token() -> None:
    con = connect()
    assert con.execute(f"SELECT {token_sql('NULL::VARCHAR', b'k')}").fetchall() == [(None,)]
    con.close()


def test_long_key_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        token_sql("v", b"x" * 65)


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
