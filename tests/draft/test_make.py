"""`piperoll init`: from a file to a register that works as drafted, with every guess marked."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from piperoll.cli import main
from piperoll.collect.limits import Limits
from piperoll.draft.look import look_at
from piperoll.draft.make import Drafted, draft
from piperoll.draft.seen import Seen
from piperoll.errors import EXIT_STATUS, UserError
from piperoll.register import inspect
from piperoll.workspace import Workspace


ROOT = Path(__file__).resolve().parents[2]
NOW = "2020-12-01T09:30:00+00:00"
TODAY = dt.date(2020, 12, 1)
CANARIES = ("Zebedee", "Quillfeather", "zq@example.org", "1977-03-03", "ZZ9 9ZZ", "QX/2020/", "07700900123")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Complaints of our own making, with identifiers that must turn up nowhere."""
    draw = random.Random(7)
    header = (
        "Reference,First name,Surname,Date of birth,E-mail,Mobile,Postcode,Received,Kind,Sex,Amount,Resolved,Remarks"
    )
    rows = []
    for n in range(400):
        day = dt.date(2020, 7, 1) + dt.timedelta(days=draw.randrange(92))
        remark = f'"Zebedee said, {n} times"' if n % 3 else ""
        amount = f"{draw.randrange(1, 500)}.{draw.randrange(100):02d}" if n % 5 else "N/A"
        rows.append(
            f"QX/2020/{n:05d},Zebedee,Quillfeather,1977-03-03,zq@example.org,07700900123,ZZ9 9ZZ,{day:%d/%m/%Y},"
            f"{draw.choice(('delay', 'cost', 'conduct'))},{draw.choice('MF')},{amount},{draw.choice(('yes', 'no'))},{remark}"
        )
    path = tmp_path_factory.mktemp("file") / "complaints_2020Q3.csv"
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def drafted(file: Path) -> Drafted:
    return draft(file.parent / "register", file, TODAY)


@pytest.fixture(scope="module")
def texts(drafted: Drafted) -> dict[str, str]:
    return {name: (drafted.directory / name).read_text(encoding="utf-8") for name in drafted.files}


def test_what_is_drafted(drafted: Drafted) -> None:
    found = {each.name: (each.type, each.cls) for each in drafted.seen.columns}
    assert found == {
        "reference": ("str", "L"),
        "first_name": ("str", "D"),
        "surname": ("str", "D"),
        "date_of_birth": ("date", "D"),
        "e_mail": ("str", "D"),
        "mobile": ("str", "D"),
        "postcode": ("str", "D"),
        "received": ("date", "T"),
        "kind": ("code", "A"),
        "sex": ("code", "Q"),
        "amount": ("dec(7,2)", "M"),
        "resolved": ("bool", "A"),
        "remarks": ("str", "A"),
    }
    assert drafted.seen.key == ("reference",)
    assert (str(drafted.plan.slot), drafted.plan.mode, drafted.plan.pattern) == (
        "2020Q3",
        "events",
        "complaints_{period}.csv",
    )
    assert [each.name for each in drafted.plan.breakdowns] == ["sex", "by_kind"]


def test_no_restricted_value_is_in_any_file(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        assert not [canary for canary in CANARIES if canary in text], name


def test_every_guess_is_marked_and_listed(texts: dict[str, str], drafted: Drafted) -> None:
    source = texts["sources/complaints.yaml"].splitlines()
    for line in source:
        if line.strip().startswith(("- {name:", "mode:", "key:", "period:", "owed_from:", "encoding:", "pattern:")):
            assert line.endswith("; confirm"), line
            assert "# guess: " in line
    for each in drafted.seen.columns:
        assert f"`{each.name}`" in texts["CONFIRM.md"]
        assert each.why_class in texts["CONFIRM.md"]
    assert "suppress_below: 5  # guess" in texts["policies/complaints.yaml"]
    assert texts["publications/complaints/counted.sql"].startswith("-- guess: ")


def test_it_passes_the_check_collects_all_and_releases(
    drafted: Drafted, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEROLL_NOW", NOW)
    space = Workspace(drafted.directory, tmp_path / "home")
    (receipt,) = space.collect([file])
    assert (receipt.rows_in, receipt.rows_kept, receipt.rows_refused) == (400, 400, 0)
    made = space.release(drafted.plan.key, "2020Q3", tmp_path / "edition")
    assert space.verify(made.directory).holds
    table = space.table(drafted.plan.key, "first", period="2020Q3")
    assert table.filter((table["sex_code"] == "all") & (table["by_kind_code"] == "all"))["records"].to_list() == [400.0]
    found = space.trace(made.release.id, "first", "records,2020-07")
    assert [each.delivery.id for step in found.steps for each in step.contributions] == [receipt.delivery]


def test_the_same_file_gives_the_same_bytes(file: Path, tmp_path: Path, texts: dict[str, str]) -> None:
    again = draft(tmp_path / "again", file, TODAY, look_=near)
    assert {name: (again.directory / name).read_text(encoding="utf-8") for name in again.files} == texts


def near(file: Path, told: str, limits: Limits) -> Seen:
    """Look without a child."""
    import tempfile

    with tempfile.TemporaryDirectory() as work:
        return look_at(file, Path(work), told, limits)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "small.csv"
    path.write_text("kind,n\n" + "a,1\nb,2\n" * 10, encoding="utf-8")
    yield path


@pytest.mark.parametrize("what", ["file", "full", "link"])
def test_a_place_that_is_taken_is_refused(what: str, small: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    if what == "file":
        place.write_text("mine")
    elif what == "full":
        place.mkdir()
        (place / "mine.txt").write_text("mine")
    else:
        place.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError) as told:
        draft(place, small, TODAY, look_=near)
    assert told.value.code == "PR-I001"
    assert what != "full" or [each.name for each in place.iterdir()] == ["mine.txt"]


def test_an_empty_directory_is_taken(small: Path, tmp_path: Path) -> None:
    (tmp_path / "place").mkdir()
    made = draft(tmp_path / "place", small, TODAY, look_=near)
    assert inspect(made.directory)[1] == []


@pytest.mark.parametrize("name", ["Big", "1st", "a__b", "a-b", "../x", "a_"])
def test_a_name_that_is_no_key(name: str, small: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError) as told:
        draft(tmp_path / "place", small, TODAY, name, look_=near)
    assert told.value.code == "PR-I005"


def test_nothing_is_left_where_the_check_fails(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("piperoll.draft.make.files", lambda seen, plan: {"register.yaml": "nonsense: true\n"})
    with pytest.raises(UserError) as told:
        draft(tmp_path / "place", small, TODAY, look_=near)
    assert told.value.code == "PR-I006"
    assert [each.name for each in tmp_path.iterdir()] == ["small.csv"]


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [(b"", "PR-C006", "C"), (b"kind,n\n", "PR-I003", "I"), (b"PK\x03\x04", "PR-I002", "I"), (None, "PR-C029", "C")],
)
def test_the_command_says_what_is_wrong(
    content: bytes | None, code: str, status: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit) as stop:
        main(["--home", str(tmp_path / "home"), "init", str(tmp_path / "register"), "--from", str(path)])
    assert stop.value.code == EXIT_STATUS[status]
    said = capsys.readouterr().err
    assert said.startswith(code)
    assert "Traceback" not in said
    assert not (tmp_path / "register").exists()


def test_the_command_says_what_to_do_next(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    register = tmp_path / "register"
    with pytest.raises(SystemExit) as stop:
        main(["--home", str(tmp_path / "home"), "init", str(register), "--from", str(small), "--name", "things"])
    assert stop.value.code == 0
    said = capsys.readouterr().out
    assert "20 rows: 2 fields" in said
    assert f"collect {small} --dataset things.record --period" in said


def test_each_code_has_a_page() -> None:
    used = {
        word[1:8]
        for path in (ROOT / "src" / "piperoll" / "draft").glob("*.py")
        for word in path.read_text(encoding="utf-8").split()
        if word.startswith('"PR-I')
    }
    used |= {"PR-I001", "PR-I002", "PR-I003", "PR-I004", "PR-I005", "PR-I006"}
    for code in used:
        page = (ROOT / "docs" / "errors" / f"{code}.md").read_text(encoding="utf-8")
        assert page.startswith(f"# {code}: ")
        assert "## When it occurs" in page
        assert "## How to fix" in page


@pytest.mark.parametrize(
    ("stem", "key"),
    [
        ("complaints_2020Q3", "complaints"),
        ("met_stop_search_2020_07_09", "met_stop_search"),
        ("outcomes 2018-19", "outcomes"),
        ("dataset4a", "dataset4a"),
        ("2020", "c_2020"),
        ("Größe", "grosse"),
    ],
)
def test_the_key_comes_from_the_name_without_its_period(stem: str, key: str, tmp_path: Path) -> None:
    file = tmp_path / f"{stem}.csv"
    file.write_text("kind,n\n" + "a,1\nb,2\n" * 10, encoding="utf-8")
    assert draft(tmp_path / "register", file, TODAY, look_=near).plan.key == key


def test_what_is_left_out_or_will_be_refused_is_told(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("kind,a,b,c,n,\n" + "x,1,1,1,1,\n" * 30 + "x,1\n", encoding="utf-8")
    made = draft(tmp_path / "register", file, TODAY, look_=near)
    said = (made.directory / "CONFIRM.md").read_text(encoding="utf-8")
    assert "1 columns have no usable name" in said
    assert "1 lines have another number of columns" in said


def test_what_makes_no_sense_is_not_believed(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("piperoll.collect.child.Children.run", lambda self, job: {"columns": "x"})
    with pytest.raises(UserError) as told:
        draft(tmp_path / "place", small, TODAY)
    assert told.value.code == "PR-C003"
    assert not (tmp_path / "place").exists()


def test_headers_that_nearly_clash_still_pass_the_check(tmp_path: Path) -> None:
    file = tmp_path / "sizes.csv"
    file.write_text("Größe,Grosse,Group,group_field\n" + "".join(f"{n},{n},a,b\n" for n in range(30)), encoding="utf-8")
    made = draft(tmp_path / "register", file, TODAY, look_=near)
    assert [each.name for each in made.seen.columns] == ["grosse_2", "grosse", "group_field_2", "group_field"]
