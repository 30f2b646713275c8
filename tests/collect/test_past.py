"""The past put together beforehand says the same as the parts; and what may be narrowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from piperoll.collect import past
from piperoll.collect.narrow import narrowing
from piperoll.collect.past import PastPlan, columns_named
from piperoll.register.model.contract import Rule
from piperoll.store.duck import connect
from piperoll.store.parts import Part


EVENT = "case_number,event_seq,event_date,note_of\n"


def part(
    period: str, sequence: int, supplier: str = "north", dataset: str = "cases.case", mode: str = "increment"
) -> Part:
    return Part(dataset, supplier, period, sequence, "0" * 64, mode, f"d{sequence}")


def test_checks_see_the_same_either_way(home, cases, monkeypatch):
    """Deletions, corrections of earlier months, dates before the case: with the shortcut and without it."""
    rule = Rule(
        "CASES-V09", "W", "twice", sql=(
            "SELECT t._row FROM this AS t JOIN cases__event AS e ON e.case_number = t.case_number"
            " AND e.event_date = t.event_date AND e.event_seq <> t.event_seq"
        ),
    )  # fmt: skip
    dataset = home.register.dataset("cases.event")
    dataset = replace(dataset, rules=(*dataset.rules, rule), max_refused=1.0)
    source = replace(home.register.sources["cases"], datasets=(home.register.dataset("cases.case"), dataset))
    home.register = replace(home.register, sources={**home.register.sources, "cases": source})
    row = "{s},AB0000{n:02d},A,2012-0{m}-{n:02d},1,x,1980-01-01,AB1,true"
    batches = [
        {
            "cases_case_north_2012-01.csv": cases(*(row.format(s="N", n=n, m=1) for n in range(1, 9))),
            "cases_case_north_2012-02.csv": cases(row.format(s="D", n=3, m=1), row.format(s="A", n=4, m=2)),
            "cases_event_north_2012-01.csv": EVENT + "".join(f"AB0000{n:02d},1,2012-01-05,x\n" for n in range(1, 10)),
            "cases_event_south_2012-01.csv": EVENT + "".join(f"AB0000{n:02d},2,2012-01-05,x\n" for n in range(1, 9)),
            "cases_event_north_2012-02.csv": EVENT + "".join(f"AB0000{n:02d},3,2012-01-05,x\n" for n in range(1, 9)),
        },
        {
            "cases_case_north_2012-01.csv": cases(*(row.format(s="N", n=n, m=1) for n in range(1, 7))),
            "cases_event_north_2012-02.csv": EVENT + "".join(f"AB0000{n:02d},4,2012-01-05,x\n" for n in range(1, 9)),
            "cases_event_north_2012-03.csv": EVENT + "".join(f"AB0000{n:02d},5,2012-01-05,x\n" for n in range(1, 9)),
        },
    ]
    used = []
    real = PastPlan.hidden
    monkeypatch.setattr(PastPlan, "hidden", lambda self, *a: used.append(real(self, *a)) or used[-1])
    first = home.__class__(home.root.parent / "with", home.register)
    second = home.__class__(home.root.parent / "without", home.register)
    for each, few in ((first, 1), (second, 10**9)):
        monkeypatch.setattr(past, "FEW", few)
        each.keyring = home.keyring
        for n, files in enumerate(batches):
            each.collect(*(each.write(f"{n}/{name}", text) for name, text in files.items()))
    assert any(found is not None for found in used) and any(found is None for found in used)
    told = [
        [
            (d.id, d.verdict, d.object, d.rows_refused, d.receipt["findings"], d.receipt["queries"])
            for d in each.journal.deliveries()
        ]
        for each in (first, second)
    ]
    assert told[0] == told[1] and len(told[0]) == 8
    assert {f["rule"] for d in told[0] for f in d[4]} >= {"CASES-V02", "CASES-V09", "G-V10"}
    first.journal.close()
    second.journal.close()


def test_what_is_added_and_what_is_made_anew(tiny):
    plan = PastPlan(tiny)
    early = tuple(part(f"2012-{n:02d}", n) for n in range(1, past.FEW + 1))
    assert [(a.anew, len(a.parts)) for a in plan.before([early])] == [(True, past.FEW)]
    assert plan.before([early]) == []
    grown = (*early, part("2012-12", 20, "south"))
    assert [(a.anew, len(a.parts)) for a in plan.before([grown])] == [(False, 1)]
    late = (*grown, part("2011-01", 30))
    assert plan.before([late])[0].anew, "a state put before others cannot be added"
    assert plan.before([late[1:]])[0].anew, "nor one taken out"
    assert plan.hidden("cases.case", late[1:], "cases.event") == ()
    assert plan.hidden("cases.case", late[2:], "cases.event") is None
    assert plan.hidden("cases.case", late, "cases.event") is None
    assert plan.hidden("stock.held", late, "cases.event") is None


def test_events_are_hidden_one_by_one(tiny):
    plan = PastPlan(tiny)
    parts = tuple(part(f"2012-{n:02d}", n, dataset="cases.event", mode="events") for n in range(1, past.FEW + 1))
    plan.before([parts])
    assert plan.hidden("cases.event", parts[1:], "cases.event") == ("d1",)


@pytest.mark.parametrize(
    ("sql", "narrow"),
    [
        ("SELECT t._row FROM this t JOIN cases__case c ON c.case_number = t.case_number AND c.kind = 'A'", True),
        ("SELECT t._row FROM this t LEFT JOIN cases__case c ON (t.case_number = c.case_number) WHERE c.kind IS NULL", True),
        ("SELECT t._row FROM this t JOIN cases__case c ON c.case_number = t.case_number OR c.kind = 'A'", False),
        ("SELECT t._row FROM this t JOIN cases__case c ON c.kind = t.note_of", False),
        ("SELECT t._row FROM this t WHERE 1 < (SELECT count(*) FROM cases__case c WHERE c.kind = 'A')", False),
        ("SELECT t._row FROM cases__case c JOIN this t ON c.case_number = t.case_number", False),
        ("SELECT t._row FROM this t FULL JOIN cases__case c ON c.case_number = t.case_number", False),
        ("SELECT t._row FROM this t RIGHT JOIN cases__case c ON c.case_number = t.case_number", False),
        ("WITH x AS (SELECT * FROM cases__case) SELECT t._row FROM this t JOIN x ON x.case_number = t.case_number", False),
        ("SELECT cases__case FROM (", False),
    ],
)  # fmt: skip
def test_only_joins_by_equality_are_narrowed(tiny, sql, narrow):
    dataset = replace(tiny.dataset("cases.event"), rules=(Rule("X", "E", "x", sql=sql),))
    found = narrowing(dataset, ["cases.case"])
    assert found == ({"cases.case": ("case_number", ("case_number",))} if narrow else {})


def test_the_name_of_one_dataset_may_begin_the_name_of_another(tiny):
    rules = (
        Rule("X", "E", "x", sql="SELECT t._row FROM this t JOIN cases__case c ON c.case_number = t.case_number"),
        Rule("Y", "E", "y", sql="SELECT t._row FROM this t, cases__case_note n"),
    )
    dataset = replace(tiny.dataset("cases.event"), rules=rules)
    assert narrowing(dataset, ["cases.case"]) == {"cases.case": ("case_number", ("case_number",))}


@pytest.mark.parametrize(("kind", "hashed"), [("VARCHAR", True), ("INTEGER", False)])
def test_rows_are_looked_up_by_hash_only_where_texts_are_compared(tiny, tmp_path, monkeypatch, kind, hashed):
    case, event = tiny.dataset("cases.case"), tiny.dataset("cases.event")
    seen = []
    with connect(threads=1) as con:
        con.execute(f"ATTACH '{tmp_path}/past.duckdb' AS past")
        # A hash that belongs to another text, as one in four thousand millions does: its row is seen, and no join by
        # equality finds it. Where texts are not compared, values are.
        con.execute(
            "CREATE TABLE past.main.cases__case AS SELECT case_number, 'north' AS _supplier, '2012-01' AS _period,"
            f" 'd1' AS _delivery, NULL AS _mark, {past._hash('like_it')} AS \"hash of case_number\""
            " FROM (VALUES ('7', '7'), ('007', '007'), ('8', '8'), ('9', '7')) AS t(case_number, like_it)"
        )
        con.execute("CREATE VIEW this AS SELECT '7' AS note_of")
        real = past.store_schema
        monkeypatch.setattr(past, "store_schema", lambda d: {**real(d), "note_of": kind} if d is event else real(d))
        monkeypatch.setattr(past, "_hash", lambda value, real=past._hash: seen.append(value) or real(value))
        past.view_of(con, "cases.case", case, (), ("case_number", ("note_of",)), None, event)
        found = con.execute("SELECT case_number, status, _supplier FROM cases__case ORDER BY 1").fetchall()
        joined = con.execute("SELECT c.case_number FROM this AS t JOIN cases__case AS c ON c.case_number = t.note_of")
        assert joined.fetchall() == [("7",)]
    alike = [("9", None, "north")] if hashed else []
    assert (found, bool(seen)) == ([("7", None, "north"), *alike], hashed)


def test_columns_that_a_rule_may_name(tiny):
    assert columns_named(tiny, "cases.case") == ("status", "case_number", "opened", "_row")
