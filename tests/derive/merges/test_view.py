"""Models of a publication read merged records; what they rest on is the datasets of the sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from piperoll.derive import fingerprint, inputs_of, lineage, plan, run
from piperoll.derive.merges import load_came
from piperoll.derive.merges.view import merged_fingerprint
from piperoll.errors import Problems, UserError
from piperoll.register.model.merge import Merge, MergedField, Pairing, Side
from piperoll.register.model.publication import Dimension, Measure, Publication, Table
from piperoll.register.model.register import Register
from piperoll.store.duck import connect
from piperoll.store.parts import Part


LENT = Side(
    "lent", "Lending desk", "SELECT loan_no AS record, lent AS day, branch AS place, loan_no AS loan, fee FROM desk__loan"
)  # fmt: skip
BACK = Side(
    "back",
    "Returns desk",
    "SELECT loan_no AS record, on_day AS day, loan_no AS loan FROM desk__given_back",
    expected="m.place IN (SELECT code FROM codes__branch)",
)
LOANS = Merge(
    "loans", "Loans of both desks", (LENT, BACK), Pairing(("loan",)),
    (MergedField("loan"), MergedField("fee", "dec(8,2)")), unexplained=1.0,
)  # fmt: skip
MODEL = "SELECT month, place, fee, in_back AS returned FROM merged__loans WHERE in_lent"
Make = Callable[..., tuple[Register, Publication]]


def with_merge(made: tuple[Register, Publication], merge: Merge = LOANS) -> tuple[Register, Publication]:
    return replace(made[0], merges={merge.key: merge}), made[1]


def counted(register: Register, publication: Publication, sql: str) -> list[tuple[object, ...]]:
    con = connect()
    try:
        con.execute(
            "CREATE TABLE desk__loan AS SELECT * FROM (VALUES ('l1', DATE '2012-04-01', 'N', 1.50), "
            "('l2', DATE '2012-04-02', 'N', 2.50)) AS v(loan_no, lent, branch, fee)"
        )
        con.execute("CREATE TABLE desk__given_back AS SELECT 'l1' AS loan_no, DATE '2012-05-03' AS on_day")
        load_came(con, [])
        run(con, register, publication)
        return con.execute(sql).fetchall()
    finally:
        con.close()


def test_a_model_counts_from_merged_records(make: Make) -> None:
    register, publication = with_merge(make({"all_loans": MODEL}))
    assert plan(register, publication)[0].columns == {
        "month": "VARCHAR", "place": "VARCHAR", "fee": "DECIMAL(8, 2)", "returned": "BOOLEAN",
    }  # fmt: skip
    found = counted(
        register, publication, "SELECT month, place, CAST(fee AS VARCHAR), returned FROM all_loans ORDER BY fee"
    )
    assert found == [("2012-04", "N", "1.50", True), ("2012-04", "N", "2.50", False)]


def test_what_it_rests_on_is_what_the_sides_read(make: Make) -> None:
    register, publication = with_merge(make({"all_loans": MODEL}))
    assert inputs_of(plan(register, publication), register) == ("desk.given_back", "desk.loan")


def test_inputs_of_a_publication_limit_merges_too(make: Make) -> None:
    register, publication = with_merge(make({"all_loans": MODEL}))
    assert plan(register, replace(publication, inputs=("merged.loans",)))[0].name == "all_loans"
    with pytest.raises(Problems, match="PR-D005"):
        plan(register, replace(publication, inputs=("desk.loan",)))


def test_a_column_that_the_merge_has_not(make: Make) -> None:
    register, publication = with_merge(make({"all_loans": "SELECT fees FROM merged__loans"}))
    with pytest.raises(Problems, match="PR-D007"):
        plan(register, publication)


def test_nothing_is_counted_from_what_nobody_can_explain(make: Make) -> None:
    register, publication = with_merge(make({"all_loans": MODEL}), replace(LOANS, unexplained=0.49))
    with pytest.raises(UserError, match=r"PR-D026 merges/loans.yaml: 50.00% .* 49.00% are allowed"):
        counted(register, publication, "SELECT 1")


@pytest.mark.parametrize("changed", ["parts", "merge", "codes"])
def test_an_earlier_result_is_taken_only_while_nothing_changed(make: Make, changed: str) -> None:
    register, _ = with_merge(make({"all_loans": MODEL}))
    part = Part("desk.given_back", "N", "2012-04", 1, "o1", "events", "d1")
    before = merged_fingerprint(register, LOANS, fingerprint([part]))
    assert merged_fingerprint(register, replace(LOANS), fingerprint([part])) == before
    merge, parts = LOANS, [part]
    if changed == "parts":
        parts = [replace(part, object="o2")]
    elif changed == "merge":
        merge = replace(LOANS, unexplained=0.5)
    else:
        branch = register.codes["branch"]
        register = replace(register, codes={"branch": replace(branch, codes=branch.codes[:1])})
    assert merged_fingerprint(register, merge, fingerprint(parts)) != before


def test_results_are_kept_and_taken_again(make: Make, tmp_path: Path) -> None:
    register, publication = with_merge(make({"all_loans": MODEL}))
    reused = []
    for _ in range(2):
        con = connect()
        con.execute("CREATE TABLE desk__loan (loan_no VARCHAR, lent DATE, branch VARCHAR, fee DECIMAL(8,2))")
        con.execute("CREATE TABLE desk__given_back (loan_no VARCHAR, on_day DATE)")
        load_came(con, [])
        reused += [each.reused for each in run(con, register, publication, cache=tmp_path / "derived", fingerprints={})]
        con.close()
    assert reused == [False, True]


def test_the_lineage_goes_through_the_sides(make: Make) -> None:
    tables = (Table("first", "1", "Loans", rows={"branch": ()}, measures=("loans",), period="month"),)
    register, publication = with_merge(
        make(
            {"all_loans": MODEL},
            tables=tables,
            measures=(Measure("loans", "Loans", "count", model="all_loans", where="returned", period_column="month"),),
            dimensions=(Dimension("branch", "Branch", column="place"),),
        )
    )
    found = lineage(register, publication, "first", "branch")
    assert found.fields() == ("desk.loan.branch",)
    assert {each.name for each in found.walk() if each.kind == "merged column"} == {"merged.loans.place"}
    condition = lineage(register, publication, "first", "loans")
    assert {"desk.given_back.loan_no", "desk.loan.lent"} <= set(condition.fields())
