"""Databases that are no longer what was agreed: a coded sentence each, all rows or none, nothing told, and then it works."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from piperoll.collect import Receipt
from piperoll.errors import UserError
from tests.collect.database.conftest import server
from tests.collect.database.remote import TABLES, Remote, fill
from tests.generative.oracle import has_page, judge, told
from tests.generative.plan import COUNTS, drawn
from tests.generative.tables import LINES, SECRETS, TRUSTS, kinds
from tests.servers import PASSWORD, Postgres


__all__ = ["server"]
pytestmark = pytest.mark.postgres
UNCHECKED = "unchecked"
ROWS = "SELECT trust, score, cost, met, started FROM requirement ORDER BY 1, 2, 3, 4, 5"
AS_THEY_ARE = ("dates and times", "numbers")  # of what is taken whole, each value is held against the database's


def database_of(server: Postgres, name: str) -> Postgres:
    """The server's database of this family: one that checks no encoding for texts in a legacy one."""
    if name != "legacy bytes":
        return server
    if not server.sql(f"SELECT 1 FROM pg_database WHERE datname = '{UNCHECKED}'"):
        server.sql(f"CREATE DATABASE {UNCHECKED} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    return Unchecked(server.home, server.port, server.binaries)


class Unchecked(Postgres):
    """The same server's database without an encoding."""

    @property
    def url(self) -> str:
        return super().url.removesuffix("/postgres") + f"/{UNCHECKED}?client_encoding=UTF8"


def _prepared(national: Postgres, change: str) -> bool:
    """The table, good, and then changed; whether the database let itself be changed."""
    national.sql("DROP VIEW IF EXISTS requirement CASCADE" if _is_view(national) else "SELECT 1")
    national.sql("DROP TABLE IF EXISTS base, requirements CASCADE;" + TABLES)
    fill(national, LINES, trusts=TRUSTS)
    try:
        national.sql(change)
    except psycopg.Error:
        return False
    return True


def _is_view(national: Postgres) -> bool:
    return bool(national.sql("SELECT 1 FROM pg_views WHERE viewname = 'requirement'"))


def _strange(receipts: list[Receipt]) -> int:
    """Rows of no known supplier, as the receipts tell them."""
    found = [re.search(r"PR-C130 ([\d,]+) row", reason) for each in receipts for reason in each.reasons]
    return sum(int(each[1].replace(",", "")) for each in found if each)


@pytest.mark.parametrize(
    ("count", "seed"),
    [(COUNTS["database"][0], 1), pytest.param(COUNTS["database"][1], 2, marks=pytest.mark.slow)],
    ids=["sample", "all"],
)
def test_changed_databases_are_told_and_nothing_is_lost(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, seed: int
) -> None:
    monkeypatch.setenv("PIPEROLL_NOW", "2012-04-02T09:30:00+00:00")
    rng = random.Random(seed)
    wrong: list[str] = []
    done = Counter[str]()
    for number, (_, _, name, make) in enumerate(drawn(kinds(), count, rng)):
        national = database_of(server, name)
        # Some changes no database lets itself be made: another is drawn.
        change = next(each for each in (make(rng) for _ in range(50)) if _prepared(national, each))
        root = tmp_path / str(number)
        root.mkdir()
        other = {"Database": UNCHECKED} if isinstance(national, Unchecked) else {}
        remote = Remote(root, national.connection(**other))
        before = (
            national.sql("SELECT count(*) FROM requirement")[0][0]
            if name not in ("view", "connection", "columns")
            else None
        )
        try:
            receipts = remote.read("2012-01")
        except UserError as error:
            done["refused"] += 1
            said = [error.sentence]
            if not re.fullmatch(r"PR-C\d{3}", error.code) or not has_page(error.code) or remote.space.deliveries():
                wrong.append(f"{name}: no clean refusal ({error.code}): {change}")
        except Exception as error:
            wrong.append(f"{name}: {type(error).__name__}: {change}")
            continue
        else:
            done["read"] += 1
            said = [line for each in receipts for line in told(each)]
            wrong += [f"{name}: {judge(each, SECRETS)}: {change}" for each in receipts if judge(each, SECRETS)]
            rows = sum(each.rows_in for each in receipts) + _strange(receipts)
            if before is not None and rows != before:
                wrong.append(f"{name}: {before} rows came and {rows} are spoken of: {change}")
            whole = name in AS_THEY_ARE and not any(each.rows_refused for each in receipts)
            if whole and remote.rows() != national.sql(ROWS):
                wrong.append(f"{name}: values came out as others: {change}")
        if any(secret in line for line in said for secret in (*SECRETS, PASSWORD)):
            wrong.append(f"{name}: a value was told: {change}")
        # And a good extract is taken afterwards, by the same home, if nothing of this one is in the way.
        if not remote.space.deliveries():
            assert _prepared(national, "SELECT 1")
            good = [each for each in remote.read("2012-01") if each.delivery]
            if sum(each.rows_in for each in good if each.accepted) != LINES:
                wrong.append(f"{name}: a good one is not taken afterwards: {change}")
            done["good afterwards"] += 1
    assert not wrong, wrong[:8]
    assert done["read"] and done["refused"] and done["read"] + done["refused"] == count, done
