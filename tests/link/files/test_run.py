"""Files of every sort, linked into a directory, or refused with a sentence that shows nothing of them."""

from __future__ import annotations

import gzip
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from piperoll.errors import UserError
from piperoll.link import tables
from piperoll.link.engine import Linked
from piperoll.link.files.read import read_files, wanted
from piperoll.link.files.run import link_files, whole
from piperoll.link.files.spec import Loaded
from piperoll.link.spec.terms import Term
from tests.link.worlds import people


Load = Callable[..., Loaded]
CANARY = "Quetzalcoatl"


def clusters(out: Path) -> pl.DataFrame:
    return pl.read_parquet(out / "clusters.parquet")


def test_everything_is_written_for_its_owner_alone(people_csv: Path, loaded: Load, tmp_path: Path) -> None:
    told: list[str] = []
    done = link_files(loaded(truth="who", groups=["forename"]), [people_csv], tmp_path / "out", progress=told.append)
    out = tmp_path / "out"
    assert {each.name for each in out.iterdir()} == {
        "clusters.parquet", "persons.parquet", "pairs.parquet", "model.json", "report.html", "charts", "assets", "population"}  # fmt: skip
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert stat.S_IMODE((out / "population").stat().st_mode) == 0o700
    assert not list(tmp_path.glob(".out*"))
    assert {"Reading", "Cleaning", "Joining", "Writing"} <= set(told)
    frame = people(120, 8)
    assert sorted(clusters(out)["record"]) == sorted(frame["id"])
    assert done.evaluation is not None
    assert done.evaluation.agreement.pairwise.f1 > 0.9
    pairs = pl.read_parquet(out / "pairs.parquet")
    assert pairs["weight"].is_sorted(descending=True)
    assert (pairs["probability"] - 1 / (1 + 2.0 ** -pairs["weight"])).abs().max() < 1e-12
    person = dict(zip(clusters(out)["record"], clusters(out)["person"], strict=True))
    for left, right, same in pairs.select("record_l", "record_r", "same_person").iter_rows():
        assert (person[left] == person[right]) == same
    assert clusters(out)["person"].str.contains("^P[0-9A-HJKMNP-TV-Z]{13}$").all()


def test_an_earlier_model_gives_the_same(people_csv: Path, loaded: Load, tmp_path: Path) -> None:
    link_files(loaded(), [people_csv], tmp_path / "one")
    link_files(loaded(), [people_csv], tmp_path / "two", model=tmp_path / "one" / "model.json")
    for name in ("clusters.parquet", "pairs.parquet", "model.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    "change",
    ["", "{", "[]", "3", {"comparisons": []}, {"prior": 0}, {"prior": "x"}, {"prior": float("nan")}, {"rules": 3},
     {"rounds": None}, {"m": 0}, {"m": 7}, {"m": "x"}, {"when": "dob"}],
)  # fmt: skip
def test_what_is_no_model_is_refused(
    people_csv: Path, loaded: Load, tmp_path: Path, linked: Linked, change: Any
) -> None:
    path = tmp_path / "model.json"
    if isinstance(change, str):
        path.write_text(change)
    else:
        told = json.loads(json.dumps(tables.model(linked)))
        level = told["comparisons"][0]["levels"][1]
        for key, value in change.items():
            (level if key in level else told)[key] = value
        path.write_text(json.dumps(told))
    with pytest.raises(UserError) as caught:
        link_files(loaded(), [people_csv], tmp_path / "two", model=path)
    assert caught.value.code == "PR-L012"
    assert not (tmp_path / "two").exists()


def test_files_of_every_sort_are_the_same_table(people_csv: Path, loaded: Load, tmp_path: Path) -> None:
    frame = pl.read_csv(people_csv, infer_schema=False)
    text = people_csv.read_bytes()
    places = {
        name: tmp_path / name / "people"
        for name in ("mark", "gz", "semicolon", "parquet", "dictionary", "crlf", "quoted")
    }
    for each in places.values():
        each.parent.mkdir()
    written = [
        (places["mark"].with_suffix(".csv"), b"\xef\xbb\xbf" + text), (places["gz"].with_suffix(".csv.gz"), gzip.compress(text, mtime=0)),
        (places["semicolon"].with_suffix(".csv"), text.replace(b",", b";")), (places["crlf"].with_suffix(".csv"), text.replace(b"\n", b"\r\n")),
    ]  # fmt: skip
    for path, data in written:
        path.write_bytes(data)
    frame.write_csv(places["quoted"].with_suffix(".csv"), quote_style="always")
    frame.write_parquet(places["parquet"].with_suffix(".parquet"))
    table = frame.to_arrow()
    table = table.set_column(2, "forename", table["forename"].cast(pa.string()).dictionary_encode())
    pq.write_table(table, places["dictionary"].with_suffix(".parquet"), row_group_size=50)
    for name in places:
        (path,) = (tmp_path / name).iterdir()
        with read_files([path], loaded().declared) as frames:
            assert list(frames) == ["people"]
            # nothing is the empty text in CSV
            found, wanted_there = (each.fill_null("") for each in (frames["people"], frame))
            assert found.equals(wanted_there.select("id", "forename", "surname", "dob", "postcode")), name


@pytest.mark.slow
def test_letters_beyond_ascii_are_read_from_unicode_and_refused_from_anything_else(
    loaded: Load, tmp_path: Path
) -> None:
    text = "id,forename,surname,dob,postcode\n1,Zoë,Müller,1980-01-02,AB1 2CD\n2,Zoe,Muller,1980-01-02,AB1 2CD\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text.encode(encoding))
        done = link_files(loaded(), [path], tmp_path / encoding)
        assert done.linked.ready.records.columns[Term("surname")].distinct.to_list() == ["MULLER"]
    (tmp_path / "latin.csv").write_bytes(text.encode("latin-1"))
    error = refused(loaded(), tmp_path / "latin.csv", tmp_path / "out")
    assert (error.code, error.fix) == ("PR-L006", "Export it as UTF-8.")  # there is no option to say which it is


def refused(loaded: Loaded, path: Path, out: Path) -> UserError:
    with pytest.raises(UserError) as caught:
        link_files(loaded, [path], out)
    assert not out.exists()
    assert CANARY not in caught.value.sentence
    assert caught.value.fix
    return caught.value


HEAD = "id,forename,surname,dob,postcode\n"
ROW = f"1,{CANARY},{CANARY},1980-01-02,AB1 2CD\n"


@pytest.mark.parametrize(
    ("name", "data", "codes"),
    [
        ("empty.csv", b"", "PR-L006 PR-C"), ("header.csv", HEAD.encode(), "PR-L006"), ("blank.csv", b"\n\n\n", "PR-L006 PR-C PR-L003"),
        ("ragged.csv", (HEAD + ROW + f"2,{CANARY}\n").encode(), "PR-L006"), ("long.csv", (HEAD + ROW.strip() + f",{CANARY}\n").encode(), "PR-L006"),
        ("nul.csv", (HEAD + ROW + "2,\0,\0,\0,\0\n").encode(), "PR-L006 PR-C"), ("open.csv", (HEAD + ROW + f'2,"{CANARY},a,b,c\n').encode(), "PR-L006"),
        ("cut.csv.gz", gzip.compress((HEAD + ROW * 50).encode(), mtime=0)[:-20], "PR-L006 PR-C"), ("text.parquet", (HEAD + ROW).encode()[:20], "PR-L"),
        ("half.parquet", b"PAR1" + b"x" * 100, "PR-L006 PR-C"), ("twice.csv", b"id,id,forename,surname,dob,postcode\n1,1,a,b,c,d\n", "PR-L006 PR-L003"),
        ("other.csv", b"a,b\n1,2\n", "PR-L003"), ("binary.csv", bytes(range(256)) * 20, "PR-L006 PR-C"), ("page.html", b"<html><table></table></html>", "PR-L PR-C"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence(
    loaded: Load, tmp_path: Path, name: str, data: bytes, codes: str
) -> None:
    (tmp_path / name).write_bytes(data)
    error = refused(loaded(), tmp_path / name, tmp_path / "out")
    assert error.code.startswith(tuple(codes.split())), error.sentence
    assert name in error.where


@pytest.mark.parametrize("place", [0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0])
def test_damaged_parquet_is_refused_or_read_as_text(loaded: Load, tmp_path: Path, place: float) -> None:
    """What is damaged inside a page may still be a value: it is a text then, and not another file's memory."""
    people(500, 1).with_columns(surname=pl.lit(CANARY)).write_parquet(tmp_path / "good.parquet")
    data = (tmp_path / "good.parquet").read_bytes()
    at = int(4 + place * (len(data) - 36))
    path = tmp_path / "bad.parquet"
    path.write_bytes(data[:at] + b"\xff" * 24 + data[at + 24 :])
    try:
        with read_files([path], loaded().declared) as frames:
            assert frames["bad"].height == 736
            assert all(
                each is None or each.encode().decode() == each
                for name in frames["bad"].columns
                for each in frames["bad"][name]
            )
    except UserError as error:
        assert error.code.startswith(("PR-L006", "PR-C"))
        assert CANARY not in error.sentence


def test_archives_directories_and_files_that_are_not_there(loaded: Load, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", HEAD + ROW)
    assert refused(loaded(), tmp_path / "a.zip", tmp_path / "out").code == "PR-L006"
    assert refused(loaded(), tmp_path / "none.csv", tmp_path / "out").code == "PR-L006"
    (tmp_path / "dir.csv").mkdir()
    assert refused(loaded(), tmp_path / "dir.csv", tmp_path / "out").code == "PR-L006"


def test_a_column_is_named_that_is_not_there(loaded: Load, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text((HEAD + ROW).replace("surname", "surnam"))
    error = refused(loaded(), tmp_path / "a.csv", tmp_path / "out")
    assert (error.code, "surnam" in error.fix) == ("PR-L003", True)
    (tmp_path / "b.csv").write_text(HEAD + ROW)
    assert refused(loaded(truth="whom"), tmp_path / "b.csv", tmp_path / "out2").code == "PR-L003"


def test_a_directory_with_something_in_it_is_left_alone(people_csv: Path, loaded: Load, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("x")
    for out in (tmp_path / "out", people_csv):
        with pytest.raises(UserError) as caught:
            link_files(loaded(), [people_csv], out)
        assert caught.value.code == "PR-L007"
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["mine"]
    (tmp_path / "new").mkdir()
    link_files(loaded(), [people_csv], tmp_path / "new")
    assert (tmp_path / "new" / "clusters.parquet").is_file()


def test_a_directory_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    def write(into: Path) -> None:
        (into / "a").write_text("x")
        raise OSError(28, "full")

    with pytest.raises(UserError, match="No space left"):
        whole(tmp_path / "deep" / "out", write)
    assert list((tmp_path / "deep").iterdir()) == []


HOSTILE = ["=cmd|' /C calc'!A0", "../../../etc/passwd", "'; DROP TABLE records; --", "<script>alert(1)</script>", "{{7*7}}", "\u202egnp.exe",
           "${jndi:ldap://x}", "%s%s%n", "NULL", "nan", "-1", "🙂" * 40, "\\", '"', "x" * 300]  # fmt: skip


def test_values_that_would_do_harm_elsewhere_are_values_here(loaded: Load, tmp_path: Path) -> None:
    rows = [{"id": f"{k}{value}", "forename": value, "surname": value, "dob": value, "postcode": value}
            for value in HOSTILE for k in range(2)]  # fmt: skip
    frame = pl.DataFrame(rows)
    frame.write_csv(tmp_path / "hostile.csv")
    link_files(loaded(groups=["forename"], truth="surname"), [tmp_path / "hostile.csv"], tmp_path / "out")
    assert sorted(clusters(tmp_path / "out")["record"]) == sorted(frame["id"])
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page  # a value of a column that divides the evaluation is named in it
    assert not (tmp_path.parent / "etc").exists()


def test_two_files_of_one_name_and_columns_named_file_by_file(loaded: Load, tmp_path: Path) -> None:
    frame = people(60, 2)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        frame.write_csv(tmp_path / name / "people.csv")
    done = link_files(loaded(), [tmp_path / "one" / "people.csv", tmp_path / "two" / "people.csv"], tmp_path / "out")
    assert sorted(set(clusters(tmp_path / "out")["file"])) == ["people", "people+"]
    person = {(file, record): who for file, record, who in clusters(tmp_path / "out").iter_rows()}
    together = [person["people", name] == person["people+", name] for name in frame["id"]]
    assert sum(together) > 0.9 * len(together)
    assert done.linked.ready.mode == "both"


def test_columns_that_nobody_asked_for_are_not_read(loaded: Load) -> None:
    declared = loaded(truth="who", groups=["sex", "who"]).declared
    need, take = wanted(declared, "a")
    assert (need, take) == (["id", "forename", "surname", "dob", "postcode", "who", "sex"], [])


def test_lists_and_structures_are_refused_or_read_as_text(loaded: Load, tmp_path: Path) -> None:
    frame = people(20, 1).with_columns(pl.concat_list("surname", "surname").alias("surname"))
    frame.write_parquet(tmp_path / "lists.parquet")
    error = refused(loaded(), tmp_path / "lists.parquet", tmp_path / "out")
    assert (error.code, "surname" in error.message) == ("PR-L006", True)
