"""A cell's identity: canonical, unambiguous, and the same wherever the cell stands."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from piperoll.journal.identity import canonical_codes as journal_codes
from piperoll.tabulate import cell_identity, tabulate
from piperoll.tabulate.identity import canonical_codes


words = st.text(max_size=8)


def test_it_reads_as_it_is() -> None:
    codes = {"place": "E06000001", "claim_type": "landlord"}
    assert (
        cell_identity("claims", codes, "2009-04", "2012Q2")
        == "claims|claim_type=landlord;place=E06000001|2009-04|2012Q2"
    )
    assert cell_identity("claims", {}, "", "2012") == "claims|||2012"


@given(st.dictionaries(words, words, max_size=3), st.dictionaries(words, words, max_size=3), words, words)
def test_different_cells_have_different_identities(one, other, measure, version) -> None:
    same = cell_identity(measure, one, version, "2012") == cell_identity(measure, other, version, "2012")
    assert same == (one == other)


@given(words, words, words, words)
def test_measure_and_version_cannot_be_confused(a, b, c, d) -> None:
    same = cell_identity(a, {}, b, "2012") == cell_identity(c, {}, d, "2012")
    assert same == ((a, b) == (c, d))


@given(st.dictionaries(words, words, max_size=4))
def test_the_journal_writes_codes_alike(codes) -> None:
    assert canonical_codes(codes) == journal_codes(codes)


def test_the_same_cell_in_two_tables_is_one(register, con_of, visit) -> None:
    con = con_of([visit("2012-08-01"), visit("2012-08-02", "b1", "foot")])
    publication = register.publications["shops"]
    tables = [tabulate(con, register, publication, name, "2012Q3") for name in ("all", "years", "whole", "kinds")]
    cells = pl.concat([t.filter(measure="visits").select("identity", "value", "table") for t in tables])
    assert cells.group_by("identity").agg(pl.col("value").n_unique()).select(pl.col("value").max()).item() == 1
    shared = cells.filter(identity="visits|||2012Q3")
    assert set(shared["table"]) == {"all", "years", "whole", "kinds"}
    assert set(cells.filter(pl.col("identity").str.ends_with("|v1|2012Q3"))["table"]) == {"all", "years"}


def test_a_frames_identities_are_those_of_the_function(register, con_of, visit) -> None:
    cells = tabulate(con_of([visit("2012-08-01")]), register, register.publications["shops"], "all", "2012Q3")
    row = cells.filter(measure="rate", period="2012Q3", place="a1", via="foot", via_level="kind").row(0, named=True)
    assert row["identity"] == cell_identity("rate", {"place": "a1", "via": "near"}, "v1", "2012Q3")
    assert row["of"] == cell_identity("visits", {"place": "a1", "via": "near"}, "v1", "2012Q3")
    assert cells.filter(pl.col("identity") == row["of"]).height == 2  # ``foot`` is the only kind of ``near``
