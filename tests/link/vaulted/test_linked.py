"""A run of a linkage as a dataset of the store: by tokens and pseudonyms, and each vintage with the run it had."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from piperoll.link.vaulted.linked import Finished, keep, pairs_by_key, persons_by_record, read_by
from piperoll.store.tokens import Keyring
from piperoll.workspace import Workspace


JUSTICE = Path(__file__).parents[3] / "justice"
LIBRA = pl.DataFrame({
    "record": ["aa/1", "aa/2", "bb/1"], "surname": ["X", "Y", "Z"],
    "_key case_no": ["aa", "aa", "bb"], "_key def_id": [1, 2, 1],
})  # fmt: skip
CREST = pl.DataFrame({
    "record": ["400/tt/1", "401/uu/1"], "_key court_code": ["400", "401"], "_key case_no": ["tt", "uu"],
    "_key def_no": [1, 1],
})  # fmt: skip
MATCHES = pl.DataFrame({"record": ["bb/1", "aa/2"], "record_other": ["400/tt/1", "401/uu/1"], "step": [0, 2]})
PAIRS = pairs_by_key({"libra": LIBRA, "crest": CREST}, MATCHES)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("PIPEROLL_NOW", "2012-11-08T09:30:00+00:00")
    return Workspace(JUSTICE, tmp_path / "home")


def finished(number: int = 1) -> Finished:
    return Finished("court_cases", number, 0, ())


def rows(desk: Workspace, vintage: int | None = None) -> list[tuple[object, ...]]:
    frame = desk.records("linked.court_case", vintage)
    return frame.select("libra_case_no", "libra_def_id", "crest_court_code", "crest_case_no", "step").rows()


def test_pairs_are_named_by_both_keys_and_nothing_else() -> None:
    assert PAIRS.columns == ["libra_case_no", "libra_def_id", "crest_court_code", "crest_case_no", "crest_def_no",
                             "step"]  # fmt: skip
    assert PAIRS.rows() == [("aa", 2, "401", "uu", 1, 3), ("bb", 1, "400", "tt", 1, 1)]


def test_without_a_match_there_is_no_row() -> None:
    none = pairs_by_key({"libra": LIBRA, "crest": CREST}, MATCHES.clear())
    assert none.schema == PAIRS.schema
    assert none.height == 0


def test_a_run_can_be_read_as_any_dataset(desk: Workspace) -> None:
    [made] = keep(desk, finished(), {"linked.court_case": PAIRS})
    assert rows(desk) == [("aa", 2, "401", "uu", 3), ("bb", 1, "400", "tt", 1)]
    assert made.object in desk.store
    assert desk.store.verify() == []
    assert (made.source, made.dataset, made.supplier) == ("linked", "court_case", "court_cases")
    assert made.rows_in == made.rows_kept == 2
    assert made.filename == "run 0001 of court_cases"
    assert not made.receipt["simulated"]


def test_each_vintage_has_the_run_that_was_its_last(desk: Workspace) -> None:
    keep(desk, finished(1), {"linked.court_case": PAIRS})
    first = desk.vintage().sequence
    [second] = keep(desk, finished(2), {"linked.court_case": PAIRS.head(1)})
    assert rows(desk) == [("aa", 2, "401", "uu", 3)]
    assert len(rows(desk, first)) == 2
    [now] = [each for each in desk.deliveries() if each.source == "linked"]
    assert now.id == second.id
    assert now.supersedes == desk.deliveries(first)[0].id
    desk.journal.withdraw_delivery(second.id, desk.now(), "somebody", "a mistake")
    assert len(rows(desk)) == 2


def test_a_run_with_the_same_result_is_a_run_all_the_same(desk: Workspace) -> None:
    made = [keep(desk, finished(number), {"linked.court_case": PAIRS})[0] for number in (1, 2)]
    assert made[0].object == made[1].object
    assert made[0].id != made[1].id
    assert made[0].sequence < made[1].sequence


def test_it_is_named_by_what_went_in_and_not_by_the_tokens_of_a_home(desk: Workspace, tmp_path: Path) -> None:
    other = Workspace(JUSTICE, tmp_path / "other")
    [one] = keep(desk, finished(), {"linked.court_case": PAIRS})
    [two] = keep(other, finished(), {"linked.court_case": PAIRS.with_columns(libra_case_no=pl.lit("cc"))})
    assert one.id == two.id
    assert one.object != two.object


def test_one_made_of_simulated_records_is_simulated(desk: Workspace) -> None:
    [first] = keep(desk, finished(), {"linked.court_case": PAIRS})
    desk.journal.commit_delivery(replace(first, id="s", supersedes=None, dataset="person",
                                         receipt={**first.receipt, "simulated": True}))  # fmt: skip
    parts = tuple(each for each in desk.parts() if each.dataset == "linked.person")
    [made] = keep(desk, Finished("court_cases", 2, 2, parts), {"linked.court_case": PAIRS})
    assert made.receipt["simulated"]
    assert desk.journal.simulated() == {"s", made.id}


def test_what_was_read_are_the_parts_of_all_that_it_names(desk: Workspace) -> None:
    declared = desk.register.linkages["court_cases"]
    assert declared.datasets == ("libra.mc_defendant", "libra.mc_offence", "libra.mc_case", "crest.cc_defendant",
                                 "crest.cc_count")  # fmt: skip
    keep(desk, finished(), {"linked.court_case": PAIRS})
    assert read_by(desk, declared, desk.vintage().sequence) == ()


def test_it_is_recorded(desk: Workspace) -> None:
    keep(desk, finished(), {"linked.court_case": PAIRS})
    [entry] = [each for each in desk.journal.audit_entries() if each.action == "link.dataset"]
    assert (entry.resource_kind, entry.resource_key) == ("dataset", "linked.court_case")
    assert entry.purpose == "linkage court_cases"
    assert entry.details["rows"] == 2


def test_persons_have_pseudonyms_of_the_dataset(desk: Workspace, tmp_path: Path) -> None:
    clusters = pl.DataFrame({
        "file": ["pnc", "libra", "libra"], "record": ["p", "aa/1", "bb/1"], "person": ["P1", "P1", "P2"],
    })  # fmt: skip
    keyring, declared = Keyring(tmp_path / "keys"), desk.register.linkages["offenders"]
    made = persons_by_record(declared, clusters, keyring, "linked.person")
    assert made.select("dataset", "record").rows() == [
        ("libra.mc_defendant", "aa/1"), ("libra.mc_defendant", "bb/1"), ("pnc.pnc_person", "p")]  # fmt: skip
    one, other, same = made["person"]
    assert one == same != other
    assert made["person"].str.contains("^[0-9a-f]{32}$").all()
    assert persons_by_record(declared, clusters.reverse(), keyring, "linked.person").equals(made)
    elsewhere = persons_by_record(declared, clusters, keyring, "linked.other")
    assert not set(elsewhere["person"]) & set(made["person"])
    [kept] = keep(desk, Finished("offenders", 1, 0, ()), {"linked.person": made})
    assert kept.supplier == "offenders"
    assert desk.records("linked.person").select("dataset", "record", "person").equals(made)


def test_nobody_can_deliver_it(desk: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("step\n1\n")
    [receipt] = desk.collect([path], dataset="linked.court_case", supplier="LON", period="2011-10")
    assert receipt.verdict == "not_taken"
    assert receipt.codes == ("PR-C022",)
    assert "made by a linkage" in receipt.reasons[0]
    [other] = desk.collect([path], source="linked", supplier="LON", period="2011-10")
    assert other.verdict == "not_taken"
