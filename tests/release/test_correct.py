"""A corrected edition: its notice, what it keeps, and that nothing hidden can be read from it."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from piperoll.errors import UserError
from piperoll.release import Erratum, Made, make, verify
from piperoll.release.index import make_index
from piperoll.release.kept import check_kept
from piperoll.release.manifest import MANIFEST, read
from piperoll.release.vintages import corrections_of, editions_of
from piperoll.workspace import Workspace
from tests.searches import AT, NAME, Deliver, deliverer


WHAT = "A file of the force was counted without its last page"
WHY = "It had been cut off when it was sent."


@dataclass(frozen=True)
class Corrected:
    """A home in which 2020Q3 was released and corrected: the edition and its bytes before, the correction."""

    desk: Workspace
    place: Path
    first: Made
    before: dict[str, bytes]
    made: Made

    @property
    def out(self) -> Path:
        return self.place / "out"


@pytest.fixture(scope="module")
def corrected(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Corrected:
    place = tmp_path_factory.mktemp("corrected")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIPEROLL_NOW", AT.isoformat())
        desk = Workspace(register, place / "home")
        put = deliverer(desk, place)
        put(600)
        first = alone(desk, place / "out")
        before = contents(place / "out")
        put(600, extra=100)
        made = alone(desk, place / "out", Erratum(WHAT, WHY))
        yield Corrected(desk, place, first, before, made)


def alone(desk: Workspace, out: Path, erratum: Erratum | None = None) -> Made:
    """An edition without secondary suppression, which takes less time."""
    return make(desk, NAME, "2020Q3", out, together=False, erratum=erratum)


def contents(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() for path in directory.rglob("*") if path.is_file()
    }


def rows(directory: Path, table: str) -> list[dict[str, str]]:
    with (directory / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def manifest(directory: Path) -> dict[str, object]:
    return json.loads((directory / MANIFEST).read_text(encoding="utf-8"))


def test_it_is_the_next_edition_and_verifies(corrected: Corrected) -> None:
    assert corrected.made.release.id == f"{NAME}/2020Q3/2"
    report = verify(corrected.out, corrected.made.release.manifest_sha256)
    assert report.problems == ()
    assert next(check.looked_at for check in report.checks if check.name == "earlier editions") > 10


def test_the_edition_that_was_wrong_is_kept_to_the_byte(corrected: Corrected) -> None:
    kept = corrected.out / "editions" / "1"
    assert contents(kept) == corrected.before
    assert verify(kept, corrected.first.release.manifest_sha256).problems == ()


def test_the_notice_stands_at_the_top_of_the_page(corrected: Corrected) -> None:
    page = (corrected.out / "index.html").read_text(encoding="utf-8")
    said = f"Corrected on 1 November 2020: {WHAT}. This replaces edition 1 of Jul to Sep 2020."
    assert 0 < page.index(said) < page.index("<h1")
    assert 'href="#correction"' in page and 'id="correction"' in page and f"Why: {WHY}" in page
    assert 'href="editions/index.html"' in page
    listing = (corrected.out / "editions" / "index.html").read_text(encoding="utf-8")
    assert 'href="1/index.html"' in listing and 'href="../index.html"' in listing


def test_old_and_new_are_those_of_the_two_editions(corrected: Corrected) -> None:
    notice = corrected.made.notice
    assert notice is not None and notice.changed and set(notice.tables) == {"searches", "arrests"}
    old, new = (
        {cell.identity.text: cell.value for cell in corrected.desk.journal.published_cells(made.release.id)}
        for made in (corrected.first, corrected.made)
    )
    differing = {name for name in new if name in old and old[name] != new[name] and old[name] and new[name]}
    assert {each.identity for each in notice.changed} == differing
    assert all((each.was, each.now) == (old[each.identity], new[each.identity]) for each in notice.changed)
    hidden = {name for name in new if name in old and old[name] != new[name]} - differing
    assert notice.unlisted == len(hidden)


def test_corrections_are_told_from_revisions(corrected: Corrected) -> None:
    """Nothing was compared with before the first edition, so nothing is revised; what is corrected has another mark."""
    assert corrected.made.revisions.against == ""
    for table in ("searches", "arrests"):
        old = rows(corrected.out / "editions" / "1", table)
        for before, after in zip(old, rows(corrected.out, table), strict=True):
            marks = after["searches_status"].split()
            assert "r" not in marks
            assert ("cr" in marks) == bool(after["searches"] and before["searches"] != after["searches"])


def test_the_workbook_has_the_notice_in_its_notes_and_every_figure_on_a_sheet(corrected: Corrected) -> None:
    from piperoll.present.lint.files import read_spreadsheet

    for ending in (".xlsx", ".ods"):
        data = (corrected.out / f"{NAME}_2020Q3{ending}").read_bytes()
        sheets = {
            sheet.name: [cell.text for cell in sheet.cells.values()] for sheet in read_spreadsheet(ending, data).sheets
        }
        assert any(WHAT in text and WHY in text for text in sheets["Notes"])
        assert any(text.startswith("Table 1: ") and "[note 3]" in text for text in sheets["Table_1"])
        assert corrected.made.notice is not None
        assert sum(text == "Table 1" for text in sheets["Corrected"]) + sum(
            text == "Table 2" for text in sheets["Corrected"]
        ) == len(corrected.made.notice.changed)


def test_a_hidden_figure_is_given_neither_old_nor_new(corrected: Corrected) -> None:
    notice = corrected.made.notice
    assert notice is not None
    told = {
        made.release.id: corrected.desk.journal.published_cells(made.release.id)
        for made in (corrected.first, corrected.made)
    }
    hidden = {cell.identity.text for cells in told.values() for cell in cells if "[c]" in cell.marks}
    assert hidden and not hidden & {each.identity for each in notice.changed}
    assert not hidden & {each["cell"] for each in manifest(corrected.out)["correction"]["figures"]}  # type: ignore[index]


def test_the_log_of_corrections_is_kept_in_the_journal(corrected: Corrected) -> None:
    [(entry, said)] = corrections_of(corrected.desk, NAME)
    assert (entry.id, said.corrects, said.what, said.reason) == (
        f"{NAME}/2020Q3/2", f"{NAME}/2020Q3/1", WHAT, WHY,
    )  # fmt: skip
    assert said.figures == len(corrected.made.notice.changed) and said.published == "2020-11-01"  # type: ignore[union-attr]
    acts = [each.details for each in corrected.desk.journal.audit_entries() if each.action == "release.make"]
    assert [each.get("corrects") for each in acts] == [None, f"{NAME}/2020Q3/1"]


def test_editions_are_listed_with_what_became_of_them(corrected: Corrected) -> None:
    one, two = editions_of(corrected.desk, NAME)
    assert (one.corrected_by, two.corrects, one.withdrawn) == (two.id, one.id, False)
    assert (one.published, two.published) == ("2020-12-14", "2020-11-01")
    [listed] = manifest(corrected.out)["vintages"]  # type: ignore[misc]
    assert listed["manifest_sha256"] == corrected.first.release.manifest_sha256  # type: ignore[index]
    assert listed["corrected_by"] == ""  # as of its making  # type: ignore[index]
    page = (corrected.out / "index.html").read_text(encoding="utf-8")
    assert corrected.first.release.manifest_sha256 in page.replace("<wbr>", "")


@pytest.mark.slow
def test_made_again_it_is_the_same_to_the_byte(corrected: Corrected, monkeypatch: pytest.MonkeyPatch) -> None:
    """On another day, in another place, and without a word of the correction: it keeps its notice."""
    monkeypatch.setenv("PIPEROLL_NOW", "2021-02-03T10:00:00+00:00")
    for number, erratum in enumerate((Erratum(WHAT, WHY), None)):
        again = alone(corrected.desk, corrected.place / f"again{number}", erratum)
        assert again.release == corrected.made.release
        assert contents(corrected.place / f"again{number}") == contents(corrected.out)
    assert len(corrected.desk.journal.releases()) == 2
    # The edition that was wrong can be made again, too, from its vintage.
    first = make(corrected.desk, NAME, "2020Q3", corrected.place / "first", vintage=1, together=False)
    assert first.release == corrected.first.release and contents(corrected.place / "first") == corrected.before


@pytest.mark.parametrize("hurt", ["changed", "missing", "added", "manifest", "page", "link"])
def test_what_is_kept_cannot_be_changed_unnoticed(corrected: Corrected, tmp_path: Path, hurt: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(corrected.out, copy)
    old = copy / "editions" / "1" / "tables" / "arrests.csv"
    if hurt == "changed":
        old.write_bytes(old.read_bytes().replace(b"5", b"6", 1))
    elif hurt == "missing":
        old.unlink()
    elif hurt == "added":
        old.with_name("more.csv").write_text("a\n1\n", encoding="utf-8")
    elif hurt == "manifest":
        path = copy / "editions" / "1" / MANIFEST
        path.write_text(path.read_text(encoding="utf-8").replace('"edition": "1"', '"edition": "2"'), encoding="utf-8")
    elif hurt == "page":
        path = copy / "editions" / "index.html"
        path.write_text(path.read_text(encoding="utf-8").replace("Edition 1", "Edition one"), encoding="utf-8")
    else:
        old.unlink()
        old.symlink_to(corrected.out / "tables" / "arrests.csv")
    codes = {problem.code for problem in check_kept(copy, read(copy))[1]}
    expected = {
        "changed": {"PR-E012"},
        "missing": {"PR-E010"},
        "added": {"PR-E011"},
        "page": {"PR-E012"},
        "link": {"PR-E012"},
    }
    assert codes == expected.get(hurt, {"PR-E012", "PR-E011"})


def test_the_publications_page_lists_and_links_every_edition(corrected: Corrected, tmp_path: Path) -> None:
    folder = tmp_path / NAME
    made = make_index(corrected.desk, NAME, folder)
    assert (made.editions, made.laid, made.lost) == (2, 1, ())
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert page.index('href="2020Q3/index.html"') < page.index('href="2020Q3/editions/1/index.html"')
    assert "Correction of edition 1" in page and "Corrected by edition 2" in page and WHAT in page
    assert contents(folder / "2020Q3") == contents(corrected.out)
    assert verify(folder / "2020Q3").problems == () == verify(folder / "2020Q3" / "editions" / "1").problems
    before = contents(folder)
    assert make_index(corrected.desk, NAME, folder).laid == 0
    assert contents(folder) == before


def test_an_edition_in_the_folder_that_is_not_the_last_is_kept_below_it(corrected: Corrected, tmp_path: Path) -> None:
    folder = tmp_path / NAME
    shutil.copytree(corrected.out / "editions" / "1", folder / "quarter")
    assert make_index(corrected.desk, NAME, folder).laid == 1
    assert contents(folder / "quarter") == contents(corrected.out)


def test_the_publications_page_writes_over_nothing_else(corrected: Corrected, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine", encoding="utf-8")
    for place in (tmp_path, corrected.out):
        with pytest.raises(UserError, match="PR-E083"):
            make_index(corrected.desk, NAME, place)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == "mine"


def test_pages_of_editions_are_sound(corrected: Corrected, tmp_path: Path) -> None:
    from piperoll.present.lint import lint_file

    make_index(corrected.desk, NAME, tmp_path / NAME)
    pages = [tmp_path / NAME / "index.html", corrected.out / "editions" / "index.html", corrected.out / "index.html"]
    assert [problem for page in pages for problem in lint_file(page)] == []


def test_what_cannot_be_corrected(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver(300)
    with pytest.raises(UserError, match=r"PR-E080 .*no edition of this period"):
        alone(desk, tmp_path / "out", erratum=Erratum(WHAT, WHY))
    for what, why in (("", WHY), (WHAT, "  ")):
        with pytest.raises(UserError, match="PR-E081"):
            alone(desk, tmp_path / "out", erratum=Erratum(what, why))
    with pytest.raises(UserError, match="PR-E082"):
        make_index(desk, NAME, tmp_path / "folder")
    assert not (tmp_path / "out").exists() and not (tmp_path / "folder").exists()


@pytest.mark.slow
def test_a_correction_of_words_alone_says_that_no_figure_changed(
    desk: Workspace, deliver: Deliver, tmp_path: Path
) -> None:
    deliver(300)
    alone(desk, tmp_path / "out")
    made = alone(desk, tmp_path / "out", erratum=Erratum("A title named the wrong force", "A slip."))
    assert made.notice is not None and (made.notice.changed, made.notice.unlisted, made.notice.tables) == ((), 0, ())
    assert "No figure that both editions show is another." in (tmp_path / "out" / "index.html").read_text(
        encoding="utf-8"
    )
    assert verify(tmp_path / "out").problems == ()
    # A second correction leaves both below it, each reachable.
    third = alone(desk, tmp_path / "out", erratum=Erratum("A note was missing", "A slip."))
    assert third.release.edition == "3" and third.lost == ()
    assert verify(tmp_path / "out").problems == ()
    for number in ("1", "2"):
        assert verify(tmp_path / "out" / "editions" / number).problems == ()
    stub = (tmp_path / "out" / "editions" / "2" / "editions" / "index.html").read_text(encoding="utf-8")
    assert 'href="../../index.html"' in stub
    assert not (tmp_path / "out" / "editions" / "2" / "editions" / "1").exists()


@pytest.mark.slow
def test_withdrawn_it_is_listed_and_not_laid_out(desk: Workspace, deliver: Deliver, tmp_path: Path) -> None:
    deliver(300)
    one = alone(desk, tmp_path / "one")
    deliver(300, extra=40)
    two = alone(desk, tmp_path / "two")
    before = contents(tmp_path / "two")
    desk.journal.set_release_status(one.release.id, "withdrawn")
    # What was made before it was withdrawn is made again as it was.
    assert alone(desk, tmp_path / "two").release == two.release
    assert contents(tmp_path / "two") == before
    made = make_index(desk, NAME, tmp_path / "folder")
    assert (made.editions, made.lost) == (2, ())
    page = (tmp_path / "folder" / "index.html").read_text(encoding="utf-8")
    assert "Withdrawn" in page and "editions/1/index.html" not in page
    deliver(300, extra=90)
    third = alone(desk, tmp_path / "three")
    assert third.release.edition == "3" and third.revisions.against == two.release.id
    assert not (tmp_path / "three" / "editions" / "1").exists() and (tmp_path / "three" / "editions" / "2").exists()
