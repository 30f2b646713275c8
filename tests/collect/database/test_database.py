"""A database read over ODBC: split among suppliers, by watermark, after cuts and kills, and what goes wrong."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from piperoll.collect.database import extract as extracting
from piperoll.errors import UserError
from tests.collect.database.remote import REMOTE, Remote, fill
from tests.servers import PASSWORD, Postgres, free_port


pytestmark = pytest.mark.postgres
ROWS = "SELECT trust, score, cost, met, started FROM requirement ORDER BY 1, 2, 3, 4, 5"


def verdicts(receipts: list) -> Counter[str]:
    return Counter(r.verdict for r in receipts)


def test_a_national_extract_fills_the_slots_of_its_suppliers(remote: Remote, national: Postgres) -> None:
    fill(national, 700)
    receipts = remote.read("2012-01")
    assert [(r.verdict, r.rows_in) for r in receipts] == [("accepted", 20)] * 35
    assert [r.slot.supplier for r in receipts if r.slot] == [f"T{n:02d}" for n in range(1, 36)]
    came = receipts[0].provenance
    assert came["way"] == "database" and came["database"] == "national" and came["after"] == ""
    assert came["watermark"] == "time 2012-01-15 08:11:40.123456"
    assert "Came      way database; database national" in receipts[0].text
    assert remote.rows() == national.sql(ROWS)
    assert not list((remote.space.home / "extracts").iterdir()), "what was read is thrown away once it is in"
    acts = [e for e in remote.space.journal.audit_entries() if e.action == "database.read"]
    assert [(e.resource_key, e.details["period"]) for e in acts] == [("national", "2012-01")]


def test_only_what_came_since_is_read(remote: Remote, national: Postgres) -> None:
    fill(national, 70, trusts=2)
    assert verdicts(remote.read("2012-01")) == {"accepted": 2, "not_taken": 33}
    fill(national, 10, "2012-02-10", first=71, trusts=2)
    national.sql("UPDATE requirement SET score = 100, changed_at = '2012-02-11' WHERE requirement_id = 'R00000004'")
    taken = [r for r in remote.read("2012-02") if r.delivery]
    # The last row of January has the very watermark at which January ended, so it comes again, and counts once.
    assert [(r.verdict, r.rows_in, r.slot.supplier) for r in taken if r.slot] == [
        ("accepted", 7, "T01"),
        ("accepted", 5, "T02"),
    ]
    assert taken[0].provenance["after"] == "time 2012-01-15 08:01:10.123456"
    assert remote.rows() == national.sql(ROWS)
    assert verdicts(remote.read("2012-02"))["known"] == 2, "the same rows are the same bytes"


def test_a_period_with_a_later_extract_is_made_again_only_once_that_is_withdrawn(
    remote: Remote, national: Postgres
) -> None:
    fill(national, 70)
    remote.read("2012-01")
    fill(national, 70, "2012-02-10", first=71)
    remote.read("2012-02")
    with pytest.raises(UserError) as caught:
        remote.read("2012-01")
    assert caught.value.code == "PR-C131"
    for delivery in remote.space.deliveries():
        if delivery.period == "2012-01":
            remote.space.withdraw(delivery.id, "wrong rows")
    assert len(remote.rows()) == 71, "February, and the last row of January"
    receipts = remote.read("2012-01", again=True)
    assert verdicts(receipts) == {"accepted": 35}, "the gap that they left is filled, and nothing beyond it"
    assert sum(r.rows_in for r in receipts) == 70
    assert remote.rows() == national.sql(ROWS)


def test_a_supplier_whose_delivery_was_refused_gets_its_rows_with_the_next(remote: Remote, national: Postgres) -> None:
    fill(national, 20, trusts=2)
    national.sql("UPDATE requirement SET score = 200 WHERE trust = 'T01'")
    receipts = {r.slot.supplier: r for r in remote.read("2012-01") if r.slot}
    assert receipts["T01"].verdict == "refused" and receipts["T02"].verdict == "accepted"
    national.sql("UPDATE requirement SET score = 20 WHERE trust = 'T01'")  # mended without a new watermark
    fill(national, 2, "2012-02-10", first=21, trusts=2)
    receipts = {r.slot.supplier: r for r in remote.read("2012-02") if r.slot}
    assert receipts["T01"].rows_in == 11 and receipts["T02"].rows_in <= 2
    assert remote.rows() == national.sql(ROWS)


def test_rows_of_nobody_known_are_told_and_come_once_somebody_is(remote: Remote, national: Postgres) -> None:
    fill(national, 10, trusts=2)
    national.sql("UPDATE requirement SET trust = 'Canary' WHERE requirement_id = 'R00000003'")
    strange = [r for r in remote.read("2012-01") if r.codes == ("PR-C130",)]
    assert len(strange) == 1 and "1 row is of no known supplier" in strange[0].text
    assert "Canary" not in strange[0].text
    national.sql("UPDATE requirement SET trust = ' trust 3 ' WHERE requirement_id = 'R00000003'")
    taken = [r for r in remote.read("2012-02") if r.slot and r.slot.supplier == "T03"]
    assert [(r.verdict, r.rows_in) for r in taken] == []
    national.sql("UPDATE requirement SET trust = 'Trust 03' WHERE requirement_id = 'R00000003'")
    taken = [r for r in remote.read("2012-03") if r.slot and r.slot.supplier == "T03"]
    assert [(r.verdict, r.rows_in) for r in taken] == [("refused", 1)]


def test_a_supplier_without_rows_leaves_its_slot_open_or_says_nil(
    remote: Remote, national: Postgres, tmp_path: Path, edited: Callable[..., Path]
) -> None:
    fill(national, 4, trusts=2)
    absent = [r for r in remote.read("2012-01") if not r.delivery]
    assert len(absent) == 33 and {r.codes for r in absent} == {("PR-C132",)}
    register = edited(("due_days: 10", "due_days: 10\n    nil_allowed: true"))
    other = Remote(tmp_path / "other", national.connection(), register)
    receipts = other.read("2012-01")
    assert verdicts(receipts) == {"accepted": 35} and sum(r.nil for r in receipts) == 33
    assert all(r.provenance["watermark"] for r in receipts), "a nil delivery moves the watermark, too"


def test_all_of_a_table_without_a_watermark(remote: Remote, national: Postgres) -> None:
    national.sql("INSERT INTO programme VALUES ('A', 'Anger ö'), ('B', 'Drink driving')")
    (receipt,) = remote.read("2012", "programme")
    assert (
        receipt.verdict == "accepted"
        and receipt.rows_in == 2
        and receipt.provenance
        == {
            "way": "database",
            "database": "national",
        }
    )
    assert [r.verdict for r in remote.read("2012", "programme")] == ["known"]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a thousand rows."""
    monkeypatch.setattr(extracting, "PART_ROWS", 1000)
    monkeypatch.setattr(extracting, "ROWS", 500)


@pytest.mark.usefixtures("small")
def test_a_cut_connection_is_told_and_the_next_run_goes_on(remote: Remote, national: Postgres) -> None:
    fill(national, 7000)
    seen: list[str] = []

    def cut(done: int, total: int, words: str) -> None:
        seen.append(words)
        if "3,000 rows" in words:
            national.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            )

    with pytest.raises(UserError) as caught:
        remote.read("2012-01", tell=cut)
    assert caught.value.code == "PR-C127" and PASSWORD not in str(caught.value)
    kept = sorted(p.name for p in next((remote.space.home / "extracts").iterdir()).iterdir())
    assert len(kept) >= 4 and not remote.space.deliveries()
    whole = b"".join(p.read_bytes() for p in (remote.space.home / "extracts").rglob("part-*"))
    assert "Çanary".encode() not in whole, "what lies there is encrypted"
    fill(national, 10, "2012-03-01", first=7001)  # what came meanwhile belongs to the next extract
    seen.clear()
    receipts = remote.read("2012-01", tell=lambda done, total, words: seen.append(words))
    assert "programmes.requirement: 3,000 rows read" in seen, "it goes on, and does not begin anew"
    assert verdicts(receipts) == {"accepted": 35} and sum(r.rows_in for r in receipts) == 7000


@pytest.mark.usefixtures("small")
def test_a_run_that_was_cut_gives_the_same_bytes_as_one_that_was_not(
    remote: Remote, national: Postgres, tmp_path: Path
) -> None:
    fill(national, 3000)
    program = """
import os, signal, sys
from pathlib import Path
from piperoll.collect.database import extract
from tests.collect.database.remote import Remote
extract.PART_ROWS, extract.ROWS = 700, 300
def tell(done, total, words):
    if " 1,800 rows" in words:
        os.kill(os.getpid(), signal.SIGKILL)
Remote(Path(sys.argv[1]), sys.argv[2]).read("2012-01", tell=tell)
"""
    home = tmp_path / "killed"
    home.mkdir()
    command = [sys.executable, "-c", program, str(home), national.connection()]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], check=False, capture_output=True)
    assert done.returncode == -9, done.stderr[-1000:]
    killed = Remote(home, national.connection())
    assert not killed.space.deliveries() and list((home / "home" / "extracts").rglob("part-*"))
    after = {r.slot: r.sha256 for r in killed.read("2012-01")}
    assert after == {r.slot: r.sha256 for r in remote.read("2012-01")}
    assert killed.rows() == remote.rows() == national.sql(ROWS)


@pytest.mark.usefixtures("small")
def test_parts_that_were_changed_are_read_anew(remote: Remote, national: Postgres) -> None:
    fill(national, 3000)
    with pytest.raises(RuntimeError):
        remote.read("2012-01", tell=_stop_at("2,000 rows"))
    (last, *_) = sorted((remote.space.home / "extracts").rglob("part-*"), reverse=True)
    last.write_bytes(last.read_bytes()[:-9] + b"tampered!")
    receipts = remote.read("2012-01")
    assert sum(r.rows_in for r in receipts) == 3000 and remote.rows() == national.sql(ROWS)


@pytest.mark.usefixtures("small")
def test_another_schema_begins_anew(remote: Remote, national: Postgres) -> None:
    fill(national, 3000)
    with pytest.raises(RuntimeError):
        remote.read("2012-01", tell=_stop_at("2,000 rows"))
    national.sql("ALTER TABLE requirement ALTER surname TYPE varchar(30), ALTER cost TYPE numeric(7,2)")
    seen: list[str] = []
    remote.read("2012-01", tell=lambda done, total, words: seen.append(words))
    assert seen[0].endswith(": 0 rows read") and remote.rows() == national.sql(ROWS)


def _stop_at(text: str) -> Callable[[int, int, str], None]:
    def tell(done: int, total: int, words: str) -> None:
        if text in words:
            raise RuntimeError

    return tell


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ("ALTER TABLE requirement ALTER score TYPE varchar(9)", "PR-C128", "`score` is int and the database gives text"),
        ("ALTER TABLE requirement ALTER trust TYPE int USING 1", "PR-C128", "`trust` is str(4) and the database gives whole"),
        ("ALTER TABLE requirement ALTER cost TYPE float8", "PR-C128", "`cost` is dec(8,2)"),
        ("ALTER TABLE requirement ALTER changed_at TYPE varchar(40)", "PR-C129", "no number, date or time"),
        ("ALTER TABLE requirement DROP changed_at", "PR-C129", "gives no column `changed_at`"),
        ("ALTER TABLE requirement DROP surname", "PR-C011", "surname"),
        ("ALTER TABLE requirement ALTER changed_at DROP NOT NULL; UPDATE requirement SET changed_at = NULL WHERE score = 3", "PR-C129", "nothing in `changed_at`"),
        ("DROP TABLE requirement", "PR-C126", "SQLSTATE 42P01"),
    ],
)  # fmt: skip
def test_a_changed_schema_is_a_sentence(remote: Remote, national: Postgres, change: str, code: str, said: str) -> None:
    fill(national, 10)
    national.sql(change)
    with pytest.raises(UserError) as caught:
        remote.read("2012-01")
    assert caught.value.code == code and said in caught.value.sentence
    assert PASSWORD not in caught.value.sentence and "anary" not in caught.value.sentence
    assert not remote.space.deliveries()


_LAST_YEARS = "WHERE score IN (3, 5)"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (f"UPDATE requirement SET started = 'infinity' {_LAST_YEARS}", "`started` (2 rows)"),
        (f"UPDATE requirement SET started = '-infinity' {_LAST_YEARS}", "`started` (2 rows)"),
        (f"UPDATE requirement SET started = '10000-01-01' {_LAST_YEARS}", "`started` (2 rows)"),
        (f"UPDATE requirement SET started = '0001-12-31 BC' {_LAST_YEARS}", "`started` (2 rows)"),
        (f"UPDATE requirement SET changed_at = '294276-12-31' {_LAST_YEARS}", "`changed_at` (2 rows)"),
        (f"UPDATE requirement SET changed_at = '-infinity' {_LAST_YEARS}", "`changed_at` (2 rows)"),
    ],
)
def test_dates_that_would_come_out_as_others(remote: Remote, national: Postgres, change: str, said: str) -> None:
    fill(national, 10)
    national.sql(change)
    with pytest.raises(UserError, match="PR-C133") as caught:
        remote.read("2012-01")
    assert said in caught.value.sentence and not remote.space.deliveries()
    assert "years 1 to 9999" in caught.value.sentence


def test_the_first_and_the_last_date_are_read_as_they_are(remote: Remote, national: Postgres) -> None:
    fill(national, 4, trusts=1)
    national.sql(
        "UPDATE requirement SET started = '0001-01-01' WHERE score = 1; UPDATE requirement SET started = '9999-12-31' WHERE score = 2; UPDATE requirement SET started = NULL WHERE score = 3"
    )
    assert [r.verdict for r in remote.read("2012-01") if r.delivery] == ["accepted"]
    assert remote.rows() == national.sql(ROWS)


def test_a_database_that_knows_no_years_is_not_asked() -> None:
    import pyarrow as pa

    from piperoll.collect.database.years import require_years

    class Old(extracting.Source):
        code = "PR-C126"

        def row(self, query: str):
            raise UserError(self.code, "The database does not take the query.")

    schema = pa.schema([("a", pa.date32()), ("b", pa.string())])
    old = Old("old", "")
    require_years(old, "SELECT 1", schema, "old")
    old.code = "PR-C127"
    with pytest.raises(UserError, match="PR-C127"):
        require_years(old, "SELECT 1", schema, "old")
    require_years(old, "SELECT 1", pa.schema([("b", pa.string())]), "old")


def test_a_column_more_is_the_contract_s_business(remote: Remote, national: Postgres) -> None:
    fill(national, 10, trusts=1)
    national.sql("ALTER TABLE requirement ADD remark text DEFAULT 'Canary'")
    (receipt,) = [r for r in remote.read("2012-01") if r.delivery]
    assert receipt.verdict == "refused" and "remark" in receipt.text and "Canary" not in receipt.text


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"PWD": "wrong-canary"}, "PR-C125"),
        ({"UID": "nobody"}, "PR-C125"),
        ({"Driver": "{No Such Driver}"}, "PR-C123"),
        ({"Port": "closed"}, "PR-C124"),
    ],
)
def test_there_is_no_way_in(remote: Remote, national: Postgres, other: dict[str, str], code: str) -> None:
    remote.connect(national.connection(**{k: v.replace("closed", str(free_port())) for k, v in other.items()}))
    with pytest.raises(UserError) as caught:
        remote.read("2012-01")
    assert caught.value.code == code and caught.value.exit_status == 16
    assert "anary" not in caught.value.sentence and PASSWORD not in caught.value.sentence
    told = [str(e) for e in remote.space.journal.audit_entries()]
    assert not any("anary" in each or PASSWORD in each for each in told)


def test_what_the_command_says(remote: Remote, national: Postgres, capsys: pytest.CaptureFixture[str]) -> None:
    from piperoll.cli import main

    fill(national, 35)
    base = ["--register", str(REMOTE), "--home", str(remote.space.home), "collect"]

    def run(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([*base, *words])
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out + out.err

    status, text = run("--database", "national", "--dataset", "requirement", "--period", "2012-01", "--quiet")
    assert (status, text) == (0, "35 files: 35 accepted. 35 rows kept, 0 refused, 0 queries to send.\n")
    status, text = run("--database", "nationl", "--period", "2012-01")
    assert status == 16 and "PR-C120" in text and "`national`" in text
    assert run("--database", "national", "--dataset", "requirement")[0] == 16
    status, text = run("--database", "national", "--dataset", "nothing", "--period", "2012-01")
    assert status == 16 and "PR-C122" in text
    assert run("--database", "national", "x.csv")[0] == 2
