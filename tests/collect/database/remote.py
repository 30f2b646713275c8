"""A home that knows of a national database, and rows for it."""

from __future__ import annotations

from pathlib import Path

from piperoll.collect import Limits, Options, Receipt, Stated
from piperoll.collect.database.run import collect_database
from piperoll.workspace import Workspace
from tests.servers import Postgres


REMOTE = Path(__file__).parents[2] / "registers" / "remote"
TABLES = """
DROP TABLE IF EXISTS requirement, programme CASCADE;
CREATE TABLE requirement (
    requirement_id varchar(12) PRIMARY KEY, trust varchar(10), surname varchar(40), started date, score integer,
    cost numeric(8,2), met boolean, changed_at timestamp NOT NULL
);
CREATE TABLE programme (code varchar(4), title text);
"""


def fill(server: Postgres, rows: int, day: str = "2012-01-15", first: int = 1, trusts: int = 35) -> None:
    """So many requirements, of the trusts in turn, a second apart."""
    server.sql(
        f"""INSERT INTO requirement SELECT 'R' || lpad(i::text, 8, '0'), 'T' || lpad((1 + i % {trusts})::text, 2, '0'),
        'Çanary ' || i, date '2012-01-02' + i % 20, i % 101, i * 1.25 % 90000, i % 2 = 0,
        timestamp '{day} 08:00:00.123456' + i * interval '1 second'
        FROM generate_series({first}, {first + rows - 1}) i"""
    )


class Remote:
    """A workspace whose home declares the database."""

    def __init__(self, root: Path, connection: str, register: Path = REMOTE) -> None:
        self.space = Workspace(register, root / "home")
        self.space.keyring.token_key("")
        self.secret = root / "national.odbc"
        self.connect(connection)
        declared = f"databases:\n  national: {{file: {self.secret}}}\n"
        (self.space.home / "connections.yaml").write_text(declared, encoding="utf-8")

    def connect(self, connection: str) -> None:
        self.secret.write_text(connection + "\n", encoding="utf-8")
        self.secret.chmod(0o600)

    def read(self, period: str, dataset: str = "requirement", tell=None, **options: object) -> list[Receipt]:
        options.setdefault("limits", Limits(memory_mb=1024, wall_seconds=120, cpu_seconds=120))
        stated = Stated(dataset=dataset, period=period)
        return collect_database(self.space, "national", Options(stated=stated, **options), tell)

    def rows(self, columns: str = "trust, score, cost, met, started") -> list[tuple[object, ...]]:
        con = self.space.connect(datasets=["programmes.requirement"])
        try:
            return con.execute(f"SELECT {columns} FROM programmes__requirement ORDER BY ALL").fetchall()
        finally:
            con.close()
