from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pytest

from justice_world.population import write_population
from justice_world.population.__main__ import main
from justice_world.population.contacts import SOURCES
from justice_world.population.people import CHUNK
from justice_world.population.sources import SPECS
from justice_world.population.write import draw_chunks
from piperoll.errors import UserError
from tests.justice_world.population.conftest import PEOPLE, Population


COMMON = {"record", "forename", "surname", "dob", "sex", "ethnicity", "event_date"}
COLUMNS = {
    "libra": COMMON | {"postcode", "town", "pnc_id", "asn", "ptiurn"},
    "crest": COMMON | {"pnc_id", "cro", "asn", "ptiurn"},
    "pnc": COMMON | {"middle", "alias_forename", "alias_surname", "postcode", "town", "pnc_id", "cro", "asn"},
    "nomis": COMMON | {"middle", "alias_forename", "alias_surname", "postcode", "town", "pnc_id", "cro",
                       "prison_number", "nomis_no"},
    "probation": COMMON | {"pnc_id", "nomis_no", "crn"},
    "iaps": COMMON | {"pnc_id", "crn"},
    "oasys": COMMON | {"pnc_id", "nomis_no", "crn"},
}  # fmt: skip


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.parquet"))
    }


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_has_its_columns_and_no_truth(usual: Population, source: str) -> None:
    records = usual.records(source)
    assert set(records.columns) == COLUMNS[source] and records.columns == list(SPECS[source].columns())
    assert records.schema["event_date"] == pl.Date
    assert {kind for name, kind in records.schema.items() if name != "event_date"} == {pl.String}
    assert records["event_date"].dt.year().is_between(2008, 2011).all()


@pytest.mark.parametrize("source", SOURCES)
def test_the_truth_has_each_record_once(usual: Population, source: str) -> None:
    records, truth = usual.records(source), pl.read_parquet(usual.out / "truth" / f"{source}.parquet")
    assert truth.columns == ["record", "person"] and truth["record"].n_unique() == truth.height
    assert set(records["record"]) == set(truth["record"]) and records.height == usual.done.records[source]
    assert truth["person"].is_in(usual.people["person"].to_list()).all()


def test_records_come_in_an_order_that_tells_nothing(usual: Population) -> None:
    person = usual.known("libra")["person"]
    assert (person.diff() == 0).mean() < 0.01
    by_number = usual.known("libra").sort("record")["person"]
    assert abs(pl.DataFrame({"a": by_number, "b": by_number.shift()}).select(pl.corr("a", "b")).item()) < 0.05


def test_police_hold_a_record_for_each_identifier(usual: Population) -> None:
    known = usual.known("pnc")
    assert known["pnc_id"].n_unique() == known.height and known["pnc_id"].null_count() == 0
    twice = known.group_by("person").len().filter(pl.col("len") > 1)
    assert twice["len"].max() == 2 and twice.height / known.height == pytest.approx(0.003, abs=0.0015)


def test_a_few_are_filed_under_somebody_elses_identifier(usual: Population) -> None:
    holders = usual.known("pnc").select("pnc_id", holder="person")
    others = usual.all_known("pnc_id").filter(pl.col("source") != "pnc").drop_nulls("pnc_id").join(holders, on="pnc_id")
    assert 0.0002 < (others["person"] != others["holder"]).mean() < 0.003


def test_sexes_and_ethnicities_are_coded(usual: Population) -> None:
    for source in SOURCES:
        records = usual.records(source)
        assert set(records["sex"].drop_nulls()) <= {"0", "1", "2", "9"}
        assert 0.7 < (records["sex"] == "1").mean() < 0.92
        pattern = r"^[0-6]$" if source == "pnc" else r"^([WMABO]\d|NS)$"
        assert records["ethnicity"].str.contains(pattern).all(), source


def test_dates_have_the_faults_of_their_source(usual: Population) -> None:
    dates = {source: usual.records(source)["dob"] for source in SOURCES}
    assert all(each.drop_nulls().str.contains(r"^\d{4}-\d{2}-\d{2}$").all() for each in dates.values())
    impossible = {source: each.drop_nulls().str.to_date(strict=False).null_count() for source, each in dates.items()}
    assert (
        impossible["libra"] > 0
        and sum(impossible[source] for source in SOURCES if source not in ("libra", "iaps")) == 0
    )
    assert dates["pnc"].null_count() == dates["nomis"].null_count() == 0 < dates["crest"].null_count()
    assert (dates["iaps"] == "1900-01-01").any() and not (dates["crest"] == "1900-01-01").any()


def test_addresses_have_the_faults_of_their_source(usual: Population) -> None:
    libra, nomis = usual.records("libra"), usual.records("nomis")
    homeless = nomis.filter(pl.col("town") == "NO FIXED ABODE")
    assert homeless.height > 0 and (homeless["postcode"] == "ZZ99 3VZ").all()
    assert libra.filter(pl.col("town") == "NO FIXED ABODE")["postcode"].null_count() > 0
    assert 0.04 < libra["postcode"].null_count() / libra.height < 0.12
    assert libra["postcode"].str.contains(r"^\w+$").sum() > 0


def test_names_are_written_as_the_source_writes_them(usual: Population) -> None:
    libra, crest = usual.records("libra"), usual.records("crest")
    assert (libra["surname"] == libra["surname"].str.to_uppercase()).all()
    assert crest["surname"].str.contains(r"^\p{Lu}.*\p{Ll}").mean() > 0.99
    assert not any(usual.records(source)["surname"].is_null().any() for source in SOURCES)
    assert usual.records("pnc")["alias_surname"].count() / usual.done.records["pnc"] == pytest.approx(0.07, abs=0.02)


def test_an_arrest_bears_one_number_in_court_and_police_files(flawless: Population) -> None:
    courts = flawless.known("crest").join(flawless.known("libra"), on="asn", suffix="_libra")
    assert courts.height > 0.9 * flawless.done.records["crest"]
    assert (courts["person"] == courts["person_libra"]).all() and (courts["ptiurn"] == courts["ptiurn_libra"]).all()


def test_the_same_seed_gives_the_same_bytes_whatever_the_block(tmp_path: Path) -> None:
    people = CHUNK + 300
    write_population(tmp_path / "a", people=people, seed=3)
    again = write_population(tmp_path / "b", people=people, seed=3)
    parts = write_population(tmp_path / "c", people=people, seed=3, block=CHUNK)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    assert [path.name for path in parts.files[-2:]] == ["iaps-0002.parquet", "oasys-0002.parquet"]
    assert len(parts.files) == 2 * len(SOURCES) and parts.records == again.records
    for source in SOURCES:
        whole = pl.read_parquet(tmp_path / "a" / f"{source}.parquet")
        assert pl.read_parquet(tmp_path / "c" / f"{source}-*.parquet").equals(whole), source
        assert whole["record"].n_unique() == whole.height
    first = pl.read_parquet(tmp_path / "c" / "truth" / "people-0001.parquet")
    assert first.height == CHUNK
    whole = pl.read_parquet(tmp_path / "a" / "truth" / "people.parquet")
    assert whole["person"].to_list() == list(range(people))


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    write_population(tmp_path / "a", people=500, seed=3)
    write_population(tmp_path / "b", people=500, seed=4)
    assert not pl.read_parquet(tmp_path / "a" / "pnc.parquet").equals(pl.read_parquet(tmp_path / "b" / "pnc.parquet"))


def test_a_chunk_is_drawn_by_itself(usual: Population) -> None:
    (chunk,) = draw_chunks(PEOPLE, 11, 1.0, range(1))
    assert chunk.records["nomis"].equals(usual.records("nomis")) and chunk.people.height == PEOPLE


def test_one_person_is_a_population(tmp_path: Path) -> None:
    done = write_population(tmp_path / "one", people=1, seed=1)
    assert done.people == 1 and done.total >= 1
    assert pl.read_parquet(tmp_path / "one" / "libra.parquet").columns == list(SPECS["libra"].columns())


@pytest.mark.parametrize(
    ("people", "errors", "block", "told"),
    [(0, 1.0, 1, "people must"), (10_000_001, 1.0, 1, "people must"), (5, -1.0, 1, "errors must"), (5, 11.0, 1, "errors"),
     (5, float("nan"), 1, "errors"), (5, 1.0, 0, "block must")],
)  # fmt: skip
def test_figures_out_of_bounds_are_refused(tmp_path: Path, people: int, errors: float, block: int, told: str) -> None:
    with pytest.raises(UserError, match=f"PR-M009.*{told}"):
        write_population(tmp_path / "out", people=people, seed=1, errors=errors, block=block)
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(UserError, match="PR-M006"):
        write_population(tmp_path, people=5, seed=1)
    with pytest.raises(UserError, match="PR-M006"):
        write_population(tmp_path / "kept", people=5, seed=1)


def test_the_command_says_what_it_came_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--people", "400", "--seed", "2", "--errors", "0.5", "--out", str(tmp_path / "out")]
    assert main(given) == 0
    told = capsys.readouterr().out
    assert "people              400" in told and "records a second" in told and "peak memory" in told
    assert all(source in told for source in SOURCES)
    assert main(given) == 2
    assert "PR-M006" in capsys.readouterr().err
