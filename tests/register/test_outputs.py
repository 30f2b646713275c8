"""What entries name as outputs is read from the entries alone, and each is led to what makes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from piperoll.cli import program
from piperoll.register import inspect, load
from piperoll.register.model.facts import Entry, Frame, Output, Sharing
from piperoll.register.model.facts.frame import Product
from piperoll.register.model.register import Register
from piperoll.register.outputs import Named, outputs, without_statistics
from piperoll.release.outputs import cells_of, rows_of
from tests.register.conftest import BASE, JUSTICE, Edited


PRODUCTS = (Product("bulletin", "Bulletin of fines", publication="fines"), Product("survey", "Survey of somebody"))
ENTRY = Entry(
    statistical=(Output("bulletin"), Output("survey", named="The survey")),
    non_statistical="none",
    synergies=(Output("nowhere"),),
    access=(
        Sharing("access", "the system"),
        Sharing("supply", "extracts", inward=True),
        Sharing("supply", "figures", frequency=("monthly",), channel="post", publication="fines"),
        Sharing("upload", "figures"),
        Sharing("supply", "analyses", on_request=True),
        Sharing("supply", "answers", purpose=("contributions to requests",)),
        Sharing("supply", "figures of their own", back=True),
        Sharing("report", "local reports", by="each office"),
    ),
)


def with_facts(**entry: object):
    register = load(BASE)
    sources = {key: replace(source, entry=replace(ENTRY, **entry)) for key, source in register.sources.items()}
    return replace(register, sources=sources, frame=Frame(products=PRODUCTS))


def told(named: list[Named]) -> list[tuple[str, str, str, bool]]:
    return [(each.heading, each.title, each.publication.key if each.publication else each.elsewhere, each.unbuilt)
            for each in named]  # fmt: skip


def test_every_output_is_there_and_says_what_makes_it() -> None:
    register = with_facts()
    (only,) = {each.source for each in outputs(register)} - set()
    assert only in register.sources
    assert told(outputs(register))[:9] == [
        ("statistical", "Bulletin of fines", "fines", False),
        ("statistical", "The survey", "", True),
        ("synergies", "nowhere", "", True),
        ("access", "figures, post (monthly)", "fines", False),
        ("access", "figures", "", True),
        ("access", "analyses", "answered when asked: piperoll table", False),
        ("access", "answers", "answered when asked: piperoll table", False),
        ("access", "figures of their own", "told to suppliers: piperoll returns verify", False),
        ("access", "local reports", "made by each office", False),
    ]


def test_sources_without_statistics_have_no_statistical_output(justice: Register) -> None:
    register = with_facts(statistical="none")
    assert without_statistics(register) == list(register.sources)
    assert "statistical" not in {each.heading for each in outputs(register)}
    assert without_statistics(justice) == ["cms_care", "iaps", "oasys"]


def test_of_the_ministry_every_output_is_made(justice: Register) -> None:
    named = outputs(justice)
    assert len(named) > 150
    assert [(each.source, each.title) for each in named if each.unbuilt] == []
    assert {each.publication.key for each in named if each.product == "judicial_and_court_statistics" and
            each.source == "linked"} == {"court_timeliness"}  # fmt: skip
    # What is shown before the statistics of a quarter are published is an output, too.
    [early] = [each for each in named if each.source == "linked" and each.heading == "access"]
    assert early.publication is justice.publications["court_timeliness_brief"]


def test_nothing_statistical_is_attached_to_the_sources_that_declare_none(justice: Register) -> None:
    regular = [each for each in justice.publications.values() if each.kind in ("official", "third_party", "ad_hoc")]
    for key in without_statistics(justice):
        assert [each.key for each in regular if key in each.sources] == []
        assert [each.title for each in outputs(justice) if (each.source, each.heading) == (key, "statistical")] == []
        read = [e.key for e in regular if any(name.startswith(f"{key}.") for name in e.inputs)]
        assert read == []


def test_a_register_without_entries_has_no_outputs() -> None:
    assert outputs(load(BASE)) == []


def test_rows_with_sources_tables_cells_and_the_last_release() -> None:
    register = with_facts()
    named = outputs(register)
    first, second = rows_of(register, named)[:2]
    fines = register.publications["fines"]
    assert cells_of(register, fines) > 0
    assert first[2:] == ("Bulletin of fines", "fines", "official", "tickets", "1", f"{cells_of(register, fines):,}",
                         "counts", "none yet")  # fmt: skip
    assert second[2:4] == ("The survey", "nothing makes it")


def test_who_names_a_publication_that_is_not_there_is_told(edited: Edited) -> None:
    entry = "entry:\n  access:\n    - {kind: supply, what: figures, publication: nowhere}\n"
    root = edited({"sources/tickets.yaml": [("datasets:", f"{entry}datasets:")]})
    _, problems = inspect(root)
    assert [(each.code, each.key) for each in problems if "nowhere" in each.message] == [
        ("PR-R020", "entry.access.0.publication")
    ]


def test_a_part_that_is_made_apart_is_led_to_what_makes_it(edited: Edited) -> None:
    apart = (Output("survey", publication="fines"),)
    assert told(outputs(with_facts(statistical=apart)))[0] == ("statistical", "Survey of somebody", "fines", False)
    entry = "entry:\n  statistical:\n    - {product: bulletin, publication: nowhere}\n"
    _, problems = inspect(edited({"sources/tickets.yaml": [("datasets:", f"{entry}datasets:")]}))
    assert ("PR-R020", "entry.statistical.0.publication") in [(each.code, each.key) for each in problems]


def test_the_command_lists_them(tmp_path: Path) -> None:
    top = ["--register", str(JUSTICE), "--home", str(tmp_path / "home")]
    done = CliRunner().invoke(program, [*top, "outputs", "--csv"])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("source,heading,output,publication,")
    assert len([line for line in lines if line.startswith("caseman,Statistical publication,")]) == 3
    assert any('mortgage_and_landlord_possession,official,"caseman, pcol"' in line for line in lines)
    owed = CliRunner().invoke(program, [*top, "outputs", "--unbuilt"])
    assert owed.exit_code == 0, owed.output
