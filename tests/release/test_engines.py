"""An edition counted on Spark is the edition counted on DuckDB, byte for byte; and what is said where it cannot be."""

from __future__ import annotations

import builtins
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from piperoll.cli import program
from piperoll.errors import UserError
from piperoll.release import make
from piperoll.workspace import Workspace
from tests.searches import AT, NAME, Released
from tests.sparks import prepare, quiet


PERIOD = "2020Q3"


@pytest.fixture
def home(released: Released, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A copy of the home in which an edition was made, to be opened with Spark."""
    monkeypatch.setenv("PIPEROLL_NOW", AT.isoformat())
    shutil.copytree(released.desk.home, tmp_path / "home")
    shutil.rmtree(tmp_path / "home" / "derived")
    return Workspace(released.desk.register_dir, tmp_path / "home", engine="spark")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
@quiet
class TestOnSpark:
    """Needs pyspark and Java."""

    @pytest.fixture(autouse=True)
    def there(self) -> None:
        pytest.importorskip("pyspark", reason="pyspark is not installed")
        prepare()

    def test_an_edition_has_the_same_bytes(self, released: Released, home: Workspace, tmp_path: Path) -> None:
        made = make(home, NAME, PERIOD, tmp_path / "out")
        # The journal has it already: had anything differed, it would have refused.
        assert made.release.manifest_sha256 == released.made.release.manifest_sha256
        assert files(tmp_path / "out") == files(released.directory)
        # Which engine it was is told where it is asked who did what, and how.
        assert [each.details.get("engine") for each in home.journal.audit_entries() if each.action == "release.make"][
            -1
        ] == "spark"
        # Counted anew, and by Spark: a result of DuckDB's is one file.
        assert [path for path in (home.home / "derived").rglob("*.spark") if path.is_dir()]
        assert not [path for path in (home.home / "derived").rglob("*.parquet") if path.parent.suffix != ".spark"]

    def test_results_are_kept_for_the_next_time(self, home: Workspace, tmp_path: Path) -> None:
        make(home, NAME, PERIOD, tmp_path / "out")
        kept = {path: path.stat().st_mtime_ns for path in (home.home / "derived").rglob("*.parquet")}
        make(home, NAME, PERIOD, tmp_path / "out")
        assert {path: path.stat().st_mtime_ns for path in (home.home / "derived").rglob("*.parquet")} == kept
        assert kept

    def test_the_command_takes_the_engine(self, home: Workspace) -> None:
        base = ["--register", str(home.register_dir), "--home", str(home.home), "table", NAME, "arrests", "--draft"]
        told = [CliRunner().invoke(program, [*base, *more]) for more in ([], ["--engine", "spark"])]
        assert [each.exit_code for each in told] == [0, 0]
        assert told[0].output == told[1].output
        assert "rows." in told[0].output


def test_without_pyspark_the_cure_is_told(home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: object, **more: object) -> object:
        if name.partition(".")[0] == "pyspark":
            raise ImportError("no", name="pyspark")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    for each in [name for name in sys.modules if name.partition(".")[0] == "pyspark"]:
        monkeypatch.delitem(sys.modules, each)
    with pytest.raises(UserError, match=r"PR-S030 .*`pyspark` is not installed.*requirements/spark\.in"):
        make(home, NAME, PERIOD, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_java_the_cure_is_told(home: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    monkeypatch.setattr(sql.SparkSession, "getActiveSession", lambda: None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match=r"PR-S030 .*no Java runtime.*default-jre-headless"):
        make(home, NAME, PERIOD, tmp_path / "out")


def test_an_engine_that_is_none_is_refused(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPEROLL_ENGINE", "sparc")
    space = Workspace(home.register_dir, home.home)
    with pytest.raises(UserError, match="PR-S032 there is no engine `sparc`"):
        space.table(NAME, "arrests", draft=True)
    monkeypatch.setenv("PIPEROLL_ENGINE", "spark")
    assert Workspace(home.register_dir, home.home).engine == "spark"
    assert Workspace(home.register_dir, home.home, engine="duckdb").engine == "duckdb"
    monkeypatch.delenv("PIPEROLL_ENGINE")
    assert Workspace(home.register_dir, home.home).engine == "duckdb"


def test_spark_is_not_imported_before_it_is_asked_for(released: Released) -> None:
    import subprocess

    asked = (
        "import sys; from piperoll.workspace import Workspace; "
        f"Workspace({str(released.desk.register_dir)!r}, {str(released.desk.home)!r}).table({NAME!r}, 'arrests', draft=True); "
        "print([n for n in sys.modules if n.partition('.')[0] in ('pyspark', 'py4j')])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
