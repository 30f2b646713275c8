"""The files of the Statement: pages that lint, a workbook that lints, JSON to its schema, the same bytes each time."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from piperoll.errors import UserError
from piperoll.present.lint import lint_bytes, lint_directory
from piperoll.register import load
from piperoll.register.model.register import Register
from piperoll.statement import render
from piperoll.statement.book import workbook
from piperoll.statement.data import schema, to_json
from piperoll.statement.document import Statement
from piperoll.statement.older import older
from piperoll.statement.pages import pages
from piperoll.statement.write import files, write


ROOT = Path(__file__).parents[2]
Edit = Callable[..., Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """A copy of the register with texts replaced in one file."""

    def make(name: str, *pairs: tuple[str, str]) -> Path:
        directory = tmp_path / "older"
        if not directory.exists():
            shutil.copytree(ROOT / "justice", directory)
        path = directory / name
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return directory

    return make


def test_pages_by_key(statement: Statement) -> None:
    made = pages(statement)
    assert set(made) == {"index.html", "whole.html", *(f"{each.key}.html" for each in statement.entries)}
    assert len(made) == 36


def test_pages_hold_every_line(statement: Statement) -> None:
    def plain(page: bytes) -> str:
        text = re.sub(r"<[^>]+>", "", page.decode())
        for entity, character in (("&#39;", "'"), ("&amp;", "&"), ("&#34;", '"')):
            text = text.replace(entity, character)
        return " ".join(text.split())

    made = pages(statement)
    whole = plain(made["whole.html"])
    for entry in statement.entries:
        own = plain(made[f"{entry.key}.html"])
        for part in entry.parts:
            for line in part.lines:
                for text in (line.text, *line.items):
                    assert " ".join(text.split()) in own
                    assert " ".join(text.split()) in whole


def test_written_files_lint(register: Register, statement: Statement, tmp_path: Path) -> None:
    write(files(statement, register), tmp_path)
    assert lint_directory(tmp_path) == ()


def test_links_of_the_index_lead_somewhere(register: Register, statement: Statement, tmp_path: Path) -> None:
    paths = write(files(statement, register), tmp_path)
    names = {str(path.relative_to(tmp_path)) for path in paths}
    for path in paths:
        if path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            local = set(re.findall(r'href="([^"#:]+)"', text))
            assert local <= names
            anchors = set(re.findall(r'href="#([^"]+)"', text))
            assert anchors <= set(re.findall(r'id="([^"]+)"', text))


def test_same_register_same_bytes(register: Register) -> None:
    again = load(ROOT / "justice")
    assert files(render(register), register) == files(render(again), again)


def test_json_meets_its_schema(register: Register, statement: Statement) -> None:
    document = json.loads(to_json(statement, register))
    jsonschema.Draft202012Validator(schema()).validate(document)
    assert len(document["entries"]) == 34
    assert list(document["policies"]) == ["possession"]
    facts = next(each for each in document["entries"] if each["key"] == "cms_care")["facts"]
    assert facts["access"][0]["users"] == 10
    assert facts["statistical"] == "none"
    function = next(each for each in document["entries"] if each["key"] == "cis")["facts"]["description"]["functions"][
        1
    ]
    assert function == {"what": "Civil Representation Case Management", "with": "The Statutory Charge"}


def test_the_schema_refuses_another_shape(register: Register, statement: Statement) -> None:
    document = json.loads(to_json(statement, register))
    document["entries"][0]["parts"].pop()
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(document)


def test_workbook_has_every_fact(register: Register, statement: Statement) -> None:
    book = workbook(statement, register)
    tables = {table.stem: table for table in book.tables}
    assert list(tables) == ["sources", "facts", "publications", "common", "text_notes", "abbreviations"]
    assert len(tables["sources"].rows) == 34
    assert len(tables["facts"].rows) == sum(len(part.lines) for each in statement.entries for part in each.parts)
    assert {row[0] for row in tables["facts"].rows} == {each.key for each in statement.entries}


def test_nothing_changed_against_itself(register: Register) -> None:
    text = render(register, since=register, since_name="today")
    assert text.changes == ()
    assert not [line for each in text.entries for part in each.parts for line in part.lines if line.change]


def test_a_changed_fact_is_told_and_marked(register: Register, edited: Edit) -> None:
    directory = edited("sources/familyman.yaml", ("frequency: [quarterly]", "frequency: [yearly]"))
    text = render(register, since=load(directory), since_name="last year")
    assert [(each.key, each.kind) for each in text.changes] == [("familyman", "changed")]
    lines = text.changes[0].parts[0].lines
    assert [line.change for line in lines] == ["removed", "added"]
    assert "yearly" in lines[0].text
    assert "quarterly" in lines[1].text
    marked = [line for each in text.entries for part in each.parts for line in part.lines if line.change]
    assert [line.text for line in marked] == [lines[1].text]
    made = files(text, register)
    assert b"<ins>" in made["familyman.html"]
    assert b"<del>" in made["familyman.html"]
    assert b"<ins>" not in made["caseman.html"]
    assert b"What changed since last year" in made["index.html"]
    for name in ("index.html", "whole.html", "familyman.html", "statement.ods"):
        assert lint_bytes(name, made[name]) == ()
    jsonschema.Draft202012Validator(schema()).validate(json.loads(made["statement.json"]))


def test_entries_added_and_removed(register: Register, edited: Edit) -> None:
    directory = edited("register.yaml", (", publication: foi_implementation", ""))
    for kind in ("sources", "quality", "monitor"):
        (directory / kind / "foi.yaml").unlink()
    # What is made from the source goes with it.
    shutil.rmtree(directory / "publications" / "foi_implementation")
    older_register = load(directory)
    assert [(each.key, each.kind) for each in render(register, since=older_register).changes] == [("foi", "added")]
    assert [(each.key, each.kind) for each in render(older_register, since=register).changes] == [("foi", "removed")]


def test_changes_of_title_filing_and_policy_are_told(register: Register, edited: Edit) -> None:
    edited("sources/libra.yaml", ("page: 18", "page: 19"))
    edited("sources/fmpo.yaml", ("title: Forced", "title: Enforced"))
    directory = edited("policies/possession.yaml", ("round_to: 5", "round_to: 10"))
    changed = {each.key: [part.key for part in each.parts] for each in render(register, since=load(directory)).changes}
    assert changed["libra"] == ["title"]
    assert changed["fmpo"] == ["title"]
    assert changed["caseman"] == changed["pcol"] == ["access"]
    assert changed["frame"] == ["suppression"]


@pytest.fixture
def repository(tmp_path: Path, edited: Edit) -> Path:
    """A git repository whose first commit holds an older register in a folder, and whose second changes a fact."""
    directory = edited("sources/familyman.yaml", ("frequency: [quarterly]", "frequency: [yearly]"))

    def git(*arguments: str) -> None:
        names = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *names, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "before")
    git("add", "older")
    git("commit", "-q", "-m", "first")
    edited("sources/familyman.yaml", ("frequency: [yearly]", "frequency: [quarterly]"))
    git("commit", "-q", "-a", "-m", "second")
    return directory


def test_since_a_git_reference(repository: Path, register: Register) -> None:
    then = older("HEAD~1", repository)
    assert [each.key for each in render(register, since=then).changes] == ["familyman"]
    assert render(register, since=older("HEAD", repository)).changes == ()


@pytest.mark.parametrize("reference", ["nowhere", "--output=x", "", "HEAD~2"])
def test_since_what_is_no_older_register(repository: Path, reference: str) -> None:
    with pytest.raises(UserError) as told:
        older(reference, repository)
    assert told.value.code == "PR-X003"


def test_since_a_broken_register(edited: Edit) -> None:
    directory = edited("sources/libra.yaml", ("page: 18", "pages: 18"))
    with pytest.raises(UserError) as told:
        older(str(directory), ROOT / "justice")
    assert told.value.code == "PR-X004"
    assert "libra.yaml" in told.value.message


def test_an_older_register_needs_only_its_facts(register: Register, edited: Edit) -> None:
    directory = edited("sources/caseman.yaml", ("datasets:", "datasets: broken\nother:"))
    text = (directory / "sources" / "caseman.yaml").read_text(encoding="utf-8")
    (directory / "sources" / "caseman.yaml").write_text(text.partition("\nother:")[0] + "\n", encoding="utf-8")
    shutil.rmtree(directory / "codes")
    assert render(register, since=older(str(directory), ROOT / "justice")).changes == ()


def test_an_older_register_with_a_reference_to_nothing(edited: Edit) -> None:
    directory = edited("sources/libra.yaml", ("product: women_and_cjs", "product: women"))
    with pytest.raises(UserError) as told:
        older(str(directory), ROOT / "justice")
    assert told.value.code == "PR-X004"
    assert "There is no product `women`" in told.value.message


def test_a_register_without_a_statement(register: Register) -> None:
    from dataclasses import replace

    with pytest.raises(UserError) as told:
        render(replace(register, frame=None))
    assert told.value.code == "PR-X001"
    assert register.frame is not None
    with pytest.raises(UserError) as told:
        render(replace(register, frame=replace(register.frame, as_of=None)))
    assert told.value.code == "PR-X002"
    assert render(replace(register, frame=replace(register.frame, as_of=None)), dt.date(2013, 1, 1)).entries


def test_a_place_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError) as told:
        write({"index.html": b""}, tmp_path / "file")
    assert told.value.code == "PR-X005"


def test_the_documented_schema_is_the_one_used() -> None:
    documented = json.loads((ROOT / "docs" / "reference" / "statement.schema.json").read_text(encoding="utf-8"))
    assert documented == schema()
    jsonschema.Draft202012Validator.check_schema(documented)


def test_the_change_column_is_there_only_where_something_is_compared(register: Register, statement: Statement) -> None:
    alone = next(each for each in workbook(statement, register).tables if each.stem == "facts")
    assert "change" not in [column.name for column in alone.columns]
    against = render(register, since=register, since_name="v1")
    compared = next(each for each in workbook(against, register).tables if each.stem == "facts")
    assert compared.columns[-1].label == "Change since v1"
