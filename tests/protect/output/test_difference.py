"""Differencing: the leak that ACRO shows, releases before, and bounds against every table there is."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piperoll.protect.output.difference import check_differences, infer
from piperoll.protect.output.facts import gather
from piperoll.protect.output.reading import Sheet
from piperoll.protect.output.rules import Finding, Place, Released, Rules, Verdict
from piperoll.protect.output.tables import Table, find_tables


def table(name: str, text: str) -> Table:
    rows = tuple(tuple(cell.strip() or None for cell in line.split("|")) for line in text.strip("\n").splitlines())
    (found,) = find_tables(name, Sheet("", rows))
    return found


def differences(*texts: str, before: str = "", released: list[Released] | None = None, **more: object) -> list[Finding]:
    tables = [(table(f"t{n}.csv", text), True) for n, text in enumerate(texts)]
    if before:
        tables.append((table("before.csv", before), False))
    facts = gather(tables, released or [], more.pop("about", {}), str(more.pop("measure", "")))
    return check_differences(facts, Rules(**more), Place("all"))


def sentences(found: list[Finding], verdict: Verdict) -> list[str]:
    return [f.sentence for f in found if f.verdict is verdict]


CROSS = "la|x|y|z|All\nA|40|35||75\nB|20|30|15|65"
ONE_WAY = "la|count\nA|78\nB|65"


@pytest.mark.parametrize(("texts", "before"), [((CROSS, ONE_WAY), ""), ((ONE_WAY,), CROSS), ((CROSS,), ONE_WAY)])
def test_a_margin_made_after_hiding_and_the_true_total_give_the_hidden_count(
    texts: tuple[str, ...], before: str
) -> None:
    (leak,) = sentences(differences(*texts, before=before), Verdict.FAIL)
    assert "The hidden count of z, la A is 3: 3 = 78" in leak
    assert "- 40 (" in leak
    assert "- 35 (" in leak


def test_alone_the_cross_tabulation_leaks_nothing_but_is_to_be_looked_at() -> None:
    found = differences(CROSS)
    assert sentences(found, Verdict.FAIL) == []
    (words,) = sentences(found, Verdict.REVIEW)
    assert "made after hiding, or every hidden count is 0" in words


def test_a_true_total_in_the_table_itself() -> None:
    (leak,) = sentences(differences("la|x|y|All\nA|40|*|43\nB|20|30|50"), Verdict.FAIL)
    assert "y, la A is 3" in leak


def test_two_hidden_counts_protect_one_another_until_a_total_of_the_other_side_comes() -> None:
    cross = "la|x|y|All\nA|*|*|43\nB|20|30|50"
    assert sentences(differences(cross), Verdict.FAIL) == []
    found = differences(cross, "kind|count\nx|59\ny|34")
    (leak,) = sentences(found, Verdict.FAIL)
    assert "kind y, la A is 4: 4 = 34" in leak
    assert any("kind x, la A is 39" in words for words in sentences(found, Verdict.REVIEW))


def test_a_hidden_large_count_that_is_known_is_looked_at() -> None:
    found = differences("la|x|y|All\nA|40|*|143\nB|20|30|50")
    assert sentences(found, Verdict.FAIL) == []
    assert any("is 103" in words for words in sentences(found, Verdict.REVIEW))


def test_a_row_left_out_is_hidden_too() -> None:
    tidy = "la|kind|count\nA|x|40\nB|x|20\nB|y|30"
    (leak,) = sentences(differences(tidy, "la|count\nA|44\nB|50"), Verdict.FAIL)
    assert "is 4" in leak


def test_two_figures_for_one_cell() -> None:
    found = differences("la|count\nA|75\nB|65", before=ONE_WAY)
    (words,) = sentences(found, Verdict.FAIL)
    assert "they differ by 3" in words
    assert "t0.csv B2" in words
    assert "before.csv B2" in words
    far = differences("la|count\nA|175\nB|65", before=ONE_WAY)
    assert any("differ by 97" in words for words in sentences(far, Verdict.REVIEW))


def test_a_category_that_is_not_listed() -> None:
    (words,) = sentences(differences("kind|count\nx|40\ny|35\nTotal|78"), Verdict.FAIL)
    assert "3 are in a category that is not listed" in words


def test_tables_that_tell_nothing() -> None:
    found = differences("la|count\nA|40\nB|35\nTotal|75", "kind|count\nx|50\ny|25\nTotal|75")
    assert [f.verdict for f in found] == [Verdict.PASS]


def test_many_differences_of_a_kind_are_told_together() -> None:
    first = "la|count\n" + "\n".join(f"A{n}|{100 + n}" for n in range(60))
    second = "la|count\n" + "\n".join(f"A{n}|{103 + n}" for n in range(60))
    (found,) = differences(first, second)
    assert found.verdict is Verdict.FAIL and found.count == 120
    assert found.sentence.startswith(
        "60 counts differ between t0.csv A1:B61 and t1.csv A1:B61. The first: la A0 is 100"
    )
    assert found.sentence.count("they differ by 3") == 3


def test_tables_of_other_things_under_the_same_names_are_not_compared() -> None:
    incidents = "la|count\nA|140\nB|235\nC|61\nD|4"
    persons = "la|kind|count\nA|x|90\nA|y|*\nB|x|170\nB|y|180\nC|x|60\nC|y|40\nD|x|3\nD|y|3"
    totals = "la|count\nA|190\nB|350\nC|100\nD|6"
    (words,) = sentences(differences(incidents, totals), Verdict.REVIEW)
    assert words.startswith("t0.csv A1:B5 and t1.csv A1:B5 share the names of 4 counts and differ in 4 of them, mostly")
    assert "(in 1 by less than the threshold)" in words
    # The persons' own totals still give a hidden count away, whatever the incidents say.
    found = differences(incidents, persons, totals.replace("190", "94"))
    assert any("kind y, la A is 4: 4 = 94" in each for each in sentences(found, Verdict.FAIL))


def test_others_of_two_variables_are_not_the_same() -> None:
    by_sex = "la|Male|Female|Other|Not stated|All\nA|40|30|5|*|80\nB|20|30|6|9|65"
    by_group = "la|White|Black|Other|Not stated|All\nA|20|20|35|5|80\nB|20|20|20|5|65"
    found = differences(by_sex, by_group, threshold=5)
    assert not any("they differ" in f.sentence or "shown in" in f.sentence for f in found)
    assert any("Not stated, la A is 5" in f.sentence for f in found)


def test_the_header_above_names_the_variable_across() -> None:
    text = "place|Sex||\nla|Male|Female|All\nA|40|*|43\nB|20|30|50"
    (leak,) = sentences(differences(text), Verdict.FAIL)
    assert "place / la A, Sex Female is 3" in leak


def test_parts_that_overlap_are_said_and_not_added_up() -> None:
    several = "la|reason x|reason y|reason z|Total\nA|40|35|*|60\nB|50|30|20|65\nC|20|30|15|40"
    (words,) = sentences(differences(several), Verdict.REVIEW)
    assert words.startswith(
        "Along what stands across the top of t0.csv A1:E4 the parts do not make up the total in 2 of"
    )


def test_a_figure_that_is_not_there_is_not_taken_for_hidden() -> None:
    found = differences("la|x|y|All\nA|40|[x]|43\nB|20|30|50")
    assert sentences(found, Verdict.FAIL) == []
    (words,) = sentences(found, Verdict.REVIEW)
    assert "y, la A is marked as not there, and would be 3: 3 = 43" in words


def test_a_row_of_nobody_that_is_left_out() -> None:
    found = differences("la|kind|count\nA|x|44\nB|x|20\nB|y|30", "la|count\nA|44\nB|50")
    assert sentences(found, Verdict.FAIL) == []
    assert "left out and is 0" in sentences(found, Verdict.REVIEW)[0]


def released(value: int | None, codes: dict[str, str], base: int = 1, measure: str = "claims") -> Released:
    return Released(tuple(codes.items()), value, "possession/2012Q2/1 claims", measure, base)


def test_the_ledger_gives_a_hidden_count_away() -> None:
    ledger = [released(43, {"LA": "a", "period": "2012Q2"})]
    cross = "la|x|y\nA|40|*\nB|20|30"
    assert sentences(differences(cross, released=ledger), Verdict.FAIL) == []
    (leak,) = sentences(differences(cross, released=ledger, about={"period": "2012Q2"}), Verdict.FAIL)
    assert "is 3" in leak
    assert "possession/2012Q2/1 claims" in leak


def test_a_rounded_figure_of_the_ledger_leaves_room() -> None:
    ledger = [released(45, {"la": "A"}, base=5)]
    cross = "la|x|y\nA|40|*\nB|20|30"
    (words,) = sentences(differences(cross, released=ledger), Verdict.REVIEW) or [""]
    assert "worked out" not in words
    found = differences(cross, released=ledger, width=5)
    assert any("lies between 3 and 7" in words for words in sentences(found, Verdict.FAIL))
    # Rounded and exact figures agree: 43 may have been rounded to 45.
    assert sentences(differences("la|count\nA|43\nB|50", released=ledger), Verdict.FAIL) == []


def test_a_count_hidden_in_the_ledger_and_shown_by_the_output_is_told() -> None:
    ledger = [released(None, {"la": "A", "kind": "x"})]
    found = differences("la|kind|count\nA|x|3\nA|y|40\nB|x|20\nB|y|30", released=ledger)
    (words,) = sentences(found, Verdict.FAIL)
    assert "kind x, la A was hidden in possession/2012Q2/1 claims and is 3 in t0.csv C2" in words
    assert sentences(differences("la|kind|count\nA|y|40\nB|y|30", released=ledger), Verdict.FAIL) == []


def test_another_measure_of_the_ledger_is_another_cell() -> None:
    ledger = [released(43, {"la": "A"}), released(12, {"la": "A"}, measure="orders")]
    cross = "la|x|y\nA|40|*\nB|20|30"
    assert sentences(differences(cross, released=ledger), Verdict.FAIL) == []
    assert "is 3" in sentences(differences(cross, released=ledger, measure="claims"), Verdict.FAIL)[0]


def test_names_beside_codes_and_regions_above_places_do_not_hide_the_link() -> None:
    tidy = (
        "region|code|place|kind|count\n"
        "North|E1|Leeds|x|40\nNorth|E1|Leeds|y|*\nNorth|E2|York|x|20\nNorth|E2|York|y|30\n"
        "South|E3|Bath|x|12\nSouth|E3|Bath|y|15\nSouth|E4|Hove|x|17\nSouth|E4|Hove|y|19"
    )
    (leak,) = sentences(differences(tidy, "code|count\nE1|43\nE2|50\nE3|27\nE4|36"), Verdict.FAIL)
    assert "is 3: 3 = 43" in leak
    found = differences(tidy, "region|kind|count\nNorth|x|60\nNorth|y|34\nSouth|x|29\nSouth|y|34")
    (leak,) = sentences(found, Verdict.FAIL)
    assert "is 4: 4 = 34" in leak


# --- against every table there is -------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.integers(0, 4), min_size=4, max_size=4),
    hidden=st.sets(st.integers(0, 3), min_size=1, max_size=4),
    rows=st.booleans(),
    columns=st.booleans(),
)
def test_bounds_hold_every_table_that_agrees_and_one_hidden_in_a_row_is_exact(
    counts: list[int], hidden: set[int], rows: bool, columns: bool
) -> None:
    shown = ["*" if n in hidden else str(100 + c) for n, c in enumerate(counts)]
    true = [100 + c for c in counts]
    texts = [f"la|x|y\nA|{shown[0]}|{shown[1]}\nB|{shown[2]}|{shown[3]}"]
    if rows:
        texts.append(f"la|count\nA|{true[0] + true[1]}\nB|{true[2] + true[3]}")
    if columns:
        texts.append(f"kind|count\nx|{true[0] + true[2]}\ny|{true[1] + true[3]}")
    facts = gather([(table(f"t{n}", text), True) for n, text in enumerate(texts)], [], {}, "")
    leaks = {leak.cell[1]: (leak.low, leak.high) for leak in infer(facts)[0]}
    kind = "kind" if columns else ""
    cells = [frozenset({("la", a), (kind, k)}) for a, k in product("ab", "xy")]
    # Every table near enough to show both ends: values from 0 up to the largest total.
    most = max(true[0] + true[1], true[2] + true[3], true[0] + true[2], true[1] + true[3])
    fixed = [[t] if n not in hidden else None for n, t in enumerate(true)]
    free = sorted(hidden)
    inferred = {n: leaks.get(cells[n], (0, 10**9)) for n in free}
    for n in free:
        assert inferred[n][0] <= true[n] <= inferred[n][1]
    for line, on in (((0, 1), rows), ((2, 3), rows), ((0, 2), columns), ((1, 3), columns)):
        alone = [n for n in line if n in hidden]
        if on and len(alone) == 1:
            assert inferred[alone[0]] == (true[alone[0]], true[alone[0]])
    if rows and len(free) <= 2:
        possible: dict[int, set[int]] = {n: set() for n in free}
        for values in product(*(range(most + 1) if f is None else f for f in fixed)):
            if values[0] + values[1] != true[0] + true[1] or values[2] + values[3] != true[2] + true[3]:
                continue
            if columns and (values[0] + values[2] != true[0] + true[2] or values[1] + values[3] != true[1] + true[3]):
                continue
            for n in free:
                possible[n].add(values[n])
        for n in free:
            assert inferred[n] == (min(possible[n]), max(possible[n]))
